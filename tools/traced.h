/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "targets.h"
#include "trace/trace.h"

/* The processes that nstrace is to follow, each held by its pidfd. */
struct traced {
	size_t n;
	struct trace_target *targets;
};

/* Makes out what TARGETS refer to, which may be nothing, in a snapshot that is the caller's; what
 * leads nowhere is said, and none of them is followed then: -ENOENT, without a line. */
int traced_find(struct targets *targets, const struct cli *cli,
		const struct snapshot **ret_snapshot, struct traced *ret,
		struct error *err) _must_check_;
void traced_clear(struct traced *traced);
