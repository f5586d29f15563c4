/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/metafile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "util/alloc.h"
#include "util/parse.h"
#include "util/procfile.h"

#define FILE_MAX ((size_t)16 * 1024 * 1024)

static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

DIR *metafile_folder(int root, const char *path)
{
	int fd = open_below(root, path, O_RDONLY | O_DIRECTORY);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder)
		closep(&fd);
	return folder;
}

/* Opening could hang on a FIFO or start a device, so we look first. */
static int open_regular(int root, const char *path)
{
	_cleanup_(closep) int look = open_below(root, path, O_PATH);
	struct stat st;
	if (look < 0)
		return look;
	if (fstat(look, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > (off_t)FILE_MAX)
		return -EFBIG;
	char reopen[32];
	snprintf(reopen, sizeof(reopen), "/proc/self/fd/%d", look);
	int fd = open(reopen, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Sizes change, and on some filesystems say nothing: what counts is how much there was to read. */
int metafile_read(int root, const char *path, char **ret, size_t *ret_n)
{
	_cleanup_(closep) int fd = open_regular(root, path);
	if (fd < 0)
		return fd;
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = fd_read_all(fd, FILE_MAX + 1, &text, &n);
	if (r < 0)
		return r;
	if (n > FILE_MAX)
		return -EFBIG;
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
