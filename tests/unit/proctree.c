/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/proctree.h"

#include "fixture.h"

/* The border between the processes 7 and 1: "mnt pid", behind "|" those that are unknown. */
static const struct row_border {
	const char *name, *text, *expected;
} border_rows[] = {
	{ "none", "p 1 %1; p 7 ppid=1 %1", "|" },
	{ "one kind", "p 1 %1; p 7 ppid=1 %1 net=9", "net|" },
	{ "all kinds", "p 1 %1; p 7 ppid=1 %2", "cgroup ipc mnt net pid time user uts|" },
	{ "no parent", "p 7 %1", "|" },
	{ "the parent is not there", "p 7 ppid=1 %1", "|" },
	{ "unreadable: not the same, nor different", "p 1 %1; p 7 ppid=1 %1 mnt=EACCES net=9",
	  "net|mnt" },
	{ "an unreadable parent", "p 1 %1 uts=EACCES; p 7 ppid=1 %1", "|uts" },
	{ "nobody asked", "p 1 %1; p 7 ppid=1 %1 net=ENODATA", "|net" },
	{ "both refused", "p 1 %1 net=EACCES; p 7 ppid=1 %1 net=EACCES", "|net" },
	{ "who has exited passes none", "p 1 %1; p 7 ppid=1 %1 mnt=- net=- uts=-", "|" },
	{ "whose parent has exited", "p 1 %1 mnt=-; p 7 ppid=1 %1", "|mnt" },
	{ "a kind that the kernel lacks", "p 1 %1 time=-; p 7 ppid=1 %1 time=-", "|" },
	{ "one number more", "p 1 %1 pid=EACCES pids=1; p 7 ppid=1 %1 pid=EACCES pids=7/1",
	  "pid|" },
	{ "one number less: it joined the outer one",
	  "p 1 %1 pid=EACCES pids=1/2; p 7 ppid=1 %1 pids=7", "pid|" },
	{ "one number each: both are the viewer's",
	  "p 1 %1 pid=EACCES pids=1; p 7 ppid=1 %1 pid=EACCES pids=7", "|" },
	{ "two numbers each: who knows", "p 1 %1 pid=EACCES pids=1/1; p 7 ppid=1 %1 pids=7/3",
	  "|pid" },
	{ "numbers unasked", "p 1 %1 pid=EACCES; p 7 ppid=1 %1 pids=7/3", "|pid" },
	{ "read counts more than numbers", "p 1 %1 pids=1; p 7 ppid=1 %1 pids=7/1", "|" },
};

/* "%1": all kinds are 1; a kind that comes later counts. */
static char *expanded(const char *text)
{
	char *out = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&out, &n);
	for (; *text; text++) {
		if (*text != '%') {
			fputc(*text, stream);
			continue;
		}
		text++;
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
			fprintf(stream, "%s%s=%c", kind ? " " : "", ns_kind_name(kind), *text);
	}
	fclose(stream);
	return out;
}

static char *kinds_text(char *out, unsigned kinds)
{
	const char *blank = "";
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (!(kinds >> kind & 1))
			continue;
		out += sprintf(out, "%s%s", blank, ns_kind_name(kind));
		blank = " ";
	}
	return out;
}

static void border(void **state)
{
	const struct row_border *row = ROW(struct row_border, state);
	_cleanup_(freep) char *text = expanded(row->text);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(text);
	const struct process *process = the_process(snapshot, 7);
	const struct border between = border_between(process, process->parent);
	char actual[256], *out = kinds_text(actual, between.kinds);
	*out++ = '|';
	*kinds_text(out, between.unknown) = 0;
	assert_string_equal(actual, row->expected);
	assert_int_equal(between.kinds & between.unknown, 0);
}

/* Rows as numbers, with a dot a level; a heading as the inode of its namespace in brackets. ROOTS
 * are numbers of processes, or "net:2"; "" is everybody. Behind "!" stands how many more may be at
 * a border: what is not mentioned is unknown. */
#define FAMILY                                                                                     \
	"p 1 net=1 pid=1; p 2 net=1 pid=1; p 5 ppid=1 net=1 pid=1; p 7 ppid=5 net=2 pid=2;"        \
	"p 9 ppid=7 net=2 pid=2; p 8 ppid=7 net=1 pid=2; p 6 ppid=1 net=1 pid=1;"                  \
	"t 10 9 ppid=7 net=2 pid=2; t 11 9 ppid=7 net=3 pid=2"

#define ONE_TREE NS_KIND_COUNT

