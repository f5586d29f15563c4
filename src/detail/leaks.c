/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/leaks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/text.h"

#define TEXT_MAX ((size_t)4096)
#define MAPS_MAX ((size_t)64 * 1024 * 1024)

struct search {
	struct arena *arena;
	struct child_patience *patience;
	int dir;      /* of the process, or of the thread */
	pid_t thread; /* 0: the process */
	const struct process *process;
	const struct leak_bounds *bounds;
	struct leak *found; /* malloc */
	size_t capacity;
	struct leak_list list;
	/* The file system that was asked last. */
	bool has_asked;
	dev_t asked;
	long magic;
};

/* What the kernel tells of any open file, see proc_pid_fdinfo(5). */
struct fdinfo {
	int mount, flags;
	pid_t pid;	 /* of a pidfd; 0: none, or none that is left */
	bool has_others; /* files that it holds, see may_hold_others() */
};

/* FAN_REPORT_FID and FAN_REPORT_DIR_FID: whose events bring no descriptors. */
#define FANOTIFY_NAMES_ONLY 0x600

static bool has_others(const char *text, const char *end)
{
	static const char *const keys[] = { "scm_fds", "UserFiles" };
	const char *line_end, *line = text_line(text, end, "fanotify flags", &line_end);
	if (line)
		return !(strtoul(line, NULL, 16) & FANOTIFY_NAMES_ONLY);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		uint64_t n;
		line = text_line(text, end, keys[i], &line_end);
		if (line && (text_number(line, line_end, 0, UINT32_MAX, &n) < 0 || n))
			return true;
	}
	return false;
}

static int read_fdinfo(int dir, const char *file, struct fdinfo *ret)
{
	char text[TEXT_MAX];
	const char *id_end, *flags_end, *pid_end;
	uint64_t id, pid = 0;
	ssize_t n = proc_read(dir, file, text, sizeof(text));
	if (n < 0)
		return n;
	const char *id_line = text_line(text, text + n, "mnt_id", &id_end);
	const char *flags_line = text_line(text, text + n, "flags", &flags_end);
	const char *pid_line = text_line(text, text + n, "Pid", &pid_end);
	if (!id_line || !flags_line || text_number(id_line, id_end, 0, INT_MAX, &id) < 0)
		return -EIO;
	if (pid_line && text_number(pid_line, pid_end, 0, INT_MAX, &pid) < 0)
		pid = 0;
	*ret = (struct fdinfo){ id, strtol(flags_line, NULL, 8), pid, has_others(text, text + n) };
	return 0;
}

