/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "model/overlay.h"
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

bool is_system_path(const char *path)
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
		"/efi",
		"/nix",
		"/var/lib/cloud",
		"/var/lib/dpkg",
		"/var/lib/rpm",
		"/var/lib/systemd",
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

/* Where engines have the layers of what containers are made of. */
static bool is_storage(const char *path)
{
	static const char *const folders[] = { "/overlay2/",	"/overlay/",
					       "/snapshots/",	"/containers/storage/",
					       "/var/lib/lxc/", "/var/lib/lxd/" };
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (strstr(path, folders[i]))
			return true;
	return false;
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
	bool is_file = mount->why || S_ISREG(mount->mode);
	if (is_file && container && strlen(container->id) >= 12 && strstr(path, container->id))
		return true;
	static const char *const targets[] = { "/etc/hosts",	   "/etc/hostname",
					       "/etc/resolv.conf", "/run/.containerenv",
					       "/dev/shm",	   "/run/secrets" };
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (strcmp(mount->target, targets[i]) == 0)
			return has_long_id(path);
	return false;
}

/* What is to be found in there that comes from outside. */
struct origin_of {
	const struct mount_entry *mount;
	char *path;	   /* on the host, or else in its file system */
	char *target;	   /* in there */
	const char *layer; /* of an overlay, the option that names it; NULL: it is no such */
	bool on_host;
	bool is_root; /* all of the host, or perhaps all of it */
	bool is_writable;
	enum answer files; /* it may do there what is for its owner */
};

struct origins {
	size_t n, capacity;
	struct origin_of *items;
};

static void origins_clear(struct origins *origins)
{
	for (size_t i = 0; i < origins->n; i++) {
		free(origins->items[i].path);
		free(origins->items[i].target);
	}
	free(origins->items);
}

/* PATH and TARGET are used up. */
static struct origin_of *add_origin(const struct auditing *auditing, struct origins *origins,
				    const struct mount_entry *mount, char *path, char *target)
{
	origins->items =
		xgrow(origins->items, origins->n, &origins->capacity, sizeof(*origins->items));
	struct origin_of *origin = &origins->items[origins->n++];
	*origin = (struct origin_of){
		.mount = mount,
		.path = path,
		.target = target,
		.on_host = true,
		.is_root = strcmp(path, "/") == 0,
		.is_writable = mount_is_writable(mount),
		.files = auditing->power.files,
	};
	if (!mount->why && strcmp(target, mount->target) == 0)
		origin->files = answer_or(origin->files, may_use(auditing, mount->uid, mount->gid,
								 mount->mode, S_IWOTH));
	return origin;
}

/* The files of a container have to be somewhere. */
static bool is_own_root(const struct mount_entry *mount, const char *path)
{
	return strcmp(mount->target, "/") == 0 && strcmp(path, "/") != 0;
}

/* In there, nobody sees what the host has: a part of a file system, or one that is on a disk, comes
 * from outside. */
static void guess_origin(const struct auditing *auditing, struct origins *origins,
			 const struct mount_entry *mount)
{
	bool whole = strcmp(mount->root, "/") == 0, on_disk = major(mount->dev) != 0;
	if ((whole && !on_disk) || is_own_root(mount, mount->root))
		return;
	struct origin_of *origin =
		add_origin(auditing, origins, mount, xstrdup(mount->root), xstrdup(mount->target));
	origin->on_host = false;
	origin->is_root = whole;
}

/* What of the host is in there besides, as it shows parts of the file system elsewhere: its / may
 * be a subvolume of the disk that is mounted. */
static void find_parts(const struct auditing *auditing, const struct mount_table *mounts,
		       struct origins *origins, const struct mount_entry *mount,
		       const char *known_as)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	enum audit_level known = LEVEL_NONE;
	bool writable = mount_is_writable(mount);
	if (known_as)
		known = grade_path(known_as, writable, auditing->power.files).worst;
	for (size_t i = 0; i < host->n; i++) {
		const struct mount_entry *shown = &host->items[i];
		if (shown->dev != mount->dev || !shown->is_seen ||
		    !path_is_within(shown->root, mount->root) ||
		    grade_path(shown->target, writable, auditing->power.files).worst <= known)
			continue;
		char *target = mount_path_of(mounts, mount, shown->root);
		if (target)
			add_origin(auditing, origins, mount, xstrdup(shown->target), target);
	}
}

/* The layers of an overlay are called as whoever mounted it did; engines keep those of containers
 * in a storage of their own. */
static void find_layers(const struct auditing *auditing, struct origins *origins,
			const struct mount_entry *mount)
{
	struct overlay_layers layers = overlay_layers_parse(mount->options);
	for (size_t i = 0; i < layers.n; i++) {
		const struct overlay_layer *layer = &layers.items[i];
		if (strcmp(layer->path, "/") != 0 &&
		    (!is_system_path(layer->path) || is_storage(layer->path)))
			continue;
		struct origin_of *origin = add_origin(auditing, origins, mount,
						      xstrdup(layer->path), xstrdup(mount->target));
		origin->layer = layer->is_upper ? "upperdir" : "lowerdir";
		origin->is_writable &= layer->is_upper;
	}
	overlay_layers_clear(&layers);
}

