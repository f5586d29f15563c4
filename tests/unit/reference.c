/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>

#include "fixture.h"
#include "query/query.h"

/* As deep as pid namespaces can lie in one another. */
#define AT_8 "1@1@1@1@1@1@1@1@"
#define AT_32 AT_8 AT_8 AT_8 AT_8

static const struct row_reference {
	const char *text;
	enum reference_type type;
	pid_t pid;
	enum ns_kind kind;
	uint64_t number;
} reference_rows[] = {
	{ "self", REFERENCE_SELF },
	{ "1", REFERENCE_PID, .pid = 1 },
	{ "12675", REFERENCE_PID, .pid = 12675 },
	{ "0012675", REFERENCE_PID, .pid = 12675 },
	{ "4194303", REFERENCE_PID, .pid = 4194303 },
	{ "4194304", REFERENCE_PID, .pid = 4194304 },
	{ "4194305", REFERENCE_INODE, .number = 4194305 },
	{ "4026532184", REFERENCE_INODE, .number = 4026532184 },
	{ "4294967295", REFERENCE_INODE, .number = UINT32_MAX },
	{ "12675:1234567", REFERENCE_PID_INODE, .pid = 12675, .number = 1234567 },
	{ "1:18446744073709551615", REFERENCE_PID_INODE, .pid = 1, .number = UINT64_MAX },
	{ "2147483647:0", REFERENCE_PID_INODE, .pid = INT_MAX, .number = 0 },
	{ "net:[4026532184]", REFERENCE_NS, .kind = NS_NET, .number = 4026532184 },
	{ "net:4026532184", REFERENCE_NS, .kind = NS_NET, .number = 4026532184 },
	{ "mnt:[1]", REFERENCE_NS, .kind = NS_MNT, .number = 1 },
	{ "pid:12", REFERENCE_NS, .kind = NS_PID, .number = 12 },
	{ "uts:[4026531838]", REFERENCE_NS, .kind = NS_UTS, .number = 4026531838 },
	{ "ipc:[4026531839]", REFERENCE_NS, .kind = NS_IPC, .number = 4026531839 },
	{ "user:[4026531837]", REFERENCE_NS, .kind = NS_USER, .number = 4026531837 },
	{ "cgroup:[4026531835]", REFERENCE_NS, .kind = NS_CGROUP, .number = 4026531835 },
	{ "time:[4294967295]", REFERENCE_NS, .kind = NS_TIME, .number = UINT32_MAX },
	{ "id:6249", REFERENCE_ID, .number = 6249 },
	{ "id:18446744073709551615", REFERENCE_ID, .number = UINT64_MAX },
	{ "/run/netns/blue", REFERENCE_PATH },
	{ "/proc/7/ns/net", REFERENCE_PATH },
	{ "./blue", REFERENCE_PATH },
	{ "7/ns/net", REFERENCE_PATH },
	{ "/", REFERENCE_PATH },
	{ "79@self", REFERENCE_PID_AT, .pid = 79 },
	{ "79@12675", REFERENCE_PID_AT, .pid = 79 },
	{ "1@2@3", REFERENCE_PID_AT, .pid = 1 },
	{ "1@/proc/7/ns/pid", REFERENCE_PID_AT, .pid = 1 },
	{ "1@pid:[4026532184]", REFERENCE_PID_AT, .pid = 1 },
	{ AT_32 "7", REFERENCE_PID_AT, .pid = 1 },
	{ "79@chal", REFERENCE_PID_AT, .pid = 79 },
	{ "79@docker:chal", REFERENCE_PID_AT, .pid = 79 },
	{ "chal", REFERENCE_CONTAINER },
	{ "docker:chal", REFERENCE_CONTAINER },
	{ "b929bf93", REFERENCE_CONTAINER },
	{ "docker:1234", REFERENCE_CONTAINER },
	{ "0x10", REFERENCE_CONTAINER },
	{ "1e3", REFERENCE_CONTAINER },
	{ "net", REFERENCE_CONTAINER },
	{ "Self", REFERENCE_CONTAINER },
	{ "selfish", REFERENCE_CONTAINER },
	{ "x:1", REFERENCE_CONTAINER },
	{ "a_b.c-d+e", REFERENCE_CONTAINER },
	{ "/run/7@x", REFERENCE_PATH },
	{ "net:[1]/x", REFERENCE_PATH },
	{ "id:7/x", REFERENCE_PATH },
};

