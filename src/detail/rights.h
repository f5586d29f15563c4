/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/macro.h"

/* Between the readers: nothing outside detail/ includes this. */

/* What /proc/PID/status says of the rights of one thread, see proc_pid_status(5). */
struct rights {
	uint32_t uids[4], gids[4]; /* real, effective, saved, of files */
	const char *groups; /* N_GROUPS bytes of the text: numbers with blanks between them */
	size_t n_groups;
	uint64_t effective, permitted, inheritable, bounding, ambient;
	bool no_new_privs;
	unsigned seccomp;
};

/* status.c: parses that file: 0, or -EINVAL where a line is missing. Pure. */
int rights_parse(const char *text, size_t n, struct rights *ret) _must_check_;

/* Those of the process whose directory DIR is, and of all of its threads, into RET. */
void rights_read(struct arena *arena, int dir, struct exposure *ret);
