/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/builder.h"

#include "fixture.h"

/* A snapshot, and what is to be seen of one namespace in it; members NULL: it is not there. */
static const struct row_members {
	const char *name, *text;
	enum ns_kind kind;
	ino_t ino;
	const char *members, *thread_members;
	size_t n_threads;
} member_rows[] = {
	{ "members come by pid", "p 9 net=40; p 7 net=40; p 8 net=40", NS_NET, 40, "7 8 9", "", 3 },
	{ "and only those of the namespace", "p 7 net=40; p 8 net=41", NS_NET, 40, "7", "", 1 },
	{ "and of the kind", "p 7 net=40; p 8 uts=40", NS_NET, 40, "7", "", 1 },
	{ "the first kind of all", "p 7 cgroup=40", NS_CGROUP, 40, "7", "", 1 },
	{ "all threads count", "p 7 net=40 tasks=5; p 8 net=40 tasks=2", NS_NET, 40, "7 8", "", 7 },
	{ "a thread with its leader is no member", "p 7 net=40 tasks=3; t 8 7 net=40", NS_NET, 40,
	  "7", "", 3 },
	{ "a thread apart: where it is", "p 7 net=40 tasks=3; t 8 7 net=41", NS_NET, 41, "", "8",
	  1 },
	{ "a thread apart: where its leader is", "p 7 net=40 tasks=3; t 8 7 net=41", NS_NET, 40,
	  "7", "", 2 },
	{ "a thread apart: what both are in", "p 7 user=5 net=40 tasks=3; t 8 7 user=5 net=41",
	  NS_USER, 5, "7", "", 3 },
	{ "threads come by number", "p 7 net=40 tasks=3; t 9 7 net=41; t 8 7 net=41", NS_NET, 41,
	  "", "8 9", 2 },
	{ "a thread with a lower number than its leader", "t 3 9 net=41; p 9 net=40 tasks=2",
	  NS_NET, 40, "9", "", 1 },
	{ "a process and a thread of another",
	  "p 7 net=40 tasks=2; t 8 7 net=41; p 9 net=41 tasks=4", NS_NET, 41, "9", "8", 5 },
	{ "a thread came after they were counted", "p 7 net=40 tasks=2; t 8 7 net=41; t 9 7 net=41",
	  NS_NET, 40, "7", "", 1 },
	{ "a count that is 0", "p 7 net=40 tasks=0", NS_NET, 40, "7", "", 1 },
	{ "an exited leader: its threads stay",
	  "p 7 pid=3 user=5 net=- uts=- tasks=2 state=Z; t 8 7 pid=3 user=5 net=40", NS_NET, 40, "",
	  "8", 1 },
	{ "an exited leader: what it keeps",
	  "p 7 pid=3 user=5 net=- tasks=2 state=Z; t 8 7 pid=3 user=5 net=40", NS_PID, 3, "7", "",
	  2 },
	{ "a thread whose leader is not there", "t 8 7 net=40 user=5", NS_NET, 40, "", "8", 1 },
	{ "a thread whose leader is not there: user", "t 8 7 net=40 user=5", NS_USER, 5, "", "8",
	  1 },
	{ "who could not be read is in none", "p 7 net=40; p 8 net=EACCES unreadable", NS_NET, 40,
	  "7", "", 1 },
	{ "children do not live there yet", "p 7 pid=3 pid_for_children=4", NS_PID, 4, "", "", 0 },
	{ "nor in the time namespace", "p 7 time=3 time_for_children=4", NS_TIME, 4, "", "", 0 },
	{ "owners are kept", "ns net 40 owner=5; p 7 net=40", NS_USER, 5, "", "", 0 },
	{ "owners' parents are kept",
	  "ns net 40 owner=5; ns user 5 parent=6 owner=6; ns user 6 parent=7; p 7 net=40", NS_USER,
	  7, "", "", 0 },
	{ "parents are kept", "ns pid 3 parent=2; ns pid 2 parent=1; p 7 pid=3", NS_PID, 1, "", "",
	  0 },
	{ "owners of parents are kept", "ns pid 3 parent=2 owner=5; ns pid 2 owner=6; p 7 pid=3",
	  NS_USER, 6, "", "", 0 },
	{ "owners of the unborn are kept", "ns pid 4 owner=5; p 7 pid=3 pid_for_children=4",
	  NS_USER, 5, "", "", 0 },
	{ "what is wanted is kept", "ns net 40 keep", NS_NET, 40, "", "", 0 },
	{ "with its owner", "ns net 40 keep owner=5", NS_USER, 5, "", "", 0 },
	{ "what nothing leads to is left out", "ns net 40; p 7 net=41", NS_NET, 40, NULL, NULL, 0 },
	{ "and so is its owner", "ns net 40 owner=5; p 7 net=41", NS_USER, 5, NULL, NULL, 0 },
	{ "children of a kept one are left out", "ns user 5 parent=6; p 7 user=6", NS_USER, 5, NULL,
	  NULL, 0 },
	{ "the later of two with one pid counts", "p 7 net=40 tasks=3; p 7 net=41 tasks=2", NS_NET,
	  41, "7", "", 2 },
	{ "and the earlier one leads nowhere", "p 7 net=40; p 7 net=41", NS_NET, 40, NULL, NULL,
	  0 },
	{ "the latest of three", "p 7 net=40; p 7 net=41; p 7 net=42", NS_NET, 42, "7", "", 1 },
};

