/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/survey.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "detail/sockets.h"
#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/procfile.h"
#include "util/rootfile.h"

/* Nobody has so many; whoever makes them up would keep us busy. */
#define NODES_MAX 4096
#define ENTRIES_MAX 65536
#define DEPTH_MAX 4
#define PATH_SIZE 4096

/* What the child tells, one after the other; N bytes of a path follow. */
struct record {
	enum record_type {
		RECORD_TARGET, /* of mount number INDEX */
		RECORD_NODE,
		RECORD_SOCKET, /* in place number INDEX */
		RECORD_NODES_END,
		RECORD_SOCKETS_END,
		RECORD_END,
	} type;
	int why;
	size_t index, n;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	bool has_release_agent, is_outer;
	ino_t pid_ns;
};

struct surveyor {
	int root, answers;
	const struct mount_table *mounts;
	size_t n_nodes, n_entries;
	int nodes_why;
};

static void say(const struct surveyor *surveyor, const struct record *record, const char *path)
{
	if (write(surveyor->answers, record, sizeof(*record)) != sizeof(*record) ||
	    (record->n && write(surveyor->answers, path, record->n) != (ssize_t)record->n))
		_exit(1);
}

/* It may be there for others than the mode tells. */
static bool has_acl(int look)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", look);
	return getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

/* What is known without asking the server of a network file system. */
static int look(int root, const char *path, struct record *ret)
{
	struct statx st;
	_cleanup_(closep) int fd = rootfile_open(root, path);
	if (fd < 0)
		return fd;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &st) < 0)
		return -errno;
	ret->mode = st.stx_mode | (has_acl(fd) ? MODE_HAS_ACL : 0);
	ret->uid = st.stx_uid;
	ret->gid = st.stx_gid;
	ret->rdev = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	return 0;
}

/* File systems that ask somebody else before they answer. */
static bool is_far(const struct mount_entry *mount)
{
	static const char *const types[] = { "fuse",	  "nfs",    "cifs",  "smb",
					     "9p",	  "ceph",   "afs",   "virtiofs",
					     "glusterfs", "lustre", "autofs" };
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strncmp(mount->type, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static bool has_release_agent(const struct surveyor *surveyor, const struct mount_entry *mount)
{
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof(path), "%s/release_agent", mount->target);
	_cleanup_(closep) int fd = n < (int)sizeof(path) ? rootfile_open(surveyor->root, path) : -1;
	return fd >= 0;
}

/* Whose processes are in that proc: its first one tells, if it may be looked at; and of ourselves
 * it has as many numbers as there are pid namespaces from its own to ours. */
static void look_at_proc(const struct surveyor *surveyor, const char *target, struct record *record)
{
	struct proc_status status;
	struct statfs fs;
	_cleanup_(closep) int fd = rootfile_open(surveyor->root, target);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return;
	record->pid_ns = proc_inode(fd, "1/ns/pid", NULL);
	record->is_outer = proc_read_status(fd, "self/status", &status) == 0 && status.n_pids > 1;
}

static void look_at_targets(const struct surveyor *surveyor, bool far)
{
	for (size_t i = 0; i < surveyor->mounts->n; i++) {
		const struct mount_entry *mount = &surveyor->mounts->items[i];
		struct record record = { .type = RECORD_TARGET, .index = i };
		/* The target of one that is covered leads to what covers it. */
		if (is_far(mount) != far || !mount->is_seen)
			continue;
		record.why = -look(surveyor->root, mount->target, &record);
		if (!record.why && mount_is(mount, "cgroup"))
			record.has_release_agent = has_release_agent(surveyor, mount);
		if (!record.why && mount_is(mount, "proc"))
			look_at_proc(surveyor, mount->target, &record);
		say(surveyor, &record, NULL);
	}
}

/* Those of terminals come and go, and nobody has more than his own. */
static bool is_terminal(const struct record *record)
{
	return S_ISCHR(record->mode) && device_is_terminal(record->rdev);
}

static void say_node(struct surveyor *surveyor, const char *path)
{
	struct record record = { .type = RECORD_NODE, .n = strlen(path) };
	int r = look(surveyor->root, path, &record);
	if (r < 0 && r != -ENOENT && !surveyor->nodes_why)
		surveyor->nodes_why = -r;
	if (r < 0 || (!S_ISBLK(record.mode) && !S_ISCHR(record.mode)) || is_terminal(&record))
		return;
	if (++surveyor->n_nodes > NODES_MAX)
		surveyor->nodes_why = E2BIG;
	else
		say(surveyor, &record, path);
}

static void walk(struct surveyor *surveyor, const char *path, int depth);

static void walk_entry(struct surveyor *surveyor, const char *folder, const struct dirent *entry,
		       int depth)
{
	char path[PATH_SIZE];
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return;
	if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= (int)sizeof(path))
		surveyor->nodes_why = ENAMETOOLONG;
	else if (entry->d_type == DT_DIR)
		walk(surveyor, path, depth + 1);
	else if (entry->d_type == DT_CHR || entry->d_type == DT_BLK || entry->d_type == DT_UNKNOWN)
		say_node(surveyor, path);
}

