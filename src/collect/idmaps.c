/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/idmaps.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "collect/collector.h"
#include "uapi/nsfs.h"
#include "util/procfile.h"

/*
 * A map is read through any process of its namespace. Whose ids column 2 has is fixed by who opens
 * the file (proc_id_map_open() in the kernel's fs/proc/base.c, uid_m_show() in
 * kernel/user_namespace.c), so it is always we who do, from outside.
 */

static bool is_lacking(const struct ns *ns)
{
	return ns && ns->kind == NS_USER && ns->uids.why && ns->gids.why;
}

static bool has_ino(int fd, const struct ns *ns)
{
	struct stat st;
	return fstat(fd, &st) == 0 && st.st_ino == ns->ino;
}

int idmap_read(int dir, enum id_type type, struct idmap_range *ret, size_t *ret_n)
{
	char text[PROC_IDMAP_MAX];
	ssize_t n = proc_read(dir, type == ID_UID ? "uid_map" : "gid_map", text, sizeof(text));
	if (n < 0)
		return n;
	return proc_parse_idmap(text, n, ret, ret_n) < 0 ? -EIO : 0;
}

static int read_map(struct builder *builder, int dir, enum id_type type, struct idmap *ret)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n;
	int r = idmap_read(dir, type, ranges, &n);
	if (r == 0)
		*ret = builder_copy_idmap(builder, ranges, n);
	return r;
}

static void set_why(struct ns *ns, int why)
{
	ns->uids.why = ns->gids.why = why;
}

/* The maps of the namespace that the process with directory DIR is in. */
static int read_maps(struct builder *builder, int dir, struct idmap *ret_uids,
		     struct idmap *ret_gids)
{
	int r = read_map(builder, dir, ID_UID, ret_uids);
	return r < 0 ? r : read_map(builder, dir, ID_GID, ret_gids);
}

/* A process may have moved since it was found in NS, so that is looked at once its maps have been
 * read: read first, believed afterwards. */
static int check_ns(int dir, const struct ns *ns)
{
	ino_t ino;
	int r = proc_read_ns_link(dir, ns_kind_info(NS_USER)->link, "user", &ino);
	return r == 0 && ino != ns->ino ? -ESRCH : r;
}

/* NAME is that of a process below /proc. Our helper need not be checked, as it does not move; and
 * cannot, where we are no root. */
static void read_through(struct builder *builder, int proc, const char *name, bool check,
			 struct ns *ns)
{
	if (!is_lacking(ns))
		return;
	struct idmap uids, gids;
	_cleanup_(closep) int dir = proc_open_dir(proc, name);
	int r = dir < 0 ? dir : read_maps(builder, dir, &uids, &gids);
	if (r == 0 && check)
		r = check_ns(dir, ns);
	if (r < 0) {
		set_why(ns, -r);
		return;
	}
	ns->uids = uids;
	ns->gids = gids;
}

/*
 * In a user namespace that nobody is in, we need somebody: a child of ours, which does nothing but
 * wait for the end of LIFELINE. It tells us its number in this /proc, as fork() gives that of our
 * own pid namespace.
 *
 * In there it would be at the mercy of whoever has CAP_SYS_PTRACE there, and it has our memory and
 * descriptors: so it is not dumpable, for which the kernel asks for the capability in the user
 * namespace of its memory, which is ours (__ptrace_may_access() in kernel/ptrace.c). setns() alone
 * does not see to that where we are the owner (cred_cap_issubset() in kernel/cred.c).
 */