static void members(void **state)
{
	const struct row_members *row = ROW(struct row_members, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(row->text);
	if (!row->members) {
		assert_null(snapshot_find_ns(snapshot, row->kind, row->ino));
		return;
	}
	const struct ns *ns = the_ns(snapshot, row->kind, row->ino);
	assert_pids(ns->members, ns->n_members, row->members);
	assert_pids(ns->thread_members, ns->n_thread_members, row->thread_members);
	assert_int_equal(ns->n_threads, row->n_threads);
}

static const struct row_parent {
	const char *name, *text;
	pid_t pid, parent; /* 0: none */
} parent_rows[] = {
	{ "by number", "p 1; p 7 ppid=1", 7, 1 },
	{ "also of a lower number", "p 9; p 7 ppid=9", 7, 9 },
	{ "the number is not there", "p 1; p 7 ppid=6", 7, 0 },
	{ "outside of what the viewer sees", "p 1; p 7 ppid=0", 7, 0 },
	{ "nobody asked", "p 1; p 7", 7, 0 },
	{ "itself", "p 7 ppid=7", 7, 0 },
	{ "it started before", "p 1 start=10; p 7 ppid=1 start=11", 7, 1 },
	{ "it started in the same tick", "p 1 start=10; p 7 ppid=1 start=10", 7, 1 },
	{ "it started later: the number was reused", "p 1 start=11; p 7 ppid=1 start=10", 7, 0 },
	{ "start of the parent unknown", "p 1; p 7 ppid=1 start=10", 7, 1 },
	{ "start of the child unknown", "p 1 start=10; p 7 ppid=1", 7, 1 },
	{ "a thread has one too", "p 1; p 7 ppid=1; t 8 7 ppid=1", 8, 1 },
	{ "the later of two with one pid", "p 1; p 2; p 7 ppid=1; p 7 ppid=2", 7, 2 },
};

static void parents(void **state)
{
	const struct row_parent *row = ROW(struct row_parent, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(row->text);
	const struct process *parent = the_process(snapshot, row->pid)->parent;
	if (row->parent == 0)
		assert_null(parent);
	else
		assert_ptr_equal(parent, the_process(snapshot, row->parent));
}

/* Loops of parents, and how many edges are left when each has been opened once. */
static const struct row_loop {
	const char *text;
	size_t n_parents;
} loop_rows[] = {
	{ "p 1 ppid=2; p 2 ppid=1", 1 },
	{ "p 1 ppid=2; p 2 ppid=3; p 3 ppid=1", 2 },
	{ "p 1 ppid=3; p 3 ppid=2; p 2 ppid=1", 2 },
	{ "p 1 ppid=2; p 2 ppid=1; p 3 ppid=1; p 4 ppid=3", 3 },      /* a tail */
	{ "p 1 ppid=3; p 2 ppid=3; p 3 ppid=4; p 4 ppid=3", 3 },      /* two, that begin outside */
	{ "p 1 ppid=2; p 2 ppid=1; p 3 ppid=4; p 4 ppid=3", 2 },      /* two loops */
	{ "p 1; p 2 ppid=1; p 3 ppid=2; p 4 ppid=2; p 5 ppid=4", 4 }, /* none */
};

static void loops_are_opened(void **state)
{
	const struct row_loop *row = ROW(struct row_loop, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(row->text);
	size_t n_parents = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		n_parents += process->parent != NULL;
		size_t n_steps = 0;
		for (; process; process = process->parent)
			assert_true(n_steps++ < snapshot->n_processes);
	}
	assert_int_equal(n_parents, row->n_parents);
}

static void processes_come_by_pid(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("p 9; p 100; p 7; t 8 7; p 7 comm=later; p 1");
	assert_pids(snapshot->processes, snapshot->n_processes, "1 7 8 9 100");
	assert_string_equal(the_process(snapshot, 7)->comm, "later");
}

static void namespaces_come_by_inode_and_kind(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("p 1 net=9 uts=9 mnt=3 cgroup=9 user=4294967295 pid=100");
	assert_namespaces(snapshot->namespaces, snapshot->n_namespaces,
			  "mnt:3 cgroup:9 net:9 uts:9 pid:100 user:4294967295");
}

/* Lists of members have room for all of them. */
static void many_members_of_both_sorts(void **state _unused_)
{
	enum { N = 500 };
	struct builder *builder = builder_from("p 1 net=40 uts=50");
	struct edge edge = { .to = builder_ns(builder, NS_NET, 4, 41) };
	for (int pid = 1000; pid < 1000 + 2 * N; pid++) {
		struct process process = process_blank(pid, pid % 2 ? 1 : pid);
		process.ns[NS_NET] = edge;
		builder_add(builder, &process);
	}
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	const struct ns *ns = the_ns(snapshot, NS_NET, 41);
	assert_int_equal(ns->n_members, N);
	assert_int_equal(ns->n_thread_members, N);
	for (int i = 0; i < N; i++) {
		assert_int_equal(ns->members[i]->pid, 1000 + 2 * i);
		assert_int_equal(ns->thread_members[i]->pid, 1001 + 2 * i);
	}
	assert_pids(the_ns(snapshot, NS_NET, 40)->members, 1, "1");
	assert_pids(the_ns(snapshot, NS_UTS, 50)->members, 1, "1");
}

static void a_new_ns_knows_nothing(void **state _unused_)
{
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct ns *ns = builder_ns(builder, kind, 4, 40);
		bool has_parent = kind == NS_PID || kind == NS_USER;
		assert_int_equal(ns->kind, kind);
		assert_int_equal(ns->dev, 4);
		assert_int_equal(ns->ino, 40);
		assert_int_equal(ns->id, 0);
		assert_null(ns->owner.to);
		assert_int_equal(ns->owner.why, ENODATA);
		assert_null(ns->parent.to);
		assert_int_equal(ns->parent.why, has_parent ? ENODATA : 0);
		assert_int_equal(ns->owner_uid, UID_UNKNOWN);
	}
}

static void a_ns_is_made_once(void **state _unused_)
{
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	assert_null(builder_find_ns(builder, NS_NET, 40));
	struct ns *ns = builder_ns(builder, NS_NET, 4, 40);
	ns->id = 77;
	for (int i = 0; i < 1000; i++)
		builder_ns(builder, NS_UTS, 4, i);
	assert_ptr_equal(builder_ns(builder, NS_NET, 4, 40), ns);
	assert_ptr_equal(builder_find_ns(builder, NS_NET, 40), ns);
	assert_int_equal(ns->id, 77);
	assert_null(builder_find_ns(builder, NS_MNT, 40));
	assert_null(builder_find_ns(builder, NS_NET, 4000));
}

static void marks_are_news_once(void **state _unused_)
{
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	const struct ns *ns = builder_ns(builder, NS_NET, 4, 40);
	assert_true(builder_ns_describe(builder, ns));
	assert_false(builder_ns_describe(builder, ns));
	assert_true(builder_ns_enter(builder, ns, 1));
	assert_false(builder_ns_enter(builder, ns, 1));
	assert_true(builder_ns_enter(builder, builder_ns(builder, NS_NET, 4, 41), 1));
}

static void of_a_blank_nothing_was_asked(void **state _unused_)
{
	struct process blank = process_blank(8, 7);
	assert_int_equal(blank.pid, 8);
	assert_int_equal(blank.tgid, 7);
	assert_int_equal(blank.ppid, PID_UNASKED);
	assert_int_equal(blank.uid, UID_UNKNOWN);
	assert_true(blank.start == START_UNKNOWN);
	assert_int_equal(blank.state, 0);
	assert_int_equal(blank.n_tasks, 1);
	assert_false(blank.unreadable);
	assert_null(blank.comm);
	assert_int_equal(blank.n_pids, 0);
	assert_null(blank.parent);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		assert_null(blank.ns[kind].to);
		assert_int_equal(blank.ns[kind].why, ENODATA);
	}
	assert_int_equal(blank.pid_for_children.why, ENODATA);
	assert_int_equal(blank.time_for_children.why, ENODATA);
}

