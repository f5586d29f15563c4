/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/save.h"

#include "fixture.h"

/* The text that is saved, from its list of namespaces on. */
static char *saved_lists(const char *text)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(text);
	_cleanup_(details_freep) const struct details *details = details_none();
	size_t n;
	_cleanup_(freep) char *saved = saved_text(snapshot, details, false, &n);
	const char *lists = strstr(saved, "\"namespaces\":");
	assert_int_equal(strlen(saved), n);
	assert_non_null(lists);
	return xstrdup(lists);
}

/* What stands there of a namespace or a process: the format is read by others than us. */
static const struct row_object {
	const char *name, *text, *object;
} object_rows[] = {
	{ "a namespace of which nothing is known", "ns net 40 keep",
	  "{\"kind\":\"net\",\"dev\":4,\"ino\":40}" },
	{ "an id of 64 bits", "ns net 40 id=18446744073709551615 keep",
	  "{\"kind\":\"net\",\"dev\":4,\"ino\":40,\"id\":\"18446744073709551615\"}" },
	{ "an owner", "ns net 40 owner=5 keep",
	  "{\"kind\":\"net\",\"dev\":4,\"ino\":40,\"owner\":5}" },
	{ "nothing above", "ns user 5 owner=- parent=- uid=0 keep",
	  "{\"kind\":\"user\",\"dev\":4,\"ino\":5,\"owner\":null,\"parent\":null,\"owner_uid\":"
	  "0}" },
	{ "a refusal", "ns user 5 owner=EPERM parent=EPERM keep",
	  "{\"kind\":\"user\",\"dev\":4,\"ino\":5,\"owner\":\"EPERM\",\"parent\":\"EPERM\"}" },
	{ "maps", "ns user 5 uids=0:100000:65536,70000:4294967295:1 gids= keep",
	  "{\"kind\":\"user\",\"dev\":4,\"ino\":5,\"uids\":[[0,100000,65536],[70000,4294967295,1]],"
	  "\"gids\":[]}" },
	{ "maps that could not be read", "ns user 5 uids=EACCES gids=EPERM keep",
	  "{\"kind\":\"user\",\"dev\":4,\"ino\":5,\"uids\":\"EACCES\",\"gids\":\"EPERM\"}" },
	{ "a process of which nothing is known", "p 7",
	  "{\"pid\":7,\"tgid\":7,\"tasks\":1,\"ns\":{}}" },
	{ "a thread", "t 8 7", "{\"pid\":8,\"tgid\":7,\"tasks\":1,\"ns\":{}}" },
	{ "who it is",
	  "p 7 ppid=0 uid=4294967294 state=S start=18446744073709551614 comm=a\\b\xff tasks=3",
	  "{\"pid\":7,\"tgid\":7,\"ppid\":0,\"uid\":4294967294,\"state\":\"S\",\"start\":"
	  "\"18446744073709551614\","
	  "\"comm\":\"a\\\\\\\\b\\\\xff\",\"tasks\":3,\"ns\":{}}" },
	{ "what it is in",
	  "p 7 net=40 uts=- user=EACCES pid_for_children=9 time_for_children=- unreadable",
	  "{\"pid\":7,\"tgid\":7,\"tasks\":1,\"unreadable\":true,\"ns\":{\"net\":40,\"user\":"
	  "\"EACCES\","
	  "\"uts\":null},\"pid_for_children\":9,\"time_for_children\":null}" },
	{ "its numbers", "p 7 pids=7/1 pgids=0/0 sids=6/1",
	  "{\"pid\":7,\"tgid\":7,\"tasks\":1,\"ns\":{},\"pids\":[7,1],\"pgids\":[0,0],\"sids\":[6,"
	  "1]}" },
	{ "a gap", "gap /proc/1/ns EACCES", "{\"source\":\"/proc/1/ns\",\"error\":\"EACCES\"}" },
};

static void object(void **state)
{
	const struct row_object *row = ROW(struct row_object, state);
	_cleanup_(freep) char *lists = saved_lists(row->text);
	_cleanup_(freep) char *line = xasprintf("\n%s", row->object);
	const char *found = strstr(lists, line);
	if (!found)
		fail_msg("%s\nis not in\n%s", row->object, lists);
	assert_true(found[strlen(line)] == '\n' || found[strlen(line)] == ',');
}

static void an_empty_snapshot(void **state _unused_)
{
	_cleanup_(freep) char *lists = saved_lists("");
	assert_string_equal(lists, "\"namespaces\":[],\n\"processes\":[],\n\"gaps\":[]}\n");
}

