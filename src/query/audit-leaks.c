/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>

#include "query/leaks.h"
#include "util/alloc.h"

void leak_place_clear(struct leak_place *place)
{
	free(place->inner);
	free(place->path);
}

static const struct mount_table *outer_mounts(const struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	return exposure->outer ? &exposure->outer->mounts : &exposure->view->mounts;
}

static const char *magic_type(long magic)
{
	static const struct {
		long magic;
		const char *type;
	} types[] = {
		{ PROC_SUPER_MAGIC, "proc" },	  { SYSFS_MAGIC, "sysfs" },
		{ CGROUP_SUPER_MAGIC, "cgroup" }, { CGROUP2_SUPER_MAGIC, "cgroup2" },
		{ DEBUGFS_MAGIC, "debugfs" },	  { TRACEFS_MAGIC, "tracefs" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].magic == magic)
			return types[i].type;
	return "";
}

/* Also of a file system of which it has no mount, as long as somebody has one. */
static const char *find_type(const struct auditing *auditing, const struct leak *leak)
{
	const struct mount_table *const tables[] = { &auditing->system->exposures->host,
						     outer_mounts(auditing) };
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct mount_entry *mount = mounts_find_device(tables[i], leak->dev);
		if (mount)
			return mount->type;
	}
	return magic_type(leak->magic);
}

/* Links of descriptors tell paths in the mount namespace of the mount, whatever is over it. */
struct leak_place leak_find_place(const struct auditing *auditing, const struct leak *leak)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	struct leak_place place = { .mount = mounts_find(host, leak->mount) };
	place.is_hosts = place.mount != NULL;
	if (!place.mount)
		place.mount = mounts_find(outer_mounts(auditing), leak->mount);
	place.type = place.mount ? place.mount->type : find_type(auditing, leak);
	if (!place.mount || !path_is_within(leak->path, place.mount->target))
		return place;
	place.inner = mount_inner_path(place.mount, leak->path);
	place.path = place.is_hosts ? xstrdup(leak->path)
				    : worst_path(auditing, place.mount->dev, place.inner, true);
	return place;
}

char *leak_evidence(const struct leak *leak)
{
	static const char *const names[] = { [LEAK_CWD] = "cwd",
					     [LEAK_ROOT] = "root",
					     [LEAK_EXE] = "exe",
					     [LEAK_MAPPING] = "maps" };
	_cleanup_(freep) char *thread = leak->thread ? xasprintf("task/%d/", leak->thread) : NULL;
	if (leak->by == LEAK_FD || leak->by == LEAK_PIDFD)
		return xasprintf("%sfd/%d %s", thread ? thread : "", leak->fd, leak->path);
	return xasprintf("%s%s %s", thread ? thread : "", names[leak->by], leak->path);
}

const char *leak_verb(const struct leak *leak)
{
	static const char *const verbs[] = {
		[LEAK_FD] = "has open",
		[LEAK_CWD] = "works in",
		[LEAK_ROOT] = "has as its root directory",
		[LEAK_EXE] = "runs",
		[LEAK_MAPPING] = "has in its memory",
	};
	return verbs[leak->by];
}

bool leak_is_kernels(const struct leak_place *place)
{
	static const char *const types[] = { "proc",	"sysfs",   "cgroup",   "cgroup2",
					     "debugfs", "tracefs", "configfs", "efivarfs" };
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(place->type, types[i]) == 0)
			return true;
	return false;
}

static bool is_ro(const struct leak_place *place)
{
	return place->mount && !mount_is_writable(place->mount);
}

/* What masks are on top of that file system does not matter from there. */
static void say_kernel_directory(struct auditing *auditing, const struct leak *leak,
				 const struct leak_place *place)
{
	bool is_proc = strcmp(place->type, "proc") == 0;
	struct grade grade = grade_by(is_proc ? auditing->power.root : auditing->power.files,
				      is_proc ? LEVEL_CRITICAL : LEVEL_HIGH,
				      is_proc ? grade_others(auditing) : LEVEL_LOW);
	if (is_proc || !is_ro(place))
		audit_say(auditing, grade, leak_evidence(leak),
			  "%s a directory of %s, past what masks it", leak_verb(leak), place->type);
}

static bool is_below(const struct mount_table *table, const struct mount_entry *mount,
		     const struct mount_entry *upper)
{
	for (size_t steps = 0; mount && steps <= table->n; steps++) {
		if (mount == upper)
			return true;
		mount = mount->is_top ? NULL : mounts_find(table, mount->parent);
	}
	return false;
}

