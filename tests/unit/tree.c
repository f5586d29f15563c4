/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/query.h"

/*
 * Items are the letters of ITEMS; PARENTS has the letter of the parent of each, "." for none.
 * Expected are rows as "LETTERdepth", the parent's place behind it: "a0. b1,0".
 */
static const struct row_order {
	const char *name, *items, *parents, *expected;
} order_rows[] = {
	{ "nothing", "", "", "" },
	{ "one", "a", ".", "a0." },
	{ "none has a parent", "abc", "...", "a0. b0. c0." },
	{ "a chain", "abc", ".ab", "a0. b1,0 c2,1" },
	{ "a chain from behind", "abc", "bc.", "c0. b1,0 a2,1" },
	{ "children keep their order", "abcd", ".aaa", "a0. b1,0 c1,0 d1,0" },
	{ "each subtree is whole", "abcdef", ".a.cab", "a0. b1,0 f2,1 e1,0 c0. d1,4" },
	{ "up by several levels at once", "abcde", ".abc.", "a0. b1,0 c2,1 d3,2 e0." },
	{ "up by two, and on", "abcde", ".abca", "a0. b1,0 c2,1 d3,2 e1,0" },
	{ "two trees", "abcd", "..ab", "a0. c1,0 b0. d1,2" },
	{ "its own parent", "a", "a", "a0." },
	{ "its own parent, with a child", "ab", "aa", "a0. b1,0" },
};

static size_t place_in(const char *items, char letter)
{
	return letter == '.' ? ROW_TOP : (size_t)(strchr(items, letter) - items);
}

static void order(void **state)
{
	const struct row_order *row = ROW(struct row_order, state);
	const void *items[16] = { NULL };
	size_t parents[16] = { 0 }, n = strlen(row->items);
	struct row rows[16];
	char text[256] = "", *out = text;
	for (size_t i = 0; i < n; i++) {
		items[i] = &row->items[i];
		parents[i] = place_in(row->items, row->parents[i]);
	}
	tree_order(items, parents, n, rows);
	for (size_t i = 0; i < n; i++) {
		out += sprintf(out, "%s%c%zu", i ? " " : "", *(const char *)rows[i].item,
			       rows[i].depth);
		out += rows[i].parent == ROW_TOP ? sprintf(out, ".")
						 : sprintf(out, ",%zu", rows[i].parent);
	}
	assert_string_equal(text, row->expected);
}

/* Each item once, its parent before it and one level higher, and of the edges only N_CUT are lost.
 */
static void check_rows(const struct row *rows, const size_t *parents, size_t n, size_t n_cut)
{
	_cleanup_(freep) bool *seen = xcalloc(n, sizeof(*seen));
	size_t n_lost = 0;
	for (size_t i = 0; i < n; i++) {
		size_t item = (size_t)rows[i].item;
		assert_true(item < n && !seen[item]);
		seen[item] = true;
		if (rows[i].parent == ROW_TOP) {
			assert_int_equal(rows[i].depth, 0);
			n_lost += parents[item] != ROW_TOP;
			continue;
		}
		assert_true(rows[i].parent < i);
		assert_true((size_t)rows[rows[i].parent].item == parents[item]);
		assert_int_equal(rows[i].depth, rows[rows[i].parent].depth + 1);
	}
	assert_int_equal(n_lost, n_cut);
}

static void order_and_check(const size_t *parents, size_t n, size_t n_cut)
{
	_cleanup_(freep) const void **items = xcalloc(n, sizeof(*items));
	_cleanup_(freep) struct row *rows = xcalloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		items[i] = (const void *)i;
	tree_order(items, parents, n, rows);
	check_rows(rows, parents, n, n_cut);
}

static const struct row_loop {
	const char *parents; /* digits; "." is none */
	size_t n_loops;
} loop_rows[] = {
	{ "0", 1 },	  { "10", 1 },	    { "120", 1 },     { "201", 1 },	{ "1032", 2 },
	{ ".210", 1 },	  { "1200", 1 },    { "3301", 1 },    { "10014", 2 },	{ "4012.", 0 },
	{ "1203546", 4 }, { "6012345", 1 }, { "0123456", 7 }, { "5555545", 1 },
};

static void loops_are_opened_once(void **state)
{
	const struct row_loop *row = ROW(struct row_loop, state);
	size_t parents[16], n = strlen(row->parents);
	for (size_t i = 0; i < n; i++)
		parents[i] = row->parents[i] == '.' ? ROW_TOP : (size_t)(row->parents[i] - '0');
	order_and_check(parents, n, row->n_loops);
}

/* No recursion: so deep a stack there is not (and a sanitizer's frames are large). */
static void deep_chains(void **state _unused_)
{
	enum { N = 100000 };
	_cleanup_(freep) size_t *parents = xcalloc(N, sizeof(*parents));
	for (size_t i = 0; i < N; i++)
		parents[i] = i ? i - 1 : ROW_TOP;
	order_and_check(parents, N, 0);
	for (size_t i = 0; i < N; i++)
		parents[i] = i + 1 < N ? i + 1 : ROW_TOP;
	order_and_check(parents, N, 0);
	parents[N - 1] = 0;
	order_and_check(parents, N, 1);
}

