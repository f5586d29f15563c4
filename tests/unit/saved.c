/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/saved.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fixture.h"

/* What goes into a file together, and comes out of it. */
struct both {
	const struct snapshot *snapshot;
	const struct details *details;
};

static void forget(struct both *both)
{
	snapshot_free(both->snapshot);
	details_free(both->details);
}

#define _forgotten_ __attribute__((cleanup(forget)))

static struct both load(const char *text, size_t n)
{
	struct both both;
	struct error err = { 0 };
	_cleanup_(freep) char *copy = exact_copy(text, n + 1);
	if (snapshot_parse(copy, n, false, &both.snapshot, &both.details, &err) != 0)
		fail_msg("%s in\n%s", err.text, text);
	return both;
}

static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void same_edge(const struct edge *a, const struct edge *b)
{
	assert_int_equal(a->to != NULL, b->to != NULL);
	assert_int_equal(a->why, b->why);
	if (a->to) {
		assert_int_equal(a->to->kind, b->to->kind);
		assert_int_equal(a->to->ino, b->to->ino);
	}
}

static void same_idmap(const struct idmap *a, const struct idmap *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->why, b->why);
	if (a->n)
		assert_memory_equal(a->ranges, b->ranges, a->n * sizeof(*a->ranges));
}

static void same_pin(const struct pin *a, const struct pin *b)
{
	assert_int_equal(a->by, b->by);
	assert_int_equal(a->process ? a->process->pid : 0, b->process ? b->process->pid : 0);
	assert_int_equal(a->tid, b->tid);
	assert_int_equal(a->fd, b->fd);
	assert_int_equal(a->mnt ? a->mnt->ino : 0, b->mnt ? b->mnt->ino : 0);
	same_text(a->path, b->path);
}

static void same_ns(const struct ns *a, const struct ns *b)
{
	assert_int_equal(a->n_pins, b->n_pins);
	assert_int_equal(a->held_by, b->held_by);
	for (size_t i = 0; i < a->n_pins; i++)
		same_pin(&a->pins[i], &b->pins[i]);
	assert_int_equal(a->kind, b->kind);
	assert_true(a->dev == b->dev && a->ino == b->ino && a->id == b->id);
	same_edge(&a->owner, &b->owner);
	same_edge(&a->parent, &b->parent);
	assert_int_equal(a->owner_uid, b->owner_uid);
	assert_int_equal(a->unborn, b->unborn);
	same_idmap(&a->uids, &b->uids);
	same_idmap(&a->gids, &b->gids);
	assert_int_equal(a->n_threads, b->n_threads);
	assert_int_equal(a->n_members, b->n_members);
	assert_int_equal(a->n_thread_members, b->n_thread_members);
	for (size_t i = 0; i < a->n_members; i++)
		assert_int_equal(a->members[i]->pid, b->members[i]->pid);
	for (size_t i = 0; i < a->n_thread_members; i++)
		assert_int_equal(a->thread_members[i]->pid, b->thread_members[i]->pid);
}

static void same_pids(const struct process *a, const struct process *b)
{
	assert_int_equal(a->n_pids, b->n_pids);
	for (size_t i = 0; i < a->n_pids; i++) {
		assert_int_equal(a->pids[i], b->pids[i]);
		assert_int_equal(a->pgids[i], b->pgids[i]);
		assert_int_equal(a->sids[i], b->sids[i]);
	}
}

static void same_process(const struct process *a, const struct process *b)
{
	assert_int_equal(a->pid, b->pid);
	assert_int_equal(a->tgid, b->tgid);
	assert_int_equal(a->ppid, b->ppid);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->unreadable, b->unreadable);
	assert_int_equal(a->n_tasks, b->n_tasks);
	assert_true(a->start == b->start);
	assert_int_equal(a->parent ? a->parent->pid : 0, b->parent ? b->parent->pid : 0);
	same_text(a->comm, b->comm);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		same_edge(&a->ns[kind], &b->ns[kind]);
	same_edge(&a->pid_for_children, &b->pid_for_children);
	same_edge(&a->time_for_children, &b->time_for_children);
	same_pids(a, b);
}

static void same_container(const struct container *a, const struct container *b)
{
	assert_int_equal(a != NULL, b != NULL);
	if (!a)
		return;
	same_text(a->engine, b->engine);
	same_text(a->id, b->id);
	same_text(a->name, b->name);
	same_text(a->pod, b->pod);
}

static void same_detail(const struct detail *a, const struct detail *b)
{
	assert_int_equal(a != NULL, b != NULL);
	if (!a)
		return;
	assert_int_equal(a->has_cmdline, b->has_cmdline);
	assert_int_equal(a->n_cmdline, b->n_cmdline);
	if (a->has_cmdline)
		assert_memory_equal(a->cmdline, b->cmdline, a->n_cmdline);
	assert_int_equal(a->ps.known, b->ps.known);
	assert_string_equal(a->ps.stat, b->ps.stat);
	assert_true(a->ps.started == b->ps.started && a->ps.rss == b->ps.rss);
	same_text(a->ps.tty, b->ps.tty);
	assert_true(a->view == b->view && a->has_nsuid == b->has_nsuid && a->nsuid == b->nsuid);
	same_text(a->nsuser, b->nsuser);
	assert_int_equal(a->nsuser_why, b->nsuser_why);
	same_text(a->cgroup, b->cgroup);
	same_text(a->hostname, b->hostname);
	assert_int_equal(a->has_container, b->has_container);
	same_container(a->container, b->container);
}

static void same_names(const struct id_names *a, const struct id_names *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->why, b->why);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->items[i].id, b->items[i].id);
		same_text(a->items[i].name, b->items[i].name);
	}
}

static void same_subids(const struct subids *a, const struct subids *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->why, b->why);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->items[i].owner, b->items[i].owner);
		assert_int_equal(a->items[i].start, b->items[i].start);
		assert_int_equal(a->items[i].count, b->items[i].count);
	}
}

static void same_origin(const struct origin *a, const struct origin *b)
{
	same_text(a->hostname, b->hostname);
	same_text(a->boot_id, b->boot_id);
	same_text(a->release, b->release);
	same_text(a->source, b->source);
	assert_true(a->taken == b->taken);
	assert_int_equal(a->foreign_proc, b->foreign_proc);
	assert_int_equal(a->holders, b->holders);
	assert_memory_equal(a->viewer, b->viewer, sizeof(a->viewer));
	assert_memory_equal(a->initial, b->initial, sizeof(a->initial));
}

