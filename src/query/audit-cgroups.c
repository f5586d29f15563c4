/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/capability.h>
#include <string.h>

#include "query/auditing.h"
#include "query/query.h"
#include "util/alloc.h"
#include "util/text.h"

/*
 * Roots are as the reader's cgroup namespace has them: to the host, "/" is the host's own; in a
 * namespace of its own a process calls its own cgroup so, and "/.." is outside.
 */
static enum answer is_whole_tree(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct origin *origin = &auditing->system->snapshot->origin;
	if (strncmp(mount->root, "/..", 3) == 0)
		return ANSWER_YES;
	if (strcmp(mount->root, "/") != 0)
		return ANSWER_NO;
	if (mount->has_release_agent && !mount->why)
		return ANSWER_YES;
	if (!origin->viewer[NS_CGROUP] || !origin->initial[NS_CGROUP])
		return ANSWER_UNKNOWN;
	return origin->viewer[NS_CGROUP] == origin->initial[NS_CGROUP] ? ANSWER_YES : ANSWER_NO;
}

/* The cgroup in the hierarchy of MOUNT; NULL: it is in none that is known. */
static const char *find_cgroup(const struct cgroup_places *cgroups, const struct mount_entry *mount)
{
	for (size_t i = 0; i < cgroups->n; i++) {
		const struct cgroup_place *place = &cgroups->items[i];
		_cleanup_(freep) char *first =
			xstrndup(place->controllers, strcspn(place->controllers, ","));
		if (mount_is(mount, "cgroup2") ? !*first
					       : *first && text_has_item(mount->options, first))
			return place->path;
	}
	return NULL;
}

/* Whether it is of the same container, or below it. */
static bool is_with(const struct auditing *auditing, const struct process *other)
{
	const struct audit_system *system = auditing->system;
	const struct container *container = auditing->subject->container;
	const struct detail *detail = details_find(system->details, other);
	const struct ns *own = process_ns(system->snapshot, auditing->process, NS_PID);
	const struct ns *ns = process_ns(system->snapshot, other, NS_PID);
	if (other == auditing->process || (container && detail && detail->container == container))
		return true;
	return own && ns && is_host_ns(auditing, NS_PID) == ANSWER_NO && ns_is_within(ns, own);
}

/* Whether nobody else is in what MOUNT shows. */
static enum answer is_own_part(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct exposures *exposures = auditing->system->exposures;
	for (size_t i = 0; i < exposures->n_cgroups; i++) {
		const struct process_cgroups *cgroups = &exposures->cgroups[i];
		const char *path = find_cgroup(&cgroups->places, mount);
		if (path && path_is_within(path, mount->root) &&
		    !is_with(auditing, cgroups->process))
			return ANSWER_NO;
	}
	return find_cgroup(&auditing->exposure->cgroups, mount) ? ANSWER_YES : ANSWER_UNKNOWN;
}

/* Mounts of one sort, for which one line is enough. */
struct lumped {
	const struct mount_entry *first;
	char *targets;
};

enum cgroup_sort {
	CGROUP_WHOLE,
	CGROUP_PERHAPS_WHOLE,
	CGROUP_OTHERS,
	CGROUP_PERHAPS_OTHERS,
	CGROUP_OWN,
	CGROUP_OWN_V2,
	CGROUP_SORTS,
};

static enum cgroup_sort sort_of(const struct auditing *auditing, const struct mount_entry *mount)
{
	static const enum cgroup_sort whole[] = {
		[ANSWER_YES] = CGROUP_WHOLE, [ANSWER_UNKNOWN] = CGROUP_PERHAPS_WHOLE
	};
	enum answer is_whole = is_whole_tree(auditing, mount);
	if (is_whole != ANSWER_NO)
		return whole[is_whole];
	switch (is_own_part(auditing, mount)) {
	case ANSWER_NO:
		return CGROUP_OTHERS;
	case ANSWER_UNKNOWN:
		return CGROUP_PERHAPS_OTHERS;
	case ANSWER_YES:
		break;
	}
	return mount_is(mount, "cgroup2") ? CGROUP_OWN_V2 : CGROUP_OWN;
}

static void lump(struct lumped *lumped, const struct mount_entry *mount)
{
	lumped->targets = xappend(lumped->targets, " ", mount->target);
	lumped->first = lumped->first ? lumped->first : mount;
}

/* Files of the host's cgroups belong to its root; in its own part, it may have been given some. */
void check_cgroup_writable(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const enum answer files = auditing->power.files;
	const struct grade bad = grade_by(files, LEVEL_HIGH, LEVEL_INFO),
			   may_be_bad = { LEVEL_INFO, bad.worst };
	const struct {
		struct grade grade;
		const char *what;
	} sorts[CGROUP_SORTS] = {
		[CGROUP_WHOLE] = { bad, "has all cgroups of the host, writable" },
		[CGROUP_PERHAPS_WHOLE] = { may_be_bad, "has cgroups, writable" },
		[CGROUP_OTHERS] = { bad, "has cgroups that are not its own, writable" },
		[CGROUP_PERHAPS_OTHERS] = { may_be_bad, "has cgroups, writable" },
		[CGROUP_OWN] = { grade_by(files, LEVEL_LOW, LEVEL_INFO),
				 "has its own cgroups, writable" },
		[CGROUP_OWN_V2] = { grade(LEVEL_INFO), "has its own cgroups, writable" },
	};
	struct lumped lumped[CGROUP_SORTS] = { 0 };
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is_cgroup(mount) && mount_is_writable(mount) && mount->is_seen)
			lump(&lumped[sort_of(auditing, mount)], mount);
	}
	for (size_t i = 0; i < CGROUP_SORTS; i++) {
		if (lumped[i].targets)
			audit_say(auditing, sorts[i].grade, mount_evidence(lumped[i].first),
				  "%s: %s", sorts[i].what, lumped[i].targets);
		free(lumped[i].targets);
	}
}

/* The mount of a whole hierarchy of version 1 that it may write to; NULL: there is none. */
static const struct mount_entry *find_release_agent(const struct auditing *auditing,
						    const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is(mount, "cgroup") && mount_is_writable(mount) && mount->is_seen &&
		    is_whole_tree(auditing, mount) != ANSWER_NO)
			return mount;
	}
	return NULL;
}

/*
 * Who has CAP_SYS_ADMIN in the host's user namespace may mount a hierarchy, and may write the file;
 * since the fix of CVE-2022-0492 (Linux 5.17, and older ones that got it) nobody else may.
 */
void check_release_agent(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	enum answer admin = has_capability(auditing, BIT(CAP_SYS_ADMIN));
	enum answer may = answer_and(admin, auditing->power.root);
	const struct mount_entry *mount = mounts ? find_release_agent(auditing, mounts) : NULL;
	if (!mounts)
		return;
	if (mount)
		audit_say(auditing,
			  grade_by(may, LEVEL_CRITICAL,
				   auditing->power.root == ANSWER_YES ? LEVEL_LOW : LEVEL_NONE),
			  mount_evidence(mount),
			  may == ANSWER_NO
				  ? "release_agent of %s is writable on kernels before 5.17"
				  : "release_agent of %s is writable: may name a program that the "
				    "host runs as root",
			  mount->target);
	else
		audit_say(
			auditing, grade_by(may, LEVEL_HIGH, LEVEL_NONE),
			xasprintf("CapEff %016jx", (uintmax_t)auditing->exposure->effective),
			"may mount a cgroup hierarchy, whose release_agent the host runs as root");
}
