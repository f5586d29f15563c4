/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "query/auditing.h"
#include "query/query.h"
#include "util/alloc.h"
#include "util/parse.h"

/* Where a file that it has open is. */
struct leak_place {
	const struct mount_entry *mount; /* NULL: on none that is known */
	const char *type;		 /* of the file system; "" not known */
	char *inner;			 /* in the file system; NULL: not known */
	char *path;			 /* on the host; NULL: it is not there, or not known */
	bool is_hosts;			 /* it is on a mount of the host's mount namespace */
};

static void leak_place_clear(struct leak_place *place)
{
	free(place->inner);
	free(place->path);
}

/* The mount of that file system that shows the most of it. */
static const struct mount_entry *find_device(const struct mount_table *table, dev_t dev)
{
	const struct mount_entry *found = NULL;
	for (size_t i = 0; !table->why && i < table->n; i++) {
		const struct mount_entry *mount = &table->items[i];
		if (mount->dev == dev && (!found || strlen(mount->root) < strlen(found->root)))
			found = mount;
	}
	return found;
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
		const struct mount_entry *mount = find_device(tables[i], leak->dev);
		if (mount)
			return mount->type;
	}
	return magic_type(leak->magic);
}

/* Links of descriptors tell paths in the mount namespace of the mount, whatever is over it. */
static struct leak_place find_place(const struct auditing *auditing, const struct leak *leak)
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

static char *leak_evidence(const struct leak *leak)
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

static const char *leak_verb(const struct leak *leak)
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

static bool is_kernels(const struct leak_place *place)
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
		bool writable = mount_is_writable(mount), is_proc = mount_is(mount, "proc");
		const struct leak_place place = { .mount = mount, .type = mount->type };
		_cleanup_(freep) char *path =
			worst_path(auditing, mount->dev, mount->root, writable);
		struct grade grade = { 0 };
		if (is_kernels(&place) || mount_is(mount, "devtmpfs"))
			grade = grade_by(is_proc ? auditing->power.root : auditing->power.files,
					 is_proc || !is_kernels(&place) ? LEVEL_CRITICAL
									: LEVEL_HIGH,
					 LEVEL_LOW);
		else if (path)
			grade = grade_path(auditing, path, writable, auditing->power.files);
		audit_say(auditing, writable || path ? grade : (struct grade){ 0 },
			  mount_evidence(mount),
			  "%s %s, below which %s is mounted, behind what "
			  "covers it",
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
	const struct mount_entry *shown = find_device(host, leak->dev);
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
	_cleanup_(leak_place_clear) struct leak_place place = find_place(auditing, leak);
	if (place.is_hosts)
		audit_say(auditing, grade_by(auditing->power.files, LEVEL_CRITICAL, LEVEL_HIGH),
			  leak_evidence(leak), "%s a directory of the host", leak_verb(leak));
	else if (leak->is_outside)
		return; /* check_chroot() says so */
	else if (is_kernels(&place))
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

/* Who may write to all has no need of what he has open already, and where. */
static bool is_no_news(const struct auditing *auditing, const struct leak *leak,
		       const struct leak_place *place)
{
	bool is_own = is_kernels(place) && place->inner && isdigit((unsigned char)place->inner[1]);
	return leak->is_in_reach && (auditing->power.files == ANSWER_YES || is_own ||
				     !place->mount || strcmp(place->mount->target, "/") == 0);
}

/* Where output goes to, wherever that is. */
static bool is_log(const struct leak *leak)
{
	return leak->by == LEAK_FD && leak->writable && has_suffix(leak->path, ".log");
}

static void say_regular_file(struct auditing *auditing, const struct leak *leak)
{
	_cleanup_(leak_place_clear) struct leak_place place = find_place(auditing, leak);
	const struct mount_table *host = &auditing->system->exposures->host;
	bool on_host = place.path || (!place.mount && find_device(host, leak->dev));
	enum answer writes = may_write(auditing, leak, place.mount);
	const char *path = place.path ? place.path : leak->path;
	/* Which is no harm if it is not written to. */
	bool runs = leak->by == LEAK_EXE || leak->by == LEAK_MAPPING;
	if (is_no_news(auditing, leak, &place) || (!place.mount && is_nowhere(leak->path)))
		return;
	if (is_kernels(&place))
		audit_say(auditing, grade_kernel_file(auditing, leak, &place), leak_evidence(leak),
			  "%s %s of the kernel, and may write to it", leak_verb(leak),
			  place.inner ? place.inner : leak->path);
	else if (on_host)
		audit_say(
			auditing,
			is_system_path(auditing, path) && !is_log(leak)
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
		find_device(&auditing->system->exposures->host, leak->dev);
	return shown && mount_is(shown, "devpts") && major(leak->rdev) >= 136 &&
	       major(leak->rdev) <= 143;
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

/* A process of which no more is known than its numbers is out if it has fewer of them. */
bool is_outer_pidfd(const struct auditing *auditing, const struct leak *leak)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	const struct ns *own = process_ns(snapshot, auditing->process, NS_PID);
	const struct process *target = NULL;
	if (leak->by == LEAK_PIDFD && own)
		target = snapshot_find_process(snapshot, leak->pid);
	if (!target)
		return false;
	const struct ns *ns = process_ns(snapshot, target, NS_PID);
	if (ns)
		return !ns_is_within(ns, own);
	return target->n_pids == 0 || target->n_pids < auditing->process->n_pids;
}
