/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"
#include "trace/tracee.h"

/* What tasks that are traced by ptrace(2) do, told at their stops. */
struct tracing {
	int proc; /* a fd of /proc */
	struct tracees tracees;
	event_sink *sink;
	void *who;
};

/* A call begins: what it is about is read before it changes that. Not in_call afterwards: its end
 * is of no interest. */
void call_enter(struct tracing *tracing, struct tracee *tracee);

/* It has ended, or, where the task stops at each call, another one begins. */
void call_leave(struct tracing *tracing, struct tracee *tracee);

/* A program runs, or could not: WHY. */
void call_tell_exec(struct tracing *tracing, struct tracee *tracee, int why);

/* The call of a parent has made a child, which is stopped or will be; or none: WHY. */
void call_tell_clone(struct tracing *tracing, struct tracee *parent, const struct tracee *child,
		     int why);

/* The same, but the child is in the same namespaces. */
void call_tell_fork(struct tracing *tracing, const struct tracee *parent,
		    const struct tracee *child);

/* That of a process which has ended; as_init is what it was. */
void call_tell_exit(struct tracing *tracing, const struct tracee *tracee, int status);