static void walk(struct surveyor *surveyor, const char *path, int depth)
{
	if (depth > DEPTH_MAX) {
		surveyor->nodes_why = ELOOP;
		return;
	}
	_cleanup_(closep) int look_fd = rootfile_open(surveyor->root, path);
	int fd = look_fd < 0 ? look_fd : fd_reopen(look_fd, O_RDONLY | O_DIRECTORY);
	_cleanup_(folder_closep) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		if (fd != -ENOENT && fd != -ENOTDIR && !surveyor->nodes_why)
			surveyor->nodes_why = fd < 0 ? -fd : errno;
		return;
	}
	for (const struct dirent *entry; (entry = readdir(folder));) {
		if (++surveyor->n_entries > ENTRIES_MAX) {
			surveyor->nodes_why = E2BIG;
			return;
		}
		walk_entry(surveyor, path, entry, depth);
	}
}

static void look_for_nodes(struct surveyor *surveyor)
{
	walk(surveyor, "/dev", 0);
	for (size_t i = 0; i < surveyor->mounts->n; i++) {
		const struct mount_entry *mount = &surveyor->mounts->items[i];
		if (mount_is(mount, "devtmpfs") && strcmp(mount->target, "/dev") != 0)
			walk(surveyor, mount->target, 0);
	}
	say(surveyor, &(struct record){ .type = RECORD_NODES_END, .why = surveyor->nodes_why },
	    NULL);
}

static void look_for_sockets(const struct surveyor *surveyor)
{
	const char *engine, *place;
	int why = 0;
	for (size_t i = 0; (place = engine_place(i, &engine)); i++) {
		struct record record = { .type = RECORD_SOCKET, .index = i };
		int r = look(surveyor->root, place, &record);
		if (r == 0 && S_ISSOCK(record.mode))
			say(surveyor, &record, NULL);
		else if (r < 0 && r != -ENOENT && r != -ENOTDIR)
			why = -r;
	}
	say(surveyor, &(struct record){ .type = RECORD_SOCKETS_END, .why = why }, NULL);
}

/* The child. Nobody else runs in it, so that it may allocate. */
static void serve(const void *context, int answers)
{
	struct surveyor surveyor = *(const struct surveyor *)context;
	surveyor.answers = answers;
	look_at_targets(&surveyor, false);
	look_for_nodes(&surveyor);
	look_for_sockets(&surveyor);
	look_at_targets(&surveyor, true);
	say(&surveyor, &(struct record){ .type = RECORD_END }, NULL);
}

/* What the child says, as it comes. */
struct hearing {
	struct arena *arena;
	struct mount_entry *mounts;
	struct inside_view *view;
	struct device_node *nodes; /* malloc */
	struct engine_socket *sockets;
	size_t nodes_capacity, sockets_capacity;
};

static void hear_target(const struct hearing *hearing, const struct record *record)
{
	struct mount_entry *mount = &hearing->mounts[record->index];
	mount->why = record->why;
	mount->mode = record->mode;
	mount->uid = record->uid;
	mount->gid = record->gid;
	mount->rdev = record->rdev;
	mount->has_release_agent = record->has_release_agent;
	mount->is_outer = record->is_outer;
	mount->pid_ns = record->pid_ns;
}

