/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot.h"

#include "fixture.h"

static void free_takes_null(void **state _unused_)
{
	assert_null(snapshot_free(NULL));
	assert_null(snapshot_free(snapshot_from("p 1")));
}

static void an_empty_one(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from("");
	size_t n_unreadable = 1;
	assert_int_equal(snapshot->n_namespaces, 0);
	assert_int_equal(snapshot->n_processes, 0);
	assert_int_equal(snapshot->n_gaps, 0);
	assert_null(snapshot_find_ns(snapshot, NS_NET, 1));
	assert_null(snapshot_find_process(snapshot, 1));
	assert_int_equal(snapshot_count_processes(snapshot, &n_unreadable), 0);
	assert_int_equal(n_unreadable, 0);
}

/* Inode numbers are unique in a kernel, but not in what a file says. */
static void find_ns_needs_kind_and_inode(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(
		"ns uts 7 keep; ns net 7 keep; ns mnt 7 keep; ns net 3 keep; ns net 9 keep");
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct ns *ns = snapshot_find_ns(snapshot, kind, 7);
		if (kind == NS_UTS || kind == NS_NET || kind == NS_MNT) {
			assert_non_null(ns);
			assert_int_equal(ns->kind, kind);
			assert_int_equal(ns->ino, 7);
		} else {
			assert_null(ns);
		}
	}
	assert_int_equal(the_ns(snapshot, NS_NET, 3)->ino, 3);
	assert_int_equal(the_ns(snapshot, NS_NET, 9)->ino, 9);
	for (ino_t ino = 0; ino < 12; ino++)
		if (ino != 3 && ino != 7 && ino != 9)
			assert_null(snapshot_find_ns(snapshot, NS_NET, ino));
}

static void nothing_finds_what_has_no_number(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("holders; p 1; pin user ? idmap path=/a; pin pid ? superblock path=/b");
	assert_int_equal(snapshot->n_namespaces, 2);
	assert_null(snapshot_find_ns(snapshot, NS_USER, 0));
	assert_null(snapshot_find_ns(snapshot, NS_PID, 0));
}

static void find_among_many(void **state _unused_)
{
	enum { N = 3000 };
	struct builder *builder = builder_new();
	for (int i = 0; i < N; i++) {
		struct process process = process_blank(i * 7919 % N * 2 + 2, 1);
		builder_add(builder, &process);
		builder_ns_keep(builder, builder_ns(builder, i % 8, 4, i * 7919 % N * 2 + 2));
	}
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	for (int i = 0; i < N; i++) {
		int number = i * 7919 % N * 2 + 2;
		assert_int_equal(the_process(snapshot, number)->pid, number);
		assert_null(snapshot_find_process(snapshot, number + 1));
		assert_int_equal(the_ns(snapshot, i % 8, number)->ino, number);
		assert_null(snapshot_find_ns(snapshot, (i + 1) % 8, number));
	}
	assert_null(snapshot_find_process(snapshot, 0));
	assert_null(snapshot_find_process(snapshot, -1));
}

static void threads_are_not_counted(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("p 1; p 2 unreadable; t 3 2 unreadable; t 4 1; p 5 unreadable");
	size_t n_unreadable;
	assert_int_equal(snapshot_count_processes(snapshot, &n_unreadable), 3);
	assert_int_equal(n_unreadable, 2);
}

static void initial_by_what_the_origin_says(void **state _unused_)
{
	struct builder *builder = builder_from("ns net 40 keep; ns net 41 keep; ns mnt 50 keep;"
					       "ns pid 4026531836 keep; ns pid 60 keep");
	builder_origin(builder)->initial[NS_NET] = 41;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	assert_int_equal(snapshot_is_initial(snapshot, the_ns(snapshot, NS_NET, 41)), 1);
	assert_int_equal(snapshot_is_initial(snapshot, the_ns(snapshot, NS_NET, 40)), 0);
	/* mnt has no number of its own before Linux 6.17 */
	assert_int_equal(snapshot_is_initial(snapshot, the_ns(snapshot, NS_MNT, 50)), -ENODATA);
	assert_int_equal(snapshot_is_initial(snapshot, the_ns(snapshot, NS_PID, 4026531836)), 1);
	assert_int_equal(snapshot_is_initial(snapshot, the_ns(snapshot, NS_PID, 60)), 0);
}

static void first_is_a_process_before_a_thread(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(
		"ns net 43 keep; p 9 net=40; p 8 net=40; t 3 9 net=40; t 4 9 net=41; t 5 9 net=41;"
		"p 7 net=42; t 6 9 net=42");
	assert_int_equal(ns_first(the_ns(snapshot, NS_NET, 40))->pid, 8);
	assert_int_equal(ns_first(the_ns(snapshot, NS_NET, 41))->pid, 4);
	assert_int_equal(ns_first(the_ns(snapshot, NS_NET, 42))->pid, 7);
	assert_null(ns_first(the_ns(snapshot, NS_NET, 43)));
}

int main(void)
{
	TEST(free_takes_null);
	TEST(an_empty_one);
	TEST(find_ns_needs_kind_and_inode);
	TEST(nothing_finds_what_has_no_number);
	TEST(find_among_many);
	TEST(threads_are_not_counted);
	TEST(initial_by_what_the_origin_says);
	TEST(first_is_a_process_before_a_thread);
	return suite_run("snapshot");
}
