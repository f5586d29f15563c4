/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/record.h"

#include <sched.h>
#include <sys/prctl.h>

#include "fixture.h"
#include "trace/calls.h"
#include "uapi/nsfs.h"

/* What is told of a record: "setns flags=40000000 text=/run/netns/blue", empty where that is
 * nothing. Bytes of a row are those behind its record; N_… are counted from them. */
static void print_event(void *who, const struct event *event)
{
	FILE *out = who;
	fputs(event_type_name(event->type), out);
	if (event->flags)
		fprintf(out, " flags=%x", event->flags);
	if (event->why)
		fprintf(out, " why=%d", event->why);
	if (event->path)
		fprintf(out, " path=%s", event->path);
	if (event->text)
		fprintf(out, " text=%s", event->text);
	for (size_t i = 0; i < event->n_args; i++)
		fprintf(out, " %s", event->args[i]);
	if (event->child.pid)
		fprintf(out, " child=%d", event->child.pid);
	if (event->status)
		fprintf(out, " status=%x", event->status);
}

#define BYTES(text) text, sizeof(text) /* with its NUL */

static const struct row_record {
	const char *told;
	enum call call; /* of WATCH_CALL */
	struct watch_record record;
	const char *names;
	size_t n_names;
	const char *path;
	size_t n_path;
	const char *text;
	size_t n_text;
	const char *args;
	size_t n_args;
} record_rows[] = {
	{ "exec path=/usr/bin/env env -i",
	  0,
	  { .what = WATCH_EXEC, .has_file = 1 },
	  BYTES("env\0bin\0usr"),
	  .args = BYTES("env\0-i") },
	{ "exec path=/x (deleted) x ...",
	  0,
	  { .what = WATCH_EXEC, .has_file = 1, .is_deleted = 1, .is_cut = 1 },
	  BYTES("x"),
	  .args = BYTES("x") },
	{ "exec path=.../x",
	  0,
	  { .what = WATCH_EXEC, .has_file = 1, .is_path_cut = 1 },
	  BYTES("x") },
	{ "exec path=/", 0, { .what = WATCH_EXEC, .has_file = 1 } },
	{ "exec", 0, { .what = WATCH_EXEC } },
	{ "exec why=13 path=/no",
	  CALL_EXECVE,
	  { .what = WATCH_CALL, .result = -EACCES },
	  .path = BYTES("/no") },
	{ "", CALL_EXECVE, { .what = WATCH_CALL, .result = -ENOENT }, .path = BYTES("/no") },
	{ "setns flags=40000000 text=/run/netns/blue",
	  CALL_SETNS,
	  { .what = WATCH_CALL,
	    .args = { 3, CLONE_NEWNET },
	    .has_file = 1,
	    .fd_kind = WATCH_FD_NS,
	    .fd = CLONE_NEWNET,
	    .fd_ino = 50 },
	  BYTES("blue\0netns\0run") },
	{ "setns text=net:[50]",
	  CALL_SETNS,
	  { .what = WATCH_CALL,
	    .has_file = 1,
	    .fd_kind = WATCH_FD_NS,
	    .fd = CLONE_NEWNET,
	    .fd_ino = 50 },
	  BYTES("/") },
	{ "setns flags=20000000 why=1 text=the pidfd of 7",
	  CALL_SETNS,
	  { .what = WATCH_CALL,
	    .result = -EPERM,
	    .args = { 3, CLONE_NEWPID },
	    .fd_kind = WATCH_FD_PIDFD,
	    .fd_pid = 7 } },
	{ "setns why=9 text=?", CALL_SETNS, { .what = WATCH_CALL, .result = -EBADF } },
	{ "unshare flags=20000080",
	  CALL_UNSHARE,
	  { .what = WATCH_CALL, .args = { CLONE_NEWPID | CLONE_NEWTIME | CLONE_FS } } },
	{ "", CALL_UNSHARE, { .what = WATCH_CALL, .args = { CLONE_FS | CLONE_FILES } } },
	/* 0x80 is a part of the signal at the end, in clone(2), and a time namespace in clone3(2).
	 */
	{ "clone flags=20000000 why=1",
	  CALL_CLONE,
	  { .what = WATCH_CALL, .result = -EPERM, .args = { CLONE_NEWPID | 0x80 } } },
	{ "clone flags=80 why=1",
	  CALL_CLONE3,
	  { .what = WATCH_CALL, .result = -EPERM, .flags = CLONE_NEWTIME } },
	{ "clone why=11",
	  CALL_CLONE,
	  { .what = WATCH_CALL, .result = -EAGAIN, .args = { CLONE_VM } } },
	{ "rights text=seccomp", CALL_SECCOMP, { .what = WATCH_CALL, .args = { 1, 0, 4096 } } },
	{ "", CALL_SECCOMP, { .what = WATCH_CALL, .result = -EFAULT, .args = { 1 } } },
	{ "", CALL_SECCOMP, { .what = WATCH_CALL, .args = { 2 } } },
	{ "", CALL_CLONE, { .what = WATCH_CALL, .result = -513, .args = { CLONE_NEWPID } } },
	{ "mount path=/proc text=proc",
	  CALL_MOUNT,
	  { .what = WATCH_CALL },
	  .path = BYTES("/proc"),
	  .text = BYTES("proc") },
	{ "", CALL_MOUNT, { .what = WATCH_CALL }, .path = BYTES("/b"), .text = BYTES("") },
	{ "", CALL_MOUNT, { .what = WATCH_CALL }, .path = BYTES("/b") },
	/* MS_BIND, as others than mount(8) do it, with a word for the type. */
	{ "",
	  CALL_MOUNT,
	  { .what = WATCH_CALL, .args = { 0, 0, 0, 4096 } },
	  .path = BYTES("/b"),
	  .text = BYTES("none") },
	{ "root path=/new text=pivot_root",
	  CALL_PIVOT_ROOT,
	  { .what = WATCH_CALL },
	  .path = BYTES("/new") },
	{ "hostname text=box", CALL_SETHOSTNAME, { .what = WATCH_CALL }, .text = BYTES("box") },
	{ "rights text=no_new_privs",
	  CALL_PRCTL,
	  { .what = WATCH_CALL, .args = { PR_SET_NO_NEW_PRIVS } } },
	{ "name text=sh",
	  CALL_PRCTL,
	  { .what = WATCH_CALL, .args = { PR_SET_NAME }, .task = { .comm = "sh" } } },
	{ "", CALL_PRCTL, { .what = WATCH_CALL, .args = { PR_GET_NAME } } },
	{ "map path=/proc/7/uid_map text=0 1000 1",
	  0,
	  { .what = WATCH_MAP, .has_file = 1, .result = 9 },
	  BYTES("uid_map\0"
		"7\0proc"),
	  .text = BYTES("0 1000 1\n") },
	{ "clone flags=20000000 child=8",
	  0,
	  { .what = WATCH_CHILD, .flags = CLONE_NEWPID | CLONE_VM, .child = { .pid = 8 } } },
	{ "fork child=8", 0, { .what = WATCH_FORK, .child = { .pid = 8 } } },
	{ "moved", 0, { .what = WATCH_MOVED } },
	{ "exit status=700", 0, { .what = WATCH_EXIT, .result = 0x700 } },
	{ "", 0, { .what = WATCH_END } },
};

