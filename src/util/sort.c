/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/sort.h"

#include <stdlib.h>
#include <sys/types.h>

int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

int compare_pids(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
	return (x > y) - (x < y);
}

size_t sort_ids(uint32_t *ids, size_t n)
{
	size_t n_kept = 0;
	if (n)
		qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < n; i++)
		if (n_kept == 0 || ids[n_kept - 1] != ids[i])
			ids[n_kept++] = ids[i];
	return n_kept;
}
