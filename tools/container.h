/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

/*
 * The processes of the container that a user calls NAME, as far as they are in the snapshot, by
 * number: *RET is freed by the caller. Errors are those of container_find(), also where all of them
 * have ended (-ENOENT).
 */
int container_pids(const struct snapshot *snapshot, const char *name, pid_t **ret, size_t *ret_n,
		   struct error *err) _must_check_;

/* The same by what was saved with the snapshot. */
int container_saved_pids(const struct snapshot *snapshot, const struct details *details,
			 const char *name, pid_t **ret, size_t *ret_n,
			 struct error *err) _must_check_;

/* Whether a namespace of theirs, of one of these KINDS (0: of any), is unknown since we had no
 * right to look. */
bool container_is_refused(const struct snapshot *snapshot, const pid_t *pids, size_t n,
			  unsigned kinds);
