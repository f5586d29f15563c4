/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/* As whom a process runs, and what it may do: parts of /proc/PID/status, see proc_pid_status(5).
 * Ids are as the reader's user namespace has them. */
struct proc_cred {
	uid_t uid; /* the effective one */
	gid_t gid;
	size_t n_groups;
	gid_t *groups;
	uint64_t effective, bounding; /* sets of capabilities, bits 1 << CAP_… */
	bool no_new_privs;	      /* since Linux 4.10; false before */
	bool filtered;		      /* by seccomp filters */
};

/* Pure. 0, or -EINVAL; then RET is as it was. */
int proc_parse_cred(const char *text, size_t n, struct proc_cred *ret) _must_check_;

/* The file NAME below DIR: likewise, -EIO where it is not as it should be, or -errno. */
int proc_read_cred(int dir, const char *name, struct proc_cred *ret) _must_check_;

void proc_cred_clear(struct proc_cred *cred);
