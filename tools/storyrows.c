/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "storyrows.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

size_t story_lineage(const struct story_process *process, const struct story_process ***ret)
{
	size_t n = 0;
	for (const struct story_process *at = process; at; at = at->parent)
		n++;
	*ret = xcalloc(n, sizeof(**ret));
	for (size_t i = n; i-- > 0; process = process->parent)
		(*ret)[i] = process;
	return n;
}

static void add_row(struct summary_rows *rows, size_t parent, const struct summary_row *item)
{
	rows->items[rows->n] = *item;
	rows->rows[rows->n] = (struct row){
		.item = &rows->items[rows->n],
		.parent = parent,
		.depth = parent == ROW_TOP ? 0 : 1,
	};
	rows->n++;
}

/* The namespaces of one call stand one behind the other. */
static void add_calls(struct summary_rows *rows, size_t parent,
		      const struct story_container *container, const struct story_ns *const *ns,
		      size_t n)
{
	for (size_t at = 0, next; at < n; at = next) {
		for (next = at + 1; next < n && ns[next]->step == ns[at]->step;)
			next++;
		const struct summary_row row = {
			.container = container,
			.step = ns[at]->step,
			.ns = ns + at,
			.n_ns = next - at,
		};
		add_row(rows, parent, &row);
	}
}

static void add_group(struct summary_rows *rows, const struct story_container *container,
		      const struct story_ns *const *ns, size_t n)
{
	const size_t parent = rows->n;
	add_row(rows, ROW_TOP, &(struct summary_row){ .container = container });
	if (container)
		add_row(rows, parent,
			&(struct summary_row){ .container = container, .is_lineage = true });
	const size_t first = rows->n;
	add_calls(rows, parent, container, ns, n);
	rows->groups[rows->n_groups++] = (struct row_group){
		.item = &rows->items[parent],
		.first = first,
		.n = rows->n - first,
	};
}

void summary_rows_fill(struct summary_rows *rows, const struct story *story)
{
	size_t n = story->n_others + 1;
	for (size_t i = 0; i < story->n_containers; i++)
		n += story->containers[i]->n_ns + 2;
	*rows = (struct summary_rows){
		.rows = xcalloc(n, sizeof(*rows->rows)),
		.items = xcalloc(n, sizeof(*rows->items)),
		.groups = xcalloc(story->n_containers + 1, sizeof(*rows->groups)),
	};
	for (size_t i = 0; i < story->n_containers; i++) {
		const struct story_container *container = story->containers[i];
		add_group(rows, container, container->ns, container->n_ns);
	}
	if (story->n_others)
		add_group(rows, NULL, story->others, story->n_others);
}

void summary_rows_clear(struct summary_rows *rows)
{
	free(rows->rows);
	free(rows->items);
	free(rows->groups);
}
