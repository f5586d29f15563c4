/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/tracee.h"

#include <string.h>

#include "util/alloc.h"

struct tracee *tracee_find(const struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee;
	HASH_FIND(hh, tracees->by_tid, &tid, sizeof(tid), tracee);
	return tracee;
}

struct tracee *tracee_add(struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee = xcalloc(1, sizeof(*tracee));
	tracee->tid = tid;
	tracee->map_fd = -1;
	HASH_ADD(hh, tracees->by_tid, tid, sizeof(tracee->tid), tracee);
	return tracee;
}

void tracee_remove(struct tracees *tracees, struct tracee *tracee)
{
	HASH_DEL(tracees->by_tid, tracee);
	tracee_end(tracee);
	free(tracee->map_path);
	free(tracee);
}

void tracees_clear(struct tracees *tracees)
{
	struct tracee *tracee, *next;
	HASH_ITER (hh, tracees->by_tid, tracee, next)
		tracee_remove(tracees, tracee);
}

void tracee_begin(struct tracee *tracee, enum call call, const uint64_t args[6])
{
	tracee_end(tracee);
	tracee->in_call = true;
	tracee->call = call;
	memcpy(tracee->args, args, sizeof(tracee->args));
}

void tracee_end(struct tracee *tracee)
{
	tracee->in_call = tracee->is_told = false;
	tracee->flags = 0;
	free(TAKE(tracee->path));
	free(TAKE(tracee->text));
}

void tracee_watch_map(struct tracee *tracee, int fd, const char *path)
{
	free(tracee->map_path);
	tracee->map_path = path ? xstrdup(path) : NULL;
	tracee->map_fd = fd;
}
