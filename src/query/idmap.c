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
