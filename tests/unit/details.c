/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/details.h"

#include "fixture.h"

static void nobody_has_any(void **state _unused_)
{
	_cleanup_(details_freep) const struct details *details = details_none();
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from("p 7");
	assert_null(details_find(details, the_process(snapshot, 7)));
	assert_null(details_user(details, 0));
}

static void found_by_process(void **state _unused_)
{
	enum { N = 500 };
	static struct process processes[N];
	struct details_builder *builder = details_builder_new();
	for (size_t i = 0; i < N; i += 2) {
		size_t at = i * 7 % N; /* not in order */
		struct detail detail = { .process = &processes[at],
					 .ps = { .known = true, .rss = at } };
		details_builder_add(builder, &detail);
	}
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	assert_int_equal(details->n_details, N / 2);
	for (size_t i = 0; i < N; i++) {
		const struct detail *detail = details_find(details, &processes[i]);
		if (i % 2) {
			assert_null(detail);
			continue;
		}
		assert_non_null(detail);
		assert_ptr_equal(detail->process, &processes[i]);
		assert_int_equal(detail->ps.rss, i);
	}
}

static void strings_are_copied(void **state _unused_)
{
	char cmdline[] = "sh\0-c", tty[] = "pts/0", name[] = "root";
	struct process process = process_blank(7, 7);
	struct detail detail = {
		.process = &process,
		.has_cmdline = true,
		.cmdline = cmdline,
		.n_cmdline = 5,
		.ps = { .known = true,
			.stat = "Ss+",
			.started = 1700000000,
			.tty = tty,
			.rss = UINT64_MAX },
	};
	struct details_builder *builder = details_builder_new();
	details_builder_add(builder, &detail);
	details_builder_add_user(builder, 0, name);
	memset(cmdline, 'x', sizeof(cmdline));
	memset(tty, 'x', sizeof(tty));
	memset(name, 'x', sizeof(name));
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);

	const struct detail *found = details_find(details, &process);
	assert_true(found->has_cmdline);
	assert_int_equal(found->n_cmdline, 5);
	assert_memory_equal(found->cmdline, "sh\0-c", 6);
	assert_true(found->ps.known);
	assert_string_equal(found->ps.stat, "Ss+");
	assert_string_equal(found->ps.tty, "pts/0");
	assert_true(found->ps.started == 1700000000 && found->ps.rss == UINT64_MAX);
	assert_string_equal(details_user(details, 0)->name, "root");
}

static void an_empty_command_line_is_one(void **state _unused_)
{
	struct process asked = process_blank(7, 7), unasked = process_blank(8, 8);
	struct detail empty = { .process = &asked, .has_cmdline = true, .cmdline = "" };
	struct detail none = { .process = &unasked };
	struct details_builder *builder = details_builder_new();
	details_builder_add(builder, &empty);
	details_builder_add(builder, &none);
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	assert_true(details_find(details, &asked)->has_cmdline);
	assert_int_equal(details_find(details, &asked)->n_cmdline, 0);
	assert_string_equal(details_find(details, &asked)->cmdline, "");
	assert_false(details_find(details, &unasked)->has_cmdline);
	assert_null(details_find(details, &unasked)->ps.tty);
}

/* Equal ones are made one; what differs in a word is another one. */
static void containers(void **state _unused_)
{
	static const struct container all[] = {
		{ "docker", "a", "x", NULL, 0, NULL },
		{ "docker", "a", NULL, "x", 0, NULL },
		{ "docker", "a", NULL, NULL, 0, NULL },
		{ "docker", "a", "", NULL, 0, NULL },
		{ "docker", "ax", NULL, NULL, 0, NULL },
		{ "docker", "a", "x", "y", 0, NULL },
		{ "docker", "a", "x", NULL, 1, NULL },
		{ "docker", "a", "x", NULL, 0, "lxc:b" },
		/* Whose lengths and numbers could be read in two ways. */
		{ "docker", "1", NULL, "", 0, NULL },
		{ "docker", "1", "", NULL, 0, NULL },
		{ "docker", "1,-,-", NULL, NULL, 0, NULL },
		{ "docker", "12", "3", NULL, 0, NULL },
		{ "docker", "1", "23", NULL, 0, NULL },
		{ "docker", "a", "1x0", NULL, 0, NULL },
		{ "podman", "a", "x", NULL, 0, NULL },
		{ "docker", "11", "1", NULL, 0, NULL },
		{ "docker", "1", "11", NULL, 0, NULL },
	};
	enum { N = ARRAY_SIZE(all) };
	static struct process processes[2 * N];
	struct details_builder *builder = details_builder_new();
	for (size_t i = 0; i < 2 * N; i++) {
		struct container copy = all[i % N];
		_cleanup_(freep) char *id = xstrdup(copy.id);
		copy.id = id;
		struct detail detail = { .process = &processes[i],
					 .has_container = true,
					 .container = &copy };
		details_builder_add(builder, &detail);
	}
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	assert_int_equal(details->n_containers, N);
	for (size_t i = 0; i < 2 * N; i++) {
		const struct container *found = details_find(details, &processes[i])->container;
		assert_ptr_equal(found, details->containers[i % N]);
		assert_string_equal(found->id, all[i % N].id);
		assert_int_equal(found->name != NULL, all[i % N].name != NULL);
		assert_int_equal(found->pod != NULL, all[i % N].pod != NULL);
	}
}

