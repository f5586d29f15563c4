/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/of.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <uthash.h>

#include "container/cgroup.h"
#include "container/disk.h"
#include "container/engine.h"
#include "container/lineage.h"
#include "container/runtime.h"
#include "util/alloc.h"
#include "util/procfile.h"

/* A path is PATH_MAX long at most, and there are a dozen hierarchies. */
#define CGROUP_MAX ((size_t)128 * 1024)

/* Who is deeper below its supervisor is not looked for: /proc changes while we climb, so that there
 * has to be an end. */
#define CLIMB_MAX 512

/* A container that a process was found in. */
struct entry {
	struct known known;
	UT_hash_handle hh;
	char *key; /* "docker:0:ID", with the owner that was known first */
};

/* A process that was passed on the way up, and what was found above it. */
struct climbed {
	struct {
		uint64_t start;
		pid_t pid;
	} key;
	struct entry *entry; /* NULL: nothing */
	UT_hash_handle hh;
};

struct containers {
	int proc;
	ino_t own_mnt, own_pid;
	char *own_cgroups;	 /* the text of our file; NULL */
	struct entry *entries;	 /* uthash */
	struct climbed *climbed; /* uthash */
	struct {
		int dir; /* holds it, so that its number cannot have become another's; -1 */
		pid_t pid;
		uint64_t start;
		struct entry *entry; /* what was found from there on upwards */
	} parent;		     /* of the last process: neighbours tend to share it */
	struct runtime_list runtimes;
	bool has_runtimes;
};

static ino_t ns_inode(int dir, const char *link, int *ret_why)
{
	struct stat st;
	if (fstatat(dir, link, &st, 0) == 0)
		return st.st_ino;
	*ret_why = errno;
	return 0;
}

struct containers *containers_new(int proc)
{
	struct containers *containers = xcalloc(1, sizeof(*containers));
	int why;
	containers->proc = proc;
	containers->parent.dir = -1;
	containers->own_mnt = ns_inode(proc, "self/ns/mnt", &why);
	containers->own_pid = ns_inode(proc, "self/ns/pid", &why);
	size_t n;
	_cleanup_(freep) char *text = NULL;
	if (proc_read_all(proc, "self/cgroup", CGROUP_MAX, &text, &n) == 0)
		containers->own_cgroups = xasprintf("%.*s", (int)n, text);
	return containers;
}

struct containers *containers_free(struct containers *containers)
{
	if (!containers)
		return NULL;
	struct entry *entry, *next_entry;
	HASH_ITER (hh, containers->entries, entry, next_entry) {
		HASH_DEL(containers->entries, entry);
		known_clear(&entry->known);
		free(entry->key);
		free(entry);
	}
	struct climbed *climbed, *next_climbed;
	HASH_ITER (hh, containers->climbed, climbed, next_climbed) {
		HASH_DEL(containers->climbed, climbed);
		free(climbed);
	}
	runtime_list_clear(&containers->runtimes);
	closep(&containers->parent.dir);
	free(containers->own_cgroups);
	free(containers);
	return NULL;
}

/* Free text may be the id of containers of several users. Engines have no ":" in their names. */
static char *entry_key(const struct container *container, uid_t owner)
{
	return xasprintf("%s:%u:%s", container->engine, owner, container->id);
}

static struct entry *look_up(const struct containers *containers, const struct container *container,
			     uid_t owner)
{
	_cleanup_(freep) char *key = entry_key(container, owner);
	struct entry *entry;
	HASH_FIND_STR(containers->entries, key, entry);
	return entry;
}

/* The entry of that container, where *RET_NEW says whether it was made; KNOWN is used up. */
static struct entry *find_entry(struct containers *containers, struct known *known, bool *ret_new)
{
	struct entry *entry = look_up(containers, &known->container, known->owner);
	*ret_new = !entry;
	if (entry) {
		known_clear(known);
		return entry;
	}
	entry = xcalloc(1, sizeof(*entry));
	entry->key = entry_key(&known->container, known->owner);
	entry->known = *known;
	*known = (struct known){ 0 };
	HASH_ADD_KEYPTR(hh, containers->entries, entry->key, strlen(entry->key), entry);
	return entry;
}

static struct climbed *find_climbed(struct containers *containers, const struct ancestor *at,
				    bool *ret_new)
{
	struct climbed *climbed, blank = { .key = { 0 } };
	memset(&blank.key, 0, sizeof(blank.key)); /* its padding is hashed too */
	blank.key.start = at->start;
	blank.key.pid = at->pid;
	HASH_FIND(hh, containers->climbed, &blank.key, sizeof(blank.key), climbed);
	*ret_new = !climbed;
	if (climbed)
		return climbed;
	climbed = xcalloc(1, sizeof(*climbed));
	memcpy(&climbed->key, &blank.key, sizeof(blank.key));
	HASH_ADD(hh, containers->climbed, key, sizeof(climbed->key), climbed);
	return climbed;
}

