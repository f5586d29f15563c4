/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
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

struct mounts {
	struct builder *builder;
	int proc;
	dev_t nsfs, own_proc;
	struct seen_mount *seen;
	bool sees_all;	       /* the kernel lists all mount namespaces to us */
	const struct ns *last; /* of the builder's that was looked at */
	const struct ns **undescribed;
	size_t n_undescribed, size_undescribed;
	/* the mount namespace that is being read */
	const struct ns *mnt;
	int dir, root; /* of a process in it; -1 */
};

struct mounts *mounts_free(struct mounts *mounts)
{
	if (!mounts)
		return NULL;
	struct seen_mount *seen, *next;
	HASH_ITER (hh, mounts->seen, seen, next) {
		HASH_DEL(mounts->seen, seen);
		free(seen->key);
		free(seen);
	}
	free(mounts->undescribed);
	free(mounts);
	return NULL;
}

/* Whether it is news. */
static bool see(struct mounts *mounts, const struct mount *mount, bool with_point)
{
	char *key = xasprintf("%ju:%s%s%s", (uintmax_t)mount->dev, mount->root,
			      with_point ? ":" : "", with_point ? mount->point : "");
	struct seen_mount *seen;
	HASH_FIND_STR(mounts->seen, key, seen);
	if (seen) {
		free(key);
		return false;
	}
	seen = xcalloc(1, sizeof(*seen));
	seen->key = key;
	HASH_ADD_KEYPTR(hh, mounts->seen, seen->key, strlen(seen->key), seen);
	return true;
}

static void pin(struct mounts *mounts, struct ns *ns, enum held_by by, const struct mount *mount)
{
	const struct pin pin = {
		.by = by,
		.fd = -1,
		.mnt = mounts->mnt,
		.path = builder_copy(mounts->builder, mount->point, strlen(mount->point)),
	};
	builder_pin(mounts->builder, ns, 0, &pin);
}

/* What the mount leads to, if nothing is mounted over it and a process sees it; else only its
 * number is known. */
static struct ns *open_mounted(struct mounts *mounts, const struct mount *mount, enum ns_kind kind,
			       ino_t ino)
{
	_cleanup_(closep) int look =
		mounts->root < 0 ? -1 : rootfile_open_cached(mounts->root, mount->point);
	struct stat st;
	bool leads_there = look >= 0 && fstat(look, &st) == 0 && st.st_ino == ino;
	struct ns *ns = leads_there ? nsfs_add_look(mounts->builder, look, mounts->nsfs) : NULL;
	if (ns)
		return ns;
	ns = builder_ns(mounts->builder, kind, mounts->nsfs, ino);
	mounts->undescribed = xgrow(mounts->undescribed, mounts->n_undescribed,
				    &mounts->size_undescribed, sizeof(*mounts->undescribed));
	mounts->undescribed[mounts->n_undescribed++] = ns;
	return ns;
}

