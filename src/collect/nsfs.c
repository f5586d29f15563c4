/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "collect/collector.h"
#include "uapi/nsfs.h"
#include "util/procfile.h"

static const struct ns *add_known_kind(struct builder *builder, int fd, enum ns_kind kind);

/* The kernel's answer to "who is above?" is EPERM for two things: it lies outside of what we may
 * see, or there is nothing above the initial namespaces. Only the number tells them apart. */
static struct edge refuse(struct builder *builder, const struct ns *from, const char *what,
			  enum ns_kind kind, int why)
{
	if (from->kind == kind && from->ino == ns_kind_info(kind)->initial_ino)
		return (struct edge){ .why = 0 };
	if (error_is_refusal(why))
		builder_gap(builder, why, "%s of %s:[%ju]", what, ns_kind_name(from->kind),
			    (uintmax_t)from->ino);
	return (struct edge){ .why = why };
}

struct edge nsfs_refuse_parent(struct builder *builder, const struct ns *from, int why)
{
	return refuse(builder, from, "parent", from->kind, why);
}

static struct edge follow(struct builder *builder, int fd, unsigned request, enum ns_kind kind,
			  const struct ns *from)
{
	_cleanup_(closep) int above = ioctl(fd, request);
	if (above < 0)
		return refuse(builder, from, request == NSFS_GET_PARENT ? "parent" : "owner", kind,
			      errno);
	const struct ns *to = add_known_kind(builder, above, kind);
	return (struct edge){ .to = to, .why = to ? 0 : EIO };
}

uint64_t nsfs_read_id(int fd, enum ns_kind kind)
{
	uint64_t id;
	if (ioctl(fd, NSFS_GET_ID, &id) == 0)
		return id;
	if (kind == NS_MNT && ioctl(fd, NSFS_GET_MNTNS_ID, &id) == 0)
		return id;
	return 0;
}

/* The initial mnt and net have fixed numbers since Linux 6.17, so also where NS_GET_ID works (6.18)
 * and where one of those numbers is seen: they are lower than what any other namespace can have. */
void nsfs_note_initial(struct builder *builder, const struct ns *ns)
{
	struct origin *origin = builder_origin(builder);
	bool fixed =
		(ns->id && ns->kind != NS_MNT) || ns->ino == ns_kind_info(ns->kind)->initial_ino;
	if (!fixed || (!ns->id && ns_kind_info(ns->kind)->always_fixed))
		return;
	origin->initial[NS_MNT] = ns_kind_info(NS_MNT)->initial_ino;
	origin->initial[NS_NET] = ns_kind_info(NS_NET)->initial_ino;
}

static const struct ns *add_known_kind(struct builder *builder, int fd, enum ns_kind kind)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return NULL;
	struct ns *ns = builder_ns(builder, kind, st.st_dev, st.st_ino);
	if (!builder_ns_describe(builder, ns))
		return ns;

	ns->id = nsfs_read_id(fd, kind);
	nsfs_note_initial(builder, ns);
	if (ns_kind_info(kind)->has_parent)
		ns->parent = follow(builder, fd, NSFS_GET_PARENT, kind, ns);
	if (kind == NS_USER) {
		ns->owner = ns->parent;
		uid_t uid;
		if (ioctl(fd, NSFS_GET_OWNER_UID, &uid) == 0)
			ns->owner_uid = uid;
	} else {
		ns->owner = follow(builder, fd, NSFS_GET_USERNS, NS_USER, ns);
	}
	return ns;
}

const struct ns *nsfs_add(struct builder *builder, int fd)
{
	int flag = ioctl(fd, NSFS_GET_NSTYPE);
	enum ns_kind kind = flag < 0 ? NS_KIND_COUNT : ns_kind_by_flag(flag);
	if (kind == NS_KIND_COUNT) {
		if (flag >= 0)
			errno = ENOTTY;
		return NULL;
	}
	return add_known_kind(builder, fd, kind);
}

struct ns *nsfs_add_look(struct builder *builder, int look, dev_t nsfs)
{
	struct stat st;
	if (fstat(look, &st) < 0)
		return NULL;
	_cleanup_(closep) int fd = st.st_dev == nsfs ? fd_reopen(look, O_RDONLY) : -ENOENT;
	if (fd < 0)
		errno = -fd;
	return fd < 0 ? NULL : (struct ns *)nsfs_add(builder, fd);
}

struct ns *nsfs_add_path(struct builder *builder, int dir, const char *path, dev_t nsfs)
{
	_cleanup_(closep) int look = openat(dir, path, O_PATH | O_CLOEXEC);
	return look < 0 ? NULL : nsfs_add_look(builder, look, nsfs);
}

int nsfs_open_unborn(int dir, pid_t pid, bool thread)
{
	_cleanup_(closep) int pidfd = syscall(SYS_pidfd_open, pid, thread ? PIDFD_OPEN_THREAD : 0);
	if (pidfd < 0)
		return -errno;
	int fd = ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN, 0);
	if (fd < 0)
		return -errno;
	/* Still there, so the number has meant this process all the time. */
	struct stat st;
	if (fstatat(dir, "stat", &st, 0) < 0) {
		close(fd);
		return -ESRCH;
	}
	return fd;
}
