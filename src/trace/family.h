/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "trace/trace.h"

/* Calls TAKE for each process that descends from TARGETS, and is none of those, as /proc has it
 * now; it is gone when that returns, and -errno of it ends it all. PROC is a fd of /proc. 0, or
 * -errno: /proc cannot be listed. */
int family_visit(int proc, const struct trace_target *targets, size_t n_targets,
		 int (*take)(void *who, const struct trace_target *member), void *who,
		 struct error *err) _must_check_;