static void reference(void **state)
{
	const struct row_reference *row = ROW(struct row_reference, state);
	struct reference parsed;
	struct error err = { 0 };
	_cleanup_(freep) char *text = exact_copy(row->text, strlen(row->text) + 1);
	assert_int_equal(reference_parse(text, &parsed, &err), 0);
	assert_ptr_equal(parsed.text, text);
	assert_int_equal(parsed.type, row->type);
	if (row->type == REFERENCE_PID || row->type == REFERENCE_PID_INODE)
		assert_int_equal(parsed.pid, row->pid);
	if (row->type == REFERENCE_NS)
		assert_int_equal(parsed.kind, row->kind);
	if (row->type != REFERENCE_PID && row->type != REFERENCE_PATH)
		assert_true(parsed.number == row->number);
	bool is_process =
		row->type == REFERENCE_SELF || row->type == REFERENCE_CONTAINER || row->pid;
	assert_int_equal(reference_is_process(&parsed), is_process);
	assert_int_equal(err.number, 0);
}

static const struct row_refused {
	const char *text;
} refused_rows[] = {
	{ "" },
	{ " " },
	{ "0" },
	{ "-1" },
	{ "+1" },
	{ "1 " },
	{ " 1" },
	{ "12675\n" },
	{ "4294967296" },
	{ "99999999999999999999" },
	{ "79@" },
	{ "@79" },
	{ "@" },
	{ "0@self" },
	{ "-1@self" },
	{ "79@ self" },
	{ "79@@self" },
	{ "2147483648@self" },
	{ "self@self" },
	{ "chal@79" },
	{ "docker:" },
	{ ":chal" },
	{ "docker:chal:x" },
	{ "Docker:chal" },
	{ "-chal" },
	{ "_chal" },
	{ "docker:-x" },
	{ "ch al" },
	{ "ch\x1b" },
	{ "caf\xc3\xa9" },
	{ "id:chal" },
	{ "net:chal" },
	{ AT_32 "1@7" },
	{ "self " },
	{ "net:" },
	{ "net:[" },
	{ "net:]" },
	{ "net:[]" },
	{ "net:[1" },
	{ "net:1]" },
	{ "net:[12" },
	{ "net:12]" },
	{ "net:[[1]]" },
	{ "net:[1]x" },
	{ "net: 1" },
	{ "net:[ 1]" },
	{ "net:(1)" },
	{ "net:-1" },
	{ "net[1]" },
	{ "net:[4294967296]" },
	{ "NET:[1]" },
	{ "nett:[1]" },
	{ "ne:[1]" },
	{ "mount:[1]" },
	{ ":[1]" },
	{ ":1" },
	{ ":" },
	{ "id:" },
	{ "id:x" },
	{ "id: 1" },
	{ "id:-1" },
	{ "id:[1]" },
	{ "ID:1" },
	{ "id:18446744073709551616" },
	{ "12675:" },
	{ "12675:x" },
	{ "12675:-1" },
	{ "12675: 1" },
	{ "12675:1:2" },
	{ "0:1" },
	{ "-1:1" },
	{ "2147483648:1" },
	{ "1:18446744073709551616" },
	{ "1:[2]" },
	{ "pid_for_children:[1]" },
};

static void refused(void **state)
{
	const char *text = ROW(struct row_refused, state)->text;
	struct reference parsed = { .text = "untouched" };
	struct error err = { 0 };
	_cleanup_(freep) char *expected = xasprintf(
		"'%s' is no PID, no namespace and no name of a container (see REFERENCES in "
		"nstools(7))",
		text);
	assert_int_equal(reference_parse(text, &parsed, &err), -EINVAL);
	assert_string_equal(err.text, expected);
	assert_string_equal(parsed.text, "untouched");
}

int main(void)
{
	TEST_ROWS(reference, reference_rows);
	TEST_ROWS(refused, refused_rows);
	return suite_run("reference");
}
