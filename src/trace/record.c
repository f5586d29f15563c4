/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/record.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "trace/calls.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"

_Static_assert((int)WATCH_NS_COUNT == NS_KIND_COUNT && (int)WATCH_NS_PID == NS_PID &&
		       (int)WATCH_NS_UTS == NS_UTS,
	       "a record lists namespaces in the order of enum ns_kind");

static void copy_namespaces(const __u32 from[WATCH_NS_COUNT], ino_t to[NS_KIND_COUNT])
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		to[kind] = from[kind];
}

static void copy_task(const struct watch_task *from, struct event_task *to)
{
	to->pid = from->pid;
	to->tgid = from->tgid;
	to->ppid = from->ppid;
	to->n_pids = from->n_pids <= ARRAY_SIZE(to->pids) ? from->n_pids : 0;
	memcpy(to->pids, from->pids, to->n_pids * sizeof(*to->pids));
	memcpy(to->comm, from->comm, sizeof(from->comm));
	copy_namespaces(from->ns, to->ns);
}

/* The names of a path, the innermost first, as the link to it has them: "/run/netns/blue". A file
 * that is on no tree has at most a name of its own; NULL: not even that. */
static char *join_names(const char *names, size_t n, bool is_deleted, bool is_cut)
{
	char *path = xcalloc(n + sizeof("...// (deleted)"), 1);
	size_t at = n;
	if (n == sizeof("/") && names[0] == '/') {
		free(path);
		return NULL;
	}
	if (is_cut)
		strcpy(path, "...");
	while (at > 0) {
		size_t start = at - 1;
		while (start > 0 && names[start - 1])
			start--;
		strcat(strcat(path, "/"), names + start);
		at = start;
	}
	if (!*path)
		strcpy(path, "/");
	return is_deleted ? strcat(path, " (deleted)") : path;
}

/* What the descriptor of a setns(2) is. */
static char *describe_fd(const struct watch_record *record, const char *path)
{
	switch (record->fd_kind) {
	case WATCH_FD_PIDFD:
		return record->fd_pid ? xasprintf("the pidfd of %d", record->fd_pid)
				      : xstrdup("a pidfd");
	case WATCH_FD_NS:
		for (enum ns_kind kind = 0; !path && kind < NS_KIND_COUNT; kind++)
			if (record->fd == (__u32)ns_kind_info(kind)->clone_flag)
				return xasprintf("%s:[%u]", ns_kind_name(kind), record->fd_ino);
		break;
	}
	return xstrdup(path ? path : "?");
}

struct telling {
	const struct watch_record *record;
	const char *call_path, *text, *args; /* NULL: none, or not readable */
	char *file;			     /* of the names */
	struct event event;
	event_sink *sink;
	void *who;
};

static void tell(struct telling *telling, enum event_type type)
{
	telling->event.type = type;
	telling->sink(telling->who, &telling->event);
}

static void tell_moved(struct telling *telling, enum event_type type)
{
	const struct watch_record *record = telling->record;
	struct event *event = &telling->event;
	_cleanup_(freep) char *fd = NULL;
	event->flags = record->args[type == EVENT_SETNS] & CLONE_NEW_ALL;
	copy_namespaces(record->before, event->before);
	if (type == EVENT_SETNS)
		event->text = fd = describe_fd(record, telling->file);
	if (type == EVENT_SETNS || event->flags)
		tell(telling, type);
}

static void tell_failed_clone(struct telling *telling, uint64_t flags)
{
	telling->event.flags = flags & CLONE_NEW_ALL;
	copy_namespaces(telling->record->before, telling->event.before);
	tell(telling, EVENT_CLONE);
}

static void tell_prctl(struct telling *telling)
{
	switch (telling->record->args[0]) {
	case PR_SET_NAME:
		telling->event.text = telling->event.task.comm;
		tell(telling, EVENT_NAME);
		break;
	case PR_SET_NO_NEW_PRIVS:
		telling->event.text = "no_new_privs";
		tell(telling, EVENT_RIGHTS);
		break;
	case PR_SET_SECCOMP:
		telling->event.text = "seccomp";
		tell(telling, EVENT_RIGHTS);
		break;
	}
}

