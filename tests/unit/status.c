/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/exposure.h"
#include "fixture.h"

#define WHOLE                                                                                      \
	"Name:\tsh\nUid:\t1\t2\t3\t4\nCapInh:\t0000000000000008\nCapPrm:\t0000000000000002\nCapEff:\t0000000000000001\n"      \
	"CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000004\nNoNewPrivs:\t1\nSeccomp:\t2\n"

static void test_status(void **state _unused_)
{
	struct exposure exposure = { 0 };
	assert_int_equal(exposure_parse_status(WHOLE, strlen(WHOLE), &exposure), 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(exposure.uids[i], i + 1);
	assert_int_equal(exposure.effective, 1);
	assert_int_equal(exposure.permitted, 2);
	assert_int_equal(exposure.ambient, 4);
	assert_int_equal(exposure.inheritable, 8);
	assert_true(exposure.bounding == 0x1ffffffffff);
	assert_true(exposure.no_new_privs);
	assert_int_equal(exposure.seccomp, 2);
}

/* A line that is not there is not nothing. */
static void test_cut(void **state _unused_)
{
	size_t last = strlen(WHOLE) - strlen("Seccomp:\t2\n");
	for (size_t n = 0; n <= last; n++) {
		struct exposure exposure = { .uids = { 77 } };
		_cleanup_(freep) char *text = exact_copy(WHOLE, n);
		assert_int_equal(exposure_parse_status(text, n, &exposure), -EINVAL);
		assert_int_equal(exposure.uids[0], 77);
	}
}

int main(void)
{
	TEST(test_status);
	TEST(test_cut);
	return suite_run("status");
}
