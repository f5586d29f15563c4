/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "model/overlay.h"
#include "query/origins.h"
#include "util/alloc.h"

/* Interfaces of the kernel, which other checks look at, and file systems that nobody shares. */
static bool is_files(const struct mount_entry *mount)
{
	static const char *const others[] = {
		"proc",	       "sysfs",	     "cgroup", "cgroup2",    "mqueue",	  "nsfs",
		"debugfs",     "tracefs",    "bpf",    "securityfs", "configfs",  "pstore",
		"fusectl",     "efivarfs",   "rootfs", "hugetlbfs",  "selinuxfs", "devtmpfs",
		"binfmt_misc", "fuse.lxcfs", "devpts",
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (mount_is(mount, others[i]))
			return false;
	return true;
}

/* Single files that are looked at by what they are. */
static bool is_special(const struct mount_entry *mount)
{
	return !mount->why &&
	       (S_ISSOCK(mount->mode) || S_ISCHR(mount->mode) || S_ISBLK(mount->mode));
}

void origins_free(struct origins *origins)
{
	if (!origins)
		return;
	for (size_t i = 0; i < origins->n; i++) {
		free(origins->items[i].path);
		free(origins->items[i].target);
	}
	free(origins->items);
	free(origins->by_target);
	free(origins);
}

/* PATH and TARGET are used up. */
static struct origin_of *add_origin(const struct auditing *auditing, struct origins *origins,
				    const struct mount_entry *mount, char *path, char *target)
{
	origins->items =
		xgrow(origins->items, origins->n, &origins->capacity, sizeof(*origins->items));
	struct origin_of *origin = &origins->items[origins->n++];
	*origin = (struct origin_of){
		.mount = mount,
		.path = path,
		.target = target,
		.on_host = true,
		.is_root = strcmp(path, "/") == 0,
		.is_writable = mount_is_writable(mount),
		.files = auditing->power.files,
	};
	if (!mount->why && strcmp(target, mount->target) == 0)
		origin->files = answer_or(origin->files, may_use(auditing, mount->uid, mount->gid,
								 mount->mode, S_IWOTH));
	if (mount->is_idmapped)
		origin->files = answer_or(origin->files, ANSWER_UNKNOWN);
	return origin;
}

/* The files of a container have to be somewhere, but not where those of the host are. */
static bool is_own_root(const struct mount_entry *mount, const char *path)
{
	return strcmp(mount->target, "/") == 0 && !is_system_folder(path);
}

/* In there, nobody sees what the host has: a part of a file system, or one that is on a disk, comes
 * from outside. */
static void guess_origin(const struct auditing *auditing, struct origins *origins,
			 const struct mount_entry *mount)
{
	bool whole = strcmp(mount->root, "/") == 0, on_disk = major(mount->dev) != 0;
	bool is_root = strcmp(mount->target, "/") == 0;
	if ((whole && !on_disk) || (is_root && !whole))
		return;
	struct origin_of *origin =
		add_origin(auditing, origins, mount, xstrdup(mount->root), xstrdup(mount->target));
	origin->on_host = false;
	origin->is_root = whole;
}

/* What of the host is in there besides, as it shows parts of the file system elsewhere: its / may
 * be a subvolume of the disk that is mounted. */
static void find_parts(const struct auditing *auditing, const struct mount_table *mounts,
		       struct origins *origins, const struct mount_entry *mount,
		       const char *known_as)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	enum audit_level known = LEVEL_NONE;
	bool writable = mount_is_writable(mount);
	enum answer files = auditing->power.files;
	if (known_as)
		known = grade_path(auditing, known_as, writable, files).worst;
	for (size_t i = 0; i < host->n; i++) {
		const struct mount_entry *shown = &host->items[i];
		if (shown->dev != mount->dev || !shown->is_seen ||
		    !path_is_within(shown->root, mount->root) ||
		    grade_path(auditing, shown->target, writable, files).worst <= known)
			continue;
		char *target = mount_path_of(mounts, mount, shown->root);
		if (target)
			add_origin(auditing, origins, mount, xstrdup(shown->target), target);
	}
}

/* The layers of an overlay are called as whoever mounted it did; engines keep those of containers
 * in a storage of their own. */
static void find_layers(const struct auditing *auditing, struct origins *origins,
			const struct mount_entry *mount)
{
	struct overlay_layers layers = overlay_layers_parse(mount->options);
	for (size_t i = 0; i < layers.n; i++) {
		const struct overlay_layer *layer = &layers.items[i];
		if (layer->path[0] != '/' || storage_part(layer->path) ||
		    is_own_root(mount, layer->path))
			continue;
		struct origin_of *origin = add_origin(auditing, origins, mount,
						      xstrdup(layer->path), xstrdup(mount->target));
		origin->layer = layer->is_upper ? "upperdir" : "lowerdir";
		origin->is_writable &= layer->is_upper;
	}
	overlay_layers_clear(&layers);
}

/* Where it is known to be in a user namespace of its own: else there is more to say of it. */
static bool may_uncover(const struct auditing *auditing)
{
	return auditing->power.initial_user == ANSWER_NO && may_unmount(auditing) != ANSWER_NO;
}

static void find_origin(const struct auditing *auditing, const struct mount_table *mounts,
			const struct mount_entry *mount, struct origins *origins)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	if (!is_files(mount) || is_special(mount) || (!mount->is_seen && !may_uncover(auditing)))
		return;
	if (mount_is(mount, "overlay"))
		find_layers(auditing, origins, mount);
	if (host->why) {
		guess_origin(auditing, origins, mount);
		return;
	}
	_cleanup_(freep) char *path =
		worst_path(auditing, mount->dev, mount->root, mount_is_writable(mount));
	if (!path || !is_own_root(mount, path))
		find_parts(auditing, mounts, origins, mount, path);
	if (path && !is_own_root(mount, path))
		add_origin(auditing, origins, mount, TAKE(path), xstrdup(mount->target));
}

/* A number, with what it is sorted by. */
struct placed {
	const char *target;
	size_t place;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int r = strcmp(x->target, y->target);
	return r ? r : (x->place > y->place) - (x->place < y->place);
}

/* Anybody may have thousands of mounts. */
static void sort_origins(struct origins *origins)
{
	_cleanup_(freep) struct placed *placed = xcalloc(origins->n + 1, sizeof(*placed));
	origins->by_target = xcalloc(origins->n + 1, sizeof(*origins->by_target));
	for (size_t i = 0; i < origins->n; i++)
		placed[i] = (struct placed){ origins->items[i].target, i };
	qsort(placed, origins->n, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < origins->n; i++)
		origins->by_target[i] = placed[i].place;
}

size_t origins_first_at(const struct origins *origins, const char *target, size_t n)
{
	size_t low = 0, high = origins->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = origins->items[origins->by_target[middle]].target;
		if (strncmp(other, target, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct origins *audit_origins(struct auditing *auditing, const struct mount_table *mounts)
{
	if (auditing->origins)
		return auditing->origins;
	auditing->origins = xcalloc(1, sizeof(*auditing->origins));
	for (size_t i = 0; i < mounts->n; i++)
		find_origin(auditing, mounts, &mounts->items[i], auditing->origins);
	sort_origins(auditing->origins);
	return auditing->origins;
}
