/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

/* Places, below a root, where engines have their sockets; NULL behind the last. */
const char *engine_place(size_t i, const char **ret_engine);

/* The sockets of engines on this system: in those places, and wherever a process of N that is
 * called as an engine listens. */
struct socket_list engine_sockets_read(struct arena *arena, int proc,
				       const struct process *const *processes,
				       size_t n) _must_check_;
