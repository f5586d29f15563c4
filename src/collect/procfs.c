/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "uapi/nsfs.h"

int proc_open(struct error *err)
{
	_cleanup_(closep) int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "cannot open /proc");
	if (fs.f_type != PROCFS_MAGIC || st.st_ino != PROCFS_ROOT_INO)
		return error_set(err, ENOENT, "no process file system is mounted at /proc");
	return TAKE_FD(fd);
}

int proc_read_ns_link(int dir, const char *link, const char *type, ino_t *ret)
{
	char text[64];
	ssize_t n = readlinkat(dir, link, text, sizeof(text));
	if (n < 0)
		return -errno;
	return proc_parse_ns_link(text, n, type, ret);
}

/*
 * NSpid lists our numbers from the pid namespace of this /proc down to our own: one column means
 * that the two are the same. Without a /proc/self, it is that of a namespace that we are not in.
 */
bool proc_status_is_foreign(int r, const struct proc_status *own)
{
	return r == -ENOENT || (r == 0 && own->n_pids > 1);
}

bool proc_is_foreign(int proc)
{
	struct proc_status own;
	int r = proc_read_status(proc, "self/status", &own);
	return proc_status_is_foreign(r, &own);
}

/* The pid namespace of this /proc is as many levels above our own as NSpid has further columns.
 * What lies above ours the kernel does not show, but who has one column is in there. */
int proc_open_pidns(int proc)
{
	struct proc_status status;
	if (proc_read_status(proc, "self/status", &status) < 0)
		return -EIO;
	_cleanup_(closep) int fd = openat(proc, "self/ns/pid", O_RDONLY | O_CLOEXEC);
	for (size_t level = status.n_pids; level > 1 && fd >= 0; level--) {
		int parent = ioctl(fd, NSFS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	if (fd < 0 && proc_read_status(proc, "1/status", &status) == 0 && status.n_pids == 1)
		fd = openat(proc, "1/ns/pid", O_RDONLY | O_CLOEXEC);
	if (fd < 0 && proc_read_status(proc, "2/status", &status) == 0 && status.n_pids == 1)
		fd = openat(proc, "2/ns/pid", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : TAKE_FD(fd);
}