static void find_origin(const struct auditing *auditing, const struct mount_table *mounts,
			const struct mount_entry *mount, struct origins *origins)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	if (!is_files(mount) || is_special(mount) || !mount->is_seen)
		return;
	if (mount_is(mount, "overlay"))
		find_layers(auditing, origins, mount);
	if (host->why) {
		guess_origin(auditing, origins, mount);
		return;
	}
	_cleanup_(freep) char *path = mount_path_on(host, mount);
	if (!path || !is_own_root(mount, path))
		find_parts(auditing, mounts, origins, mount, path);
	if (path && !is_own_root(mount, path))
		add_origin(auditing, origins, mount, TAKE(path), xstrdup(mount->target));
}

static struct origins find_origins(const struct auditing *auditing,
				   const struct mount_table *mounts)
{
	struct origins origins = { 0 };
	for (size_t i = 0; i < mounts->n; i++)
		find_origin(auditing, mounts, &mounts->items[i], &origins);
	return origins;
}

static char *origin_evidence(const struct origin_of *origin)
{
	char *evidence = mount_evidence(origin->mount);
	return origin->layer
		     ? xappend(evidence,
			       origin->layer[0] == 'u' ? " upperdir=" : " lowerdir=", origin->path)
		     : evidence;
}

static struct grade grade_host_root(bool writable, enum answer files)
{
	return writable ? grade_by(files, LEVEL_CRITICAL, LEVEL_HIGH)
			: grade_by(files, LEVEL_HIGH, LEVEL_MEDIUM);
}

static void say_host_root(struct auditing *auditing, const struct origin_of *origin)
{
	struct grade grade = grade_host_root(origin->is_writable, origin->files);
	const char *what = origin->is_writable ? "writable" : "readable";
	if (origin->on_host) {
		audit_say(auditing, grade, origin_evidence(origin), "the host's / is %s at %s",
			  what, origin->target);
		return;
	}
	grade.level = LEVEL_NONE;
	audit_say(auditing, grade, origin_evidence(origin),
		  "a whole disk is %s at %s, which may be the host's /", what, origin->target);
}

void check_host_root(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	if (!mounts)
		return;
	_cleanup_(origins_clear) struct origins origins = find_origins(auditing, mounts);
	for (size_t i = 0; i < origins.n; i++)
		if (origins.items[i].is_root)
			say_host_root(auditing, &origins.items[i]);
}

struct grade grade_path(const char *path, bool writable, enum answer files)
{
	if (strcmp(path, "/") == 0)
		return grade_host_root(writable, files);
	if (is_for_sharing(path))
		return grade(writable ? LEVEL_LOW : LEVEL_INFO);
	if (is_system_path(path))
		return writable ? grade_by(files, LEVEL_CRITICAL, LEVEL_MEDIUM)
				: grade_by(files, LEVEL_MEDIUM, LEVEL_LOW);
	return writable ? grade_by(files, LEVEL_MEDIUM, LEVEL_LOW) : grade(LEVEL_LOW);
}

/* What is behind a folder that has a slash at its end only if it is the root. */
static const char *rest_of(const char *path, const char *folder)
{
	return path + (strcmp(folder, "/") == 0 ? 0 : strlen(folder));
}

/* Whether a mount is there since a recursive one brought it along, which is no better. */
static bool came_along(const struct origins *origins, const struct origin_of *origin)
{
	enum audit_level level = grade_path(origin->path, origin->is_writable, origin->files).worst;
	for (size_t i = 0; i < origins->n; i++) {
		const struct origin_of *upper = &origins->items[i];
		if (upper == origin || !upper->on_host || upper->layer || origin->layer ||
		    !path_is_within(origin->target, upper->target) ||
		    !path_is_within(origin->path, upper->path) ||
		    strcmp(origin->target, upper->target) == 0)
			continue;
		if (strcmp(rest_of(origin->target, upper->target),
			   rest_of(origin->path, upper->path)) == 0 &&
		    level <= grade_path(upper->path, upper->is_writable, upper->files).worst)
			return true;
	}
	return false;
}

static void say_mount(struct auditing *auditing, const struct origin_of *origin)
{
	audit_say(auditing, grade_path(origin->path, origin->is_writable, origin->files),
		  origin_evidence(origin), "%s %s%s is %s at %s",
		  origin->on_host ? "the host's" : "something from outside,", origin->path,
		  origin->on_host ? "" : " of its file system,",
		  origin->is_writable ? "writable" : "readable", origin->target);
}

void check_host_mount(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	_cleanup_(freep) char *engines = NULL;
	if (!mounts)
		return;
	_cleanup_(origins_clear) struct origins origins = find_origins(auditing, mounts);
	for (size_t i = 0; i < origins.n; i++) {
		const struct origin_of *origin = &origins.items[i];
		if (origin->is_root)
			continue;
		if (is_engines_own(auditing, origin->mount, origin->path))
			engines = xappend(engines, " ", origin->target);
		else if (!origin->on_host || !came_along(&origins, origin))
			say_mount(auditing, origin);
	}
	if (engines)
		audit_say(auditing, grade(LEVEL_INFO), NULL,
			  "has files that the engine keeps for it: %s", engines);
}

/* Where it may leave its chroot, the other checks look at all of its mount namespace. */
void check_chroot(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	enum answer leaves = may_leave_root(auditing);
	if (!exposure->outer)
		return;
	if (leaves != ANSWER_NO && exposure->outer->mounts.why)
		audit_unknown(auditing, exposure->outer->mounts.why,
			      "what is outside of its chroot could not be read");
	else
		audit_say(auditing, grade_by(leaves, LEVEL_LOW, LEVEL_INFO),
			  xasprintf("root %s", exposure->root),
			  leaves == ANSWER_NO
				  ? "its root directory is a chroot"
				  : "its root directory is a chroot, which it may leave");
}
