/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/proctree.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/*
 * A process has as many numbers as there are pid namespaces from the viewer's down to its own, and
 * everybody may read those (NSpid in proc_pid_status(5)).
 */
static void compare_pid_levels(const struct process *process, const struct process *parent,
			       struct border *border)
{
	const unsigned pid = 1u << NS_PID;
	if (!(border->unknown & pid) || !process->n_pids || !parent->n_pids)
		return;
	if (process->n_pids != parent->n_pids)
		border->kinds |= pid;
	if (process->n_pids != parent->n_pids || process->n_pids == 1)
		border->unknown &= ~pid;
}

/* Who has exited is in no namespace of most kinds any more, and so passes no border. */
struct border border_between(const struct process *process, const struct process *parent)
{
	struct border border = { 0 };
	if (!parent)
		return border;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct edge *inner = &process->ns[kind], *outer = &parent->ns[kind];
		bool left = !inner->to && inner->why == 0;
		if (inner->to && outer->to && inner->to != outer->to)
			border.kinds |= 1u << kind;
		else if (!left && (!inner->to || !outer->to))
			border.unknown |= 1u << kind;
	}
	compare_pid_levels(process, parent, &border);
	return border;
}

void process_list_clear(struct process_list *list)
{
	free(TAKE(list->items));
	list->n = list->capacity = 0;
}

void process_list_add(struct process_list *list, const struct process *process)
{
	list->items = xgrow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = process;
}

size_t process_list_add_found(struct process_list *list, const struct found *found)
{
	const size_t before = list->n;
	if (found->process)
		process_list_add(list, found->process);
	for (size_t i = 0; found->ns && i < found->ns->n_members; i++)
		process_list_add(list, found->ns->members[i]);
	for (size_t i = 0; found->ns && i < found->ns->n_thread_members; i++)
		process_list_add(list, found->ns->thread_members[i]);
	return list->n - before;
}

/* All that may be shown, by number: ITEMS; ROWS has the same in the order of the tree. */
struct forest {
	const struct proctree_wish *wish;
	size_t n;
	struct proctree_item *items;
	struct row *rows;
	bool *root, *shown; /* by place among ITEMS */
	size_t *parents;    /* likewise: the place of the parent, ROW_TOP */
};

static int compare_number(const void *key, const void *item)
{
	const pid_t pid = *(const pid_t *)key;
	const pid_t other = ((const struct proctree_item *)item)->process->pid;
	return (pid > other) - (pid < other);
}

static size_t place_of(const struct forest *forest, pid_t pid)
{
	const struct proctree_item *item =
		forest->n ? bsearch(&pid, forest->items, forest->n, sizeof(*item), compare_number)
			  : NULL;
	return item ? (size_t)(item - forest->items) : ROW_TOP;
}

static size_t place_in(const struct forest *forest, const struct row *row)
{
	return (size_t)((const struct proctree_item *)row->item - forest->items);
}

static bool is_thread(const struct process *process)
{
	return process->pid != process->tgid;
}

static void list_items(struct forest *forest, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (is_thread(process) && !forest->wish->threads)
			continue;
		const struct process *parent = process->parent;
		if (is_thread(process))
			parent = snapshot_find_process(snapshot, process->tgid);
		forest->items[forest->n++] = (struct proctree_item){
			.process = process,
			.parent = parent,
			.border = border_between(process, parent),
		};
	}
}

static void order_items(struct forest *forest)
{
	const size_t n = forest->n;
	_cleanup_(freep) const void **items = xcalloc(n, sizeof(*items));
	_cleanup_(freep) size_t *parents = xcalloc(n, sizeof(*parents));
	for (size_t i = 0; i < n; i++) {
		const struct process *parent = forest->items[i].parent;
		items[i] = &forest->items[i];
		parents[i] = parent ? place_of(forest, parent->pid) : ROW_TOP;
	}
	tree_order(items, parents, n, forest->rows);
	/* As the order has it, which opened loops. */
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &forest->rows[i];
		forest->parents[place_in(forest, row)] =
			row->parent == ROW_TOP ? ROW_TOP
					       : place_in(forest, &forest->rows[row->parent]);
	}
}

static void mark_roots(struct forest *forest)
{
	const struct process_list *roots = forest->wish->roots;
	for (size_t i = 0; roots && i < roots->n; i++) {
		size_t place = place_of(forest, roots->items[i]->pid);
		if (place == ROW_TOP)
			place = place_of(forest, roots->items[i]->tgid);
		if (place != ROW_TOP)
			forest->root[place] = true;
	}
}

/* Parents come before their children: first what is below the roots, and then, from behind, what is
 * above of those that are shown. */
static void select_items(struct forest *forest, size_t *ret_n_unknown)
{
	const struct proctree_wish *wish = forest->wish;
	_cleanup_(freep) bool *below = xcalloc(forest->n, sizeof(*below));
	for (size_t i = 0; i < forest->n; i++) {
		size_t place = place_in(forest, &forest->rows[i]);
		size_t parent = forest->parents[place];
		const struct border *border = &forest->items[place].border;
		below[place] =
			!wish->roots || forest->root[place] || (parent != ROW_TOP && below[parent]);
		forest->shown[place] = below[place] && (!wish->borders_only || border->kinds ||
							forest->root[place]);
	}
	for (size_t i = forest->n; i-- > 0;) {
		size_t place = place_in(forest, &forest->rows[i]);
		size_t parent = forest->parents[place];
		if (forest->shown[place] && parent != ROW_TOP && (wish->parents || below[parent]))
			forest->shown[parent] = true;
	}
	for (size_t i = 0; i < forest->n; i++)
		*ret_n_unknown +=
			below[i] && !forest->shown[i] && forest->items[i].border.unknown != 0;
}

