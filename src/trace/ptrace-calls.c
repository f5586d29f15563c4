/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/ptrace-calls.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <time.h>

#include "trace/task.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"

/* Longer paths than this are cut, and longer maps. */
#define TEXT_MAX ((size_t)4096)

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Fills in who, where and when, and tells it. */
static void tell(struct tracing *tracing, const struct tracee *tracee, struct event *event)
{
	event->time = now();
	task_read(tracing->proc, tracee->tid, &event->task);
	memcpy(event->task.ns, tracee->ns, sizeof(tracee->ns));
	tracing->sink(tracing->who, event);
}

void call_tell_exec(struct tracing *tracing, struct tracee *tracee, int why)
{
	size_t n = 0, n_args = 0;
	_cleanup_(freep) char *exe = why ? NULL : task_read_exe(tracing->proc, tracee->tid);
	_cleanup_(freep) char *line =
		why ? NULL : task_read_cmdline(tracing->proc, tracee->tid, &n);
	_cleanup_(freep) const char **args = xcalloc(n + 2, sizeof(*args));
	for (size_t at = 0; at < n; at += strlen(line + at) + 1)
		args[n_args++] = line + at;
	if (n == TASK_CMDLINE_MAX)
		args[n_args++] = "...";
	struct event event = {
		.type = EVENT_EXEC,
		.why = why,
		.path = exe ? exe : tracee->path,
		.args = args,
		.n_args = n_args,
	};
	tell(tracing, tracee, &event);
}

void call_tell_clone(struct tracing *tracing, struct tracee *parent, const struct tracee *child,
		     int why)
{
	struct event event = { .type = EVENT_CLONE, .why = why, .flags = parent->flags };
	memcpy(event.before, parent->ns, sizeof(parent->ns));
	if (child) {
		task_read(tracing->proc, child->tid, &event.child);
		memcpy(event.child.ns, child->ns, sizeof(child->ns));
	}
	tell(tracing, parent, &event);
	parent->is_told = true;
}

void call_tell_fork(struct tracing *tracing, const struct tracee *parent,
		    const struct tracee *child)
{
	struct event event = { .type = EVENT_FORK };
	task_read(tracing->proc, child->tid, &event.child);
	memcpy(event.child.ns, child->ns, sizeof(child->ns));
	if (event.child.tgid == child->tid) /* else it is a thread */
		tell(tracing, parent, &event);
}

void call_tell_exit(struct tracing *tracing, const struct tracee *tracee, int status)
{
	struct event event = { .type = EVENT_EXIT, .status = status, .time = now() };
	event.task = tracee->as_init;
	tracing->sink(tracing->who, &event);
}

