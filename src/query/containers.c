/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "query/changes.h"
#include "util/alloc.h"

/* A container and its first process, which stands for it: the one that started earliest. */
struct kin {
	const struct container *container;
	char *label;
	const struct process *first;
	bool matched;
};

struct family {
	const struct snapshot *snapshot;
	size_t n; /* by label */
	struct kin *items;
};

static void family_clear(struct family *family)
{
	for (size_t i = 0; i < family->n; i++)
		free(family->items[i].label);
	free(family->items);
}

static int compare_labels(const void *a, const void *b)
{
	const struct kin *x = a, *y = b;
	int by_label = strcmp(x->label, y->label);
	return by_label ? by_label : strcmp(x->container->id, y->container->id);
}

static int compare_kin(const void *a, const void *b)
{
	const struct kin *x = a, *y = b;
	return (x->container > y->container) - (x->container < y->container);
}

static void family_make(struct family *family, const struct system *system)
{
	const struct details *details = system->details;
	*family = (struct family){ system->snapshot, details->n_containers, NULL };
	family->items = xcalloc(family->n, sizeof(*family->items));
	for (size_t i = 0; i < family->n; i++) {
		family->items[i].container = details->containers[i];
		family->items[i].label = container_label(details->containers[i]);
	}
	if (family->n)
		qsort(family->items, family->n, sizeof(*family->items), compare_kin);
	for (size_t i = 0; i < details->n_details && family->n; i++) {
		const struct detail *detail = &details->details[i];
		const struct kin key = { .container = detail->container };
		struct kin *kin = bsearch(&key, family->items, family->n, sizeof(key), compare_kin);
		if (kin && (!kin->first || detail->process->start < kin->first->start))
			kin->first = detail->process;
	}
	if (family->n)
		qsort(family->items, family->n, sizeof(*family->items), compare_labels);
}

/* The other containers that are in NS; NULL where one of them may be. */
static char *name_sharers(const struct family *family, const struct kin *kin, const struct ns *ns)
{
	char *list = NULL;
	bool unknown = false;
	for (size_t i = 0; i < family->n; i++) {
		const struct kin *other = &family->items[i];
		const struct edge *edge = other->first ? &other->first->ns[ns->kind] : NULL;
		if (other == kin || !edge)
			continue;
		unknown |= !edge->to && edge->why;
		if (edge->to == ns)
			list = xappend(list, ",", other->label);
	}
	if (!unknown)
		return list ? list : xstrdup("own");
	free(list);
	return NULL;
}

/* With whom the container shares: "host", "own", "docker:db,docker:web"; "-" where it has none;
 * NULL unknown. */
static char *share_of(const struct family *family, const struct kin *kin, enum ns_kind kind)
{
	const struct edge *edge = &kin->first->ns[kind];
	if (!edge->to)
		return edge->why == 0 ? xstrdup("-") : NULL;
	int host = snapshot_is_initial(family->snapshot, edge->to);
	if (host != 0)
		return host > 0 ? xstrdup("host") : NULL;
	return name_sharers(family, kin, edge->to);
}

static void compare_kind(const struct family *before, const struct kin *was,
			 const struct family *after, const struct kin *now, enum ns_kind kind,
			 struct changes *changes)
{
	struct change change = {
		.type = CHANGE_MOVED,
		.kind = kind,
		.was_with = share_of(before, was, kind),
		.now_with = share_of(after, now, kind),
		.before = was->first,
		.after = now->first,
	};
	if (!change.was_with || !change.now_with)
		change.type = CHANGE_UNKNOWN;
	if (change.type == CHANGE_UNKNOWN || strcmp(change.was_with, change.now_with) != 0) {
		changes_add(changes, &change);
		return;
	}
	free(change.was_with);
	free(change.now_with);
}

static void add_kin(struct changes *changes, enum change_type type, const struct kin *was,
		    const struct kin *now)
{
	const struct change change = {
		.type = type,
		.kind = NS_KIND_COUNT,
		.before = was ? was->first : NULL,
		.after = now ? now->first : NULL,
	};
	changes_add(changes, &change);
}

static bool is_called_so(const struct container *a, const struct container *b)
{
	return strcmp(a->engine, b->engine) == 0 && a->name && b->name &&
	       strcmp(a->name, b->name) == 0;
}

/* The one of the family that fits, and no other one yet. */
static struct kin *find_kin(struct family *family, const struct container *container,
			    bool (*fits)(const struct container *, const struct container *))
{
	for (size_t i = 0; i < family->n; i++) {
		struct kin *kin = &family->items[i];
		if (!kin->matched && kin->first && fits(container, kin->container))
			return kin;
	}
	return NULL;
}

/* Who could not be read may be in a container that is not known to be there. */
static bool knows_all(const struct system *system)
{
	for (size_t i = 0; i < system->snapshot->n_processes; i++) {
		const struct detail *detail =
			details_find(system->details, system->snapshot->processes[i]);
		if (!detail || !detail->has_container)
			return false;
	}
	return true;
}

/* Where each of BEFORE is in AFTER: by id first, so that no name leads to another one's. */
static struct kin **match(struct family *before, struct family *after)
{
	struct kin **partners = xcalloc(before->n, sizeof(struct kin *));
	for (int by_name = 0; by_name < 2; by_name++) {
		for (size_t i = 0; i < before->n; i++) {
			if (partners[i] || !before->items[i].first)
				continue;
			partners[i] = find_kin(after, before->items[i].container,
					       by_name ? is_called_so : container_is_same);
			if (partners[i])
				partners[i]->matched = true;
		}
	}
	return partners;
}

void changes_find_by_container(const struct system *before, const struct system *after,
			       unsigned kinds, struct changes *changes)
{
	_cleanup_(family_clear) struct family a = { 0 };
	_cleanup_(family_clear) struct family b = { 0 };
	family_make(&a, before);
	family_make(&b, after);
	_cleanup_(freep) struct kin **partners = match(&a, &b);
	for (size_t i = 0; i < a.n; i++) {
		if (a.items[i].first && !partners[i])
			add_kin(changes, knows_all(after) ? CHANGE_WENT : CHANGE_MAYBE_WENT,
				&a.items[i], NULL);
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && partners[i]; kind++)
			if (kinds >> kind & 1)
				compare_kind(&a, &a.items[i], &b, partners[i], kind, changes);
	}
	for (size_t i = 0; i < b.n; i++)
		if (b.items[i].first && !b.items[i].matched)
			add_kin(changes, knows_all(before) ? CHANGE_CAME : CHANGE_MAYBE_CAME, NULL,
				&b.items[i]);
}
