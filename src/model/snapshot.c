/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot.h"

#include <errno.h>

#include "util/arena.h"

const struct snapshot *snapshot_free(const struct snapshot *snapshot)
{
	if (snapshot)
		arena_free(snapshot->arena);
	return NULL;
}

/* The place in the sorted list of the first namespace with that inode number or a higher one. */
static size_t lower_bound(const struct snapshot *snapshot, ino_t ino)
{
	size_t low = 0, high = snapshot->n_namespaces;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (snapshot->namespaces[middle]->ino < ino)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct ns *snapshot_find_ns(const struct snapshot *snapshot, enum ns_kind kind, ino_t ino)
{
	if (ino == 0) /* what is unknown is not one that has no number */
		return NULL;
	for (size_t i = lower_bound(snapshot, ino); i < snapshot->n_namespaces; i++) {
		const struct ns *ns = snapshot->namespaces[i];
		if (ns->ino != ino)
			break;
		if (ns->kind == kind)
			return ns;
	}
	return NULL;
}

static int compare_pid(const void *key, const void *item)
{
	pid_t a = *(const pid_t *)key, b = (*(const struct process *const *)item)->pid;
	return (a > b) - (a < b);
}

const struct process *snapshot_find_process(const struct snapshot *snapshot, pid_t pid)
{
	const struct process *const *found =
		bsearch(&pid, snapshot->processes, snapshot->n_processes,
			sizeof(*snapshot->processes), compare_pid);
	return found ? *found : NULL;
}

size_t snapshot_count_processes(const struct snapshot *snapshot, size_t *ret_unreadable)
{
	size_t n = 0, n_unreadable = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (process->pid != process->tgid)
			continue;
		n++;
		n_unreadable += process->unreadable;
	}
	*ret_unreadable = n_unreadable;
	return n;
}

bool snapshot_hides_processes(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_gaps; i++)
		if (!snapshot->gaps[i].of_holder)
			return true;
	return false;
}

bool snapshot_is_complete(const struct snapshot *snapshot)
{
	size_t n_unreadable;
	snapshot_count_processes(snapshot, &n_unreadable);
	return snapshot->n_gaps == 0 && n_unreadable == 0;
}

int snapshot_is_initial(const struct snapshot *snapshot, const struct ns *ns)
{
	if (snapshot->origin.initial[ns->kind])
		return ns->ino == snapshot->origin.initial[ns->kind];
	return -ENODATA;
}

bool process_keeps_for_children(const struct process *process, const struct ns *ns)
{
	return (process->pid_for_children.to == ns && process->ns[NS_PID].to != ns) ||
	       (process->time_for_children.to == ns && process->ns[NS_TIME].to != ns);
}

const struct process *ns_first(const struct ns *ns)
{
	if (ns->n_members)
		return ns->members[0];
	return ns->n_thread_members ? ns->thread_members[0] : NULL;
}