/* PATH: on the host; NULL: it is not there. */
static struct grade grade_below(const struct auditing *auditing, const struct mount_entry *mount,
				const char *path)
{
	const struct leak_place place = { .mount = mount, .type = mount->type };
	bool writable = mount_is_writable(mount);
	if (mount_is(mount, "devtmpfs"))
		return grade_by(auditing->power.files, LEVEL_CRITICAL, LEVEL_LOW);
	if (leak_is_kernels(&place) && !writable)
		return grade(LEVEL_NONE);
	if (mount_is(mount, "proc"))
		return grade_by(auditing->power.root, LEVEL_CRITICAL, LEVEL_LOW);
	if (leak_is_kernels(&place))
		return grade_by(auditing->power.files, LEVEL_HIGH, LEVEL_LOW);
	return path ? grade_path(auditing, path, writable, auditing->power.files)
		    : grade(LEVEL_NONE);
}

/* What is mounted below it is as much within reach from there. */
static void say_mounts_below(struct auditing *auditing, const struct leak *leak,
			     const struct mount_entry *upper)
{
	const struct mount_table *mounts = outer_mounts(auditing);
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (mount == upper || mount->is_seen ||
		    !path_is_within(mount->target, leak->path) || !is_below(mounts, mount, upper))
			continue;
		_cleanup_(freep) char *path =
			worst_path(auditing, mount->dev, mount->root, mount_is_writable(mount));
		audit_say(auditing, grade_below(auditing, mount, path), mount_evidence(mount),
			  "%s %s, below which %s is mounted, behind what covers it",
			  leak_verb(leak), leak->path, path ? path : mount->type);
	}
}

/* From a directory on a mount of its own that is covered it gets to that mount. */
static void say_covered(struct auditing *auditing, const struct leak *leak,
			const struct leak_place *place)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	_cleanup_(freep) char *root =
		worst_path(auditing, place->mount->dev, place->mount->root, true);
	say_mounts_below(auditing, leak, place->mount);
	if (root && strcmp(place->mount->target, "/") != 0)
		audit_say(auditing,
			  grade_path(auditing, root, mount_is_writable(place->mount),
				     auditing->power.files),
			  leak_evidence(leak), "%s the host's %s, behind what covers it",
			  leak_verb(leak), root);
	else if (host->why)
		audit_unknown(auditing, host->why, "whose directory it has open");
}

static bool has_type(const struct mount_table *table, const char *type)
{
	for (size_t i = 0; i < table->n; i++)
		if (mount_is(&table->items[i], type))
			return true;
	return false;
}

/* Nobody shows that mount; of its file system the host may. */
static void say_unmounted(struct auditing *auditing, const struct leak *leak)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct mount_entry *shown = mounts_find_device(host, leak->dev);
	/* Of btrfs, mounts and files have different numbers of devices. */
	bool is_known = !host->why && !has_type(host, "btrfs");
	struct grade grade = { LEVEL_MEDIUM, is_known ? LEVEL_MEDIUM : LEVEL_CRITICAL };
	if (shown)
		audit_say(auditing,
			  grade_path(auditing, shown->target, true, auditing->power.files),
			  leak_evidence(leak),
			  "%s a directory of the file system that the host has at %s",
			  leak_verb(leak), shown->target);
	else
		audit_say(auditing, grade, leak_evidence(leak),
			  "%s a directory that is on none of its mounts", leak_verb(leak));
}

static void say_directory(struct auditing *auditing, const struct leak *leak)
{
	_cleanup_(leak_place_clear) struct leak_place place = leak_find_place(auditing, leak);
	if (place.is_hosts)
		audit_say(auditing, grade_by(auditing->power.files, LEVEL_CRITICAL, LEVEL_HIGH),
			  leak_evidence(leak), "%s a directory of the host", leak_verb(leak));
	else if (leak->is_outside)
		return; /* check_chroot() says so */
	else if (leak_is_kernels(&place))
		say_kernel_directory(auditing, leak, &place);
	else if (place.mount)
		say_covered(auditing, leak, &place);
	else
		say_unmounted(auditing, leak);
}

void check_leaked_directory(struct auditing *auditing)
{
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++)
		if (S_ISDIR(leaks->items[i].mode))
			say_directory(auditing, &leaks->items[i]);
	if (leaks->why)
		audit_unknown(auditing, leaks->why, "not all that it has open could be read");
}
