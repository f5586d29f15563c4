/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "container/lineage.h"
#include "container/metafile.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/parse.h"
#include "util/procfile.h"

void runtime_list_clear(struct runtime_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		known_clear(&list->items[i].known);
	free(list->items);
	free(list->unread);
	*list = (struct runtime_list){ 0 };
}

/* Whether it is the user OWNER's: a namespace belongs to a user namespace, and that to whoever made
 * it. What is not a user namespace is asked for the one that it belongs to. */
static int read_owner(int dir, const char *link, uid_t *ret)
{
	_cleanup_(closep) int ns = openat(dir, link, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return -errno;
	_cleanup_(closep) int user = strcmp(link, "ns/user") == 0 ? fcntl(ns, F_DUPFD_CLOEXEC, 3)
								  : ioctl(ns, NSFS_GET_USERNS);
	return user < 0 || ioctl(user, NSFS_GET_OWNER_UID, ret) < 0 ? -errno : 0;
}

static ino_t owned_inode(int dir, const char *link, uid_t owner)
{
	uid_t uid;
	if (owner != 0 && (read_owner(dir, link, &uid) < 0 || uid != owner))
		return 0;
	return proc_inode(dir, link, NULL);
}

static void add_unread(struct runtime_list *list, uid_t owner, int why)
{
	if (why >= 0 || ancestor_is_gone(why))
		return;
	list->unread =
		xgrow(list->unread, list->n_unread, &list->unread_capacity, sizeof(*list->unread));
	list->unread[list->n_unread++] = (struct runtime_unread){ owner, why };
}

/* Both write down when the process started, in clock ticks as its stat file has it. */
static int find_namespaces(int proc, uint64_t start, struct runtime *runtime)
{
	struct ancestor init;
	if (runtime->known.init == 0)
		return 0;
	int r = ancestor_open(proc, runtime->known.init, &init);
	if (r < 0)
		return r;
	uid_t owner = runtime->known.container.owner;
	if (init.start == start) {
		runtime->known.running = true;
		runtime->mnt = owned_inode(init.dir, "ns/mnt", owner);
		runtime->pid = owned_inode(init.dir, "ns/pid", owner);
	}
	ancestor_close(&init);
	return 0;
}

/* Of an ordinary user, in one folder. */
#define FOLDERS_MAX 64

struct format {
	const char *engine, *file, *pid, *start;
};

static const struct format formats[] = {
	{ "runc", "state.json", "init_process_pid", "init_process_start" },
	{ "crun", "status", "pid", "process-start-time" },
};

/* The value of a label, "bundle=/x" among them: runc keeps them in a list. */
static const char *find_label(const cJSON *json, const char *key)
{
	const cJSON *label;
	size_t n = strlen(key);
	const cJSON *config = cJSON_GetObjectItemCaseSensitive(json, "config");
	cJSON_ArrayForEach (label, cJSON_GetObjectItemCaseSensitive(config, "labels")) {
		const char *text = cJSON_GetStringValue(label);
		if (text && strncmp(text, key, n) == 0)
			return text + n;
	}
	return NULL;
}

/* Who has runc or crun run it, by where it keeps the bundle; NULL: nobody, as far as that tells. */
static const char *find_engine(const cJSON *json, const char *id)
{
	const char *bundle = json_get_text(json, "bundle");
	if (!bundle)
		bundle = find_label(json, "bundle=");
	if (!bundle)
		return NULL;
	/* CRI-O has it below /run, podman where things are kept; both have labels of
	 * "io.kubernetes". */
	_cleanup_(freep) char *userdata = xasprintf("-containers/%s/userdata", id);
	if (has_suffix(bundle, userdata))
		return find_label(json, "io.kubernetes.pod.name=") ||
				       strncmp(bundle, "/run/containers/", 16) == 0
			     ? "kubernetes"
			     : "podman";
	static const struct {
		const char *namespace, *engine;
	} clients[] = { { "moby", "docker" }, { "k8s.io", "kubernetes" } };
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		_cleanup_(freep) char *end = xasprintf("/%s/%s", clients[i].namespace, id);
		if (strstr(bundle, "/io.containerd.runtime.") && has_suffix(bundle, end))
			return clients[i].engine;
	}
	if (!strstr(bundle, "/io.containerd.runtime."))
		return NULL;
	return find_label(json, "nerdctl/name=") ? "nerdctl" : "containerd";
}

