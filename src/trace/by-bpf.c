/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "trace/command.h"
#include "trace/family.h"
#include "trace/record.h"
#include "trace/task.h"
#include "trace/trace.h"
#include "trace/watcher.h"

/* In ms: so long events gather. To wake us for each would cost those who are followed more than
 * all else. */
#define GATHER 10

/* In ms: how often we look whether nobody is left, as the record that says so may be lost. */
#define LOOK_AGAIN 500

struct trace {
	const struct trace_job *job;
	struct watcher *watcher;
	event_sink *sink;
	void *who;
	struct command command;
	struct signals signals;
	bool command_ended;
	int64_t offset; /* of the time of day to that since boot, ns */
	struct trace_end *end;
};

static int64_t read_clock(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void take_record(void *who, const struct watch_record *record, const char *bytes)
{
	struct trace *trace = who;
	record_tell(record, bytes, trace->offset, trace->sink, trace->who);
}

/* Children of others, which we may have from the program that became us, are no concern of ours. */
static void reap(struct trace *trace)
{
	int status;
	if (waitpid(trace->command.pid, &status, WNOHANG) != trace->command.pid)
		return;
	trace->end->status = status;
	trace->command_ended = true;
}

/* Whether that is the end. */
static bool take_signals(struct trace *trace, int fd)
{
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (!trace->job->command)
			return true;
		command_hand_on(&trace->command, info.ssi_signo, info.ssi_code);
	}
	if (trace->job->command && !trace->command_ended)
		reap(trace);
	return false;
}

static bool is_over(const struct trace *trace)
{
	const struct trace_job *job = trace->job;
	if (job->command && !trace->command_ended)
		return false;
	return (job->command || job->n_targets) && watcher_followed(trace->watcher) <= 0;
}

static int follow(struct trace *trace, struct error *err)
{
	_cleanup_(closep) int signals =
		signalfd(-1, &trace->signals.set, SFD_CLOEXEC | SFD_NONBLOCK);
	struct pollfd polled[] = {
		{ .fd = watcher_fd(trace->watcher), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	if (signals < 0)
		return error_errno(err, errno, "cannot take signals");
	for (bool stop = false; !stop;) {
		if (poll(polled, ARRAY_SIZE(polled), LOOK_AGAIN) < 0 && errno != EINTR)
			return error_errno(err, errno, "cannot wait for events");
		/* In this order: what they did before they ended has been written by then. */
		stop = take_signals(trace, signals) || is_over(trace);
		int r = watcher_read(trace->watcher, take_record, trace);
		if (r < 0)
			return error_errno(err, -r, "cannot read events");
		if (!stop)
			poll(&polled[1], 1, GATHER);
	}
	trace->end->n_lost = watcher_lost(trace->watcher);
	return 0;
}

static int follow_member(void *who, const struct trace_target *member)
{
	struct trace *trace = who;
	int r = watcher_follow(trace->watcher, member->pid, member->pidfd, WATCH_DESCENDANT);
	return r < 0 ? r : 0;
}

static int follow_target(struct trace *trace, const struct trace_target *target, struct error *err)
{
	int r = watcher_follow(trace->watcher, target->pid, target->pidfd, WATCH_TARGET);
	if (r < 0)
		return error_errno(err, -r, "cannot follow %d", target->pid);
	if (r == 0 && task_has_ended(target->pidfd))
		return error_set(err, ESRCH, "%d has ended", target->pid);
	return 0;
}

/* Whoever starts a process while we look is followed already, or is looked at the next time. */
static int follow_targets(struct trace *trace, int proc, struct error *err)
{
	const struct trace_job *job = trace->job;
	int r = 0;
	for (size_t i = 0; i < job->n_targets && r == 0; i++)
		r = follow_target(trace, &job->targets[i], err);
	for (int round = 0; round < 2 && r == 0; round++)
		r = family_visit(proc, job->targets, job->n_targets, follow_member, trace, err);
	return r;
}

static int start_command(struct trace *trace, struct error *err)
{
	int r = command_start(&trace->command, trace->job->command, NULL, &trace->signals, err);
	if (r < 0)
		return r;
	r = watcher_follow(trace->watcher, trace->command.pid, -1, WATCH_TARGET);
	if (r < 0)
		return error_errno(err, -r, "cannot follow it");
	return 0;
}

static int run(struct trace *trace, int proc, struct error *err)
{
	const struct trace_job *job = trace->job;
	int r = job->command ? start_command(trace, err) : follow_targets(trace, proc, err);
	if (r == 0)
		job->begun(trace->who);
	if (r == 0 && job->command)
		r = command_go(&trace->command, err);
	if (r == 0)
		r = follow(trace, err);
	if (r == 0 && job->command)
		trace->end->not_run = command_failure(&trace->command);
	return r;
}

int trace_by_bpf(const struct trace_job *job, event_sink *sink, void *who, struct trace_end *ret,
		 struct error *err)
{
	_cleanup_(watcher_freep) struct watcher *watcher = NULL;
	struct trace trace = {
		.job = job,
		.sink = sink,
		.who = who,
		.command = COMMAND_NONE,
		.offset = read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME),
		.end = ret,
	};
	_cleanup_(closep) int proc = task_open_proc(err);
	if (proc < 0)
		return proc;
	*ret = (struct trace_end){ 0 };
	signals_block(&trace.signals, job->command);
	int r = watcher_open(!job->command && !job->n_targets, job->forks, &watcher, err);
	trace.watcher = watcher;
	r = r < 0 ? TRACE_UNSUPPORTED : run(&trace, proc, err);
	signals_restore(&trace.signals);
	command_clear(&trace.command);
	return r;
}
