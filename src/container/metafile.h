/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/*
 * Files that engines keep about their containers. They may belong to an ordinary user or lie inside
 * of a container: a path is followed below ROOT (a directory descriptor; symbolic links do not lead
 * out of it), and what is no regular file is not even opened. All return 0 or -errno.
 */

/* The bytes, at most 16 MiB (-EFBIG), with a NUL behind them. */
int metafile_read(int root, const char *path, char **ret, size_t *ret_n) _must_check_;

/* -EINVAL where it is not JSON. */
int metafile_json(int root, const char *path, cJSON **ret) _must_check_;

/* A file that holds a PID: that, or 0 where it cannot be read. */
pid_t metafile_pid(int root, const char *path);

/* A folder, for readdir(3), or NULL. */
DIR *metafile_folder(int root, const char *path) _must_check_;

static inline void folder_closep(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static inline void json_deletep(cJSON **json)
{
	cJSON_Delete(*json);
}

/* The text below KEY, or NULL; the number below KEY from 0 to MAX, or 0. OBJECT may be NULL. */
const char *json_get_text(const cJSON *object, const char *key);
uint64_t json_get_number(const cJSON *object, const char *key, uint64_t max);
