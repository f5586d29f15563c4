/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "targets.h"

/*
 * The processes of the container that a user calls NAME, as far as they are in the snapshot, by
 * number: *RET is freed by the caller. LOADED: the details of a saved snapshot; else the running
 * system is asked. Where there is no such container, or all of them have ended, that is said and
 * noted in TARGETS, and 0 returned with *RET NULL. Other errors are those of container_find().
 */
int container_pids(const struct cli *cli, struct targets *targets, const struct snapshot *snapshot,
		   const struct details *loaded, const char *name, pid_t **ret, size_t *ret_n,
		   struct error *err) _must_check_;

/* Whether a namespace of theirs, of one of these KINDS (0: of any), is unknown since we had no
 * right to look. */
bool container_is_refused(const struct snapshot *snapshot, const pid_t *pids, size_t n,
			  unsigned kinds);
