/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "model/event.h"
#include "util/error.h"

/* Tells what processes do about namespaces, as it happens. */

/* A process that is there already, held by its pidfd. */
struct trace_target {
	pid_t pid;
	int pidfd;
};

/* Whom: a command that is run, with all that it starts; or targets, with all that they have
 * started and start; or, with neither, everybody. */
struct trace_job {
	char *const *command; /* NULL: none */
	const struct trace_target *targets;
	size_t n_targets;
	bool forks; /* whether EVENT_FORK is told */
	/* From here on, nothing that they do is missed. WHO is the sink's. */
	void (*begun)(void *who);
};

struct trace_end {
	int not_run;	 /* an errno, as execvp(3) says: there was nothing to trace */
	int status;	 /* of the command, as wait(2) has it */
	uint64_t n_lost; /* events that came faster than they were taken */
};

/*
 * 0 once the command and the last of all that it started have ended, or the targets have; a job
 * without command also ends at SIGINT, SIGTERM, SIGHUP or SIGQUIT. -errno where it could not begin.
 */
typedef int trace_function(const struct trace_job *job, event_sink *sink, void *who,
			   struct trace_end *ret, struct error *err) _must_check_;

/* By BPF: nobody is stopped, and if we are killed nobody notices. TRACE_UNSUPPORTED, with the
 * reason, where we may not or the kernel cannot; nothing has begun then. */
trace_function trace_by_bpf;
#define TRACE_UNSUPPORTED 1

/*
 * By ptrace(2). A command has a seccomp filter, so that no other call of it takes longer; if we are
 * killed, the kernel ends it and all of its children, as their calls would fail without us.
 * Targets stop at each call, and go on without us; if they are traced already, EPERM. Not
 * everybody: -EINVAL.
 */
trace_function trace_by_ptrace;
