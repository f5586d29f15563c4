/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect/procfs.h"
#include "trace/filter.h"
#include "trace/task.h"
#include "trace/tracee.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"

#define NEW_FLAGS                                                                                  \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

/* Longer paths than this are cut, and longer maps. */
#define TEXT_MAX ((size_t)4096)

struct trace {
	int proc;
	struct tracees tracees;
	event_sink *sink;
	void *who;
	pid_t command;
	int status; /* of that */
	sigset_t signals, before;
};

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Fills in who, where and when, and tells it. */
static void tell(struct trace *trace, const struct tracee *tracee, struct event *event)
{
	event->time = now();
	task_read(trace->proc, tracee->tid, &event->task);
	memcpy(event->task.ns, tracee->ns, sizeof(tracee->ns));
	trace->sink(trace->who, event);
}

/* How a task goes on: to the end of its call, if that is of interest; where it writes a map, at
 * each of its calls. */
static void resume(const struct tracee *tracee, int signal)
{
	bool stop = tracee->in_call || tracee->map_fd >= 0;
	ptrace(stop ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL, signal);
}

static void tell_exec(struct trace *trace, struct tracee *tracee, int why)
{
	size_t n = 0, n_args = 0;
	_cleanup_(freep) char *exe = why ? NULL : task_read_exe(trace->proc, tracee->tid);
	_cleanup_(freep) char *line = why ? NULL : task_read_cmdline(trace->proc, tracee->tid, &n);
	_cleanup_(freep) const char **args = xcalloc(n + 1, sizeof(*args));
	for (size_t at = 0; at < n; at += strlen(line + at) + 1)
		args[n_args++] = line + at;
	struct event event = {
		.type = EVENT_EXEC,
		.why = why,
		.path = exe ? exe : tracee->path,
		.args = args,
		.n_args = n_args,
	};
	tell(trace, tracee, &event);
}

/* The call of a parent has made a child, which is stopped or will be. */
static void tell_clone(struct trace *trace, struct tracee *parent, struct tracee *child, int why)
{
	struct event event = { .type = EVENT_CLONE, .why = why, .flags = parent->flags };
	memcpy(event.before, parent->ns, sizeof(parent->ns));
	if (child) {
		task_read(trace->proc, child->tid, &event.child);
		memcpy(event.child.ns, child->ns, sizeof(child->ns));
	}
	tell(trace, parent, &event);
	parent->is_told = true;
}

static void note_init(struct trace *trace, struct tracee *child)
{
	task_read(trace->proc, child->tid, &child->as_init);
	memcpy(child->as_init.ns, child->ns, sizeof(child->ns));
	const struct event_task *task = &child->as_init;
	child->is_init = task->n_pids > 1 && task->pids[task->n_pids - 1] == 1;
}

static void see_child(struct trace *trace, struct tracee *parent)
{
	unsigned long tid = 0;
	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &tid) < 0 || tid == 0)
		return;
	struct tracee *child = tracee_find(&trace->tracees, tid);
	if (!child)
		child = tracee_add(&trace->tracees, tid);
	bool apart = (parent->in_call && parent->flags & NEW_FLAGS) || parent->children_elsewhere;
	memcpy(child->ns, parent->ns, sizeof(child->ns));
	if (apart) {
		task_read_ns(trace->proc, tid, child->ns);
		note_init(trace, child);
		tell_clone(trace, parent, child, 0);
	}
	child->is_announced = true;
	if (child->is_stopped) {
		child->is_stopped = false;
		resume(child, 0);
	}
}

/* The first stop of a task that we have not heard of comes before its parent's event as often as
 * not. */
static void see_start(struct trace *trace, struct tracee *tracee, pid_t tid)
{
	if (!tracee)
		tracee = tracee_add(&trace->tracees, tid);
	tracee->is_stopped = !tracee->is_announced;
	if (!tracee->is_stopped)
		resume(tracee, 0);
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
	return flags & (NEW_FLAGS | CLONE_NEWTIME);
}

static char *read_argument(const struct tracee *tracee, unsigned index)
{
	return task_read_text(tracee->tid, tracee->args[index], TEXT_MAX);
}