static void wide_and_mixed(void **state _unused_)
{
	enum { N = 5000 };
	_cleanup_(freep) size_t *parents = xcalloc(N, sizeof(*parents));
	for (size_t i = 0; i < N; i++)
		parents[i] = i ? 0 : ROW_TOP;
	order_and_check(parents, N, 0);
	for (size_t i = 0; i < N; i++)
		parents[i] = i % 11 ? i * 31 % i : ROW_TOP;
	order_and_check(parents, N, 0);
}

/* Rows as "KIND:INO", indented by a dot a level. */
static const struct row_tree {
	const char *name;
	enum ns_tree by;
	const char *text, *expected;
} tree_rows[] = {
	{ "a list has no levels", NS_TREE_NONE,
	  "ns user 1 keep; ns user 2 parent=1 owner=1 keep; p 7 user=2", "user:1 user:2" },
	{ "by parent", NS_TREE_PARENT,
	  "ns pid 3 parent=2; ns pid 2 parent=9; ns user 5 parent=4; p 7 pid=3 user=5 net=6",
	  "user:4 .user:5 net:6 pid:9 .pid:2 ..pid:3" },
	{ "by owner", NS_TREE_OWNER,
	  "ns net 6 owner=5; ns user 5 owner=4; ns uts 7 owner=4; ns mnt 8 owner=EPERM; p 7 net=6 "
	  "uts=7 mnt=8",
	  "user:4 .user:5 ..net:6 .uts:7 mnt:8" },
	{ "by owner, in a circle", NS_TREE_OWNER,
	  "ns user 1 owner=2; ns user 2 owner=1; p 7 user=1", "user:2 .user:1" },
	{ "by process", NS_TREE_PROCESS, "p 1 net=1; p 7 ppid=1 net=2; p 8 ppid=7 net=3",
	  "net:1 .net:2 ..net:3" },
	{ "by process: through those in the same", NS_TREE_PROCESS,
	  "p 1 net=1; p 7 ppid=1 net=2; p 5 ppid=7 net=2", "net:1 .net:2" },
	{ "by process: kinds do not mix", NS_TREE_PROCESS,
	  "p 1 net=1 uts=1; p 7 ppid=1 net=1 uts=2", "net:1 uts:1 .uts:2" },
	{ "by process: what is unknown leads nowhere", NS_TREE_PROCESS,
	  "p 1 net=1; p 2 ppid=1 net=EACCES; p 7 ppid=2 net=2", "net:1 net:2" },
	{ "by process: a thread leads on too", NS_TREE_PROCESS,
	  "p 1 net=1; p 7 ppid=1 net=1; t 8 7 ppid=1 net=2", "net:1 .net:2" },
	{ "by process: nobody is in it", NS_TREE_PROCESS, "p 1 net=1; ns net 2 keep",
	  "net:1 net:2" },
	{ "by process: the parent is not there", NS_TREE_PROCESS, "p 1 net=1; p 7 ppid=6 net=2",
	  "net:1 net:2" },
	{ "by process: it is that of the first", NS_TREE_PROCESS,
	  "p 1 net=1; p 2 ppid=4 net=2; p 3 ppid=1 net=2; p 4 ppid=1 net=1; p 5 ppid=3 net=1",
	  "net:1 .net:2" },
	{ "by process: in a circle", NS_TREE_PROCESS,
	  "p 9 net=1; p 2 ppid=9 net=2; p 1 ppid=3 net=1; p 3 net=2", "net:2 .net:1" },
};

static void tree(void **state)
{
	const struct row_tree *row = ROW(struct row_tree, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(row->text);
	_cleanup_(freep) const struct ns *const *list = NULL;
	_cleanup_(freep) struct row *rows = NULL;
	struct ns_filter all = { 0 };
	char text[1024] = "", *out = text;
	size_t n;
	ns_list(snapshot, &all, &list, &n);
	ns_tree(list, n, row->by, &rows);
	for (size_t i = 0; i < n; i++) {
		const struct ns *ns = rows[i].item;
		out += sprintf(out, "%s%.*s%s:%ju", i ? " " : "", (int)rows[i].depth, "........",
			       ns_kind_name(ns->kind), (uintmax_t)ns->ino);
	}
	assert_string_equal(text, row->expected);
}

/* Whose parent is not in the list is at the top, also if a grandparent is. */
static void parents_that_were_left_out(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("ns pid 1 keep; ns pid 2 parent=1; ns pid 3 parent=2; p 7 pid=3");
	const struct ns *list[] = { the_ns(snapshot, NS_PID, 1), the_ns(snapshot, NS_PID, 3) };
	_cleanup_(freep) struct row *rows = NULL;
	ns_tree(list, 2, NS_TREE_PARENT, &rows);
	assert_true(rows[0].parent == ROW_TOP && rows[1].parent == ROW_TOP);
	assert_true(rows[0].depth == 0 && rows[1].depth == 0);
	assert_ptr_equal(rows[0].item, list[0]);
	assert_ptr_equal(rows[1].item, list[1]);
}

static void a_tree_of_nothing(void **state _unused_)
{
	_cleanup_(freep) struct row *rows = NULL;
	ns_tree(NULL, 0, NS_TREE_PROCESS, &rows);
	assert_non_null(rows);
}

int main(void)
{
	TEST_ROWS(order, order_rows);
	TEST_ROWS(loops_are_opened_once, loop_rows);
	TEST(deep_chains);
	TEST(wide_and_mixed);
	TEST_ROWS(tree, tree_rows);
	TEST(parents_that_were_left_out);
	TEST(a_tree_of_nothing);
	return suite_run("tree");
}
