/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/mounts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"

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
	bool is_top;
	int parent;
	const char *target;
};

static struct mount_key key_of(const struct mount_entry *entry)
{
	return (struct mount_key){ entry->is_top, entry->is_top ? 0 : entry->parent,
				   entry->target };
}

/* A folder comes before what is below it, and that before its neighbours. */
static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	int x = *a == '/' ? 1 : (unsigned char)*a + (*a != 0);
	int y = *b == '/' ? 1 : (unsigned char)*b + (*b != 0);
	return x - y;
}

static int compare_keys(const struct mount_key *a, const struct mount_key *b)
{
	if (a->is_top != b->is_top)
		return a->is_top ? -1 : 1;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return compare_paths(a->target, b->target);
}

static int compare_places(const void *a, const void *b)
{
	const struct mount_entry *x = *(const struct mount_entry *const *)a,
				 *y = *(const struct mount_entry *const *)b;
	const struct mount_key x_key = key_of(x), y_key = key_of(y);
	int r = compare_keys(&x_key, &y_key);
	return r ? r : (x > y) - (x < y);
}

static int compare_mount_ids(const void *a, const void *b)
{
	const struct mount_entry *x = *(const struct mount_entry *const *)a,
				 *y = *(const struct mount_entry *const *)b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Numbers of items in that order. */
static const size_t *sort(struct arena *arena, const struct mount_entry *items, size_t n,
			  int (*compare)(const void *, const void *))
{
	size_t *numbers = arena_alloc(arena, (n + 1) * sizeof(*numbers));
	_cleanup_(freep) const struct mount_entry **sorted = xcalloc(n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &items[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++)
		numbers[i] = sorted[i] - items;
	return numbers;
}

/* Of a run of those that are mounted on the same one, each is enclosed by the first target that
 * does so, as what is below it comes next; of several in one place by the last one. */
static const size_t *find_outer(struct arena *arena, const struct mount_table *table)
{
	size_t *outer = arena_alloc(arena, (table->n + 1) * sizeof(*outer));
	const struct mount_entry *last = NULL;
	for (size_t i = 0; i < table->n; i++) {
		const struct mount_entry *entry = &table->items[table->index.by_place[i]];
		bool is_on_same = last && last->is_top == entry->is_top &&
				  (entry->is_top || last->parent == entry->parent);
		if (!is_on_same || !path_is_within(entry->target, last->target) ||
		    strcmp(entry->target, last->target) == 0)
			last = entry;
		outer[i] = last - table->items;
	}
	return outer;
}

/* The last one with a key that is not behind that; its place in the index behind it, or 0. */
static size_t find_place(const struct mount_table *table, const struct mount_key *key)
{
	size_t low = 0, high = table->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mount_key other = key_of(&table->items[table->index.by_place[middle]]);
		if (compare_keys(&other, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of the mounts on MOUNT, the one that a walk along PATH comes to first; NULL as MOUNT: of those
 * that are on none. */
static const struct mount_entry *next_along(const struct mount_table *table,
					    const struct mount_entry *mount, const char *path)
{
	const struct mount_key key = { !mount, mount ? mount->id : 0, path };
	size_t place = find_place(table, &key);
	if (!place)
		return NULL;
	const struct mount_entry *next = &table->items[table->index.outer[place - 1]];
	bool is_on = next->is_top == !mount && (!mount || next->parent == mount->id);
	return is_on && next != mount && path_is_within(path, next->target) ? next : NULL;
}

/* What is mounted on its root, which is met before all that is below. */
static const struct mount_entry *find_stacked(const struct mount_table *table,
					      const struct mount_entry *mount)
{
	const struct mount_entry *next = next_along(table, mount, mount->target);
	return next && strcmp(next->target, mount->target) == 0 ? next : NULL;
}

/* A damaged table may have a loop: who is on the way already is on top of himself. */
static void find_over(const struct mount_table *table, struct mount_entry *items)
{
	_cleanup_(freep) size_t *way = xcalloc(table->n + 1, sizeof(*way));
	for (size_t i = 0; i < table->n; i++)
		items[i].over = SIZE_MAX;
	for (size_t i = 0; i < table->n; i++) {
		const struct mount_entry *next = &items[i];
		size_t n = 0, at = i;
		for (; next; next = find_stacked(table, next)) {
			at = next - items;
			if (items[at].over != SIZE_MAX)
				break;
			items[at].over = at;
			way[n++] = at;
		}
		size_t over = items[at].over;
		while (n)
			items[way[--n]].over = over;
	}
}

void mounts_index(struct arena *arena, struct mount_table *table, struct mount_entry *items)
{
	table->index.by_id = sort(arena, items, table->n, compare_mount_ids);
	for (size_t i = 0; i < table->n; i++)
		items[i].is_top =
			items[i].parent == items[i].id || !mounts_find(table, items[i].parent);
	table->index.by_place = sort(arena, items, table->n, compare_places);
	table->index.outer = find_outer(arena, table);
	find_over(table, items);
	for (size_t i = 0; i < table->n; i++)
		items[i].is_seen = mounts_at(table, items[i].target) == &items[i];
}

const struct mount_entry *mounts_at(const struct mount_table *table, const char *path)
{
	const struct mount_entry *mount = NULL, *next = next_along(table, NULL, path);
	for (size_t steps = 0; next && steps <= table->n; steps++) {
		mount = &table->items[next->over];
		next = next_along(table, mount, path);
	}
	return mount;
}

const struct mount_entry *mounts_find(const struct mount_table *table, int id)
{
	size_t low = 0, high = table->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mount_entry *entry = &table->items[table->index.by_id[middle]];
		if (entry->id == id)
			return entry;
		if (entry->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct mount_entry *mounts_find_device(const struct mount_table *table, dev_t dev)
{
	const struct mount_entry *found = NULL;
	for (size_t i = 0; i < table->n; i++) {
		const struct mount_entry *mount = &table->items[i];
		if (mount->dev == dev && (!found || strlen(mount->root) < strlen(found->root)))
			found = mount;
	}
	return found;
}

bool mount_is_writable(const struct mount_entry *mount)
{
	return !mount->mount_ro && !mount->super_ro;
}

bool mount_is(const struct mount_entry *mount, const char *type)
{
	return strcmp(mount->type, type) == 0;
}

bool mount_is_cgroup(const struct mount_entry *mount)
{
	return mount_is(mount, "cgroup") || mount_is(mount, "cgroup2");
}

char *mount_path_of(const struct mount_table *table, const struct mount_entry *mount,
		    const char *inner)
{
	if (!mount->is_seen || !path_is_within(inner, mount->root))
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
