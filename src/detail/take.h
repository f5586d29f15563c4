/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

enum detail_fact {
	DETAIL_CMDLINE = 1 << 0,
	DETAIL_PS = 1 << 1,    /* STAT START TTY RSS */
	DETAIL_USERS = 1 << 2, /* names of their uids, as getpwuid(3) of the viewer knows them */
	DETAIL_CONTAINER = 1 << 3,
	DETAIL_CGROUP = 1 << 4,
	DETAIL_HOSTNAME = 1 << 5, /* what its uts namespace calls the host */
	DETAIL_ALL = DETAIL_CMDLINE | DETAIL_PS | DETAIL_USERS | DETAIL_CONTAINER | DETAIL_CGROUP |
		     DETAIL_HOSTNAME,
};

/*
 * Reads FACTS of N processes of a snapshot from the running system; the list may repeat itself. A
 * process that has ended since, or whose number means another one (its start is compared), has no
 * details: that is no error. -errno where /proc cannot be opened or libproc2 does not work.
 */
int details_take(const struct process *const *processes, size_t n, unsigned facts,
		 const struct details **ret, struct error *err) _must_check_;
