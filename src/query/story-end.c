/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "query/query.h"
#include "query/story-teller.h"
#include "util/alloc.h"

/* Only who is known since a descendant of it was seen can be told to descend from that: it would be
 * by two processes that had one number. */
static bool descends(const struct story_process *process, const struct story_process *from)
{
	if (process->place < from->place)
		return false;
	while (process && process != from)
		process = process->parent;
	return process;
}

/* Those who wait for their parent are looked at from the last one on, so that who was introduced
 * for one of them comes first. */
pid_t story_stranger(struct story_teller *teller)
{
	struct list *strangers = &teller->strangers;
	while (strangers->n) {
		struct told_process *child = strangers->items[strangers->n - 1];
		struct told_process *parent = story_find_process(teller, child->process.ppid);
		if (!parent)
			return child->process.ppid;
		if (!descends(&parent->process, &child->process))
			child->process.parent = &parent->process;
		strangers->n--;
	}
	return 0;
}

bool story_knows(const struct story_teller *teller, pid_t pid)
{
	return story_find_process(teller, pid);
}

void story_introduce(struct story_teller *teller, const struct event_task *task)
{
	if (!story_find_process(teller, story_pid_of(task)))
		(void)!story_add_process(teller, task);
}

static void *copy(struct arena *arena, const struct list *list)
{
	void **items = arena_alloc(arena, list->n * sizeof(*items));
	if (list->n)
		memcpy(items, list->items, list->n * sizeof(*items));
	return items;
}

/* Each container has its own in one array, in which they stand in the order of all. */
static void deal_out(struct story_teller *teller)
{
	struct story *story = &teller->story;
	const struct list *made = &teller->made;
	const struct story_ns **others = arena_alloc(teller->ending, made->n * sizeof(*others));
	for (size_t i = 0; i < made->n; i++) {
		struct story_ns *ns = made->items[i];
		if (ns->container)
			((struct story_container *)ns->container)->n_ns++;
		else
			others[story->n_others++] = ns;
	}
	story->others = others;
	for (size_t i = 0; i < teller->containers.n; i++) {
		struct story_container *container = teller->containers.items[i];
		container->ns =
			arena_alloc(teller->ending, container->n_ns * sizeof(*container->ns));
		container->n_ns = 0;
	}
	for (size_t i = 0; i < made->n; i++) {
		struct story_ns *ns = made->items[i];
		struct story_container *container = (struct story_container *)ns->container;
		if (container)
			((const struct story_ns **)container->ns)[container->n_ns++] = ns;
	}
}

const struct story *story_end(struct story_teller *teller)
{
	arena_free(teller->ending);
	teller->ending = arena_new();
	for (size_t i = 0; i < teller->containers.n; i++)
		((struct story_container *)teller->containers.items[i])->n_ns = 0;
	teller->story = (struct story){
		.n_processes = teller->processes.n,
		.processes = copy(teller->ending, &teller->processes),
		.n_containers = teller->containers.n,
		.containers = copy(teller->ending, &teller->containers),
	};
	deal_out(teller);
	return &teller->story;
}

/* Marks the places of those who took part, and of their ancestors. */
static size_t mark_shown(const struct story *story, bool *shown)
{
	size_t n = 0;
	for (size_t i = 0; i < story->n_processes; i++) {
		const struct story_process *process = story->processes[i];
		if (!process->took_part)
			continue;
		for (; process && !shown[process->place]; process = process->parent) {
			shown[process->place] = true;
			n++;
		}
	}
	return n;
}

size_t story_tree(const struct story *story, struct row **ret)
{
	_cleanup_(freep) bool *shown = xcalloc(story->n_processes, sizeof(*shown));
	_cleanup_(freep) size_t *places = xcalloc(story->n_processes, sizeof(*places));
	size_t n = mark_shown(story, shown), at = 0;
	_cleanup_(freep) const void **items = xcalloc(n, sizeof(*items));
	_cleanup_(freep) size_t *parents = xcalloc(n, sizeof(*parents));
	for (size_t i = 0; i < story->n_processes; i++) {
		places[i] = at;
		if (shown[i])
			items[at++] = story->processes[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct story_process *process = items[i];
		parents[i] = process->parent ? places[process->parent->place] : ROW_TOP;
	}
	*ret = xcalloc(n, sizeof(**ret));
	tree_order(items, parents, n, *ret);
	return n;
}
