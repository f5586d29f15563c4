/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "query/leaks.h"
#include "util/alloc.h"
#include "util/parse.h"

/* Where it is not known where in the file system it is, by its name. */
static bool is_kernel_file(const struct leak *leak, const struct leak_place *place,
			   enum kernel_file file)
{
	const struct kernel_file_info *info = kernel_file_info(file);
	if (strcmp(place->type, info->type) != 0)
		return false;
	return place->inner ? strcmp(place->inner, info->path) == 0
			    : has_suffix(leak->path, strrchr(info->path, '/'));
}

/* "/12675/mem", whoever opened it. */
static bool is_memory(const struct leak *leak, const struct leak_place *place)
{
	const char *slash = strrchr(leak->path, '/');
	return strcmp(place->type, "proc") == 0 && strcmp(slash, "/mem") == 0 &&
	       slash > leak->path && isdigit((unsigned char)slash[-1]);
}

/* What is open for reading is opened anew, for writing, by way of /proc/self/fd: by who might write
 * to it if he got there. */
static enum answer may_write(const struct auditing *auditing, const struct leak *leak,
			     const struct mount_entry *mount)
{
	if (leak->writable)
		return ANSWER_YES;
	if ((mount && !mount_is_writable(mount)) || leak->by == LEAK_MAPPING)
		return ANSWER_NO;
	return may_use(auditing, leak->uid, leak->gid, leak->mode, S_IWOTH);
}

/* Parameters of the kernel ask, when they are written, again whose root that is
 * (proc_sys_call_handler() in fs/proc/proc_sysctl.c). */
static struct grade grade_kernel_file(const struct auditing *auditing, const struct leak *leak,
				      const struct leak_place *place)
{
	enum answer writes = may_write(auditing, leak, place->mount);
	bool runs = is_kernel_file(leak, place, KERNEL_FILE_CORE_PATTERN) ||
		    is_kernel_file(leak, place, KERNEL_FILE_MODPROBE) ||
		    is_kernel_file(leak, place, KERNEL_FILE_UEVENT_HELPER);
	bool is_parameter = strcmp(place->type, "proc") == 0 &&
			    (place->inner ? path_is_within(place->inner, "/sys")
					  : !is_kernel_file(leak, place, KERNEL_FILE_SYSRQ));
	if (is_memory(leak, place))
		return grade(leak->is_path ? LEVEL_LOW : LEVEL_CRITICAL);
	if (is_parameter)
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

/* Where output goes to, wherever that is. */
static bool is_log(const struct leak *leak)
{
	return leak->by == LEAK_FD && leak->writable && has_suffix(leak->path, ".log");
}

/* Whether root of the host runs, or believes, what is in that file. */
static bool is_systems(const struct auditing *auditing, const struct leak *leak, const char *path)
{
	return grade_path(auditing, path, true, ANSWER_YES).level == LEVEL_CRITICAL &&
	       !is_log(leak);
}

/* Of what is in reach, who may write to all has no need of what he has open already; what is his
 * own is no news either. */
static bool is_no_news(const struct auditing *auditing, const struct leak *leak,
		       const struct leak_place *place)
{
	if (!leak->is_in_reach)
		return false;
	if (auditing->power.files == ANSWER_YES || !place->mount ||
	    strcmp(place->mount->target, "/") == 0)
		return true;
	if (leak_is_kernels(place))
		return place->inner && isdigit((unsigned char)place->inner[1]);
	return !place->path || is_engines_own(auditing, place->mount, place->path) ||
	       !is_systems(auditing, leak, place->path);
}

static void say_regular_file(struct auditing *auditing, const struct leak *leak)
{
	_cleanup_(leak_place_clear) struct leak_place place = leak_find_place(auditing, leak);
	const struct mount_table *host = &auditing->system->exposures->host;
	bool on_host = place.path || (!place.mount && mounts_find_device(host, leak->dev));
	enum answer writes = may_write(auditing, leak, place.mount);
	const char *path = place.path ? place.path : leak->path;
	/* Which is no harm if it is not written to. */
	bool runs = leak->by == LEAK_EXE || leak->by == LEAK_MAPPING;
	if (is_no_news(auditing, leak, &place) || (!place.mount && is_nowhere(leak->path)))
		return;
	if (leak_is_kernels(&place))
		audit_say(auditing, grade_kernel_file(auditing, leak, &place), leak_evidence(leak),
			  "%s %s of the kernel, and may write to it", leak_verb(leak),
			  place.inner ? place.inner : leak->path);
	else if (on_host)
		audit_say(
			auditing,
			is_systems(auditing, leak, path)
				? grade_by(writes, LEVEL_CRITICAL, runs ? LEVEL_NONE : LEVEL_MEDIUM)
				: grade_by(writes, runs ? LEVEL_MEDIUM : LEVEL_LOW, LEVEL_NONE),
			leak_evidence(leak), "%s the host's %s%s", leak_verb(leak), path,
			writes == ANSWER_NO ? "" : ", and may write to it");
	else if (!place.mount)
		audit_say(auditing,
			  grade_by(writes, host->why ? LEVEL_LOW : LEVEL_MEDIUM, LEVEL_NONE),
			  leak_evidence(leak), "%s a file from outside, and may write to it",
			  leak_verb(leak));
}

/* What is typed there it reads, and may type itself (TIOCSTI). */
static bool is_hosts_terminal(const struct auditing *auditing, const struct leak *leak)
{
	const struct mount_entry *shown =
		mounts_find_device(&auditing->system->exposures->host, leak->dev);
	return shown && mount_is(shown, "devpts") && device_is_terminal(leak->rdev);
}

/* Those that nodes in there lead to are said of the nodes, unless they lead to all. */
static void say_device(struct auditing *auditing, const struct leak *leak)
{
	enum audit_level level;
	const char *word = device_word(leak->mode, leak->rdev, &level);
	enum answer may = ANSWER_YES;
	if (!word && !leak->is_in_reach && is_hosts_terminal(auditing, leak))
		audit_say(auditing, grade(LEVEL_MEDIUM), leak_evidence(leak),
			  "%s a terminal of the host", leak_verb(leak));
	if (!word || (leak->is_in_reach && level == LEVEL_MEDIUM))
		return;
	if (leak->is_path)
		may = may_use(auditing, leak->uid, leak->gid, leak->mode, S_IROTH | S_IWOTH);
	audit_say(auditing, grade_by(may, level, LEVEL_LOW), leak_evidence(leak), "%s %s%s",
		  leak_verb(leak), word,
		  may == ANSWER_NO ? ", which nobody in there may read" : "");
}

/* The socket itself is where it listens; by its name, anybody may connect who may write to it. */
static void say_socket(struct auditing *auditing, const struct leak *leak)
{
	const char *engine = engine_by_name(leak->path);
	enum answer may = may_use(auditing, leak->uid, leak->gid, leak->mode, S_IWOTH);
	if (engine)
		audit_say(auditing, grade_by(may, LEVEL_CRITICAL, LEVEL_MEDIUM),
			  leak_evidence(leak), "may command a %s outside, by the socket that it %s",
			  engine, leak_verb(leak));
	else
		audit_say(auditing, grade_by(may, LEVEL_MEDIUM, LEVEL_LOW), leak_evidence(leak),
			  "may talk to whoever listens at %s, outside", leak->path);
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
		else if (S_ISSOCK(leak->mode))
			say_socket(auditing, leak);
	}
	if (leaks->why)
		audit_unknown(auditing, leaks->why, "not all that it has open could be read");
}
