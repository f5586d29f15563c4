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
			  mount_evidence(mount), "%s is writable: %s", path, what);
	if (path || !(auditing->system->exposures->has_files >> file & 1))
		return;
	const struct kernel_file_info *info = kernel_file_info(file);
	if (answer_and(auditing->power.root, may_unmount(auditing)) == ANSWER_NO ||
	    !find_masked(mounts, info))
		return;
	_cleanup_(freep) char *unknown = xasprintf(
		"%s of %s is covered by a mount, and whether it may be unmounted in there",
		info->path, info->type);
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

/* What a namespace of its own has for itself. */
static bool is_own_part_of_sys(const struct auditing *auditing, const char *root)
{
	static const struct {
		const char *path;
		enum ns_kind kind;
	} parts[] = {
		{ "/sys/net", NS_NET },
		{ "/sys/fs/mqueue", NS_IPC },
		{ "/sys/kernel/shmall", NS_IPC },
		{ "/sys/kernel/shmmax", NS_IPC },
		{ "/sys/kernel/shmmni", NS_IPC },
		{ "/sys/kernel/msgmax", NS_IPC },
		{ "/sys/kernel/msgmnb", NS_IPC },
		{ "/sys/kernel/msgmni", NS_IPC },
		{ "/sys/kernel/sem", NS_IPC },
		{ "/sys/kernel/hostname", NS_UTS },
		{ "/sys/kernel/domainname", NS_UTS },
	};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (path_is_within(root, parts[i].path))
			return is_host_ns(auditing, parts[i].kind) == ANSWER_NO;
	return false;
}

/* A part of /proc/sys that is mounted somewhere, so that it can be written. */
static const struct mount_entry *find_part_of_sys(const struct auditing *auditing,
						  const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount_is(mount, "proc") && strcmp(mount->root, "/sys") != 0 &&
		    path_is_within(mount->root, "/sys") && mount_is_writable(mount) &&
		    !is_kernel_file(mount->root) && mount->is_seen &&
		    !is_own_part_of_sys(auditing, mount->root))
			return mount;
	}
	return NULL;
}

/* Of proc, besides its /sys, what engines make read-only. */
static void say_other_parts(struct auditing *auditing, const struct mount_table *mounts)
{
	static const char *const parts[] = { "/irq", "/bus", "/fs" };
	const struct mount_entry *mount = NULL;
	_cleanup_(freep) char *list = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_(freep) char *path = find(mounts, "proc", parts[i], true, &mount);
		if (path)
			list = xappend(list, " ", path);
	}
	if (list)
		audit_say(auditing, grade_by(auditing->power.files, LEVEL_MEDIUM, LEVEL_NONE),
			  mount_evidence(mount),
			  "%s: writable, may configure interrupts and buses of the host", list);
}

void check_sysctl(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct mount_entry *mount = NULL;
	if (!mounts)
		return;
	_cleanup_(freep) char *path = find(mounts, "proc", "/sys", true, &mount);
	if (!path && (mount = find_part_of_sys(auditing, mounts)))
		path = xstrdup(mount->target);
	if (!path)
		say_other_parts(auditing, mounts);
	else
		audit_say(auditing, grade_by(auditing->power.root, LEVEL_HIGH, LEVEL_NONE),
			  mount_evidence(mount), "%s is writable: may set parameters of the kernel",
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
			  "%s is writable: may configure devices and modules of the host",
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
	{ "devpts", LEVEL_HIGH, true },
};

static bool is_hosts(const struct auditing *auditing, const struct mount_entry *mount)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	/* These come with an ipc namespace, of which there is a word to be said as a whole. */
	if (mount_is(mount, "mqueue") && is_host_ns(auditing, NS_IPC) != ANSWER_NO)
		return false;
	/* A single terminal, which somebody has been given. */
	if (mount_is(mount, "devpts") && strcmp(mount->root, "/") != 0)
		return false;
	if (mounts_find_device(host, mount->dev))
		return true;
	/* Of which there is one for each user namespace. */
	if (mount_is(mount, "binfmt_misc"))
		return auditing->power.initial_user != ANSWER_NO;
	return host->why && mount_is(mount, "bpf");
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