/* The system's folders, or those of an ordinary user. */
static void look_up_on_disk(struct known *known)
{
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct passwd *entry = known->owner ? getpwuid(known->owner) : NULL;
	const struct disk_place place = { root, known->owner, entry ? entry->pw_dir : NULL };
	if (root >= 0)
		disk_look_up(&place, known);
}

/* Who is in a container does not supervise it, whatever they call themselves. */
static bool is_inside(const struct ancestor *ancestor, const struct container *container)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(known_clear) struct known known = { 0 };
	size_t n;
	return proc_read_all(ancestor->dir, "cgroup", CGROUP_MAX, &text, &n) == 0 &&
	       cgroup_recognize(text, n, &known) == 0 &&
	       container_is_same(&known.container, container);
}

/* The nearest supervisor above a process, outside of CONTAINER: 0, or SUPERVISOR_NOT. */
static int climb(int proc, int dir, const struct container *container,
		 struct ancestor *ret_ancestor, struct supervisor *ret)
{
	struct ancestor at;
	if (ancestor_read(dir, &at) < 0)
		return SUPERVISOR_NOT;
	for (unsigned i = 0; i < CLIMB_MAX && ancestor_climb(proc, &at) == 0; i++) {
		if (is_inside(&at, container) || ancestor_supervises(&at, ret) != 0)
			continue;
		*ret_ancestor = at;
		return 0;
	}
	ancestor_close(&at);
	return SUPERVISOR_NOT;
}

/* Whether SUPERVISOR supervises KNOWN, as far as its id tells; LXC adds "-1" to the name where
 * there is a cgroup of that name. */
static bool is_supervised_by(const struct known *known, const struct supervisor *supervisor)
{
	const char *id = known->container.id, *its_id = supervisor->known.container.id;
	if (strcmp(id, its_id) == 0)
		return true;
	if (supervisor->of_pod)
		return strcmp(known->container.engine, "kubernetes") == 0;
	size_t n = strlen(its_id);
	return strcmp(known->container.engine, "lxc") == 0 &&
	       strcmp(supervisor->known.container.engine, "lxc") == 0 &&
	       strncmp(id, its_id, n) == 0 && id[n] == '-';
}

/* Asks who supervises it, DIR being that of one of its processes, and then the usual folders. */
static void describe(struct containers *containers, struct entry *entry, int dir)
{
	struct known *known = &entry->known;
	struct supervisor supervisor;
	struct ancestor ancestor;
	if (climb(containers->proc, dir, &known->container, &ancestor, &supervisor) == 0) {
		if (is_supervised_by(known, &supervisor)) {
			known->owner = supervisor.known.owner;
			known_set_name(known, supervisor.known.container.name);
			disk_ask_supervisor(&ancestor, &supervisor, known);
		}
		supervisor_clear(&supervisor);
		ancestor_close(&ancestor);
	}
	if (!known->container.name)
		look_up_on_disk(known);
}

/* KNOWN, in which DIR's process is, and which is used up. */
static struct entry *enter(struct containers *containers, struct known *known, int dir)
{
	bool is_new;
	struct entry *entry = find_entry(containers, known, &is_new);
	if (is_new)
		describe(containers, entry, dir);
	return entry;
}

/* Nobody gets a parent that is younger: if whoever had that number is still there, it is the one.
 */
static bool has_same_parent(const struct containers *containers, const struct member *member)
{
	struct stat st;
	return containers->parent.dir >= 0 && member->ppid == containers->parent.pid &&
	       member->start >= containers->parent.start &&
	       fstatat(containers->parent.dir, "stat", &st, 0) == 0;
}

static void note_parent(struct containers *containers, const struct ancestor *parent)
{
	closep(&containers->parent.dir);
	containers->parent.dir = fcntl(parent->dir, F_DUPFD_CLOEXEC, 3);
	containers->parent.pid = parent->pid;
	containers->parent.start = parent->start;
}

