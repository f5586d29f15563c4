/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

static void set_writes_the_line(void **state _unused_)
{
	struct error err = { 0 };
	assert_int_equal(error_set(&err, ENOENT, "no %s %d", "process", 7), -ENOENT);
	assert_int_equal(err.number, ENOENT);
	assert_string_equal(err.text, "no process 7");
}

static void errno_adds_the_reason(void **state _unused_)
{
	struct error err = { 0 };
	assert_int_equal(error_errno(&err, EACCES, "cannot open /proc/%d", 1), -EACCES);
	assert_int_equal(err.number, EACCES);
	assert_string_equal(err.text, "cannot open /proc/1: Permission denied");
}

static void null_is_nobody(void **state _unused_)
{
	assert_int_equal(error_set(NULL, EPERM, "%s", "x"), -EPERM);
	assert_int_equal(error_errno(NULL, EIO, "%s", "x"), -EIO);
	error_wrap(NULL, "%s", "x");
}

static void wrap_goes_in_front(void **state _unused_)
{
	struct error err = { 0 };
	error_set(&err, ENOENT, "100%% gone");
	error_wrap(&err, "processes[%d]", 12);
	error_wrap(&err, "%s", "file.json");
	assert_int_equal(err.number, ENOENT);
	assert_string_equal(err.text, "file.json: processes[12]: 100% gone");
}

static void long_lines_are_cut(void **state _unused_)
{
	struct {
		struct error err;
		char guard;
	} box = { .guard = 'g' };
	_cleanup_(freep) char *longest = xcalloc(1, 4096);
	memset(longest, 'x', 4095);
	size_t size = sizeof(box.err.text);

	error_set(&box.err, EIO, "%s", longest);
	assert_int_equal(strlen(box.err.text), size - 1);
	error_errno(&box.err, EIO, "%.*s", (int)size - 5, longest);
	assert_int_equal(strlen(box.err.text), size - 1);
	assert_string_equal(box.err.text + size - 5, ": In");
	error_wrap(&box.err, "in front");
	assert_int_equal(strlen(box.err.text), size - 1);
	assert_memory_equal(box.err.text, "in front: xxx", 13);
	error_wrap(&box.err, "%s", longest);
	assert_int_equal(strlen(box.err.text), size - 1);
	assert_int_equal(box.err.text[0], 'x');
	assert_int_equal(box.guard, 'g');
}

/* The names that saved snapshots hold, by what the C library calls them. */
static const struct row_name {
	const char *name;
	int number;
} names[] = {
	{ "EACCES", EACCES },
	{ "EAGAIN", EAGAIN },
	{ "EBADF", EBADF },
	{ "EBUSY", EBUSY },
	{ "EFAULT", EFAULT },
	{ "EFBIG", EFBIG },
	{ "EINTR", EINTR },
	{ "EINVAL", EINVAL },
	{ "EIO", EIO },
	{ "EISDIR", EISDIR },
	{ "ELOOP", ELOOP },
	{ "EMFILE", EMFILE },
	{ "ENAMETOOLONG", ENAMETOOLONG },
	{ "ENFILE", ENFILE },
	{ "ENODATA", ENODATA },
	{ "ENODEV", ENODEV },
	{ "ENOENT", ENOENT },
	{ "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },
	{ "ENOSYS", ENOSYS },
	{ "ENOTDIR", ENOTDIR },
	{ "ENOTTY", ENOTTY },
	{ "ENXIO", ENXIO },
	{ "EOPNOTSUPP", EOPNOTSUPP },
	{ "EPERM", EPERM },
	{ "EREMOTE", EREMOTE },
	{ "EROFS", EROFS },
	{ "ESRCH", ESRCH },
	{ "ESTALE", ESTALE },
	{ "EUSERS", EUSERS },
};

static void name_and_number(void **state)
{
	const struct row_name *row = ROW(struct row_name, state);
	assert_string_equal(error_name(row->number), row->name);
	assert_int_equal(error_number(row->name), row->number);
}

static void unknown_names(void **state _unused_)
{
	assert_null(error_name(0));
	assert_null(error_name(-EACCES));
	assert_null(error_name(ECHILD));
	assert_int_equal(error_number(""), -1);
	assert_int_equal(error_number("eacces"), -1);
	assert_int_equal(error_number("EACCE"), -1);
	assert_int_equal(error_number("EACCESS"), -1);
}

static void refusals(void **state _unused_)
{
	assert_true(error_is_refusal(EACCES));
	assert_true(error_is_refusal(EPERM));
	assert_false(error_is_refusal(0));
	assert_false(error_is_refusal(ENOENT));
	assert_false(error_is_refusal(ESRCH));
	assert_false(error_is_refusal(-EACCES));
}

int main(void)
{
	TEST(set_writes_the_line);
	TEST(errno_adds_the_reason);
	TEST(null_is_nobody);
	TEST(wrap_goes_in_front);
	TEST(long_lines_are_cut);
	TEST_ROWS(name_and_number, names);
	TEST(unknown_names);
	TEST(refusals);
	return suite_run("error");
}