static void same(const struct both *a, const struct both *b)
{
	const struct snapshot *x = a->snapshot, *y = b->snapshot;
	same_origin(&x->origin, &y->origin);
	assert_int_equal(x->n_namespaces, y->n_namespaces);
	for (size_t i = 0; i < x->n_namespaces; i++)
		same_ns(x->namespaces[i], y->namespaces[i]);
	assert_int_equal(x->n_processes, y->n_processes);
	for (size_t i = 0; i < x->n_processes; i++) {
		same_process(x->processes[i], y->processes[i]);
		same_detail(details_find(a->details, x->processes[i]),
			    details_find(b->details, y->processes[i]));
	}
	assert_int_equal(x->n_gaps, y->n_gaps);
	for (size_t i = 0; i < x->n_gaps; i++) {
		assert_string_equal(x->gaps[i].source, y->gaps[i].source);
		assert_int_equal(x->gaps[i].why, y->gaps[i].why);
		assert_int_equal(x->gaps[i].of_holder, y->gaps[i].of_holder);
	}
	assert_int_equal(x->n_in_flight, y->n_in_flight);
	for (size_t i = 0; i < x->n_in_flight; i++)
		same_pin(&x->in_flight[i], &y->in_flight[i]);
	same_names(&a->details->users, &b->details->users);
	same_names(&a->details->groups, &b->details->groups);
	assert_int_equal(a->details->n_views, b->details->n_views);
	for (size_t i = 0; i < a->details->n_views; i++) {
		same_names(&a->details->views[i].users, &b->details->views[i].users);
		same_names(&a->details->views[i].groups, &b->details->views[i].groups);
	}
	same_subids(&a->details->subuids, &b->details->subuids);
	same_subids(&a->details->subgids, &b->details->subgids);
}

/* load(save(x)) = x, in what it holds and, saved again, to the byte. */
static void assert_comes_back(const struct both *both)
{
	size_t n, n_again;
	_cleanup_(freep) char *text = saved_text(both->snapshot, both->details, false, &n);
	_forgotten_ struct both loaded = load(text, n);
	_cleanup_(freep) char *again = saved_text(loaded.snapshot, loaded.details, false, &n_again);
	assert_string_equal(again, text);
	assert_int_equal(n_again, n);
	same(both, &loaded);
}

static const struct row_system {
	const char *name, *text;
} system_rows[] = {
	{ "nothing", "" },
	{ "a process of which nothing is known", "p 7" },
	{ "a namespace of which nothing is known", "ns net 40 keep" },
	{ "ids of 64 bits", "ns net 40 id=18446744073709551615 keep; ns net 41 id=9007199254740993 "
			    "keep; ns net 42 id=1 keep" },
	{ "inodes at both ends", "p 7 net=1 uts=4294967295" },
	{ "one inode for all kinds", "p 7 cgroup=1 ipc=1 mnt=1 net=1 pid=1 time=1 user=1 uts=1" },
	{ "a device number", "ns net 40 dev=4294967295 keep; ns net 41 dev=0 keep" },
	{ "a device number of 64 bits", "ns net 40 dev=18446744073709551615 keep" },
	{ "owners and parents", "ns user 5 owner=6 parent=6 uid=1000; ns user 6 owner=- parent=- "
				"uid=0; ns pid 3 owner=5 parent=2;"
				"ns pid 2 owner=6 parent=-; ns net 40 owner=5; p 7 user=5 pid=3 "
				"net=40; p 1 user=6 pid=2" },
	{ "unknown edges", "ns user 5 owner=EPERM parent=EPERM; ns pid 3 owner=ENOTTY "
			   "parent=EACCES; p 7 user=5 pid=3 net=EACCES uts=- ipc=ENOENT"
			   " mnt=ESRCH pid_for_children=EIO time_for_children=-" },
	{ "nobody has been there", "ns pid 4 unborn keep; ns pid 5 keep" },
	{ "owner uids", "ns user 5 uid=4294967294 keep; ns user 6 uid=0 keep; ns user 7 keep" },
	{ "maps of ids",
	  "ns user 5 uids=0:100000:65536,70000:4294967295:1 gids=0:0:4294967295 keep;"
	  "ns user 6 uids= gids= keep; ns user 7 uids=EACCES gids=ENOSPC keep" },
	{ "the largest facts", "p 2147483647 ppid=2147483647 uid=4294967294 "
			       "start=18446744073709551614 tasks=4294967295" },
	{ "the smallest facts", "p 1 ppid=0 uid=0 start=0 tasks=0 comm=" },
	{ "starts above 2^53", "p 1 start=9007199254740992; p 2 start=9007199254740993" },
	{ "threads and exited leaders", "p 7 net=- pid=3 user=5 state=Z tasks=2; t 8 7 net=40 "
					"pid=3 user=5; p 9 net=40 tasks=3; t 10 9 net=41" },
	{ "children live elsewhere", "p 7 pid=3 time=4 pid_for_children=5 time_for_children=6" },
	{ "33 levels", "p 7 "
		       "pids=1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/"
		       "27/28/29/30/31/32/33" },
	{ "numbers of groups and sessions", "p 7 pids=7/1 pgids=0/0 sids=2147483647/1" },
	{ "bytes that are not UTF-8", "p 7 comm=\xff\xc3\xa9\xe2\x82 state=\xff" },
	{ "what looks escaped", "p 7 comm=\\x41\\\\; p 8 comm=\\" },
	{ "control characters", "p 7 comm=\x1b[31m\x01\x7f\xc2\x9b state=\x1b" },
	{ "a name that turns the line around", "p 7 comm=\xe2\x80\xae\xef\xbb\xbf" },
	{ "who could not be read",
	  "p 1 unreadable net=EACCES user=EACCES; gap /proc/1/ns EACCES; gap /proc/1/ns EACCES" },
	{ "gaps with odd names", "gap a\\b\xff EPERM; gap \x1b[31m\xe2\x80\xae ENOENT" },
	{ "what holds namespaces",
	  "holders; p 7 net=41; ns mnt 50 keep; pin net 40 fd pid=7 tid=8 fd=3 path=/a\xff;"
	  "pin net 40 mount mnt=50 path=/run/blue; pin net 40 socket pid=7 fd=0;"
	  "pin net 41 detached-mount pid=7 fd=2147483647; pin net 41 tun pid=9 fd=4" },
	{ "what holds a namespace without a name",
	  "holders; p 7; ns mnt 50 keep; pin pid ? superblock mnt=50 path=/proc; pin user ? "
	  "idmap" },
	{ "what is in flight",
	  "holders; p 7; pin ? in-flight pid=7 fd=3; pin ? in-flight pid=7 fd=4" },
	{ "lineage",
	  "p 1; p 7 ppid=1 start=5; p 8 ppid=7 start=4; p 9 ppid=9; p 10 ppid=11; p 11 ppid=10" },
};

static void a_system(void **state)
{
	_forgotten_ struct both both = { snapshot_from(ROW(struct row_system, state)->text),
					 details_none() };
	assert_comes_back(&both);
}

static const struct row_origin {
	const char *name;
	struct origin origin;
} origin_rows[] = {
	{ "nothing known", { .taken = 0 } },
	{ "all known",
	  { .hostname = "h",
	    .boot_id = "b",
	    .release = "6.18",
	    .source = "proc",
	    .taken = 1795500000,
	    .foreign_proc = true,
	    .viewer = { 1, 2, 3, 4, 5, 6, 7, 8 },
	    .initial = { 9, 10, 11, 12, 13, 14, 15, 4294967295 } } },
	{ "empty texts", { .hostname = "", .boot_id = "", .release = "", .source = "" } },
	{ "an odd host name", { .hostname = "\xff\\x41\"\n" } },
	{ "an odd source", { .source = "\xff\\x41\"\n" } },
	{ "an odd boot id", { .boot_id = "\xff\\x41\"\n" } },
	{ "an odd kernel release", { .release = "6.18-\\x41\xff" } },
	{ "the last second", { .taken = 253402300799 } },
};

