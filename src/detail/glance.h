/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detail/reader.h"
#include "model/snapshot.h"
#include "util/procfile.h"

/* Between the readers: nothing outside detail/ includes this. */

/* What the files of a process say, before anything is looked up for it. */
struct glance {
	const struct process *process;
	unsigned facts; /* of take.h: which files are read */
	int dir;	/* its directory; -1: it has ended, or its number is another's */
	struct proc_stat stat;
	char *cmdline, *cgroups; /* NULL: nobody asked, or it could not be read */
	size_t n_cmdline, n_cgroups;
	bool has_our_names; /* as views_is_ours(), where DETAIL_NSUSERS is among FACTS */
};

/* Where and how they are read. */
struct glance_way {
	int proc;
	int64_t tick_offset;
	size_t cmdline_max;	   /* bytes of a command line */
	const struct views *views; /* where DETAIL_NSUSERS is among any FACTS */
};

/* How many may be taken at a time: each holds a descriptor until it is cleared. */
size_t glances_max(void);

/*
 * Fills N glances, whose PROCESS and FACTS are set. That is the slow part of all details, as the
 * kernel makes the text of each file while it is read, so a thread on another CPU helps, where
 * there can be one.
 */
void glances_take(struct glance *glances, size_t n, const struct glance_way *way);
void glance_clear(struct glance *glance);
