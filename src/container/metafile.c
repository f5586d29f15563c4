/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/metafile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "util/parse.h"
#include "util/rootfile.h"

#define FILE_MAX ((size_t)16 * 1024 * 1024)

DIR *metafile_folder(int root, const char *path)
{
	_cleanup_(closep) int look = rootfile_open(root, path);
	int fd = look < 0 ? look : openat(look, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder)
		closep(&fd);
	return folder;
}

int metafile_read(int root, const char *path, char **ret, size_t *ret_n)
{
	struct stat st;
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = rootfile_read(root, path, FILE_MAX, &text, &n, &st);
	if (r < 0)
		return r;
	text = xreallocarray(text, n + 1, 1);
	text[n] = 0;
	*ret = TAKE(text);
	*ret_n = n;
	return 0;
}

int metafile_json(int root, const char *path, cJSON **ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = metafile_read(root, path, &text, &n);
	if (r < 0)
		return r;
	cJSON *json = cJSON_ParseWithLength(text, n);
	if (!json)
		return -EINVAL;
	*ret = json;
	return 0;
}

pid_t metafile_pid(int root, const char *path)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	pid_t pid;
	if (metafile_read(root, path, &text, &n) < 0)
		return 0;
	text[strspn(text, "0123456789")] = 0;
	return parse_pid(text, &pid) < 0 ? 0 : pid;
}

const char *json_get_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

uint64_t json_get_number(const cJSON *object, const char *key, uint64_t max)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	/* Beyond 2^53 a double is not exact. */
	double number = cJSON_IsNumber(value) ? value->valuedouble : 0;
	return number >= 0 && number < 0x1p53 && (uint64_t)number <= max ? (uint64_t)number : 0;
}
