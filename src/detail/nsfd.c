/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/nsfd.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "uapi/nsfs.h"
#include "util/procfile.h"
#include "util/rootfile.h"

/* An inode number is used again once its namespace has gone, the id never: but a descriptor that
 * cannot be read from (O_PATH) does not tell it. */
static bool is_meant(const struct ns *ns, int fd)
{
	struct stat st;
	uint64_t id;
	if (fstat(fd, &st) < 0 || st.st_dev != ns->dev || st.st_ino != ns->ino)
		return false;
	return !ns->id || ioctl(fd, NSFS_GET_ID, &id) < 0 || id == ns->id;
}

/* Opening a pipe or a device would have an effect: LOOK is opened once it is known to be none. */
static int open_look(const struct ns *ns, int look)
{
	return look >= 0 && is_meant(ns, look) ? fd_reopen(look, O_RDONLY) : -1;
}

static int open_below(const struct ns *ns, int dir, const char *path)
{
	_cleanup_(closep) int look = dir < 0 ? -1 : openat(dir, path, O_PATH | O_CLOEXEC);
	return open_look(ns, look);
}

/* Whether the number is another process's by now does not matter: the namespace is compared. */
static int open_of_any(int proc, const struct ns *ns, const struct process *const *members,
		       size_t n, int *ret_member)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(closep) int dir = proc_open_pid(proc, members[i]->pid);
		int fd = open_below(ns, dir, ns_kind_info(ns->kind)->link);
		if (fd < 0)
			continue;
		*ret_member = TAKE_FD(dir);
		return fd;
	}
	return -1;
}

/* To who may see a namespace the kernel opens its handle, and needs nothing that leads there. */
static int open_by_id(const struct ns *ns)
{
	if (!ns->id)
		return -1;
	return nsfs_open_handle(ns->id, ns_kind_info(ns->kind)->clone_flag, ns->ino);
}

/* A process that sees the mount. */
static int open_viewer(int proc, const struct pin *pin)
{
	const struct process *first = pin->mnt ? ns_first(pin->mnt) : NULL;
	if (pin->mnt && pin->mnt->ino == proc_inode(proc, "self/ns/mnt", NULL))
		return proc_open_dir(proc, "self");
	return first ? proc_open_pid(proc, first->pid) : -1;
}

static int open_mount(int proc, const struct ns *ns, const struct pin *pin)
{
	_cleanup_(closep) int dir = pin->path ? open_viewer(proc, pin) : -1;
	_cleanup_(closep) int root =
		dir < 0 ? -1 : openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(closep) int look = root < 0 ? -1 : rootfile_open_cached(root, pin->path);
	return open_look(ns, look);
}

/* The thread in whose table the descriptor is. */
static pid_t owner_of(const struct pin *pin)
{
	return pin->tid ? pin->tid : pin->process ? pin->process->pid : 0;
}

static int open_fd(int proc, const struct ns *ns, const struct pin *pin)
{
	char path[32];
	snprintf(path, sizeof(path), "fd/%d", pin->fd);
	_cleanup_(closep) int dir = proc_open_pid(proc, owner_of(pin));
	return open_below(ns, dir, path);
}

/* Other devices may take the number of this ioctl for something else. */
static int net_of(int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0 ||
	    !(S_ISSOCK(st.st_mode) || st.st_rdev == makedev(TUN_MAJOR, TUN_MINOR)))
		return -1;
	return ioctl(fd, SIOCGSKNS);
}

static int open_net(const struct pin *pin)
{
	_cleanup_(closep) int pidfd =
		syscall(SYS_pidfd_open, owner_of(pin), pin->tid ? PIDFD_OPEN_THREAD : 0);
	_cleanup_(closep) int copy =
		pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, pin->fd, 0);
	return copy < 0 ? -1 : net_of(copy);
}

static int open_pin(int proc, const struct ns *ns, const struct pin *pin)
{
	switch (pin->by) {
	case HELD_BY_MOUNT:
		return open_mount(proc, ns, pin);
	case HELD_BY_FD:
	case HELD_BY_DETACHED_MOUNT:
		return open_fd(proc, ns, pin);
	case HELD_BY_SOCKET:
	case HELD_BY_TUN:
		return open_net(pin);
	default:
		return -1;
	}
}

int nsfd_open(int proc, const struct ns *ns, int *ret_member)
{
	*ret_member = -1;
	_cleanup_(closep) int fd = open_of_any(proc, ns, ns->members, ns->n_members, ret_member);
	if (fd < 0)
		fd = open_of_any(proc, ns, ns->thread_members, ns->n_thread_members, ret_member);
	if (fd < 0)
		fd = open_by_id(ns);
	for (size_t i = 0; i < ns->n_pins && fd < 0; i++)
		fd = open_pin(proc, ns, &ns->pins[i]);
	return fd >= 0 && is_meant(ns, fd) ? TAKE_FD(fd) : -1;
}
