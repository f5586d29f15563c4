/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "collect/collector.h"
#include "uapi/nsfs.h"
#include "util/parse.h"
#include "util/procfile.h"

/* kill() knows of processes that hidepid keeps out of /proc; it sends nothing with signal 0. */
static int missing_process(int proc, pid_t pid, const char *text, struct error *err)
{
	if (!proc_is_foreign(proc) && (kill(pid, 0) == 0 || errno == EPERM))
		return error_set(err, EPERM, "%s: that process exists, but /proc hides it from us",
				 text);
	return error_set(err, ENOENT, "%s: no such process", text);
}

static int resolve_pid(pid_t pid, struct resolved *resolved, struct error *err)
{
	char name[16];
	snprintf(name, sizeof(name), "%d", pid);
	_cleanup_(closep) int proc = proc_open(err);
	if (proc < 0)
		return proc;
	resolved->dir = proc_open_dir(proc, name);
	/* Opened it can be, whatever hidepid says; only stat() then denies that it is there. */
	struct stat st;
	if (resolved->dir == -ENOENT || (resolved->dir >= 0 && fstat(resolved->dir, &st) < 0))
		return missing_process(proc, pid, resolved->plain.text, err);
	if (resolved->dir < 0)
		return error_errno(err, -resolved->dir, "%s: cannot open /proc/%s",
				   resolved->plain.text, name);
	resolved->plain.type = REFERENCE_PID;
	resolved->plain.pid = pid;
	return 0;
}

/* We as this /proc numbers us, which need not be getpid(). */
static int resolve_self(struct resolved *resolved, struct error *err)
{
	char text[16];
	pid_t pid;
	ssize_t n = readlink("/proc/self", text, sizeof(text) - 1);
	if (n < 0)
		return error_errno(err, errno, "self: /proc does not show us");
	text[n] = 0;
	if (parse_pid(text, &pid) < 0)
		return error_set(err, EIO, "self: /proc/self leads to '%s'", text);
	return resolve_pid(pid, resolved, err);
}

/* Since Linux 6.9 a pidfd's inode number is the process's own for as long as the system runs. */
static int resolve_pid_inode(const struct reference *reference, struct resolved *resolved,
			     struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	if (proc < 0)
		return proc;
	if (proc_is_foreign(proc))
		return error_set(err, EINVAL,
				 "%s: /proc belongs to another pid namespace than ours",
				 reference->text);
	int r = resolve_pid(reference->pid, resolved, err);
	if (r < 0)
		return r;
	_cleanup_(closep) int pidfd = syscall(SYS_pidfd_open, reference->pid, 0);
	struct stat st;
	if (pidfd < 0 || fstat(pidfd, &st) < 0)
		return error_errno(err, errno, "%s: cannot open a pidfd", reference->text);
	if (st.st_ino != reference->number)
		return error_set(err, ESRCH,
				 "%s: process %d has inode %ju now, so it is another one",
				 reference->text, reference->pid, (uintmax_t)st.st_ino);
	return 0;
}

/* Opening could hang on a FIFO or start a device, so we look first, without following anything
 * more than the path itself says. */
static int resolve_path(struct resolved *resolved, struct error *err)
{
	const char *path = resolved->plain.text;
	_cleanup_(closep) int look = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	struct statfs fs;
	if (look < 0 || fstat(look, &st) < 0 || fstatfs(look, &fs) < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (fs.f_type != NSFS_MAGIC)
		return error_set(err, EINVAL, "%s is not a namespace", path);

	char reopen[32];
	snprintf(reopen, sizeof(reopen), "/proc/self/fd/%d", look);
	resolved->ns_fd = open(reopen, O_RDONLY | O_CLOEXEC);
	if (resolved->ns_fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	int flag = ioctl(resolved->ns_fd, NSFS_GET_NSTYPE);
	if (flag < 0 || ns_kind_by_flag(flag) == NS_KIND_COUNT)
		return error_set(err, EINVAL, "%s is not a namespace", path);
	resolved->plain.type = REFERENCE_NS;
	resolved->plain.kind = ns_kind_by_flag(flag);
	resolved->plain.number = st.st_ino;
	return 0;
}

int reference_resolve(const struct reference *reference, struct resolved *ret, struct error *err)
{
	struct resolved resolved = { .plain = *reference, .dir = -1, .ns_fd = -1 };
	int r = 0;
	switch (reference->type) {
	case REFERENCE_SELF:
		r = resolve_self(&resolved, err);
		break;
	case REFERENCE_PID:
		r = resolve_pid(reference->pid, &resolved, err);
		break;
	case REFERENCE_PID_INODE:
		r = resolve_pid_inode(reference, &resolved, err);
		break;
	case REFERENCE_PATH:
		r = resolve_path(&resolved, err);
		break;
	case REFERENCE_NS:
	case REFERENCE_INODE:
	case REFERENCE_ID:
		break;
	}
	if (r < 0) {
		resolved_clear(&resolved);
		return r;
	}
	*ret = resolved;
	return 0;
}

bool resolved_is_alive(const struct resolved *resolved)
{
	struct stat st;
	return resolved->dir < 0 || fstatat(resolved->dir, "stat", &st, 0) == 0 ||
	       error_is_refusal(errno);
}

void resolved_clear(struct resolved *resolved)
{
	closep(&resolved->dir);
	closep(&resolved->ns_fd);
	resolved->dir = resolved->ns_fd = -1;
}
