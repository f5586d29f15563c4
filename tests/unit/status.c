/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/rights.h"
#include "fixture.h"

#define WHOLE                                                                                      \
	"Name:\tsh\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t20 30 \nCapInh:\t0000000000000008\nCapPrm:\t0000000000000002\nCapEff:\t0000000000000001\n"      \
	"CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000004\nNoNewPrivs:\t1\nSeccomp:\t2\n"

static void test_status(void **state _unused_)
{
	struct rights rights;
	assert_int_equal(rights_parse(WHOLE, strlen(WHOLE), &rights), 0);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(rights.uids[i], i + 1);
		assert_int_equal(rights.gids[i], i + 5);
	}
	assert_int_equal(rights.n_groups, strlen("\t20 30 "));
	assert_memory_equal(rights.groups, "\t20 30 ", rights.n_groups);
	assert_int_equal(rights.effective, 1);
	assert_int_equal(rights.permitted, 2);
	assert_int_equal(rights.ambient, 4);
	assert_int_equal(rights.inheritable, 8);
	assert_true(rights.bounding == 0x1ffffffffff);
	assert_true(rights.no_new_privs);
	assert_int_equal(rights.seccomp, 2);
}

/* A line that is not there is not nothing. */
static void test_cut(void **state _unused_)
{
	size_t last = strlen(WHOLE) - strlen("Seccomp:\t2\n");
	for (size_t n = 0; n <= last; n++) {
		struct rights rights = { .uids = { 77 } };
		_cleanup_(freep) char *text = exact_copy(WHOLE, n);
		assert_int_equal(rights_parse(text, n, &rights), -EINVAL);
		assert_int_equal(rights.uids[0], 77);
	}
}

int main(void)
{
	TEST(test_status);
	TEST(test_cut);
	return suite_run("status");
}