/* What the call is about has to be read before it changes that. */
static void read_arguments(struct trace *trace, struct tracee *tracee)
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
		tracee->text = task_describe_fd(trace->proc, tracee->tid, tracee->args[0]);
		break;
	case CALL_UNSHARE:
	case CALL_CLONE:
		tracee->flags = tracee->args[0] & (NEW_FLAGS | CLONE_NEWTIME);
		break;
	case CALL_CLONE3:
		tracee->flags = clone3_flags(tracee);
		break;
	default:
		break;
	}
	if (tracee->call == CALL_CLONE)
		tracee->flags &= NEW_FLAGS; /* 0x80 is in the byte of the exit signal */
}

/* Whether its end is of interest, too. */
static bool is_wanted(const struct tracee *tracee)
{
	switch (tracee->call) {
	case CALL_OPEN:
	case CALL_OPENAT:
		return is_map_path(tracee->path);
	case CALL_CLONE3:
	case CALL_UNSHARE:
		return tracee->flags;
	case CALL_MOUNT:
		return tracee->text && *tracee->text;
	default:
		return true;
	}
}

static void enter_call(struct trace *trace, struct tracee *tracee)
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
	read_arguments(trace, tracee);
	if (!is_wanted(tracee))
		tracee_end(tracee);
}

static void tell_moved(struct trace *trace, struct tracee *tracee, enum event_type type, int why)
{
	struct event event = {
		.type = type, .why = why, .flags = tracee->flags, .text = tracee->text
	};
	memcpy(event.before, tracee->ns, sizeof(tracee->ns));
	if (why == 0) {
		task_read_ns(trace->proc, tracee->tid, tracee->ns);
		/* setns(2) by a descriptor alone says no kind. */
		tracee->children_elsewhere |=
			tracee->flags == 0 || tracee->flags & (CLONE_NEWPID | CLONE_NEWTIME);
	}
	tell(trace, tracee, &event);
}

static void tell_text(struct trace *trace, const struct tracee *tracee, enum event_type type,
		      int why, const char *path, const char *text)
{
	struct event event = { .type = type, .why = why, .path = path, .text = text };
	tell(trace, tracee, &event);
}

/* PR_SET_NAME takes 16 bytes at most. */
static void tell_prctl(struct trace *trace, const struct tracee *tracee, int why)
{
	_cleanup_(freep) char *name = NULL;
	switch (tracee->args[0]) {
	case PR_SET_NAME:
		name = task_read_text(tracee->tid, tracee->args[1], 16);
		tell_text(trace, tracee, EVENT_NAME, why, NULL, name);
		break;
	case PR_SET_NO_NEW_PRIVS:
		tell_text(trace, tracee, EVENT_RIGHTS, why, NULL, "no_new_privs");
		break;
	case PR_SET_SECCOMP:
		tell_text(trace, tracee, EVENT_RIGHTS, why, NULL, "seccomp");
		break;
	}
}

static void tell_hostname(struct trace *trace, const struct tracee *tracee, int why)
{
	char name[65] = "";
	size_t n = tracee->args[1] < sizeof(name) - 1 ? tracee->args[1] : sizeof(name) - 1;
	bool known = task_read_memory(tracee->tid, tracee->args[0], name, n);
	tell_text(trace, tracee, EVENT_HOSTNAME, why, NULL, known ? name : NULL);
}

static void tell_map(struct trace *trace, const struct tracee *tracee, int why)
{
	size_t n = tracee->args[2] < TEXT_MAX ? tracee->args[2] : TEXT_MAX;
	_cleanup_(freep) char *text = xcalloc(n + 1, 1);
	bool known = task_read_memory(tracee->tid, tracee->args[1], text, n);
	if (n && text[n - 1] == '\n')
		text[n - 1] = 0;
	tell_text(trace, tracee, EVENT_MAP, why, tracee->map_path, known ? text : NULL);
}

static void watch_map(struct tracee *tracee, int64_t result, int why)
{
	if (tracee->call == CALL_CLOSE && (int)tracee->args[0] == tracee->map_fd)
		tracee_watch_map(tracee, -1, NULL);
	else if (tracee->call != CALL_CLOSE && why == 0)
		tracee_watch_map(tracee, result, tracee->path);
}