static const struct row_tree {
	const char *name, *text, *roots;
	struct proctree_wish wish;
	const char *expected;
} tree_rows[] = {
	{ "everybody", FAMILY, "", { .ns_sort = ONE_TREE }, "1 .5 ..7 ...8 ...9 .6 2" },
	{ "threads below their process",
	  FAMILY,
	  "",
	  { .threads = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8 ...9 ....10 ....11 .6 2" },
	{ "nobody", "", "", { .ns_sort = ONE_TREE }, "" },
	{ "a subtree", FAMILY, "7", { .ns_sort = ONE_TREE }, "7 .8 .9" },
	{ "two of them", FAMILY, "6 7", { .ns_sort = ONE_TREE }, "7 .8 .9 6" },
	{ "one inside of the other, and twice",
	  FAMILY,
	  "9 7 7",
	  { .ns_sort = ONE_TREE },
	  "7 .8 .9" },
	{ "a thread means its process", FAMILY, "11", { .ns_sort = ONE_TREE }, "9" },
	{ "or itself", FAMILY, "11", { .threads = true, .ns_sort = ONE_TREE }, "11" },
	{ "its lineage", FAMILY, "9", { .parents = true, .ns_sort = ONE_TREE }, "1 .5 ..7 ...9" },
	{ "and what is below",
	  FAMILY,
	  "7",
	  { .parents = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8 ...9" },
	{ "a lineage of everybody",
	  FAMILY,
	  "",
	  { .parents = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8 ...9 .6 2" },
	{ "who is in a namespace, or has a thread there",
	  FAMILY,
	  "net:3",
	  { .ns_sort = ONE_TREE },
	  "9" },
	{ "members and what is below them", FAMILY, "net:2", { .ns_sort = ONE_TREE }, "7 .8 .9" },
	{ "members with the lineage",
	  FAMILY,
	  "net:2",
	  { .parents = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8 ...9" },
	{ "borders and their ancestors",
	  FAMILY,
	  "",
	  { .borders_only = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8!2" },
	{ "borders of threads",
	  FAMILY,
	  "",
	  { .borders_only = true, .threads = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8 ...9 ....11!2" },
	{ "borders: up to what was named",
	  FAMILY,
	  "5",
	  { .borders_only = true, .ns_sort = ONE_TREE },
	  "5 .7 ..8!1" },
	{ "borders: and beyond",
	  FAMILY,
	  "7",
	  { .borders_only = true, .parents = true, .ns_sort = ONE_TREE },
	  "1 .5 ..7 ...8!1" },
	{ "borders: what was named is shown in any case",
	  FAMILY,
	  "6",
	  { .borders_only = true, .ns_sort = ONE_TREE },
	  "6" },
	{ "no border",
	  "p 1 %1; p 2 ppid=1 %1",
	  "",
	  { .borders_only = true, .ns_sort = ONE_TREE },
	  "" },
	{ "the unknown is no border that is shown",
	  "p 1 %1; p 2 ppid=1 %1 net=EACCES",
	  "",
	  { .borders_only = true, .ns_sort = ONE_TREE },
	  "!1" },
	{ "a tree for each",
	  FAMILY,
	  "",
	  { .ns_sort = NS_NET, .headings = true },
	  "[1] .1 ..5 ..6 .2 .8 [2] .7 ..9" },
	{ "a tree for each, without headings",
	  FAMILY,
	  "",
	  { .ns_sort = NS_NET },
	  "1 .5 .6 2 8 7 .9" },
	{ "by another kind",
	  FAMILY,
	  "",
	  { .ns_sort = NS_PID, .headings = true },
	  "[1] .1 ..5 ..6 .2 [2] .7 ..8 ..9" },
	{ "by namespace: what was named",
	  FAMILY,
	  "7",
	  { .ns_sort = NS_NET, .headings = true },
	  "[1] .8 [2] .7 ..9" },
	{ "by namespace: with threads",
	  FAMILY,
	  "9",
	  { .ns_sort = NS_NET, .threads = true, .headings = true },
	  "[2] .9 ..10 [3] .11" },
	{ "by namespace: none any more, and unknown",
	  "p 1 net=1; p 2 ppid=1 net=EACCES; p 3 ppid=2 net=EACCES; p 4 ppid=1 net=-; p 5 ppid=1",
	  "",
	  { .ns_sort = NS_NET, .headings = true },
	  "[1] .1 [-] .4 [?] .2 ..3 .5" },
	{ "by namespace: a parent in another one, and back",
	  "p 1 net=1; p 2 ppid=1 net=2; p 3 ppid=2 net=1",
	  "",
	  { .ns_sort = NS_NET, .headings = true },
	  "[1] .1 .3 [2] .2" },
	{ "by namespace: nobody", "", "", { .ns_sort = NS_NET, .headings = true }, "" },
	{ "who has no parent that we see is at the top",
	  "p 1 ppid=0; p 5 ppid=0; p 6 ppid=99; p 7 ppid=6",
	  "",
	  { .ns_sort = ONE_TREE },
	  "1 5 6 .7" },
	{ "nobody asked who descends from whom", "p 1; p 5", "", { .ns_sort = ONE_TREE }, "1 5" },
	{ "a thread without its process",
	  "t 8 7",
	  "",
	  { .threads = true, .ns_sort = ONE_TREE },
	  "8" },
	{ "a thread that is an ancestor of its process",
	  "t 8 7; p 7 ppid=8",
	  "",
	  { .threads = true, .ns_sort = ONE_TREE },
	  "8 .7" },
};

/* "7 net:2" */
static void list_roots(const struct snapshot *snapshot, const char *words, struct process_list *ret)
{
	_cleanup_(freep) char *copy = xstrdup(words);
	char *save, *colon;
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct found found = { 0 };
		if ((colon = strchr(word, ':')))
			found.ns = the_ns(snapshot, ns_kind_by_name(word, (size_t)(colon - word)),
					  strtoul(colon + 1, NULL, 10));
		else
			found.process = the_process(snapshot, atoi(word));
		assert_true(process_list_add_found(ret, &found) > 0);
	}
}

static void tree(void **state)
{
	const struct row_tree *row = ROW(struct row_tree, state);
	_cleanup_(freep) char *expanded_text = expanded(row->text);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(expanded_text);
	_cleanup_(process_list_clear) struct process_list roots = { 0 };
	_cleanup_(proctree_clear) struct proctree made = { 0 };
	struct proctree_wish wish = row->wish;
	char text[512] = "", *out = text;
	list_roots(snapshot, row->roots, &roots);
	wish.roots = *row->roots ? &roots : NULL;
	proctree_make(snapshot, &wish, &made);
	for (size_t i = 0; i < made.n; i++) {
		const struct proctree_item *item = made.rows[i].item;
		size_t parent = made.rows[i].parent;
		assert_int_equal(made.rows[i].depth,
				 parent == ROW_TOP ? 0 : made.rows[parent].depth + 1);
		out += sprintf(out, "%s%.*s", i ? " " : "", (int)made.rows[i].depth, "........");
		if (item->process)
			out += sprintf(out, "%d", item->process->pid);
		else if (item->ns->to)
			out += sprintf(out, "[%ju]", (uintmax_t)item->ns->to->ino);
		else
			out += sprintf(out, "[%s]", item->ns->why ? "?" : "-");
	}
	if (made.n_unknown)
		sprintf(out, "!%zu", made.n_unknown);
	assert_string_equal(text, row->expected);
}

/* Each process is there once, and below its parent, however deep. */
static void deep_chains(void **state _unused_)
{
	enum { N = 20000 };
	struct builder *builder = builder_new();
	for (pid_t pid = 1; pid <= N; pid++) {
		struct process process = process_blank(pid, pid);
		process.ppid = pid - 1;
		process.ns[NS_NET].to = builder_ns(builder, NS_NET, 4, 1 + pid % 2);
		builder_add(builder, &process);
	}
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	_cleanup_(process_list_clear) struct process_list last = { 0 };
	process_list_add(&last, the_process(snapshot, N));
	const struct proctree_wish wishes[] = {
		{ .ns_sort = ONE_TREE },
		{ .ns_sort = ONE_TREE, .borders_only = true },
		{ .ns_sort = ONE_TREE, .roots = &last, .parents = true },
	};
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		_cleanup_(proctree_clear) struct proctree made = { 0 };
		proctree_make(snapshot, &wishes[i], &made);
		assert_int_equal(made.n, N);
		assert_int_equal(made.rows[N - 1].depth, N - 1);
		assert_int_equal(made.rows[N - 1].parent, N - 2);
	}
	_cleanup_(proctree_clear) struct proctree split = { 0 };
	const struct proctree_wish by_net = { .ns_sort = NS_NET, .headings = true };
	proctree_make(snapshot, &by_net, &split);
	assert_int_equal(split.n, N + 2);
	for (size_t i = 0; i < split.n; i++)
		assert_true(split.rows[i].depth <= 1);
}

static void nobody_is_in_it(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("ns net 9 keep; p 1 net=1");
	_cleanup_(process_list_clear) struct process_list list = { 0 };
	const struct found found = { .ns = the_ns(snapshot, NS_NET, 9) };
	assert_int_equal(process_list_add_found(&list, &found), 0);
	assert_int_equal(list.n, 0);
}

int main(void)
{
	TEST_ROWS(border, border_rows);
	TEST_ROWS(tree, tree_rows);
	TEST(deep_chains);
	TEST(nobody_is_in_it);
	return suite_run("proctree");
}
