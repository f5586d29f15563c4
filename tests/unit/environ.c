/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/environ.h"

#include "fixture.h"

static void set_and_default(void **state _unused_)
{
	struct environ env = { 0 };
	environ_default(&env, "PATH", "/bin");
	environ_set(&env, "TERM", "xterm");
	environ_default(&env, "TERM", "dumb");
	environ_set(&env, "PATH", "/sbin");
	environ_set(&env, "PATHX", "");
	assert_int_equal(env.n, 3);
	assert_string_equal(env.strings[0], "PATH=/sbin");
	assert_string_equal(env.strings[1], "TERM=xterm");
	assert_string_equal(env.strings[2], "PATHX=");
	assert_null(env.strings[3]);
	environ_clear(&env);
}

int main(void)
{
	TEST(set_and_default);
	return suite_run("environ");
}