static void tell_call(struct telling *telling)
{
	const struct watch_record *record = telling->record;
	struct event *event = &telling->event;
	enum call call = call_by_number(CALL_ARCH, record->number);
	event->why = record->result < 0 ? -(int)record->result : 0;
	event->path = telling->call_path;
	event->text = telling->text;
	switch (call) {
	case CALL_EXECVE:
	case CALL_EXECVEAT:
		if (event->why != ENOENT) /* execvp(3) looks in one folder after the other */
			tell(telling, EVENT_EXEC);
		break;
	case CALL_FORK:
	case CALL_VFORK:
		tell_failed_clone(telling, 0);
		break;
	case CALL_CLONE: /* 0x80 is in the byte of the exit signal */
		tell_failed_clone(telling, record->args[0] & ~(uint64_t)CLONE_NEWTIME);
		break;
	case CALL_CLONE3:
		tell_failed_clone(telling, record->flags);
		break;
	case CALL_UNSHARE:
		tell_moved(telling, EVENT_UNSHARE);
		break;
	case CALL_SETNS:
		tell_moved(telling, EVENT_SETNS);
		break;
	case CALL_PIVOT_ROOT:
	case CALL_CHROOT:
		event->text = call_name(call);
		tell(telling, EVENT_ROOT);
		break;
	case CALL_SETHOSTNAME:
		tell(telling, EVENT_HOSTNAME);
		break;
	case CALL_MOUNT:
		if (event->text && *event->text && call_mounts(record->args[3]))
			tell(telling, EVENT_MOUNT);
		break;
	case CALL_FSOPEN:
	case CALL_MOVE_MOUNT:
		tell(telling, EVENT_MOUNT);
		break;
	case CALL_SECCOMP:
		if (!call_sets_filter(record->args[0], record->args[2]))
			break;
		/* fallthrough */
	case CALL_CAPSET:
		event->text = call_name(call);
		tell(telling, EVENT_RIGHTS);
		break;
	case CALL_PRCTL:
		tell_prctl(telling);
		break;
	default:
		break;
	}
}

/* Where they are more than a record takes, the last one says so. */
static void tell_exec(struct telling *telling)
{
	const struct watch_record *record = telling->record;
	size_t n = telling->args ? record->n_args - 1 : 0, n_args = 0;
	_cleanup_(freep) const char **args = xcalloc(n + 2, sizeof(*args));
	for (size_t at = 0; at < n; at += strlen(telling->args + at) + 1)
		args[n_args++] = telling->args + at;
	if (record->is_cut)
		args[n_args++] = "...";
	telling->event.path = telling->file;
	telling->event.args = args;
	telling->event.n_args = n_args;
	tell(telling, EVENT_EXEC);
}

static void tell_map(struct telling *telling)
{
	const struct watch_record *record = telling->record;
	_cleanup_(freep) char *lines = telling->text ? xstrdup(telling->text) : NULL;
	size_t n = lines ? strlen(lines) : 0;
	if (n && lines[n - 1] == '\n')
		lines[n - 1] = 0;
	telling->event.why = record->result < 0 ? -(int)record->result : 0;
	telling->event.path = telling->file;
	telling->event.text = lines;
	tell(telling, EVENT_MAP);
}

static void tell_record(struct telling *telling)
{
	const struct watch_record *record = telling->record;
	struct event *event = &telling->event;
	switch (record->what) {
	case WATCH_EXEC:
		tell_exec(telling);
		break;
	case WATCH_CHILD:
		event->flags = record->flags & CLONE_NEW_ALL;
		copy_namespaces(record->before, event->before);
		copy_task(&record->child, &event->child);
		tell(telling, EVENT_CLONE);
		break;
	case WATCH_FORK:
		copy_task(&record->child, &event->child);
		tell(telling, EVENT_FORK);
		break;
	case WATCH_CALL:
		if (!call_is_restarted(record->result))
			tell_call(telling);
		break;
	case WATCH_MOVED:
		copy_namespaces(record->before, event->before);
		tell(telling, EVENT_MOVED);
		break;
	case WATCH_MAP:
		tell_map(telling);
		break;
	case WATCH_EXIT:
		event->status = record->result;
		tell(telling, EVENT_EXIT);
		break;
	}
}

/* The next N bytes, which end with a NUL. */
static const char *next(const char **at, size_t n)
{
	const char *text = n ? *at : NULL;
	*at += n;
	return text;
}

void record_tell(const struct watch_record *record, const char *bytes, int64_t offset,
		 event_sink *sink, void *who)
{
	struct telling telling = { .record = record, .sink = sink, .who = who };
	/* Whoever is outside of our pid namespace has no number that we could tell. */
	if (!record->task.pid)
		return;
	const char *names = next(&bytes, record->n_names);
	telling.call_path = next(&bytes, record->n_path);
	telling.text = next(&bytes, record->n_text);
	telling.args = next(&bytes, record->n_args);
	_cleanup_(freep) char *file = record->has_file
					    ? join_names(names, record->n_names, record->is_deleted,
							 record->is_path_cut)
					    : NULL;
	telling.file = file;
	telling.event.time = record->time + offset;
	copy_task(&record->task, &telling.event.task);
	tell_record(&telling);
}
