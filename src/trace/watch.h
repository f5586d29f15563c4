/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later */
#pragma once

#include <linux/types.h>

/*
 * What watch.bpf.c writes and watcher.c reads: struct watch_record, and N_BYTES behind it. Both
 * sides are compiled for one machine, so layout and byte order agree.
 */

enum watch_what {
	WATCH_EXEC,  /* a program runs: its file, its arguments */
	WATCH_CHILD, /* a child begins in other namespaces than its parent */
	WATCH_FORK,  /* a process begins in the same ones */
	WATCH_CALL,  /* a call of those that are followed has ended */
	WATCH_MOVED, /* a thread is in other namespaces, by a call that was not seen */
	WATCH_MAP,   /* one of the files that map users was written: its path, the lines */
	WATCH_EXIT,  /* PID 1 of a pid namespace, or a process that was asked for */
	WATCH_END,   /* nobody is left who is followed */
};

/* In the order of enum ns_kind. */
enum watch_ns {
	WATCH_NS_CGROUP,
	WATCH_NS_IPC,
	WATCH_NS_MNT,
	WATCH_NS_NET,
	WATCH_NS_PID,
	WATCH_NS_TIME,
	WATCH_NS_USER,
	WATCH_NS_UTS,
	WATCH_NS_COUNT,
};

/* The kernel nests no more of them: MAX_PID_NS_LEVEL. */
#define WATCH_LEVELS 33

struct watch_task {
	__s32 pid, tgid, ppid; /* as the viewer has them; 0: it does not see that one */
	__u32 n_pids;
	__s32 pids[WATCH_LEVELS]; /* in each pid namespace, the viewer's first */
	__u32 ns[WATCH_NS_COUNT]; /* inodes; 0: it has left it */
	char comm[16];
};

/* What the descriptor of a setns(2) is. */
enum watch_fd {
	WATCH_FD_NONE, /* not open */
	WATCH_FD_NS,
	WATCH_FD_PIDFD,
	WATCH_FD_OTHER,
};

/* Bytes behind the record come in this order: names of a path, the innermost first, each with its
 * NUL; a path that a call was given; a text; the arguments of a program. */
struct watch_record {
	__u64 time; /* ns since boot */
	__u64 args[6];
	__s64 result; /* of a call, -errno where it failed; what a process exited with */
	__u64 flags;  /* of clone(2) */
	__u32 what;
	__u32 number;		      /* of the call */
	__u32 before[WATCH_NS_COUNT]; /* where the caller was; 0: unknown */
	__u32 fd, fd_kind, fd_ino;    /* enum watch_fd; of a namespace: CLONE_NEW…, inode */
	__s32 fd_pid;		      /* of a pidfd */
	__u32 n_names, n_path, n_text, n_args;
	__u32 has_file;	   /* the names are its; without any it is a root itself */
	__u32 is_deleted;  /* that file */
	__u32 is_path_cut; /* there are more names */
	__u32 is_cut;	   /* the arguments are more */
	struct watch_task task, child;
};

/* Of texts that have no bound of their own. */
#define WATCH_TEXT_MAX 4096
#define WATCH_NAME_MAX 256
#define WATCH_BYTES_MAX (4 * WATCH_TEXT_MAX)

/* How a process is followed. */
enum watch_how {
	WATCH_DESCENDANT = 1,
	WATCH_TARGET = 2, /* its end is told, too */
};

/* What is to be seen of a call, by its number. Arguments are counted from 1; 0: none. */
struct watch_call {
	__u8 path, text; /* texts that end with a NUL */
	__u8 bytes;	 /* a text, its length is the next argument */
	__u8 how;	 /* enum watch_call_how */
};

enum watch_call_how {
	WATCH_FAILED = 1 << 0, /* only if it has failed; else a tracepoint of its own has it */
	WATCH_MOVES = 1 << 1,  /* with where the caller was before it */
	WATCH_FD = 1 << 2,     /* the first argument is a descriptor */
	WATCH_PRCTL = 1 << 3,  /* only what prctl(2) does that is told */
	WATCH_CLONE3 = 1 << 4, /* the flags of clone(2) are in memory */
};

#define WATCH_CALLS 512
