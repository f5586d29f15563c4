/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/proccred.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"

#define IDS "Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"

static const struct row_text {
	const char *name, *text;
	int r;
	const char *expected; /* uid gid groups effective bounding nnp filtered */
} text_rows[] = {
	{ "as it is",
	  "Name:\tsh\nUmask:\t0022\n" IDS "FDSize:\t64\nGroups:\t4 24 1000 \nCapInh:\t0\n"
	  "CapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\n"
	  "Seccomp_filters:\t1\n",
	  0, "2 6 4,24,1000 a80425fb 1ffffffffff 1 1" },
	{ "no groups", IDS "Groups:\t \nCapEff:\t0\nCapBnd:\tff\nNoNewPrivs:\t0\nSeccomp:\t0\n", 0,
	  "2 6  0 ff 0 0" },
	{ "before Linux 4.10", IDS "Groups:\t7 \nCapEff:\t1\nCapBnd:\t1\nSeccomp:\t1\n", 0,
	  "2 6 7 1 1 0 0" },
	{ "no newline at the end", IDS "Groups:\t7", 0, "2 6 7 0 0 0 0" },
	{ "the largest ids", "Uid:\t0\t4294967295\nGid:\t0\t4294967295\nGroups:\t4294967295\n", 0,
	  "4294967295 4294967295 4294967295 0 0 0 0" },
	{ "nothing", "", -EINVAL },
	{ "no uid", "Gid:\t5\t6\t7\t8\nGroups:\t\n", -EINVAL },
	{ "no gid", "Uid:\t5\t6\t7\t8\nGroups:\t\n", -EINVAL },
	{ "no groups line", IDS, -EINVAL },
	{ "one uid only", "Uid:\t5\nGid:\t5\t6\nGroups:\t\n", -EINVAL },
	{ "a uid too large", "Uid:\t0\t4294967296\nGid:\t5\t6\nGroups:\t\n", -EINVAL },
	{ "a group that is none", IDS "Groups:\t1 x 2\n", -EINVAL },
};

static char *text_of(const struct proc_cred *cred)
{
	char *groups = xstrdup("");
	for (size_t i = 0; i < cred->n_groups; i++) {
		_cleanup_(freep) char *before = groups;
		groups = xasprintf("%s%s%u", before, i ? "," : "", cred->groups[i]);
	}
	char *text = xasprintf("%u %u %s %jx %jx %d %d", cred->uid, cred->gid, groups,
			       (uintmax_t)cred->effective, (uintmax_t)cred->bounding,
			       cred->no_new_privs, cred->filtered);
	free(groups);
	return text;
}

static void a_text(void **state)
{
	const struct row_text *row = ROW(struct row_text, state);
	size_t n = strlen(row->text);
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	_cleanup_(proc_cred_clear) struct proc_cred cred = { .uid = 4711 };
	assert_int_equal(proc_parse_cred(bytes, n, &cred), row->r);
	if (row->r < 0) {
		assert_int_equal(cred.uid, 4711);
		assert_null(cred.groups);
		return;
	}
	_cleanup_(freep) char *text = text_of(&cred);
	assert_string_equal(text, row->expected);
}

/* NGROUPS_MAX of them, in a time that nobody notices. */
static void many_groups(void **state _unused_)
{
	enum { N = 65536 };
	_cleanup_(freep) char *text = xmalloc(N * 12 + 64);
	_cleanup_(proc_cred_clear) struct proc_cred cred = { 0 };
	size_t n = sprintf(text, IDS "Groups:\t");
	for (unsigned i = 0; i < N; i++)
		n += sprintf(text + n, "%u ", i);
	n += sprintf(text + n, "\n");
	assert_int_equal(proc_parse_cred(text, n, &cred), 0);
	assert_int_equal(cred.n_groups, N);
	assert_int_equal(cred.groups[N - 1], N - 1);
}

static void our_own(void **state _unused_)
{
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(proc_cred_clear) struct proc_cred cred = { 0 };
	assert_int_equal(proc_read_cred(proc, "self/status", &cred), 0);
	assert_int_equal(cred.uid, geteuid());
	assert_int_equal(cred.gid, getegid());
	assert_int_equal(cred.n_groups, getgroups(0, NULL));
	assert_int_equal(proc_read_cred(proc, "self/no-such-file", &cred), -ENOENT);
	assert_int_equal(proc_read_cred(proc, "version", &cred), -EIO);
}

int main(void)
{
	TEST_ROWS(a_text, text_rows);
	TEST(many_groups);
	TEST(our_own);
	return suite_run("proccred");
}