static void addresses_stay(void **state _unused_)
{
	struct builder *builder = builder_new();
	struct process blank = process_blank(7, 7);
	struct process *added = builder_add(builder, &blank);
	assert_ptr_not_equal(added, &blank);
	for (int i = 100; i < 2000; i++) {
		struct process other = process_blank(i, i);
		builder_add(builder, &other);
	}
	added->uid = 1000; /* may be filled in until the end */
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_ptr_equal(the_process(snapshot, 7), added);
	assert_int_equal(the_process(snapshot, 7)->uid, 1000);
}

static void gaps_stay_in_order(void **state _unused_)
{
	struct builder *builder = builder_new();
	_cleanup_(freep) char *longest = xcalloc(1, 1000);
	memset(longest, 'x', 999);
	for (int i = 0; i < 20; i++)
		builder_gap(builder, i % 2 ? EPERM : EACCES, "/proc/%d/ns", i);
	builder_gap(builder, EIO, "%s", longest);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_int_equal(snapshot->n_gaps, 21);
	assert_string_equal(snapshot->gaps[7].source, "/proc/7/ns");
	assert_int_equal(snapshot->gaps[7].why, EPERM);
	assert_string_equal(snapshot->gaps[18].source, "/proc/18/ns");
	assert_int_equal(snapshot->gaps[18].why, EACCES);
	assert_int_equal(snapshot->gaps[20].source[0], 'x'); /* cut at worst */
}

