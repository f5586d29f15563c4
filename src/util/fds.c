/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/fds.h"

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_range_of(int first, int last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	/* Before Linux 5.9. */
	int max = (int)sysconf(_SC_OPEN_MAX) - 1;
	for (int fd = first; fd <= last && fd <= max; fd++)
		close(fd);
}

static void sort(int *fds, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		int fd = fds[i];
		size_t at = i;
		for (; at > 0 && fds[at - 1] > fd; at--)
			fds[at] = fds[at - 1];
		fds[at] = fd;
	}
}

void fds_close_others(int first, int *keep, size_t n)
{
	sort(keep, n);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < first)
			continue;
		close_range_of(first, keep[i] - 1);
		first = keep[i] + 1;
	}
	close_range_of(first, INT_MAX);
}
