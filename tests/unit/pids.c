/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/query.h"

/* 100 is the viewer's, 101 below it, 102 below that, and 103 beside 101. Above 109 is what we may
 * not see. */
#define NEST                                                                                       \
	"viewer pid 100; ns pid 100; ns pid 101 parent=100 keep; ns pid 102 parent=101 keep;"      \
	"ns pid 103 parent=100 keep; ns pid 109 parent=EPERM keep; ns pid 110 parent=EPERM;"       \
	"p 7 pid=100 pids=7; p 20 pid=101 pids=20/1; p 21 pid=102 pids=21/2/1;"                    \
	"p 30 pid=103 pids=30/1; p 40 pid=EACCES pids=40/1; p 41 pid=EACCES pids=41;"              \
	"p 42 pid=102; p 50 pid=110 pids=50/3/1; t 22 21 pid=102 pids=22/3/2"

static const struct row_levels {
	const char *name;
	pid_t pid;
	size_t n;
	ino_t namespaces[3]; /* 0: unknown */
} levels_rows[] = {
	{ "the viewer's own", 7, 1, { 100 } },
	{ "one below", 20, 2, { 100, 101 } },
	{ "two below", 21, 3, { 100, 101, 102 } },
	{ "a thread", 22, 3, { 100, 101, 102 } },
	{ "refused", 40, 2, { 100, 0 } },
	{ "refused, and yet it can only be the viewer's", 41, 1, { 100 } },
	{ "never asked", 42, 0, { 0 } },
};

static void levels(void **state)
{
	const struct row_levels *row = ROW(struct row_levels, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(NEST);
	const struct process *process = the_process(snapshot, row->pid);
	_cleanup_(freep) struct pid_level *found = NULL;
	assert_int_equal(pid_levels(snapshot, process, &found), row->n);
	for (size_t i = 0; i < row->n; i++) {
		assert_ptr_equal(found[i].process, process);
		assert_int_equal(found[i].level, i);
		assert_int_equal(found[i].ns ? found[i].ns->ino : 0, row->namespaces[i]);
	}
}

static const struct row_level_in {
	const char *name;
	pid_t pid;
	ino_t ns;
	int r;
	size_t level;
} level_in_rows[] = {
	{ "its own, the viewer's", 7, 100, 0, 0 },
	{ "its own", 21, 102, 0, 2 },
	{ "the one above", 21, 101, 0, 1 },
	{ "the viewer's from below", 21, 100, 0, 0 },
	{ "not in what is below", 20, 102, PID_INVISIBLE },
	{ "not in what is below, from the viewer's", 7, 101, PID_INVISIBLE },
	{ "not beside", 30, 101, PID_INVISIBLE },
	{ "refused: in the viewer's all are", 40, 100, 0, 0 },
	{ "refused: elsewhere nobody knows", 40, 101, -ENODATA },
	{ "refused, but it has one number", 41, 101, PID_INVISIBLE },
	{ "what may lie above us", 7, 109, -ENODATA },
	{ "what lies deeper than it has numbers", 7, 110, PID_INVISIBLE },
	{ "the same, from below", 20, 110, PID_INVISIBLE },
	{ "what lies as deep, and nobody knows where", 21, 110, -ENODATA },
	{ "its own, whatever lies between", 50, 110, 0, 2 },
	{ "never asked", 42, 102, -ENODATA },
};

static void level_in(void **state)
{
	const struct row_level_in *row = ROW(struct row_level_in, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(NEST);
	size_t level = 99;
	assert_int_equal(pid_level_in(snapshot, the_process(snapshot, row->pid),
				      the_ns(snapshot, NS_PID, row->ns), &level),
			 row->r);
	assert_int_equal(level, row->r == 0 ? row->level : 99);
}

static const struct row_find {
	const char *name;
	ino_t ns;
	pid_t pid;
	int r;
	pid_t expected;
} find_rows[] = {
	{ "the viewer's", 100, 21, 0, 21 },  { "the first", 101, 1, 0, 20 },
	{ "one from below", 101, 2, 0, 21 }, { "a thread", 101, 3, 0, 22 },
	{ "the innermost", 102, 1, 0, 21 },  { "unknown, as one is refused", 101, 9, -ENODATA },
	{ "nobody", 100, 9, -ENODATA }, /* the numbers of 42 were not asked */
};

static void find(void **state)
{
	const struct row_find *row = ROW(struct row_find, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(NEST);
	const struct process *found = NULL;
	const struct ns *ns = the_ns(snapshot, NS_PID, row->ns);
	assert_int_equal(pid_find(snapshot, ns, row->pid, &found), row->r);
	assert_ptr_equal(found, row->expected ? the_process(snapshot, row->expected) : NULL);
}

static void find_nobody(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("viewer pid 100; ns pid 100; ns pid 101 parent=100;"
			      "p 7 pid=100 pids=7; p 8 pid=101 pids=8/1; p 9 pid=EACCES pids=9");
	const struct process *found = NULL;
	const struct ns *ns = the_ns(snapshot, NS_PID, 101);
	assert_int_equal(pid_find(snapshot, ns, 9, &found), -ENOENT);
	assert_null(found);
}

int main(void)
{
	TEST_ROWS(levels, levels_rows);
	TEST_ROWS(level_in, level_in_rows);
	TEST_ROWS(find, find_rows);
	TEST(find_nobody);
	return suite_run("pids");
}
