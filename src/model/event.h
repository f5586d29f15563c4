/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "model/kind.h"

/* What a process did about namespaces, as it happened: what nstrace(1) tells, whoever saw it. */

enum event_type {
	EVENT_EXEC,	/* PATH, ARGS */
	EVENT_CLONE,	/* CHILD, FLAGS; also fork and vfork into a pid namespace that is news */
	EVENT_FORK,	/* CHILD, in the same namespaces; told only to who asks */
	EVENT_UNSHARE,	/* FLAGS */
	EVENT_SETNS,	/* FLAGS, and TEXT: what the descriptor is */
	EVENT_MOVED,	/* it is in other namespaces, by a call that was not seen */
	EVENT_MAP,	/* PATH: "uid_map", "gid_map", "setgroups"; TEXT: what it says now */
	EVENT_ROOT,	/* PATH; TEXT: "pivot_root", "chroot" */
	EVENT_HOSTNAME, /* TEXT */
	EVENT_MOUNT,	/* TEXT: the file system; PATH: where */
	EVENT_RIGHTS,	/* TEXT: "no_new_privs", "seccomp", "capset" */
	EVENT_NAME,	/* TEXT: the new one */
	EVENT_EXIT,	/* STATUS */
	EVENT_TYPE_COUNT,
};

/* Its word, as in nstrace -e. */
const char *event_type_name(enum event_type type);

/* The one of that word, or EVENT_TYPE_COUNT. */
enum event_type event_type_by_name(const char *name, size_t n);

/* A process or thread at that moment. */
struct event_task {
	pid_t pid, tgid;	 /* as the viewer has them */
	pid_t ppid;		 /* of its parent's process, likewise; 0: unknown, or not visible */
	char comm[64];		 /* raw bytes; TASK_COMM_LEN is 16, kernel threads have more */
	size_t n_pids;		 /* 0: unknown */
	pid_t pids[33];		 /* its number in each pid namespace, the viewer's first */
	ino_t ns[NS_KIND_COUNT]; /* 0: unknown */
};

struct event {
	enum event_type type;
	uint64_t time;		     /* ns since 1970 */
	int why;		     /* 0; an errno: the call failed */
	int flags;		     /* CLONE_NEW…, as the call had them */
	int status;		     /* as wait(2) has it */
	struct event_task task;	     /* after the call */
	struct event_task child;     /* of a clone; pid 0: none */
	ino_t before[NS_KIND_COUNT]; /* where the caller was; 0: unknown, or as after it */
	const char *path, *text;
	size_t n_args;
	const char *const *args; /* raw bytes, as all texts */
};

/* Takes events as they come. They are gone when it returns. */
typedef void event_sink(void *who, const struct event *event);
