/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/story.h"

#include <sched.h>

#include "fixture.h"
#include "uapi/nsfs.h"

#define TASK(number, parent, name)                                                                 \
	{                                                                                          \
		.pid = (number), .tgid = (number), .ppid = (parent), .comm = (name), .n_pids = 1,  \
		.pids = {                                                                          \
			(number)                                                                   \
		}                                                                                  \
	}

/* In pid:[40], as PID INNER. */
#define TASK_IN(number, inner, name)                                                               \
	{                                                                                          \
		.pid = (number), .tgid = (number), .comm = (name), .n_pids = 2,                    \
		.pids = { (number), (inner) },                                                     \
		.ns = { [NS_PID] = 40,                                                             \
			[NS_NET] = 50 }                                                            \
	}

#define MS 1000000u

/* As docker's runtime does it: runc 20, started by 10, forks 21, which unshares and makes 22. */
static const struct event container[] = {
	{ .type = EVENT_EXEC, .time = 100 * MS, .path = "/bin/runc", .task = TASK(20, 10, "runc") },
	{ .type = EVENT_UNSHARE,
	  .time = 110 * MS,
	  .flags = CLONE_NEWNET | CLONE_NEWPID,
	  .before = { [NS_NET] = 5, [NS_PID] = 4 },
	  .task = { .pid = 21,
		    .tgid = 21,
		    .ppid = 20,
		    .comm = "runc:[1]",
		    .ns = { [NS_NET] = 50, [NS_PID] = 4 } } },
	{ .type = EVENT_CLONE,
	  .time = 120 * MS,
	  .before = { [NS_NET] = 50, [NS_PID] = 4 },
	  .task = TASK(21, 20, "runc:[1]"),
	  .child = TASK_IN(22, 1, "runc:[1]") },
	{ .type = EVENT_NAME, .time = 121 * MS, .task = TASK_IN(22, 1, "runc:[2]") },
	{ .type = EVENT_EXEC, .time = 150 * MS, .path = "/bin/sh", .task = TASK_IN(22, 1, "sh") },
	{ .type = EVENT_EXEC, .time = 160 * MS, .path = "/bin/ls", .task = TASK_IN(23, 2, "ls") },
};

static struct story *story_from(const struct event *events, size_t n)
{
	struct story *story = story_new();
	for (size_t i = 0; i < n; i++)
		story_add(story, &events[i]);
	return story;
}

static void a_container(void **state _unused_)
{
	_cleanup_(story_freep) struct story *story = story_from(container, ARRAY_SIZE(container));
	_cleanup_(freep) struct story_container *containers;
	size_t n;
	story_containers(story, &containers, &n);
	assert_int_equal(n, 1);
	const struct story_process *init = containers->init;
	assert_int_equal(init->task.pid, 22);
	assert_string_equal(init->program, "/bin/sh");
	assert_int_equal(init->n_programs, 1);
	assert_int_equal((init->program_time - containers->began) / MS, 40);
	assert_int_equal(containers->n_ns, 2);
	assert_int_equal(containers->ns[0]->ino, 50);
	assert_int_equal(containers->ns[0]->call, EVENT_UNSHARE);
	assert_int_equal(containers->ns[1]->ino, 40);
	assert_int_equal(containers->ns[1]->call, EVENT_CLONE);
	assert_int_equal(containers->ns[1]->maker->task.pid, 21);
	assert_int_equal(init->parent->task.pid, 21);
	assert_int_equal(init->parent->parent->task.pid, 20);
	assert_int_equal(init->parent->parent->parent->task.pid, 10);
	assert_false(init->parent->parent->parent->is_known);
}

/* An init that only looks after others runs what they run. */
static void an_init_without_program(void **state _unused_)
{
	const struct event events[] = { container[1], container[2], container[5] };
	_cleanup_(story_freep) struct story *story = story_from(events, ARRAY_SIZE(events));
	_cleanup_(freep) struct story_container *containers;
	size_t n;
	story_containers(story, &containers, &n);
	assert_int_equal(n, 1);
	assert_int_equal(containers->init->n_programs, 0);
	assert_string_equal(containers->init->program, "/bin/ls");
}

static void ancestors_are_asked_for(void **state _unused_)
{
	const struct event_task shim = TASK(10, 9, "shim"), *gone = NULL;
	_cleanup_(story_freep) struct story *story = story_from(container, 1);
	assert_int_equal(story_missing(story), 10);
	story_fill(story, &shim);
	assert_int_equal(story_missing(story), 9);
	story_fill(story, gone);
	assert_int_equal(story_missing(story), 0);
}

static void a_thread_is_its_process(void **state _unused_)
{
	const struct event thread = {
		.type = EVENT_MOUNT,
		.path = "/proc",
		.task = { .pid = 11, .tgid = 10, .ppid = 9, .comm = "worker" }
	};
	const struct event_task leader = TASK(10, 9, "dockerd"), parent = TASK(9, 0, "init");
	_cleanup_(story_freep) struct story *story = story_from(&thread, 1);
	_cleanup_(freep) struct row *rows = NULL;
	size_t n;
	assert_int_equal(story_missing(story), 9);
	story_fill(story, &parent);
	assert_int_equal(story_missing(story), 10);
	story_fill(story, &leader);
	assert_int_equal(story_missing(story), 0);
	story_tree(story, &rows, &n);
	assert_int_equal(n, 2);
	const struct story_process *process = rows[1].item;
	assert_string_equal(process->task.comm, "dockerd");
	assert_int_equal(process->task.pid, 10);
	assert_true(process->took_part);
}

