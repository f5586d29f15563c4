/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "query/auditing.h"
#include "util/alloc.h"

/* Where INNER of a file system of that type is in there, by way of any of its mounts, writable or
 * not; NULL: nowhere. Freed by the caller. */
static char *find(const struct mount_table *mounts, const char *type, const char *inner,
		  bool writable, const struct mount_entry **ret)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (!mount_is(mount, type) || mount->pids_only ||
		    (writable && !mount_is_writable(mount)))
			continue;
		char *path = mount_path_of(mounts, mount, inner);
		if (path) {
			*ret = mount;
			return path;
		}
	}
	return NULL;
}

static char *find_file(const struct auditing *auditing, const struct mount_table *mounts,
		       enum kernel_file file, bool writable, const struct mount_entry **ret)
{
	const struct kernel_file_info *info = kernel_file_info(file);
	if (!(auditing->system->exposures->has_files >> file & 1))
		return NULL;
	return find(mounts, info->type, info->path, writable, ret);
}

/*
 * Who made the mounts of a mount namespace may take them away, or make them writable; those that
 * came from a more privileged one are locked (see mount_namespaces(7)). In the host's user
 * namespace that is a capability on the host, and said as one.
 */
static enum answer may_unmask(const struct auditing *auditing)
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
	return answer_and(power->root, answer_and(admin, own));
}

/* A mount that has that file, whatever is over it. */
static const struct mount_entry *find_masked(const struct mount_table *mounts,
					     const struct kernel_file_info *info)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is(mount, info->type) && !mount->pids_only && !mount->super_ro &&
		    path_is_within(info->path, mount->root))
			return mount;
	}
	return NULL;
}

/*
 * Files below /proc/sys and most of /proc and /sys belong to the host's root, and who is that one
 * needs no capability to write them (test_perm() in the kernel's fs/proc/proc_sysctl.c).
 */
static void check_writable(struct auditing *auditing, enum kernel_file file, enum audit_level level,
			   const char *what)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct mount_entry *mount = NULL;
	if (!mounts)
		return;
	_cleanup_(freep) char *path = find_file(auditing, mounts, file, true, &mount);
	if (path)
		audit_say(auditing, grade_by(auditing->power.root, level, LEVEL_NONE),
			  mount_evidence(mount), "%s: %s is writable", what, path);
	if (path || !(auditing->system->exposures->has_files >> file & 1))
		return;
	const struct kernel_file_info *info = kernel_file_info(file);
	if (may_unmask(auditing) == ANSWER_NO || !find_masked(mounts, info))
		return;
	_cleanup_(freep) char *unknown = xasprintf(
		"whether it may unmount what keeps it from %s of %s", info->path, info->type);
	audit_unknown(auditing, EOPNOTSUPP, unknown);
}

void check_core_pattern(struct auditing *auditing)
{
	check_writable(auditing, KERNEL_FILE_CORE_PATTERN, LEVEL_CRITICAL,
		       "may name a program that the host runs as root at the next crash");
}

void check_kernel_helper(struct auditing *auditing)
{
	check_writable(auditing, KERNEL_FILE_MODPROBE, LEVEL_CRITICAL,
		       "may name a program that the host runs as root");
	check_writable(auditing, KERNEL_FILE_UEVENT_HELPER, LEVEL_CRITICAL,
		       "may name a program that the host runs as root");
}

void check_sysrq(struct auditing *auditing)
{
	check_writable(auditing, KERNEL_FILE_SYSRQ, LEVEL_HIGH, "may stop or crash the host");
}

/* Those that have a check of their own. */
static bool is_kernel_file(const char *root)
{
	for (enum kernel_file file = 0; file < KERNEL_FILE_COUNT; file++)
		if (strcmp(kernel_file_info(file)->path, root) == 0)
			return true;
	return false;
}

/* A part of /proc/sys that is mounted somewhere, so that it can be written. */
static const struct mount_entry *find_part_of_sys(const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is(mount, "proc") && strcmp(mount->root, "/sys") != 0 &&
		    path_is_within(mount->root, "/sys") && mount_is_writable(mount) &&
		    !is_kernel_file(mount->root) && mount_is_seen(mounts, mount))
			return mount;
	}
	return NULL;
}

void check_sysctl(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct mount_entry *mount = NULL;
	if (!mounts)
		return;
	_cleanup_(freep) char *path = find(mounts, "proc", "/sys", true, &mount);
	if (!path && (mount = find_part_of_sys(mounts)))
		path = xstrdup(mount->target);
	if (path)
		audit_say(auditing, grade_by(auditing->power.root, LEVEL_HIGH, LEVEL_NONE),
			  mount_evidence(mount), "may set parameters of the kernel: %s is writable",
			  path);
}

void check_proc_unmasked(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct mount_entry *mount = NULL, *first = NULL;
	_cleanup_(freep) char *list = NULL;
	if (!mounts)
		return;
	for (enum kernel_file file = KERNEL_FILE_KCORE; file < KERNEL_FILE_COUNT; file++) {
		_cleanup_(freep) char *path = find_file(auditing, mounts, file, false, &mount);
		if (!path)
			continue;
		list = xappend(list, " ", path);
		first = first ? first : mount;
	}
	if (list)
		audit_say(auditing, grade_by(auditing->power.root, LEVEL_LOW, LEVEL_INFO),
			  mount_evidence(first), "sees what engines hide of the kernel: %s", list);
}