/* What is shown, in the same order. */
static size_t keep_order(const struct forest *forest, struct row *ret)
{
	_cleanup_(freep) size_t *kept = xcalloc(forest->n, sizeof(*kept));
	size_t n = 0;
	for (size_t i = 0; i < forest->n; i++) {
		struct row row = forest->rows[i];
		size_t parent = forest->parents[place_in(forest, &row)];
		if (!forest->shown[place_in(forest, &row)])
			continue;
		bool top = parent == ROW_TOP || !forest->shown[parent];
		row.parent = top ? ROW_TOP : kept[row.parent];
		row.depth = top ? 0 : ret[row.parent].depth + 1;
		kept[i] = n;
		ret[n++] = row;
	}
	return n;
}

/* Something on its way into the tree of its namespace. */
struct sorted {
	const struct edge *ns;
	size_t place; /* among the items of the forest */
};

/* Those that are known by inode; then who is in none any more; then the unknown ones. */
static int compare_edges(const struct edge *a, const struct edge *b)
{
	ino_t x = a->to ? a->to->ino : 0, y = b->to ? b->to->ino : 0;
	if (x && y)
		return (x > y) - (x < y);
	if (x || y)
		return x ? -1 : 1;
	return (a->why != 0) - (b->why != 0);
}

static int compare_sorted(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = compare_edges(x->ns, y->ns);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static struct sorted *sort_by_namespace(const struct forest *forest, size_t *ret_n)
{
	struct sorted *list = xcalloc(forest->n, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < forest->n; i++)
		if (forest->shown[i])
			list[n++] = (struct sorted){
				.ns = &forest->items[i].process->ns[forest->wish->ns_sort],
				.place = i,
			};
	if (n)
		qsort(list, n, sizeof(*list), compare_sorted);
	*ret_n = n;
	return list;
}

/* The nearest that a process can hang from is its parent, if that one is in the same namespace. */
static bool hangs_from_parent(const struct forest *forest, const struct sorted *sorted)
{
	size_t parent = forest->parents[sorted->place];
	return parent != ROW_TOP && forest->shown[parent] &&
	       compare_edges(sorted->ns,
			     &forest->items[parent].process->ns[forest->wish->ns_sort]) == 0;
}

/* A tree for each namespace. There is room for a heading in front of each item. */
static size_t split(const struct forest *forest, struct row *ret)
{
	size_t n_sorted, n = 0, heading = ROW_TOP;
	_cleanup_(freep) struct sorted *list = sort_by_namespace(forest, &n_sorted);
	_cleanup_(freep) const void **items = xcalloc(2 * n_sorted, sizeof(*items));
	_cleanup_(freep) size_t *parents = xcalloc(2 * n_sorted, sizeof(*parents));
	_cleanup_(freep) size_t *place = xcalloc(forest->n, sizeof(*place));
	for (size_t i = 0; i < n_sorted; i++) {
		bool first = i == 0 || compare_edges(list[i - 1].ns, list[i].ns) != 0;
		if (first && forest->wish->headings) {
			struct proctree_item *item = &forest->items[forest->n + i];
			*item = (struct proctree_item){ .ns = list[i].ns };
			parents[n] = ROW_TOP;
			heading = n;
			items[n++] = item;
		}
		place[list[i].place] = n;
		parents[n] = heading;
		items[n++] = &forest->items[list[i].place];
	}
	for (size_t i = 0; i < n_sorted; i++)
		if (hangs_from_parent(forest, &list[i]))
			parents[place[list[i].place]] = place[forest->parents[list[i].place]];
	tree_order(items, parents, n, ret);
	return n;
}

static void forest_clear(struct forest *forest)
{
	free(forest->rows);
	free(forest->root);
	free(forest->shown);
	free(forest->parents);
}

void proctree_make(const struct snapshot *snapshot, const struct proctree_wish *wish,
		   struct proctree *ret)
{
	const size_t n = snapshot->n_processes;
	_cleanup_(forest_clear) struct forest forest = {
		.wish = wish,
		.items = xcalloc(2 * n, sizeof(*forest.items)),
		.rows = xcalloc(n, sizeof(*forest.rows)),
		.root = xcalloc(n, sizeof(*forest.root)),
		.shown = xcalloc(n, sizeof(*forest.shown)),
		.parents = xcalloc(n, sizeof(*forest.parents)),
	};
	struct proctree tree = { .items = forest.items };
	tree.rows = xcalloc(2 * n, sizeof(*tree.rows));
	list_items(&forest, snapshot);
	order_items(&forest);
	mark_roots(&forest);
	select_items(&forest, &tree.n_unknown);
	bool one = wish->ns_sort == NS_KIND_COUNT;
	tree.n = one ? keep_order(&forest, tree.rows) : split(&forest, tree.rows);
	*ret = tree;
}

void proctree_clear(struct proctree *tree)
{
	free(tree->items);
	free(tree->rows);
}
