/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/leaks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/text.h"

#define TEXT_MAX ((size_t)4096)

struct search {
	struct arena *arena;
	int dir;
	const struct leak_bounds *bounds;
	struct leak *found; /* malloc */
	size_t capacity;
	struct leak_list list;
};

/* What the kernel tells of any open file, see proc_pid_fdinfo(5). */
struct fdinfo {
	int mount, flags;
};

static int read_fdinfo(int dir, const char *file, struct fdinfo *ret)
{
	char text[TEXT_MAX];
	const char *id_end, *flags_end;
	uint64_t id;
	ssize_t n = proc_read(dir, file, text, sizeof(text));
	if (n < 0)
		return n;
	const char *id_line = text_line(text, text + n, "mnt_id", &id_end);
	const char *flags_line = text_line(text, text + n, "flags", &flags_end);
	if (!id_line || !flags_line || text_number(id_line, id_end, 0, INT_MAX, &id) < 0)
		return -EIO;
	*ret = (struct fdinfo){ .mount = id, .flags = strtol(flags_line, NULL, 8) };
	return 0;
}

/* What PATH, as the mount namespace has it, is below a root directory; NULL: it is outside. */
static const char *path_below(const char *path, const char *root)
{
	if (strcmp(root, "/") == 0)
		return path;
	if (!path_is_within(path, root))
		return NULL;
	return path[strlen(root)] ? path + strlen(root) : "/";
}

/* Whether the process gets there by a path as well. */
static bool is_within_reach(const struct search *search, const struct leak *leak)
{
	const struct mount_table *mounts = search->bounds->mounts;
	const struct mount_entry *mount = mounts_find(mounts, leak->mount);
	const char *path = path_below(leak->path, search->bounds->root);
	return mount && path && mounts_at(mounts, path) == mount;
}

static bool is_outside(const struct search *search, const struct leak *leak)
{
	const struct leak_bounds *bounds = search->bounds;
	return !path_below(leak->path, bounds->root) &&
	       (mounts_find(bounds->mounts, leak->mount) ||
		(bounds->outer && mounts_find(bounds->outer, leak->mount)));
}

static void fail(struct search *search, int r)
{
	if (!search->list.why && r != -ENOENT && r != -ESRCH)
		search->list.why = -r;
}

/* LOOK leads to it; nothing is asked of its file system. */
static int add(struct search *search, const struct leak *leak, int look)
{
	struct statx st;
	struct leak kept = *leak;
	if (statx(look, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MODE, &st) < 0)
		return -errno;
	kept.path = arena_copy(search->arena, leak->path, strlen(leak->path));
	kept.is_outside = is_outside(search, leak);
	kept.dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	kept.rdev = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	kept.mode = st.stx_mode;
	search->found =
		xgrow(search->found, search->list.n, &search->capacity, sizeof(*search->found));
	search->found[search->list.n++] = kept;
	return 0;
}

static ssize_t read_link(int dir, const char *link, char path[PATH_MAX])
{
	ssize_t n = readlinkat(dir, link, path, PATH_MAX - 1);
	if (n >= 0)
		path[n] = 0;
	return n < 0 ? -errno : n;
}

/* What has no path ("socket:[6249]") is on no mount. */
static int look_at_fd(struct search *search, int fd)
{
	char link[32], info[32], path[PATH_MAX];
	struct fdinfo fdinfo;
	snprintf(link, sizeof(link), "fd/%d", fd);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	ssize_t n = read_link(search->dir, link, path);
	if (n < 0 || path[0] != '/')
		return n < 0 ? n : 0;
	int r = read_fdinfo(search->dir, info, &fdinfo);
	if (r < 0)
		return r;
	const struct leak leak = {
		.fd = fd,
		.mount = fdinfo.mount,
		.path = path,
		.writable = !(fdinfo.flags & O_PATH) && (fdinfo.flags & O_ACCMODE) != O_RDONLY,
	};
	if (is_within_reach(search, &leak))
		return 0;
	_cleanup_(closep) int look = openat(search->dir, link, O_PATH | O_CLOEXEC);
	return look < 0 ? -errno : add(search, &leak, look);
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
		int r = 0;
		if (parse_u64(entry->d_name, INT_MAX, &fd) == 0)
			r = look_at_fd(search, fd);
		if (r < 0)
			fail(search, r);
	}
}

/* Of a working directory there is no fdinfo; of what we open there is. */
static int look_at_cwd(struct search *search)
{
	char info[32], path[PATH_MAX];
	struct fdinfo fdinfo;
	_cleanup_(closep) int fd = openat(search->dir, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	int r = self < 0 ? -errno : read_fdinfo(self, info, &fdinfo);
	ssize_t n = r < 0 ? r : read_link(search->dir, "cwd", path);
	if (n < 0)
		return n;
	const struct leak leak = { .fd = -1, .mount = fdinfo.mount, .path = path };
	return is_within_reach(search, &leak) ? 0 : add(search, &leak, fd);
}

struct leak_list leaks_read(struct arena *arena, int dir, const struct leak_bounds *bounds)
{
	struct search search = { .arena = arena, .dir = dir, .bounds = bounds };
	int r = look_at_cwd(&search);
	if (r < 0)
		fail(&search, r);
	look_at_fds(&search);
	struct leak *kept = arena_alloc(arena, search.list.n * sizeof(*kept) + 1);
	if (search.list.n)
		memcpy(kept, search.found, search.list.n * sizeof(*kept));
	free(search.found);
	search.list.items = kept;
	return search.list;
}
