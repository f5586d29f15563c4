/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

/* The version of the format; it rises only when a meaning changes. Unknown keys are ignored, an
 * absent one means that nobody asked. Numbers of 64 bits are strings, as JSON readers round them;
 * an edge is the inode it leads to, null (nothing there), or the name of an errno (unknown). */
#define SNAPSHOT_VERSION 1

/*
 * Writes all that is known, for snapshot_load(). REDACT replaces arguments of processes, names
 * of users, hosts, containers and network interfaces, ids of containers and paths of cgroups by
 * placeholders (with the same number for the same text). 0, or -errno.
 */
int snapshot_save(const struct snapshot *snapshot, const struct details *details, bool redact,
		  FILE *stream, struct error *err) _must_check_;
