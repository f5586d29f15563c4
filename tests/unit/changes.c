/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/changes.h"

#include "fixture.h"

/* Those that a row speaks of: of the others nobody knows. */
static unsigned kinds_of(const char *before, const char *after)
{
	unsigned kinds = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (strstr(before, ns_kind_name(kind)) || strstr(after, ns_kind_name(kind)))
			kinds |= 1u << kind;
	return kinds;
}

/* "came net 40 first 7": a line for each change. */
static char *changes_text(const struct changes *changes)
{
	static const char *const types[] = { "came",	   "went",	 "moved",
					     "maybe-came", "maybe-went", "?" };
	char *text = xstrdup("");
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->items[i];
		_cleanup_(freep) char *before = text;
		const struct process *process = change->after ? change->after : change->before;
		text = xasprintf("%s%s%s %s %ju %ju of %d", before, *before ? "; " : "",
				 types[change->type],
				 change->kind == NS_KIND_COUNT ? "p" : ns_kind_name(change->kind),
				 (uintmax_t)(change->was ? change->was->ino : 0),
				 (uintmax_t)(change->now ? change->now->ino : 0),
				 process ? process->pid : 0);
	}
	return text;
}

static const struct row_changes {
	const char *name, *before, *after, *expected;
	size_t n_unknown;
	int verdict;
} changes_rows[] = {
	{ "nothing", "p 7 start=5 net=40", "p 7 start=5 net=40", "", 0, 0 },
	{ "a process came, a process went", "p 7 start=5; p 8 start=6", "p 7 start=5; p 9 start=6",
	  "went p 0 0 of 8; came p 0 0 of 9", 0, 1 },
	{ "a number was reused", "p 7 start=5", "p 7 start=9", "went p 0 0 of 7; came p 0 0 of 7",
	  0, 1 },
	{ "the last ones", "p 7 start=5", "p 7 start=5; p 8 start=9; p 9 start=9",
	  "came p 0 0 of 8; came p 0 0 of 9", 0, 1 },
	{ "nobody knows whether it is the same", "p 7", "p 7", "", 1, -ENODATA },
	{ "moved, and the old one is gone", "p 7 start=5 net=40", "p 7 start=5 net=41",
	  "moved net 40 41 of 7; went net 40 0 of 7; came net 0 41 of 7", 0, 1 },
	{ "moved to one that was there", "p 7 start=5 net=40; p 8 start=5 net=41",
	  "p 7 start=5 net=41; p 8 start=5 net=41", "moved net 40 41 of 7; went net 40 0 of 7", 0,
	  1 },
	{ "moved by the ids, though the number is the same", "ns net 40 id=1; p 7 start=5 net=40",
	  "ns net 40 id=2; p 7 start=5 net=40",
	  "moved net 40 40 of 7; went net 40 0 of 7; came net 0 40 of 7", 0, 1 },
	{ "it has ended since", "p 7 start=5 net=40 uts=50; p 8 start=5 net=40 uts=50",
	  "p 7 start=5 net=- uts=50; p 8 start=5 net=40 uts=50", "", 0, 0 },
	{ "the same by id, with nobody in common", "ns net 40 id=1; p 7 start=5 net=40",
	  "ns net 40 id=1; p 8 start=5 net=40", "went p 0 0 of 7; came p 0 0 of 8", 0, 1 },
	{ "another one by id: reused", "ns net 40 id=1; p 7 start=5 net=40",
	  "ns net 40 id=2; p 8 start=5 net=40",
	  "went p 0 0 of 7; came p 0 0 of 8; went net 40 0 of 7; came net 0 40 of 8", 0, 1 },
	{ "without ids: the same by one who is in it in both",
	  "p 7 start=5 net=40; p 8 start=6 net=40", "p 8 start=6 net=40; p 9 start=6 net=40",
	  "went p 0 0 of 7; came p 0 0 of 9", 0, 1 },
	{ "without ids, and that number is another process's", "p 8 start=6 net=40",
	  "p 8 start=7 net=40", "went p 0 0 of 8; came p 0 0 of 8; ? net 40 40 of 8", 0, 1 },
	{ "without ids and nobody in it: unknown", "ns net 40 keep", "ns net 40 keep",
	  "? net 40 40 of 0", 0, -ENODATA },
	{ "an id on one side only is none", "ns net 40 id=1 keep", "ns net 40 keep",
	  "? net 40 40 of 0", 0, -ENODATA },
	{ "a thread in common", "p 7 start=5 net=4; t 8 7 start=6 net=40",
	  "p 7 start=5 net=4; t 8 7 start=6 net=40", "", 0, 0 },
	{ "the host's own has no need of that", "ns uts 4026531838 keep", "ns uts 4026531838 keep",
	  "", 0, 0 },
	{ "a number of another kind", "ns net 40 id=1 keep", "ns uts 40 id=2 keep",
	  "went net 40 0 of 0; came uts 0 40 of 0", 0, 1 },
	{ "unreadable before: it may have moved",
	  "p 7 start=5 net=EACCES unreadable; gap /proc/7/ns EACCES", "p 7 start=5 net=40",
	  "maybe-came net 0 40 of 7", 1, -ENODATA },
	{ "unreadable now", "p 7 start=5 net=40",
	  "p 7 start=5 net=EACCES unreadable; gap /proc/7/ns EACCES", "maybe-went net 40 0 of 7", 1,
	  -ENODATA },
	{ "unreadable in both", "p 7 start=5 net=EACCES unreadable",
	  "p 7 start=5 net=EACCES unreadable", "", 1, -ENODATA },
	{ "processes are listed, though they do not tell", "p 7 start=5 net=EACCES unreadable",
	  "p 7 start=5 net=EACCES unreadable; p 8 start=6", "came p 0 0 of 8", 1, 1 },
	{ "processes that hidepid kept back",
	  "gap /proc_(hidepid:_some_processes_may_not_be_listed) EPERM", "p 8 start=6",
	  "maybe-came p 0 0 of 8", 0, -ENODATA },
};

