/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct ns;
struct process;

/* What keeps a namespace alive, see nswho(1), which has these words. The order is that in which
 * they are listed. */
enum held_by {
	HELD_BY_PROCESS,
	HELD_BY_THREAD,	      /* which is in it while its leader is not */
	HELD_BY_FOR_CHILDREN, /* what children of a process will be in */
	HELD_BY_FD,
	HELD_BY_MOUNT,
	HELD_BY_DETACHED_MOUNT, /* open, and in no mount namespace */
	HELD_BY_SOCKET,		/* made there by a process that is elsewhere */
	HELD_BY_TUN,		/* likewise, a network device */
	HELD_BY_IN_FLIGHT,	/* perhaps: sent over a unix socket, and not received yet */
	HELD_BY_CHILD,
	HELD_BY_OWNED,
	HELD_BY_SUPERBLOCK, /* of a procfs, whose pid namespace nobody is in */
	HELD_BY_IDMAP,	    /* of a mount, before Linux 6.8 */
	HELD_BY_COUNT,
};

const char *held_by_name(enum held_by by);

/* The one of that name, or HELD_BY_COUNT. */
enum held_by held_by_by_name(const char *name);

/* A holder that is no process, thread or namespace of the snapshot. */
struct pin {
	enum held_by by;
	const struct process *process; /* whose descriptor it is; NULL: a mount */
	pid_t tid;		       /* the thread that has it in a table of its own; 0: none */
	int fd;			       /* -1: none */
	const struct ns *mnt;	       /* the mount namespace that shows the mount; NULL: unknown */
	const char *path;	       /* raw bytes; NULL: none */
};
