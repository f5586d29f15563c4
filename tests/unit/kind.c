/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kind.h"

#include <sched.h>

#include "fixture.h"

/* Written out from namespaces(7), nsenter(1) and kernel.md, section 0. */
static const struct row_kind {
	const char *name;
	enum ns_kind kind;
	char letter;
	int clone_flag;
	ino_t initial_ino;
	bool always_fixed, has_parent;
	const char *link, *children_link;
} kinds[] = {
	{ "mnt", NS_MNT, 'm', 0x00020000, 4026531832, false, false, "ns/mnt", NULL },
	{ "net", NS_NET, 'n', 0x40000000, 4026531833, false, false, "ns/net", NULL },
	{ "pid", NS_PID, 'p', 0x20000000, 4026531836, true, true, "ns/pid", "ns/pid_for_children" },
	{ "uts", NS_UTS, 'u', 0x04000000, 4026531838, true, false, "ns/uts", NULL },
	{ "ipc", NS_IPC, 'i', 0x08000000, 4026531839, true, false, "ns/ipc", NULL },
	{ "user", NS_USER, 'U', 0x10000000, 4026531837, true, true, "ns/user", NULL },
	{ "cgroup", NS_CGROUP, 'C', 0x02000000, 4026531835, true, false, "ns/cgroup", NULL },
	{ "time", NS_TIME, 'T', 0x00000080, 4026531834, true, false, "ns/time",
	  "ns/time_for_children" },
};

static void facts(void **state)
{
	const struct row_kind *row = ROW(struct row_kind, state);
	const struct ns_kind_info *info = ns_kind_info(row->kind);
	assert_string_equal(info->name, row->name);
	assert_string_equal(ns_kind_name(row->kind), row->name);
	assert_int_equal(info->letter, row->letter);
	assert_int_equal(info->clone_flag, row->clone_flag);
	assert_int_equal(info->initial_ino, row->initial_ino);
	assert_int_equal(info->always_fixed, row->always_fixed);
	assert_int_equal(info->has_parent, row->has_parent);
	assert_string_equal(info->link, row->link);
	if (row->children_link)
		assert_string_equal(info->children_link, row->children_link);
	else
		assert_null(info->children_link);
}

static void lookup(void **state)
{
	const struct row_kind *row = ROW(struct row_kind, state);
	size_t n = strlen(row->name);
	_cleanup_(freep) char *longer = xasprintf("%sx", row->name);
	_cleanup_(freep) char *exact = exact_copy(row->name, n);
	assert_int_equal(ns_kind_by_name(exact, n), row->kind);
	assert_int_equal(ns_kind_by_name(longer, n), row->kind); /* only N bytes count */
	assert_int_equal(ns_kind_by_name(longer, n + 1), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_name(row->name, n - 1), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_flag(row->clone_flag), row->kind);
	assert_true(row->initial_ino < NS_INO_DYNAMIC_FIRST);
}

static void there_are_eight(void **state _unused_)
{
	assert_int_equal(NS_KIND_COUNT, ARRAY_SIZE(kinds));
}

static void no_such_kind(void **state _unused_)
{
	static const char *const names[] = {
		"", "PID", "Net", "mount", "pid_for_children", "pi\0"
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(ns_kind_by_name(names[i], strlen(names[i])), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_name("pid", 0), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_flag(0), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_flag(CLONE_NEWNS | CLONE_NEWNET), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_flag(CLONE_VM), NS_KIND_COUNT);
	assert_int_equal(ns_kind_by_flag(-1), NS_KIND_COUNT);
}

static const struct row_named {
	const char *text;
	enum ns_kind kind; /* NS_KIND_COUNT: an error */
	ino_t ino;
} named_rows[] = {
	{ "net:[4026532184]", NS_NET, 4026532184 },
	{ "pid:[0]", NS_PID, 0 },
	{ "net:4026532184", NS_KIND_COUNT },
	{ "net:[4294967296]", NS_KIND_COUNT },
	{ "net:[1]x", NS_KIND_COUNT },
	{ "foo:[1]", NS_KIND_COUNT },
	{ "net", NS_KIND_COUNT },
	{ "", NS_KIND_COUNT },
};

static void named(void **state)
{
	const struct row_named *row = ROW(struct row_named, state);
	enum ns_kind kind;
	ino_t ino;
	bool is_name = ns_name_parse(row->text, &kind, &ino) == 0;
	assert_int_equal(is_name, row->kind != NS_KIND_COUNT);
	if (is_name)
		assert_true(kind == row->kind && ino == row->ino);
}

static const struct row_list {
	const char *text;
	unsigned expected; /* 0: an error */
	const char *message;
} list_rows[] = {
	{ "net", 1u << NS_NET },
	{ "net,pid,net", 1u << NS_NET | 1u << NS_PID },
	{ "", 0, "'' is no kind of namespace" },
	{ "net,", 0, "'' is no kind of namespace" },
	{ "net,foo,pid", 0, "'foo' is no kind of namespace" },
};

static void list(void **state)
{
	const struct row_list *row = ROW(struct row_list, state);
	unsigned found = 1u << NS_UTS; /* is kept */
	struct error err = { 0 };
	assert_int_equal(ns_kinds_parse(row->text, &found, &err), row->message ? -EINVAL : 0);
	if (row->message)
		assert_string_equal(err.text, row->message);
	else
		assert_int_equal(found, row->expected | 1u << NS_UTS);
}

int main(void)
{
	TEST_ROWS(facts, kinds);
	TEST_ROWS(lookup, kinds);
	TEST(there_are_eight);
	TEST(no_such_kind);
	TEST_ROWS(named, named_rows);
	TEST_ROWS(list, list_rows);
	return suite_run("kind");
}
