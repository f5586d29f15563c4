/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/holder.h"
#include "model/kind.h"
#include "util/macro.h"
#include "util/procfile.h"

/*
 * What a system's namespaces were at one moment: plain const data, made by a builder. Numbers of
 * processes are those of the viewer, the pid namespace that the /proc belongs to; uids are those
 * of the user namespace of whoever read it.
 */

struct ns;
struct process;

/* A line of the graph. Where TO is NULL, WHY tells: 0 there is nothing at its end, ENODATA nobody
 * asked, else what the kernel answered (EACCES, EPERM, ENOTTY …). */
struct edge {
	const struct ns *to;
	int why;
};

/*
 * How ids of a user namespace are translated, in the order of /proc. OUTSIDE is an id of the user
 * namespace of whoever read it; in the map of that namespace itself, one of its parent. Where N is
 * 0, WHY tells: 0 nothing is mapped, ENODATA nobody asked, else what the kernel answered.
 */
struct idmap {
	size_t n;
	const struct idmap_range *ranges;
	int why;
};

struct ns {
	enum ns_kind kind;
	dev_t dev;
	ino_t ino;	    /* identifies it only as long as it lives; 0: the kernel names it not */
	uint64_t id;	    /* NS_GET_ID, never reused; 0 where the kernel cannot tell */
	struct edge owner;  /* the user namespace that owns it; of a user namespace: its parent */
	struct edge parent; /* user and pid namespaces only */
	uid_t owner_uid;    /* user namespaces only: who made it; UID_UNKNOWN */
	bool unborn;	    /* pid namespaces only: nobody has been in it, no link leads there */
	struct idmap uids, gids; /* user namespaces only */
	size_t n_threads;	 /* threads in it, whoever their leader is */
	size_t n_members;	 /* thread group leaders, by pid */
	const struct process *const *members;
	size_t n_thread_members; /* threads that are in it while their leader is not */
	const struct process *const *thread_members;
	size_t n_pins; /* 0 also if nobody asked */
	const struct pin *pins;
	unsigned held_by; /* bits 1 << enum held_by */
};

#define UID_UNKNOWN ((uid_t)-1) /* never a valid id */

struct process {
	pid_t pid, tgid;  /* a thread is one too, with tgid != pid */
	pid_t ppid;	  /* 0: none that the viewer sees; PID_UNASKED */
	uid_t uid;	  /* effective; UID_UNKNOWN */
	char state;	  /* as in proc_pid_stat(5); 0 if nobody asked */
	bool unreadable;  /* the kernel refused its namespaces to us */
	uint32_t n_tasks; /* threads of the process, the leader counted; 1 for a thread */
	/* Clock ticks since boot in the initial time namespace, or START_UNKNOWN: with the pid it
	 * says who it is. */
	uint64_t start;
	const struct process *parent; /* NULL also where ppid is not in the snapshot */
	const char *comm;	      /* raw bytes; NULL if nobody asked */
	struct edge ns[NS_KIND_COUNT];
	struct edge pid_for_children, time_for_children;
	size_t n_pids; /* in each pid namespace, the viewer's first; 0 if nobody asked */
	const pid_t *pids, *pgids, *sids;
};

#define PID_UNASKED ((pid_t)-1)
#define START_UNKNOWN UINT64_MAX

/* Asked for and not readable: "/proc/1/ns", EACCES. */
struct gap {
	const char *source;
	int why;
	bool of_holder; /* it hides no process, only what else may hold a namespace */
};

struct origin {
	const char *hostname, *boot_id, *release;
	const char *source;	      /* the collector that read it */
	const char *no_bpf;	      /* why that is not BPF; NULL or "" where it was not tried */
	uint64_t taken;		      /* seconds since 1970; 0 unknown */
	bool holders;		      /* pins were looked for */
	bool foreign_proc;	      /* the /proc read is not that of our own pid namespace */
	ino_t viewer[NS_KIND_COUNT];  /* the namespaces of whoever read it; 0 unknown */
	ino_t initial[NS_KIND_COUNT]; /* the host's own; 0 unknown */
};

struct arena;

struct snapshot {
	struct origin origin;
	size_t n_namespaces; /* by inode, then kind */
	const struct ns *const *namespaces;
	size_t n_processes; /* by pid; with threads, where those differ from their leader */
	const struct process *const *processes;
	size_t n_gaps;
	const struct gap *gaps;
	size_t n_in_flight; /* which namespaces these hold, if any, nobody can see */
	const struct pin *in_flight;
	struct arena *arena; /* where all of it lives */
};

/* Takes NULL, returns NULL. */
const struct snapshot *snapshot_free(const struct snapshot *snapshot);
DEFINE_CLEANUP(const struct snapshot *, snapshot_free)

/* NULL where there is none, as of a number that is 0. */
const struct ns *snapshot_find_ns(const struct snapshot *snapshot, enum ns_kind kind, ino_t ino);
const struct process *snapshot_find_process(const struct snapshot *snapshot, pid_t pid);

/* How many processes there are (threads not counted), and how many of them were refused to us. */
size_t snapshot_count_processes(const struct snapshot *snapshot, size_t *ret_unreadable);

/* Whether a process may be where we saw none, as not all could be read. */
bool snapshot_hides_processes(const struct snapshot *snapshot);

/* Whether all that was asked for could be read. */
bool snapshot_is_complete(const struct snapshot *snapshot);

/* Whether NS is the host's own of its kind: 1, 0, or -ENODATA where that cannot be known (mnt and
 * net before Linux 6.17, if kthreadd could not be read). */
int snapshot_is_initial(const struct snapshot *snapshot, const struct ns *ns);

/* Whether children of the process will be in NS, and it is not. */
bool process_keeps_for_children(const struct process *process, const struct ns *ns);

/* Who stands for the namespace: its member with the lowest pid, else such a thread, else NULL. */
const struct process *ns_first(const struct ns *ns);
