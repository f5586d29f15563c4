/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "container/metafile.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/parse.h"

#define ENTRIES_MAX 4096

/* As an id or a name becomes a part of a path. */
static bool is_file_name(const char *text)
{
	return *text && *text != '.' && !strchr(text, '/');
}

/* Whether it could be read; KNOWN may be NULL. */
static bool is_read(int r, struct known *known)
{
	if (known && error_is_refusal(-r))
		known->refused = true;
	return r == 0;
}

/* config.v2.json in docker's folder of a container: Name is "/chal". */
static int read_docker(int root, const char *folder, struct budget *budget, struct known *known)
{
	_cleanup_(json_deletep) cJSON *config = NULL;
	_cleanup_(freep) char *path = xasprintf("%s/config.v2.json", folder);
	bool done = is_read(metafile_json(root, path, budget, &config), known);
	const char *id = json_get_text(config, "ID");
	if (!done || !id || (known->container.id && strcmp(id, known->container.id) != 0))
		return -1;
	const cJSON *state = cJSON_GetObjectItemCaseSensitive(config, "State");
	const char *name = json_get_text(config, "Name");
	if (!known->container.id)
		known->container.id = xstrdup(id);
	known_set_name(known, name && *name == '/' ? name + 1 : name);
	known->init = json_get_number(state, "Pid", INT_MAX);
	return 0;
}

/* Docker mounts files of its own into each container: the source of /etc/hostname lies in its
 * folder of that container, and the first one that looks so is it. */
static void read_docker_mounts(int root, const cJSON *config, struct budget *budget,
			       struct known *known)
{
	const cJSON *mount;
	_cleanup_(freep) char *part = xasprintf("/containers/%s/", known->container.id);
	cJSON_ArrayForEach (mount, cJSON_GetObjectItemCaseSensitive(config, "mounts")) {
		const char *source = json_get_text(mount, "source");
		const char *at = source ? strstr(source, part) : NULL;
		if (!at)
			continue;
		_cleanup_(freep) char *folder =
			xasprintf("%.*s", (int)(at - source + strlen(part) - 1), source);
		read_docker(root, folder, budget, known);
		return;
	}
}

/* Those of containerd's CRI, of CRI-O, of nerdctl. */
static void read_annotations(const cJSON *annotations, struct known *known)
{
	static const struct {
		const char *name, *pod, *namespace;
	} keys[] = {
		{ "io.kubernetes.cri.container-name", "io.kubernetes.cri.sandbox-name",
		  "io.kubernetes.cri.sandbox-namespace" },
		{ "io.kubernetes.container.name", "io.kubernetes.pod.name",
		  "io.kubernetes.pod.namespace" },
		{ "nerdctl/name", NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *pod = keys[i].pod ? json_get_text(annotations, keys[i].pod) : NULL;
		const char *namespace = pod ? json_get_text(annotations, keys[i].namespace) : NULL;
		known_set_name(known, json_get_text(annotations, keys[i].name));
		if (!namespace)
			continue;
		_cleanup_(freep) char *both = xasprintf("%s/%s", namespace, pod);
		known_set_pod(known, both);
	}
	if (json_get_text(annotations, "nerdctl/name"))
		known->container.engine = "nerdctl";
}

static void read_config(int root, int bundles, const char *path, struct budget *budget,
			struct known *known)
{
	_cleanup_(json_deletep) cJSON *config = NULL;
	if (!is_read(metafile_json(bundles, path, budget, &config), known))
		return;
	read_annotations(cJSON_GetObjectItemCaseSensitive(config, "annotations"), known);
	if (strcmp(known->container.engine, "docker") == 0)
		read_docker_mounts(root, config, budget, known);
}

void disk_read_bundle(int root, int bundles, struct budget *budget, struct known *known)
{
	const char *id = known->container.id;
	if (!is_file_name(id))
		return;
	_cleanup_(freep) char *config = xasprintf("%s/config.json", id);
	_cleanup_(freep) char *init = xasprintf("%s/init.pid", id);
	read_config(root, bundles, config, budget, known);
	pid_t pid = metafile_pid(bundles, init, budget);
	if (pid)
		known->init = pid;
}

/* storage's list of its containers: [{"id": …, "names": ["web"]}]. Adds all to LIST, or, without
 * one, names KNOWN. CRI-O keeps its own there too, as "k8s_…". */
static void read_storage_list(const struct disk_place *place, const char *path, struct known *known,
			      struct known_list *list)
{
	_cleanup_(json_deletep) cJSON *json = NULL;
	const cJSON *item;
	if (!is_read(metafile_json_list(place->root, path, place->budget, &json), known))
		return;
	cJSON_ArrayForEach (item, json) {
		const char *id = json_get_text(item, "id");
		const char *name = json_get_first_text(item, "names");
		if (!id || !name || !*id || strncmp(name, "k8s_", 4) == 0)
			continue;
		if (!list && strcmp(id, known->container.id) != 0)
			continue;
		if (!list) {
			known_set_name(known, name);
			return;
		}
		struct known another = { .container = { .engine = "podman",
							.owner = place->owner } };
		another.container.id = xstrdup(id);
		known_set_name(&another, name);
		known_list_add(list, &another);
	}
}

void disk_read_conmon(int root, const struct supervisor *supervisor, struct budget *budget,
		      struct known *known)
{
	/* "…/overlay-containers/ID/userdata", with one more folder where it is for "exec". */
	const char *bundle = supervisor->bundle ? supervisor->bundle : "";
	bool is_exec = !has_suffix(bundle, "/userdata");
	if (supervisor->pidfile && !is_exec)
		known->init = metafile_pid(root, supervisor->pidfile, budget);

	const char *at = strstr(bundle, "-containers/");
	if (!known->container.name && at) {
		_cleanup_(freep) char *path =
			xasprintf("%.*s-containers/containers.json", (int)(at - bundle), bundle);
		read_storage_list(&(struct disk_place){ .root = root, .budget = budget }, path,
				  known, NULL);
	}
	if (strcmp(known->container.engine, "kubernetes") == 0 && !is_exec) {
		_cleanup_(freep) char *path = xasprintf("%s/config.json", bundle);
		read_config(root, root, path, budget, known);
	}
}

void disk_ask_supervisor(const struct ancestor *ancestor, const struct supervisor *supervisor,
			 struct budget *budget, struct known *known)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	_cleanup_(closep) int root = openat(ancestor->dir, "root", flags);
	if (!is_read(root < 0 ? -errno : 0, known))
		return;
	if (supervisor->bundle || supervisor->pidfile) {
		disk_read_conmon(root, supervisor, budget, known);
		return;
	}
	/* A shim works in its container's bundle; that of a pod has the others beside its own. */
	_cleanup_(closep) int cwd = openat(ancestor->dir, "cwd", flags);
	_cleanup_(closep) int bundles = cwd < 0 ? -1 : openat(cwd, "..", flags);
	if (is_read(bundles < 0 ? -errno : 0, known))
		disk_read_bundle(root, bundles, budget, known);
}

