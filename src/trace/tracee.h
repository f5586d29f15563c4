/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <uthash.h>

#include "model/event.h"
#include "trace/calls.h"

/* uid_map, gid_map, setgroups, timens_offsets; of more, the first ones are told. */
#define TRACEE_MAPS 4

/* A task that is traced, and the call that it is in. */
struct tracee {
	pid_t tid;
	bool is_stopped;	 /* it waits, at its beginning, for the event that made it */
	bool is_announced;	 /* that has come */
	ino_t ns[NS_KIND_COUNT]; /* where it is, as no call of its own has changed it since */
	bool children_elsewhere; /* its next child will be in another pid or time namespace */
	bool is_target;		 /* its end is told */
	bool is_init;		 /* PID 1 of a pid namespace: likewise; then it was this */
	struct event_task as_init;

	bool in_call;
	enum call call;
	uint64_t args[6];
	int flags;	   /* of clone, unshare, setns */
	char *path, *text; /* what its arguments were before the call */
	bool is_told;	   /* its event has been */

	/* The files that map users which it has open. */
	struct map_file {
		int fd;
		char *path; /* NULL: none */
	} maps[TRACEE_MAPS];
	size_t n_maps;

	UT_hash_handle hh;
};

struct tracees {
	struct tracee *by_tid;
};

struct tracee *tracee_find(const struct tracees *tracees, pid_t tid);
struct tracee *tracee_add(struct tracees *tracees, pid_t tid);
void tracee_remove(struct tracees *tracees, struct tracee *tracee);
void tracees_clear(struct tracees *tracees);

/* A call begins, or has ended. */
void tracee_begin(struct tracee *tracee, enum call call, const uint64_t args[6]);
void tracee_end(struct tracee *tracee);

/* It opened a file of that path, or closed it: NULL. */
void tracee_watch_map(struct tracee *tracee, int fd, const char *path);

/* The path of the file that maps users which is open as FD; NULL: it is none. */
const char *tracee_map_path(const struct tracee *tracee, int fd);

/* A program that it runs has none of them. */
void tracee_forget_maps(struct tracee *tracee);
