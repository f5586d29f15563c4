/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later */
#pragma once

/*
 * What task_iter.bpf.c writes and bpf.c reads: for each task a struct task_record; behind it, if it
 * has TASK_FACTS, a struct task_facts and N_LEVELS of struct task_numbers; and behind those, if it
 * has TASK_NAMESPACES, TASK_NS_COUNT of struct task_ns. Both sides are compiled for one machine, so
 * layout and byte order agree.
 */

/* The links of a task, in the order of namespaces within a record: enum ns_kind, then two more. */
enum task_ns_index {
	TASK_NS_CGROUP,
	TASK_NS_IPC,
	TASK_NS_MNT,
	TASK_NS_NET,
	TASK_NS_PID,
	TASK_NS_TIME,
	TASK_NS_USER,
	TASK_NS_UTS,
	TASK_NS_PID_FOR_CHILDREN,
	TASK_NS_TIME_FOR_CHILDREN,
	TASK_NS_COUNT,
};

enum task_has {
	TASK_FACTS = 1 << 0,
	TASK_NAMESPACES = 1 << 1, /* without: they are those last described in its slot */
};

/*
 * Processes share namespaces, and to describe them is what costs: so each set of namespaces is
 * remembered in a slot, by both sides, until another one needs that slot. Threads are always
 * described, and not remembered.
 */
#define TASK_SLOT_BITS 12
#define TASK_SLOT_COUNT (1 << TASK_SLOT_BITS)

struct task_record {
	__u32 has;
	__u32 slot;
	__s32 pid, tgid; /* as the reader's pid namespace sees them */
	__u32 n_tasks;
	__u32 unused;
};

struct task_facts {
	__u64 start_ns; /* since boot, in the initial time namespace */
	__s32 ppid;	/* 0: none that the reader's pid namespace sees */
	__u32 euid;	/* as the initial user namespace sees it */
	__u32 state;	/* bits of task_struct.__state and .exit_state */
	__u32 kthread;	/* 0: not a kernel thread */
	char comm[16];
	__u32 n_levels; /* pid namespaces that it has a number in, the reader's first */
	__u32 unused;
};

struct task_numbers {
	__s32 pid, pgid, sid; /* 0: the group or session comes from outside of that level */
	__s32 unused;
};

struct task_ns {
	__u64 id;	 /* ns_common.ns_id; 0 before Linux 6.18 */
	__u32 ino;	 /* 0: the kernel has no such kind, or the task has exited and left it */
	__u32 owner;	 /* inode of the user namespace that owns it; 0 none */
	__u32 parent;	 /* inode, user and pid namespaces; 0 none */
	__u32 owner_uid; /* user namespaces, as the initial one sees it */
};
