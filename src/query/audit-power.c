/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "query/auditing.h"
#include "query/query.h"
#include "util/sort.h"

/* Who a process is, or may become, and what it may do by that: levels depend on it. */

static const struct user_ns {
	const struct ns *viewer, *own;
} no_user_ns;

static struct user_ns user_ns(const struct auditing *auditing)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	struct user_ns result = no_user_ns;
	result.viewer = snapshot_find_ns(snapshot, NS_USER, snapshot->origin.viewer[NS_USER]);
	result.own = auditing->process->ns[NS_USER].to;
	return result;
}

static bool has_id(const struct id_set *set, uint32_t id)
{
	return set->n && bsearch(&id, set->items, set->n, sizeof(id), compare_ids);
}

static bool is_root(const struct auditing *auditing)
{
	const uid_t root = auditing->system->exposures->host_root;
	return root != UID_UNKNOWN && has_id(&auditing->exposure->users, root);
}

/* Whether it has an id that is none in its own user namespace, and could be anybody's. */
static bool is_nobody(const struct exposure *exposure)
{
	uid_t outside;
	return has_id(&exposure->users, ID_OVERFLOW) && !exposure->map.why &&
	       idmap_outside(&exposure->map, ID_OVERFLOW, &outside) != 0;
}

/*
 * Whether the host's root has an id in there. Maps are in ids of whoever reads them, so that of our
 * own user namespace tells nothing of us; one that is not below ours, nothing for sure. The process
 * may be root without an id in there, as long as it has not taken one.
 */
static enum answer has_root(const struct auditing *auditing)
{
	const struct exposures *exposures = auditing->system->exposures;
	const struct exposure *exposure = auditing->exposure;
	const struct origin *origin = &auditing->system->snapshot->origin;
	const struct user_ns ns = user_ns(auditing);
	bool viewer_is_initial = origin->viewer[NS_USER] == origin->initial[NS_USER];
	bool below = viewer_is_initial || (ns.viewer && ns.own && ns_is_within(ns.own, ns.viewer));
	uid_t inside;
	if (auditing->power.initial_user == ANSWER_YES || is_root(auditing))
		return ANSWER_YES;
	if (exposures->host_root_why)
		return ANSWER_UNKNOWN;
	if (ns.own && ns.own == ns.viewer && exposures->host_root != UID_UNKNOWN)
		return ANSWER_YES;
	if (ns.own && ns.own == ns.viewer)
		return is_nobody(exposure) ? ANSWER_UNKNOWN : ANSWER_NO;
	if (exposure->map.why || !below)
		return ANSWER_UNKNOWN;
	if (exposures->host_root == UID_UNKNOWN)
		return ANSWER_NO;
	switch (idmap_inside(&exposure->map, exposures->host_root, &inside)) {
	case 0:
		return ANSWER_YES;
	case ID_UNMAPPED:
		return ANSWER_NO;
	}
	return ANSWER_UNKNOWN;
}

/* A setuid program may be anywhere in there, unless no_new_privs makes it one like others. */
static enum answer may_be_root(const struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	if (exposure->status_why)
		return ANSWER_UNKNOWN;
	bool may = is_root(auditing) || !exposure->no_new_privs ||
		   exposure->permitted & BIT(CAP_SETUID);
	return may ? ANSWER_YES : ANSWER_NO;
}

/* With these, files are read and written that the user may not, or are made his own: all whose
 * owner is mapped (capable_wrt_inode_uidgid() in the kernel's kernel/capability.c). */
#define FILE_CAPS (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER))

static enum answer may_use_all_files(const struct power *power)
{
	enum answer has = (power->caps | power->caps_later) & FILE_CAPS ? ANSWER_YES : ANSWER_NO;
	if (!power->knows_caps)
		has = ANSWER_UNKNOWN;
	enum answer counts = answer_or(power->initial_user, power->has_root);
	return answer_or(power->root, answer_and(counts, has));
}

static void take_caps(struct power *power, const struct exposure *exposure, bool is_root)
{
	/* What root executes has the bounding set and the inheritable one, but for no_new_privs,
	 * see capabilities(7). */
	uint64_t gained = exposure->no_new_privs ? 0 : exposure->bounding | exposure->inheritable;
	power->caps = exposure->effective | exposure->permitted;
	if (is_root)
		power->caps |= gained;
	power->caps_later = gained & ~power->caps;
}

void power_make(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	struct power *power = &auditing->power;
	power->initial_user = is_host_ns(auditing, NS_USER);
	power->has_root = has_root(auditing);
	power->root = answer_and(power->has_root, may_be_root(auditing));
	power->knows_caps = !exposure->status_why;
	if (power->knows_caps)
		take_caps(power, exposure, is_root(auditing));
	power->files = may_use_all_files(power);
}

