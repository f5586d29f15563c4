/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <sys/stat.h>

#include "util/macro.h"

/*
 * Files below a root directory that is somebody else's, who may have put anything there: links that
 * lead out or in circles, pipes, devices, files without end. ROOT is a descriptor of it; absolute
 * links and ".." stay below, and links of /proc are not followed (openat2(2), Linux 5.6).
 */

/* An O_PATH descriptor, which has no effect on what it leads to, or -errno. */
int rootfile_open(int root, const char *path) _must_check_;

/* The same without asking any file system, which may be one that never answers: -EAGAIN where the
 * kernel does not know the way by itself. It knows the way to what is mounted. */
int rootfile_open_cached(int root, const char *path) _must_check_;

/*
 * All of a file of at most MAX bytes: 0, *RET is freed by the caller. -EOPNOTSUPP what is no
 * regular file, or one of the kernel's own (reading /proc/kmsg takes lines from the log), and what
 * has the size 0 where that need not mean empty; -EFBIG.
 * RET_STAT tells which file it is, also where it cannot be read; st_ino is 0 where there is none.
 */
int rootfile_read(int root, const char *path, size_t max, char **ret, size_t *ret_n,
		  struct stat *ret_stat) _must_check_;

/* Which file that is, where nothing that is mounted below the root has to be entered for it: 0, or
 * -errno (-EXDEV). */
int rootfile_stat_near(int root, const char *path, struct stat *ret) _must_check_;

/* All of it where nothing that is mounted below the root has to be entered for it; else -EXDEV. */
int rootfile_read_near(int root, const char *path, size_t max, char **ret, size_t *ret_n,
		       struct stat *ret_stat) _must_check_;
