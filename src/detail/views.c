/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <uthash.h>

#include "detail/farfile.h"
#include "detail/reader.h"
#include "util/alloc.h"
#include "util/passwd.h"
#include "util/procfile.h"
#include "util/rootfile.h"
#include "util/sort.h"

/* What is larger is left unread: a name that the rest of it might contradict would be a guess. */
#define NAMES_FILE_MAX ((size_t)1024 * 1024)

/* What somebody who makes many roots can have us read and keep. Beyond that, names are unknown. */
#define VIEWS_READ_MAX ((size_t)1024)
#define BYTES_MAX ((size_t)64 * 1024 * 1024)

/* Of names that no process has, a saved snapshot keeps the first of each file, and so many in all.
 */
#define SPARE_OF_FILE ((size_t)4096)
#define SPARE_MAX ((size_t)256 * 1024)

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
	struct stat st;
	char *text; /* what the names point into */
};

struct views {
	struct details_builder *builder;
	unsigned facts; /* of the wish */
	struct farfiles far;
	size_t n_read, n_bytes, n_spare; /* of files, and of names that nobody asked for */
	size_t n_wanted;
	uint32_t *wanted;	    /* sorted: ids of processes in their own views */
	uint64_t dev;		    /* where our root is */
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
	/* A server that is asked again may never answer. */
	if (statx(root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO | STATX_MNT_ID, &st) < 0)
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

/* N_SPARE are there already of this file. */
static bool keeps(struct views *views, uint32_t id, size_t n_spare)
{
	if (views->facts & DETAIL_VIEWNAMES)
		return true;
	if (views->n_wanted &&
	    bsearch(&id, views->wanted, views->n_wanted, sizeof(id), compare_ids))
		return true;
	return views->facts & DETAIL_SAVED && n_spare < SPARE_OF_FILE && views->n_spare < SPARE_MAX;
}

static void parse_names(struct views *views, const char *text, size_t n, enum id_type type,
			struct id_names *ret)
{
	struct id_name *items = NULL;
	struct passwd_entry entry;
	size_t size = 0, n_items = 0, n_all = 0, position = 0;
	while (type == ID_UID ? passwd_next(text, n, &position, &entry)
			      : group_next(text, n, &position, &entry)) {
		n_all++;
		if (!keeps(views, entry.id, n_items))
			continue;
		/* Behind each name is the colon, which nobody needs any more. */
		((char *)entry.name)[entry.n_name] = 0;
		items = xgrow(items, n_items, &size, sizeof(*items));
		items[n_items++] = (struct id_name){ .id = entry.id, .name = entry.name };
	}
	bool partial = views->facts & DETAIL_SAVED && n_items < n_all;
	/* Of processes it is known that they have none. */
	for (size_t i = 0; partial && i < views->n_wanted && views->n_spare < SPARE_MAX; i++) {
		items = xgrow(items, n_items, &size, sizeof(*items));
		items[n_items++] = (struct id_name){ .id = views->wanted[i] };
	}
	views->n_spare += n_items;
	*ret = (struct id_names){ .n = n_items, .items = items, .partial = partial };
}

/* What is on the file system of our own root cannot make us wait longer than everything else. */
static int read_text(struct views *views, int root, const struct view_key *key, enum id_type type,
		     size_t *ret_n, struct names_file *ret)
{
	const char *path = paths[type];
	int r = -EXDEV;
	if (views->n_bytes > BYTES_MAX)
		return -ENOBUFS;
	if (key->dev == views->dev)
		r = rootfile_read_near(root, path, NAMES_FILE_MAX, &ret->text, ret_n, &ret->st);
	if (r == -EXDEV)
		r = farfile_read(&views->far, root, path, NAMES_FILE_MAX, &ret->text, ret_n,
				 &ret->st);
	if (r == 0)
		views->n_bytes += *ret_n;
	return r;
}

/* No such file is one without names. */
static void names_file_read(struct views *views, int root, const struct view_key *key,
			    enum id_type type, struct names_file *ret)
{
	size_t n = 0;
	*ret = (struct names_file){ 0 };
	int r = read_text(views, root, key, type, &n, ret);
	if (r == 0)
		parse_names(views, ret->text, n, type, &ret->names);
	else if (r != -ENOENT)
		ret->names.why = -r;
}

static void names_file_clear(struct names_file *file)
{
	free((struct id_name *)file->names.items);
	free(file->text);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* Some services have mounts of their own, and our files all the same: NSS knows more about those
 * than is in them. */
static bool is_ours(const struct views *views, ino_t userns, const struct stat *passwd,
		    const struct stat *group)
{
	return userns == views->userns && passwd->st_ino && is_same_file(passwd, &views->passwd) &&
	       is_same_file(group, &views->group);
}

/* The same without reading them, where that cannot make us wait. */
static bool is_ours_at_sight(const struct views *views, int root, const struct view_key *key)
{
	struct stat passwd, group;
	return !key->why && key->dev == views->dev && key->userns == views->userns &&
	       rootfile_stat_near(root, paths[ID_UID], &passwd) == 0 &&
	       rootfile_stat_near(root, paths[ID_GID], &group) == 0 &&
	       is_ours(views, key->userns, &passwd, &group);
}

static size_t read_view(struct views *views, int root, const struct view_key *key)
{
	if (key->why) {
		const struct id_names none = { .why = key->why };
		return details_builder_add_view(views->builder, &(struct names_view){ none, none });
	}
	_cleanup_(names_file_clear) struct names_file passwd = { 0 }, group = { 0 };
	names_file_read(views, root, key, ID_UID, &passwd);
	names_file_read(views, root, key, ID_GID, &group);
	if (is_ours(views, key->userns, &passwd.st, &group.st))
		return VIEW_OURS;
	const struct names_view view = { .users = passwd.names, .groups = group.names };
	return details_builder_add_view(views->builder, &view);
}

static size_t find_view(struct views *views, int dir, ino_t userns)
{
	_cleanup_(closep) int root = open_root(dir);
	struct view_key key = root_key(root, userns);
	struct view_entry *entry;
	HASH_FIND(hh, views->entries, &key, sizeof(key), entry);
	if (!entry && !key.why && views->n_read++ >= VIEWS_READ_MAX) {
		key = (struct view_key){ .why = ENOBUFS };
		HASH_FIND(hh, views->entries, &key, sizeof(key), entry);
	}
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

static ino_t userns_of(const struct process *process)
{
	return process->ns[NS_USER].to ? process->ns[NS_USER].to->ino : 0;
}

bool views_is_ours(const struct views *views, int dir, const struct process *process)
{
	_cleanup_(closep) int root = open_root(dir);
	const struct view_key key = root_key(root, userns_of(process));
	const struct view_entry *entry;
	HASH_FIND(hh, views->entries, &key, sizeof(key), entry);
	return entry ? entry->view == VIEW_OURS : is_ours_at_sight(views, root, &key);
}

void views_read(struct views *views, int dir, bool is_ours, struct detail *detail)
{
	detail->view = is_ours ? VIEW_OURS : find_view(views, dir, userns_of(detail->process));
	detail->has_nsuid = find_nsuid(views, detail->process, &detail->nsuid);
}

static void list_wanted(struct views *views, const struct detail *details, size_t n)
{
	views->wanted = xcalloc(n, sizeof(*views->wanted));
	for (size_t i = 0; i < n; i++) {
		uid_t uid;
		if (find_nsuid(views, details[i].process, &uid) && uid != UID_UNKNOWN)
			views->wanted[views->n_wanted++] = uid;
	}
	views->n_wanted = sort_ids(views->wanted, views->n_wanted);
}

struct views *views_new(struct details_builder *builder, int proc, unsigned facts,
			const struct detail *details, size_t n)
{
	struct views *views = xcalloc(1, sizeof(*views));
	views->builder = builder;
	views->facts = facts;
	views->far = FARFILES_NONE;
	views->userns = proc_inode(proc, "self/ns/user", NULL);
	list_wanted(views, details, n);
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct view_key key = root_key(root, views->userns);
	if (key.why)
		return views;
	views->dev = key.dev;
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
	farfiles_end(&views->far);
	free(views->wanted);
	free(views);
	return NULL;
}
