/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "util/macro.h"

/*
 * A child of ours that goes where we cannot, or do not dare to, and answers over a pipe. Where it
 * goes it may be at the mercy of somebody hostile, who stops it or lets it wait without end: so it
 * has a deadline, and is killed however it went. In a child, call nothing that allocates, and leave
 * what the parent has in buffers alone.
 */
/* What all children of a run may make us wait, in ms, each of them half of what is left: who is
 * slow on purpose is not so a hundred times, and does not leave the others without. Quick answers
 * cost nothing of it. */
struct child_patience {
	int left;
};

#define CHILD_PATIENCE ((struct child_patience){ .left = 1000 })

struct child {
	pid_t pid;
	int pidfd, answers;
	struct child_patience *patience;
};

#define CHILD_NONE ((struct child){ .pid = -1, .pidfd = -1, .answers = -1 })

/* Answers on the pipe; when it returns, the child waits to be killed. */
typedef void child_function(const void *context, int answers);

/*
 * Starts RUN, which has no descriptors but its pipe and those of KEEP, none of our memory to show
 * to a tracer, and ends with us: 0, or -errno; -ETIMEDOUT where no patience is left. PATIENCE
 * outlives the child.
 */
int child_start(struct child_patience *patience, child_function *run, const void *context,
		const int *keep, size_t n_keep, struct child *ret) _must_check_;

/* Reads SIZE bytes: 0, -EPIPE where the child ended before, -ETIMEDOUT, -errno. */
int child_read(const struct child *child, void *buffer, size_t size) _must_check_;

/* Kills it. One that cannot even be killed (it waits for a disk) is left to itself. */
void child_end(struct child *child);

/* In a child: setns(2), after which it is as protected as before. -errno, or 0. */
int child_join(int ns_fd, int type) _must_check_;
