/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/details.h"
#include "model/idmap.h"
#include "model/row.h"
#include "model/snapshot.h"
#include "util/error.h"

/* Snapshot → answers: pure. No system call, no output. */

/* reference.c: what a user typed where a process or a namespace is asked for. */
struct reference {
	const char *text; /* as typed */
	enum reference_type {
		REFERENCE_SELF,
		REFERENCE_PID,	     /* pid */
		REFERENCE_PID_INODE, /* pid, number: the inode of its pidfd */
		REFERENCE_PID_AT,    /* pid, where: the process of that PID in there */
		REFERENCE_NS,	     /* kind, number: its inode */
		REFERENCE_INODE,     /* number: of a namespace of any kind */
		REFERENCE_ID,	     /* number: the 64-bit id of a namespace */
		REFERENCE_PATH,	     /* text */
		REFERENCE_CONTAINER, /* text: its first process is meant */
	} type;
	pid_t pid;
	enum ns_kind kind;
	uint64_t number;
	const char *where; /* another reference */
};

/* -EINVAL where TEXT is none of these; RET points into TEXT. */
int reference_parse(const char *text, struct reference *ret, struct error *err) _must_check_;

bool reference_is_process(const struct reference *reference);

/* find.c: what a reference means in a snapshot. Exactly one of the two is set. */
struct found {
	const struct process *process;
	const struct ns *ns;
};

/* -ENOENT where it is not there; -EACCES where that depends on what could not be read; -ENOTUNIQ
 * where several containers are called so; -EINVAL for what a snapshot cannot answer (PID:inode, a
 * path, self): live, those have been resolved to plainer references before, and so have containers,
 * which are looked for in DETAILS (NULL: there are none). */
int reference_find(const struct snapshot *snapshot, const struct details *details,
		   const struct reference *reference, struct found *ret,
		   struct error *err) _must_check_;

/* The namespace of that kind that is meant: that of the process, or what was named itself. -EINVAL
 * where that is of another kind, -EACCES where the process keeps it from us. TEXT names it. */
int found_ns(const struct snapshot *snapshot, const struct found *found, enum ns_kind kind,
	     const char *text, const struct ns **ret, struct error *err) _must_check_;

/*
 * pids.c: a process has a number in its own pid namespace and in each above, up to the viewer's.
 */
struct pid_level {
	const struct process *process;
	size_t level;	     /* 0 is the viewer's */
	const struct ns *ns; /* NULL: unknown */
};

#define PID_INVISIBLE 1 /* an outcome: the process is neither in that namespace nor below it */

/* The namespace that it is in; NULL unknown, or none. One that refuses to tell its pid namespace is
 * known to be in the viewer's by having but one number. */
const struct ns *process_ns(const struct snapshot *snapshot, const struct process *process,
			    enum ns_kind kind);

/* All of them, the viewer's first: N, which is 0 where nobody asked. *RET is freed by the caller.
 */
size_t pid_levels(const struct snapshot *snapshot, const struct process *process,
		  struct pid_level **ret);

/* The level of PROCESS that is in NS: 0, PID_INVISIBLE, or -ENODATA where that is unknown. */
int pid_level_in(const struct snapshot *snapshot, const struct process *process,
		 const struct ns *ns, size_t *ret) _must_check_;

/* Who has the number PID in NS: -ENOENT nobody, -ENODATA nobody of those whose namespace is known
 * and somebody's is not. */
int pid_find(const struct snapshot *snapshot, const struct ns *ns, pid_t pid,
	     const struct process **ret) _must_check_;

/* list.c: which namespaces a list shows. */
struct ns_filter {
	unsigned kinds; /* bits 1 << enum ns_kind; 0: all */
	bool persistent; /* only those that no process and no thread is known to be in */
	bool no_host;	/* leave out the host's own, where they are known to be */
	size_t n_only;	/* only these, which are in order of address; NULL: all there is */
	const struct ns *const *only;
	size_t n_found; /* only what these name; 0: all there is */
	const struct found *found;
	bool *ret_hits; /* N_FOUND of them: whether anything of it passed the rest; may be NULL */
};

/* The namespaces that pass, by inode: *RET is freed by the caller. */
void ns_list(const struct snapshot *snapshot, const struct ns_filter *filter,
	     const struct ns *const **ret, size_t *ret_n);

/* The namespaces that these N processes (by number, ascending), or threads of theirs, are in, each
 * once and in order of address: *RET is freed by the caller. */
void ns_of_processes(const struct snapshot *snapshot, const pid_t *pids, size_t n,
		     const struct ns *const **ret, size_t *ret_n);

/* tree.c: a list, each below the one that it comes from. */
enum ns_tree {
	NS_TREE_NONE,
	NS_TREE_PROCESS, /* that of the same kind in which the parent of its first process is */
	NS_TREE_PARENT,	 /* its parent, of user and pid namespaces */
	NS_TREE_OWNER,	 /* the user namespace that owns it */
};

/* *RET, N rows, is freed by the caller. A namespace whose parent is not in the list is at the top;
 * so are all of them with NS_TREE_NONE. */
void ns_tree(const struct ns *const *list, size_t n, enum ns_tree by, struct row **ret);

/* Orders items as a tree, without recursion: PARENTS[i] is the place of the parent of ITEMS[i], or
 * ROW_TOP. A loop is opened at one of its members. */
void tree_order(const void *const *items, const size_t *parents, size_t n, struct row *ret);

/* idmap.c: the user namespaces between the viewer's and NS, both left out, outermost first. There
 * are none where NS is not below the viewer's. */
#define NS_LEVELS_MAX 33
size_t ns_between(const struct ns *viewer, const struct ns *ns,
		  const struct ns *ret[NS_LEVELS_MAX]);
