/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/stat.h>

#include "query/auditing.h"
#include "util/alloc.h"

/* Where a file that it has open is. */
struct leak_place {
	const struct mount_entry *mount; /* NULL: on none that is known */
	char *inner;			 /* in the file system; NULL: not known */
	char *path;			 /* on the host; NULL: it is not there, or not known */
	bool is_hosts;			 /* it is on a mount of the host's mount namespace */
};

static void leak_place_clear(struct leak_place *place)
{
	free(place->inner);
	free(place->path);
}

/* A file system of which the host shows all, or at least something. */
static const struct mount_entry *find_device(const struct mount_table *host, dev_t dev)
{
	const struct mount_entry *found = NULL;
	for (size_t i = 0; !host->why && i < host->n; i++) {
		const struct mount_entry *mount = &host->items[i];
		if (mount->dev == dev && (!found || strlen(mount->root) < strlen(found->root)))
			found = mount;
	}
	return found;
}

/* Links of descriptors tell paths in the mount namespace of the mount, whatever is over it. */
static struct leak_place find_place(const struct auditing *auditing, const struct leak *leak)
{
	const struct exposure *exposure = auditing->exposure;
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct inside_view *outer = exposure->outer ? exposure->outer : exposure->view;
	struct leak_place place = { .mount = mounts_find(host, leak->mount) };
	place.is_hosts = place.mount != NULL;
	if (!place.mount)
		place.mount = mounts_find(&outer->mounts, leak->mount);
	if (!place.mount || !path_is_within(leak->path, place.mount->target))
		return place;
	place.inner = mount_inner_path(place.mount, leak->path);
	place.path = place.is_hosts ? xstrdup(leak->path)
				    : mounts_path_of(host, place.mount->dev, place.inner);
	return place;
}

static char *leak_evidence(const struct leak *leak)
{
	return leak->fd < 0 ? xasprintf("cwd %s", leak->path)
			    : xasprintf("fd/%d %s", leak->fd, leak->path);
}

static const char *leak_verb(const struct leak *leak)
{
	return leak->fd < 0 ? "works in" : "has open";
}

/* From a directory on a mount of its own that is covered it gets to that mount, and no further. */
static void say_covered(struct auditing *auditing, const struct leak *leak,
			const struct leak_place *place)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	_cleanup_(freep) char *root = mount_path_on(host, place->mount);
	if (root && strcmp(place->mount->target, "/") != 0)
		audit_say(auditing,
			  grade_path(auditing, root, mount_is_writable(place->mount),
				     auditing->power.files),
			  leak_evidence(leak), "%s the host's %s, behind what covers it",
			  leak_verb(leak), root);
	else if (host->why)
		audit_unknown(auditing, host->why, "whose directory it has open");
}

/* Nobody shows that mount; of its file system the host may. */
static void say_unmounted(struct auditing *auditing, const struct leak *leak)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct mount_entry *shown = find_device(host, leak->dev);
	struct grade grade = { LEVEL_MEDIUM, LEVEL_MEDIUM };
	if (shown) {
		grade = grade_path(auditing, shown->target, true, auditing->power.files);
		audit_say(auditing, grade, leak_evidence(leak),
			  "%s a directory of the file system that the host has at %s",
			  leak_verb(leak), shown->target);
		return;
	}
	if (host->why)
		grade.worst = LEVEL_CRITICAL;
	audit_say(auditing, grade, leak_evidence(leak),
		  "%s a directory that is on none of its mounts", leak_verb(leak));
}

static void say_directory(struct auditing *auditing, const struct leak *leak)
{
	_cleanup_(leak_place_clear) struct leak_place place = find_place(auditing, leak);
	if (place.is_hosts)
		audit_say(auditing, grade_by(auditing->power.files, LEVEL_CRITICAL, LEVEL_HIGH),
			  leak_evidence(leak), "%s a directory of the host", leak_verb(leak));
	else if (place.mount && !leak->is_outside)
		say_covered(auditing, leak, &place);
	else if (!place.mount)
		say_unmounted(auditing, leak);
}

/* Where it leaves its chroot by one, check_chroot() says so. */
void check_leaked_directory(struct auditing *auditing)
{
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++)
		if (S_ISDIR(leaks->items[i].mode))
			say_directory(auditing, &leaks->items[i]);
	if (leaks->why)
		audit_unknown(auditing, leaks->why, "not all that it has open could be read");
}