static void an_origin(void **state)
{
	struct builder *builder = builder_from("p 1");
	struct origin origin = ROW(struct row_origin, state)->origin;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (!origin.initial[kind])
			origin.initial[kind] = builder_origin(builder)->initial[kind];
	*builder_origin(builder) = origin;
	_forgotten_ struct both both = { builder_finish(builder), details_none() };
	assert_comes_back(&both);
}

static const struct row_gap {
	const char *name;
	int why;
} gap_rows[] = {
	{ "EACCES", EACCES },
	{ "EPERM", EPERM },
	{ "EIO", EIO },
	{ "ECHILD, which has no name of ours", ECHILD },
};

static void a_gap(void **state)
{
	struct builder *builder = builder_new();
	builder_gap(builder, ROW(struct row_gap, state)->why, "/proc/1/ns");
	_forgotten_ struct both both = { builder_finish(builder), details_none() };
	assert_comes_back(&both);
}

static const struct container containers[] = {
	{ "docker", "b929", "chal", NULL },
	{ "podman", "b929", NULL, NULL },
	{ "kubernetes", "b929", "web", "shop/web-0" },
	{ "\xff", "\\x41", "\x1b\"", "\xc3" },
	{ "", "", "", "" },
};

static const struct row_detail {
	const char *name;
	struct detail detail;
} detail_rows[] = {
	{ "in a container", { .has_container = true, .container = &containers[0] } },
	{ "in one without a name", { .has_container = true, .container = &containers[1] } },
	{ "in a pod", { .has_container = true, .container = &containers[2] } },
	{ "odd names", { .has_container = true, .container = &containers[3] } },
	{ "empty ones", { .has_container = true, .container = &containers[4] } },
	{ "in none", { .has_container = true } },
	{ "a cgroup", { .cgroup = "/a\xff\n" } },
	{ "a host's name", { .hostname = "h\x1b\\" } },
	{ "an empty one", { .hostname = "", .cgroup = "" } },
#define CMDLINE(string)                                                                            \
	{                                                                                          \
		.has_cmdline = true, .cmdline = string, .n_cmdline = sizeof(string) - 1            \
	}
	{ "one argument", CMDLINE("sh") },
	{ "arguments", CMDLINE("sh\0-c\0true") },
	{ "none (a kernel thread)", CMDLINE("") },
	{ "an empty one between", CMDLINE("sh\0\0true") },
	{ "an empty one in front", CMDLINE("\0sh") },
	{ "an empty one at the end", CMDLINE("sh\0") },
	{ "several at the end", CMDLINE("sh\0\0\0") },
	{ "a single NUL", CMDLINE("\0") },
	{ "bytes that are not UTF-8", CMDLINE("\xff\xfe\0\xc3\xa9\xe2\x82") },
	{ "what looks escaped", CMDLINE("\\x00\\\\\0\\") },
	{ "quotes and control characters", CMDLINE("\"\x1b\n\0'\x7f") },
	{ "as ps has it",
	  { .ps = { .known = true,
		    .stat = "Ss+",
		    .started = 1795500000,
		    .tty = "pts/0",
		    .rss = 4711 } } },
	{ "no terminal", { .ps = { .known = true, .stat = "S<Lsl+" } } },
	{ "the longest state", { .ps = { .known = true, .stat = "SNLsl+x" } } },
	{ "an empty state", { .ps = { .known = true } } },
	{ "an odd terminal", { .ps = { .known = true, .stat = "S", .tty = "\xff\\" } } },
	{ "memory of 2^53", { .ps = { .known = true, .stat = "S", .rss = UINT64_C(1) << 53 } } },
	{ "memory below 2^53",
	  { .ps = { .known = true, .stat = "S", .rss = (UINT64_C(1) << 53) - 1 } } },
	{ "much memory", { .ps = { .known = true, .stat = "S", .rss = UINT64_MAX } } },
	{ "a start far away", { .ps = { .known = true, .stat = "S", .started = INT64_MAX } } },
	{ "both",
	  { .has_cmdline = true,
	    .cmdline = "x",
	    .n_cmdline = 1,
	    .ps = { .known = true, .stat = "S" } } },
};

static void a_detail(void **state)
{
	struct detail detail = ROW(struct row_detail, state)->detail;
	const struct snapshot *snapshot = snapshot_from("p 7; p 8");
	detail.process = the_process(snapshot, 7);
	struct details_builder *builder = details_builder_new();
	details_builder_add(builder, &detail);
	_forgotten_ struct both both = { snapshot, details_builder_finish(builder) };
	assert_comes_back(&both);
}

static void user_names(void **state _unused_)
{
	struct details_builder *builder = details_builder_new();
	details_builder_add_user(builder, 4294967294, "\xff\\x41\x1b\"");
	details_builder_add_user(builder, 0, "root");
	details_builder_add_user(builder, 1000, NULL);
	details_builder_add_user(builder, 1001, "");
	_forgotten_ struct both both = { snapshot_from("p 7"), details_builder_finish(builder) };
	assert_comes_back(&both);
}

/* Two views, one of them unreadable, and processes that have them or the viewer's. */
static void views(void **state _unused_)
{
	static const struct id_name users[] = { { 1000, "ctf" },
						{ 0, "root" },
						{ 1000, "second" } };
	static const struct id_name groups[] = { { 4294967294, "\xff\\\x1b" }, { 0, "" } };
	static const struct {
		pid_t pid;
		size_t view;
		bool has_nsuid;
		uid_t nsuid;
		const char *nsuser;
		int why;
	} rows[] = {
		{ 1, VIEW_OURS, true, 7, "seven", 0 },
		{ 2, VIEW_OURS, true, 8, NULL, ENODATA },
		{ 3, VIEW_FIRST, true, 1000, "ctf", 0 },
		{ 4, VIEW_FIRST, true, 5, NULL, 0 },
		{ 5, VIEW_FIRST, true, UID_UNKNOWN, NULL, ENODATA },
		{ 6, VIEW_FIRST, false, 0, NULL, ENODATA },
		{ 7, VIEW_FIRST + 1, true, 0, NULL, EACCES },
		{ 8, VIEW_UNASKED, true, 0, NULL, ENODATA },
	};
	const struct snapshot *snapshot = snapshot_from("p 1; p 2; p 3; p 4; p 5; p 6; p 7; p 8");
	struct details_builder *builder = details_builder_new();
	details_builder_add_user(builder, 7, "seven");
	details_builder_add_group(builder, 9, "nine");
	details_builder_add_group(builder, 3, NULL);
	details_builder_add_view(builder,
				 &(struct names_view){ { 3, users, 0 }, { 2, groups, 0 } });
	details_builder_add_view(builder, &(struct names_view){ { .why = EACCES }, { 0 } });
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct detail detail = { .process = the_process(snapshot, rows[i].pid) };
		detail.view = rows[i].view;
		detail.has_nsuid = rows[i].has_nsuid;
		detail.nsuid = rows[i].nsuid;
		details_builder_add(builder, &detail);
	}
	_forgotten_ struct both both = { snapshot, details_builder_finish(builder) };
	assert_comes_back(&both);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct detail *detail =
			details_find(both.details, the_process(snapshot, rows[i].pid));
		same_text(detail->nsuser, rows[i].nsuser);
		assert_int_equal(detail->nsuser_why, rows[i].why);
	}
}