void check_sys_writable(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (!mount_is(mount, "sysfs") || !mount_is_writable(mount) ||
		    !mount_is_seen(mounts, mount))
			continue;
		audit_say(auditing, grade_by(auditing->power.root, LEVEL_HIGH, LEVEL_NONE),
			  mount_evidence(mount),
			  "may configure devices and modules of the host: %s is writable",
			  mount->target);
		return;
	}
}

/* What their files do; what is there for each who mounts it is somebody's own, unless the host has
 * the same. */
static const struct kernel_fs {
	const char *type;
	enum audit_level level; /* writable, of the host's root */
	bool many;
} kernel_fs[] = {
	{ "debugfs", LEVEL_HIGH, false },    { "tracefs", LEVEL_HIGH, false },
	{ "securityfs", LEVEL_HIGH, false }, { "efivarfs", LEVEL_HIGH, false },
	{ "configfs", LEVEL_HIGH, false },   { "binfmt_misc", LEVEL_HIGH, true },
	{ "bpf", LEVEL_MEDIUM, true },	     { "pstore", LEVEL_MEDIUM, false },
};

static bool is_hosts(const struct mount_table *host, const struct mount_entry *mount)
{
	for (size_t i = 0; i < host->n; i++)
		if (host->items[i].dev == mount->dev)
			return true;
	return host->why;
}

void check_kernel_fs(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		for (size_t j = 0; j < ARRAY_SIZE(kernel_fs); j++) {
			const struct kernel_fs *fs = &kernel_fs[j];
			if (!mount_is(mount, fs->type) || !mount_is_seen(mounts, mount) ||
			    (fs->many && !is_hosts(&auditing->system->exposures->host, mount)))
				continue;
			bool writable = mount_is_writable(mount);
			audit_say(auditing,
				  grade_by(auditing->power.root, writable ? fs->level : LEVEL_LOW,
					   LEVEL_INFO),
				  mount_evidence(mount), "has the host's %s, %s, at %s", fs->type,
				  writable ? "writable" : "readable", mount->target);
		}
	}
}

static bool is_cgroup(const struct mount_entry *mount)
{
	return mount_is(mount, "cgroup") || mount_is(mount, "cgroup2");
}

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

/* Mounts of one sort, for which one line is enough. */
struct lumped {
	const struct mount_entry *first;
	char *targets;
};

static void lump(struct lumped *lumped, const struct mount_entry *mount)
{
	lumped->targets = xappend(lumped->targets, " ", mount->target);
	lumped->first = lumped->first ? lumped->first : mount;
}

static void say_lumped(struct auditing *auditing, struct lumped *lumped, struct grade grade,
		       const char *what)
{
	if (lumped->targets)
		audit_say(auditing, grade, mount_evidence(lumped->first), "%s: %s", what,
			  lumped->targets);
	free(TAKE(lumped->targets));
}

/* Files of the host's cgroups belong to its root; in its own part, it may have been given some. */
void check_cgroup_writable(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const enum answer root = auditing->power.root;
	struct lumped whole = { 0 }, perhaps = { 0 }, own = { 0 }, own_v2 = { 0 };
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (!is_cgroup(mount) || !mount_is_writable(mount) || !mount_is_seen(mounts, mount))
			continue;
		enum answer all = is_whole_tree(auditing, mount);
		lump(all == ANSWER_YES		  ? &whole
		     : all == ANSWER_UNKNOWN	  ? &perhaps
		     : mount_is(mount, "cgroup2") ? &own_v2
						  : &own,
		     mount);
	}
	say_lumped(auditing, &whole, grade_by(root, LEVEL_HIGH, LEVEL_INFO),
		   "has all cgroups of the host, writable");
	say_lumped(auditing, &perhaps,
		   grade_by(root == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN, LEVEL_HIGH, LEVEL_INFO),
		   "has cgroups, writable");
	say_lumped(auditing, &own, grade_by(root, LEVEL_LOW, LEVEL_INFO),
		   "has its own cgroups, writable");
	say_lumped(auditing, &own_v2, grade(LEVEL_INFO), "has its own cgroups, writable");
}

/* The mount of a whole hierarchy of version 1 that it may write to; NULL: there is none. */
static const struct mount_entry *find_release_agent(const struct auditing *auditing,
						    const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is(mount, "cgroup") && mount_is_writable(mount) &&
		    mount_is_seen(mounts, mount) && is_whole_tree(auditing, mount) != ANSWER_NO)
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
	enum answer admin = has_capability(auditing, UINT64_C(1) << CAP_SYS_ADMIN);
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
				  : "may name a program that the host runs as root: release_agent "
				    "of %s",
			  mount->target);
	else
		audit_say(
			auditing, grade_by(may, LEVEL_HIGH, LEVEL_NONE),
			xasprintf("CapEff %016jx", (uintmax_t)auditing->exposure->effective),
			"may mount a cgroup hierarchy, whose release_agent the host runs as root");
}