/* A blank in a word of the fixture would end it. */
static const struct snapshot *snapshot_with_blanks(const char *text)
{
	static const char hidden[] = "/proc_(hidepid:_some_processes_may_not_be_listed)";
	struct builder *builder = builder_from(strstr(text, hidden) ? "" : text);
	if (strstr(text, hidden))
		builder_gap(builder, EPERM, "/proc (hidepid: some processes may not be listed)");
	return builder_finish(builder);
}

static void find(void **state)
{
	const struct row_changes *row = ROW(struct row_changes, state);
	_cleanup_(snapshot_freep) const struct snapshot *before = snapshot_with_blanks(row->before);
	_cleanup_(snapshot_freep) const struct snapshot *after = snapshot_with_blanks(row->after);
	_cleanup_(changes_clear) struct changes changes = { 0 };
	changes_find(before, after, kinds_of(row->before, row->after), true, &changes);
	_cleanup_(freep) char *text = changes_text(&changes);
	assert_string_equal(text, row->expected);
	assert_int_equal(changes.n_unknown, row->n_unknown);
	assert_int_equal(changes_verdict(&changes), row->verdict);
}

static void only_some_kinds(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *before =
		snapshot_from("p 7 start=5 net=40 uts=50 ipc=EACCES");
	_cleanup_(snapshot_freep) const struct snapshot *after =
		snapshot_from("p 7 start=5 net=41 uts=51 ipc=60; p 8 start=6 uts=51");
	_cleanup_(changes_clear) struct changes changes = { 0 };
	changes_find(before, after, 1u << NS_UTS, false, &changes);
	_cleanup_(freep) char *text = changes_text(&changes);
	assert_string_equal(text, "moved uts 50 51 of 7; went uts 50 0 of 7; came uts 0 51 of 7");
	assert_int_equal(changes.n_unknown, 0);
}

static const struct snapshot *snapshot_of_boot(const char *boot_id, ino_t pidns)
{
	struct builder *builder = builder_from("p 7");
	builder_origin(builder)->boot_id = boot_id;
	builder_origin(builder)->viewer[NS_PID] = pidns;
	return builder_finish(builder);
}

static const struct row_check {
	const char *name, *before, *after;
	ino_t pidns;
	int r;
} check_rows[] = {
	{ "one boot", "a", "a", 100, 0 },
	{ "two boots", "a", "b", 100, -EINVAL },
	{ "an unknown one", NULL, "b", 100, -EINVAL },
	{ "two unknown ones", NULL, NULL, 100, -EINVAL },
	{ "other numbers", "a", "a", 101, -EINVAL },
};

static void check(void **state)
{
	const struct row_check *row = ROW(struct row_check, state);
	_cleanup_(snapshot_freep) const struct snapshot *before =
		snapshot_of_boot(row->before, 100);
	_cleanup_(snapshot_freep) const struct snapshot *after =
		snapshot_of_boot(row->after, row->pidns);
	struct error err = { 0 };
	assert_int_equal(changes_check(before, after, &err), row->r);
	if (row->r)
		assert_non_null(strstr(err.text, "--by=container"));
}

int main(void)
{
	TEST_ROWS(find, changes_rows);
	TEST(only_some_kinds);
	TEST_ROWS(check, check_rows);
	return suite_run("changes");
}
