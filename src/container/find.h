/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "util/error.h"

/* A container that runs. */
struct container_found {
	struct container container; /* its strings are owned by this */
	size_t n_pids;
	pid_t *pids;	  /* its processes as the viewer numbers them: the first process of the
			   * container, then the others by number */
	uint64_t *starts; /* when each started, as struct process has it */
};

/*
 * What a user calls a container: `chal`, `b929bf93`, `docker:chal`; an exact name counts more than
 * an exact id, and that more than the prefix of one (4 hexadecimal digits or more). Of two that fit
 * as well, the system's counts more than an ordinary user's, and that more than one in another
 * container (container_rank()); then one that runs. PROC is a descriptor of /proc. The first
 * process of a container is the one that the engine wrote down, if it is there, else the earliest
 * started; one in a pid namespace of the container's, if there is any.
 *
 * 0; -ENOENT there is no such container (the line says where it was looked for); -ESRCH it exists
 * and does not run; -ENOTUNIQ several are called so (the line lists them); -EACCES none of those
 * whose names we may read; another -errno: of some processes it could not be made out.
 */
int container_find(int proc, const char *text, struct container_found *ret,
		   struct error *err) _must_check_;
void container_found_clear(struct container_found *found);
