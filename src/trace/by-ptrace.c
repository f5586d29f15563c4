/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "trace/command.h"
#include "trace/family.h"
#include "trace/filter.h"
#include "trace/ptrace-calls.h"
#include "trace/task.h"
#include "trace/trace.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"

struct trace {
	struct tracing tracing;
	const struct trace_job *job;
	struct command command;
	struct signals signals;
	bool each_call; /* there is no filter: tasks stop at each of their calls */
	bool leaving;	/* whoever stops is let go */
	struct trace_end *end;
};

/* How a task goes on: to the end of its call, if that is of interest; where it writes a map, or has
 * no filter, at each of its calls. */
static void resume(const struct trace *trace, const struct tracee *tracee, int signal)
{
	bool stop = tracee->in_call || tracee->n_maps || trace->each_call;
	ptrace(stop ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL, signal);
}

static void note_init(struct trace *trace, struct tracee *child)
{
	task_read(trace->tracing.proc, child->tid, &child->as_init);
	memcpy(child->as_init.ns, child->ns, sizeof(child->ns));
	const struct event_task *task = &child->as_init;
	child->is_init = task->n_pids > 1 && task->pids[task->n_pids - 1] == 1;
}

static void see_child(struct trace *trace, struct tracee *parent)
{
	unsigned long tid = 0;
	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &tid) < 0 || tid == 0)
		return;
	struct tracee *child = tracee_find(&trace->tracing.tracees, tid);
	if (!child)
		child = tracee_add(&trace->tracing.tracees, tid);
	bool apart = (parent->in_call && parent->flags) || parent->children_elsewhere;
	memcpy(child->ns, parent->ns, sizeof(child->ns));
	if (apart) {
		task_read_ns(trace->tracing.proc, tid, child->ns);
		note_init(trace, child);
		child->children_elsewhere = task_has_children_elsewhere(trace->tracing.proc, tid);
	}
	if (memcmp(child->ns, parent->ns, sizeof(child->ns)) != 0) {
		call_tell_clone(&trace->tracing, parent, child, 0);
	} else if (trace->job->forks) {
		call_tell_fork(&trace->tracing, parent, child);
	}
	child->is_announced = true;
	if (child->is_stopped) {
		child->is_stopped = false;
		resume(trace, child, 0);
	}
}

/* The first stop of a task that we have not heard of comes before its parent's event as often as
 * not. */
static void see_start(struct trace *trace, struct tracee *tracee, pid_t tid)
{
	if (!tracee)
		tracee = tracee_add(&trace->tracing.tracees, tid);
	tracee->is_stopped = !tracee->is_announced;
	if (!tracee->is_stopped)
		resume(trace, tracee, 0);
}

/* All other threads are gone, and whichever did it has the leader's number now. */
static void see_exec(struct trace *trace, struct tracee *tracee)
{
	unsigned long former = 0;
	ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &former);
	struct tracee *other = former != (unsigned long)tracee->tid
				     ? tracee_find(&trace->tracing.tracees, former)
				     : NULL;
	if (other) {
		memcpy(tracee->ns, other->ns, sizeof(tracee->ns));
		tracee->children_elsewhere = other->children_elsewhere;
		tracee_remove(&trace->tracing.tracees, other);
	}
	/* exec(2) moves into the time namespace that was for children. */
	if (tracee->children_elsewhere)
		task_read_ns(trace->tracing.proc, tracee->tid, tracee->ns);
	call_tell_exec(&trace->tracing, tracee, 0);
	if (tracee->is_init || tracee->is_target)
		task_read(trace->tracing.proc, tracee->tid, &tracee->as_init);
	memcpy(tracee->as_init.ns, tracee->ns, sizeof(tracee->ns));
	tracee_forget_maps(tracee);
	tracee_end(tracee);
}

static void see_end(struct trace *trace, struct tracee *tracee, pid_t tid, int status)
{
	if (tid == trace->command.pid)
		trace->end->status = status;
	if (!tracee)
		return;
	if (tracee->is_init || tracee->is_target)
		call_tell_exit(&trace->tracing, tracee, status);
	tracee_remove(&trace->tracing.tracees, tracee);
}

/* Its calls are its own again, and so are its signals. */
static void let_go(struct trace *trace, struct tracee *tracee, pid_t tid, int status)
{
	int signal = WSTOPSIG(status);
	bool is_signal = status >> 16 == 0 && signal != (SIGTRAP | 0x80);
	ptrace(PTRACE_DETACH, tid, NULL, is_signal ? signal : 0);
	if (tracee)
		tracee_remove(&trace->tracing.tracees, tracee);
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
		call_enter(&trace->tracing, tracee);
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
			resume(trace, tracee, signal);
			return;
		}
		call_leave(&trace->tracing, tracee);
		break;
	}
	resume(trace, tracee, 0);
}

static void see(struct trace *trace, pid_t tid, int status)
{
	struct tracee *tracee = tracee_find(&trace->tracing.tracees, tid);
	if (!WIFSTOPPED(status))
		see_end(trace, tracee, tid, status);
	else if (trace->leaving)
		let_go(trace, tracee, tid, status);
	else
		see_stop(trace, tracee, tid, status);
}

/* They can only be let go where they stop. */
static void leave(struct trace *trace)
{
	struct tracee *tracee, *next;
	trace->leaving = true;
	HASH_ITER (hh, trace->tracing.tracees.by_tid, tracee, next) {
		if (tracee->is_stopped)
			let_go(trace, tracee, tracee->tid, W_STOPCODE(SIGTRAP | 0x80));
		else
			ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
	}
}