static void tell_call(struct trace *trace, struct tracee *tracee, int64_t result, int why)
{
	switch (tracee->call) {
	case CALL_EXECVE:
	case CALL_EXECVEAT:
		/* One that succeeds has been told; execvp(3) looks in one folder after the other.
		 */
		if (why && why != ENOENT)
			tell_exec(trace, tracee, why);
		break;
	case CALL_CLONE:
	case CALL_CLONE3:
		if (why && tracee->flags & NEW_FLAGS)
			tell_clone(trace, tracee, NULL, why);
		break;
	case CALL_UNSHARE:
		tell_moved(trace, tracee, EVENT_UNSHARE, why);
		break;
	case CALL_SETNS:
		tell_moved(trace, tracee, EVENT_SETNS, why);
		break;
	case CALL_PIVOT_ROOT:
	case CALL_CHROOT:
		tell_text(trace, tracee, EVENT_ROOT, why, tracee->path, call_name(tracee->call));
		break;
	case CALL_SETHOSTNAME:
		tell_hostname(trace, tracee, why);
		break;
	case CALL_MOUNT:
	case CALL_FSOPEN:
	case CALL_MOVE_MOUNT:
		tell_text(trace, tracee, EVENT_MOUNT, why, tracee->path, tracee->text);
		break;
	case CALL_CAPSET:
	case CALL_SECCOMP:
		tell_text(trace, tracee, EVENT_RIGHTS, why, NULL, call_name(tracee->call));
		break;
	case CALL_PRCTL:
		tell_prctl(trace, tracee, why);
		break;
	case CALL_OPEN:
	case CALL_OPENAT:
	case CALL_CLOSE:
		watch_map(tracee, result, why);
		break;
	case CALL_WRITE:
		if ((int)tracee->args[0] == tracee->map_fd)
			tell_map(trace, tracee, why);
		break;
	case CALL_FORK:
	case CALL_VFORK:
	case CALL_COUNT:
		break;
	}
}

static void leave_call(struct trace *trace, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(trace, tracee);
		return;
	}
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->in_call)
		tell_call(trace, tracee, info.exit.rval,
			  info.exit.is_error ? -(int)info.exit.rval : 0);
	tracee_end(tracee);
}

/* All other threads are gone, and whichever did it has the leader's number now. */
static void see_exec(struct trace *trace, struct tracee *tracee)
{
	unsigned long former = 0;
	ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &former);
	struct tracee *other =
		former != (unsigned long)tracee->tid ? tracee_find(&trace->tracees, former) : NULL;
	if (other) {
		memcpy(tracee->ns, other->ns, sizeof(tracee->ns));
		tracee->children_elsewhere = other->children_elsewhere;
		tracee_remove(&trace->tracees, other);
	}
	/* exec(2) moves into the time namespace that was for children. */
	if (tracee->children_elsewhere)
		task_read_ns(trace->proc, tracee->tid, tracee->ns);
	tell_exec(trace, tracee, 0);
	if (tracee->is_init || tracee->tid == trace->command)
		task_read(trace->proc, tracee->tid, &tracee->as_init);
	memcpy(tracee->as_init.ns, tracee->ns, sizeof(tracee->ns));
	tracee_watch_map(tracee, -1, NULL);
	tracee_end(tracee);
}

static void see_end(struct trace *trace, struct tracee *tracee, pid_t tid, int status)
{
	if (tracee && (tracee->is_init || tid == trace->command)) {
		struct event event = { .type = EVENT_EXIT, .status = status, .time = now() };
		event.task = tracee->as_init;
		trace->sink(trace->who, &event);
	}
	if (tid == trace->command)
		trace->status = status;
	if (tracee)
		tracee_remove(&trace->tracees, tracee);
}

static void see_stop(struct trace *trace, struct tracee *tracee, pid_t tid, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	if (!tracee || (event == PTRACE_EVENT_STOP && signal == SIGTRAP)) {
		see_start(trace, tracee, tid);
		return;
	}
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		enter_call(trace, tracee);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		see_child(trace, tracee);
		break;
	case PTRACE_EVENT_EXEC:
		see_exec(trace, tracee);
		break;
	case PTRACE_EVENT_STOP: /* by a signal that stops: it stays so until SIGCONT */
		ptrace(PTRACE_LISTEN, tid, NULL, NULL);
		return;
	case 0:
		if (signal != (SIGTRAP | 0x80)) {
			resume(tracee, signal);
			return;
		}
		leave_call(trace, tracee);
		break;
	}
	resume(tracee, 0);
}

