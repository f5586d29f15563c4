/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/query.h"

/* net 1 and uts 1 are the host's own; of mnt that is not known. */
#define SYSTEM                                                                                     \
	"ns net 1 keep; ns net 2 keep; ns uts 1 keep; ns uts 4 keep; ns mnt 5 keep; ns user 6 "    \
	"keep;"                                                                                    \
	"p 7 net=1 uts=1 mnt=5 user=6; p 8 net=2 uts=1 mnt=5 user=EACCES; p 9; t 10 7 net=2 uts=1"

#define KIND(kind) (1u << (kind))

static const struct row_list {
	const char *name;
	unsigned kinds;
	bool no_host;
	const char *references; /* a word each */
	const char *expected, *hits;
} list_rows[] = {
	{ "all", 0, false, "", "net:1 uts:1 net:2 uts:4 mnt:5 user:6", "" },
	{ "one kind", KIND(NS_NET), false, "", "net:1 net:2", "" },
	{ "the first kind of all", KIND(NS_CGROUP), false, "", "", "" },
	{ "the last kind of all", KIND(NS_UTS), false, "", "uts:1 uts:4", "" },
	{ "two kinds", KIND(NS_NET) | KIND(NS_MNT), false, "", "net:1 net:2 mnt:5", "" },
	{ "without the host's, where known", 0, true, "", "net:2 uts:4 mnt:5 user:6", "" },
	{ "one kind without the host's", KIND(NS_UTS), true, "", "uts:4", "" },
	{ "a process", 0, false, "7", "net:1 uts:1 mnt:5 user:6", "y" },
	{ "another process", 0, false, "8", "uts:1 net:2 mnt:5", "y" },
	{ "a thread", 0, false, "10", "uts:1 net:2", "y" },
	{ "a process of which nothing is known", 0, false, "9", "", "n" },
	{ "two processes", 0, false, "7 8", "net:1 uts:1 net:2 mnt:5 user:6", "yy" },
	{ "a namespace", 0, false, "uts:4", "uts:4", "y" },
	{ "one that shares its inode number", 0, false, "uts:1", "uts:1", "y" },
	{ "a namespace twice", 0, false, "uts:4 uts:4", "uts:4", "yy" },
	{ "a process and what it is in", 0, false, "8 net:2", "uts:1 net:2 mnt:5", "yy" },
	{ "hits are what passes the kinds", KIND(NS_NET), false, "8 uts:4 net:1 9", "net:1 net:2",
	  "ynyn" },
	{ "hits are what passes --no-host", KIND(NS_NET), true, "7 8", "net:2", "ny" },
};

static size_t find_all(const struct snapshot *snapshot, const char *references, struct found *found)
{
	_cleanup_(freep) char *copy = xstrdup(references);
	char *rest = NULL;
	size_t n = 0;
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		struct reference reference;
		assert_int_equal(reference_parse(word, &reference, NULL), 0);
		assert_int_equal(reference_find(snapshot, NULL, &reference, &found[n++], NULL), 0);
	}
	return n;
}

static void list(void **state)
{
	const struct row_list *row = ROW(struct row_list, state);
	struct builder *builder = builder_from(SYSTEM);
	memset(builder_origin(builder)->initial, 0, sizeof(builder_origin(builder)->initial));
	builder_origin(builder)->initial[NS_NET] = builder_origin(builder)->initial[NS_UTS] = 1;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);

	_cleanup_(freep) const struct ns *const *listed = NULL, *const *again = NULL;
	struct found found[8];
	bool hits[8] = { false };
	struct ns_filter filter = {
		.kinds = row->kinds, .no_host = row->no_host, .found = found, .ret_hits = hits
	};
	filter.n_found = find_all(snapshot, row->references, found);
	size_t n;
	ns_list(snapshot, &filter, &listed, &n);
	assert_namespaces(listed, n, row->expected);
	assert_int_equal(filter.n_found, strlen(row->hits));
	for (size_t i = 0; i < filter.n_found; i++)
		assert_int_equal(hits[i], row->hits[i] == 'y');

	filter.ret_hits = NULL; /* nobody wants to know */
	ns_list(snapshot, &filter, &again, &n);
	assert_namespaces(again, n, row->expected);
}

/* What processes, and threads of theirs, are in. */
static const struct row_members {
	const char *name;
	size_t n;
	pid_t pids[3];
	const char *expected;
} member_rows[] = {
	{ "nobody", 0, { 0 }, "" },
	{ "who is not there", 1, { 4711 }, "" },
	{ "one, with its thread", 1, { 7 }, "net:1 uts:1 net:2 mnt:5 user:6" },
	{ "one that is hidden in part", 1, { 8 }, "uts:1 net:2 mnt:5" },
	{ "a thread is no process", 1, { 10 }, "" },
	{ "several", 3, { 7, 8, 9 }, "net:1 uts:1 net:2 mnt:5 user:6" },
	{ "one of which nothing is known", 1, { 9 }, "" },
};

static void members(void **state)
{
	const struct row_members *row = ROW(struct row_members, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	_cleanup_(freep) const struct ns *const *only = NULL, *const *listed = NULL;
	struct ns_filter filter = { 0 };
	size_t n;
	ns_of_processes(snapshot, row->pids, row->n, &only, &filter.n_only);
	assert_non_null(only);
	for (size_t i = 1; i < filter.n_only; i++)
		assert_true(only[i - 1] < only[i]);
	filter.only = only;
	ns_list(snapshot, &filter, &listed, &n);
	assert_namespaces(listed, n, row->expected);
}

/* With other filters, all have to let it pass. */
static void members_of_a_kind(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	_cleanup_(freep) const struct ns *const *only = NULL, *const *listed = NULL;
	struct found found[2];
	bool hits[2] = { false };
	struct ns_filter filter = { .kinds = KIND(NS_NET), .found = found, .ret_hits = hits };
	const pid_t pid = 8;
	size_t n;
	ns_of_processes(snapshot, &pid, 1, &only, &filter.n_only);
	filter.only = only;
	filter.n_found = find_all(snapshot, "net:1 net:2", found);
	ns_list(snapshot, &filter, &listed, &n);
	assert_namespaces(listed, n, "net:2");
	assert_false(hits[0]);
	assert_true(hits[1]);
}

static void of_nothing(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from("");
	_cleanup_(freep) const struct ns *const *listed = NULL;
	struct ns_filter filter = { 0 };
	size_t n = 1;
	ns_list(snapshot, &filter, &listed, &n);
	assert_int_equal(n, 0);
}

int main(void)
{
	TEST_ROWS(list, list_rows);
	TEST_ROWS(members, member_rows);
	TEST(members_of_a_kind);
	TEST(of_nothing);
	return suite_run("list");
}
