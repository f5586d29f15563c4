/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/query.h"

/*
 * holders.c: what keeps a namespace alive.
 */
struct holder {
	enum held_by by;
	const struct process *process; /* NULL: a mount, a namespace, or one that is not known */
	pid_t tid;		       /* the thread of it that does; 0: all of it */
	int fd;			       /* -1: none */
	const struct ns *mnt;	       /* as of struct pin */
	const char *path;
	const struct ns *ns; /* the child, or what it owns */
};

/* In the order of enum held_by: *RET is freed by the caller. */
void ns_holders(const struct snapshot *snapshot, const struct ns *ns, struct holder **ret,
		size_t *ret_n);
struct holder holder_of_pin(const struct pin *pin);
