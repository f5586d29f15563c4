/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/types.h>

#include "collect/collector.h"

/* Between the files that look for what holds a namespace besides processes. */

struct file_list;

/* holders.c: all that follows. -errno only where we are out of something ourselves. */
int holders_collect(struct builder *builder, int proc, struct error *err) _must_check_;

/* fds.c: descriptors of all processes in the builder: those of LIST, if that could be read, else by
 * /proc; NULL: by /proc. */
int fds_collect(struct builder *builder, int proc, dev_t nsfs, struct file_list *list,
		struct error *err) _must_check_;

/*
 * mounts.c: those of all mount namespaces, of which mounts_new() also adds those that nobody is in.
 * mounts_read() goes on where it ended before, as what was found since may be mount namespaces.
 */
struct mounts;
struct mounts *mounts_new(struct builder *builder, int proc, dev_t nsfs) _must_check_;
struct mounts *mounts_free(struct mounts *mounts);
DEFINE_CLEANUP(struct mounts *, mounts_free)
void mounts_read(struct mounts *mounts);
/* Once all is read: what is known of some namespaces is only that they are mounted. */
void mounts_note_gaps(struct mounts *mounts);

/*
 * listns.c: the namespaces that the kernel itself lists (Linux 6.19), read before all else, so that
 * none of them is younger than what is found. listns_note_unheld(): those that nothing was found to
 * hold, each of which is a gap. A kernel without that list is none.
 */
struct ns_ids {
	size_t n, capacity;
	uint64_t *ids;
	int why; /* an errno: the list ends too early */
};
void listns_read(struct ns_ids *ids);
void listns_note_unheld(struct builder *builder, const struct ns_ids *ids);
void ns_ids_clear(struct ns_ids *ids);

/* Whose descriptor it is. */
struct fd_owner {
	pid_t pid, tid;	      /* TID 0: it is in the table of the process */
	int dir;	      /* of its files in /proc; -1 */
	const struct ns *net; /* where it is itself; NULL: unknown */
	int pidfd;	      /* -1, until a socket needs it */
};

/*
 * sockets.c: the network namespace of descriptor FD of OWNER, a socket, or a tun device where
 * IS_TUN: 0, or -errno, where the kernel refuses. *RET_TEXT says what it is ("tcp 10.1.0.2:80") if
 * it is not where its owner is; freed by the caller.
 */
int socket_find_net(struct builder *builder, struct fd_owner *owner, int fd, bool is_tun,
		    struct ns **ret, char **ret_text) _must_check_;

/* How many descriptors are on their way to it, that nobody has received: proc_pid_fdinfo(5). */
uint64_t socket_count_in_flight(const struct fd_owner *owner, int fd);
