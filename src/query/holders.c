/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/holders.h"

#include <stdlib.h>

#include "util/alloc.h"

struct list {
	size_t n, capacity;
	struct holder *items;
};

static void add(struct list *list, struct holder holder)
{
	list->items = xgrow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = holder;
}

/* A thread is told by its process, if that is known, and its own number. */
static struct holder by_task(const struct snapshot *snapshot, enum held_by by,
			     const struct process *task)
{
	struct holder holder = { .by = by, .process = task, .fd = -1 };
	if (task->pid == task->tgid)
		return holder;
	const struct process *leader = snapshot_find_process(snapshot, task->tgid);
	holder.tid = task->pid;
	if (leader)
		holder.process = leader;
	return holder;
}

static void add_members(struct list *list, const struct snapshot *snapshot, const struct ns *ns)
{
	for (size_t i = 0; i < ns->n_members; i++)
		add(list, by_task(snapshot, HELD_BY_PROCESS, ns->members[i]));
	for (size_t i = 0; i < ns->n_thread_members; i++)
		add(list, by_task(snapshot, HELD_BY_THREAD, ns->thread_members[i]));
}

static void add_for_children(struct list *list, const struct snapshot *snapshot,
			     const struct ns *ns)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		const struct process *leader = snapshot_find_process(snapshot, process->tgid);
		bool like_leader =
			leader && leader != process && process_keeps_for_children(leader, ns);
		if (process_keeps_for_children(process, ns) && !like_leader)
			add(list, by_task(snapshot, HELD_BY_FOR_CHILDREN, process));
	}
}

static void add_namespaces(struct list *list, const struct snapshot *snapshot, const struct ns *ns)
{
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		const struct ns *other = snapshot->namespaces[i];
		if (other->parent.to == ns)
			add(list, (struct holder){ .by = HELD_BY_CHILD, .fd = -1, .ns = other });
		else if (other->owner.to == ns)
			add(list, (struct holder){ .by = HELD_BY_OWNED, .fd = -1, .ns = other });
	}
}

struct holder holder_of_pin(const struct pin *pin)
{
	return (struct holder){
		.by = pin->by,
		.process = pin->process,
		.tid = pin->tid,
		.fd = pin->fd,
		.mnt = pin->mnt,
		.path = pin->path,
	};
}

/* By what they are; else as they were found. */
static struct holder *in_order(const struct list *list)
{
	struct holder *holders = xcalloc(list->n, sizeof(*holders));
	size_t n = 0;
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++)
		for (size_t i = 0; i < list->n; i++)
			if (list->items[i].by == by)
				holders[n++] = list->items[i];
	return holders;
}

void ns_holders(const struct snapshot *snapshot, const struct ns *ns, struct holder **ret,
		size_t *ret_n)
{
	struct list list = { 0 };
	add_members(&list, snapshot, ns);
	if (ns->held_by >> HELD_BY_FOR_CHILDREN & 1)
		add_for_children(&list, snapshot, ns);
	for (size_t i = 0; i < ns->n_pins; i++)
		add(&list, holder_of_pin(&ns->pins[i]));
	if (ns->held_by & (1u << HELD_BY_CHILD | 1u << HELD_BY_OWNED))
		add_namespaces(&list, snapshot, ns);
	*ret = in_order(&list);
	*ret_n = list.n;
	free(list.items);
}