static void take_signal(struct trace *trace)
{
	siginfo_t info;
	if (sigwaitinfo(&trace->signals.set, &info) <= 0)
		return;
	if (trace->job->command)
		command_hand_on(&trace->command, info.si_signo, info.si_code);
	else if (info.si_signo != SIGCHLD)
		leave(trace);
}

/* Children that we have from the program which became us are no concern of ours. */
static void follow(struct trace *trace)
{
	while (trace->tracing.tracees.by_tid) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid > 0)
			see(trace, tid, status);
		else if (tid < 0 && errno == ECHILD)
			return;
		else
			take_signal(trace);
	}
}

static int seize(struct trace *trace, pid_t tid, bool is_target)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	const long with_filter = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
	if (ptrace(PTRACE_SEIZE, tid, NULL, options | (trace->each_call ? 0 : with_filter)) < 0)
		return -errno;
	struct tracee *tracee = tracee_add(&trace->tracing.tracees, tid);
	tracee->is_announced = true;
	tracee->is_target = is_target;
	task_read_ns(trace->tracing.proc, tid, tracee->ns);
	tracee->children_elsewhere = task_has_children_elsewhere(trace->tracing.proc, tid);
	note_init(trace, tracee);
	return 0;
}

/* A thread that is traced tells of those that it makes; so whoever is not found is not there yet.
 * The leader comes first, which may not be traced by anybody else. */
static int seize_threads(struct trace *trace, pid_t pid, bool is_target)
{
	size_t n_new;
	_cleanup_(closep) int dir = proc_open_pid(trace->tracing.proc, pid);
	int r = seize(trace, pid, is_target);
	if (r < 0 || dir < 0)
		return r < 0 ? r : dir;
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	do {
		_cleanup_(folder_closep) DIR *folder = folder_open(dir, "task");
		n_new = 0;
		for (const struct dirent *entry; folder && (entry = readdir(folder));) {
			pid_t tid;
			if (parse_pid(entry->d_name, &tid) < 0 ||
			    tracee_find(&trace->tracing.tracees, tid) ||
			    seize(trace, tid, false) < 0)
				continue;
			ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
			n_new++;
		}
	} while (n_new);
	return 0;
}

/* One that has ended meanwhile, or that its parent brought along without our having heard of it, is
 * none to trace. */
static int seize_member(void *who, const struct trace_target *member)
{
	struct trace *trace = who;
	if (tracee_find(&trace->tracing.tracees, member->pid))
		return 0;
	int r = seize_threads(trace, member->pid, false);
	bool is_nothing = task_has_ended(member->pidfd) ||
			  task_tracer(trace->tracing.proc, member->pid) == getpid();
	return r < 0 && is_nothing ? 0 : r;
}

static int refuse(const struct trace *trace, const struct trace_target *target, struct error *err)
{
	pid_t pid = target->pid;
	if (task_has_ended(target->pidfd))
		return error_set(err, ESRCH, "%d has ended", pid);
	pid_t tracer = task_tracer(trace->tracing.proc, pid);
	if (tracer)
		return error_set(err, EPERM, "cannot trace %d: %d does already", pid, tracer);
	return error_set(err, EPERM, "cannot trace %d: that takes its own user, or CAP_SYS_PTRACE",
			 pid);
}

static int seize_targets(struct trace *trace, struct error *err)
{
	const struct trace_job *job = trace->job;
	for (size_t i = 0; i < job->n_targets; i++) {
		/* One that was named twice. */
		if (tracee_find(&trace->tracing.tracees, job->targets[i].pid))
			continue;
		int r = seize_threads(trace, job->targets[i].pid, true);
		if (r == -EPERM)
			return refuse(trace, &job->targets[i], err);
		if (r < 0)
			return error_errno(err, -r, "cannot trace %d", job->targets[i].pid);
	}
	return family_visit(trace->tracing.proc, job->targets, job->n_targets, seize_member, trace,
			    err);
}

static int start_command(struct trace *trace, struct error *err)
{
	_cleanup_(filter_freep) struct filter *filter = filter_make(err);
	if (!filter)
		return -err->number;
	int r = command_start(&trace->command, trace->job->command, filter, &trace->signals, err);
	if (r < 0)
		return r;
	r = seize(trace, trace->command.pid, true);
	return r < 0 ? error_errno(err, -r, "cannot trace") : 0;
}

static int run(struct trace *trace, struct error *err)
{
	const struct trace_job *job = trace->job;
	int r = job->command ? start_command(trace, err) : seize_targets(trace, err);
	if (r == 0)
		job->begun(trace->tracing.who);
	if (r == 0 && job->command)
		r = command_go(&trace->command, err);
	if (r < 0 && !job->command)
		leave(trace);
	if (r == 0 || trace->leaving)
		follow(trace);
	if (r == 0 && job->command)
		trace->end->not_run = command_failure(&trace->command);
	return r;
}

int trace_by_ptrace(const struct trace_job *job, event_sink *sink, void *who, struct trace_end *ret,
		    struct error *err)
{
	_cleanup_(closep) int proc = task_open_proc(err);
	if (proc < 0)
		return proc;
	if (!job->command && !job->n_targets)
		return error_set(err, EINVAL, "nobody can be traced by ptrace(2) but processes");
	struct trace trace = {
		.tracing = { .proc = proc, .sink = sink, .who = who },
		.job = job,
		.command = COMMAND_NONE,
		.each_call = !job->command,
		.end = ret,
	};
	*ret = (struct trace_end){ 0 };
	signals_block(&trace.signals, job->command);
	int r = run(&trace, err);
	tracees_clear(&trace.tracing.tracees);
	signals_restore(&trace.signals);
	command_clear(&trace.command);
	return r;
}
