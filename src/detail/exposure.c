/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/exposure.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "detail/cgroups.h"
#include "detail/devicerules.h"
#include "detail/insideview.h"
#include "detail/leaks.h"
#include "detail/mountinfo.h"
#include "detail/rights.h"
#include "detail/sockets.h"
#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/sort.h"

struct work {
	struct arena *arena;
	const struct snapshot *snapshot;
	int proc;
	int64_t tick_offset;
	struct child_patience patience;
	struct mount_table own; /* our mounts */
	struct inside_views views;
	struct exposure *items; /* malloc */
	size_t n;
};

static void work_clear(struct work *work)
{
	inside_views_clear(&work->views);
	free(work->items);
	arena_free(work->arena);
}

/*
 * attr/current is that of the first module that has labels, and EINVAL where there is none; those
 * of AppArmor and Smack are also in folders of their own (Linux 5.8, 5.2), which are there if they
 * are built in.
 */
static void read_label(struct arena *arena, int dir, struct exposure *exposure)
{
	static const char *const files[] = { "attr/current", "attr/apparmor/current",
					     "attr/smack/current" };
	char text[4096];
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		ssize_t n = proc_read(dir, files[i], text, sizeof(text));
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == 0))
			n--;
		if (n > 0) {
			exposure->label = arena_copy(arena, text, n);
			exposure->label_why = 0;
			return;
		}
		if (n < 0 && n != -EINVAL && n != -ENOENT && n != -EOPNOTSUPP)
			exposure->label_why = -n;
	}
}

static void read_idmap(struct arena *arena, int dir, const char *file, struct idmap *ret)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n = 0;
	int r = proc_read_idmap(dir, file, ranges, &n);
	n = r < 0 ? 0 : n;
	*ret = (struct idmap){
		.n = n,
		.ranges = arena_copy_items(arena, ranges, n, sizeof(*ranges)),
		.why = -r,
	};
}

static bool is_initial(const struct work *work, int dir)
{
	ino_t initial = work->snapshot->origin.initial[NS_MNT];
	return initial && dir >= 0 && proc_inode(dir, "ns/mnt", NULL) == initial;
}

/* Whose mount namespace is the host's has no other border than its root directory. */
static void read_views(struct work *work, int dir, struct exposure *exposure)
{
	char root[PATH_MAX];
	bool is_hosts = is_initial(work, dir);
	exposure->view = inside_view_read(&work->views, dir);
	ssize_t n = readlinkat(dir, "root", root, sizeof(root));
	exposure->leaks.why = n < 0 ? errno : exposure->view->mounts.why;
	if (exposure->leaks.why)
		return;
	exposure->root = arena_copy(work->arena, root, n);
	if (strcmp(exposure->root, "/") != 0 && !is_hosts)
		exposure->outer = inside_view_read_outer(&work->views, work->proc, dir);
	const struct leak_bounds bounds = {
		.root = exposure->root,
		.mounts = &exposure->view->mounts,
		.outer = exposure->outer ? &exposure->outer->mounts : NULL,
		.own = &work->own,
		.is_hosts = is_hosts,
	};
	exposure->leaks = leaks_read(work->arena, &work->patience, dir, exposure->process, &bounds);
}

/* What vanishes while it is read has nothing. Of whose main thread alone has exited, not all can be
 * read. */
static void read_process(struct work *work, const struct process *process)
{
	struct exposure exposure = { .process = process };
	struct proc_stat stat;
	_cleanup_(closep) int dir = proc_open_pid(work->proc, process->pid);
	if (dir < 0 || process->start == START_UNKNOWN ||
	    !proc_is_same(dir, process->start, work->tick_offset, &stat) ||
	    (stat.state == 'Z' && process->n_tasks <= 1))
		return;
	rights_read(work->arena, dir, &exposure);
	read_label(work->arena, dir, &exposure);
	read_idmap(work->arena, dir, "uid_map", &exposure.map);
	read_idmap(work->arena, dir, "gid_map", &exposure.gid_map);
	exposure.cgroups = cgroups_read(work->arena, dir);
	exposure.device_rules = device_rules_read(work->arena, &exposure.cgroups, &work->own);
	read_views(work, dir, &exposure);
	if (!proc_is_gone(dir))
		work->items[work->n++] = exposure;
}

static bool has_writable_cgroup(const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is_cgroup(mount) && mount_is_writable(mount) && mount->is_seen &&
		    strcmp(mount->root, "/") != 0)
			return true;
	}
	return false;
}

/* Who else is in there: only then somebody asks. */
static void read_all_cgroups(struct work *work, struct exposures *ret)
{
	const struct snapshot *snapshot = work->snapshot;
	bool is_asked = false;
	for (size_t i = 0; i < work->n && !is_asked; i++)
		is_asked = has_writable_cgroup(&work->items[i].view->mounts);
	if (!is_asked)
		return;
	struct process_cgroups *items =
		arena_alloc(work->arena, snapshot->n_processes * sizeof(*items) + 1);
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (process->pid != process->tgid)
			continue;
		_cleanup_(closep) int dir = proc_open_pid(work->proc, process->pid);
		if (dir >= 0)
			items[ret->n_cgroups++] =
				(struct process_cgroups){ process, cgroups_read(work->arena, dir) };
	}
	ret->cgroups = items;
}

