/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/stat.h>

#include "util/child.h"

/*
 * Files below roots that may be on any file system: also on one that a program of somebody else's
 * serves (FUSE), or another host, which may let us wait without end; not even which one it is can
 * be asked without that. So a child of ours reads them, one after the other, and is replaced where
 * it hangs.
 */
struct farfiles {
	struct child_patience patience;
	struct child child;
	int requests; /* a socket */
};

#define FARFILES_NONE                                                                              \
	((struct farfiles){ .patience = { .left = 3000 }, .child = CHILD_NONE, .requests = -1 })

/* As rootfile_read(), and -ETIMEDOUT. */
int farfile_read(struct farfiles *files, int root, const char *path, size_t max, char **ret,
		 size_t *ret_n, struct stat *ret_stat) _must_check_;
void farfiles_end(struct farfiles *files);
