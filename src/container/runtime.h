/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "container/known.h"

/*
 * Containers that runc or crun run without an engine above them: no process stays beside them, and
 * what they are called is any text. Both keep a folder for each, named by its id: runc's
 * state.json, crun's status. A container that docker or podman run by them has one too, which
 * says so: it is known by that engine's name then.
 */
struct runtime {
	struct known known;
	ino_t mnt, pid; /* namespaces of its first process; 0 if that has ended, or is hidden */
};

/* A folder, or a file in it, of OWNER's that could not be read. */
struct runtime_unread {
	uid_t owner;
	int why; /* -errno */
};

struct runtime_list {
	size_t n, capacity;
	struct runtime *items;
	size_t n_unread, unread_capacity;
	struct runtime_unread *unread;
};

void runtime_list_clear(struct runtime_list *list);

/* Adds those below RUN, a descriptor of /run: RUN/runc, RUN/crun, RUN/user/UID/…. What an ordinary
 * user wrote counts only for namespaces of user namespaces that are theirs, and takes no more than
 * BUDGET_WHOLE (metafile.h). PROC is one of /proc. */
void runtime_list_read(int run, int proc, struct runtime_list *list);

/* The one that a process is in which has these namespaces, or NULL. */
const struct runtime *runtime_list_find(const struct runtime_list *list, ino_t mnt, ino_t pid);

/* Whether what could not be read may be about the process whose directory is DIR: -errno, or 0. */
int runtime_list_unread(const struct runtime_list *list, int dir) _must_check_;
