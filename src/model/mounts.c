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

/* The place of the first one that is mounted on that one. */
static size_t first_on(const struct mount_table *table, int parent)
{
	size_t low = 0, high = table->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->items[table->by_parent[middle]].parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of the mounts on MOUNT, the one that a walk along PATH comes to first; of several in one place
 * the last one. */
static const struct mount_entry *next_along(const struct mount_table *table,
					    const struct mount_entry *mount, const char *path)
{
	const struct mount_entry *best = NULL;
	for (size_t i = first_on(table, mount->id);
	     i < table->n && table->items[table->by_parent[i]].parent == mount->id; i++) {
		const struct mount_entry *entry = &table->items[table->by_parent[i]];
		if (entry == mount || !path_is_within(path, entry->target) ||
		    !path_is_within(entry->target, mount->target))
			continue;
		if (!best || strlen(entry->target) <= strlen(best->target))
			best = entry;
	}
	return best;
}

/* Where a walk begins: the mount of the root directory, or, where that is no mount (chroot), the
 * first one below it. */
static const struct mount_entry *topmost(const struct mount_table *table, const char *path)
{
	const struct mount_entry *best = NULL;
	for (size_t i = 0; i < table->n; i++) {
		const struct mount_entry *entry = &table->items[i];
		if (!entry->is_top || !path_is_within(path, entry->target))
			continue;
		if (!best || strlen(entry->target) <= strlen(best->target))
			best = entry;
	}
	return best;
}

const struct mount_entry *mounts_at(const struct mount_table *table, const char *path)
{
	const struct mount_entry *mount = topmost(table, path), *next = mount;
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

char *mounts_path_of(const struct mount_table *host, dev_t dev, const char *inner)
{
	const struct mount_entry *best = NULL;
	for (size_t i = 0; i < host->n; i++) {
		const struct mount_entry *entry = &host->items[i];
		if (entry->dev != dev || !path_is_within(inner, entry->root))
			continue;
		if (!best || strlen(entry->root) > strlen(best->root))
			best = entry;
	}
	return best ? join(best->target, behind(inner, best->root)) : NULL;
}

char *mount_path_on(const struct mount_table *host, const struct mount_entry *mount)
{
	return mounts_path_of(host, mount->dev, mount->root);
}