static void see(struct trace *trace, pid_t tid, int status)
{
	struct tracee *tracee = tracee_find(&trace->tracees, tid);
	if (WIFSTOPPED(status))
		see_stop(trace, tracee, tid, status);
	else
		see_end(trace, tracee, tid, status);
}

/* Keys reach the command by themselves. */
static void hand_on(const struct trace *trace, const siginfo_t *info)
{
	if (info->si_signo != SIGCHLD && info->si_code != SI_KERNEL)
		kill(trace->command, info->si_signo);
}

static void follow(struct trace *trace)
{
	for (;;) {
		int status;
		siginfo_t info;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid > 0)
			see(trace, tid, status);
		else if (tid < 0 && errno == ECHILD)
			return;
		else if (sigwaitinfo(&trace->signals, &info) > 0)
			hand_on(trace, &info);
	}
}

/* In the child: waits until it is traced, as the filter would refuse its calls before. */
static _noreturn_ void run_command(char *const *command, struct filter *filter,
				   const struct trace *trace, int go, int failed)
{
	char byte;
	int why = 0;
	if (read(go, &byte, 1) != 1)
		_exit(1);
	sigprocmask(SIG_SETMASK, &trace->before, NULL);
	int r = filter_install(filter);
	if (r < 0)
		why = -r;
	else
		execvp(command[0], command);
	if (!why)
		why = errno;
	(void)!write(failed, &why, sizeof(why));
	_exit(127);
}

static int attach(struct trace *trace, struct error *err)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
			     PTRACE_O_EXITKILL;
	if (ptrace(PTRACE_SEIZE, trace->command, NULL, options) < 0)
		return error_errno(err, errno, "cannot trace");
	struct tracee *tracee = tracee_add(&trace->tracees, trace->command);
	tracee->is_announced = true;
	task_read_ns(trace->proc, trace->command, tracee->ns);
	task_read(trace->proc, trace->command, &tracee->as_init);
	return 0;
}

static void block_signals(struct trace *trace)
{
	static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigemptyset(&trace->signals);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&trace->signals, signals[i]);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &trace->signals, &trace->before);
}

static int start(struct trace *trace, char *const *command, int *ret_failed, struct error *err)
{
	int go[2], failed[2];
	_cleanup_(filter_freep) struct filter *filter = filter_make(err);
	if (!filter)
		return -err->number;
	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failed, O_CLOEXEC) < 0)
		return error_errno(err, errno, "cannot make a pipe");
	block_signals(trace);
	trace->command = fork();
	if (trace->command == 0) {
		close(go[1]);
		run_command(command, filter, trace, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	*ret_failed = failed[0];
	if (trace->command < 0)
		return error_errno(err, errno, "cannot fork");
	int r = attach(trace, err);
	if (r == 0 && write(go[1], "", 1) != 1)
		r = error_errno(err, errno, "cannot start it");
	close(go[1]);
	return r;
}

int trace_command(char *const *command, event_sink *sink, void *who, int *ret_status,
		  struct error *err)
{
	struct trace trace = { .sink = sink, .who = who };
	_cleanup_(closep) int failed = -1;
	_cleanup_(closep) int proc = proc_open(err);
	int why;
	if (proc < 0)
		return proc;
	if (proc_is_foreign(proc))
		return error_set(err, EXDEV, "/proc belongs to another pid namespace than ours");
	trace.proc = proc;
	int r = start(&trace, command, &failed, err);
	if (r == 0)
		follow(&trace);
	tracees_clear(&trace.tracees);
	sigprocmask(SIG_SETMASK, &trace.before, NULL);
	if (r < 0)
		return r;
	*ret_status = trace.status;
	if (read(failed, &why, sizeof(why)) != sizeof(why))
		return 0;
	*ret_status = why;
	return TRACE_NOT_RUN;
}
