/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <uthash.h>

#include "collect/holders.h"
#include "collect/mount-list.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/rootfile.h"

/* What many mount namespaces show is looked at once. */
struct seen_mount {
	char *key;
	UT_hash_handle hh;
};

struct mount_scan {
	struct builder *builder;
	int proc;
	dev_t nsfs, own_proc;
	struct seen_mount *seen;
	/* the mount namespace that is being read */
	const struct ns *mnt;
	int dir, root; /* of a process in it; -1 */
};

static void scan_clear(struct mount_scan *scan)
{
	struct seen_mount *seen, *next;
	HASH_ITER (hh, scan->seen, seen, next) {
		HASH_DEL(scan->seen, seen);
		free(seen->key);
		free(seen);
	}
	closep(&scan->root);
	closep(&scan->dir);
}

/* Whether it is news. */
static bool see(struct mount_scan *scan, const struct mount *mount, bool with_point)
{
	char *key = xasprintf("%ju:%s%s%s", (uintmax_t)mount->dev, mount->root,
			      with_point ? ":" : "", with_point ? mount->point : "");
	struct seen_mount *seen;
	HASH_FIND_STR(scan->seen, key, seen);
	if (seen) {
		free(key);
		return false;
	}
	seen = xcalloc(1, sizeof(*seen));
	seen->key = key;
	HASH_ADD_KEYPTR(hh, scan->seen, seen->key, strlen(seen->key), seen);
	return true;
}

static void pin(struct mount_scan *scan, struct ns *ns, enum held_by by, const struct mount *mount)
{
	const struct pin pin = {
		.by = by,
		.fd = -1,
		.mnt = scan->mnt,
		.path = builder_copy(scan->builder, mount->point, strlen(mount->point)),
	};
	builder_pin(scan->builder, ns, 0, &pin);
}

/* "net:[4026532901]", the root of a mount of nsfs: 0, or -EINVAL. */
static int parse_root(const char *root, enum ns_kind *ret_kind, ino_t *ret)
{
	const char *colon = strchr(root, ':');
	enum ns_kind kind = colon ? ns_kind_by_name(root, colon - root) : NS_KIND_COUNT;
	if (kind == NS_KIND_COUNT)
		return -EINVAL;
	*ret_kind = kind;
	return proc_parse_ns_link(root, strlen(root), ns_kind_name(kind), ret);
}

/* What the mount leads to, if nothing is mounted over it and a process sees it; else only its
 * number is known. */
static struct ns *open_mounted(struct mount_scan *scan, const struct mount *mount,
			       enum ns_kind kind, ino_t ino)
{
	_cleanup_(closep) int look = scan->root < 0 ? -1 : rootfile_open(scan->root, mount->point);
	struct stat st;
	if (look >= 0 && fstat(look, &st) == 0 && st.st_dev == scan->nsfs && st.st_ino == ino) {
		char path[32];
		snprintf(path, sizeof(path), "self/fd/%d", look);
		struct ns *ns = nsfs_add_path(scan->builder, scan->proc, path, scan->nsfs);
		if (ns)
			return ns;
	}
	struct ns *ns = builder_ns(scan->builder, kind, scan->nsfs, ino);
	if (builder_ns_is_new(scan->builder, ns))
		builder_gap_of_holder(scan->builder, ENODATA, "owner of %s", mount->root);
	return ns;
}

static void see_nsfs(struct mount_scan *scan, const struct mount *mount)
{
	enum ns_kind kind;
	ino_t ino;
	if (parse_root(mount->root, &kind, &ino) < 0)
		return;
	struct ns *ns = builder_find_ns(scan->builder, kind, ino);
	if (!ns)
		ns = open_mounted(scan, mount, kind, ino);
	pin(scan, ns, HELD_BY_MOUNT, mount);
}

/* Whether no process is in the pid namespace of that procfs: none is listed. */
static bool is_empty(int proc)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(proc, ".");
	if (!folder)
		return false;
	for (const struct dirent *entry; (entry = readdir(folder));) {
		pid_t pid;
		if (parse_pid(entry->d_name, &pid) == 0)
			return false;
	}
	return true;
}

/* A procfs keeps its pid namespace, and shows the processes of it. Where there are none the kernel
 * does not tell which one that is. */