static void see_nsfs(struct mounts *mounts, const struct mount *mount)
{
	enum ns_kind kind;
	ino_t ino;
	if (ns_name_parse(mount->root, &kind, &ino) < 0)
		return;
	struct ns *ns = builder_find_ns(mounts->builder, kind, ino);
	if (!ns)
		ns = open_mounted(mounts, mount, kind, ino);
	pin(mounts, ns, HELD_BY_MOUNT, mount);
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
static void see_proc(struct mounts *mounts, const struct mount *mount)
{
	if (mount->dev == mounts->own_proc || strcmp(mount->root, "/") != 0 || mounts->root < 0 ||
	    !see(mounts, mount, false))
		return;
	_cleanup_(closep) int look = rootfile_open_cached(mounts->root, mount->point);
	struct stat st;
	if (look >= 0 && fstat(look, &st) == 0 && st.st_dev == mount->dev && is_empty(look))
		pin(mounts, builder_nameless_ns(mounts->builder, NS_PID), HELD_BY_SUPERBLOCK,
		    mount);
}

static void see_mount(void *who, const struct mount *mount)
{
	struct mounts *mounts = who;
	if (mount->is_nsfs)
		see_nsfs(mounts, mount);
	if (mount->is_proc)
		see_proc(mounts, mount);
	if (mount->is_idmapped && see(mounts, mount, true))
		pin(mounts, builder_nameless_ns(mounts->builder, NS_USER), HELD_BY_IDMAP, mount);
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
static void open_member(struct mounts *mounts, const struct ns *ns)
{
	_cleanup_(closep) int dir = proc_open_pid(mounts->proc, find_member(mounts->builder, ns));
	if (dir < 0 || proc_inode(dir, "ns/mnt", NULL) != ns->ino)
		return;
	mounts->root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mounts->dir = TAKE_FD(dir);
}

/* To who may not see a mount namespace it is not there (ENOENT). Whoever was in it may have left,
 * or have exited: then nobody can read its mountinfo (EINVAL). */
static bool has_gone(const struct mounts *mounts, const struct ns *ns, int r)
{
	bool had_member = builder_ns_member(mounts->builder, ns);
	if (mounts->dir < 0)
		return had_member || (r == -ENOENT && mounts->sees_all);
	return r == -ESRCH || proc_inode(mounts->dir, "ns/mnt", NULL) != ns->ino;
}

static void read_mounts(struct mounts *mounts, const struct ns *ns)
{
	mounts->mnt = ns;
	mounts->dir = mounts->root = -1;
	open_member(mounts, ns);
	int r = mount_list(ns->id, mounts->dir, see_mount, mounts);
	if (r < 0 && !has_gone(mounts, ns, r))
		builder_gap_of_holder(mounts->builder, r == -ENOENT ? EPERM : -r,
				      "mounts of mnt:[%ju]", (uintmax_t)ns->ino);
	closep(&mounts->root);
	closep(&mounts->dir);
	mounts->dir = mounts->root = -1;
}

/* Adds those before or behind the one that FD is, in the order of their ids: whether it got to the
 * end. */
static bool walk(struct builder *builder, int fd, unsigned request)
{
	int why = 0;
	int at = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	while (at >= 0) {
		int next = ioctl(at, request, NULL);
		why = next < 0 ? errno : 0;
		if (next < 0 && errno != ENOENT && errno != ENOTTY)
			builder_gap_of_holder(builder, errno, "mount namespaces that nobody is in");
		close(at);
		at = next;
		const struct ns *ns = next >= 0 ? nsfs_add(builder, next) : NULL;
		if (ns)
			builder_ns_keep(builder, ns);
	}
	return why == ENOENT;
}

static void list_mount_namespaces(struct mounts *mounts)
{
	_cleanup_(closep) int own = openat(mounts->proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (own < 0)
		return;
	bool before = walk(mounts->builder, own, NSFS_MNT_GET_PREV);
	mounts->sees_all = walk(mounts->builder, own, NSFS_MNT_GET_NEXT) && before;
}

struct mounts *mounts_new(struct builder *builder, int proc, dev_t nsfs)
{
	struct mounts *mounts = xcalloc(1, sizeof(*mounts));
	*mounts = (struct mounts){ .builder = builder, .proc = proc, .nsfs = nsfs };
	mounts->dir = mounts->root = -1;
	struct stat st;
	if (fstat(proc, &st) == 0)
		mounts->own_proc = st.st_dev;
	list_mount_namespaces(mounts);
	return mounts;
}

void mounts_read(struct mounts *mounts)
{
	struct ns *next;
	while ((next = builder_next_ns(mounts->builder, mounts->last))) {
		mounts->last = next;
		if (next->kind == NS_MNT && next->ino)
			read_mounts(mounts, next);
	}
}

void mounts_note_gaps(struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->n_undescribed; i++) {
		const struct ns *ns = mounts->undescribed[i];
		if (builder_ns_is_new(mounts->builder, ns))
			builder_gap_of_holder(mounts->builder, ENODATA, "owner of %s:[%ju]",
					      ns_kind_name(ns->kind), (uintmax_t)ns->ino);
	}
}
