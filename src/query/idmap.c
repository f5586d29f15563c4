/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "query/query.h"

size_t ns_between(const struct ns *viewer, const struct ns *ns, const struct ns *ret[NS_LEVELS_MAX])
{
	size_t n = 0;
	if (ns == viewer || !ns_is_within(ns, viewer))
		return 0;
	for (const struct ns *up = ns->parent.to; up != viewer && n < NS_LEVELS_MAX;
	     up = up->parent.to)
		ret[n++] = up;
	for (size_t i = 0; i < n / 2; i++) {
		const struct ns *swap = ret[i];
		ret[i] = ret[n - 1 - i];
		ret[n - 1 - i] = swap;
	}
	return n;
}

int found_userns(const struct found *found, const char *text, const struct ns **ret,
		 struct error *err)
{
	if (found->ns && found->ns->kind != NS_USER)
		return error_set(err, EINVAL,
				 "%s is a namespace of kind %s: ids belong to those of kind user",
				 text, ns_kind_name(found->ns->kind));
	const struct ns *ns = found->ns ? found->ns : found->process->ns[NS_USER].to;
	if (!ns)
		return error_set(err, EACCES,
				 "%s: the user namespace of this process could not be read", text);
	*ret = ns;
	return 0;
}