static bool is_map_path(const char *path)
{
	static const char *const names[] = { "uid_map", "gid_map", "setgroups", "timens_offsets" };
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *name = slash ? slash + 1 : path;
	for (size_t i = 0; name && i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* struct clone_args begins with them: clone(2). */
static int clone3_flags(const struct tracee *tracee)
{
	uint64_t flags = 0;
	(void)task_read_memory(tracee->tid, tracee->args[0], &flags, sizeof(flags));
	return flags & CLONE_NEW_ALL;
}

static char *read_argument(const struct tracee *tracee, unsigned index)
{
	return task_read_text(tracee->tid, tracee->args[index], TEXT_MAX);
}

/* What the call is about has to be read before it changes that. */
static void read_arguments(struct tracing *tracing, struct tracee *tracee)
{
	switch (tracee->call) {
	case CALL_EXECVE:
	case CALL_CHROOT:
	case CALL_PIVOT_ROOT:
	case CALL_OPEN:
		tracee->path = read_argument(tracee, 0);
		break;
	case CALL_EXECVEAT:
	case CALL_OPENAT:
		tracee->path = read_argument(tracee, 1);
		break;
	case CALL_MOVE_MOUNT:
		tracee->path = read_argument(tracee, 3);
		break;
	case CALL_MOUNT:
		tracee->path = read_argument(tracee, 1);
		tracee->text = read_argument(tracee, 2);
		break;
	case CALL_FSOPEN:
		tracee->text = read_argument(tracee, 0);
		break;
	case CALL_SETNS:
		tracee->flags = tracee->args[1];
		tracee->text = task_describe_fd(tracing->proc, tracee->tid, tracee->args[0]);
		break;
	case CALL_UNSHARE:
	case CALL_CLONE:
		tracee->flags = tracee->args[0] & CLONE_NEW_ALL;
		break;
	case CALL_CLONE3:
		tracee->flags = clone3_flags(tracee);
		break;
	default:
		break;
	}
	if (tracee->call == CALL_CLONE)
		tracee->flags &= ~CLONE_NEWTIME; /* 0x80 is in the byte of the exit signal */
}

/* Whether its end is of interest, too. */
static bool is_wanted(const struct tracee *tracee)
{
	switch (tracee->call) {
	case CALL_OPEN:
	case CALL_OPENAT:
		return is_map_path(tracee->path);
	case CALL_CLONE3:
		return tracee->flags || tracee->children_elsewhere;
	case CALL_UNSHARE:
		return tracee->flags;
	case CALL_MOUNT:
		return tracee->text && *tracee->text && call_mounts(tracee->args[3]);
	case CALL_SECCOMP:
		return call_sets_filter(tracee->args[0], tracee->args[2]);
	default:
		return true;
	}
}

void call_enter(struct tracing *tracing, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof(info), &info) <= 0)
		return;
	bool filtered = info.op == PTRACE_SYSCALL_INFO_SECCOMP;
	if (!filtered && info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	uint64_t args[6];
	enum call call = call_by_number(info.arch, filtered ? info.seccomp.nr : info.entry.nr);
	if (call == CALL_COUNT) {
		tracee_end(tracee);
		return;
	}
	memcpy(args, filtered ? info.seccomp.args : info.entry.args, sizeof(args));
	tracee_begin(tracee, call, args);
	if (call == CALL_CLONE || call == CALL_CLONE3)
		task_keep_child_traced(tracee->tid, call == CALL_CLONE3, args);
	read_arguments(tracing, tracee);
	if (!is_wanted(tracee))
		tracee_end(tracee);
}

static void tell_moved(struct tracing *tracing, struct tracee *tracee, enum event_type type,
		       int why)
{
	struct event event = {
		.type = type, .why = why, .flags = tracee->flags, .text = tracee->text
	};
	memcpy(event.before, tracee->ns, sizeof(tracee->ns));
	if (why == 0) {
		task_read_ns(tracing->proc, tracee->tid, tracee->ns);
		/* setns(2) by a descriptor alone says no kind. */
		if (tracee->flags == 0 || tracee->flags & (CLONE_NEWPID | CLONE_NEWTIME))
			tracee->children_elsewhere =
				task_has_children_elsewhere(tracing->proc, tracee->tid);
	}
	tell(tracing, tracee, &event);
}

static void tell_text(struct tracing *tracing, const struct tracee *tracee, enum event_type type,
		      int why, const char *path, const char *text)
{
	struct event event = { .type = type, .why = why, .path = path, .text = text };
	tell(tracing, tracee, &event);
}

/* PR_SET_NAME takes 16 bytes at most. */
static void tell_prctl(struct tracing *tracing, const struct tracee *tracee, int why)
{
	_cleanup_(freep) char *name = NULL;
	switch (tracee->args[0]) {
	case PR_SET_NAME:
		name = task_read_text(tracee->tid, tracee->args[1], 16);
		tell_text(tracing, tracee, EVENT_NAME, why, NULL, name);
		break;
	case PR_SET_NO_NEW_PRIVS:
		tell_text(tracing, tracee, EVENT_RIGHTS, why, NULL, "no_new_privs");
		break;
	case PR_SET_SECCOMP:
		tell_text(tracing, tracee, EVENT_RIGHTS, why, NULL, "seccomp");
		break;
	}
}

static void tell_hostname(struct tracing *tracing, const struct tracee *tracee, int why)
{
	char name[65] = "";
	size_t n = tracee->args[1] < sizeof(name) - 1 ? tracee->args[1] : sizeof(name) - 1;
	bool known = task_read_memory(tracee->tid, tracee->args[0], name, n);
	tell_text(tracing, tracee, EVENT_HOSTNAME, why, NULL, known ? name : NULL);
}

static void tell_map(struct tracing *tracing, const struct tracee *tracee, int why)
{
	size_t n = tracee->args[2] < TEXT_MAX ? tracee->args[2] : TEXT_MAX;
	_cleanup_(freep) char *text = xcalloc(n + 1, 1);
	bool known = task_read_memory(tracee->tid, tracee->args[1], text, n);
	if (n && text[n - 1] == '\n')
		text[n - 1] = 0;
	tell_text(tracing, tracee, EVENT_MAP, why, tracee_map_path(tracee, tracee->args[0]),
		  known ? text : NULL);
}

/* What was opened, as /proc/self is another folder for everybody. */
static void watch_map(struct tracing *tracing, struct tracee *tracee, int64_t result, int why)
{
	if (tracee->call == CALL_CLOSE) {
		tracee_watch_map(tracee, tracee->args[0], NULL);
	} else if (why == 0) {
		_cleanup_(freep) char *path = task_describe_fd(tracing->proc, tracee->tid, result);
		tracee_watch_map(tracee, result, path);
	}
}

static void tell_call(struct tracing *tracing, struct tracee *tracee, int64_t result, int why)
{
	switch (tracee->call) {
	case CALL_EXECVE:
	case CALL_EXECVEAT:
		/* One that succeeds has been told; execvp(3) looks in one folder after the other.
		 */
		if (why && why != ENOENT)
			call_tell_exec(tracing, tracee, why);
		break;
	case CALL_FORK:
	case CALL_VFORK:
	case CALL_CLONE:
	case CALL_CLONE3:
		if (why)
			call_tell_clone(tracing, tracee, NULL, why);
		break;
	case CALL_UNSHARE:
		tell_moved(tracing, tracee, EVENT_UNSHARE, why);
		break;
	case CALL_SETNS:
		tell_moved(tracing, tracee, EVENT_SETNS, why);
		break;
	case CALL_PIVOT_ROOT:
	case CALL_CHROOT:
		tell_text(tracing, tracee, EVENT_ROOT, why, tracee->path, call_name(tracee->call));
		break;
	case CALL_SETHOSTNAME:
		tell_hostname(tracing, tracee, why);
		break;
	case CALL_MOUNT:
	case CALL_FSOPEN:
	case CALL_MOVE_MOUNT:
		tell_text(tracing, tracee, EVENT_MOUNT, why, tracee->path, tracee->text);
		break;
	case CALL_CAPSET:
	case CALL_SECCOMP:
		tell_text(tracing, tracee, EVENT_RIGHTS, why, NULL, call_name(tracee->call));
		break;
	case CALL_PRCTL:
		tell_prctl(tracing, tracee, why);
		break;
	case CALL_OPEN:
	case CALL_OPENAT:
	case CALL_CLOSE:
		watch_map(tracing, tracee, result, why);
		break;
	case CALL_WRITE:
		if (tracee_map_path(tracee, tracee->args[0]))
			tell_map(tracing, tracee, why);
		break;
	case CALL_COUNT:
		break;
	}
}

void call_leave(struct tracing *tracing, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		call_enter(tracing, tracee);
		return;
	}
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->in_call &&
	    !call_is_restarted(info.exit.rval))
		tell_call(tracing, tracee, info.exit.rval,
			  info.exit.is_error ? -(int)info.exit.rval : 0);
	tracee_end(tracee);
}
