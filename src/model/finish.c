/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/builder-entry.h"

/* By pid; what was read later comes first. */
static int compare_processes(const void *a, const void *b)
{
	const struct process_entry *x = *(struct process_entry *const *)a;
	const struct process_entry *y = *(struct process_entry *const *)b;
	if (x->process.pid != y->process.pid)
		return x->process.pid < y->process.pid ? -1 : 1;
	return (x->order < y->order) - (x->order > y->order);
}

static int compare_namespaces(const void *a, const void *b)
{
	const struct ns *x = *(const struct ns *const *)a, *y = *(const struct ns *const *)b;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* readdir() of /proc goes on from a number: a pid that is reused meanwhile can come twice. */
static void sort_processes(struct builder *builder)
{
	struct process_entry **entries = builder->processes;
	if (builder->n_processes)
		qsort(entries, builder->n_processes, sizeof(*entries), compare_processes);
	size_t n = 0;
	for (size_t i = 0; i < builder->n_processes; i++)
		if (n == 0 || entries[n - 1]->process.pid != entries[i]->process.pid)
			entries[n++] = entries[i];
	builder->n_processes = n;
}

/* A parent never starts after its child: where it seems so, the number has been reused. */
static void link_parents(const struct snapshot *snapshot, struct builder *builder)
{
	for (size_t i = 0; i < builder->n_processes; i++) {
		struct process *process = &builder->processes[i]->process;
		const struct process *parent =
			process->ppid > 0 ? snapshot_find_process(snapshot, process->ppid) : NULL;
		if (!parent || parent == process)
			continue;
		bool known = parent->start != START_UNKNOWN && process->start != START_UNKNOWN;
		if (!known || parent->start <= process->start)
			process->parent = parent;
	}
}

/* Numbers reused within one clock tick can still make a loop. Each process is walked once. */
static void open_loops(struct builder *builder)
{
	for (size_t walk = 1; walk <= builder->n_processes; walk++) {
		struct process_entry *entry = builder->processes[walk - 1];
		while (entry && entry->walk == 0) {
			entry->walk = walk;
			struct process_entry *next = (struct process_entry *)entry->process.parent;
			if (next && next->walk == walk)
				entry->process.parent = NULL;
			entry = next;
		}
	}
}

/* Calls VISIT for each namespace that a process, or a thread apart from its leader, is in. */
static void for_each_membership(struct builder *builder, const struct snapshot *snapshot,
				void (*visit)(struct ns *, struct process *, bool thread))
{
	for (size_t i = 0; i < builder->n_processes; i++) {
		struct process *process = &builder->processes[i]->process;
		bool thread = process->pid != process->tgid;
		const struct process *leader =
			thread ? snapshot_find_process(snapshot, process->tgid) : NULL;
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
			const struct ns *ns = process->ns[kind].to;
			if (ns && !(leader && leader->ns[kind].to == ns))
				visit((struct ns *)ns, process, thread);
		}
	}
}

static void count_member(struct ns *ns, struct process *process _unused_, bool thread)
{
	if (thread)
		ns->n_thread_members++;
	else
		ns->n_members++;
}

static void place_member(struct ns *ns, struct process *process, bool thread)
{
	if (thread)
		((const struct process **)ns->thread_members)[ns->n_thread_members++] = process;
	else
		((const struct process **)ns->members)[ns->n_members++] = process;
}

static void count_threads(struct builder *builder, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < builder->n_processes; i++) {
		const struct process *process = &builder->processes[i]->process;
		if (process->pid == process->tgid)
			continue;
		const struct process *leader = snapshot_find_process(snapshot, process->tgid);
		if (leader)
			((struct process_entry *)leader)->n_threads++;
	}
	for (size_t i = 0; i < builder->n_processes; i++) {
		const struct process_entry *entry = builder->processes[i];
		/* Threads come and go between the two readings that these come from. */
		size_t n = 1;
		if (entry->process.n_tasks > entry->n_threads)
			n = entry->process.n_tasks - entry->n_threads;
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
			if (entry->process.ns[kind].to)
				((struct ns *)entry->process.ns[kind].to)->n_threads += n;
	}
}

static void link_members(struct builder *builder, const struct snapshot *snapshot)
{
	for_each_membership(builder, snapshot, count_member);
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		struct ns *ns = (struct ns *)snapshot->namespaces[i];
		ns->members = arena_alloc(builder->arena, ns->n_members * sizeof(*ns->members));
		ns->thread_members = arena_alloc(
			builder->arena, ns->n_thread_members * sizeof(*ns->thread_members));
		ns->n_members = ns->n_thread_members = 0;
	}
	for_each_membership(builder, snapshot, place_member);
	count_threads(builder, snapshot);
}

/* Puts a namespace that stays, if that is news, in front of those whose edges are to be followed.
 */
static void keep(struct ns_entry **todo, const struct ns *ns)
{
	if (!ns || entry_of(ns)->kept)
		return;
	entry_of(ns)->kept = true;
	entry_of(ns)->todo = *todo;
	*todo = entry_of(ns);
}

static void keep_namespaces_of(struct ns_entry **todo, const struct process *process)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		keep(todo, process->ns[kind].to);
	keep(todo, process->pid_for_children.to);
	keep(todo, process->time_for_children.to);
}

void builder_keep_what_is_used(struct builder *builder)
{
	struct ns_entry *todo = NULL;
	for (struct ns_entry *entry = builder->namespaces; entry; entry = entry->hh.next)
		if (entry->wanted)
			keep(&todo, &entry->ns);
	for (size_t i = 0; i < builder->n_processes; i++)
		keep_namespaces_of(&todo, &builder->processes[i]->process);
	while (todo) {
		const struct ns *ns = &todo->ns;
		todo = todo->todo;
		keep(&todo, ns->parent.to);
		keep(&todo, ns->owner.to);
	}
}

static void list_namespaces(struct builder *builder, struct snapshot *snapshot)
{
	builder_keep_what_is_used(builder);
	const struct ns **list =
		arena_alloc(builder->arena, HASH_COUNT(builder->namespaces) * sizeof(*list));
	size_t n = 0;
	for (struct ns_entry *entry = builder->namespaces; entry; entry = entry->hh.next)
		if (entry->kept)
			list[n++] = &entry->ns;
	if (n)
		qsort(list, n, sizeof(*list), compare_namespaces);
	snapshot->namespaces = list;
	snapshot->n_namespaces = n;
}

static void list_processes(struct builder *builder, struct snapshot *snapshot)
{
	const struct process **list =
		arena_alloc(builder->arena, builder->n_processes * sizeof(*list));
	for (size_t i = 0; i < builder->n_processes; i++)
		list[i] = &builder->processes[i]->process;
	snapshot->processes = list;
	snapshot->n_processes = builder->n_processes;
}

const struct snapshot *builder_finish(struct builder *builder)
{
	struct snapshot *snapshot = arena_alloc(builder->arena, sizeof(*snapshot));
	sort_processes(builder);
	list_processes(builder, snapshot);
	list_namespaces(builder, snapshot);
	link_parents(snapshot, builder);
	open_loops(builder);
	link_members(builder, snapshot);
	builder_link_pins(builder, snapshot);

	struct gap *gaps = arena_alloc(builder->arena, builder->n_gaps * sizeof(*gaps));
	if (builder->n_gaps)
		memcpy(gaps, builder->gaps, builder->n_gaps * sizeof(*gaps));
	snapshot->gaps = gaps;
	snapshot->n_gaps = builder->n_gaps;
	snapshot->origin = builder->origin;
	snapshot->arena = TAKE(builder->arena);
	builder_free(builder);
	return snapshot;
}
