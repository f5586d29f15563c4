/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/wish.h"
#include "collect/resolve.h"

/*
 * What is joined. All is held by descriptors that were opened in the beginning: a number that is
 * reused meanwhile, or what the target does next, changes nothing.
 */
struct target {
	const char *text;	  /* as the user wrote it */
	struct resolved resolved; /* a process, or a namespace */
	int pidfd;		  /* -1: there is none to be had, the links in /proc do */
};

#define TARGET_NONE ((struct target){ .resolved = RESOLVED_NOTHING, .pidfd = -1 })

/* Makes out the reference TEXT, by FIND where that takes more than the kernel's own answer, see
 * reference_resolve_near(): 0, or -errno as reference_resolve(). */
typedef int target_find(const char *text, struct resolved *ret, struct error *err);
int target_open(const char *text, target_find *find, struct target *ret,
		struct error *err) _must_check_;
void target_clear(struct target *target);

bool target_is_process(const struct target *target);

/* The line for WHAT ("see its net namespace", "read its environment") that was refused with WHY:
 * who may, where that is the reason. Returns -WHY. */
int target_refuse(const struct target *target, int why, const char *what, struct error *err);

/* Opens the namespace of that kind that the process is in: a fd, or -errno, and ERR says which. */
int target_open_ns(const struct target *target, enum ns_kind kind, struct error *err) _must_check_;

/* The kinds that this kernel has, and those of which it is in another namespace than we are, bits
 * 1 << enum ns_kind: 0, -errno. */
int target_compare(const struct target *target, unsigned *ret_there, unsigned *ret_differ,
		   struct error *err) _must_check_;
