/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

/* What paths of a process lead to. */
struct leak_bounds {
	const char *root;		  /* its root directory, in its mount namespace */
	const struct mount_table *mounts; /* that it sees */
	const struct mount_table *outer;  /* those of its mount namespace; NULL: the same, or not
					   * known */
};

/* The files that the process whose directory is DIR has open, or is in, and that are out of these
 * bounds. Asks no file system, as that may never answer. */
struct leak_list leaks_read(struct arena *arena, int dir,
			    const struct leak_bounds *bounds) _must_check_;