static void the_head(void **state _unused_)
{
	struct builder *builder = builder_new();
	struct origin *origin = builder_origin(builder);
	*origin = (struct origin){ .hostname = "here",
				   .boot_id = "b0",
				   .release = "6.18",
				   .taken = 1795500000,
				   .source = "proc",
				   .foreign_proc = true };
	origin->viewer[NS_PID] = 60;
	origin->initial[NS_USER] = 4026531837;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	_cleanup_(details_freep) const struct details *details = details_none();
	size_t n;
	_cleanup_(freep) char *text = saved_text(snapshot, details, false, &n);
	assert_string_equal(
		text,
		"{\"nstools\":1,\"snapshot\":1,\n"
		"\"host\":{\"hostname\":\"here\",\"boot_id\":\"b0\",\"kernel\":\"6.18\","
		"\"taken\":\"2026-11-24T06:00:00Z\"},\n"
		"\"origin\":{\"source\":\"proc\",\"foreign_proc\":true,\"viewer\":{\"pid\":60},"
		"\"initial\":{\"user\":4026531837}},\n"
		"\"users\":[],\n\"namespaces\":[],\n\"processes\":[],\n\"gaps\":[]}\n");
}

/* Three processes with arguments, four users and a host. */
struct told {
	const struct snapshot *snapshot;
	const struct details *details;
};

static void tell(struct details_builder *builder, const struct process *process,
		 const char *arguments, size_t n)
{
	struct detail detail = { .process = process,
				 .has_cmdline = true,
				 .cmdline = arguments,
				 .n_cmdline = n,
				 .ps = { .known = true, .stat = "Ss", .tty = "pts/0" },
				 .has_container = true,
				 .cgroup = "/vault.slice/x",
				 .hostname = "bank.example" };
	static const struct container vault = { "docker", "cafe01", "teller", "ledger/0" };
	if (process->pid == 7)
		detail.container = &vault;
	details_builder_add(builder, &detail);
}

static struct told tell_all(void)
{
	struct builder *builder =
		builder_from("p 1 comm=systemd; p 7 comm=mysqld; p 8 comm=sh; p 9 comm=kthreadd");
	builder_origin(builder)->hostname = builder_copy(builder, "bank.example", 12);
	struct told told = { .snapshot = builder_finish(builder) };
	struct details_builder *details = details_builder_new();
#define ARGUMENTS(string) string, sizeof(string) - 1
	tell(details, the_process(told.snapshot, 1), ARGUMENTS("/sbin/init\0alice"));
	tell(details, the_process(told.snapshot, 7),
	     ARGUMENTS("mysql\0--password=hunter2\0\0--password=hunter2\0hunter2"));
	tell(details, the_process(told.snapshot, 8), ARGUMENTS("/sbin/init\0\xff\\secret\x1b"));
	tell(details, the_process(told.snapshot, 9), ARGUMENTS(""));
	details_builder_add_user(details, 0, "root");
	details_builder_add_user(details, 1000, "alice");
	details_builder_add_user(details, 1001, "alice"); /* one name for two */
	details_builder_add_user(details, 1002, NULL);
	told.details = details_builder_finish(details);
	return told;
}

static void forget(struct told *told)
{
	snapshot_free(told->snapshot);
	details_free(told->details);
}

static void details_stand_there(void **state _unused_)
{
	__attribute__((cleanup(forget))) struct told told = tell_all();
	size_t n;
	_cleanup_(freep) char *text = saved_text(told.snapshot, told.details, false, &n);
	static const char *const expected[] = {
		"\"users\":[\n{\"uid\":0,\"name\":\"root\"},\n{\"uid\":1000,\"name\":\"alice\"},\n"
		"{\"uid\":1001,\"name\":\"alice\"},\n{\"uid\":1002}\n]",
		"\"cmdline\":[\"/sbin/init\",\"alice\"],"
		"\"ps\":{\"stat\":\"Ss\",\"started\":0,\"tty\":\"pts/0\",\"rss\":0},"
		"\"container\":null,\"cgroup\":\"/vault.slice/x\",\"hostname\":\"bank.example\"}",
		"\"container\":{\"engine\":\"docker\",\"id\":\"cafe01\",\"name\":\"teller\","
		"\"pod\":\"ledger/0\"},",
		"\"cmdline\":[\"mysql\",\"--password=hunter2\",\"\",\"--password=hunter2\","
		"\"hunter2\"]",
		"\"cmdline\":[\"/sbin/init\",\"\\\\xff\\\\\\\\secret\\u001b\"]",
		"\"comm\":\"kthreadd\",\"tasks\":1,\"ns\":{},\"cmdline\":[],",
		"\"hostname\":\"bank.example\"",
	};
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (!strstr(text, expected[i]))
			fail_msg("%s\nis not in\n%s", expected[i], text);
}

/* Nothing that could be a secret survives; what is no secret does. */
static void redacted_is_redacted(void **state _unused_)
{
	__attribute__((cleanup(forget))) struct told told = tell_all();
	size_t n;
	_cleanup_(freep) char *text = saved_text(told.snapshot, told.details, true, &n);
	static const char *const secrets[] = { "/sbin",	 "alice", "mysql\"", "password", "hunter2",
					       "secret", "root",  "bank",    "example",	 "xff",
					       "vault",	 "cafe",  "teller",  "ledger" };
	static const char *const kept[] = { "systemd", "mysqld", "kthreadd",
					    "pts/0",   "docker", "\"uid\":1000" };
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (strstr(text, secrets[i]))
			fail_msg("%s is still in\n%s", secrets[i], text);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		assert_non_null(strstr(text, kept[i]));
}

