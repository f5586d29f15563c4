/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "detail/reader.h"
#include "util/alloc.h"
#include "util/passwd.h"
#include "util/rootfile.h"

/* What is larger is left unread: a name that the rest of it might contradict would be a guess. */
#define NAMES_FILE_MAX ((size_t)1024 * 1024)

/* Who reads the same names: who has the same root, by the same mount of it (what is mounted below
 * may differ otherwise), in the same user namespace. All of those that WHY was refused are one. */
struct view_key {
	uint64_t dev, ino, mnt, userns, why;
};

struct view_entry {
	struct view_key key;
	size_t view;
	UT_hash_handle hh;
};

struct names_file {
	struct id_names names;
	char *text; /* what the names point into */
};

struct views {
	struct details_builder *builder;
	struct view_entry *entries; /* uthash */
	ino_t userns;		    /* our own */
	struct stat passwd, group;  /* of ours */
};

static const char *const paths[] = { [ID_UID] = "etc/passwd", [ID_GID] = "etc/group" };

static struct view_key root_key(int root, ino_t userns)
{
	struct statx st;
	if (root < 0)
		return (struct view_key){ .why = -root };
	if (statx(root, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &st) < 0)
		return (struct view_key){ .why = errno };
	return (struct view_key){
		.dev = (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor,
		.ino = st.stx_ino,
		.mnt = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0,
		.userns = userns,
	};
}

static void add_entry(struct views *views, const struct view_key *key, size_t view)
{
	struct view_entry *entry = xcalloc(1, sizeof(*entry));
	entry->key = *key;
	entry->view = view;
	HASH_ADD(hh, views->entries, key, sizeof(entry->key), entry);
}

/* An O_PATH descriptor of the root of the process whose directory is DIR, or -errno. Who has exited
 * has none any more. */
static int open_root(int dir)
{
	int fd = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? -ESRCH : -errno;
}

static void parse_names(const char *text, size_t n, enum id_type type, struct id_names *ret)
{
	struct id_name *items = NULL;
	struct passwd_entry entry;
	size_t size = 0, n_items = 0, position = 0;
	while (type == ID_UID ? passwd_next(text, n, &position, &entry)
			      : group_next(text, n, &position, &entry)) {
		/* Behind each name is the colon, which nobody needs any more. */
		((char *)entry.name)[entry.n_name] = 0;
		items = xgrow(items, n_items, &size, sizeof(*items));
		items[n_items++] = (struct id_name){ .id = entry.id, .name = entry.name };
	}
	*ret = (struct id_names){ .n = n_items, .items = items };
}

/* No such file is one without names. */
static void names_file_read(int root, enum id_type type, struct names_file *ret)
{
	struct stat st;
	size_t n = 0;
	*ret = (struct names_file){ 0 };
	int r = rootfile_read(root, paths[type], NAMES_FILE_MAX, &ret->text, &n, &st);
	if (r == 0)
		parse_names(ret->text, n, type, &ret->names);
	else if (r != -ENOENT)
		ret->names.why = -r;
}

static void names_file_clear(struct names_file *file)
{
	free((struct id_name *)file->names.items);
	free(file->text);
}

static bool is_our_file(int root, const char *path, const struct stat *ours)
{
	struct stat st;
	_cleanup_(closep) int fd = rootfile_open(root, path);
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == ours->st_ino &&
	       st.st_dev == ours->st_dev;
}

/* Some services have mounts of their own, and our files all the same: NSS knows more about those
 * than is in them. */
static bool is_ours(const struct views *views, int root, ino_t userns)
{
	return userns == views->userns && views->passwd.st_ino &&
	       is_our_file(root, paths[ID_UID], &views->passwd) &&
	       is_our_file(root, paths[ID_GID], &views->group);
}

static size_t read_view(struct views *views, int root, const struct view_key *key)
{
	if (key->why) {
		const struct id_names none = { .why = key->why };
		return details_builder_add_view(views->builder, &(struct names_view){ none, none });
	}
	if (is_ours(views, root, key->userns))
		return VIEW_OURS;
	_cleanup_(names_file_clear) struct names_file passwd = { 0 }, group = { 0 };
	names_file_read(root, ID_UID, &passwd);
	names_file_read(root, ID_GID, &group);
	const struct names_view view = { .users = passwd.names, .groups = group.names };
	return details_builder_add_view(views->builder, &view);
}

static size_t find_view(struct views *views, int dir, ino_t userns)
{
	_cleanup_(closep) int root = open_root(dir);
	const struct view_key key = root_key(root, userns);
	struct view_entry *entry;
	HASH_FIND(hh, views->entries, &key, sizeof(key), entry);
	if (entry)
		return entry->view;
	size_t view = read_view(views, root, &key);
	add_entry(views, &key, view);
	return view;
}

/* UID_UNKNOWN is what it sees if it is not mapped there. */
static bool find_nsuid(const struct views *views, const struct process *process, uid_t *ret)
{
	uid_t uid = UID_UNKNOWN;
	if (process_nsuid(process, views->userns, &uid) == ID_UNKNOWN)
		return false;
	*ret = uid;
	return true;
}

void views_read(struct views *views, int dir, struct detail *detail)
{
	const struct ns *userns = detail->process->ns[NS_USER].to;
	detail->view = find_view(views, dir, userns ? userns->ino : 0);
	detail->has_nsuid = find_nsuid(views, detail->process, &detail->nsuid);
}

struct views *views_new(struct details_builder *builder, int proc)
{
	struct views *views = xcalloc(1, sizeof(*views));
	struct stat st;
	views->builder = builder;
	views->userns = fstatat(proc, "self/ns/user", &st, 0) == 0 ? st.st_ino : 0;
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct view_key key = root_key(root, views->userns);
	if (key.why)
		return views;
	add_entry(views, &key, VIEW_OURS);
	_cleanup_(closep) int passwd = rootfile_open(root, paths[ID_UID]);
	_cleanup_(closep) int group = rootfile_open(root, paths[ID_GID]);
	if (passwd < 0 || fstat(passwd, &views->passwd) < 0 || group < 0 ||
	    fstat(group, &views->group) < 0)
		views->passwd.st_ino = 0;
	return views;
}

struct views *views_free(struct views *views)
{
	struct view_entry *entry, *next;
	if (!views)
		return NULL;
	HASH_ITER (hh, views->entries, entry, next) {
		HASH_DEL(views->entries, entry);
		free(entry);
	}
	free(views);
	return NULL;
}