/* "22<21", the parent of each, by the depth of the row. */
static char *tree_text(const struct story *story)
{
	char *text = NULL;
	size_t size, n;
	_cleanup_(freep) struct row *rows = NULL;
	FILE *out = open_memstream(&text, &size);
	story_tree(story, &rows, &n);
	for (size_t i = 0; i < n; i++) {
		const struct story_process *process = rows[i].item;
		const struct story_process *above =
			rows[i].parent == ROW_TOP ? NULL : rows[rows[i].parent].item;
		assert_ptr_equal(above, process->parent);
		fprintf(out, "%*s%d\n", (int)rows[i].depth, "", process->task.pid);
	}
	fclose(out);
	return text;
}

static void the_tree(void **state _unused_)
{
	struct event others[] = {
		container[0],
		container[1],
		container[2],
		/* One who only runs something, of no interest, and another maker below 10. */
		{ .type = EVENT_EXEC, .path = "/bin/true", .task = TASK(30, 10, "true") },
		{ .type = EVENT_MOUNT, .path = "/proc", .task = TASK(31, 10, "mount") },
		{ .type = EVENT_MOUNT, .path = "/proc", .task = TASK(32, 20, "mount") },
	};
	_cleanup_(story_freep) struct story *story = story_from(others, ARRAY_SIZE(others));
	_cleanup_(freep) char *text = tree_text(story);
	assert_string_equal(text, "10\n 20\n  21\n   22\n  32\n 31\n");
	_cleanup_(story_freep) struct story *empty = story_new();
	_cleanup_(freep) char *nothing = tree_text(empty);
	assert_string_equal(nothing, "");
}

static void who_joins(void **state _unused_)
{
	const struct event events[] = {
		{ .type = EVENT_SETNS,
		  .flags = CLONE_NEWNET,
		  .before = { [NS_NET] = 5 },
		  .task = { .pid = 7, .tgid = 7, .ns = { [NS_NET] = 50 } } },
		{ .type = EVENT_SETNS,
		  .flags = CLONE_NEWPID,
		  .task = { .pid = 7, .tgid = 7, .ns = { [NS_NET] = 50 } } },
		{ .type = EVENT_CLONE,
		  .before = { [NS_PID] = 4 },
		  .task = { .pid = 7, .tgid = 7 },
		  .child = { .pid = 8,
			     .tgid = 8,
			     .n_pids = 2,
			     .pids = { 8, 3 },
			     .ns = { [NS_PID] = 40 } } },
		/* One that failed is nothing. */
		{ .type = EVENT_UNSHARE,
		  .why = EPERM,
		  .flags = CLONE_NEWNET,
		  .before = { [NS_NET] = 50 },
		  .task = { .pid = 7, .tgid = 7, .ns = { [NS_NET] = 51 } } },
	};
	_cleanup_(story_freep) struct story *story = story_from(events, ARRAY_SIZE(events));
	_cleanup_(freep) const struct story_ns **made = NULL;
	_cleanup_(freep) struct row *rows = NULL;
	size_t n;
	story_made(story, &made, &n);
	assert_int_equal(n, 0);
	story_tree(story, &rows, &n);
	assert_int_equal(n, 2);
	const struct story_process *joiner = rows[0].item, *child = rows[1].item;
	assert_int_equal(joiner->n_joined, 1);
	assert_int_equal(joiner->joined->ino, 50);
	assert_int_equal(child->n_joined, 1);
	assert_int_equal(child->joined->ino, 40);
	assert_false(child->is_init);
}

/* Whoever is adopted still descends from who made it. */
static void forks_are_kept(void **state _unused_)
{
	const struct event events[] = {
		{ .type = EVENT_FORK,
		  .task = TASK(10, 9, "conmon"),
		  .child = TASK(20, 10, "conmon") },
		{ .type = EVENT_MOUNT, .path = "/proc", .task = TASK(20, 1, "conmon") },
	};
	_cleanup_(story_freep) struct story *story = story_from(events, ARRAY_SIZE(events));
	_cleanup_(freep) char *text = tree_text(story);
	assert_string_equal(text, "9\n 10\n  20\n");
}

/* A number that is used again is another process; its parent may have the number of its child. */
static void numbers_are_used_again(void **state _unused_)
{
	struct event again = container[2];
	again.task = (struct event_task)TASK(22, 21, "late");
	again.child.pid = again.child.tgid = again.child.pids[0] = 21;
	struct event events[] = { container[1], container[2], again };
	_cleanup_(story_freep) struct story *story = story_from(events, ARRAY_SIZE(events));
	_cleanup_(freep) char *text = tree_text(story);
	assert_string_equal(text, "20\n 21\n  22\n   21\n");
}

int main(void)
{
	TEST(a_container);
	TEST(an_init_without_program);
	TEST(ancestors_are_asked_for);
	TEST(a_thread_is_its_process);
	TEST(the_tree);
	TEST(who_joins);
	TEST(forks_are_kept);
	TEST(numbers_are_used_again);
	return suite_run("story");
}
