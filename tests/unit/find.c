/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/query.h"

#define SYSTEM                                                                                     \
	"ns net 4026532184 id=6249 keep; ns uts 4026532185 id=18446744073709551615 keep; ns mnt "  \
	"7 id=3 keep; ns cgroup 4026532190 keep;"                                                  \
	"p 7 net=4026532184; p 12675 net=4026532184 uts=4026532185; t 8 7 net=5"

static const struct row_find {
	const char *text; /* as a user types it */
	pid_t pid;
	enum ns_kind kind;
	ino_t ino; /* 0: a process */
} find_rows[] = {
	{ "7", .pid = 7 },
	{ "12675", .pid = 12675 },
	{ "8", .pid = 8 }, /* a thread */
	{ "net:[4026532184]", .kind = NS_NET, .ino = 4026532184 },
	{ "uts:4026532185", .kind = NS_UTS, .ino = 4026532185 },
	{ "mnt:[7]", .kind = NS_MNT, .ino = 7 },
	{ "4026532184", .kind = NS_NET, .ino = 4026532184 },
	{ "4026532185", .kind = NS_UTS, .ino = 4026532185 },
	{ "4026532190", .kind = NS_CGROUP, .ino = 4026532190 },
	{ "id:3", .kind = NS_MNT, .ino = 7 },
	{ "id:6249", .kind = NS_NET, .ino = 4026532184 },
	{ "id:18446744073709551615", .kind = NS_UTS, .ino = 4026532185 },
};

