/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "collect/collect.h"
#include "model/builder.h"

/* Between the collectors: nothing outside collect/ includes this. */

/* A collector's outcome: it cannot run on this system, ask another one. */
#define COLLECT_UNSUPPORTED 1

/* proc.c: all of /proc. */
int proc_collect(struct builder *builder, const struct scope *scope,
		 struct error *err) _must_check_;

/* origin.c: opens /proc, making sure that it is one: the fd, or -errno. */
int proc_open(struct error *err) _must_check_;

/* Whether PROC numbers processes as another pid namespace than ours does: then nothing that takes a
 * PID of our own (pidfd_open(2), kill(2)) fits what it says. */
bool proc_is_foreign(int proc);

/* The inode number of LINK, a link to a namespace below DIR: 0, or -errno of readlink(2). */
int proc_read_ns_link(int dir, const char *link, const char *type, ino_t *ret);

/* Who reads, and what the mount options of /proc hide from it. */
void origin_read(struct builder *builder, int proc);

/*
 * nsfs.c: records the namespace behind FD and, if it was not known, all that it leads to: its
 * owner, its parents, up to where the kernel lets us. NULL where FD is not a namespace (errno).
 */
const struct ns *nsfs_add(struct builder *builder, int fd);

/* The namespace that the next child of the process will be PID 1 of, which /proc does not show
 * before it has a member: its fd, or -errno. DIR is the process's directory. */
int nsfs_open_unborn(int dir, pid_t pid, bool thread) _must_check_;
