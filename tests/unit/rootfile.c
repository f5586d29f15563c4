/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/rootfile.h"

#include <fcntl.h>

#include "fixture.h"

#define MAX 64

/* What a hostile root may hold, beside "secret" outside of it. */
static int make_root(void)
{
	static const struct {
		const char *from, *to;
	} links[] = {
		{ "root/link", "file" },
		{ "root/absolute", "/file" },
		{ "root/up", "../secret" },
		{ "root/far-up", "/../../../../../../../../etc/passwd" },
		{ "root/circle", "circle" },
		{ "root/two", "one" },
		{ "root/one", "two" },
		{ "root/null", "/dev/null" },
		{ "root/nowhere", "nothing" },
	};
	_cleanup_(freep) char *root = scratch_path("root"), *secret = scratch_path("secret");
	_cleanup_(freep) char *file = scratch_path("root/file"), *fifo = scratch_path("root/fifo");
	_cleanup_(freep) char *large = scratch_path("root/large"),
			      *full = scratch_path("root/full");
	_cleanup_(freep) char *empty = scratch_path("root/empty");
	if (mkdir(root, 0755) == 0) {
		write_file(secret, "secret", 6);
		write_file(file, "inside", 6);
		write_file(empty, "", 0);
		write_file(full, "0123456789012345678901234567890123456789012345678901234567891234",
			   64);
		write_file(large, "", 0);
		assert_int_equal(truncate(large, (off_t)1 << 30), 0);
		assert_int_equal(mkfifo(fifo, 0600), 0);
		for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
			_cleanup_(freep) char *from = scratch_path(links[i].from);
			assert_int_equal(symlink(links[i].to, from), 0);
		}
	}
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static const struct row_read {
	const char *path;
	int r;
	const char *text;
} read_rows[] = {
	{ "file", 0, "inside" },
	{ "/file", 0, "inside" },
	{ "../file", 0, "inside" },
	{ "link", 0, "inside" },
	{ "absolute", 0, "inside" },
	{ "empty", 0, "" },
	{ "full", 0, "0123456789012345678901234567890123456789012345678901234567891234" },
	{ "up", -ENOENT, NULL },
	{ "far-up", -ENOENT, NULL },
	{ "circle", -ELOOP, NULL },
	{ "one", -ELOOP, NULL },
	{ "null", -ENOENT, NULL }, /* there is no /dev in this root */
	{ "nowhere", -ENOENT, NULL },
	{ "nothing", -ENOENT, NULL },
	{ "fifo", -EOPNOTSUPP, NULL },
	{ ".", -EOPNOTSUPP, NULL },
	{ "large", -EFBIG, NULL },
};

static void read_below(void **state)
{
	const struct row_read *row = ROW(struct row_read, state);
	_cleanup_(closep) int root = make_root();
	char untouched[] = "untouched", *text = untouched;
	size_t n = 4711;
	struct stat st;
	alarm(10); /* a FIFO must not make us wait */
	assert_int_equal(rootfile_read(root, row->path, MAX, &text, &n, &st), row->r);
	alarm(0);
	if (row->r < 0) {
		assert_ptr_equal(text, untouched);
		assert_int_equal(n, 4711);
		return;
	}
	assert_int_equal(n, strlen(row->text));
	assert_memory_equal(text, row->text, n);
	assert_int_equal(st.st_size, n);
	free(text);
}

/* Files of the kernel, and devices, in our own root. */
static void no_file_of_the_kernel(void **state _unused_)
{
	static const char *const paths[] = { "/proc/self/status", "/proc/version", "/dev/null",
					     "/dev/zero", "/sys/kernel/uevent_seqnum" };
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char *text = NULL;
		size_t n;
		struct stat st;
		if (access(paths[i], F_OK) == 0)
			assert_int_equal(rootfile_read(root, paths[i], MAX, &text, &n, &st),
					 -EOPNOTSUPP);
	}
}

static void no_link_of_proc(void **state _unused_)
{
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(rootfile_open(root, "/proc/self/root/etc"), -ELOOP);
	assert_int_equal(rootfile_open(root, "/proc/self/exe"), -ELOOP);
}

/* The same file by two ways, and another one. */
static void which_file_it_is(void **state _unused_)
{
	_cleanup_(closep) int root = make_root();
	_cleanup_(freep) char *text = NULL, *same = NULL;
	size_t n;
	struct stat a, b, large, none;
	assert_int_equal(rootfile_read(root, "file", MAX, &text, &n, &a), 0);
	assert_int_equal(rootfile_read(root, "absolute", MAX, &same, &n, &b), 0);
	assert_int_equal(rootfile_read(root, "large", MAX, &text, &n, &large), -EFBIG);
	assert_int_equal(rootfile_read(root, "nothing", MAX, &text, &n, &none), -ENOENT);
	assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	assert_true(large.st_ino && large.st_ino != a.st_ino);
	assert_true(none.st_ino == 0);
}

int main(void)
{
	TEST_ROWS(read_below, read_rows);
	TEST(no_file_of_the_kernel);
	TEST(no_link_of_proc);
	TEST(which_file_it_is);
	return suite_run("rootfile");
}
