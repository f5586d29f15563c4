/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "query/auditing.h"
#include "util/alloc.h"

/* Interfaces of the kernel, which other checks look at, and file systems that nobody shares. */
static bool is_files(const struct mount_entry *mount)
{
	static const char *const others[] = {
		"proc",	     "sysfs",	  "cgroup",   "cgroup2",     "mqueue",
		"nsfs",	     "debugfs",	  "tracefs",  "bpf",	     "securityfs",
		"configfs",  "pstore",	  "fusectl",  "efivarfs",    "rootfs",
		"hugetlbfs", "selinuxfs", "devtmpfs", "binfmt_misc", "fuse.lxcfs",
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (mount_is(mount, others[i]))
			return false;
	return true;
}

/* Single files that are looked at by what they are. */
static bool is_special(const struct mount_entry *mount)
{
	return !mount->why &&
	       (S_ISSOCK(mount->mode) || S_ISCHR(mount->mode) || S_ISBLK(mount->mode));
}

/* Folders in which, or in one of which, it is written what root of the host runs or believes. */
static bool is_sensitive(const char *path)
{
	static const char *const whole[] = { "/home", "/var", "/var/lib", "/var/spool", "/run" };
	static const char *const below[] = {
		"/etc",
		"/usr",
		"/bin",
		"/sbin",
		"/lib",
		"/lib32",
		"/lib64",
		"/boot",
		"/root",
		"/dev",
		"/run/systemd",
		"/var/spool/cron",
		"/var/lib/docker",
		"/var/lib/containerd",
		"/var/lib/containers",
		"/var/lib/kubelet",
		"/var/lib/lxc",
		"/var/lib/lxd",
	};
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (strcmp(path, whole[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(below); i++)
		if (path_is_within(path, below[i]))
			return true;
	return false;
}

/* Made by an engine to be shared with containers: a volume; or in tmpfs, for all who like. */
static bool is_for_sharing(const char *path)
{
	static const char *const folders[] = { "/var/lib/docker/volumes", "/dev/shm",
					       "/var/lib/containers/storage/volumes" };
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (path_is_within(path, folders[i]) && (i == 1 || strcmp(path, folders[i]) != 0))
			return true;
	return strstr(path, "/containers/storage/volumes/") ||
	       (strstr(path, "/volumes/") && strstr(path, "/_data"));
}

/* "/…/b929bf93…/…", as the files are called that an engine makes for each container. */
static bool has_long_id(const char *path)
{
	size_t n = 0;
	for (; *path; path++) {
		n = isxdigit((unsigned char)*path) ? n + 1 : 0;
		if (n == 64)
			return true;
	}
	return false;
}

/* What the engine keeps for the container, such as its hosts file. */
static bool is_engines_own(const struct auditing *auditing, const struct mount_entry *mount,
			   const char *path)
{
	const struct container *container = auditing->subject->container;
	if (container && strlen(container->id) >= 12 && strstr(path, container->id))
		return true;
	static const char *const targets[] = { "/etc/hosts",	   "/etc/hostname",
					       "/etc/resolv.conf", "/run/.containerenv",
					       "/dev/shm",	   "/run/secrets" };
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (strcmp(mount->target, targets[i]) == 0)
			return has_long_id(path);
	return false;
}

/* Where a mount comes from. */
struct origin_of {
	char *path; /* on the host, or else in its file system; NULL: it is not from outside */
	bool on_host;
	bool is_root; /* all of the host, or perhaps all of it */
};

/* In there, nobody sees what the host has: a part of a file system, or one that is on a disk, comes
 * from outside. */
static struct origin_of guess_origin(const struct mount_entry *mount)
{
	bool whole = strcmp(mount->root, "/") == 0, on_disk = major(mount->dev) != 0;
	struct origin_of result = { .is_root = whole && on_disk };
	bool own_root = strcmp(mount->target, "/") == 0 && !result.is_root;
	if ((!whole || on_disk) && !own_root)
		result.path = xstrdup(mount->root);
	return result;
}

static struct origin_of find_origin(const struct auditing *auditing,
				    const struct mount_table *mounts,
				    const struct mount_entry *mount)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	struct origin_of result = { .on_host = true };
	if (!is_files(mount) || is_special(mount) || !mount_is_seen(mounts, mount))
		return result;
	if (host->why)
		return guess_origin(mount);
	result.path = mount_path_on(host, mount);
	result.is_root = result.path && strcmp(result.path, "/") == 0;
	/* The files of a container have to be somewhere. */
	if (result.path && strcmp(mount->target, "/") == 0 && !result.is_root) {
		free(TAKE(result.path));
	}
	return result;
}

/* Of each mount in the table. */
static struct origin_of *find_origins(const struct auditing *auditing,
				      const struct mount_table *mounts)
{
	struct origin_of *origins = xcalloc(mounts->n, sizeof(*origins));
	for (size_t i = 0; i < mounts->n; i++)
		origins[i] = find_origin(auditing, mounts, &mounts->items[i]);
	return origins;
}

static void free_origins(struct origin_of *origins, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(origins[i].path);
	free(origins);
}

static struct grade grade_host_root(const struct auditing *auditing,
				    const struct mount_entry *mount)
{
	const enum answer root = auditing->power.root;
	return mount_is_writable(mount) ? grade_by(root, LEVEL_CRITICAL, LEVEL_HIGH)
					: grade_by(root, LEVEL_HIGH, LEVEL_MEDIUM);
}

static void say_host_root(struct auditing *auditing, const struct mount_entry *mount, bool on_host)
{
	struct grade grade = grade_host_root(auditing, mount);
	const char *what = mount_is_writable(mount) ? "writable" : "readable";
	if (on_host) {
		audit_say(auditing, grade, mount_evidence(mount), "the host's / is %s at %s", what,
			  mount->target);
		return;
	}
	grade.level = LEVEL_NONE;
	audit_say(auditing, grade, mount_evidence(mount),
		  "a whole disk is %s at %s, which may be the host's /", what, mount->target);
}

void check_host_root(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	if (!mounts)
		return;
	struct origin_of *origins = find_origins(auditing, mounts);
	for (size_t i = 0; i < mounts->n; i++)
		if (origins[i].path && origins[i].is_root)
			say_host_root(auditing, &mounts->items[i], origins[i].on_host);
	free_origins(origins, mounts->n);
}

static struct grade grade_mount(const struct auditing *auditing, const struct mount_entry *mount,
				const char *path)
{
	const enum answer root = auditing->power.root;
	bool writable = mount_is_writable(mount);
	if (strcmp(path, "/") == 0)
		return grade_host_root(auditing, mount);
	if (is_for_sharing(path))
		return grade(writable ? LEVEL_LOW : LEVEL_INFO);
	if (is_sensitive(path))
		return writable ? grade_by(root, LEVEL_CRITICAL, LEVEL_MEDIUM)
				: grade_by(root, LEVEL_MEDIUM, LEVEL_LOW);
	return writable ? grade_by(root, LEVEL_MEDIUM, LEVEL_LOW) : grade(LEVEL_LOW);
}

/* What is behind a folder that has a slash at its end only if it is the root. */
static const char *rest_of(const char *path, const char *folder)
{
	return path + (strcmp(folder, "/") == 0 ? 0 : strlen(folder));
}

/* Whether a mount is there since a recursive one brought it along, which is no better. */
static bool came_along(const struct auditing *auditing, const struct mount_table *mounts,
		       const struct origin_of *origins, size_t place)
{
	const struct mount_entry *mount = &mounts->items[place];
	const char *path = origins[place].path;
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *upper = &mounts->items[i];
		if (i == place || !origins[i].path || !origins[i].on_host ||
		    !path_is_within(mount->target, upper->target) ||
		    !path_is_within(path, origins[i].path) ||
		    strcmp(mount->target, upper->target) == 0)
			continue;
		if (strcmp(rest_of(mount->target, upper->target), rest_of(path, origins[i].path)) ==
			    0 &&
		    grade_mount(auditing, mount, path).worst <=
			    grade_mount(auditing, upper, origins[i].path).worst)
			return true;
	}
	return false;
}

static void say_mount(struct auditing *auditing, const struct mount_entry *mount,
		      const struct origin_of *origin)
{
	audit_say(auditing, grade_mount(auditing, mount, origin->path), mount_evidence(mount),
		  "%s %s%s is %s at %s", origin->on_host ? "the host's" : "something from outside,",
		  origin->path, origin->on_host ? "" : " of its file system,",
		  mount_is_writable(mount) ? "writable" : "readable", mount->target);
}

void check_host_mount(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	_cleanup_(freep) char *engines = NULL;
	if (!mounts)
		return;
	struct origin_of *origins = find_origins(auditing, mounts);
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (!origins[i].path || origins[i].is_root)
			continue;
		if (is_engines_own(auditing, mount, origins[i].path))
			engines = xappend(engines, " ", mount->target);
		else if (!origins[i].on_host || !came_along(auditing, mounts, origins, i))
			say_mount(auditing, mount, &origins[i]);
	}
	free_origins(origins, mounts->n);
	if (engines)
		audit_say(auditing, grade(LEVEL_INFO), NULL,
			  "has files that the engine keeps for it: %s", engines);
}

static const struct mount_entry *find_mount(const struct mount_table *table, int id)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->items[i].id == id)
			return &table->items[i];
	return NULL;
}

static void say_leak(struct auditing *auditing, const struct leak *leak)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	bool is_hosts = !host->why && find_mount(host, leak->mount);
	struct grade grade_host = grade_by(auditing->power.root, LEVEL_CRITICAL, LEVEL_HIGH);
	struct grade grade_other = { LEVEL_MEDIUM, host->why ? grade_host.worst : LEVEL_MEDIUM };
	char *evidence = leak->fd < 0 ? xasprintf("cwd %s", leak->path)
				      : xasprintf("fd/%d %s", leak->fd, leak->path);
	audit_say(auditing, is_hosts ? grade_host : grade_other, evidence, "%s %s",
		  leak->fd < 0 ? "works in" : "has open",
		  is_hosts ? "a directory of the host"
			   : "a directory that is on none of its mounts");
}

/* Where it sees the host's mounts, there is no outside, unless of a chroot. */
void check_leaked_directory(struct auditing *auditing)
{
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++)
		say_leak(auditing, &leaks->items[i]);
	if (leaks->why)
		audit_unknown(auditing, leaks->why, "not all that it has open could be read");
}
