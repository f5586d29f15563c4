/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "treerows.h"

#include <stdlib.h>

#include "detail/take.h"
#include "util/alloc.h"

/* Whether its users are called what the viewer calls them, and else whether anybody can tell. Who
 * has exited has no root directory any more, and so no names of its own. */
static enum tree_row_names names_of(const struct snapshot *snapshot, const struct process *process)
{
	const struct edge *user = &process->ns[NS_USER], *mnt = &process->ns[NS_MNT];
	const ino_t *viewer = snapshot->origin.viewer;
	if (!mnt->to && mnt->why == 0)
		return NAMES_OURS;
	if (!user->to || !mnt->to)
		return NAMES_UNKNOWN;
	bool ours = user->to->ino == viewer[NS_USER] && mnt->to->ino == viewer[NS_MNT];
	return ours ? NAMES_OURS : NAMES_OF_WITNESS;
}

static const struct process *const *as_process(const void *pointer)
{
	return pointer;
}

static int compare_homes(const void *a, const void *b)
{
	static const enum ns_kind kinds[] = { NS_USER, NS_MNT };
	const struct process *x = *as_process(a), *y = *as_process(b);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct ns *left = x->ns[kinds[i]].to, *right = y->ns[kinds[i]].to;
		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}

static int compare_witnesses(const void *a, const void *b)
{
	const struct process *x = *as_process(a), *y = *as_process(b);
	int order = compare_homes(a, b);
	return order ? order : (x->pid > y->pid) - (x->pid < y->pid);
}

/* The first one in its mount namespace, if that has the same user namespace; it mostly has. */
static const struct process *plain_witness(const struct process *process)
{
	const struct process *first = ns_first(process->ns[NS_MNT].to);
	return first->ns[NS_USER].to == process->ns[NS_USER].to ? first : NULL;
}

/* Of the others, the one with the lowest number among those with the same two namespaces. */
static size_t list_witnesses(const struct snapshot *snapshot, const struct process **list)
{
	size_t n_all = 0, n = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (names_of(snapshot, process) == NAMES_OF_WITNESS && !plain_witness(process))
			list[n_all++] = process;
	}
	if (n_all)
		qsort(list, n_all, sizeof(*list), compare_witnesses);
	for (size_t i = 0; i < n_all; i++)
		if (n == 0 || compare_homes(&list[i], &list[n - 1]) != 0)
			list[n++] = list[i];
	return n;
}

/*
 * To look at the root directory of every process costs more than all else together. So the first
 * one tells for all that have the same user and mount namespace; who of these has another root
 * directory only NSUSER tells.
 */
static void find_witnesses(struct tree_rows *rows, const struct snapshot *snapshot)
{
	_cleanup_(freep) const struct process **list =
		xcalloc(snapshot->n_processes, sizeof(*list));
	size_t n = list_witnesses(snapshot, list);
	for (size_t i = 0; i < rows->n; i++) {
		struct tree_row *row = &rows->items[i];
		const struct process *process = row->item->process;
		if (row->names != NAMES_OF_WITNESS)
			continue;
		row->witness = plain_witness(process);
		if (!row->witness)
			row->witness = *as_process(
				bsearch(&process, list, n, sizeof(*list), compare_homes));
	}
}

void tree_rows_fill(struct tree_rows *rows, const struct snapshot *snapshot,
		    const struct proctree *tree)
{
	rows->n = tree->n;
	rows->rows = xcalloc(tree->n, sizeof(*rows->rows));
	rows->items = xcalloc(tree->n, sizeof(*rows->items));
	for (size_t i = 0; i < tree->n; i++) {
		const struct proctree_item *item = tree->rows[i].item;
		rows->rows[i] = tree->rows[i];
		rows->rows[i].item = &rows->items[i];
		rows->items[i] = (struct tree_row){
			.item = item,
			.all = rows,
			.depth = tree->rows[i].depth,
			.names = item->process ? names_of(snapshot, item->process) : NAMES_OURS,
		};
	}
	find_witnesses(rows, snapshot);
}

void tree_rows_clear(struct tree_rows *rows)
{
	free(rows->rows);
	free(rows->items);
}

/* Processes and what is wanted of each, for details_take(). */
struct wishes {
	const struct process **processes;
	unsigned *facts;
	size_t n;
};

static void wishes_clear(struct wishes *wishes)
{
	free(wishes->processes);
	free(wishes->facts);
}

static void add_wish(struct wishes *wishes, const struct process *process, unsigned facts)
{
	wishes->processes[wishes->n] = process;
	wishes->facts[wishes->n++] = facts;
}

/* What is only drawn at some of the rows is only read of those. */
int tree_rows_take_details(const struct tree_rows *rows, const struct field_list *fields,
			   const struct details **ret, struct error *err)
{
	const bool commands = field_list_has(fields, "COMMAND");
	const bool containers = commands && !rows->plain;
	const bool names = field_list_has(fields, "USER") && !rows->plain;
	_cleanup_(wishes_clear) struct wishes wishes = {
		.processes = xcalloc(2 * rows->n, sizeof(*wishes.processes)),
		.facts = xcalloc(2 * rows->n, sizeof(*wishes.facts)),
	};
	const struct process *last = NULL;
	for (size_t i = 0; i < rows->n; i++) {
		const struct tree_row *row = &rows->items[i];
		if (!row->item->process)
			continue;
		add_wish(&wishes, row->item->process,
			 containers && row->item->border.kinds ? DETAIL_CONTAINER : 0);
		if (names && row->witness && row->witness != last) {
			add_wish(&wishes, row->witness, DETAIL_NSUSERS);
			last = row->witness;
		}
	}
	const struct detail_wish wish = {
		.facts = field_list_details(fields) |
			 (commands && rows->arguments ? DETAIL_CMDLINE : 0),
		.of_each = wishes.facts,
	};
	return details_take(wishes.processes, wishes.n, &wish, ret, err);
}
