/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auditwho.h"

#include <string.h>

#include "util/alloc.h"

void whom_clear(struct whom *whom)
{
	for (size_t i = 0; i < whom->n; i++)
		free((void *)whom->subjects[i].processes);
	free(TAKE(whom->subjects));
	free(TAKE(whom->processes));
	whom->n = whom->n_processes = 0;
}

static void add(struct whom *whom, const struct container *container, bool whole,
		const struct process *const *processes, size_t n)
{
	const struct process **copy = xcalloc(n, sizeof(*copy));
	memcpy(copy, processes, n * sizeof(*copy));
	whom->subjects = xgrow(whom->subjects, whom->n, &whom->capacity, sizeof(*whom->subjects));
	whom->subjects[whom->n++] = (struct audit_subject){ container, whole, n, copy };
	for (size_t i = 0; i < n; i++) {
		whom->processes = xgrow(whom->processes, whom->n_processes,
					&whom->processes_capacity, sizeof(*whom->processes));
		whom->processes[whom->n_processes++] = processes[i];
	}
}

/* A process and its container. */
struct member {
	const struct container *container;
	const struct process *process;
};

/* Those of a container together, and who started first in front, as that one stands for it. */
static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->container != y->container)
		return x->container < y->container ? -1 : 1;
	if (x->process->start != y->process->start)
		return x->process->start < y->process->start ? -1 : 1;
	return (x->process->pid > y->process->pid) - (x->process->pid < y->process->pid);
}

/* Nothing is left of it but its number. */
static bool has_ended(const struct process *process)
{
	return process->state == 'Z' && process->n_tasks <= 1;
}

/* The host's first process is in no container, also where a security module keeps it from all. */
static bool is_host_init(const struct snapshot *snapshot, const struct process *process)
{
	const struct origin *origin = &snapshot->origin;
	return process->pid == 1 && origin->viewer[NS_PID] == origin->initial[NS_PID];
}

static struct member *list_members(struct whom *whom, const struct snapshot *snapshot,
				   const struct details *details, size_t *ret_n)
{
	struct member *members = xcalloc(snapshot->n_processes, sizeof(*members));
	size_t n = 0;
	whom->n_unknown = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		const struct detail *detail = details_find(details, process);
		if (!detail || has_ended(process))
			continue;
		whom->n_unknown += process->pid == process->tgid && !detail->has_container &&
				   !is_host_init(snapshot, process);
		if (detail->container)
			members[n++] = (struct member){ detail->container, process };
	}
	if (n)
		qsort(members, n, sizeof(*members), compare_members);
	*ret_n = n;
	return members;
}

/* By name, and what is called the same by id. */
static int compare_subjects(const void *a, const void *b)
{
	const struct audit_subject *x = a, *y = b;
	_cleanup_(freep) char *x_label = container_label(x->container);
	_cleanup_(freep) char *y_label = container_label(y->container);
	int by_label = strcmp(x_label, y_label);
	return by_label ? by_label : strcmp(x->container->id, y->container->id);
}

/* WANTED: only that one. */
static void add_containers(struct whom *whom, const struct snapshot *snapshot,
			   const struct details *details, const struct container *wanted)
{
	size_t n;
	_cleanup_(freep) struct member *members = list_members(whom, snapshot, details, &n);
	_cleanup_(freep) const struct process **processes = xcalloc(n, sizeof(*processes));
	for (size_t i = 0; i < n; i++)
		processes[i] = members[i].process;
	for (size_t first = 0, next; first < n; first = next) {
		const struct container *container = members[first].container;
		for (next = first; next < n && members[next].container == container; next++)
			;
		if (!wanted || container == wanted)
			add(whom, container, true, processes + first, next - first);
	}
}

/* Whether one of its processes is in a container that we know of, or may be. */
static bool is_known(const struct ns *ns, const struct details *details)
{
	for (size_t i = 0; i < ns->n_members; i++) {
		const struct detail *detail = details_find(details, ns->members[i]);
		if (!detail || !detail->has_container || detail->container)
			return true;
	}
	return false;
}

static size_t count_unmarked(const struct snapshot *snapshot, const struct details *details)
{
	size_t n = 0;
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		const struct ns *ns = snapshot->namespaces[i];
		n += ns->kind == NS_PID && ns->n_members > 0 &&
		     snapshot_is_initial(snapshot, ns) == 0 && !is_known(ns, details);
	}
	return n;
}

void whom_add_all(struct whom *whom, const struct snapshot *snapshot, const struct details *details)
{
	add_containers(whom, snapshot, details, NULL);
	whom->n_unmarked = count_unmarked(snapshot, details);
	if (whom->n)
		qsort(whom->subjects, whom->n, sizeof(*whom->subjects), compare_subjects);
}

/* With its threads that are elsewhere. */
static void add_process(struct whom *whom, const struct container *container,
			const struct snapshot *snapshot, const struct process *process)
{
	_cleanup_(freep) const struct process **all = xcalloc(snapshot->n_processes, sizeof(*all));
	size_t n = 0;
	all[n++] = process;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *other = snapshot->processes[i];
		if (process->pid == process->tgid && other->tgid == process->pid &&
		    other != process)
			all[n++] = other;
	}
	add(whom, container, false, all, n);
}

/* Whether that is looked at already: a container, or a process by itself. */
static bool has(const struct whom *whom, const struct container *container,
		const struct process *process)
{
	for (size_t i = 0; i < whom->n; i++) {
		const struct audit_subject *subject = &whom->subjects[i];
		if (process ? !subject->whole && subject->processes[0] == process
			    : subject->whole && subject->container == container)
			return true;
	}
	return false;
}

void whom_add_targets(struct whom *whom, const struct targets *targets,
		      const struct snapshot *snapshot, const struct details *details)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->items[i];
		if (target->failed)
			continue;
		const struct process *process = target->found.process;
		const struct detail *detail = details_find(details, process);
		const struct container *container = detail ? detail->container : NULL;
		bool whole = container && target->reference.type == REFERENCE_CONTAINER;
		if (has(whom, container, whole ? NULL : process))
			continue;
		if (whole)
			add_containers(whom, snapshot, details, container);
		else
			add_process(whom, container, snapshot, process);
	}
	whom->n_unknown = 0;
}