static void hear_node(struct hearing *hearing, const struct record *record, const char *path)
{
	struct node_list *list = &hearing->view->nodes;
	hearing->nodes =
		xgrow(hearing->nodes, list->n, &hearing->nodes_capacity, sizeof(*hearing->nodes));
	hearing->nodes[list->n++] = (struct device_node){
		.path = arena_copy(hearing->arena, path, record->n),
		.mode = record->mode,
		.uid = record->uid,
		.gid = record->gid,
		.rdev = record->rdev,
	};
}

static void hear_socket(struct hearing *hearing, const struct record *record)
{
	struct socket_list *list = &hearing->view->sockets;
	const char *engine, *place = engine_place(record->index, &engine);
	if (!place)
		return;
	hearing->sockets = xgrow(hearing->sockets, list->n, &hearing->sockets_capacity,
				 sizeof(*hearing->sockets));
	hearing->sockets[list->n++] = (struct engine_socket){
		.path = place,
		.engine = engine,
		.mode = record->mode,
		.uid = record->uid,
		.gid = record->gid,
	};
}

/* One record: 0, 1 that was the last one, -errno. */
static int hear(struct hearing *hearing, const struct child *child)
{
	struct record record;
	char path[PATH_SIZE];
	int r = child_read(child, &record, sizeof(record));
	if (r == 0 && record.n >= sizeof(path))
		return -EIO;
	if (r == 0)
		r = child_read(child, path, record.n);
	if (r < 0)
		return r;
	switch (record.type) {
	case RECORD_TARGET:
		hear_target(hearing, &record);
		return 0;
	case RECORD_NODE:
		hear_node(hearing, &record, path);
		return 0;
	case RECORD_SOCKET:
		hear_socket(hearing, &record);
		return 0;
	case RECORD_NODES_END:
		hearing->view->nodes.why = record.why;
		return 0;
	case RECORD_SOCKETS_END:
		hearing->view->sockets.why = record.why;
		return 0;
	case RECORD_END:
		break;
	}
	return 1;
}

/* All is as if WHY had been said of it, until something else is. */
static struct mount_entry *begin(struct arena *arena, int why, struct inside_view *view)
{
	size_t n = view->mounts.n;
	struct mount_entry *mounts =
		arena_copy_items(arena, view->mounts.items, n, sizeof(*mounts));
	for (size_t i = 0; i < n; i++)
		mounts[i].why = why;
	view->mounts.items = mounts;
	view->nodes = (struct node_list){ .why = why };
	view->sockets = (struct socket_list){ .why = why };
	return mounts;
}

static int compare_nodes(const void *a, const void *b)
{
	return strcmp(((const struct device_node *)a)->path, ((const struct device_node *)b)->path);
}

void survey_refused(struct arena *arena, int why, struct inside_view *view)
{
	begin(arena, why, view);
}

void survey_take(struct arena *arena, struct child_patience *patience, int root,
		 struct inside_view *view)
{
	const struct surveyor surveyor = { .root = root, .mounts = &view->mounts };
	struct hearing hearing = { .arena = arena, .view = view };
	hearing.mounts = begin(arena, ETIMEDOUT, view);
	_cleanup_(child_end) struct child child = CHILD_NONE;
	int r = child_start(patience, serve, &surveyor, &root, 1, &child);
	if (r < 0 && r != -ETIMEDOUT)
		hearing.mounts = begin(arena, -r, view);
	while (r == 0)
		r = hear(&hearing, &child);
	if (view->nodes.n)
		qsort(hearing.nodes, view->nodes.n, sizeof(*hearing.nodes), compare_nodes);
	view->nodes.items =
		arena_copy_items(arena, hearing.nodes, view->nodes.n, sizeof(*hearing.nodes));
	view->sockets.items =
		arena_copy_items(arena, hearing.sockets, view->sockets.n, sizeof(*hearing.sockets));
	free(hearing.nodes);
	free(hearing.sockets);
}
