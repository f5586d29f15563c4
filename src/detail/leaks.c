/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/leaks.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/sort.h"
#include "util/text.h"

#define TEXT_MAX ((size_t)4096)

struct search {
	struct arena *arena;
	int dir;
	const int *ids;
	size_t n_ids;
	struct leak *found; /* malloc */
	size_t capacity;
	struct leak_list list;
};

/* "mnt_id:	27", which the kernel has of any open file. */
static int read_mount_id(int dir, const char *file, int *ret)
{
	char text[TEXT_MAX];
	const char *line_end;
	uint64_t id;
	ssize_t n = proc_read(dir, file, text, sizeof(text));
	if (n < 0)
		return n;
	const char *line = text_line(text, text + n, "mnt_id", &line_end);
	if (!line || text_number(line, line_end, 0, INT_MAX, &id) < 0)
		return -EIO;
	*ret = id;
	return 0;
}

static bool is_seen(const struct search *search, int mount)
{
	return search->n_ids &&
	       bsearch(&mount, search->ids, search->n_ids, sizeof(mount), compare_pids);
}

static void add(struct search *search, int fd, int mount, const char *path)
{
	search->found =
		xgrow(search->found, search->list.n, &search->capacity, sizeof(*search->found));
	search->found[search->list.n++] = (struct leak){
		.fd = fd,
		.mount = mount,
		.path = arena_copy(search->arena, path, strlen(path)),
	};
}

static void fail(struct search *search, int r)
{
	if (!search->list.why && r != -ENOENT && r != -ESRCH)
		search->list.why = -r;
}

/* Whether that leads to a directory, of which there is a dentry, so that the kernel knows. */
static bool is_directory(int dir, const char *link)
{
	_cleanup_(closep) int fd = openat(dir, link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 || errno != ENOTDIR;
}

static ssize_t read_link(int dir, const char *link, char path[PATH_MAX])
{
	ssize_t n = readlinkat(dir, link, path, PATH_MAX - 1);
	if (n >= 0)
		path[n] = 0;
	return n < 0 ? -errno : n;
}

static void look_at_fd(struct search *search, int fd)
{
	char link[32], info[32], path[PATH_MAX];
	int mount;
	snprintf(link, sizeof(link), "fd/%d", fd);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	ssize_t n = read_link(search->dir, link, path);
	int r = n > 0 && path[0] == '/' ? read_mount_id(search->dir, info, &mount) : 1;
	if (n < 0 || r < 0)
		fail(search, n < 0 ? n : r);
	else if (r == 0 && !is_seen(search, mount) && is_directory(search->dir, link))
		add(search, fd, mount, path);
}

static void look_at_fds(struct search *search)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(search->dir, "fd");
	if (!folder) {
		fail(search, -errno);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(folder));) {
		uint64_t fd;
		if (parse_u64(entry->d_name, INT_MAX, &fd) == 0)
			look_at_fd(search, fd);
	}
}

/* Of a working directory there is no fdinfo; of what we open there is. */
static void look_at_cwd(struct search *search)
{
	char info[32], path[PATH_MAX];
	int mount;
	_cleanup_(closep) int fd = openat(search->dir, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		fail(search, -errno);
		return;
	}
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	int r = self < 0 ? -errno : read_mount_id(self, info, &mount);
	ssize_t n = r == 0 && !is_seen(search, mount) ? read_link(search->dir, "cwd", path) : 0;
	if (n > 0)
		add(search, -1, mount, path);
	else if (r < 0 || n < 0)
		fail(search, r < 0 ? r : n);
}

struct leak_list leaks_read(struct arena *arena, int dir, const int *ids, size_t n)
{
	struct search search = { .arena = arena, .dir = dir, .ids = ids, .n_ids = n };
	look_at_cwd(&search);
	look_at_fds(&search);
	struct leak *kept = arena_alloc(arena, search.list.n * sizeof(*kept) + 1);
	if (search.list.n)
		memcpy(kept, search.found, search.list.n * sizeof(*kept));
	free(search.found);
	search.list.items = kept;
	return search.list;
}
