/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/child.h"

/* Between the readers: nothing outside detail/ includes this. */

/* What paths of a process lead to. */
struct leak_bounds {
	const char *root;		  /* its root directory, in its mount namespace */
	const struct mount_table *mounts; /* that it sees */
	const struct mount_table *outer;  /* those of its mount namespace; NULL: the same */
	const struct mount_table *own;	  /* ours */
	bool is_hosts;			  /* its mount namespace is the host's */
};

/* The files that PROCESS, whose directory is DIR, and its threads have and that are out of these
 * bounds, or writable, or devices. Asks no file system, as that may never answer, but by a child.
 */
struct leak_list leaks_read(struct arena *arena, struct child_patience *patience, int dir,
			    const struct process *process,
			    const struct leak_bounds *bounds) _must_check_;
