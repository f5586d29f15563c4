/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "collect/procfs.h"
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

int resolve_pid(pid_t pid, struct resolved *resolved, struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	if (proc < 0)
		return proc;
	resolved->dir = proc_open_pid(proc, pid);
	/* Opened it can be, whatever hidepid says; only stat() then denies that it is there. */
	struct stat st;
	if (resolved->dir == -ENOENT || (resolved->dir >= 0 && fstat(resolved->dir, &st) < 0))
		return missing_process(proc, pid, resolved->plain.text, err);
	if (resolved->dir == -EXDEV)
		return error_set(err, EXDEV, "%s: something is mounted over /proc/%d",
				 resolved->plain.text, pid);
	if (resolved->dir < 0)
		return error_errno(err, -resolved->dir, "%s: cannot open /proc/%d",
				   resolved->plain.text, pid);
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

	resolved->ns_fd = fd_reopen(look, O_RDONLY);
	if (resolved->ns_fd < 0)
		return error_errno(err, -resolved->ns_fd, "cannot open %s", path);
	int flag = ioctl(resolved->ns_fd, NSFS_GET_NSTYPE);
	if (flag < 0 || ns_kind_by_flag(flag) == NS_KIND_COUNT)
		return error_set(err, EINVAL, "%s is not a namespace", path);
	resolved->plain.type = REFERENCE_NS;
	resolved->plain.kind = ns_kind_by_flag(flag);
	resolved->plain.number = st.st_ino;
	return 0;
}

int resolved_open_pidns(const struct resolved *resolved, struct error *err)
{
	const char *text = resolved->plain.text;
	if (resolved->dir < 0 && resolved->ns_fd < 0)
		return -ENODATA;
	if (resolved->ns_fd >= 0 && resolved->plain.kind != NS_PID)
		return error_set(err, EINVAL, "%s is no pid namespace", text);
	int fd = resolved->dir >= 0 ? openat(resolved->dir, "ns/pid", O_RDONLY | O_CLOEXEC)
				    : fcntl(resolved->ns_fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return error_errno(err, errno, "%s: cannot open its pid namespace", text);
	return fd;
}

static int nobody_there(const struct reference *reference, int pidns, struct error *err)
{
	struct stat st;
	if (fstat(pidns, &st) < 0)
		return error_errno(err, errno, "%s", reference->text);
	bool dead = ioctl(pidns, NSFS_GET_PID_FROM_PIDNS, 1) < 0 && errno == ESRCH;
	return error_set(err, ENOENT, "%s: no process that we can see has PID %d in pid:[%ju]%s",
			 reference->text, reference->pid, (uintmax_t)st.st_ino,
			 dead ? ", and PID 1 has ended" : "");
}

/* Asks the kernel: 0, or RESOLVE_FAR where it cannot tell (before Linux 6.11). */
static int translate(const struct reference *reference, int pidns, struct resolved *resolved,
		     struct error *err)
{
	for (;;) {
		pid_t pid = ioctl(pidns, NSFS_GET_PID_FROM_PIDNS, reference->pid);
		if (pid < 0)
			return errno == ESRCH ? nobody_there(reference, pidns, err) : RESOLVE_FAR;
		int r = resolve_pid(pid, resolved, err);
		if (r < 0 && r != -ENOENT)
			return r;
		/* Our number may have become another's before its directory was open. */
		if (r == 0 && ioctl(pidns, NSFS_GET_PID_IN_PIDNS, pid) == reference->pid)
			return 0;
		resolved_clear(resolved);
	}
}

int resolve_pid_at(const struct reference *reference, const struct resolved *where,
		   struct resolved *resolved, struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	_cleanup_(closep) int pidns = proc < 0 ? proc : resolved_open_pidns(where, err);
	if (pidns < 0 && pidns != -ENODATA && !error_is_refusal(-pidns))
		return pidns;
	return pidns < 0 || proc_is_foreign(proc) ? RESOLVE_FAR
						  : translate(reference, pidns, resolved, err);
}

static int resolve_pid_near(const struct reference *reference, struct resolved *resolved,
			    struct error *err)
{
	_cleanup_(resolved_clear) struct resolved where = RESOLVED_NOTHING;
	struct reference parsed;
	int r = reference_parse(reference->where, &parsed, err);
	if (r == 0)
		r = reference_resolve_near(&parsed, &where, err);
	return r == 0 ? resolve_pid_at(reference, &where, resolved, err) : r;
}

static int resolve(const struct reference *reference, struct resolved *resolved, struct error *err)
{
	switch (reference->type) {
	case REFERENCE_SELF:
		return resolve_self(resolved, err);
	case REFERENCE_PID:
		return resolve_pid(reference->pid, resolved, err);
	case REFERENCE_PID_INODE:
		return resolve_pid_inode(reference, resolved, err);
	case REFERENCE_PID_AT:
		return resolve_pid_near(reference, resolved, err);
	case REFERENCE_PATH:
		return resolve_path(resolved, err);
	case REFERENCE_CONTAINER:
		return RESOLVE_FAR;
	case REFERENCE_NS:
	case REFERENCE_INODE:
	case REFERENCE_ID:
		break;
	}
	return 0;
}

int reference_resolve_near(const struct reference *reference, struct resolved *ret,
			   struct error *err)
{
	struct resolved resolved = RESOLVED_NOTHING;
	resolved.plain = *reference;
	int r = resolve(reference, &resolved, err);
	if (r == 0)
		*ret = resolved;
	else
		resolved_clear(&resolved);
	return r;
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
