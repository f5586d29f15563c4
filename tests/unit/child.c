/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#include "fixture.h"
#include "util/clock.h"

/* Which of the first descriptors are open, and what protects it. */
struct answer {
	int open[64];
	int dumpable, signal;
};

static void answer(const void *context _unused_, int answers)
{
	struct answer answer = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(answer.open); i++)
		answer.open[i] = (int)i != answers && fcntl(i, F_GETFD) >= 0;
	answer.dumpable = prctl(PR_GET_DUMPABLE);
	prctl(PR_GET_PDEATHSIG, &answer.signal);
	if (write(answers, &answer, sizeof(answer)) < 0)
		_exit(1);
}

static void it_has_what_it_needs_and_no_more(void **state _unused_)
{
	struct child_patience patience = CHILD_PATIENCE;
	struct child child = CHILD_NONE;
	struct answer got;
	_cleanup_(closep) int one = open("/", O_PATH | O_CLOEXEC);
	_cleanup_(closep) int two = open("/", O_PATH | O_CLOEXEC);
	_cleanup_(closep) int three = open("/", O_PATH | O_CLOEXEC);
	const int keep[] = { three, one };
	assert_true(two >= 0);
	assert_int_equal(child_start(&patience, answer, NULL, keep, 2, &child), 0);
	assert_int_equal(child_read(&child, &got, sizeof(got)), 0);
	for (int i = 0; i < (int)ARRAY_SIZE(got.open); i++)
		assert_int_equal(got.open[i], i == one || i == three);
	assert_int_equal(got.dumpable, 0);
	assert_int_equal(got.signal, SIGKILL);
	pid_t pid = child.pid;
	child_end(&child);
	assert_int_equal(kill(pid, 0), -1);
}

static void stop(const void *context _unused_, int answers)
{
	if (write(answers, "1", 1) == 1)
		raise(SIGSTOP);
}

/* All of them together wait no longer than one may. */
static void one_that_is_stopped(void **state _unused_)
{
	struct child_patience patience = CHILD_PATIENCE;
	int64_t start = clock_ms();
	int answered = 0;
	for (int i = 0; i < 20; i++) {
		struct child child = CHILD_NONE;
		char bytes[2];
		int r = child_start(&patience, stop, NULL, NULL, 0, &child);
		answered += r == 0;
		if (r == 0)
			r = child_read(&child, bytes, sizeof(bytes));
		assert_int_equal(r, -ETIMEDOUT);
		child_end(&child);
		assert_int_equal(child.pid, -1);
	}
	assert_true(answered >= 1);
	assert_in_range(clock_ms() - start, 900, 2500);
}

static void leave(const void *context _unused_, int answers)
{
	_exit(write(answers, "1", 1) == 1 ? 0 : 1);
}

static void one_that_ends(void **state _unused_)
{
	struct child_patience patience = CHILD_PATIENCE;
	struct child child = CHILD_NONE;
	char bytes[2];
	assert_int_equal(child_start(&patience, leave, NULL, NULL, 0, &child), 0);
	assert_int_equal(child_read(&child, bytes, sizeof(bytes)), -EPIPE);
	child_end(&child);
}

static void many_that_are_quick(void **state _unused_)
{
	struct child_patience patience = CHILD_PATIENCE;
	struct answer got;
	for (int i = 0; i < 100; i++) {
		struct child child = CHILD_NONE;
		assert_int_equal(child_start(&patience, answer, NULL, NULL, 0, &child), 0);
		assert_int_equal(child_read(&child, &got, sizeof(got)), 0);
		child_end(&child);
	}
}

int main(void)
{
	TEST(it_has_what_it_needs_and_no_more);
	TEST(one_that_is_stopped);
	TEST(one_that_ends);
	TEST(many_that_are_quick);
	return suite_run("child");
}
