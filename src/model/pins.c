/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/builder-entry.h"

static struct ns *mutable_ns(const struct ns *ns)
{
	return (struct ns *)ns;
}

/* By namespace, what is in flight first; else as they came. */
static int compare_pins(const void *a, const void *b)
{
	const struct pin_entry *x = a, *y = b;
	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void hold(const struct edge *edge, enum held_by by)
{
	if (edge->to)
		mutable_ns(edge->to)->held_by |= 1u << by;
}

static void hold_by_processes(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		const struct edge *edges[] = { &process->pid_for_children,
					       &process->time_for_children };
		for (size_t j = 0; j < ARRAY_SIZE(edges); j++)
			if (process_keeps_for_children(process, edges[j]->to))
				hold(edges[j], HELD_BY_FOR_CHILDREN);
	}
}

static void hold_by_namespaces(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		struct ns *ns = mutable_ns(snapshot->namespaces[i]);
		if (ns->n_members)
			ns->held_by |= 1u << HELD_BY_PROCESS;
		if (ns->n_thread_members)
			ns->held_by |= 1u << HELD_BY_THREAD;
		hold(&ns->parent, HELD_BY_CHILD);
		if (ns->kind != NS_USER) /* whose owner is its parent */
			hold(&ns->owner, HELD_BY_OWNED);
	}
}

void builder_link_pins(struct builder *builder, struct snapshot *snapshot)
{
	size_t n = builder->n_pins;
	struct pin *pins = arena_alloc(builder->arena, n * sizeof(*pins));
	if (n)
		qsort(builder->pins, n, sizeof(*builder->pins), compare_pins);
	for (size_t i = 0; i < n; i++) {
		const struct pin_entry *entry = &builder->pins[i];
		pins[i] = entry->pin;
		if (entry->pid)
			pins[i].process = snapshot_find_process(snapshot, entry->pid);
		if (!entry->ns) {
			snapshot->in_flight = pins;
			snapshot->n_in_flight++;
			continue;
		}
		if (!entry->ns->n_pins++)
			entry->ns->pins = &pins[i];
		entry->ns->held_by |= 1u << entry->pin.by;
	}
	hold_by_processes(snapshot);
	hold_by_namespaces(snapshot);
}
