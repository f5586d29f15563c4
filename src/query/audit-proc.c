/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "query/auditing.h"
#include "query/query.h"
#include "util/alloc.h"

/* Whose processes a mount of proc shows. */
enum proc_of {
	PROC_OWN, /* those of its own pid namespace, or of one below, or none at all */
	PROC_HOST,
	PROC_OUTER, /* of a namespace around its own, which may be the host's */
	PROC_OTHER,
	PROC_UNKNOWN,
};

/* "/", or the folder of a process. */
static bool has_processes(const struct mount_entry *mount)
{
	return mount_is(mount, "proc") && mount->is_seen &&
	       (strcmp(mount->root, "/") == 0 || isdigit((unsigned char)mount->root[1]));
}

static enum proc_of proc_of(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct ns *own = process_ns(snapshot, auditing->process, NS_PID);
	const struct ns *ns = snapshot_find_ns(snapshot, NS_PID, mount->pid_ns);
	/* Each pid namespace has a file system of its own. */
	if (mounts_find_device(host, mount->dev) ||
	    (mount->pid_ns && mount->pid_ns == snapshot->origin.initial[NS_PID]))
		return PROC_HOST;
	if (mount->is_outer)
		return PROC_OUTER;
	if (!mount->pid_ns || !own)
		return mount->why && host->why ? PROC_UNKNOWN : PROC_OWN;
	if (own->ino == mount->pid_ns || (ns && ns_is_within(ns, own)))
		return PROC_OWN;
	return ns && ns_is_within(own, ns) ? PROC_OUTER : PROC_OTHER;
}

static const struct mount_entry *find(const struct auditing *auditing,
				      const struct mount_table *mounts, enum proc_of wanted)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (has_processes(mount) && proc_of(auditing, mount) == wanted)
			return mount;
	}
	return NULL;
}

/* A process of which no more is known than its numbers is out if it has fewer of them. */
static bool is_outer_pidfd(const struct auditing *auditing, const struct leak *leak)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	const struct ns *own = process_ns(snapshot, auditing->process, NS_PID);
	const struct process *target = NULL;
	if (leak->by == LEAK_PIDFD && own)
		target = snapshot_find_process(snapshot, leak->pid);
	if (!target)
		return false;
	const struct ns *ns = process_ns(snapshot, target, NS_PID);
	if (ns)
		return !ns_is_within(ns, own);
	return target->n_pids == 0 || target->n_pids < auditing->process->n_pids;
}

static const struct leak *find_pidfd(const struct auditing *auditing)
{
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++)
		if (is_outer_pidfd(auditing, &leaks->items[i]))
			return &leaks->items[i];
	return NULL;
}

enum answer has_host_proc(const struct auditing *auditing)
{
	const struct mount_table *mounts = &auditing->view->mounts;
	if (find_pidfd(auditing))
		return ANSWER_YES;
	if (is_host_ns(auditing, NS_MNT) == ANSWER_YES)
		return ANSWER_YES;
	if (mounts->why)
		return ANSWER_UNKNOWN;
	if (find(auditing, mounts, PROC_HOST))
		return ANSWER_YES;
	return find(auditing, mounts, PROC_OUTER) || find(auditing, mounts, PROC_UNKNOWN)
		     ? ANSWER_UNKNOWN
		     : ANSWER_NO;
}

static void say(struct auditing *auditing, const struct mount_table *mounts, enum proc_of of,
		const char *whose)
{
	const struct mount_entry *mount = find(auditing, mounts, of);
	if (!mount)
		return;
	audit_say(auditing,
		  of == PROC_OTHER
			  ? grade(LEVEL_MEDIUM)
			  : grade_by(auditing->power.root, LEVEL_HIGH, grade_others(auditing)),
		  mount_evidence(mount), "sees the processes of %s, and their files, by %s", whose,
		  mount->target);
}

/* pidfd_getfd(2) and others by the handle alone, see pidfd_open(2). */
static void say_pidfd(struct auditing *auditing)
{
	const struct leak *leak = find_pidfd(auditing);
	if (leak)
		audit_say(auditing,
			  grade_by(auditing->power.root, LEVEL_HIGH, grade_others(auditing)),
			  xasprintf("fd/%d %s Pid %d", leak->fd, leak->path, leak->pid),
			  "has a handle (pidfd) of a process outside of its pid namespace");
}

/* In the host's pid namespace it is no wonder. */
void check_host_proc(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	if (is_host_ns(auditing, NS_PID) == ANSWER_YES)
		return;
	say_pidfd(auditing);
	if (!mounts)
		return;
	say(auditing, mounts, PROC_HOST, "the host");
	say(auditing, mounts, PROC_OUTER, "an outer pid namespace, perhaps the host's");
	say(auditing, mounts, PROC_OTHER, "another pid namespace");
	if (find(auditing, mounts, PROC_UNKNOWN))
		audit_unknown(auditing, ENODATA, "whose processes its proc shows");
}