/* The digits behind WORD- at the start of *TEXT, which moves on. */
static long placeholder(const char **text, const char *word)
{
	size_t n = strlen(word);
	char *end;
	if (strncmp(*text, word, n) != 0 || (*text)[n] != '-')
		fail_msg("no placeholder %s- at %s", word, *text);
	long number = strtol(*text + n + 1, &end, 10);
	assert_int_equal(*end, '"');
	*text = end;
	return number;
}

static const char *behind(const char *text, const char *what)
{
	const char *found = strstr(text, what);
	if (!found)
		fail_msg("%s is not in\n%s", what, text);
	return found + strlen(what);
}

/* Equal texts get equal placeholders, different ones different ones; empty arguments stay. */
static void placeholders_are_stable(void **state _unused_)
{
	__attribute__((cleanup(forget))) struct told told = tell_all();
	size_t n;
	_cleanup_(freep) char *text = saved_text(told.snapshot, told.details, true, &n);
	_cleanup_(freep) char *again = saved_text(told.snapshot, told.details, true, &n);
	assert_string_equal(text, again);

	const char *at = behind(text, "\"hostname\":\"");
	long host = placeholder(&at, "host");
	at = behind(at, "\"name\":\"");
	long root = placeholder(&at, "user");
	at = behind(at, "\"name\":\"");
	long alice = placeholder(&at, "user");
	at = behind(at, "\"name\":\"");
	assert_int_equal(placeholder(&at, "user"), alice);
	at = behind(at, "\"cmdline\":[\"");
	long init = placeholder(&at, "arg");
	at += strlen("\",\"");
	assert_int_equal(placeholder(&at, "arg"), alice);
	at = behind(at, "\"hostname\":\"");
	assert_int_equal(placeholder(&at, "host"), host);
	at = behind(at, "\"cmdline\":[\"");
	long mysql = placeholder(&at, "arg");
	at += strlen("\",\"");
	long password = placeholder(&at, "arg");
	assert_memory_equal(at, "\",\"\",\"", 6);
	at += 6;
	assert_int_equal(placeholder(&at, "arg"), password);
	at += strlen("\",\"");
	long hunter = placeholder(&at, "arg");
	at = behind(at, "\"id\":\"");
	long id = placeholder(&at, "id");
	at = behind(at, "\"name\":\"");
	long container = placeholder(&at, "container");
	at = behind(at, "\"pod\":\"");
	long pod = placeholder(&at, "pod");
	at = behind(at, "\"cgroup\":\"");
	long cgroup = placeholder(&at, "cgroup");
	at = behind(at, "\"cmdline\":[\"");
	assert_int_equal(placeholder(&at, "arg"), init);
	at += strlen("\",\"");
	long odd = placeholder(&at, "arg");
	assert_non_null(strstr(at, "\"cmdline\":[]"));

	const long numbers[] = { host,	 root, alice, init,	 mysql, password,
				 hunter, odd,  id,    container, pod,	cgroup };
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(numbers[i], numbers[j]);
}

/* Errors of all sorts of edges have a name in the file; what has none is a number. */
static void edges_without_a_name(void **state _unused_)
{
	struct builder *builder = builder_new();
	struct process process = process_blank(7, 7);
	process.ns[NS_NET].why = ECHILD;
	builder_add(builder, &process);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	_cleanup_(details_freep) const struct details *details = details_none();
	size_t n;
	_cleanup_(freep) char *text = saved_text(snapshot, details, false, &n);
	assert_non_null(strstr(text, "\"ns\":{\"net\":\"10\"}"));
}

static const struct row_full {
	const char *name;
	size_t n;
} full_rows[] = { { "a small snapshot", 1 }, { "a large snapshot", 2000 } };

static void no_space_left(void **state)
{
	struct builder *builder = builder_new();
	for (size_t i = 0; i < ROW(struct row_full, state)->n; i++) {
		struct process process = process_blank((pid_t)i + 1, (pid_t)i + 1);
		builder_add(builder, &process);
	}
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	_cleanup_(details_freep) const struct details *details = details_none();
	struct error err = { 0 };
	FILE *full = fopen("/dev/full", "we");
	assert_int_equal(snapshot_save(snapshot, details, false, full, &err), -ENOSPC);
	fclose(full);
	assert_string_equal(err.text, "cannot save the snapshot: No space left on device");
}

int main(void)
{
	TEST_ROWS(object, object_rows);
	TEST(an_empty_snapshot);
	TEST(the_head);
	TEST(details_stand_there);
	TEST(redacted_is_redacted);
	TEST(placeholders_are_stable);
	TEST(edges_without_a_name);
	TEST_ROWS(no_space_left, full_rows);
	return suite_run("save");
}