/* The container that a supervisor above the process tells of, or NULL. */
static struct entry *find_supervised(struct containers *containers, const struct member *member)
{
	struct climbed *passed[CLIMB_MAX];
	struct entry *entry = NULL;
	struct supervisor supervisor;
	struct ancestor at = { .dir = -1, .ppid = member->ppid, .start = member->start };
	size_t n = 0;
	bool is_new = true, has_parent = false;
	if (has_same_parent(containers, member))
		return containers->parent.entry;
	if (!member->ppid && ancestor_read(member->dir, &at) < 0)
		return NULL;
	while (n < CLIMB_MAX && !entry && ancestor_climb(containers->proc, &at) == 0) {
		struct climbed *climbed = find_climbed(containers, &at, &is_new);
		entry = climbed->entry;
		if (!has_parent)
			note_parent(containers, &at);
		has_parent = true;
		if (!is_new)
			break;
		passed[n++] = climbed;
		if (ancestor_supervises(&at, &supervisor) != 0)
			continue;
		entry = enter(containers, &supervisor.known, member->dir);
		supervisor_clear(&supervisor);
	}
	ancestor_close(&at);
	for (size_t i = 0; i < n; i++)
		passed[i]->entry = entry;
	if (has_parent)
		containers->parent.entry = entry;
	return entry;
}

static const struct runtime *find_runtime(struct containers *containers, ino_t mnt, ino_t pid)
{
	if (!containers->has_runtimes) {
		_cleanup_(closep) int run = open("/run", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (run >= 0)
			runtime_list_read(run, containers->proc, &containers->runtimes);
		containers->has_runtimes = true;
	}
	/* What every process shares identifies none. */
	return runtime_list_find(&containers->runtimes, mnt == containers->own_mnt ? 0 : mnt,
				 pid == containers->own_pid ? 0 : pid);
}

static struct entry *find_below_runtime(struct containers *containers, ino_t mnt, ino_t pid,
					int dir)
{
	const struct runtime *runtime = find_runtime(containers, mnt, pid);
	if (!runtime)
		return NULL;
	struct known known = runtime->known;
	known.container.id = xstrdup(known.container.id);
	return enter(containers, &known, dir);
}

/* A cgroup that we are in as well, as seen from here, is not what makes it a container. */
static bool is_around_us(const struct containers *containers, const char *id)
{
	return containers->own_cgroups && strstr(containers->own_cgroups, id);
}

/* Its cgroups did not tell, or GUESS (which is used up) is all that they tell. */
static int find_otherwise(struct containers *containers, const struct member *member,
			  struct known *guess, struct entry **ret)
{
	int why = 0, dir = member->dir;
	ino_t mnt = member->mnt ? member->mnt : ns_inode(dir, "ns/mnt", &why);
	ino_t pid = member->pid ? member->pid : ns_inode(dir, "ns/pid", &why);
	if (!why && mnt == containers->own_mnt && pid == containers->own_pid) {
		*ret = NULL;
		return 0;
	}
	struct entry *entry = find_supervised(containers, member);
	if (!entry && why)
		return -why;
	if (!entry)
		entry = find_below_runtime(containers, mnt, pid, dir);
	if (!entry && guess->container.id && !is_around_us(containers, guess->container.id))
		entry = enter(containers, guess, dir);
	*ret = entry;
	return 0;
}

int container_of(struct containers *containers, const struct member *member,
		 const struct known **ret)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(known_clear) struct known known = { 0 };
	struct entry *entry = NULL;
	size_t n;
	int r = proc_read_all(member->dir, "cgroup", CGROUP_MAX, &text, &n);
	if (r < 0)
		return r;
	if (cgroup_recognize(text, n, &known) == 0)
		entry = enter(containers, &known, member->dir);
	else
		r = find_otherwise(containers, member, &known, &entry);
	if (r < 0)
		return r;
	*ret = entry ? &entry->known : NULL;
	return 0;
}

char *container_cgroup(int dir)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	if (proc_read_all(dir, "cgroup", CGROUP_MAX, &text, &n) < 0)
		return NULL;
	return cgroup_path(text, n);
}

/* What an engine says counts for the containers of those whose engine it is. */
static void learn(struct containers *containers, const struct known *known)
{
	struct entry *entry = look_up(containers, &known->container, known->owner);
	if (!entry)
		entry = look_up(containers, &known->container, 0);
	if (entry && entry->known.owner == known->owner && !entry->known.container.name)
		known_set_name(&entry->known, known->container.name);
}

/* The users whose engines have to be asked, maybe repeatedly; *RET is freed by the caller. */
static size_t list_owners(const struct containers *containers, uid_t **ret)
{
	uid_t *owners = xcalloc(HASH_COUNT(containers->entries) + 1, sizeof(*owners));
	size_t n = 0;
	for (const struct entry *entry = containers->entries; entry; entry = entry->hh.next)
		if (engine_knows(&entry->known) && !entry->known.container.name)
			owners[n++] = entry->known.owner;
	*ret = owners;
	return n;
}

void containers_name(struct containers *containers)
{
	_cleanup_(freep) uid_t *owners = NULL;
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	size_t n = list_owners(containers, &owners);
	if (n)
		engine_ask(owners, n, &list);
	for (size_t i = 0; i < list.n; i++)
		learn(containers, &list.items[i]);
}