/* What only pins lead to goes with them, and with it what only that leads to. */
static void pins_are_forgotten(void **state _unused_)
{
	struct builder *builder = builder_from(
		"holders; ns net 40 owner=5; ns net 41 owner=6 keep; ns mnt 50 owner=EPERM keep;"
		"ns pid 4 keep; p 7 net=40 pid=3 pid_for_children=4; pin net 40 fd pid=7 fd=3;"
		"pin net 41 mount path=/a mnt=50; pin pid ? superblock path=/b; pin ? in-flight "
		"pid=7 fd=4");
	builder_gap(builder, EPERM, "parent of pid:[4]");
	builder_gap(builder, EPERM, "owner of mnt:[50]");
	builder_gap(builder, EPERM, "owner of mnt:[51]"); /* not there: nothing is known of it */
	builder_gap_of_holder(builder, EACCES, "/proc/7/fd");
	builder_forget_pins(builder);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_namespaces(snapshot->namespaces, snapshot->n_namespaces,
			  "pid:3 pid:4 user:5 net:40");
	assert_int_equal(the_ns(snapshot, NS_NET, 40)->held_by, 1u << HELD_BY_PROCESS);
	assert_int_equal(the_ns(snapshot, NS_NET, 40)->n_pins, 0);
	assert_int_equal(snapshot->n_in_flight, 0);
	assert_int_equal(snapshot->n_gaps, 2);
	assert_string_equal(snapshot->gaps[0].source, "parent of pid:[4]");
	assert_string_equal(snapshot->gaps[1].source, "owner of mnt:[51]");
	assert_false(snapshot->origin.holders);
}