static void found(void **state)
{
	const struct row_find *row = ROW(struct row_find, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	struct reference reference;
	struct found what;
	struct error err = { 0 };
	assert_int_equal(reference_parse(row->text, &reference, &err), 0);
	assert_int_equal(reference_find(snapshot, NULL, &reference, &what, &err), 0);
	assert_ptr_equal(what.process, row->pid ? the_process(snapshot, row->pid) : NULL);
	assert_ptr_equal(what.ns, row->ino ? the_ns(snapshot, row->kind, row->ino) : NULL);
}

/* Two levels below the viewer's; of 30 the namespaces are refused, of 31 they are not, but what is
 * above them is. */
#define NEST                                                                                       \
	"viewer pid 100; ns pid 100; ns pid 101 parent=100; ns pid 102 parent=101;"                \
	"ns pid 109 parent=EPERM; ns net 200 keep;"                                                \
	"p 7 pid=100 pids=7 net=200; p 20 pid=101 pids=20/1; p 21 pid=102 pids=21/2/1;"            \
	"p 22 pid=101 pids=22/79;"

static const struct row_found_at {
	const char *text;
	pid_t pid;
} found_at_rows[] = {
	{ "1@20", 20 }, { "1@22", 20 },	  { "79@20", 22 },  { "2@20", 21 },	    { "1@21", 21 },
	{ "21@7", 21 }, { "1@1@21", 21 }, { "1@2@20", 21 }, { "79@pid:[101]", 22 },
};

static void found_at(void **state)
{
	const struct row_found_at *row = ROW(struct row_found_at, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(NEST);
	struct reference reference;
	struct found what;
	struct error err = { 0 };
	assert_int_equal(reference_parse(row->text, &reference, &err), 0);
	assert_int_equal(reference_find(snapshot, NULL, &reference, &what, &err), 0);
	assert_ptr_equal(what.process, the_process(snapshot, row->pid));
	assert_null(what.ns);
}

static const struct row_missing_at {
	const char *text, *message;
	int r;
} missing_at_rows[] = {
	{ "3@20", "3@20: no process has PID 3 in pid:[101]", -ENOENT },
	{ "2@21", "2@21: no process has PID 2 in pid:[102]", -ENOENT },
	{ "1@9", "9: no such process", -ENOENT },
	{ "1@net:[200]", "net:[200] is no pid namespace", -EINVAL },
	{ "1@30", "30: the pid namespace of that process could not be read", -EACCES },
	{ "1@31", "31: that process has left its pid namespace", -ENOENT },
	{ "9@pid:[101]", "9@pid:[101]: no process has PID 9 in pid:[101], as far as could be read",
	  -EACCES },
	{ "1@self", "self: this has no meaning in a saved snapshot", -EINVAL },
};

static void missing_at(void **state)
{
	const struct row_missing_at *row = ROW(struct row_missing_at, state);
	bool refused = row->r == -EACCES || strstr(row->text, "31");
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(
		refused ? NEST "p 30 pid=EACCES pids=30/1; p 31 pid=- pids=31/1" : NEST);
	struct reference reference;
	struct found what = { 0 };
	struct error err = { 0 };
	assert_int_equal(reference_parse(row->text, &reference, &err), 0);
	assert_int_equal(reference_find(snapshot, NULL, &reference, &what, &err), row->r);
	assert_string_equal(err.text, row->message);
	assert_null(what.process);
}

static const struct row_missing {
	const char *text, *message;
	int r;
} missing_rows[] = {
	{ "9", "9: no such process", -ENOENT },
	{ "4194303", "4194303: no such process", -ENOENT },
	{ "uts:[4026532184]", "uts:[4026532184]: no such namespace", -ENOENT }, /* it is a net */
	{ "net:[4026532183]", "net:[4026532183]: no such namespace", -ENOENT },
	{ "net:0", "net:0: no such namespace", -ENOENT },
	{ "4026532186", "4026532186: no such namespace", -ENOENT },
	{ "id:6250", "id:6250: no such namespace", -ENOENT },
	{ "id:0", "id:0: no such namespace", -ENOENT }, /* 0 is what has none */
	{ "self", "self: this has no meaning in a saved snapshot", -EINVAL },
	{ "7:4026532184", "7:4026532184: this has no meaning in a saved snapshot", -EINVAL },
	{ "/proc/7/ns/net", "/proc/7/ns/net: this has no meaning in a saved snapshot", -EINVAL },
};

static void missing(void **state)
{
	const struct row_missing *row = ROW(struct row_missing, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	struct reference reference;
	struct found what = { .process = the_process(snapshot, 7) };
	struct error err = { 0 };
	assert_int_equal(reference_parse(row->text, &reference, &err), 0);
	assert_int_equal(reference_find(snapshot, NULL, &reference, &what, &err), row->r);
	assert_string_equal(err.text, row->message);
	assert_ptr_equal(what.process, the_process(snapshot, 7)); /* untouched */
}

/* The first process of a container is its earliest started, whatever its number. */
static void found_container(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(
		"viewer pid 100; ns pid 100; ns pid 101 parent=100;"
		"p 5 pid=101 pids=5/9 start=70; p 7 pid=101 pids=7/1 start=50; p 8 pid=100 pids=8");
	const struct container chal = { .engine = "docker", .id = "b929bf93", .name = "chal" };
	const struct container other = { .engine = "podman", .id = "b929aaaa", .name = "web" };
	struct details_builder *builder = details_builder_new();
	const struct detail list[] = {
		{ .process = the_process(snapshot, 5), .has_container = true, .container = &chal },
		{ .process = the_process(snapshot, 7), .has_container = true, .container = &chal },
		{ .process = the_process(snapshot, 8), .has_container = true, .container = &other },
	};
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		details_builder_add(builder, &list[i]);
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	static const struct {
		const char *text;
		int r;
		pid_t pid;
	} rows[] = {
		{ "chal", 0, 7 },	  { "docker:chal", 0, 7 }, { "b929b", 0, 7 },
		{ "web", 0, 8 },	  { "9@chal", 0, 5 },	   { "1@b929bf93", 0, 7 },
		{ "b929", -ENOTUNIQ, 0 }, { "b92", -ENOENT, 0 },   { "podman:chal", -ENOENT, 0 },
		{ "2@chal", -ENOENT, 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reference reference;
		struct found what = { 0 };
		struct error err = { 0 };
		assert_int_equal(reference_parse(rows[i].text, &reference, &err), 0);
		assert_int_equal(reference_find(snapshot, details, &reference, &what, &err),
				 rows[i].r);
		assert_int_equal(what.process ? what.process->pid : 0, rows[i].pid);
	}
}

int main(void)
{
	TEST_ROWS(found, find_rows);
	TEST_ROWS(missing, missing_rows);
	TEST_ROWS(found_at, found_at_rows);
	TEST_ROWS(missing_at, missing_at_rows);
	TEST(found_container);
	return suite_run("find");
}