/* Whose folder is read. */
struct reader {
	uid_t owner;
	struct budget *budget;
	int proc;
	struct runtime_list *list;
};

static int read_one(const struct reader *reader, DIR *dir, const char *id,
		    const struct format *format)
{
	struct runtime_list *list = reader->list;
	_cleanup_(json_deletep) cJSON *json = NULL;
	_cleanup_(freep) char *path = xasprintf("%s/%s", id, format->file);
	int r = metafile_json(dirfd(dir), path, reader->budget, &json);
	if (r < 0)
		return r;
	struct runtime runtime = { 0 };
	const char *engine = find_engine(json, id);
	runtime.known.container.engine = engine ? engine : format->engine;
	runtime.known.container.owner = reader->owner;
	runtime.known.container.id = xstrdup(id);
	runtime.known.init = json_get_number(json, format->pid, INT_MAX);
	r = find_namespaces(reader->proc, json_get_number(json, format->start, UINT64_MAX),
			    &runtime);
	list->items = xgrow(list->items, list->n, &list->capacity, sizeof(runtime));
	list->items[list->n++] = runtime;
	return r;
}

/* What is no file, or no JSON, tells nothing. */
static bool says_nothing(int r)
{
	return r == -EINVAL || r == -EOPNOTSUPP || r == -ELOOP;
}

static void read_folder(const struct reader *reader, int root, const struct format *format)
{
	_cleanup_(folder_closep) DIR *dir = NULL;
	int r = metafile_folder(root, format->engine, &dir);
	size_t n = 0;
	for (struct dirent *entry; dir && r != -E2BIG && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		r = reader->budget && n++ == FOLDERS_MAX
			  ? -E2BIG
			  : read_one(reader, dir, entry->d_name, format);
		if (!says_nothing(r))
			add_unread(reader->list, reader->owner, r);
	}
	if (!dir)
		add_unread(reader->list, reader->owner, r);
}

static void read_folders(const struct reader *reader, int root)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		read_folder(reader, root, &formats[i]);
}

static void read_user(DIR *users, const char *name, int proc, struct runtime_list *list)
{
	uint64_t uid;
	struct budget budget = BUDGET_WHOLE;
	_cleanup_(folder_closep) DIR *folder = NULL;
	if (parse_u64(name, UINT32_MAX - 1, &uid) < 0)
		return;
	int r = metafile_folder(dirfd(users), name, &folder);
	if (uid != 0) /* root's containers are not there */
		add_unread(list, uid, r);
	if (r == 0)
		read_folders(&(struct reader){ uid, uid ? &budget : NULL, proc, list },
			     dirfd(folder));
}

void runtime_list_read(int run, int proc, struct runtime_list *list)
{
	_cleanup_(folder_closep) DIR *users = NULL;
	read_folders(&(struct reader){ 0, NULL, proc, list }, run);
	add_unread(list, 0, metafile_folder(run, "user", &users));
	for (struct dirent *entry; users && (entry = readdir(users));)
		read_user(users, entry->d_name, proc, list);
}

int runtime_list_unread(const struct runtime_list *list, int dir)
{
	uid_t owner = 0;
	bool is_known = list->n_unread && read_owner(dir, "ns/user", &owner) == 0;
	for (size_t i = 0; i < list->n_unread; i++)
		if (!is_known || list->unread[i].owner == 0 || list->unread[i].owner == owner)
			return list->unread[i].why;
	return 0;
}

const struct runtime *runtime_list_find(const struct runtime_list *list, ino_t mnt, ino_t pid)
{
	const struct runtime *found = NULL;
	for (size_t i = 0; i < list->n && !found; i++)
		if (mnt && list->items[i].mnt == mnt)
			found = &list->items[i];
	for (size_t i = 0; i < list->n && !found; i++)
		if (pid && list->items[i].pid == pid)
			found = &list->items[i];
	return found;
}