static void subordinate_ids(void **state _unused_)
{
	static const struct subid items[] = { { "user", 100000, 65536 },
					      { "\xff\\", 0, 4294967295 } };
	struct details_builder *builder = details_builder_new();
	details_builder_set_subids(builder, ID_UID, &(struct subids){ 2, items, 0 });
	details_builder_set_subids(builder, ID_GID, &(struct subids){ .why = EACCES });
	_forgotten_ struct both both = { snapshot_from(""), details_builder_finish(builder) };
	assert_comes_back(&both);
	builder = details_builder_new();
	details_builder_set_subids(builder, ID_GID, &(struct subids){ 0 });
	_forgotten_ struct both none = { snapshot_from(""), details_builder_finish(builder) };
	assert_comes_back(&none);
	assert_int_equal(none.details->subuids.why, ENODATA);
}

static void a_large_one(void **state _unused_)
{
	struct builder *builder = builder_new();
	for (int pid = 1; pid <= 3000; pid++) {
		struct process process = process_blank(pid, pid);
		process.ppid = pid / 2;
		process.start = pid;
		process.ns[NS_NET].to = builder_ns(builder, NS_NET, 4, 4026531840u + pid % 100);
		process.ns[NS_NET].why = 0;
		builder_add(builder, &process);
	}
	_forgotten_ struct both both = { builder_finish(builder), details_none() };
	assert_comes_back(&both);
}

/* The files below are written with ' for ", so that they can be read. */
static char *json_of(const char *text)
{
	char *json = xstrdup(text);
	for (char *p = json; *p; p++)
		if (*p == '\'')
			*p = '"';
	return json;
}

#define FILE_OF(rest) "{'snapshot':1,'host':{}," rest "}"
#define NS_OF(rest) FILE_OF("'namespaces':[{'kind':'user','ino':5" rest "}]")
#define PROCESS_OF(rest) FILE_OF("'processes':[{'pid':7,'tgid':7" rest "}]")

/* Files that we would not write like this, and yet read: saved again they stay what they are. */
static const struct row_file {
	const char *text;
} file_rows[] = {
	{ "{'snapshot':1,'host':{}}" },
	{ "\xef\xbb\xbf{'snapshot':1,'host':{}}" },
	{ " \n{ 'host' : { } , 'snapshot' : 1.0 }\n\n" },
	{ "{'snapshot':'1','host':{'new':[1,{}]},'new':null,'origin':{'new':7},'gaps':[]}" },
	{ NS_OF(",'new':1,'id':'7'") },
	{ NS_OF(",'id':7,'dev':'18446744073709551615'") },
	{ NS_OF(",'owner':5") },
	{ NS_OF(",'uids':[[0,0,4294967295]],'gids':[['4294967294',4294967295,1.0]]") },
	{ NS_OF(",'uids':[],'gids':'ENOTHINGWEKNOW'") },
	{ NS_OF(",'uids':'ENODATA'") },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':5,'uids':7}]") },
	{ NS_OF(",'owner':'ENOTHINGWEKNOW','parent':''") },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':5,'parent':[]}]") },
	{ FILE_OF("'origin':{'initial':{'pid':0}}") },
	{ FILE_OF("'origin':{'initial':{'net':7},'viewer':{'net':0}}") },
	{ "{'snapshot':1,'host':{'hostname':'\\\\\\\\','boot_id':null}}" },
	{ "{'snapshot':1,'host':{'boot_id':'\\\\\\\\'}}" },
	{ "{'snapshot':1,'host':{'kernel':'\\\\xff'}}" },
	{ "{'snapshot':1,'host':{'taken':'1970-01-01T00:00:00Z'}}" },
	{ "{'snapshot':1,'host':{'taken':'2026-02-31T23:59:60Z'}}" },
	{ PROCESS_OF(",'ns':{},'pids':[],'pgids':[7]") },
	{ PROCESS_OF(",'pids':['7',1],'pgids':[0,0],'sids':[0,0]") },
	{ PROCESS_OF(",'comm':'\\\\x00abc','state':'\\\\x00'") },
	{ PROCESS_OF(",'comm':'\\u0000abc'") },
	{ PROCESS_OF(",'comm':null,'state':null") },
	{ PROCESS_OF(",'start':'18446744073709551615'") },
	{ PROCESS_OF(",'start':'00007','ppid':7") },
	{ PROCESS_OF(",'unreadable':false") },
	{ PROCESS_OF(",'cmdline':[]") },
	{ PROCESS_OF(",'cmdline':['']") },
	{ PROCESS_OF(",'cmdline':['','']") },
	{ PROCESS_OF(",'cmdline':['a\\\\x00b','']") },
	{ PROCESS_OF(",'ps':{'stat':'S\\\\x00S'}") },
	{ PROCESS_OF(",'container':null") },
	{ PROCESS_OF(",'container':{'engine':'x','id':'y','name':null,'pod':null,'new':7}") },
	{ PROCESS_OF(",'cgroup':null,'hostname':null") },
	{ PROCESS_OF(",'cgroup':'a\\\\x00b'") },
	{ PROCESS_OF(",'ps':{'stat':'S','rss':'18446744073709551615','started':'"
		     "9223372036854775807'}") },
	{ FILE_OF("'processes':[{'pid':7,'tgid':7,'comm':'a'},{'pid':7,'tgid':7,'comm':'b'}]") },
	{ FILE_OF("'processes':[{'pid':7,'tgid':8},{'pid':8,'tgid':7}]") },
	{ FILE_OF("'users':[{'uid':7},{'uid':3,'name':'x'},{'uid':5,'name':null}]") },
	{ FILE_OF("'groups':[{'gid':7},{'gid':3,'name':'x'}],'views':[{},{'users':'EIO'}]") },
	{ FILE_OF("'views':[{'users':[],'groups':[['4294967294','x'],[0,'y'],[0,'z']]}],"
		  "'processes':[{'pid':7,'tgid':7,'view':0,'nsuid':null},{'pid':8,'tgid':8,'view':"
		  "'viewer','nsuid':7}]") },
	{ FILE_OF("'subids':{'uids':[['a',0,1]],'gids':'EACCES'}") },
	{ FILE_OF("'subids':{'uids':[],'new':7}") },
	{ FILE_OF("'gaps':[{'source':'','error':'whatever'}]") },
	{ FILE_OF("'gaps':[{'source':'\\\\\\\\','error':'EIO'}]") },
	{ "{'snapshot':1,'snapshot':2,'host':{},'host':7}" },
};

static void a_file(void **state)
{
	_cleanup_(freep) char *json = json_of(ROW(struct row_file, state)->text);
	_forgotten_ struct both both = load(json, strlen(json));
	assert_comes_back(&both);
}

