/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdint.h>

#include "query/story-entry.h"
#include "util/alloc.h"

/* Of each entry, SIZE_MAX: none; the first one of nobody stands behind the others. */
struct children {
	size_t *first, *next;
};

/* Those who took part, and whoever they descend from. */
static bool *choose_shown(const struct story *story)
{
	bool *shown = xcalloc(story->n_entries + 1, sizeof(*shown));
	for (size_t i = 0; i < story->n_entries; i++) {
		const struct entry *entry = story->entries[i];
		if (!entry->process.took_part)
			continue;
		for (; entry && !shown[entry->index]; entry = entry->parent)
			shown[entry->index] = true;
	}
	return shown;
}

static struct children link_children(const struct story *story)
{
	size_t n = story->n_entries;
	_cleanup_(freep) bool *shown = choose_shown(story);
	struct children children = { .first = xcalloc(n + 1, sizeof(size_t)),
				     .next = xcalloc(n + 1, sizeof(size_t)) };
	for (size_t i = 0; i <= n; i++)
		children.first[i] = children.next[i] = SIZE_MAX;
	for (size_t i = n; i-- > 0;) {
		const struct entry *parent = story->entries[i]->parent;
		if (!shown[i])
			continue;
		size_t *list = &children.first[parent ? parent->index : n];
		children.next[i] = *list;
		*list = i;
	}
	return children;
}

void story_tree(const struct story *story, struct row **ret, size_t *ret_n)
{
	size_t n = story->n_entries, n_rows = 0, depth = 0, row = ROW_TOP;
	struct children children = link_children(story);
	struct row *rows = xcalloc(n + 1, sizeof(*rows));
	size_t *place = xcalloc(n + 1, sizeof(*place)), at = children.first[n];
	while (at != SIZE_MAX) {
		rows[n_rows] = (struct row){ &story->entries[at]->process, row, depth };
		place[at] = n_rows++;
		if (children.first[at] != SIZE_MAX) {
			row = place[at];
			depth++;
			at = children.first[at];
			continue;
		}
		/* Up, to the first one who has a sibling. */
		while (children.next[at] == SIZE_MAX && story->entries[at]->parent) {
			at = story->entries[at]->parent->index;
			depth--;
		}
		at = children.next[at];
		if (at != SIZE_MAX)
			row = story->entries[at]->parent ? place[story->entries[at]->parent->index]
							 : ROW_TOP;
	}
	free(children.first);
	free(children.next);
	free(place);
	*ret = rows;
	*ret_n = n_rows;
}

static const struct story_ns *ns_of(const struct made *made)
{
	return &made->maker->process.made[made->place];
}

static struct story_container container_of(const struct story *story,
					   const struct story_process *init)
{
	struct story_container container = { .init = init };
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct made *made = story_find_made(story, kind, init->task.ns[kind]);
		if (!made)
			continue;
		const struct story_ns *ns = container.ns[container.n_ns++] = ns_of(made);
		if (!container.began || ns->time < container.began)
			container.began = ns->time;
	}
	return container;
}

void story_containers(const struct story *story, struct story_container **ret, size_t *ret_n)
{
	struct story_container *containers = xcalloc(story->n_entries + 1, sizeof(*containers));
	size_t n = 0;
	for (size_t i = 0; i < story->n_entries; i++)
		if (story->entries[i]->process.is_init)
			containers[n++] = container_of(story, &story->entries[i]->process);
	*ret = containers;
	*ret_n = n;
}

void story_made(const struct story *story, const struct story_ns ***ret, size_t *ret_n)
{
	const struct story_ns **made = xcalloc(story->n_order + 1, sizeof(*made));
	for (size_t i = 0; i < story->n_order; i++)
		made[i] = ns_of(story->order[i]);
	*ret = made;
	*ret_n = story->n_order;
}
