/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/overlay.h"
#include "query/auditing.h"
#include "util/alloc.h"

static bool is_among(const char *path, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, list[i]) == 0)
			return true;
	return false;
}

static bool is_within_one(const char *path, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (path_is_within(path, list[i]))
			return true;
	return false;
}

/* Folders in which, or in one of which, it is written what root of the host runs, or believes. */
static const char *const system_whole[] = {
	"/", "/home", "/run", "/var", "/var/lib", "/var/spool"
};
static const char *const system_below[] = {
	"/bin",
	"/boot",
	"/dev",
	"/efi",
	"/etc",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/nix",
	"/opt/cni",
	"/ostree",
	"/root",
	"/run/containerd",
	"/run/credentials",
	"/run/crio",
	"/run/crun",
	"/run/docker",
	"/run/modprobe.d",
	"/run/runc",
	"/run/sysctl.d",
	"/run/systemd",
	"/run/tmpfiles.d",
	"/run/udev",
	"/sbin",
	"/snap",
	"/sysroot",
	"/usr",
	"/var/lib/cloud",
	"/var/lib/containerd",
	"/var/lib/containers",
	"/var/lib/docker",
	"/var/lib/dpkg",
	"/var/lib/etcd",
	"/var/lib/kubelet",
	"/var/lib/lxc",
	"/var/lib/lxd",
	"/var/lib/machines",
	"/var/lib/rpm",
	"/var/lib/snapd",
	"/var/lib/systemd",
	"/var/spool/at",
	"/var/spool/cron",
};

/* Where passwords and keys are. */
static const char *const secret_whole[] = {
	"/",	    "/etc",  "/etc/gshadow", "/etc/kubernetes", "/etc/shadow", "/etc/ssl",
	"/etc/ssh", "/home", "/var",	     "/var/lib",
};
static const char *const secret_below[] = { "/etc/ssl/private", "/root", "/run/credentials",
					    "/var/lib/etcd", "/var/lib/kubelet" };

size_t storage_part(const char *path)
{
	static const char *const folders[] = { "/overlay2/", "/overlay/", "/snapshots/" };
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *folder = strstr(path, folders[i]);
		if (folder)
			return folder - path + strlen(folders[i]) - 1;
	}
	return 0;
}

static bool has_storage(const struct storages *storages, const char *path, size_t n)
{
	for (size_t i = 0; i < storages->n; i++)
		if (strlen(storages->items[i]) == n && memcmp(storages->items[i], path, n) == 0)
			return true;
	return false;
}

static void add_storages(struct storages *storages, const struct mount_entry *mount)
{
	struct overlay_layers layers = overlay_layers_parse(mount->options);
	for (size_t i = 0; i < layers.n; i++) {
		const char *path = layers.items[i].path;
		size_t n = layers.items[i].is_upper ? storage_part(path) : 0;
		if (n == 0 || has_storage(storages, path, n))
			continue;
		storages->items = xgrow(storages->items, storages->n, &storages->capacity,
					sizeof(*storages->items));
		storages->items[storages->n++] = xstrndup(path, n);
	}
	overlay_layers_clear(&layers);
}

struct storages storages_find(const struct mount_table *host)
{
	struct storages storages = { 0 };
	for (size_t i = 0; !host->why && i < host->n; i++)
		if (mount_is(&host->items[i], "overlay"))
			add_storages(&storages, &host->items[i]);
	return storages;
}

void storages_clear(struct storages *storages)
{
	for (size_t i = 0; i < storages->n; i++)
		free(storages->items[i]);
	free(storages->items);
}

/* Whether containers are in there, or it is a part of one. */
static bool is_storage(const struct auditing *auditing, const char *path)
{
	for (size_t i = 0; i < auditing->storages->n; i++) {
		const char *storage = auditing->storages->items[i];
		if (path_is_within(storage, path) || path_is_within(path, storage))
			return true;
	}
	return false;
}

bool is_system_path(const struct auditing *auditing, const char *path)
{
	return is_among(path, system_whole, ARRAY_SIZE(system_whole)) ||
	       is_within_one(path, system_below, ARRAY_SIZE(system_below)) ||
	       is_storage(auditing, path);
}

bool is_system_folder(const char *path)
{
	return is_among(path, system_whole, ARRAY_SIZE(system_whole)) ||
	       is_among(path, system_below, ARRAY_SIZE(system_below));
}

static bool is_secret_path(const char *path)
{
	return is_among(path, secret_whole, ARRAY_SIZE(secret_whole)) ||
	       is_within_one(path, secret_below, ARRAY_SIZE(secret_below));
}

/* "/var/lib/kubelet/pods/UID/volumes/…", and what else kubelet makes for a pod. */
static bool is_of_pod(const char *path)
{
	static const char *const pods = "/var/lib/kubelet/pods/";
	static const char *const parts[] = { "/containers", "/etc-hosts", "/volumes",
					     "/volume-subpaths" };
	if (strncmp(path, pods, strlen(pods)) != 0)
		return false;
	const char *rest = strchr(path + strlen(pods), '/');
	for (size_t i = 0; i < ARRAY_SIZE(parts) && rest; i++)
		if (path_is_within(rest, parts[i]))
			return true;
	return false;
}

/* Made by an engine to be shared with containers: a volume; or in tmpfs, for all who like. */
static bool is_for_sharing(const char *path)
{
	static const char *const volumes[] = { "/var/lib/docker/volumes/",
					       "/containers/storage/volumes/" };
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++)
		if (strstr(path, volumes[i]))
			return true;
	return path_is_within(path, "/dev/shm") || is_of_pod(path);
}

/* As engines call it, wherever they keep theirs. */
static bool is_volume(const char *path)
{
	return strstr(path, "/volumes/") && strstr(path, "/_data");
}

struct grade grade_path(const struct auditing *auditing, const char *path, bool writable,
			enum answer files)
{
	if (strcmp(path, "/") == 0)
		return writable ? grade_by(files, LEVEL_CRITICAL, LEVEL_HIGH)
				: grade_by(files, LEVEL_HIGH, LEVEL_MEDIUM);
	if (is_for_sharing(path))
		return grade(writable ? LEVEL_LOW : LEVEL_INFO);
	if (is_system_path(auditing, path) && writable)
		return grade_by(files, LEVEL_CRITICAL, LEVEL_MEDIUM);
	if (is_secret_path(path))
		return grade_by(files, LEVEL_HIGH, LEVEL_LOW);
	if (is_system_path(auditing, path))
		return grade_by(files, LEVEL_MEDIUM, LEVEL_LOW);
	if (is_volume(path))
		return grade(writable ? LEVEL_LOW : LEVEL_INFO);
	return writable ? grade_by(files, LEVEL_MEDIUM, LEVEL_LOW) : grade(LEVEL_LOW);
}

char *worst_path(const struct auditing *auditing, dev_t dev, const char *inner, bool writable)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	enum audit_level worst = LEVEL_NONE;
	char *name = NULL;
	for (size_t at = 0;; at++) {
		_cleanup_(freep) char *path = mounts_next_path_of(host, dev, inner, &at);
		if (!path)
			return name;
		enum audit_level level = grade_path(auditing, path, writable, ANSWER_YES).worst;
		if (name && level <= worst)
			continue;
		free(name);
		name = TAKE(path);
		worst = level;
	}
}
