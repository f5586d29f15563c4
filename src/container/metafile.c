/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/metafile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "util/parse.h"
#include "util/rootfile.h"

#define LIST_MAX ((size_t)4 * 1024 * 1024)

int budget_take(struct budget *budget)
{
	if (!budget)
		return 0;
	if (budget->n_files == 0 || budget->n_bytes == 0)
		return -E2BIG;
	budget->n_files--;
	return 0;
}

int metafile_folder(int root, const char *path, DIR **ret)
{
	_cleanup_(closep) int look = rootfile_open(root, path);
	if (look < 0)
		return look;
	DIR *folder = folder_open(look, ".");
	if (!folder)
		return -errno;
	*ret = folder;
	return 0;
}

static bool only_root_writes(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* MAX is of what only root may write. */
static int read_file(int root, const char *path, struct budget *budget, size_t max, char **ret,
		     size_t *ret_n)
{
	struct stat st;
	_cleanup_(freep) char *text = NULL;
	size_t n, limit = METAFILE_MAX;
	int r = budget_take(budget);
	if (r < 0)
		return r;
	if (budget && budget->n_bytes < limit)
		limit = budget->n_bytes;
	r = rootfile_read(root, path, limit, &text, &n, &st);
	if (r == -EFBIG && !budget && max > limit && only_root_writes(&st)) {
		r = rootfile_read(root, path, max, &text, &n, &st);
		if (r == 0 && n > limit && !only_root_writes(&st))
			r = -EFBIG; /* another file by now */
	}
	if (budget && r == -ENOENT)
		budget->n_files++;
	if (r < 0)
		return r;
	if (budget)
		budget->n_bytes -= n;
	text = xreallocarray(text, n + 1, 1);
	text[n] = 0;
	*ret = TAKE(text);
	*ret_n = n;
	return 0;
}

int metafile_read(int root, const char *path, struct budget *budget, char **ret, size_t *ret_n)
{
	return read_file(root, path, budget, METAFILE_MAX, ret, ret_n);
}

static int read_json(int root, const char *path, struct budget *budget, size_t max, cJSON **ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = read_file(root, path, budget, max, &text, &n);
	if (r < 0)
		return r;
	cJSON *json = cJSON_ParseWithLength(text, n);
	if (!json)
		return -EINVAL;
	*ret = json;
	return 0;
}

int metafile_json(int root, const char *path, struct budget *budget, cJSON **ret)
{
	return read_json(root, path, budget, METAFILE_MAX, ret);
}

int metafile_json_list(int root, const char *path, struct budget *budget, cJSON **ret)
{
	return read_json(root, path, budget, LIST_MAX, ret);
}

pid_t metafile_pid(int root, const char *path, struct budget *budget)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	pid_t pid;
	if (metafile_read(root, path, budget, &text, &n) < 0)
		return 0;
	text[strspn(text, "0123456789")] = 0;
	return parse_pid(text, &pid) < 0 ? 0 : pid;
}

const char *json_get_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

const char *json_get_first_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(
		cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, key), 0));
}

uint64_t json_get_number(const cJSON *object, const char *key, uint64_t max)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	/* Beyond 2^53 a double is not exact. */
	double number = cJSON_IsNumber(value) ? value->valuedouble : 0;
	return number >= 0 && number < 0x1p53 && (uint64_t)number <= max ? (uint64_t)number : 0;
}
