/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/query.h"
#include "util/error.h"

/*
 * A reference, made out on the running system. What it means is held by a descriptor, so that it
 * cannot become something else before the snapshot is there: PLAIN is what to look up in that.
 */
struct resolved {
	struct reference plain; /* REFERENCE_PID, _NS, _INODE or _ID */
	int dir;		/* of the process; -1 */
	int ns_fd;		/* the namespace, of a path; -1 */
};

#define RESOLVED_NOTHING ((struct resolved){ .dir = -1, .ns_fd = -1 })

/*
 * 0, or: -ENOENT where there is no such process, file or container (ESRCH: it does not run;
 * ENOTUNIQ: there are several); -EACCES, -EPERM where it is there and
 * hidden from us; -EINVAL where the path is no namespace, or the inode is not that of the process
 * (ESRCH: it was, and the number has been reused).
 */
int reference_resolve(const struct reference *reference, struct resolved *ret,
		      struct error *err) _must_check_;

/*
 * The same by what the kernel answers at once, and by less code, as nsjoin starts faster without
 * the rest: RESOLVE_FAR where that takes a look at all processes, or at what engines wrote down.
 */
#define RESOLVE_FAR 1
int reference_resolve_near(const struct reference *reference, struct resolved *ret,
			   struct error *err) _must_check_;

/* Their parts: the process with that number; the one that has REFERENCE's number in the pid
 * namespace of WHERE, or RESOLVE_FAR; that namespace, a descriptor, or -ENODATA where only a look
 * at all processes can find one. */
int resolve_pid(pid_t pid, struct resolved *resolved, struct error *err) _must_check_;
int resolve_pid_at(const struct reference *reference, const struct resolved *where,
		   struct resolved *resolved, struct error *err) _must_check_;
int resolved_open_pidns(const struct resolved *resolved, struct error *err) _must_check_;

/* Whether the process that was resolved has lived on until now; true for namespaces. */
bool resolved_is_alive(const struct resolved *resolved);

void resolved_clear(struct resolved *resolved);