#define LONG_PIDS                                                                                  \
	"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,"  \
	"33,34"
#define NOT_OURS "this is not a saved snapshot of nstools"
#define U32 "4294967295"

/* What is wrong, and the whole message about it. */
static const struct row_damaged {
	const char *text, *message;
} damaged_rows[] = {
	{ "", "line 1, column 1: this is not JSON" },
	{ "hello", "line 1, column 1: this is not JSON" },
	{ "{'snapshot':1,\n 'host':x}", "line 2, column 9: this is not JSON" },
	{ "{'snapshot':1,\n\n'host':{}}}", "line 3, column 11: this is not JSON" },
	{ "{'snapshot':1,'host':{'hostname':'\\ud800'}}", "line 1, column 35: this is not JSON" },
	{ "null", NOT_OURS },
	{ "7", NOT_OURS },
	{ "[]", NOT_OURS },
	{ "{}", NOT_OURS },
	{ "{'nstools':1,'namespaces':[]}", NOT_OURS },
	{ "{'Snapshot':1,'host':{}}", NOT_OURS },
	{ "{'snapshot':null,'host':{}}", NOT_OURS },
	{ "{'snapshot':'one','host':{}}", NOT_OURS },
	{ "{'snapshot':1.5,'host':{}}", NOT_OURS },
	{ "{'snapshot':2,'host':{}}", "format 2 of saved snapshots is not known here, only 1" },
	{ "{'snapshot':0,'host':{}}", "format 0 of saved snapshots is not known here, only 1" },
	{ "{'snapshot':4294967295,'x':7}",
	  "format 4294967295 of saved snapshots is not known here, only 1" },
	{ "{'snapshot':1}", "host is missing" },
	{ "{'snapshot':1,'host':7}", "host is not an object" },
	{ "{'snapshot':1,'host':null}", "host is not an object" },
	{ "{'snapshot':1,'host':{'hostname':7}}", "hostname is not a text as we write them" },
	{ "{'snapshot':1,'host':{'hostname':'\\\\q'}}", "hostname is not a text as we write them" },
	{ "{'snapshot':1,'host':{'boot_id':[]}}", "boot_id is not a text as we write them" },
	{ "{'snapshot':1,'host':{'kernel':7}}", "kernel is not a text as we write them" },
	{ "{'snapshot':1,'host':{'taken':7}}", "taken is not a text as we write them" },
	{ "{'snapshot':1,'host':{'taken':'now'}}", "taken is not a time" },
	{ "{'snapshot':1,'host':{'taken':'2026-11-24'}}", "taken is not a time" },
	{ "{'snapshot':1,'host':{'taken':'2026-11-24T06:00:00'}}", "taken is not a time" },
	{ "{'snapshot':1,'host':{'taken':'2026-11-24T06:00:00Zx'}}", "taken is not a time" },
	{ "{'snapshot':1,'host':{'taken':'2026-13-24T06:00:00Z'}}", "taken is not a time" },
	{ "{'snapshot':1,'host':{'taken':'1969-12-31T23:59:59Z'}}", "taken is not a time" },
	{ FILE_OF("'origin':[]"), "origin is not an object" },
	{ FILE_OF("'origin':{'source':7}"), "source is not a text as we write them" },
	{ FILE_OF("'origin':{'foreign_proc':1}"), "foreign_proc is neither true nor false" },
	{ FILE_OF("'origin':{'viewer':[]}"), "viewer is not an object" },
	{ FILE_OF("'origin':{'viewer':{'pid':-1}}"), "pid is not a number from 0 to " U32 },
	{ FILE_OF("'origin':{'initial':7}"), "initial is not an object" },
	{ FILE_OF("'origin':{'initial':{'uts':4294967296}}"),
	  "uts is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':{}"), "namespaces is not an array" },
	{ FILE_OF("'namespaces':[7]"), "namespaces[0]: not an object" },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':1},null]"), "namespaces[1]: not an object" },
	{ FILE_OF("'namespaces':[{}]"), "namespaces[0]: kind is not a kind of namespace" },
	{ FILE_OF("'namespaces':[{'kind':7}]"), "namespaces[0]: kind is not a kind of namespace" },
	{ FILE_OF("'namespaces':[{'kind':'nets','ino':1}]"),
	  "namespaces[0]: kind is not a kind of namespace" },
	{ FILE_OF("'namespaces':[{'kind':'NET','ino':1}]"),
	  "namespaces[0]: kind is not a kind of namespace" },
	{ FILE_OF("'namespaces':[{'kind':'net'}]"), "namespaces[0]: ino is missing" },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':null}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':-1}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':1.5}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':4294967296}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':1e300}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':'1x'}]"),
	  "namespaces[0]: ino is not a number from 0 to " U32 },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':1},{'kind':'net','ino':1}]"),
	  "namespaces[1]: net:[1] is there twice" },
	{ NS_OF(",'dev':-1"), "namespaces[0]: dev is not a number from 0 to 18446744073709551615" },
	{ NS_OF(",'id':1.5"), "namespaces[0]: id is not a number from 0 to 18446744073709551615" },
	{ NS_OF(",'id':'18446744073709551616'"),
	  "namespaces[0]: id is not a number from 0 to 18446744073709551615" },
	{ "{'snapshot':1,'host':{'taken':'9999-12-31T23:59:60Z'}}", "taken is not a time" },
	{ NS_OF(",'id':9007199254740993"),
	  "namespaces[0]: id is not a number from 0 to 18446744073709551615" },
	{ NS_OF(",'unborn':1"), "namespaces[0]: unborn is neither true nor false" },
	{ NS_OF(",'owner_uid':4294967295"),
	  "namespaces[0]: owner_uid is not a number from 0 to 4294967294" },
	{ NS_OF(",'owner':6"), "namespaces[0]: owner is user:[6], which is not there" },
	{ NS_OF(",'owner':-1"), "namespaces[0]: owner leads nowhere" },
	{ NS_OF(",'owner':true"), "namespaces[0]: owner leads nowhere" },
	{ NS_OF(",'uids':7"), "namespaces[0]: uids is not a map of ids" },
	{ NS_OF(",'uids':null"), "namespaces[0]: uids is not a map of ids" },
	{ NS_OF(",'uids':[7]"), "namespaces[0]: uids is not a map of ids" },
	{ NS_OF(",'gids':[[0,0]]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'gids':[[0,0,1,1]]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'gids':[[0,0,1],[0,0,0]]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'gids':[[0,-1,1]]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'gids':[[1,0,4294967295]]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'gids':[{'a':0,'b':0,'c':1}]"), "namespaces[0]: gids is not a map of ids" },
	{ NS_OF(",'parent':6"), "namespaces[0]: parent is user:[6], which is not there" },
	{ NS_OF(",'parent':{}"), "namespaces[0]: parent leads nowhere" },
	{ NS_OF(",'parent':5"), "namespaces[0]: parent leads in a circle" },
	{ FILE_OF("'namespaces':[{'kind':'pid','ino':1},{'kind':'pid','ino':2,'parent':3},{'kind':'"
		  "pid','ino':3,'parent':2}]"),
	  "namespaces[1]: parent leads in a circle" },
	{ FILE_OF("'namespaces':[{'kind':'net','ino':1},{'kind':'uts','ino':2,'owner':1}]"),
	  "namespaces[1]: owner is user:[1], which is not there" },
	{ FILE_OF("'groups':[{'name':'x'}]"), "groups[0]: gid is missing" },
	{ FILE_OF("'groups':[{'gid':4294967295}]"),
	  "groups[0]: gid is not a number from 0 to 4294967294" },
	{ FILE_OF("'views':7"), "views is not an array" },
	{ FILE_OF("'views':[{'users':7}]"), "views[0]: users is not an array" },
	{ FILE_OF("'views':[{'users':{'a':7}}]"), "views[0]: users[0] is not an id with its name" },
	{ FILE_OF("'views':[{},{'groups':[[0,'x'],[1]]}]"),
	  "views[1]: groups[1] is not an id with its name" },
	{ FILE_OF("'views':[{'groups':[[0,'x',1]]}]"),
	  "views[0]: groups[0] is not an id with its name" },
	{ FILE_OF("'views':[{'groups':[[-1,'x']]}]"),
	  "views[0]: groups[0] is not an id with its name" },
	{ FILE_OF("'views':[{'groups':[[1,'\\\\q']]}]"),
	  "views[0]: groups[0] is not an id with its name" },
	{ FILE_OF("'subids':[]"), "subids is not an object" },
	{ FILE_OF("'subids':{'uids':7}"), "uids is not an array" },
	{ FILE_OF("'subids':{'gids':[['a',0]]}"), "gids[0] is not a range of a user" },
	{ FILE_OF("'subids':{'gids':[['a',0,1],['a',0,0]]}"), "gids[1] is not a range of a user" },
	{ FILE_OF("'subids':{'gids':[[0,0,1]]}"), "gids[0] is not a range of a user" },
	{ PROCESS_OF(",'view':0"), "processes[0]: view leads nowhere" },
	{ PROCESS_OF(",'view':'x'"), "processes[0]: view leads nowhere" },
	{ PROCESS_OF(",'nsuid':4294967295"), "processes[0]: nsuid is not a user id" },
	{ FILE_OF("'processes':7"), "processes is not an array" },
	{ FILE_OF("'processes':['x']"), "processes[0]: not an object" },
	{ FILE_OF("'processes':[{}]"), "processes[0]: pid or tgid is missing" },
	{ FILE_OF("'processes':[{'pid':7}]"), "processes[0]: pid or tgid is missing" },
	{ FILE_OF("'processes':[{'tgid':7}]"), "processes[0]: pid or tgid is missing" },
	{ FILE_OF("'processes':[{'pid':0,'tgid':7}]"), "processes[0]: pid or tgid is missing" },
	{ FILE_OF("'processes':[{'pid':7,'tgid':0}]"), "processes[0]: pid or tgid is missing" },
	{ FILE_OF("'processes':[{'pid':2147483648,'tgid':7}]"),
	  "processes[0]: pid is not a number from 0 to 2147483647" },
	{ FILE_OF("'processes':[{'pid':7,'tgid':'x'}]"),
	  "processes[0]: tgid is not a number from 0 to 2147483647" },
	{ PROCESS_OF("},{'pid':8,'tgid':8,'ppid':-1"),
	  "processes[1]: ppid is not a number from 0 to 2147483647" },
	{ PROCESS_OF(",'uid':4294967295"),
	  "processes[0]: uid is not a number from 0 to 4294967294" },
	{ PROCESS_OF(",'tasks':4294967296"), "processes[0]: tasks is not a number from 0 to " U32 },
	{ PROCESS_OF(",'start':'-1'"),
	  "processes[0]: start is not a number from 0 to 18446744073709551615" },
	{ PROCESS_OF(",'start':9007199254740993"),
	  "processes[0]: start is not a number from 0 to 18446744073709551615" },
	{ PROCESS_OF(",'unreadable':1"), "processes[0]: unreadable is neither true nor false" },
	{ PROCESS_OF(",'comm':7"), "processes[0]: comm is not a text as we write them" },
	{ PROCESS_OF(",'comm':'\\\\x4'"), "processes[0]: comm is not a text as we write them" },
	{ PROCESS_OF(",'state':7"), "processes[0]: state is not a text as we write them" },
	{ PROCESS_OF(",'state':''"), "processes[0]: state is not a letter" },
	{ PROCESS_OF(",'state':'Ss'"), "processes[0]: state is not a letter" },
	{ PROCESS_OF(",'ns':[]"), "processes[0]: ns is not an object" },
	{ PROCESS_OF(",'ns':{'net':9}"), "processes[0]: net is net:[9], which is not there" },
	{ PROCESS_OF(",'ns':{'net':1.5}"), "processes[0]: net leads nowhere" },
	{ PROCESS_OF(",'pid_for_children':9"),
	  "processes[0]: pid_for_children is pid:[9], which is not there" },
	{ PROCESS_OF(",'time_for_children':9"),
	  "processes[0]: time_for_children is time:[9], which is not there" },
	{ PROCESS_OF(",'pids':7"), "processes[0]: pids is not an array" },
	{ PROCESS_OF(",'pids':[7,'x']"), "processes[0]: pids is not a list of PIDs" },
	{ PROCESS_OF(",'pids':[2147483648]"), "processes[0]: pids is not a list of PIDs" },
	{ PROCESS_OF(",'pids':[" LONG_PIDS "]"), "processes[0]: pids is not a list of PIDs" },
	{ PROCESS_OF(",'pids':[7]"), "processes[0]: pgids is missing" },
	{ PROCESS_OF(",'pids':[7],'pgids':[7]"), "processes[0]: sids is missing" },
	{ PROCESS_OF(",'pids':[7,1],'pgids':[7],'sids':[7,1]"),
	  "processes[0]: pgids is not as long as pids" },
	{ PROCESS_OF(",'pids':[7,1],'pgids':[7,1],'sids':[]"),
	  "processes[0]: sids is not as long as pids" },
	{ PROCESS_OF(",'pids':[7],'pgids':[7],'sids':[7,1]"),
	  "processes[0]: sids is not as long as pids" },
	{ PROCESS_OF(",'cmdline':'sh'"), "processes[0]: cmdline is not an array" },
	{ PROCESS_OF(",'cmdline':['sh',7]"), "processes[0]: cmdline is not a list of texts" },
	{ PROCESS_OF(",'cmdline':['\\\\']"), "processes[0]: cmdline is not a list of texts" },
	{ PROCESS_OF(",'ps':[]"), "processes[0]: ps is not an object" },
	{ PROCESS_OF(",'container':[]"), "processes[0]: container is not an object" },
	{ PROCESS_OF(",'container':'docker:chal'"), "processes[0]: container is not an object" },
	{ PROCESS_OF(",'container':{}"), "processes[0]: container has no engine or no id" },
	{ PROCESS_OF(",'container':{'engine':'x'}"),
	  "processes[0]: container has no engine or no id" },
	{ PROCESS_OF(",'container':{'engine':'x','id':null}"),
	  "processes[0]: container has no engine or no id" },
	{ PROCESS_OF(",'container':{'engine':'x','id':7}"),
	  "processes[0]: id is not a text as we write them" },
	{ PROCESS_OF(",'container':{'engine':'x','id':'y','pod':{}}"),
	  "processes[0]: pod is not a text as we write them" },
	{ PROCESS_OF(",'cgroup':7"), "processes[0]: cgroup is not a text as we write them" },
	{ PROCESS_OF(",'hostname':'\\\\q'"),
	  "processes[0]: hostname is not a text as we write them" },
	{ PROCESS_OF(",'ps':{}"), "processes[0]: ps.stat is not as ps has it" },
	{ PROCESS_OF(",'ps':{'stat':'12345678'}"), "processes[0]: ps.stat is not as ps has it" },
	{ PROCESS_OF(",'ps':{'stat':7}"), "processes[0]: stat is not a text as we write them" },
	{ PROCESS_OF(",'ps':{'stat':'S','tty':7}"),
	  "processes[0]: tty is not a text as we write them" },
	{ PROCESS_OF(",'cmdline':['x'],'ps':{'stat':'S','tty':'x','rss':-1}"),
	  "processes[0]: rss is not a number from 0 to 18446744073709551615" },
	{ PROCESS_OF(",'ps':{'stat':'S','started':'9223372036854775808'}"),
	  "processes[0]: started is not a number from 0 to 9223372036854775807" },
	{ FILE_OF("'users':7"), "users is not an array" },
	{ FILE_OF("'users':[{'name':'x'}]"), "users[0]: uid is missing" },
	{ FILE_OF("'users':[{'uid':1},{'uid':4294967295}]"),
	  "users[1]: uid is not a number from 0 to 4294967294" },
	{ FILE_OF("'users':[{'uid':1,'name':7}]"),
	  "users[0]: name is not a text as we write them" },
	{ FILE_OF("'gaps':{}"), "gaps is not an array" },
	{ FILE_OF("'gaps':[{'source':'x'}]"), "gaps[0]: source or error is missing" },
	{ FILE_OF("'gaps':[{'error':'EIO'}]"), "gaps[0]: source or error is missing" },
	{ FILE_OF("'gaps':[{'source':7,'error':'EIO'}]"),
	  "gaps[0]: source is not a text as we write them" },
	{ FILE_OF("'gaps':[{'source':'x','error':7}]"),
	  "gaps[0]: error is not a text as we write them" },
};

