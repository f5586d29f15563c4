/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cjson/cJSON.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/folder.h"
#include "util/macro.h"

/*
 * Files that engines keep about their containers. They may belong to an ordinary user or lie inside
 * of a container: a path is followed below ROOT (a directory descriptor; symbolic links do not lead
 * out of it), and what is no regular file is not even opened. All return 0 or -errno.
 *
 * Whoever writes them must not be able to keep us busy: a file has at most 256 KiB (-EFBIG), and
 * all that is read for one ordinary user, or for who is in a container, comes off a budget (-E2BIG
 * where nothing is left of it). The budget of the system is NULL.
 */
#define METAFILE_MAX ((size_t)256 * 1024)

/* What is left of it. */
struct budget {
	size_t n_files, n_bytes;
};

#define BUDGET_WHOLE ((struct budget){ .n_files = 64, .n_bytes = (size_t)1024 * 1024 })

/* One file, or one folder that is listed: 0, -E2BIG. */
int budget_take(struct budget *budget) _must_check_;

/* The bytes, with a NUL behind them. */
int metafile_read(int root, const char *path, struct budget *budget, char **ret,
		  size_t *ret_n) _must_check_;

/* -EINVAL where it is not JSON. */
int metafile_json(int root, const char *path, struct budget *budget, cJSON **ret) _must_check_;

/* The same of a list of all containers: one of the system that only root may write has 4 MiB. */
int metafile_json_list(int root, const char *path, struct budget *budget, cJSON **ret) _must_check_;

/* A file that holds a PID: that, or 0 where it cannot be read. */
pid_t metafile_pid(int root, const char *path, struct budget *budget);

/* A folder, for readdir(3). */
int metafile_folder(int root, const char *path, DIR **ret) _must_check_;

static inline void json_deletep(cJSON **json)
{
	cJSON_Delete(*json);
}

/* The text below KEY, or NULL; the first one of the array below KEY, or NULL; the number below KEY
 * from 0 to MAX, or 0. OBJECT may be NULL. */
const char *json_get_text(const cJSON *object, const char *key);
const char *json_get_first_text(const cJSON *object, const char *key);
uint64_t json_get_number(const cJSON *object, const char *key, uint64_t max);
