/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/child.h"

/* Between the readers: nothing outside detail/ includes this. */

/* Places, below a root, where engines have their sockets; NULL behind the last. */
const char *engine_place(size_t i, const char **ret_engine);

/*
 * The sockets of engines on this system: in those places, and wherever a process of the snapshot
 * that is called as an engine listens, as far as its path leads us, whose mounts are OWN, to its
 * socket. A child looks at them; what it does not tell in time has ETIMEDOUT.
 */
struct socket_list engine_sockets_read(struct arena *arena, struct child_patience *patience,
				       int proc, const struct mount_table *own,
				       const struct snapshot *snapshot) _must_check_;