static int parse_exactly(const char *text, size_t n, struct both *both, struct error *err)
{
	_cleanup_(freep) char *copy = exact_copy(text, n + 1);
	copy[n] = 0;
	return snapshot_parse(copy, n, false, &both->snapshot, &both->details, err);
}

static void damaged(void **state)
{
	const struct row_damaged *row = ROW(struct row_damaged, state);
	_cleanup_(freep) char *json = json_of(row->text);
	struct both both = { NULL, NULL };
	struct error err = { 0 };
	assert_int_equal(parse_exactly(json, strlen(json), &both, &err), -EINVAL);
	assert_int_equal(err.number, EINVAL);
	assert_string_equal(err.text, row->message);
	assert_null(both.snapshot); /* untouched */
	assert_null(both.details);
	assert_int_equal(parse_exactly(json, strlen(json), &both, NULL), -EINVAL);
}

/* N namespaces of one kind, each below the next; KEY says what they are to each other. */
static char *chain_of(size_t n, const char *key, size_t *ret_n)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_n);
	fputs("{\"snapshot\":1,\"host\":{},\"namespaces\":[", stream);
	for (size_t i = 1; i <= n; i++)
		fprintf(stream,
			i < n ? "{\"kind\":\"user\",\"ino\":%zu,\"%s\":%zu},"
			      : "{\"kind\":\"user\",\"ino\":%zu}]}",
			i, key, i + 1);
	fclose(stream);
	return text;
}

