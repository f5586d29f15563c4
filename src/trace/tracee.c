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
	HASH_ADD(hh, tracees->by_tid, tid, sizeof(tracee->tid), tracee);
	return tracee;
}

void tracee_remove(struct tracees *tracees, struct tracee *tracee)
{
	HASH_DEL(tracees->by_tid, tracee);
	tracee_end(tracee);
	tracee_forget_maps(tracee);
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
	struct map_file *room = NULL;
	for (size_t i = 0; i < TRACEE_MAPS; i++) {
		struct map_file *map = &tracee->maps[i];
		if (map->path && map->fd == fd) {
			free(TAKE(map->path));
			tracee->n_maps--;
		}
		room = !room && !map->path ? map : room;
	}
	if (!path || !room)
		return;
	*room = (struct map_file){ .fd = fd, .path = xstrdup(path) };
	tracee->n_maps++;
}

const char *tracee_map_path(const struct tracee *tracee, int fd)
{
	for (size_t i = 0; i < TRACEE_MAPS; i++)
		if (tracee->maps[i].path && tracee->maps[i].fd == fd)
			return tracee->maps[i].path;
	return NULL;
}

void tracee_forget_maps(struct tracee *tracee)
{
	for (size_t i = 0; i < TRACEE_MAPS; i++)
		free(TAKE(tracee->maps[i].path));
	tracee->n_maps = 0;
}
