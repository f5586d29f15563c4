/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/holder.h"

#include <string.h>

static const char *const names[HELD_BY_COUNT] = {
	[HELD_BY_PROCESS] = "process",
	[HELD_BY_THREAD] = "thread",
	[HELD_BY_FOR_CHILDREN] = "for-children",
	[HELD_BY_FD] = "fd",
	[HELD_BY_MOUNT] = "mount",
	[HELD_BY_DETACHED_MOUNT] = "detached-mount",
	[HELD_BY_SOCKET] = "socket",
	[HELD_BY_TUN] = "tun",
	[HELD_BY_IN_FLIGHT] = "in-flight",
	[HELD_BY_CHILD] = "child",
	[HELD_BY_OWNED] = "owned",
	[HELD_BY_SUPERBLOCK] = "superblock",
	[HELD_BY_IDMAP] = "idmap",
};

const char *held_by_name(enum held_by by)
{
	return names[by];
}

enum held_by held_by_by_name(const char *name)
{
	enum held_by by = 0;
	while (by < HELD_BY_COUNT && strcmp(name, names[by]) != 0)
		by++;
	return by;
}
