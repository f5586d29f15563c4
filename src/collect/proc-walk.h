/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "collect/collector.h"

/* Between proc.c, which reads a process, and proc-list.c, which says of whom. */

#define PROC_LINKS 10 /* to namespaces that a process has */

struct proc_walk {
	struct builder *builder;
	const struct scope *scope;
	int proc;
	int64_t tick_offset;
	int failure;			   /* see proc_note_failure() */
	const struct ns *last[PROC_LINKS]; /* neighbours tend to live together */
};

/* Remembers an errno that says that we, and not a process, are out of something: we would pass by
 * processes that are there. */
void proc_note_failure(struct proc_walk *walk, int number);

/* Reads a process with its threads. One that is not there is nothing to say. */
void proc_visit(struct proc_walk *walk, pid_t pid);
