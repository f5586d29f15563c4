/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/changes.h"

/* Who is in which container: "7 docker chal b929", "-" for no name; "8 -": in none. */
struct inhabitant {
	pid_t pid;
	const char *engine, *name, *id;
};

struct side {
	const char *snapshot;
	struct inhabitant inhabitants[6];
};

static const struct row_containers {
	const char *name;
	struct side before, after;
	const char *expected;
	int verdict;
} containers_rows[] = {
	{ "the same by name, on another host with other numbers",
	  { "p 7 net=40 uts=4026531838", { { 7, "docker", "chal", "b929" } } },
	  { "p 9 net=90 uts=4026531838", { { 9, "docker", "chal", "c000" } } },
	  "",
	  0 },
	{ "it shares with the host now",
	  { "p 7 uts=40", { { 7, "docker", "chal", "b929" } } },
	  { "p 9 uts=4026531838", { { 9, "docker", "chal", "b929" } } },
	  "moved uts own host of 9",
	  1 },
	{ "it shares with another container now",
	  { "p 7 net=40; p 8 net=41", { { 7, "docker", "b", "1" }, { 8, "docker", "a", "2" } } },
	  { "p 7 net=40; p 8 net=40", { { 7, "docker", "b", "1" }, { 8, "docker", "a", "2" } } },
	  "moved net own docker:b of 8; moved net own docker:a of 7",
	  1 },
	{ "with another one than before",
	  { "p 7 net=40; p 8 net=40; p 9 net=41",
	    { { 7, "docker", "a", "1" }, { 8, "docker", "b", "2" }, { 9, "docker", "c", "3" } } },
	  { "p 7 net=40; p 8 net=41; p 9 net=40",
	    { { 7, "docker", "a", "1" }, { 8, "docker", "b", "2" }, { 9, "docker", "c", "3" } } },
	  "moved net docker:b docker:c of 7; moved net docker:a own of 8; "
	  "moved net own docker:a of 9",
	  1 },
	{ "one came, one went; an id counts more than a name",
	  { "p 7 net=40; p 8 net=41", { { 7, "docker", "a", "1" }, { 8, "podman", NULL, "9" } } },
	  { "p 3 net=40; p 4 net=42", { { 3, "docker", "b", "1" }, { 4, "docker", "a", "2" } } },
	  "went p - - of 8; came p - - of 4",
	  1 },
	{ "the same name of another engine is another one",
	  { "p 7 net=40", { { 7, "docker", "a", "1" } } },
	  { "p 7 net=40", { { 7, "podman", "a", "1" } } },
	  "went p - - of 7; came p - - of 7",
	  1 },
	{ "the one that started first stands for it",
	  { "p 7 net=40 start=9; p 8 net=4026531833 start=3",
	    { { 7, "docker", "a", "1" }, { 8, "docker", "a", "1" } } },
	  { "p 7 net=40 start=3; p 8 net=4026531833 start=9",
	    { { 7, "docker", "a", "1" }, { 8, "docker", "a", "1" } } },
	  "moved net host own of 7",
	  1 },
	{ "which are the host's mnt is not known",
	  { "p 7 mnt=40", { { 7, "docker", "a", "1" } } },
	  { "p 7 mnt=40", { { 7, "docker", "a", "1" } } },
	  "? mnt ? ? of 7",
	  -ENODATA },
	{ "what cannot be read",
	  { "p 7 uts=EACCES", { { 7, "docker", "a", "1" } } },
	  { "p 7 uts=40", { { 7, "docker", "a", "1" } } },
	  "? uts ? own of 7",
	  -ENODATA },
	{ "with whom, if one of the others cannot be read",
	  { "p 7 uts=40; p 8 uts=EACCES",
	    { { 7, "docker", "a", "1" }, { 8, "docker", "b", "2" } } },
	  { "p 7 uts=40; p 8 uts=41", { { 7, "docker", "a", "1" }, { 8, "docker", "b", "2" } } },
	  "? uts ? own of 7; ? uts ? own of 8",
	  -ENODATA },
	{ "a container may be there if not all could be looked at",
	  { "p 7 uts=40; p 8", { { 7, "docker", "a", "1" } } },
	  { "p 7 uts=40; p 8 uts=40", { { 7, "docker", "a", "1" }, { 8, "docker", "b", "2" } } },
	  "moved uts own docker:b of 7; maybe-came p - - of 8",
	  1 },
};

static const struct details *details_of(const struct snapshot *snapshot, const struct side *side)
{
	struct details_builder *builder = details_builder_new();
	for (size_t i = 0; side->inhabitants[i].pid; i++) {
		const struct inhabitant *who = &side->inhabitants[i];
		const struct container container = { .engine = who->engine,
						     .name = who->name,
						     .id = who->id };
		const struct detail detail = { .process = the_process(snapshot, who->pid),
					       .has_container = true,
					       .container = &container };
		details_builder_add(builder, &detail);
	}
	return details_builder_finish(builder);
}

static char *changes_text(const struct changes *changes)
{
	static const char *const types[] = { "came",	   "went",	 "moved",
					     "maybe-came", "maybe-went", "?" };
	char *text = xstrdup("");
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->items[i];
		_cleanup_(freep) char *before = text;
		bool whole = change->kind == NS_KIND_COUNT;
		const char *unknown = whole ? "-" : "?";
		text = xasprintf("%s%s%s %s %s %s of %d", before, *before ? "; " : "",
				 types[change->type], whole ? "p" : ns_kind_name(change->kind),
				 change->was_with ? change->was_with : unknown,
				 change->now_with ? change->now_with : unknown,
				 (change->after ? change->after : change->before)->pid);
	}
	return text;
}

/* Each row is of one kind. */
static unsigned kinds_of(const char *text)
{
	unsigned kinds = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		char word[16];
		snprintf(word, sizeof(word), " %s=", ns_kind_name(kind));
		if (strstr(text, word))
			kinds |= 1u << kind;
	}
	return kinds;
}

/* Of mnt it is not known. */
#define INITIAL "initial net 4026531833; "

static void containers(void **state)
{
	const struct row_containers *row = ROW(struct row_containers, state);
	_cleanup_(freep) char *text_a = xasprintf(INITIAL "%s", row->before.snapshot);
	_cleanup_(freep) char *text_b = xasprintf(INITIAL "%s", row->after.snapshot);
	_cleanup_(snapshot_freep) const struct snapshot *a = snapshot_from(text_a);
	_cleanup_(snapshot_freep) const struct snapshot *b = snapshot_from(text_b);
	_cleanup_(details_freep) const struct details *details_a = details_of(a, &row->before);
	_cleanup_(details_freep) const struct details *details_b = details_of(b, &row->after);
	const struct system before = { a, details_a }, after = { b, details_b };
	_cleanup_(changes_clear) struct changes changes = { 0 };
	changes_find_by_container(&before, &after, kinds_of(row->after.snapshot), &changes);
	_cleanup_(freep) char *text = changes_text(&changes);
	assert_string_equal(text, row->expected);
	assert_int_equal(changes_verdict(&changes), row->verdict);
}

int main(void)
{
	TEST_ROWS(containers, containers_rows);
	return suite_run("containers");
}