static void in_no_container(void **state _unused_)
{
	struct process asked = process_blank(7, 7), unasked = process_blank(8, 8);
	char cgroup[] = "/a", hostname[] = "h";
	struct detail none = {
		.process = &asked, .has_container = true, .cgroup = cgroup, .hostname = hostname
	};
	struct detail unknown = { .process = &unasked };
	struct details_builder *builder = details_builder_new();
	details_builder_add(builder, &none);
	details_builder_add(builder, &unknown);
	*cgroup = *hostname = 'x';
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	assert_int_equal(details->n_containers, 0);
	assert_true(details_find(details, &asked)->has_container);
	assert_null(details_find(details, &asked)->container);
	assert_string_equal(details_find(details, &asked)->cgroup, "/a");
	assert_string_equal(details_find(details, &asked)->hostname, "h");
	assert_false(details_find(details, &unasked)->has_container);
	assert_null(details_find(details, &unasked)->cgroup);
	assert_null(details_find(details, &unasked)->hostname);
}

static void users(void **state _unused_)
{
	static const uid_t uids[] = { 4294967294, 0, 65534, 1000, 2147483648 };
	struct details_builder *builder = details_builder_new();
	for (size_t i = 0; i < ARRAY_SIZE(uids); i++) {
		_cleanup_(freep) char *name = xasprintf("user%u", uids[i]);
		details_builder_add_user(builder, uids[i], uids[i] == 1000 ? NULL : name);
	}
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	assert_int_equal(details->users.n, 5);
	for (size_t i = 1; i < details->users.n; i++)
		assert_true(details->users.items[i - 1].id < details->users.items[i].id);
	assert_string_equal(details_user(details, 4294967294)->name, "user4294967294");
	assert_string_equal(details_user(details, 2147483648)->name, "user2147483648");
	assert_non_null(details_user(details, 1000));
	assert_null(details_user(details, 1000)->name); /* it has none */
	assert_null(details_user(details, 1));		/* nobody asked */
}

/* As getpwuid() has it, and in a large file too. */
static void of_one_id_the_first_name_counts(void **state _unused_)
{
	enum { N = 4000 };
	_cleanup_(freep) struct id_name *items = xcalloc(N, sizeof(*items));
	for (uint32_t i = 0; i < N; i++)
		items[i] = (struct id_name){ i * 7 % 1000, i < 1000 ? "first" : "later" };
	struct details_builder *builder = details_builder_new();
	size_t view = details_builder_add_view(
		builder, &(struct names_view){ { N, items, 0 }, { .why = EACCES } });
	memset(items, 0xff, N * sizeof(*items));
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	const char *name = NULL;
	assert_int_equal(details->views[view - VIEW_FIRST].users.n, 1000);
	for (uint32_t id = 0; id < 1000; id++) {
		assert_int_equal(details_name(details, view, ID_UID, id, &name), 0);
		assert_string_equal(name, "first");
	}
	assert_int_equal(details_name(details, view, ID_UID, 1000, &name), 0);
	assert_null(name); /* it has none */
	assert_int_equal(details_name(details, view, ID_GID, 0, &name), EACCES);
	assert_int_equal(details_name(details, view + 1, ID_UID, 0, &name), ENODATA);
	assert_int_equal(details_name(details, VIEW_UNASKED, ID_UID, 0, &name), ENODATA);
	assert_int_equal(details_name(details, VIEW_OURS, ID_UID, 0, &name), ENODATA);
}

static const struct row_owner {
	const char *name;
	uint32_t start, count;
	const char *owner;
} owner_rows[] = {
	{ "a whole range", 100000, 65536, "a" },
	{ "its first id", 100000, 1, "a" },
	{ "its last id", 165535, 1, "a" },
	{ "one too many", 100000, 65537, NULL },
	{ "one too far", 100001, 65536, NULL },
	{ "before all", 99999, 1, NULL },
	{ "the first of two that fit", 165536, 10, "b" },
	{ "only the second one fits", 165536, 11, "c" },
	{ "up to the end", 4294967000, 294, "d" },
	{ "beyond the end", 4294967000, 4294967295, NULL },
};

static void owners_of_subordinate_ids(void **state)
{
	static const struct subid items[] = { { "a", 100000, 65536 },
					      { "b", 165536, 10 },
					      { "c", 165536, 20 },
					      { "d", 4294967000, 294 } };
	const struct row_owner *row = ROW(struct row_owner, state);
	const struct subids subids = { ARRAY_SIZE(items), items, 0 };
	const char *owner = subids_owner(&subids, row->start, row->count);
	if (row->owner)
		assert_string_equal(owner, row->owner);
	else
		assert_null(owner);
}

static void free_takes_null(void **state _unused_)
{
	struct details_builder *builder = details_builder_new();
	struct process process = process_blank(7, 7);
	const struct container container = { "docker", "x", "y", "z", 0, NULL };
	struct detail detail = { .process = &process, .container = &container };
	details_builder_add(builder, &detail);
	details_builder_add_user(builder, 7, "x");
	assert_null(details_builder_free(builder));
	assert_null(details_builder_free(NULL));
	assert_null(details_free(NULL));
	assert_null(details_free(details_none()));
}

int main(void)
{
	TEST(nobody_has_any);
	TEST(found_by_process);
	TEST(strings_are_copied);
	TEST(an_empty_command_line_is_one);
	TEST(containers);
	TEST(in_no_container);
	TEST(users);
	TEST(of_one_id_the_first_name_counts);
	TEST_ROWS(owners_of_subordinate_ids, owner_rows);
	TEST(free_takes_null);
	return suite_run("details");
}
