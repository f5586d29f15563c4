/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "query/auditing.h"
#include "util/alloc.h"
#include "util/text.h"

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

/* Who may write to such a file. Those below /proc/sys ask whether he is the host's root, and for no
 * capability (test_perm() in the kernel's fs/proc/proc_sysctl.c). */
static enum answer may_write(const struct auditing *auditing, enum kernel_file file)
{
	const struct kernel_file_info *info = kernel_file_info(file);
	bool is_parameter = strcmp(info->type, "proc") == 0 && path_is_within(info->path, "/sys");
	return is_parameter ? auditing->power.root : auditing->power.files;
}

static void check_writable(struct auditing *auditing, enum kernel_file file, enum audit_level level,
			   const char *what)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct mount_entry *mount = NULL;
	if (!mounts)
		return;
	_cleanup_(freep) char *path = find_file(auditing, mounts, file, true, &mount);
	if (path)
		audit_say(auditing, grade_by(may_write(auditing, file), level, LEVEL_NONE),
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
		    !is_kernel_file(mount->root) && mount->is_seen)
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
		if (!mount_is(mount, "sysfs") || !mount_is_writable(mount) || !mount->is_seen)
			continue;
		audit_say(auditing, grade_by(auditing->power.files, LEVEL_HIGH, LEVEL_NONE),
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
	{ "selinuxfs", LEVEL_HIGH, false },  { "pstore", LEVEL_MEDIUM, false },
	{ "fusectl", LEVEL_MEDIUM, false },  { "bpf", LEVEL_MEDIUM, true },
	{ "mqueue", LEVEL_MEDIUM, true },    { "hugetlbfs", LEVEL_MEDIUM, true },
};

static bool is_hosts(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	/* These come with an ipc namespace, of which there is a word to be said as a whole. */
	if (mount_is(mount, "mqueue") && is_host_ns(auditing, NS_IPC) != ANSWER_NO)
		return false;
	for (size_t i = 0; i < host->n; i++)
		if (host->items[i].dev == mount->dev)
			return true;
	return host->why && !mount_is(mount, "mqueue") && !mount_is(mount, "hugetlbfs");
}

void check_kernel_fs(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		for (size_t j = 0; j < ARRAY_SIZE(kernel_fs); j++) {
			const struct kernel_fs *fs = &kernel_fs[j];
			if (!mount_is(mount, fs->type) || !mount->is_seen ||
			    (fs->many && !is_hosts(auditing, mount)))
				continue;
			bool writable = mount_is_writable(mount);
			audit_say(auditing,
				  grade_by(auditing->power.files, writable ? fs->level : LEVEL_LOW,
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

/* How much of PATH is the cgroup of the container, below which it has its own: up to the last
 * folder that is called by its id ("/docker/ID", "/machine.slice/libpod-ID.scope"). */
static size_t container_part(const char *path, const char *id)
{
	size_t part = strlen(path), n = strlen(id);
	for (const char *at = path; n && (at = strstr(at, id)); at++)
		if (at > path && strchr("/-.:", at[-1]) && strchr("/.", at[n]))
			part = at + n + strcspn(at + n, "/") - path;
	return part;
}

/* The cgroup of the process in the hierarchy of MOUNT; NULL: it is in none that is known. */
static const char *own_cgroup(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct cgroup_places *cgroups = &auditing->exposure->cgroups;
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

/* Who is in the root of the tree, as he sees it, is in the cgroup of nobody. */
static enum answer is_own_part(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct origin *origin = &auditing->system->snapshot->origin;
	const char *path = own_cgroup(auditing, mount);
	if (!path)
		return ANSWER_UNKNOWN;
	if (strcmp(path, "/") == 0)
		return origin->viewer[NS_CGROUP] == origin->initial[NS_CGROUP] ? ANSWER_NO
									       : ANSWER_YES;
	const struct container *container = auditing->subject->container;
	_cleanup_(freep) char *own =
		xstrndup(path, container_part(path, container ? container->id : ""));
	return path_is_within(mount->root, own) ? ANSWER_YES : ANSWER_NO;
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
		if (is_cgroup(mount) && mount_is_writable(mount) && mount->is_seen)
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
