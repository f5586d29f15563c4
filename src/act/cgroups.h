/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/target.h"

/* The cgroups of the target, one in each hierarchy, see cgroups(7): their files cgroup.procs, open.
 * The kernel asks who opened one whether he may move processes. */
struct cgroups {
	size_t n;
	struct cgroup {
		int procs;
		char *path; /* of its folder */
	} * items;
};

/*
 * Those that we are not in ourselves. 0, or -errno for the first that could not be opened, with
 * ERR; those that could are there all the same. What has no mount that we see cannot be joined
 * (ENOENT). -EBUSY comes first: one is frozen, so that nothing would run in it.
 */
int cgroups_open(const struct target *target, struct cgroups *ret, struct error *err) _must_check_;
void cgroups_clear(struct cgroups *cgroups);

/* Moves the calling process into all that take it: 0, or -errno of the first that did not. */
int cgroups_join(const struct cgroups *cgroups, struct error *err) _must_check_;

/*
 * Pure. The folder of the cgroup of HIERARCHY, as a line of /proc/PID/cgroup has it ("4:memory:/a",
 * N bytes), by the mounts in MOUNTINFO (proc_pid_mountinfo(5)): freed by the caller, NULL where no
 * mount shows it.
 */
char *cgroup_folder(const char *hierarchy, size_t n, const char *mountinfo,
		    size_t n_mountinfo) _must_check_;