static bool is_kernel_file(const struct leak_place *place, enum kernel_file file)
{
	const struct kernel_file_info *info = kernel_file_info(file);
	return mount_is(place->mount, info->type) && strcmp(place->inner, info->path) == 0;
}

/* What is open for reading is opened anew, for writing, by way of /proc/self/fd: by who might write
 * to it if he got there. */
static enum answer may_write(const struct auditing *auditing, const struct leak *leak,
			     const struct mount_entry *mount)
{
	if (leak->writable)
		return ANSWER_YES;
	return mount && !mount_is_writable(mount) ? ANSWER_NO : auditing->power.files;
}

/* Parameters of the kernel ask, when they are written, again whose root that is
 * (proc_sys_call_handler() in fs/proc/proc_sysctl.c). */
static struct grade grade_kernel_file(const struct auditing *auditing, const struct leak *leak,
				      const struct leak_place *place)
{
	enum answer writes = may_write(auditing, leak, place->mount);
	bool runs = is_kernel_file(place, KERNEL_FILE_CORE_PATTERN) ||
		    is_kernel_file(place, KERNEL_FILE_MODPROBE) ||
		    is_kernel_file(place, KERNEL_FILE_UEVENT_HELPER);
	if (mount_is(place->mount, "proc") && path_is_within(place->inner, "/sys"))
		writes = answer_and(writes, auditing->power.root);
	return grade_by(writes, runs ? LEVEL_CRITICAL : LEVEL_HIGH, LEVEL_NONE);
}

/* Files of no file system that is mounted anywhere, see memfd_create(2) and shmget(2). */
static bool is_nowhere(const char *path)
{
	static const char *const heads[] = { "/memfd:", "/SYSV", "/dev/zero (deleted)", "/[aio]",
					     "/anon_hugepage" };
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (strncmp(path, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

static bool is_kernels(const struct mount_entry *mount)
{
	static const char *const types[] = { "proc",	"sysfs",   "cgroup",   "cgroup2",
					     "debugfs", "tracefs", "configfs", "efivarfs" };
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (mount_is(mount, types[i]))
			return true;
	return false;
}

static void say_regular_file(struct auditing *auditing, const struct leak *leak)
{
	_cleanup_(leak_place_clear) struct leak_place place = find_place(auditing, leak);
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct mount_entry *shown = find_device(host, leak->dev);
	enum answer writes = may_write(auditing, leak, place.mount);
	const char *path = place.path ? place.path : leak->path;
	if (place.inner && is_kernels(place.mount))
		audit_say(auditing, grade_kernel_file(auditing, leak, &place), leak_evidence(leak),
			  "has %s of the kernel open, and may write to it", place.inner);
	else if (place.path || (!place.mount && shown))
		audit_say(auditing,
			  is_system_path(auditing, path)
				  ? grade_by(writes, LEVEL_CRITICAL, LEVEL_MEDIUM)
				  : grade_by(writes, LEVEL_LOW, LEVEL_NONE),
			  leak_evidence(leak), "has the host's %s open%s", path,
			  writes == ANSWER_YES ? ", and may write to it" : "");
	else if (!place.mount && host->why && !is_nowhere(leak->path))
		audit_say(auditing, grade_by(writes, LEVEL_LOW, LEVEL_NONE), leak_evidence(leak),
			  "has a file from outside open, and may write to it");
}

static void say_device(struct auditing *auditing, const struct leak *leak)
{
	enum audit_level level;
	const char *word = device_word(leak->mode, leak->rdev, &level);
	if (word)
		audit_say(auditing, grade(level), leak_evidence(leak), "has %s open %s", word,
			  leak->writable ? "for writing" : "for reading");
}

void check_leaked_file(struct auditing *auditing)
{
	const struct leak_list *leaks = &auditing->exposure->leaks;
	for (size_t i = 0; i < leaks->n; i++) {
		const struct leak *leak = &leaks->items[i];
		if (S_ISREG(leak->mode))
			say_regular_file(auditing, leak);
		else if (S_ISBLK(leak->mode) || S_ISCHR(leak->mode))
			say_device(auditing, leak);
	}
	if (leaks->why)
		audit_unknown(auditing, leaks->why, "not all that it has open could be read");
}