static void see_proc(struct mount_scan *scan, const struct mount *mount)
{
	if (mount->dev == scan->own_proc || strcmp(mount->root, "/") != 0 || scan->root < 0 ||
	    !see(scan, mount, false))
		return;
	_cleanup_(closep) int look = rootfile_open(scan->root, mount->point);
	struct stat st;
	if (look >= 0 && fstat(look, &st) == 0 && st.st_dev == mount->dev && is_empty(look))
		pin(scan, builder_nameless_ns(scan->builder, NS_PID), HELD_BY_SUPERBLOCK, mount);
}

static void see_mount(void *who, const struct mount *mount)
{
	struct mount_scan *scan = who;
	if (mount->is_nsfs)
		see_nsfs(scan, mount);
	if (mount->is_proc)
		see_proc(scan, mount);
	if (mount->is_idmapped && see(scan, mount, true))
		pin(scan, builder_nameless_ns(scan->builder, NS_USER), HELD_BY_IDMAP, mount);
}

/* A process that is in NS, or a thread; 0: none. */
static pid_t find_member(const struct builder *builder, const struct ns *ns)
{
	pid_t pid = builder_ns_member(builder, ns);
	for (size_t i = 0; !pid && i < builder_count_processes(builder); i++)
		if (builder_process(builder, i)->ns[NS_MNT].to == ns)
			pid = builder_process(builder, i)->pid;
	return pid;
}

/* Its directory and its root, if it still is there. */
static void open_member(struct mount_scan *scan, const struct ns *ns)
{
	char name[16];
	snprintf(name, sizeof(name), "%d", find_member(scan->builder, ns));
	_cleanup_(closep) int dir = proc_open_dir(scan->proc, name);
	if (dir < 0 || proc_inode(dir, "ns/mnt", NULL) != ns->ino)
		return;
	scan->root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	scan->dir = TAKE_FD(dir);
}

static void read_mounts(struct mount_scan *scan, const struct ns *ns)
{
	scan->mnt = ns;
	scan->dir = scan->root = -1;
	open_member(scan, ns);
	int r = mount_list(ns->id, scan->dir, see_mount, scan);
	if (r < 0 && r != -ENOENT && r != -ESRCH)
		builder_gap_of_holder(scan->builder, -r, "mounts of mnt:[%ju]", (uintmax_t)ns->ino);
	else if (r < 0)
		builder_gap_of_holder(scan->builder, EPERM, "mounts of mnt:[%ju]",
				      (uintmax_t)ns->ino);
	closep(&scan->root);
	closep(&scan->dir);
	scan->dir = scan->root = -1;
}

/* Adds those before or behind the one that FD is, in the order of their ids. */
static void walk(struct builder *builder, int fd, unsigned request)
{
	int at = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	while (at >= 0) {
		int next = ioctl(at, request, NULL);
		if (next < 0 && errno != ENOENT && errno != ENOTTY)
			builder_gap_of_holder(builder, errno, "mount namespaces that nobody is in");
		close(at);
		at = next;
		const struct ns *ns = next >= 0 ? nsfs_add(builder, next) : NULL;
		if (ns)
			builder_ns_keep(builder, ns);
	}
}

static void list_mount_namespaces(struct mount_scan *scan)
{
	_cleanup_(closep) int own = openat(scan->proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (own < 0)
		return;
	walk(scan->builder, own, NSFS_MNT_GET_PREV);
	walk(scan->builder, own, NSFS_MNT_GET_NEXT);
}

void mounts_collect(struct builder *builder, int proc, dev_t nsfs)
{
	_cleanup_(scan_clear) struct mount_scan scan = {
		.builder = builder, .proc = proc, .nsfs = nsfs, .dir = -1, .root = -1
	};
	struct stat st;
	if (fstat(proc, &st) == 0)
		scan.own_proc = st.st_dev;
	list_mount_namespaces(&scan);
	/* What is mounted may be a mount namespace that was not known: those come last. */
	struct ns *ns = NULL;
	while ((ns = builder_next_ns(builder, ns)))
		if (ns->kind == NS_MNT && ns->ino)
			read_mounts(&scan, ns);
}