static int read_own_fdinfo(int fd, struct fdinfo *ret)
{
	char info[32];
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	return self < 0 ? -errno : read_fdinfo(self, info, ret);
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

static bool is_in_reach(const struct search *search, const struct leak *leak)
{
	const struct mount_table *mounts = search->bounds->mounts;
	const struct mount_entry *mount = mounts_find(mounts, leak->mount);
	const char *path = path_below(leak->path, search->bounds->root);
	return mount && path && mounts_at(mounts, path) == mount;
}

/* Whether its mount namespace has that mount, somewhere. */
static bool has_mount(const struct leak_bounds *bounds, int mount)
{
	return mounts_find(bounds->mounts, mount) ||
	       (bounds->outer && mounts_find(bounds->outer, mount));
}

static void fail(struct search *search, int r)
{
	if (!search->list.why && r != -ENOENT && r != -ESRCH)
		search->list.why = -r;
}

static void ask_magic(const void *context, int answers)
{
	struct statfs fs;
	long magic = fstatfs(*(const int *)context, &fs) < 0 ? 0 : fs.f_type;
	if (write(answers, &magic, sizeof(magic)) != sizeof(magic))
		_exit(1);
}

/* Of a file system that nobody shows who we know. */
static long read_magic(struct search *search, const struct leak *leak, int look)
{
	const struct leak_bounds *bounds = search->bounds;
	_cleanup_(child_end) struct child child = CHILD_NONE;
	long magic = 0;
	if (leak->is_in_reach || mounts_find_device(bounds->mounts, leak->dev) ||
	    (bounds->outer && mounts_find_device(bounds->outer, leak->dev)) ||
	    mounts_find_device(bounds->own, leak->dev))
		return 0;
	if (search->has_asked && search->asked == leak->dev)
		return search->magic;
	int r = child_start(search->patience, ask_magic, &look, &look, 1, &child);
	if (r == 0)
		r = child_read(&child, &magic, sizeof(magic));
	search->has_asked = true;
	search->asked = leak->dev;
	search->magic = r < 0 ? 0 : magic;
	return search->magic;
}

static int fill(int look, struct leak *leak)
{
	struct statx st;
	if (statx(look, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &st) < 0)
		return -errno;
	leak->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	leak->rdev = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	leak->mode = st.stx_mode;
	leak->uid = st.stx_uid;
	leak->gid = st.stx_gid;
	return 0;
}

/* What a path leads to may be kept from the process, which has it open nevertheless. */
static bool is_worth(const struct leak *leak)
{
	if (!leak->is_in_reach)
		return true;
	if (leak->is_path || (leak->by != LEAK_FD && leak->by != LEAK_MAPPING))
		return false;
	return S_ISBLK(leak->mode) || S_ISCHR(leak->mode) ||
	       (S_ISREG(leak->mode) && leak->writable);
}

static void keep(struct search *search, const struct leak *leak)
{
	struct leak kept = *leak;
	kept.path = arena_copy(search->arena, leak->path, strlen(leak->path));
	kept.thread = search->thread;
	search->found =
		xgrow(search->found, search->list.n, &search->capacity, sizeof(*search->found));
	search->found[search->list.n++] = kept;
}

/* LOOK leads to it; nothing is asked of its file system. */
static int add(struct search *search, struct leak *leak, int look)
{
	int r = fill(look, leak);
	leak->is_in_reach = is_in_reach(search, leak);
	if (r < 0 || !is_worth(leak))
		return r;
	leak->is_outside = !path_below(leak->path, search->bounds->root) &&
			   has_mount(search->bounds, leak->mount);
	leak->magic = read_magic(search, leak, look);
	keep(search, leak);
	return 0;
}

static ssize_t read_link(int dir, const char *link, char path[PATH_MAX])
{
	ssize_t n = readlinkat(dir, link, path, PATH_MAX - 1);
	if (n >= 0)
		path[n] = 0;
	return n < 0 ? -errno : n;
}

/* Files that are not seen: sent and not yet received, registered, or still to come. */
static bool may_hold_others(const char *link)
{
	return strncmp(link, "socket:", 7) == 0 || strcmp(link, "anon_inode:[io_uring]") == 0 ||
	       strcmp(link, "anon_inode:[fanotify]") == 0;
}

static bool is_pidfd(const char *link)
{
	return strcmp(link, "anon_inode:[pidfd]") == 0 || strncmp(link, "pidfd:", 6) == 0;
}

/* What else has no path ("socket:[6249]") is on no mount. */
static int look_at_fd(struct search *search, int fd)
{
	char link[32], info[32], path[PATH_MAX];
	struct fdinfo fdinfo;
	snprintf(link, sizeof(link), "fd/%d", fd);
	snprintf(info, sizeof(info), "fdinfo/%d", fd);
	ssize_t n = read_link(search->dir, link, path);
	if (n < 0 || (path[0] != '/' && !is_pidfd(path) && !may_hold_others(path)))
		return n < 0 ? n : 0;
	int r = read_fdinfo(search->dir, info, &fdinfo);
	if (r < 0 || may_hold_others(path))
		return r < 0 ? r : fdinfo.has_others ? -EOPNOTSUPP : 0;
	struct leak leak = { .fd = fd, .mount = fdinfo.mount, .path = path, .pid = fdinfo.pid };
	if (path[0] != '/') {
		leak.by = LEAK_PIDFD;
		if (leak.pid)
			keep(search, &leak);
		return 0;
	}
	leak.is_path = fdinfo.flags & O_PATH;
	leak.writable = !leak.is_path && (fdinfo.flags & O_ACCMODE) != O_RDONLY;
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

/* The mode of a link below map_files is that by which the file was opened: a mapping of it may
 * become writable whatever it is now (mprotect(2)). */
static bool is_open_for_writing(int dir, const char *link)
{
	struct stat st;
	return fstatat(dir, link, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_mode & S_IWUSR;
}

/* Of a link that is no descriptor there is no fdinfo; of what we open there is. */
static int look_at_link(struct search *search, const char *link, enum leak_by by)
{
	char path[PATH_MAX];
	struct fdinfo fdinfo;
	_cleanup_(closep) int look = openat(search->dir, link, O_PATH | O_CLOEXEC);
	if (look < 0)
		return -errno;
	int r = read_own_fdinfo(look, &fdinfo);
	ssize_t n = r < 0 ? r : read_link(search->dir, link, path);
	if (n < 0)
		return n;
	struct leak leak = {
		.by = by,
		.mount = fdinfo.mount,
		.path = path,
		.writable = by == LEAK_MAPPING && is_open_for_writing(search->dir, link),
	};
	/* That of a chroot need not be below a mount that it sees. */
	if (by == LEAK_ROOT && (search->bounds->is_hosts || has_mount(search->bounds, leak.mount)))
		return 0;
	if (by == LEAK_ROOT && search->bounds->outer && search->bounds->outer->why)
		return -search->bounds->outer->why;
	return add(search, &leak, look);
}

/* "7f00-7f10 rw-s 0 fe:00 42 /path": the file by way of map_files, for who may look there. */
static int look_at_mapping(struct search *search, const char *line, const char *end)
{
	char link[64];
	size_t n_range, n_access, n_path;
	const char *range = text_word(line, end, 0, &n_range);
	const char *access = text_word(line, end, 1, &n_access);
	const char *path = text_word(line, end, 5, &n_path);
	if (n_access != 4 || access[3] != 's' || !n_path || *path != '/' ||
	    n_range + sizeof("map_files/") > sizeof(link))
		return 0;
	snprintf(link, sizeof(link), "map_files/%.*s", (int)n_range, range);
	return look_at_link(search, link, LEAK_MAPPING);
}

static int look_at_mappings(struct search *search)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(search->dir, "maps", MAPS_MAX, &text, &n);
	for (const char *line = text, *end; r == 0 && line < text + n; line = end + 1) {
		end = memchr(line, '\n', text + n - line);
		end = end ? end : text + n;
		int looked = look_at_mapping(search, line, end);
		if (looked < 0)
			fail(search, looked);
	}
	return r;
}

static void look_at_files(struct search *search)
{
	static const struct {
		const char *link;
		enum leak_by by;
	} links[] = { { "root", LEAK_ROOT }, { "cwd", LEAK_CWD } };
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		int r = look_at_link(search, links[i].link, links[i].by);
		if (r < 0)
			fail(search, r);
	}
}

/* Whether a thread has its own; where the kernel does not say so, it may. */
static bool differs(const struct search *search, pid_t tid, int what)
{
	return syscall(SYS_kcmp, search->process->pid, tid, what, 0, 0) != 0;
}

static void look_at_thread(struct search *search, pid_t tid)
{
	char name[32];
	bool files = differs(search, tid, KCMP_FS), fds = differs(search, tid, KCMP_FILES);
	if (!files && !fds)
		return;
	snprintf(name, sizeof(name), "task/%d", tid);
	int process = search->dir;
	_cleanup_(closep) int dir = proc_open_dir(process, name);
	if (dir < 0) {
		fail(search, dir);
		return;
	}
	search->dir = dir;
	search->thread = tid;
	if (files)
		look_at_files(search);
	if (fds)
		look_at_fds(search);
	search->dir = process;
	search->thread = 0;
}

static void look_at_threads(struct search *search)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(search->dir, "task");
	if (!folder)
		fail(search, -errno);
	for (const struct dirent *entry; folder && (entry = readdir(folder));) {
		pid_t tid;
		if (parse_pid(entry->d_name, &tid) == 0 && tid != search->process->pid)
			look_at_thread(search, tid);
	}
}

/* Kernel threads execute nothing. */
static void look_at_memory(struct search *search)
{
	int r = look_at_link(search, "exe", LEAK_EXE);
	if (r == 0)
		r = look_at_mappings(search);
	if (r < 0)
		fail(search, r);
}

struct leak_list leaks_read(struct arena *arena, struct child_patience *patience, int dir,
			    const struct process *process, const struct leak_bounds *bounds)
{
	struct search search = {
		.arena = arena,
		.patience = patience,
		.dir = dir,
		.process = process,
		.bounds = bounds,
	};
	look_at_files(&search);
	look_at_fds(&search);
	look_at_memory(&search);
	if (process->n_tasks != 1)
		look_at_threads(&search);
	search.list.items =
		arena_copy_items(arena, search.found, search.list.n, sizeof(*search.found));
	free(search.found);
	return search.list;
}