static void what_is_told(void **state)
{
	const struct row_record *row = ROW(struct row_record, state);
	struct watch_record record = row->record;
	char bytes[256], *at = bytes;
	_cleanup_(freep) char *told = NULL;
	size_t n;
	if (record.what == WATCH_CALL && CALL_ARCH == 0)
		skip(); /* a machine whose numbers nobody knows */
	if (record.what == WATCH_CALL)
		record.number = call_number(row->call, CALL_ARCH);
	record.task.pid = 7;
	record.n_names = row->n_names;
	record.n_path = row->n_path;
	record.n_text = row->n_text;
	record.n_args = row->n_args;
	at = mempcpy(at, row->names ? row->names : "", row->n_names);
	at = mempcpy(at, row->path ? row->path : "", row->n_path);
	at = mempcpy(at, row->text ? row->text : "", row->n_text);
	mempcpy(at, row->args ? row->args : "", row->n_args);
	FILE *out = open_memstream(&told, &n);
	record_tell(&record, bytes, 0, print_event, out);
	fclose(out);
	assert_string_equal(told, row->told);
}

static void keep_event(void *who, const struct event *event)
{
	*(struct event *)who = *event;
}

static void who_and_when(void **state _unused_)
{
	const struct watch_record record = {
		.what = WATCH_MOVED,
		.time = 5,
		.before = { [WATCH_NS_NET] = 40 },
		.task = { .pid = 8,
			  .tgid = 7,
			  .ppid = 6,
			  .n_pids = 2,
			  .pids = { 8, 2 },
			  .comm = "x",
			  .ns = { [WATCH_NS_NET] = 50 } },
	};
	struct event event;
	record_tell(&record, "", 100, keep_event, &event);
	assert_int_equal(event.time, 105);
	assert_int_equal(event.task.pid, 8);
	assert_int_equal(event.task.tgid, 7);
	assert_int_equal(event.task.ppid, 6);
	assert_int_equal(event.task.n_pids, 2);
	assert_int_equal(event.task.pids[1], 2);
	assert_string_equal(event.task.comm, "x");
	assert_int_equal(event.task.ns[NS_NET], 50);
	assert_int_equal(event.before[NS_NET], 40);
}

static void outsiders(void **state _unused_)
{
	const struct watch_record record = { .what = WATCH_MOVED };
	record_tell(&record, "", 0, NULL, NULL); /* calls nobody */
}

int main(void)
{
	TEST_ROWS(what_is_told, record_rows);
	TEST(who_and_when);
	TEST(outsiders);
	return suite_run("record");
}
