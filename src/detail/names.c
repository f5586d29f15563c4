/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <pwd.h>
#include <string.h>

#include "detail/reader.h"
#include "util/alloc.h"

static int compare_uids(const void *a, const void *b)
{
	uid_t x = *(const uid_t *)a, y = *(const uid_t *)b;
	return (x > y) - (x < y);
}

void names_read(struct details_builder *builder, const struct process *const *processes, size_t n)
{
	_cleanup_(freep) uid_t *uids = xcalloc(n, sizeof(*uids));
	for (size_t i = 0; i < n; i++)
		uids[i] = processes[i]->uid;
	if (n)
		qsort(uids, n, sizeof(*uids), compare_uids);
	for (size_t i = 0; i < n; i++) {
		if (uids[i] == UID_UNKNOWN || (i && uids[i] == uids[i - 1]))
			continue;
		const struct passwd *entry = getpwuid(uids[i]);
		details_builder_add_user(builder, uids[i], entry ? entry->pw_name : NULL);
	}
}
