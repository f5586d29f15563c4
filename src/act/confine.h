/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/filter.h>

#include "act/target.h"

/* What the target may do less than its namespaces alone forbid, and which joining does not take
 * over: its bounding set, no_new_privs, its seccomp filters. */
struct confinement {
	uint64_t bounding;
	bool no_new_privs;
	size_t n_filters; /* the oldest first */
	struct sock_fprog *filters;
	char *profile; /* of a security module (AppArmor, SELinux), if it is not ours; NULL */
};

/*
 * Reads them. Filters are read by ptrace(2), for which the process stops for some microseconds:
 * without disturbing its system calls, but who waits for it can see that (WUNTRACED is not it).
 * -EPERM, -EACCES with ERR; what could be read is there all the same.
 */
int confinement_read(const struct target *target, struct confinement *ret,
		     struct error *err) _must_check_;
void confinement_clear(struct confinement *confinement);

/* Drops from our bounding set what is not in theirs. */
int confine_bounding(const struct confinement *confinement, struct error *err) _must_check_;

/* Installs copies of the filters. Takes CAP_SYS_ADMIN or no_new_privs. */
int confine_filters(const struct confinement *confinement, struct error *err) _must_check_;