/* User namespaces nest at most 33 deep below the initial one. */
static void the_deepest_nest(void **state _unused_)
{
	size_t n;
	_cleanup_(freep) char *deepest = chain_of(34, "parent", &n);
	_forgotten_ struct both both = load(deepest, n);
	assert_comes_back(&both);
	_cleanup_(freep) char *deeper = chain_of(35, "parent", &n);
	struct error err = { 0 };
	assert_int_equal(parse_exactly(deeper, n, &both, &err), -EINVAL);
	assert_string_equal(err.text, "namespaces[0]: parent leads in a circle");
}

static void parse_with_little_stack(const char *text, size_t n)
{
	struct rlimit little = { .rlim_cur = 512 * 1024, .rlim_max = 512 * 1024 };
	struct both both = { NULL, NULL };
	struct error err = { 0 };
	setrlimit(RLIMIT_STACK, &little);
	int r = parse_exactly(text, n, &both, &err);
	if (r == 0)
		forget(&both);
	_exit(r == 0 || r == -EINVAL ? 0 : 1);
}

/* Nothing keeps the owners in a file from leading on and on: no stack may grow with them. */
static void owners_without_end(void **state _unused_)
{
	size_t n;
	int status;
	_cleanup_(freep) char *text = chain_of(50000, "owner", &n);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		parse_with_little_stack(text, n);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Something of everything. */
static struct both everything(void)
{
	struct builder *builder =
		builder_from("ns user 5 owner=- parent=- uid=0 id=3; ns net 40 owner=5 "
			     "id=9007199254740993; ns pid 3 parent=EPERM owner=5;"
			     "p 1 unreadable net=EACCES; p 7 ppid=1 uid=0 start=99 state=S "
			     "comm=a\\\xff net=40 user=5 pid=3 pids=7/1"
			     " pid_for_children=3; t 8 7 net=-; gap /proc/1/ns EACCES");
	*builder_origin(builder) = (struct origin){ .hostname = "h",
						    .boot_id = "b",
						    .release = "6",
						    .source = "proc",
						    .taken = 1795500000,
						    .viewer = { 1 },
						    .initial = { 1, 2, 3, 4, 5, 6, 7, 8 } };
	struct both both = { .snapshot = builder_finish(builder) };
	struct details_builder *details = details_builder_new();
	struct detail detail = { .process = the_process(both.snapshot, 7),
				 .has_cmdline = true,
				 .cmdline = "sh\0-c",
				 .n_cmdline = 5,
				 .ps = { .known = true, .stat = "Ss", .tty = "pts/0", .rss = 7 } };
	details_builder_add(details, &detail);
	details_builder_add_user(details, 0, "root");
	both.details = details_builder_finish(details);
	return both;
}

static void truncated_anywhere(void **state _unused_)
{
	_forgotten_ struct both both = everything();
	size_t n;
	_cleanup_(freep) char *text = saved_text(both.snapshot, both.details, false, &n);
	assert_comes_back(&both);
	for (size_t i = 0; i + 1 < n; i++) { /* only the last newline may be missing */
		struct both cut = { NULL, NULL };
		struct error err = { 0 };
		assert_int_equal(parse_exactly(text, i, &cut, &err), -EINVAL);
		assert_non_null(strstr(err.text, "this is not JSON"));
	}
}

/* Each byte replaced by others: an error with a message, or a snapshot like any other. */
static void changed_anywhere(void **state _unused_)
{
	static const char others[] = { '0', '9', '"', '\\',   '}',    ',',
				       'n', ' ', '-', '\x01', '\xff', '\0' };
	_forgotten_ struct both both = everything();
	size_t n;
	_cleanup_(freep) char *text = saved_text(both.snapshot, both.details, false, &n);
	for (size_t i = 0; i < n * sizeof(others); i++) {
		struct both changed = { NULL, NULL };
		struct error err = { 0 };
		char before = text[i / sizeof(others)];
		text[i / sizeof(others)] = others[i % sizeof(others)];
		int r = parse_exactly(text, n, &changed, &err);
		text[i / sizeof(others)] = before;
		assert_true(r == 0 || (r == -EINVAL && *err.text));
		if (r == 0)
			assert_comes_back(&changed);
		forget(&changed);
	}
}

/* What stands behind a NUL is damage too. */
static void nothing_hides_behind_a_nul(void **state _unused_)
{
	static const char text[] = "{\"snapshot\":1,\"host\":{}}\n\0garbage";
	_forgotten_ struct both both = { NULL, NULL };
	struct error err = { 0 };
	assert_int_equal(parse_exactly(text, sizeof(text) - 1, &both, &err), -EINVAL);
	assert_string_equal(err.text, "line 2, column 1: this is not JSON");
}

/* The details of who lost its number to another process do not go over to that. */
static void details_stay_with_their_process(void **state _unused_)
{
	_cleanup_(freep) char *json =
		json_of(FILE_OF("'processes':[{'pid':7,'tgid':7,'cmdline':['first']},{'pid':7,'"
				"tgid':7,'comm':'second'}]"));
	_forgotten_ struct both both = load(json, strlen(json));
	assert_int_equal(both.snapshot->n_processes, 1);
	assert_string_equal(both.snapshot->processes[0]->comm, "second");
	assert_null(details_find(both.details, both.snapshot->processes[0]));
}

static void absent_is_not_asked(void **state _unused_)
{
	_cleanup_(freep) char *json =
		json_of(FILE_OF("'namespaces':[{'kind':'user','ino':5},{'kind':'net','ino':6}],"
				"'processes':[{'pid':7,'tgid':7}]"));
	_forgotten_ struct both both = load(json, strlen(json));
	struct process blank = process_blank(7, 7);
	same_process(the_process(both.snapshot, 7), &blank);
	const struct ns *user = the_ns(both.snapshot, NS_USER, 5),
			*net = the_ns(both.snapshot, NS_NET, 6);
	assert_int_equal(user->dev, 0);
	assert_int_equal(user->owner.why, ENODATA);
	assert_int_equal(user->parent.why, ENODATA);
	assert_int_equal(user->owner_uid, UID_UNKNOWN);
	assert_int_equal(net->parent.why, 0);
	assert_null(both.snapshot->origin.hostname);
	assert_int_equal(both.snapshot->origin.initial[NS_PID], 4026531836);
	assert_int_equal(both.snapshot->origin.initial[NS_NET], 0);
}

/* Errors that another system knows, or a newer version, are still errors. */
static void errors_that_mean_nothing_here(void **state _unused_)
{
	_cleanup_(freep) char *json = json_of(
		FILE_OF("'namespaces':[{'kind':'user','ino':5,'owner':'ENEW','parent':'0'}],"
			"'gaps':[{'source':'x','error':''},{'source':'y','error':'EACCES'}]"));
	_forgotten_ struct both both = load(json, strlen(json));
	const struct ns *user = the_ns(both.snapshot, NS_USER, 5);
	assert_null(user->owner.to);
	assert_int_equal(user->owner.why, EIO);
	assert_int_equal(user->parent.why, EIO);
	assert_int_equal(both.snapshot->gaps[0].why, EIO);
	assert_int_equal(both.snapshot->gaps[1].why, EACCES);
}

static int load_path(const char *path, struct both *both, struct error *err)
{
	FILE *stream = fopen(path, "re");
	assert_non_null(stream);
	int r = snapshot_load(stream, false, &both->snapshot, &both->details, err);
	fclose(stream);
	return r;
}

/* The stream is read in steps of growing size: none may be lost at their borders. */
static void files_of_all_sizes(void **state _unused_)
{
	static const size_t sizes[] = { 24, 65534, 65535, 65536, 131070, 131071, 131072, 300000 };
	_cleanup_(freep) char *path = scratch_path("padded"), *text = xmalloc(300000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_forgotten_ struct both both = { NULL, NULL };
		struct error err = { 0 };
		memset(text, ' ', sizes[i]);
		memcpy(text, "{\"snapshot\":1,\"host\":{}", 23);
		text[sizes[i] - 1] = '}'; /* lost, if less were read */
		write_file(path, text, sizes[i]);
		assert_int_equal(load_path(path, &both, &err), 0);
		assert_int_equal(both.snapshot->n_processes, 0);
	}
}

static void streams_that_give_nothing(void **state _unused_)
{
	struct both both = { NULL, NULL };
	struct error err = { 0 };
	assert_int_equal(load_path("/dev/null", &both, &err), -EINVAL);
	assert_string_equal(err.text, "line 1, column 1: this is not JSON");
	assert_int_equal(load_path("/", &both, &err), -EISDIR);
	assert_string_equal(err.text, "cannot read: Is a directory");
	assert_null(both.snapshot);
}

/* A redacted file is a snapshot like any other, with as many arguments. */
static void redacted_files_load(void **state _unused_)
{
	_forgotten_ struct both both = everything();
	size_t n;
	_cleanup_(freep) char *text = saved_text(both.snapshot, both.details, true, &n);
	_forgotten_ struct both loaded = load(text, n);
	const struct detail *detail = details_find(loaded.details, the_process(loaded.snapshot, 7));
	const struct detail *before = details_find(both.details, the_process(both.snapshot, 7));
	size_t n_arguments = 0;
	for (size_t i = 0; i <= detail->n_cmdline; i++)
		n_arguments += detail->cmdline[i] == 0;
	assert_int_equal(n_arguments, 2);
	assert_memory_not_equal(detail->cmdline, before->cmdline, 2);
	assert_comes_back(&loaded);
}

int main(void)
{
	TEST_ROWS(a_system, system_rows);
	TEST_ROWS(an_origin, origin_rows);
	TEST_ROWS(a_gap, gap_rows);
	TEST_ROWS(a_detail, detail_rows);
	TEST(user_names);
	TEST(views);
	TEST(subordinate_ids);
	TEST(a_large_one);
	TEST_ROWS(a_file, file_rows);
	TEST_ROWS(damaged, damaged_rows);
	TEST(the_deepest_nest);
	TEST(owners_without_end);
	TEST(truncated_anywhere);
	TEST(changed_anywhere);
	TEST(nothing_hides_behind_a_nul);
	TEST(details_stay_with_their_process);
	TEST(absent_is_not_asked);
	TEST(errors_that_mean_nothing_here);
	TEST(files_of_all_sizes);
	TEST(streams_that_give_nothing);
	TEST(redacted_files_load);
	return suite_run("saved");
}
