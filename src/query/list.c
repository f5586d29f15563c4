/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/query.h"
#include "util/alloc.h"

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

static bool passes(const struct snapshot *snapshot, const struct ns_filter *filter,
		   const struct ns *ns)
{
	if (filter->kinds && !(filter->kinds >> ns->kind & 1))
		return false;
	if (filter->no_host && snapshot_is_initial(snapshot, ns) == 1)
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