static void copies_live_as_long_as_the_snapshot(void **state _unused_)
{
	struct builder *builder = builder_new();
	char bytes[] = "a\0b";
	pid_t pids[] = { 7, 1 };
	const char *copy = builder_copy(builder, bytes, 3);
	const pid_t *pids_copy = builder_copy_pids(builder, pids, 2);
	(void)builder_copy_pids(builder, NULL, 0);
	memset(bytes, 'x', sizeof(bytes));
	pids[0] = pids[1] = 0;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_memory_equal(copy, "a\0b", 4);
	assert_int_equal(pids_copy[0], 7);
	assert_int_equal(pids_copy[1], 1);
	assert_int_equal(snapshot->n_processes, 0);
}

static void the_origin_goes_along(void **state _unused_)
{
	struct builder *builder = builder_new();
	struct origin *origin = builder_origin(builder);
	origin->hostname = builder_copy(builder, "here", 4);
	origin->taken = 12345;
	origin->foreign_proc = true;
	origin->viewer[NS_PID] = 4026531836;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_string_equal(snapshot->origin.hostname, "here");
	assert_int_equal(snapshot->origin.taken, 12345);
	assert_true(snapshot->origin.foreign_proc);
	assert_int_equal(snapshot->origin.viewer[NS_PID], 4026531836);
	/* What is known of every kernel, and what is not. */
	assert_int_equal(snapshot->origin.initial[NS_USER], 4026531837);
	assert_int_equal(snapshot->origin.initial[NS_CGROUP], 4026531835);
	assert_int_equal(snapshot->origin.initial[NS_NET], 0);
	assert_int_equal(snapshot->origin.initial[NS_MNT], 0);
}

static void free_takes_null(void **state _unused_)
{
	assert_null(builder_free(NULL));
	assert_null(builder_free(builder_from("ns net 40 owner=5; p 7 net=40 comm=x; gap x EIO")));
}

/* Owners may be made up to lead on and on: each namespace is still kept once. */
static void owners_in_a_circle(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("ns user 1 owner=2; ns user 2 owner=3; ns user 3 owner=1; ns user 4 "
			      "owner=4; ns net 9 owner=1;"
			      "p 7 net=9 user=4");
	assert_namespaces(snapshot->namespaces, snapshot->n_namespaces,
			  "user:1 user:2 user:3 user:4 net:9");
}

/* Each the parent of the next. */
static void a_deep_lineage(void **state _unused_)
{
	enum { N = 100000 };
	struct builder *builder = builder_new();
	struct ns *ns = builder_ns(builder, NS_NET, 4, 40);
	for (int pid = 1; pid <= N; pid++) {
		struct process process = process_blank(pid, pid);
		process.ppid = pid - 1;
		process.ns[NS_NET] = (struct edge){ .to = ns };
		builder_add(builder, &process);
	}
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	size_t depth = 0;
	for (const struct process *p = the_process(snapshot, N); p; p = p->parent)
		depth++;
	assert_int_equal(depth, N);
	assert_int_equal(the_ns(snapshot, NS_NET, 40)->n_members, N);
}

int main(void)
{
	TEST_ROWS(members, member_rows);
	TEST_ROWS(parents, parent_rows);
	TEST_ROWS(loops_are_opened, loop_rows);
	TEST(processes_come_by_pid);
	TEST(namespaces_come_by_inode_and_kind);
	TEST(many_members_of_both_sorts);
	TEST(a_new_ns_knows_nothing);
	TEST(a_ns_is_made_once);
	TEST(marks_are_news_once);
	TEST(of_a_blank_nothing_was_asked);
	TEST(addresses_stay);
	TEST(gaps_stay_in_order);
	TEST(pins_are_forgotten);
	TEST(copies_live_as_long_as_the_snapshot);
	TEST(the_origin_goes_along);
	TEST(free_takes_null);
	TEST(owners_in_a_circle);
	TEST(a_deep_lineage);
	return suite_run("builder");
}