enum answer may_leave_root(const struct auditing *auditing)
{
	const struct power *power = &auditing->power;
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++)
		if (leaks->items[i].is_outside && S_ISDIR(leaks->items[i].mode))
			return ANSWER_YES;
	if (!power->knows_caps || leaks->why)
		return ANSWER_UNKNOWN;
	return (power->caps | power->caps_later) & BIT(CAP_SYS_CHROOT) ? ANSWER_YES : ANSWER_NO;
}

/*
 * Who made the mounts of a mount namespace may take them away, or make them writable; those that
 * came from a more privileged one are locked (see mount_namespaces(7)). In the host's user
 * namespace that is a capability on the host, and said as one.
 */
enum answer may_unmount(const struct auditing *auditing)
{
	const struct power *power = &auditing->power;
	const struct ns *mnt = auditing->process->ns[NS_MNT].to;
	const struct ns *user = auditing->process->ns[NS_USER].to;
	enum answer admin = ANSWER_NO, own = ANSWER_UNKNOWN;
	if (!power->knows_caps)
		admin = ANSWER_UNKNOWN;
	else if ((power->caps | power->caps_later) >> CAP_SYS_ADMIN & 1)
		admin = ANSWER_YES;
	if (mnt && user && mnt->owner.to)
		own = mnt->owner.to == user ? ANSWER_YES : ANSWER_NO;
	if (power->initial_user == ANSWER_YES)
		return ANSWER_NO;
	return answer_and(admin, own);
}

/* Whether one that it sees by the host's proc is neither of its container nor below it. */
static bool is_other(const struct auditing *auditing, const struct process *other)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	const struct ns *own = process_ns(snapshot, auditing->process, NS_PID);
	const struct ns *ns = process_ns(snapshot, other, NS_PID);
	if (own && ns && is_host_ns(auditing, NS_PID) == ANSWER_NO)
		return !ns_is_within(ns, own);
	return other->ns[NS_MNT].to != auditing->process->ns[NS_MNT].to;
}

enum audit_level grade_others(const struct auditing *auditing)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *other = snapshot->processes[i];
		if (has_id(&auditing->exposure->users, other->uid) && is_other(auditing, other))
			return LEVEL_HIGH;
	}
	return LEVEL_MEDIUM;
}

/* Whether it takes that id of its user namespace by CAP, which a setuid program gives too. */
static bool may_take(const struct auditing *auditing, const struct idmap *map, uint32_t id,
		     uint64_t cap)
{
	const struct power *power = &auditing->power;
	uint32_t inside;
	return (power->caps | power->caps_later) & cap && !map->why &&
	       idmap_inside(map, id, &inside) == 0;
}

/* In our user namespace, who has no id has the same one as others without. */
static enum answer has_or_takes(const struct auditing *auditing, const struct id_set *ids,
				const struct idmap *map, uint32_t id, uint64_t cap)
{
	const struct origin *origin = &auditing->system->snapshot->origin;
	bool is_anybody = id == ID_OVERFLOW && origin->viewer[NS_USER] != origin->initial[NS_USER];
	if (auditing->exposure->status_why)
		return ANSWER_UNKNOWN;
	if (!has_id(ids, id) && !may_take(auditing, map, id, cap))
		return ANSWER_NO;
	return is_anybody ? ANSWER_UNKNOWN : ANSWER_YES;
}

enum answer may_use(const struct auditing *auditing, uid_t uid, gid_t gid, mode_t mode, mode_t bits)
{
	const struct exposure *exposure = auditing->exposure;
	enum answer may = auditing->power.files;
	if (mode & bits)
		return ANSWER_YES;
	if (mode & bits << 3)
		may = answer_or(may, has_or_takes(auditing, &exposure->groups, &exposure->gid_map,
						  gid, BIT(CAP_SETGID)));
	if (mode & bits << 6)
		may = answer_or(may, has_or_takes(auditing, &exposure->users, &exposure->map, uid,
						  BIT(CAP_SETUID)));
	if (mode & MODE_HAS_ACL)
		may = answer_or(may, ANSWER_UNKNOWN);
	return may;
}

enum answer has_capability(const struct auditing *auditing, uint64_t caps)
{
	const struct power *power = &auditing->power;
	enum answer has = (power->caps | power->caps_later) & caps ? ANSWER_YES : ANSWER_NO;
	if (!power->knows_caps)
		has = ANSWER_UNKNOWN;
	return answer_and(power->initial_user, has);
}
