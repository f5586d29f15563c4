/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "collect/procfs.h"
#include "uapi/nsfs.h"

/*
 * The pidfd is of the process whose directory we have if that one still lives once it is open. Its
 * number means nothing to the kernel where /proc counts in another pid namespace than ours.
 */
static int open_pidfd(const struct target *target)
{
	struct error ignored;
	pid_t pid = target->resolved.plain.pid;
	_cleanup_(closep) int proc = proc_open(&ignored);
	if (proc < 0 || proc_is_foreign(proc))
		return -1;
	int fd = syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		fd = syscall(SYS_pidfd_open, pid, PIDFD_OPEN_THREAD);
	return fd;
}

int target_open(const char *text, target_find *find, struct target *ret, struct error *err)
{
	_cleanup_(target_clear) struct target target = TARGET_NONE;
	struct reference reference;
	target.text = text;
	int r = reference_parse(text, &reference, err);
	if (r < 0)
		return r;
	r = reference_resolve_near(&reference, &target.resolved, err);
	bool held = target.resolved.dir >= 0 || target.resolved.ns_fd >= 0;
	if (r == RESOLVE_FAR || (r == 0 && !held))
		r = find(text, &target.resolved, err);
	if (r < 0)
		return r;
	if (target_is_process(&target))
		target.pidfd = open_pidfd(&target);
	if (!resolved_is_alive(&target.resolved))
		return error_set(err, ESRCH, "%s: that process has ended", text);
	*ret = target;
	target = TARGET_NONE;
	return 0;
}

void target_clear(struct target *target)
{
	resolved_clear(&target->resolved);
	closep(&target->pidfd);
	target->pidfd = -1;
}

bool target_is_process(const struct target *target)
{
	return target->resolved.dir >= 0;
}

/* The check is __ptrace_may_access() in the kernel's kernel/ptrace.c. */
int target_refuse(const struct target *target, int why, const char *what, struct error *err)
{
	const char *reason = "";
	if (why == ENOENT && !resolved_is_alive(&target->resolved))
		why = ESRCH;
	if (why == ESRCH)
		return error_set(err, why, "%s: that process has ended", target->text);
	if (why == EACCES || why == EPERM)
		reason = geteuid() ? ": it is somebody else's, or may do more than we; run as root"
				   : ": something keeps it from root, too (a security module, or "
				     "that we lack CAP_SYS_PTRACE in its user namespace)";
	return error_errno(err, why, "%s: cannot %s%s", target->text, what, reason);
}

static int refuse_ns(const struct target *target, int why, enum ns_kind kind, struct error *err)
{
	char what[48];
	snprintf(what, sizeof(what), "see its %s namespace", ns_kind_name(kind));
	return target_refuse(target, why, what, err);
}

int target_open_ns(const struct target *target, enum ns_kind kind, struct error *err)
{
	const char *link = ns_kind_info(kind)->link;
	int fd = openat(target->resolved.dir, link, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return refuse_ns(target, errno, kind, err);
}

int target_compare(const struct target *target, unsigned *ret_there, unsigned *ret_differ,
		   struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	unsigned there = 0, differ = 0;
	if (proc < 0)
		return proc;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		char link[24];
		int why = 0;
		snprintf(link, sizeof(link), "self/%s", ns_kind_info(kind)->link);
		ino_t ours = proc_inode(proc, link, &why);
		ino_t theirs =
			ours ? proc_inode(target->resolved.dir, ns_kind_info(kind)->link, &why) : 0;
		if (!ours && why == ENOENT)
			continue; /* this kernel has no such namespaces */
		if (!theirs)
			return refuse_ns(target, why, kind, err);
		there |= 1u << kind;
		if (ours != theirs)
			differ |= 1u << kind;
	}
	*ret_there = there;
	*ret_differ = differ;
	return 0;
}