/* The path of a usual place: SYSTEM for the system's, else BELOW in the home of its owner. */
static char *place_path(const struct disk_place *place, const char *system, const char *below)
{
	if (place->owner == 0)
		return xstrdup(system);
	return place->home ? xasprintf("%s/%s", place->home, below) : NULL;
}

static char *docker_path(const struct disk_place *place)
{
	return place_path(place, "/var/lib/docker/containers", ".local/share/docker/containers");
}

static char *storage_path(const struct disk_place *place)
{
	return place_path(place, "/var/lib/containers/storage", ".local/share/containers/storage");
}

/* NULL where it cannot be listed; KNOWN may be NULL. */
static DIR *open_folder(const struct disk_place *place, const char *path, struct known *known)
{
	DIR *folder = NULL;
	if (path && budget_take(place->budget) == 0)
		is_read(metafile_folder(place->root, path, &folder), known);
	return folder;
}

/* Of an ordinary user's folder, not more than so many. */
static struct dirent *next_entry(const struct disk_place *place, DIR *dir, size_t *n)
{
	return dir && (place->owner == 0 || (*n)++ < ENTRIES_MAX) ? readdir(dir) : NULL;
}

/* Each storage driver has a list of its own: "overlay-containers". */
static void read_storage(const struct disk_place *place, struct known *known,
			 struct known_list *list)
{
	_cleanup_(freep) char *storage = storage_path(place);
	_cleanup_(folder_closep) DIR *dir = open_folder(place, storage, known);
	size_t n_entries = 0;
	for (struct dirent *entry; (entry = next_entry(place, dir, &n_entries));) {
		if (!has_suffix(entry->d_name, "-containers"))
			continue;
		_cleanup_(freep) char *path =
			xasprintf("%s/%s/containers.json", storage, entry->d_name);
		read_storage_list(place, path, known, list);
	}
}

void disk_look_up(const struct disk_place *place, struct known *known)
{
	if (!is_file_name(known->container.id))
		return;
	if (strcmp(known->container.engine, "podman") == 0)
		read_storage(place, known, NULL);
	_cleanup_(freep) char *docker = docker_path(place);
	if (strcmp(known->container.engine, "docker") != 0 || !docker)
		return;
	_cleanup_(freep) char *folder = xasprintf("%s/%s", docker, known->container.id);
	read_docker(place->root, folder, place->budget, known);
}

static void list_docker(const struct disk_place *place, struct known_list *list)
{
	_cleanup_(freep) char *docker = docker_path(place);
	_cleanup_(folder_closep) DIR *dir = open_folder(place, docker, NULL);
	size_t n_entries = 0;
	for (struct dirent *entry; (entry = next_entry(place, dir, &n_entries));) {
		if (!is_file_name(entry->d_name))
			continue;
		struct known known = { .container = { .engine = "docker", .owner = place->owner } };
		_cleanup_(freep) char *folder = xasprintf("%s/%s", docker, entry->d_name);
		if (read_docker(place->root, folder, place->budget, &known) == 0)
			known_list_add(list, &known);
		else
			known_clear(&known);
	}
}

/* A folder of FOLDER is a container, and its name that one's. */
static void list_folders(const struct disk_place *place, const char *engine, const char *path,
			 struct known_list *list)
{
	_cleanup_(folder_closep) DIR *dir = open_folder(place, path, NULL);
	size_t n_entries = 0;
	for (struct dirent *entry; (entry = next_entry(place, dir, &n_entries));) {
		if (!is_file_name(entry->d_name) || entry->d_type != DT_DIR)
			continue;
		struct known known = { .container = { .engine = engine, .owner = place->owner } };
		known.container.id = xstrdup(entry->d_name);
		known_set_name(&known, entry->d_name);
		known_list_add(list, &known);
	}
}

void disk_list(const struct disk_place *place, struct known_list *list)
{
	_cleanup_(freep) char *lxc = place_path(place, "/var/lib/lxc", ".local/share/lxc");
	list_docker(place, list);
	read_storage(place, NULL, list);
	list_folders(place, "lxc", lxc, list);
	if (place->owner == 0)
		list_folders(place, "nspawn", "/var/lib/machines", list);
}
