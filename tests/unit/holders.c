/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/holders.h"

#define SYSTEM                                                                                     \
	"holders; ns user 5 parent=-; ns user 6 parent=5 owner=5; ns uts 30 owner=6 keep;"         \
	"ns pid 100 owner=5 parent=-; ns pid 101 owner=5 parent=100; ns pid 102 owner=5 "          \
	"parent=101 "                                                                              \
	"keep; ns net 41 owner=5; ns net 42 owner=5;"                                              \
	"p 7 user=5 pid=100 net=41 pid_for_children=101 tasks=2; t 8 7 user=5 pid=100 net=42 "     \
	"pid_for_children=101; p 9 user=5 pid=100 net=41 pid_for_children=100;"                    \
	"pin net 42 socket pid=9 fd=5 path=tcp; pin net 42 fd pid=9 fd=3; pin net 42 fd pid=9 "    \
	"fd=4;"                                                                                    \
	"pin uts 30 mount path=/a; pin ? in-flight pid=7 fd=1"

static const struct row_holders {
	const char *name;
	enum ns_kind kind;
	ino_t ino;
	const char *expected; /* BY:PID:TID:FD:NS */
} holders_rows[] = {
	{ "processes", NS_NET, 41, "process:7:0:-1:0 process:9:0:-1:0 " },
	{ "a thread, and descriptors in order", NS_NET, 42,
	  "thread:7:8:-1:0 fd:9:0:3:0 fd:9:0:4:0 socket:9:0:5:0 " },
	{ "children to be, of a process and not of its thread again, and a child", NS_PID, 101,
	  "for-children:7:0:-1:0 child:0:0:-1:102 " },
	{ "what it owns", NS_USER, 6, "owned:0:0:-1:30 " },
	{ "a mount", NS_UTS, 30, "mount:0:0:-1:0 " },
	{ "nothing", NS_PID, 102, "" },
};

static void holders(void **state)
{
	const struct row_holders *row = ROW(struct row_holders, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	_cleanup_(freep) struct holder *found = NULL;
	char text[512] = "";
	size_t n;
	ns_holders(snapshot, the_ns(snapshot, row->kind, row->ino), &found, &n);
	for (size_t i = 0; i < n; i++) {
		const struct holder *holder = &found[i];
		char *end = text + strlen(text);
		snprintf(end, text + sizeof(text) - end, "%s:%d:%d:%d:%ju ",
			 held_by_name(holder->by), holder->process ? holder->process->pid : 0,
			 holder->tid, holder->fd,
			 holder->ns ? (uintmax_t)holder->ns->ino : (uintmax_t)0);
	}
	assert_string_equal(text, row->expected);
}

static void held_by_bits(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	assert_int_equal(the_ns(snapshot, NS_NET, 42)->held_by,
			 1u << HELD_BY_THREAD | 1u << HELD_BY_FD | 1u << HELD_BY_SOCKET);
	assert_int_equal(the_ns(snapshot, NS_PID, 101)->held_by,
			 1u << HELD_BY_FOR_CHILDREN | 1u << HELD_BY_CHILD);
	assert_int_equal(the_ns(snapshot, NS_PID, 102)->held_by, 0);
	assert_int_equal(snapshot->n_in_flight, 1);
	assert_int_equal(snapshot->in_flight[0].process->pid, 7);
}

/* What cannot be seen of holders hides no process. */
static void gaps(void **state _unused_)
{
	struct builder *builder = builder_from("p 7 net=41");
	builder_gap_of_holder(builder, EPERM, "fd");
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_false(snapshot_is_complete(snapshot));
	assert_false(snapshot_hides_processes(snapshot));
	_cleanup_(snapshot_freep) const struct snapshot *other = snapshot_from("gap /proc EPERM");
	assert_true(snapshot_hides_processes(other));
}

static void words(void **state _unused_)
{
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++)
		assert_int_equal(held_by_by_name(held_by_name(by)), by);
	assert_int_equal(held_by_by_name("hope"), HELD_BY_COUNT);
}

int main(void)
{
	TEST_ROWS(holders, holders_rows);
	TEST(held_by_bits);
	TEST(gaps);
	TEST(words);
	return suite_run("holders");
}
