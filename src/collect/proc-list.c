/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "collect/proc-walk.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

static struct proc_walk begin(struct builder *builder, const struct scope *scope, int proc)
{
	return (struct proc_walk){
		.builder = builder,
		.scope = scope,
		.proc = proc,
		.tick_offset = proc_own_tick_offset(proc),
	};
}

static int finish(struct proc_walk *walk, struct error *err)
{
	if (walk->failure)
		return error_errno(err, walk->failure, "cannot read /proc");
	for (size_t i = 0; i < walk->scope->n_ns_fds; i++) {
		const struct ns *ns = nsfs_add(walk->builder, walk->scope->ns_fds[i]);
		if (!ns)
			return error_errno(err, errno, "cannot ask the kernel about a namespace");
		builder_ns_keep(walk->builder, ns);
	}
	return 0;
}

int proc_collect_others(struct builder *builder, const struct scope *scope, int proc,
			const struct listing *listing, bool (*is_known)(const void *who, pid_t pid),
			const void *who, struct error *err)
{
	struct proc_walk walk = begin(builder, scope, proc);
	for (size_t i = 0; i < listing->n; i++)
		if (!is_known || !is_known(who, listing->pids[i]))
			proc_visit(&walk, listing->pids[i]);
	return finish(&walk, err);
}

static int collect_all(struct builder *builder, const struct scope *scope, int proc,
		       struct error *err)
{
	_cleanup_(listing_clear) struct listing listing;
	listing_begin(&listing, proc);
	int r = listing_end(&listing, err);
	return r < 0 ? r : proc_collect_others(builder, scope, proc, &listing, NULL, NULL, err);
}

/* Processes still to be read, each once. */
struct pid_list {
	size_t n, capacity;
	pid_t *pids;
};

static void pid_list_clear(struct pid_list *list)
{
	free(list->pids);
}

static void pid_list_add(struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->pids[i] == pid)
			return;
	list->pids = xgrow(list->pids, list->n, &list->capacity, sizeof(*list->pids));
	list->pids[list->n++] = pid;
}

/* Adds who is PID 1 in the pid namespaces between that of the process and the viewer's. With
 * another /proc than ours the kernel's numbers are not those that it shows. */
static void add_inits(struct pid_list *list, int dir, const struct origin *origin)
{
	_cleanup_(closep) int fd = openat(dir, "ns/pid", O_RDONLY | O_CLOEXEC);
	struct stat st;
	while (fd >= 0 && !origin->foreign_proc && fstat(fd, &st) == 0 &&
	       st.st_ino != origin->viewer[NS_PID]) {
		pid_t init = ioctl(fd, NSFS_GET_PID_FROM_PIDNS, 1);
		if (init > 0)
			pid_list_add(list, init);
		int parent = ioctl(fd, NSFS_GET_PARENT);
		close(fd);
		fd = parent;
	}
}

/* A thread is read with its process. What refuses to say which one that is may still have links
 * that can be read. */
static void add_named(struct pid_list *list, struct proc_walk *walk, pid_t pid)
{
	_cleanup_(closep) int dir = proc_open_pid(walk->proc, pid);
	struct proc_status status;
	int r = dir < 0 ? dir : proc_read_status(dir, "status", &status);
	proc_note_failure(walk, -r);
	if (r == -ENOENT || r == -ESRCH)
		return;
	pid_list_add(list, r < 0 ? pid : status.tgid);
	if (dir >= 0)
		add_inits(list, dir, builder_origin(walk->builder));
}

static void keep(struct builder *builder, int fd)
{
	const struct ns *ns = fd >= 0 ? nsfs_add(builder, fd) : NULL;
	if (ns)
		builder_ns_keep(builder, ns);
}

/* None of them need be where the viewer is, whose numbers and ids are what we see. */
static void keep_viewer(struct builder *builder, int proc)
{
	_cleanup_(closep) int pidns = proc_open_pidns(proc);
	_cleanup_(closep) int userns = openat(proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
	keep(builder, pidns);
	keep(builder, userns);
}

static int collect_named(struct builder *builder, const struct scope *scope, int proc,
			 struct error *err)
{
	struct proc_walk walk = begin(builder, scope, proc);
	_cleanup_(pid_list_clear) struct pid_list list = { 0 };
	keep_viewer(builder, proc);
	for (size_t i = 0; i < scope->n_tids; i++)
		add_named(&list, &walk, scope->tids[i]);
	for (size_t i = 0; i < list.n; i++)
		proc_visit(&walk, list.pids[i]);
	return finish(&walk, err);
}

int proc_collect(struct builder *builder, const struct scope *scope, int proc, struct error *err)
{
	return scope->only_tids ? collect_named(builder, scope, proc, err)
				: collect_all(builder, scope, proc, err);
}
