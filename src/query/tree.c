/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "query/query.h"
#include "util/alloc.h"

/* The nearest ancestor of its first process that is in another namespace of the kind leads on.
 * Where an ancestor could not be read, nobody knows what is beyond. */
static const struct ns *above_by_process(const struct ns *ns)
{
	const struct process *process = ns_first(ns);
	for (process = process ? process->parent : NULL; process; process = process->parent) {
		const struct ns *above = process->ns[ns->kind].to;
		if (above != ns)
			return above;
	}
	return NULL;
}

static const struct ns *above(const struct ns *ns, enum ns_tree by)
{
	switch (by) {
	case NS_TREE_PROCESS:
		return above_by_process(ns);
	case NS_TREE_PARENT:
		return ns->parent.to;
	case NS_TREE_OWNER:
		return ns->owner.to;
	case NS_TREE_NONE:
		break;
	}
	return NULL;
}

struct place {
	const struct ns *ns;
	size_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return (x->ns > y->ns) - (x->ns < y->ns);
}

static size_t place_of(const struct place *places, size_t n, const struct ns *ns)
{
	const struct place key = { .ns = ns };
	const struct place *found =
		ns && n ? bsearch(&key, places, n, sizeof(key), compare_places) : NULL;
	return found ? found->index : ROW_TOP;
}

void ns_tree(const struct ns *const *list, size_t n, enum ns_tree by, struct row **ret)
{
	_cleanup_(freep) struct place *places = xcalloc(n, sizeof(*places));
	_cleanup_(freep) size_t *parents = xcalloc(n, sizeof(*parents));
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ .ns = list[i], .index = i };
	if (n)
		qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n; i++)
		parents[i] = place_of(places, n, above(list[i], by));

	*ret = xcalloc(n, sizeof(**ret));
	tree_order((const void *const *)list, parents, n, *ret);
}

/* Children of one parent as a chain: first_child[] leads to the first, next[] from each to the
 * next, in the order of the list. first_child[N] is that of the top. */
struct chains {
	size_t *first_child, *next;
};

static void prepend_child(struct chains *chains, size_t n, size_t child, size_t parent)
{
	size_t *first = &chains->first_child[parent == ROW_TOP ? n : parent];
	chains->next[child] = *first;
	*first = child;
}

/* Marks what can be reached from the top; the rest hangs from loops, and is put there. */
static void open_loops(const size_t *parents, size_t n, size_t *opened)
{
	_cleanup_(freep) size_t *walk_of = xcalloc(n, sizeof(*walk_of));
	memcpy(opened, parents, n * sizeof(*opened));
	for (size_t walk = 1; walk <= n; walk++) {
		for (size_t i = walk - 1; i != ROW_TOP && walk_of[i] == 0; i = opened[i]) {
			walk_of[i] = walk;
			if (opened[i] != ROW_TOP && walk_of[opened[i]] == walk)
				opened[i] = ROW_TOP;
		}
	}
}

void tree_order(const void *const *items, const size_t *parents, size_t n, struct row *ret)
{
	_cleanup_(freep) size_t *opened = xcalloc(n, sizeof(*opened));
	_cleanup_(freep) size_t *first_child = xcalloc(n + 1, sizeof(*first_child));
	_cleanup_(freep) size_t *next = xcalloc(n, sizeof(*next));
	_cleanup_(freep) size_t *place = xcalloc(n, sizeof(*place));
	struct chains chains = { first_child, next };
	if (n == 0)
		return;
	open_loops(parents, n, opened);
	for (size_t i = 0; i <= n; i++)
		first_child[i] = ROW_TOP;
	for (size_t i = n; i-- > 0;)
		prepend_child(&chains, n, i, opened[i]);

	size_t at = first_child[n];
	for (size_t done = 0; at != ROW_TOP; done++) {
		size_t parent = opened[at];
		ret[done] = (struct row){
			.item = items[at],
			.parent = parent == ROW_TOP ? ROW_TOP : place[parent],
			.depth = parent == ROW_TOP ? 0 : ret[place[parent]].depth + 1,
		};
		place[at] = done;
		size_t down = first_child[at];
		while (down == ROW_TOP && at != ROW_TOP) {
			down = next[at];
			at = opened[at];
		}
		at = down;
	}
}
