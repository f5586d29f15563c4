/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/mounts.h"

#include <string.h>

#include "util/alloc.h"

bool path_is_within(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	while (n && folder[n - 1] == '/')
		n--;
	return strncmp(path, folder, n) == 0 && (path[n] == 0 || path[n] == '/');
}

/* What is behind the folder, with the slash in front; "" where there is nothing. */
static const char *behind(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	while (n && folder[n - 1] == '/')
		n--;
	path += n;
	return strcmp(path, "/") == 0 ? "" : path;
}

static char *join(const char *folder, const char *rest)
{
	if (strcmp(folder, "/") == 0)
		return xstrdup(*rest ? rest : "/");
	return xasprintf("%s%s", folder, rest);
}

/* What the index is sorted by. */
struct mount_key {
	bool below; /* something is below it that the table has */
	int parent;
	const char *target;
	size_t n_target;
};

static int compare_key(const struct mount_entry *entry, const struct mount_key *key)
{
	if (entry->is_top != !key->below)
		return entry->is_top ? -1 : 1;
	if (key->below && entry->parent != key->parent)
		return entry->parent < key->parent ? -1 : 1;
	int r = strncmp(entry->target, key->target, key->n_target);
	return r ? r : entry->target[key->n_target] != 0;
}

int mounts_compare(const struct mount_entry *a, const struct mount_entry *b)
{
	const struct mount_key key = { !b->is_top, b->parent, b->target, strlen(b->target) };
	int r = compare_key(a, &key);
	return r ? r : (a > b) - (a < b);
}

/* The last one of those in that place, which is on top of the others. */
static const struct mount_entry *find_in(const struct mount_table *table,
					 const struct mount_key *key)
{
	size_t low = 0, high = table->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_key(&table->items[table->by_place[middle]], key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct mount_entry *entry = low ? &table->items[table->by_place[low - 1]] : NULL;
	return entry && compare_key(entry, key) == 0 ? entry : NULL;
}

/* Of the mounts on MOUNT, the one that a walk along PATH comes to first; NULL as MOUNT: of those
 * that are on none. */
static const struct mount_entry *next_along(const struct mount_table *table,
					    const struct mount_entry *mount, const char *path)
{
	struct mount_key key = { .below = mount, .parent = mount ? mount->id : 0 };
	const char *from = mount ? mount->target : "/";
	if (!path_is_within(path, from))
		return NULL;
	for (const char *end = path + strlen(from);;) {
		key.target = path;
		key.n_target = end - path;
		const struct mount_entry *entry = find_in(table, &key);
		if (entry && entry != mount)
			return entry;
		if (!*end)
			return NULL;
		end += *end == '/';
		end += strcspn(end, "/");
	}
}

const struct mount_entry *mounts_at(const struct mount_table *table, const char *path)
{
	const struct mount_entry *mount = NULL, *next = next_along(table, NULL, path);
	/* A damaged table may have a loop. */
	for (size_t steps = 0; next && steps <= table->n; steps++) {
		mount = next;
		next = next_along(table, mount, path);
	}
	return mount;
}

const struct mount_entry *mounts_find(const struct mount_table *table, int id)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->items[i].id == id)
			return &table->items[i];
	return NULL;
}

bool mount_is_writable(const struct mount_entry *mount)
{
	return !mount->mount_ro && !mount->super_ro;
}

bool mount_is(const struct mount_entry *mount, const char *type)
{
	return strcmp(mount->type, type) == 0;
}

char *mount_path_of(const struct mount_table *table, const struct mount_entry *mount,
		    const char *inner)
{
	if (!path_is_within(inner, mount->root))
		return NULL;
	_cleanup_(freep) char *path = join(mount->target, behind(inner, mount->root));
	return mounts_at(table, path) == mount ? TAKE(path) : NULL;
}

char *mount_inner_path(const struct mount_entry *mount, const char *path)
{
	return join(mount->root, behind(path, mount->target));
}

char *mounts_next_path_of(const struct mount_table *host, dev_t dev, const char *inner, size_t *at)
{
	for (; *at < host->n; (*at)++) {
		const struct mount_entry *entry = &host->items[*at];
		if (entry->dev == dev && path_is_within(inner, entry->root))
			return join(entry->target, behind(inner, entry->root));
	}
	return NULL;
}

char *mount_path_on(const struct mount_table *host, const struct mount_entry *mount)
{
	const struct mount_entry *best = NULL;
	for (size_t i = 0; i < host->n; i++) {
		const struct mount_entry *entry = &host->items[i];
		if (entry->dev != mount->dev || !path_is_within(mount->root, entry->root))
			continue;
		if (!best || strlen(entry->root) > strlen(best->root))
			best = entry;
	}
	return best ? join(best->target, behind(mount->root, best->root)) : NULL;
}
