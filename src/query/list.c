/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "query/query.h"
#include "util/alloc.h"
#include "util/sort.h"

static bool names(const struct found *found, const struct ns *ns)
{
	return found->process ? found->process->ns[ns->kind].to == ns : found->ns == ns;
}

static bool is_named(const struct ns_filter *filter, const struct ns *ns)
{
	bool named = filter->n_found == 0;
	for (size_t i = 0; i < filter->n_found; i++) {
		if (!names(&filter->found[i], ns))
			continue;
		named = true;
		if (filter->ret_hits)
			filter->ret_hits[i] = true;
	}
	return named;
}

static int compare_ns(const void *a, const void *b)
{
	const struct ns *x = *(const struct ns *const *)a, *y = *(const struct ns *const *)b;
	return (x > y) - (x < y);
}

static bool passes(const struct snapshot *snapshot, const struct ns_filter *filter,
		   const struct ns *ns)
{
	if (filter->kinds && !(filter->kinds >> ns->kind & 1))
		return false;
	if (filter->persistent && ns_first(ns))
		return false;
	if (filter->no_host && snapshot_is_initial(snapshot, ns) == 1)
		return false;
	if (filter->only && !bsearch(&ns, filter->only, filter->n_only, sizeof(ns), compare_ns))
		return false;
	return is_named(filter, ns);
}

void ns_list(const struct snapshot *snapshot, const struct ns_filter *filter,
	     const struct ns *const **ret, size_t *ret_n)
{
	const struct ns **list = xcalloc(snapshot->n_namespaces, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < snapshot->n_namespaces; i++)
		if (passes(snapshot, filter, snapshot->namespaces[i]))
			list[n++] = snapshot->namespaces[i];
	*ret = list;
	*ret_n = n;
}

void ns_of_processes(const struct snapshot *snapshot, const pid_t *pids, size_t n,
		     const struct ns *const **ret, size_t *ret_n)
{
	const struct ns **list = NULL;
	size_t n_all = 0, capacity = 0, n_list = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (!n || !bsearch(&process->tgid, pids, n, sizeof(*pids), compare_pids))
			continue;
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
			if (!process->ns[kind].to)
				continue;
			list = xgrow(list, n_all, &capacity, sizeof(*list));
			list[n_all++] = process->ns[kind].to;
		}
	}
	if (n_all)
		qsort(list, n_all, sizeof(*list), compare_ns);
	for (size_t i = 0; i < n_all; i++)
		if (i == 0 || list[i] != list[i - 1])
			list[n_list++] = list[i];
	*ret = list ? list : xcalloc(1, sizeof(*list));
	*ret_n = n_list;
}
