/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/* What a mount namespace shows, as far as it can hold other namespaces. */
struct mount {
	dev_t dev;
	bool is_nsfs, is_proc; /* at least one of these three */
	bool is_idmapped;      /* and keeps a user namespace by that (before Linux 6.8) */
	const char *root;      /* raw bytes: which part of the file system */
	const char *point;     /* raw bytes: where it is, below the root directory */
};

/*
 * Calls TAKE for each such mount of the mount namespace with the 64-bit id ID (0: none is known),
 * which DIR, the directory of a process in it, is in (-1: nobody). By listmount(2), which shows all
 * of them; where the kernel has it not, or refuses, by the process's mountinfo, which ends at its
 * root directory. 0, or -errno.
 */
int mount_list(uint64_t id, int dir, void (*take)(void *who, const struct mount *mount),
	       void *who) _must_check_;
