/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "storytext.h"

#include <signal.h>

#include "fixture.h"

static const pid_t inner[] = { 7, 1 };
static const struct story_process runc = { .pid = 5, .comm = "runc" };
static const struct story_process gone = { .pid = 6, .parent = &runc };
static const struct story_step ran = { .type = EVENT_EXEC, .path = "/bin/sh", .tid = 7 };
static const struct story_step ran_something = { .type = EVENT_EXEC };

static struct story_process init(void)
{
	return (struct story_process){
		.pid = 7, .comm = "sh", .n_pids = 2, .pids = inner, .pid_ns = 40, .parent = &gone
	};
}

static void summary(void **state _unused_)
{
	struct story_process first = init(), plain = { .pid = 8 };
	struct story_step program = ran;
	program.process = &first;
	struct story_container container = { .first = &first, .program = &program };
	struct story_ns made[] = { { .kind = NS_NET, .ino = 30 }, { .kind = NS_PID } };
	const struct story_ns *const list[] = { &made[0], &made[1] };
	const struct story_step clone = { .type = EVENT_CLONE }, moved = { .type = EVENT_MOVED };
	const struct {
		const char *text;
		const struct story_process *first, *runs_it;
		struct summary_row row;
	} rows[] = {
		{ "PID 1 of pid:[40] is 7, runs /bin/sh", &first, &first, { &container } },
		{ "PID 1 of pid:[40] is 7, runs /bin/sh as 7", &first, &plain, { &container } },
		{ "runs /bin/sh", &plain, &plain, { &container } },
		{ "from runc(5) -> ?(6) -> sh(7)",
		  &first,
		  &first,
		  { &container, .is_lineage = true } },
		{ "clone: new net:[30] pid:[?]",
		  &first,
		  &first,
		  { &container, .step = &clone, .ns = list, .n_ns = 2 } },
		{ "a call that was not seen: new net:[30]",
		  &first,
		  &first,
		  { &container, .step = &moved, .ns = list, .n_ns = 1 } },
		{ "for no container", &first, &first, { NULL } },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		container.first = rows[i].first;
		program.process = rows[i].runs_it;
		_cleanup_(freep) char *text = story_summary_text(&rows[i].row);
		assert_string_equal(text, rows[i].text);
	}
	container.first = &first;
	container.program = NULL;
	_cleanup_(freep) char *none = story_summary_text(&rows[0].row);
	assert_string_equal(none, "PID 1 of pid:[40] is 7, has run no program");
}

static void member(void **state _unused_)
{
	struct story_ns joined = { .kind = NS_NET, .ino = 30 };
	struct story_step killed = { .type = EVENT_EXIT, .status = SIGKILL };
	struct story_step setns = {
		.type = EVENT_SETNS, .ns = &joined, .n_ns = 1, .next = &killed
	};
	struct story_step nowhere = { .type = EVENT_SETNS, .next = &setns };
	struct story_step unshare = {
		.type = EVENT_UNSHARE, .was_made = true, .ns = &joined, .n_ns = 1, .next = &nowhere
	};
	struct story_step exec = ran_something;
	struct story_process process = init(), idle = { .pid = 9 };
	exec.next = &unshare;
	process.steps = &exec;
	_cleanup_(freep) char *text = story_member_text(&process);
	assert_string_equal(text, "PID 1 of pid:[40]; ran ?; new net:[30] by unshare; "
				  "joined net:[30] by setns; killed by SIGKILL");
	_cleanup_(freep) char *none = story_member_text(&idle);
	assert_string_equal(none, "");
}

/* No process fills the terminal. */
static void member_of_many_steps(void **state _unused_)
{
	struct story_step steps[12];
	struct story_process process = { .pid = 9, .steps = steps };
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		steps[i] = ran;
		steps[i].next = i + 1 < ARRAY_SIZE(steps) ? &steps[i + 1] : NULL;
	}
	_cleanup_(freep) char *text = story_member_text(&process);
	assert_string_equal(text,
			    "ran /bin/sh; ran /bin/sh; ran /bin/sh; ran /bin/sh; ran /bin/sh; "
			    "ran /bin/sh; ran /bin/sh; ran /bin/sh; 4 more");
}

int main(void)
{
	TEST(summary);
	TEST(member);
	TEST(member_of_many_steps);
	return suite_run("storytext");
}