static int compare_processes(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a,
			     *y = *(const struct process *const *)b;
	return (x > y) - (x < y);
}

static void read_processes(struct work *work, const struct process *const *processes, size_t n)
{
	_cleanup_(freep) const struct process **sorted = xcalloc(n, sizeof(*sorted));
	work->items = xcalloc(n, sizeof(*work->items));
	if (n) {
		memcpy(sorted, processes, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_processes);
	}
	for (size_t i = 0; i < n; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			read_process(work, sorted[i]);
}

static bool has_root(const struct mount_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->items[i].target, "/") == 0)
			return true;
	return false;
}

/* Ours, if we are in the initial mount namespace and no chroot hides a part of it; else those of
 * kthreadd, which nobody but root of the host may look at. */
static struct mount_table read_host(struct work *work, int self)
{
	const struct origin *origin = &work->snapshot->origin;
	struct mount_table table = { .why = ENODATA };
	if (is_initial(work, self))
		table = work->own;
	if (!table.why && has_root(&table))
		return table;
	if (origin->viewer[NS_PID] != origin->initial[NS_PID])
		return table.why ? table : (struct mount_table){ .why = ENODATA };
	_cleanup_(closep) int kthreadd = proc_open_dir(work->proc, "2");
	if (is_initial(work, kthreadd))
		return mountinfo_read(work->arena, kthreadd);
	return (struct mount_table){ .why = ENODATA };
}

/* What is the kernel's own has the host's root as its owner, and nobody can change that. */
static int read_host_root(int proc, uid_t *ret)
{
	struct stat st;
	struct statfs fs;
	_cleanup_(closep) int fd = openat(proc, "sys", O_PATH | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != PROC_SUPER_MAGIC)
		return -EXDEV;
	*ret = st.st_uid;
	return 0;
}

/* ID_OVERFLOW stands for who has no id here; where somebody has that one as well, he is not taken
 * for root: that would have to be the host's root himself, who called himself so. */
static void find_host_root(struct work *work, struct exposures *ret)
{
	const struct origin *origin = &work->snapshot->origin;
	ret->host_root = UID_UNKNOWN;
	if (origin->viewer[NS_USER] && origin->viewer[NS_USER] == origin->initial[NS_USER]) {
		ret->host_root = 0;
		return;
	}
	uid_t uid = UID_UNKNOWN;
	int r = read_host_root(work->proc, &uid);
	ret->host_root_why = -r;
	if (r == 0 && uid != ID_OVERFLOW)
		ret->host_root = uid;
}

static bool has_file(int dir, const char *path)
{
	return faccessat(dir, path, F_OK, 0) == 0 || errno != ENOENT;
}

/* Where we see all of such a file system, what is not there is a file that the kernel has not. */
static unsigned find_files(int proc)
{
	unsigned found = 0;
	_cleanup_(closep) int sys = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool sees_proc = faccessat(proc, "sys/kernel", F_OK, 0) == 0;
	bool sees_sys = faccessat(sys, "kernel", F_OK, 0) == 0;
	for (enum kernel_file file = 0; file < KERNEL_FILE_COUNT; file++) {
		const struct kernel_file_info *info = kernel_file_info(file);
		bool is_proc = strcmp(info->type, "proc") == 0;
		if (!(is_proc ? sees_proc : sees_sys) ||
		    has_file(is_proc ? proc : sys, info->path + 1))
			found |= 1u << file;
	}
	return found;
}

int exposures_take(const struct snapshot *snapshot, const struct process *const *processes,
		   size_t n, const struct exposures **ret, struct error *err)
{
	_cleanup_(work_clear) struct work work = {
		.arena = arena_new(),
		.snapshot = snapshot,
		.patience = CHILD_PATIENCE,
		.proc = -1,
	};
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return error_errno(err, errno, "cannot open /proc");
	work.proc = proc;
	work.views = (struct inside_views){ .arena = work.arena, .patience = &work.patience };
	work.tick_offset = proc_own_tick_offset(proc);
	struct exposures *exposures = arena_alloc(work.arena, sizeof(*exposures));
	_cleanup_(closep) int self = proc_open_dir(proc, "self");
	work.own = mountinfo_read(work.arena, self);
	exposures->engines =
		engine_sockets_read(work.arena, &work.patience, proc, &work.own, snapshot);
	read_processes(&work, processes, n);
	read_all_cgroups(&work, exposures);
	exposures->host = read_host(&work, self);
	find_host_root(&work, exposures);
	exposures->has_files = find_files(proc);
	exposures->n = work.n;
	exposures->items = arena_copy_items(work.arena, work.items, work.n, sizeof(*work.items));
	exposures->arena = TAKE(work.arena);
	*ret = exposures;
	return 0;
}
