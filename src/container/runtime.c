/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "container/lineage.h"
#include "container/metafile.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/parse.h"

void runtime_list_clear(struct runtime_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		known_clear(&list->items[i].known);
	free(list->items);
	*list = (struct runtime_list){ 0 };
}

static ino_t ns_inode(int dir, const char *link)
{
	struct stat st;
	return fstatat(dir, link, &st, 0) < 0 ? 0 : st.st_ino;
}

/* Whether the user namespace of the process is OWNER's. */
static bool is_owned_by(int dir, uid_t owner)
{
	uid_t uid;
	_cleanup_(closep) int ns = openat(dir, "ns/user", O_RDONLY | O_CLOEXEC);
	return ns >= 0 && ioctl(ns, NSFS_GET_OWNER_UID, &uid) == 0 && uid == owner;
}

/* Both write down when the process started, in clock ticks as its stat file has it. */
static void find_namespaces(int proc, uint64_t start, struct runtime *runtime)
{
	struct ancestor init;
	if (runtime->known.init == 0 || ancestor_open(proc, runtime->known.init, &init) < 0)
		return;
	uid_t owner = runtime->known.container.owner;
	if (init.start == start && (owner == 0 || is_owned_by(init.dir, owner))) {
		runtime->known.running = true;
		runtime->mnt = ns_inode(init.dir, "ns/mnt");
		runtime->pid = ns_inode(init.dir, "ns/pid");
	}
	ancestor_close(&init);
}

struct format {
	const char *engine, *file, *pid, *start;
};

static const struct format formats[] = {
	{ "runc", "state.json", "init_process_pid", "init_process_start" },
	{ "crun", "status", "pid", "process-start-time" },
};

static void read_one(DIR *dir, const char *id, const struct format *format, uid_t owner, int proc,
		     struct runtime_list *list)
{
	_cleanup_(json_deletep) cJSON *json = NULL;
	_cleanup_(freep) char *path = xasprintf("%s/%s", id, format->file);
	if (metafile_json(dirfd(dir), path, &json) < 0)
		return;
	struct runtime runtime = { 0 };
	runtime.known.container.engine = format->engine;
	runtime.known.container.owner = owner;
	runtime.known.container.id = xstrdup(id);
	runtime.known.init = json_get_number(json, format->pid, INT_MAX);
	find_namespaces(proc, json_get_number(json, format->start, UINT64_MAX), &runtime);
	list->items = xgrow(list->items, list->n, &list->capacity, sizeof(runtime));
	list->items[list->n++] = runtime;
}

static void read_folder(int root, const struct format *format, uid_t owner, int proc,
			struct runtime_list *list)
{
	_cleanup_(folder_closep) DIR *dir = metafile_folder(root, format->engine);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			read_one(dir, entry->d_name, format, owner, proc, list);
}

static void read_folders(int root, uid_t owner, int proc, struct runtime_list *list)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		read_folder(root, &formats[i], owner, proc, list);
}

void runtime_list_read(int run, int proc, struct runtime_list *list)
{
	read_folders(run, 0, proc, list);
	_cleanup_(folder_closep) DIR *users = metafile_folder(run, "user");
	for (struct dirent *entry; users && (entry = readdir(users));) {
		uint64_t uid;
		if (parse_u64(entry->d_name, UINT32_MAX - 1, &uid) < 0)
			continue;
		_cleanup_(folder_closep) DIR *folder = metafile_folder(dirfd(users), entry->d_name);
		if (folder)
			read_folders(dirfd(folder), uid, proc, list);
	}
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
