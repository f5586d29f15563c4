/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "collect/collector.h"
#include "model/idmap.h"
#include "uapi/nsfs.h"
#include "util/child.h"
#include "util/procfile.h"

/*
 * A map is read through any process of its namespace. Whose ids column 2 has is fixed by who opens
 * the file (proc_id_map_open() in the kernel's fs/proc/base.c, uid_m_show() in
 * kernel/user_namespace.c), so it is always we who do, from outside.
 */

struct idmaps {
	struct builder *builder;
	const struct scope *scope;
	int proc;
	struct child_patience patience;
};

static bool is_lacking(const struct ns *ns)
{
	return ns && ns->kind == NS_USER && ns->uids.why && ns->gids.why;
}

static bool has_ino(int fd, const struct ns *ns)
{
	struct stat st;
	return fstat(fd, &st) == 0 && st.st_ino == ns->ino;
}

static int read_map(struct builder *builder, int dir, enum id_type type, struct idmap *ret)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n;
	int r = proc_read_idmap(dir, idmap_file(type), ranges, &n);
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

/* NAME is that of a process below /proc. Our child need not be checked, as it does not move; and
 * cannot, where we are no root. */
static void read_through(struct idmaps *idmaps, const char *name, bool check, struct ns *ns)
{
	if (!is_lacking(ns))
		return;
	struct idmap uids, gids;
	_cleanup_(closep) int dir = proc_open_dir(idmaps->proc, name);
	int r = dir < 0 ? dir : read_maps(idmaps->builder, dir, &uids, &gids);
	if (r == 0 && check)
		r = check_ns(dir, ns);
	if (r < 0) {
		set_why(ns, -r);
		return;
	}
	ns->uids = uids;
	ns->gids = gids;
}

/* What our child tells. */
struct arrival {
	int why;
	char name[16]; /* its number in this /proc, as fork() gives that of our own pid namespace */
};

struct place {
	int ns_fd, proc;
};

static void arrive(const void *context, int answers)
{
	const struct place *place = context;
	struct arrival arrival = { 0 };
	ssize_t n = readlinkat(place->proc, "self", arrival.name, sizeof(arrival.name) - 1);
	arrival.why = n < 0 ? errno : -child_join(place->ns_fd, CLONE_NEWUSER);
	if (write(answers, &arrival, sizeof(arrival)) != sizeof(arrival))
		_exit(1);
}

/*
 * In a user namespace that nobody is in, we need somebody: a child of ours, which does nothing but
 * be there. Whoever owns that namespace may stop and kill it (CAP_KILL).
 */
static void read_through_child(struct idmaps *idmaps, int fd, struct ns *ns)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	const struct place place = { fd, idmaps->proc };
	const int keep[] = { fd, idmaps->proc };
	struct arrival arrival;
	if (!is_lacking(ns) || !has_ino(fd, ns))
		return;
	int r = child_start(&idmaps->patience, arrive, &place, keep, ARRAY_SIZE(keep), &child);
	if (r == 0)
		r = child_read(&child, &arrival, sizeof(arrival));
	if (r == 0)
		r = -arrival.why;
	if (r < 0)
		set_why(ns, -r);
	else
		read_through(idmaps, arrival.name, false, ns);
	/* It cannot have gone: /proc hides it (hidepid). */
	if (ns->uids.why == ENOENT)
		set_why(ns, EACCES);
}

/* FROM is a namespace behind FD: all user namespaces above it can be reached from there. */
static void read_above(struct idmaps *idmaps, int fd, const struct ns *from)
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
		read_through_child(idmaps, at, above);
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

static void read_above_link(struct idmaps *idmaps, const struct process *process, const char *link,
			    const struct ns *ns)
{
	char path[64];
	if (!lacks_above(ns))
		return;
	snprintf(path, sizeof(path), "%d/%s", process->pid, link);
	_cleanup_(closep) int fd = openat(idmaps->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && has_ino(fd, ns))
		read_above(idmaps, fd, ns);
}

static void read_above_process(struct idmaps *idmaps, const struct process *process)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		read_above_link(idmaps, process, ns_kind_info(kind)->link, process->ns[kind].to);
	read_above_link(idmaps, process, ns_kind_info(NS_PID)->children_link,
			process->pid_for_children.to);
	read_above_link(idmaps, process, ns_kind_info(NS_TIME)->children_link,
			process->time_for_children.to);
}

static void read_wanted(struct idmaps *idmaps)
{
	const struct scope *scope = idmaps->scope;
	for (size_t i = 0; i < scope->n_ns_fds; i++) {
		const struct ns *ns = nsfs_add(idmaps->builder, scope->ns_fds[i]);
		if (ns && ns->kind == NS_USER)
			read_through_child(idmaps, scope->ns_fds[i], (struct ns *)ns);
		if (lacks_above(ns))
			read_above(idmaps, scope->ns_fds[i], ns);
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
static void read_own(struct idmaps *idmaps)
{
	_cleanup_(closep) int fd = openat(idmaps->proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
	const struct ns *own = fd >= 0 ? nsfs_add(idmaps->builder, fd) : NULL;
	if (!own)
		return;
	builder_ns_keep(idmaps->builder, own);
	read_through(idmaps, "self", true, (struct ns *)own);
}

void idmaps_collect(struct builder *builder, const struct scope *scope, int proc)
{
	size_t n = builder_count_processes(builder);
	struct idmaps idmaps = { builder, scope, proc, CHILD_PATIENCE };
	read_own(&idmaps);
	for (size_t i = 0; i < n; i++) {
		const struct process *process = builder_process(builder, i);
		char name[16];
		snprintf(name, sizeof(name), "%d", process->pid);
		read_through(&idmaps, name, true, (struct ns *)process->ns[NS_USER].to);
	}
	if (!lacks_any(builder))
		return;
	read_wanted(&idmaps);
	for (size_t i = 0; i < n; i++)
		read_above_process(&idmaps, builder_process(builder, i));
	note_gaps(builder);
}
