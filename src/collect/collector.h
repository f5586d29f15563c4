/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "collect/collect.h"
#include "collect/listing.h"
#include "collect/procfs.h"
#include "model/builder.h"

/* Between the collectors: nothing outside collect/ includes this. */

/* A collector's outcome: it cannot run on this system, ask another one. */
#define COLLECT_UNSUPPORTED 1

/*
 * The collectors read into a builder that has its origin. PROC is a descriptor of /proc. Where one
 * returns COLLECT_UNSUPPORTED, the builder is as before and ERR says why.
 */

/* proc-list.c: what the scope wants of /proc; and all of LISTING but for the processes that
 * IS_KNOWN, asked with WHO. */
int proc_collect(struct builder *builder, const struct scope *scope, int proc,
		 struct error *err) _must_check_;
int proc_collect_others(struct builder *builder, const struct scope *scope, int proc,
			const struct listing *listing, bool (*is_known)(const void *who, pid_t pid),
			const void *who, struct error *err) _must_check_;

/* bpf.c: a task iterator of the kernel, and /proc for whom it leaves out. */
int bpf_collect(struct builder *builder, const struct scope *scope, int proc,
		struct error *err) _must_check_;

/* idmaps.c: the maps of all user namespaces in the builder, whichever collector put them there. */
void idmaps_collect(struct builder *builder, const struct scope *scope, int proc);

/* Which facts to read of the process, whose namespaces are known. Marks those as entered. */
unsigned collect_facts(struct builder *builder, const struct scope *scope,
		       const struct process *process);

/* Whether a thread is worth a record of its own: it was asked for, or is where its leader is not.
 */
bool collect_keeps_thread(const struct scope *scope, const struct process *thread,
			  const struct process *leader);

/* origin.c: who reads, and what the mount options of /proc hide from it. */
void origin_read(struct builder *builder, int proc);

/*
 * nsfs.c: records the namespace behind FD and, if it was not known, all that it leads to: its
 * owner, its parents, up to where the kernel lets us. NULL where FD is not a namespace (errno).
 */
const struct ns *nsfs_add(struct builder *builder, int fd);

/* The same of what LOOK, an O_PATH descriptor, or PATH below DIR leads to, where anybody could have
 * put something else: NULL (errno) where that is no file of the nsfs file system NSFS. */
struct ns *nsfs_add_look(struct builder *builder, int look, dev_t nsfs);
struct ns *nsfs_add_path(struct builder *builder, int dir, const char *path, dev_t nsfs);

/* Its parts: what the parent of FROM is if the kernel refuses to tell, which is a gap unless there
 * is none; the 64-bit id of what FD is, 0 where the kernel cannot tell; and, once the id of NS is
 * set, whether it tells that this kernel gives the initial namespaces of all kinds fixed numbers.
 */
struct edge nsfs_refuse_parent(struct builder *builder, const struct ns *from, int why);
uint64_t nsfs_read_id(int fd, enum ns_kind kind);
void nsfs_note_initial(struct builder *builder, const struct ns *ns);

/* The namespace that the next child of the process will be PID 1 of, which /proc does not show
 * before it has a member: its fd, or -errno. DIR is the process's directory. */
int nsfs_open_unborn(int dir, pid_t pid, bool thread) _must_check_;