static _noreturn_ void helper_run(int ns_fd, int proc, int answer, int lifeline)
{
	char number[16], byte;
	ssize_t n = readlinkat(proc, "self", number, sizeof(number));
	int why = 0;
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || setns(ns_fd, CLONE_NEWUSER) < 0)
		why = errno;
	if (n < 0 || write(answer, &why, sizeof(why)) != sizeof(why) ||
	    write(answer, number, n) != n)
		_exit(1);
	close(answer);
	while (read(lifeline, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

struct helper {
	pid_t pid;
	int lifeline; /* our end */
};

static void helper_end(struct helper *helper)
{
	closep(&helper->lifeline);
	while (helper->pid > 0 && waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Starts one in the namespace: 0 and its name below /proc, or -errno. */
static int helper_start(int ns_fd, int proc, struct helper *ret, char *name, size_t size)
{
	int answer[2], lifeline[2], why;
	if (pipe2(answer, O_CLOEXEC) < 0)
		return -errno;
	_cleanup_(closep) int from_helper = answer[0], to_us = answer[1];
	if (pipe2(lifeline, O_CLOEXEC) < 0)
		return -errno;
	_cleanup_(closep) int theirs = lifeline[0], ours = lifeline[1];
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close(ours);
		helper_run(ns_fd, proc, to_us, theirs);
	}
	*ret = (struct helper){ .pid = pid, .lifeline = TAKE_FD(ours) };
	close(TAKE_FD(to_us));
	if (read(from_helper, &why, sizeof(why)) != sizeof(why))
		return -EIO;
	ssize_t n = read(from_helper, name, size - 1);
	if (why || n <= 0)
		return why ? -why : -EIO;
	name[n] = 0;
	return 0;
}

static void read_through_helper(struct builder *builder, int proc, int fd, struct ns *ns)
{
	_cleanup_(helper_end) struct helper helper = { .pid = -1, .lifeline = -1 };
	char name[16];
	if (!is_lacking(ns) || !has_ino(fd, ns))
		return;
	int r = helper_start(fd, proc, &helper, name, sizeof(name));
	if (r < 0)
		set_why(ns, -r);
	else
		read_through(builder, proc, name, false, ns);
	/* It cannot have gone: /proc hides it (hidepid). */
	if (ns->uids.why == ENOENT)
		set_why(ns, EACCES);
}

/* FROM is a namespace behind FD: all user namespaces above it can be reached from there. */
static void read_above(struct builder *builder, int proc, int fd, const struct ns *from)
{
	unsigned request = NSFS_GET_USERNS;
	int at = -1;
	for (struct ns *above = (struct ns *)from->owner.to; above;
	     above = (struct ns *)above->parent.to) {
		int next = ioctl(at >= 0 ? at : fd, request);
		closep(&at);
		at = next;
		if (at < 0)
			return;
		read_through_helper(builder, proc, at, above);
		request = NSFS_GET_PARENT;
	}
	closep(&at);
}

static bool lacks_above(const struct ns *ns)
{
	for (const struct ns *above = ns ? ns->owner.to : NULL; above; above = above->parent.to)
		if (is_lacking(above))
			return true;
	return false;
}

static void read_above_link(struct builder *builder, int proc, const struct process *process,
			    const char *link, const struct ns *ns)
{
	char path[64];
	if (!lacks_above(ns))
		return;
	snprintf(path, sizeof(path), "%d/%s", process->pid, link);
	_cleanup_(closep) int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && has_ino(fd, ns))
		read_above(builder, proc, fd, ns);
}

static void read_above_process(struct builder *builder, int proc, const struct process *process)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		read_above_link(builder, proc, process, ns_kind_info(kind)->link,
				process->ns[kind].to);
	read_above_link(builder, proc, process, ns_kind_info(NS_PID)->children_link,
			process->pid_for_children.to);
	read_above_link(builder, proc, process, ns_kind_info(NS_TIME)->children_link,
			process->time_for_children.to);
}

static void read_wanted(struct builder *builder, const struct scope *scope, int proc)
{
	for (size_t i = 0; i < scope->n_ns_fds; i++) {
		const struct ns *ns = nsfs_add(builder, scope->ns_fds[i]);
		if (ns && ns->kind == NS_USER)
			read_through_helper(builder, proc, scope->ns_fds[i], (struct ns *)ns);
		if (lacks_above(ns))
			read_above(builder, proc, scope->ns_fds[i], ns);
	}
}

static bool lacks_any(struct builder *builder)
{
	for (struct ns *ns = builder_next_ns(builder, NULL); ns; ns = builder_next_ns(builder, ns))
		if (is_lacking(ns))
			return true;
	return false;
}

/* There was no way to ask about what only a collector without descriptors knows of. Where its last
 * process ended meanwhile, that is no gap. */
static void note_gaps(struct builder *builder)
{
	for (struct ns *ns = builder_next_ns(builder, NULL); ns;
	     ns = builder_next_ns(builder, ns)) {
		if (!is_lacking(ns) || ns->uids.why == ENOENT || ns->uids.why == ESRCH)
			continue;
		if (ns->uids.why == ENODATA)
			set_why(ns, EACCES);
		builder_gap(builder, ns->uids.why, "uid_map of user:[%ju]", (uintmax_t)ns->ino);
	}
}

/* The viewer's is what all others are told in, so it is always there. */
static void read_own(struct builder *builder, int proc)
{
	_cleanup_(closep) int fd = openat(proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
	const struct ns *own = fd >= 0 ? nsfs_add(builder, fd) : NULL;
	if (!own)
		return;
	builder_ns_keep(builder, own);
	read_through(builder, proc, "self", true, (struct ns *)own);
}

void idmaps_collect(struct builder *builder, const struct scope *scope, int proc)
{
	size_t n = builder_count_processes(builder);
	read_own(builder, proc);
	for (size_t i = 0; i < n; i++) {
		const struct process *process = builder_process(builder, i);
		char name[16];
		snprintf(name, sizeof(name), "%d", process->pid);
		read_through(builder, proc, name, true, (struct ns *)process->ns[NS_USER].to);
	}
	if (!lacks_any(builder))
		return;
	read_wanted(builder, scope, proc);
	for (size_t i = 0; i < n; i++)
		read_above_process(builder, proc, builder_process(builder, i));
	note_gaps(builder);
}
