/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "container/cgroup.h"
#include "container/containers.h"
#include "util/alloc.h"
#include "util/procfile.h"

static struct climbed *find_climbed(struct containers *containers, const struct place *at)
{
	struct climbed *climbed;
	HASH_FIND(hh, containers->climbed, at, sizeof(*at), climbed);
	return climbed;
}

/* Its padding is hashed too. */
static struct place place_of(const struct ancestor *at)
{
	struct place place;
	memset(&place, 0, sizeof(place));
	place.start = at->start;
	place.pid = at->pid;
	return place;
}

static void note_climbed(struct containers *containers, const struct place *at, int why,
			 struct entry *entry)
{
	if (find_climbed(containers, at))
		return;
	struct climbed *climbed = xcalloc(1, sizeof(*climbed));
	memcpy(&climbed->key, at, sizeof(*at));
	climbed->why = why;
	climbed->entry = entry;
	HASH_ADD(hh, containers->climbed, key, sizeof(climbed->key), climbed);
}

/* All that is in one container of the host shares what is read for it. */
static struct budget *budget_of(struct containers *containers, const struct container *container)
{
	const char *outer = container->outer ? container->outer : "";
	if (container->owner == 0 && !*outer)
		return NULL;
	_cleanup_(freep) char *key =
		xasprintf("%u:%.*s", container->owner, (int)strcspn(outer, "/"), outer);
	struct account *account;
	HASH_FIND_STR(containers->accounts, key, account);
	if (account)
		return &account->budget;
	account = xcalloc(1, sizeof(*account));
	account->key = TAKE(key);
	account->budget = BUDGET_WHOLE;
	HASH_ADD_KEYPTR(hh, containers->accounts, account->key, strlen(account->key), account);
	return &account->budget;
}

/* The system's folders, or those of an ordinary user. Those of who is in a container are in there.
 */
static void look_up_on_disk(struct known *known, struct budget *budget)
{
	if (known->container.outer)
		return;
	uid_t owner = known->container.owner;
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct passwd *entry = owner ? getpwuid(owner) : NULL;
	const struct disk_place place = { root, owner, entry ? entry->pw_dir : NULL, budget };
	if (root >= 0)
		disk_look_up(&place, known);
}

/* Who is in a container, or in one that is in there, does not supervise it, whatever they call
 * themselves. */
static bool is_inside(const struct ancestor *ancestor, const struct known *known)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(known_clear) struct known its = { 0 };
	size_t n;
	if (proc_read_all(ancestor->dir, "cgroup", CGROUP_MAX, &text, &n) < 0 ||
	    cgroup_recognize(text, n, &its) != 0 || its.container.owner != known->container.owner)
		return false;
	_cleanup_(freep) char *chain = known_chain(known), *its_chain = known_chain(&its);
	size_t n_chain = strlen(chain);
	return strncmp(its_chain, chain, n_chain) == 0 &&
	       (its_chain[n_chain] == 0 || its_chain[n_chain] == '/');
}

/* Whether it is root as we are. Where we may not look at its user namespace, that has to have the
 * same ids; a kernel without user namespaces has but one root. */
static bool is_our_root(const struct containers *containers, int dir)
{
	_cleanup_(freep) char *ours = NULL, *its = NULL;
	size_t n_ours, n_its;
	ino_t user = proc_inode(dir, "ns/user", NULL);
	if (user || !containers->own_user)
		return user == containers->own_user;
	return proc_read_all(containers->proc, "self/uid_map", PROC_IDMAP_MAX, &ours, &n_ours) ==
		       0 &&
	       proc_read_all(dir, "uid_map", PROC_IDMAP_MAX, &its, &n_its) == 0 &&
	       n_ours == n_its && memcmp(ours, its, n_its) == 0;
}

/* Somebody with the rights of root may have been started by an ordinary user, with arguments of
 * theirs: who is where that user may make cgroups counts as that user. */
static int read_cgroup_user(int dir, uid_t *ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, "cgroup", CGROUP_MAX, &text, &n);
	if (r == 0 && *ret == 0)
		cgroup_user(text, n, ret);
	return r;
}

/* Sets what SUPERVISOR, who is AT, is in itself, and whose it is: 0, SUPERVISOR_NOT, -errno. */
static int place_supervisor(struct containers *containers, const struct ancestor *at,
			    struct supervisor *supervisor)
{
	const struct member member = { .dir = at->dir };
	struct container *container = &supervisor->known.container;
	struct entry *around = NULL;
	if (containers->nested == NEST_MAX)
		return -E2BIG;
	containers->nested++;
	int r = containers_look(containers, &member, &around);
	containers->nested--;
	/* Who may not look takes it for what it seems to be. */
	if (r < 0 && !error_is_refusal(-r))
		return ancestor_is_gone(r) ? SUPERVISOR_NOT : r;
	container->outer = around ? known_chain(&around->known) : NULL;
	if (around)
		return 0;
	if (container->owner == 0 && !is_our_root(containers, at->dir))
		return SUPERVISOR_NOT;
	r = read_cgroup_user(at->dir, &container->owner);
	return ancestor_is_gone(r) ? SUPERVISOR_NOT : r;
}

/* As ancestor_supervises(), with what it is in. */
static int find_supervisor(struct containers *containers, const struct ancestor *at,
			   struct supervisor *ret)
{
	struct supervisor supervisor;
	int r = ancestor_supervises(at, &supervisor);
	if (r != 0)
		return r;
	r = place_supervisor(containers, at, &supervisor);
	if (r == 0)
		*ret = supervisor;
	else
		supervisor_clear(&supervisor);
	return r;
}

/* Whether SUPERVISOR supervises KNOWN, as far as its id tells; LXC adds "-1" to the name where
 * there is a cgroup of that name. */
static bool has_its_id(const struct known *known, const struct supervisor *supervisor)
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

/* Anybody may say that theirs is the supervisor of a container: it has to be whose that is, and
 * where that is. */
static bool is_supervised_by(const struct known *known, const struct supervisor *supervisor)
{
	const struct container *container = &known->container, *its = &supervisor->known.container;
	const char *outer = container->outer ? container->outer : "";
	return has_its_id(known, supervisor) && container->owner == its->owner &&
	       strcmp(outer, its->outer ? its->outer : "") == 0;
}

/* The nearest process above DIR's that supervises KNOWN, and is not inside: 0, or SUPERVISOR_NOT.
 */
static int climb(struct containers *containers, int dir, const struct known *known,
		 struct ancestor *ret_ancestor, struct supervisor *ret)
{
	struct ancestor at;
	if (ancestor_read(dir, &at) < 0)
		return SUPERVISOR_NOT;
	for (unsigned i = 0; i < CLIMB_FOR_NAMES_MAX && ancestor_climb(containers->proc, &at) == 0;
	     i++) {
		struct supervisor supervisor;
		if (is_inside(&at, known) || find_supervisor(containers, &at, &supervisor) != 0)
			continue;
		if (is_supervised_by(known, &supervisor)) {
			*ret = supervisor;
			*ret_ancestor = at;
			return 0;
		}
		supervisor_clear(&supervisor);
	}
	ancestor_close(&at);
	return SUPERVISOR_NOT;
}

/* Asks who supervises it, DIR being that of one of its processes, and then the usual folders. */
static void describe(struct containers *containers, struct entry *entry, int dir)
{
	struct known *known = &entry->known;
	struct budget *budget = budget_of(containers, &known->container);
	struct supervisor supervisor;
	struct ancestor ancestor;
	if (climb(containers, dir, known, &ancestor, &supervisor) == 0) {
		known_set_name(known, supervisor.known.container.name);
		disk_ask_supervisor(&ancestor, &supervisor, budget, known);
		supervisor_clear(&supervisor);
		ancestor_close(&ancestor);
		entry->is_supervised = true;
	}
	if (!known->container.name && entry->n_asked == 0)
		look_up_on_disk(known, budget);
}

/* KNOWN, in which DIR's process is, and which is used up. Who has joined it from outside is below
 * no supervisor of its, so that the next ones are asked too. */
struct entry *containers_enter(struct containers *containers, struct known *known, int dir)
{
	struct entry *entry = containers_entry(containers, known);
	bool is_open = !entry->known.container.name && !entry->is_supervised;
	if (entry->n_asked == 0 || (is_open && entry->n_asked < ASK_MAX)) {
		describe(containers, entry, dir);
		entry->n_asked++;
	}
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

/* The way up from a process. */
struct way {
	struct place *passed;
	size_t n, capacity;
	int parent; /* the directory of the first one; -1 */
};

static void way_clear(struct way *way)
{
	free(way->passed);
	closep(&way->parent);
}

static void way_add(struct way *way, const struct ancestor *at)
{
	if (way->n == 0)
		way->parent = fcntl(at->dir, F_DUPFD_CLOEXEC, 3);
	way->passed = xgrow(way->passed, way->n, &way->capacity, sizeof(*way->passed));
	way->passed[way->n++] = place_of(at);
}

/* What was found above all who were passed. */
static void note_way(struct containers *containers, struct way *way, struct entry *entry)
{
	for (size_t i = 0; i < way->n; i++)
		note_climbed(containers, &way->passed[i], 0, entry);
	if (way->n == 0 || way->parent < 0)
		return;
	closep(&containers->parent.dir);
	containers->parent.dir = TAKE_FD(way->parent);
	containers->parent.pid = way->passed[0].pid;
	containers->parent.start = way->passed[0].start;
	containers->parent.entry = entry;
}

/* There was no end: the next ones from down here need not climb as far to know that. Who was passed
 * last may be near to the end. */
static int give_up(struct containers *containers, const struct way *way)
{
	for (size_t i = 0; i < way->n / 2; i++)
		note_climbed(containers, &way->passed[i], -E2BIG, NULL);
	return -E2BIG;
}

/* What a process on the way has above it, or itself supervises: 0 (*RET is NULL: nothing so far), 1
 * it was passed before, -errno. */
static int look_at(struct containers *containers, const struct ancestor *at, int dir,
		   struct entry **ret)
{
	struct supervisor supervisor;
	const struct place place = place_of(at);
	const struct climbed *climbed = find_climbed(containers, &place);
	if (climbed) {
		*ret = climbed->entry;
		return climbed->why < 0 ? climbed->why : 1;
	}
	int r = find_supervisor(containers, at, &supervisor);
	if (r != 0)
		return r < 0 ? r : 0;
	*ret = containers_enter(containers, &supervisor.known, dir);
	supervisor_clear(&supervisor);
	return 0;
}

static int climb_way(struct containers *containers, struct ancestor *at, int dir, struct way *way,
		     struct entry **ret)
{
	while (way->n < CLIMB_MAX) {
		int r = ancestor_climb(containers->proc, at);
		if (r < 0)
			return ancestor_is_gone(r) ? 0 : r;
		r = look_at(containers, at, dir, ret);
		if (r < 0)
			return r;
		way_add(way, at);
		if (r > 0 || *ret)
			return 0;
	}
	return give_up(containers, way);
}

/* The container that a supervisor above the process tells of: 0 (*RET is NULL: none), -errno. */
int containers_supervised(struct containers *containers, const struct member *member,
			  struct entry **ret)
{
	_cleanup_(way_clear) struct way way = { .parent = -1 };
	struct entry *entry = NULL;
	struct ancestor at = { .dir = -1, .ppid = member->ppid, .start = member->start };
	if (has_same_parent(containers, member)) {
		*ret = containers->parent.entry;
		return 0;
	}
	int r = member->ppid ? 0 : ancestor_read(member->dir, &at);
	if (r < 0)
		return r;
	r = climb_way(containers, &at, member->dir, &way, &entry);
	ancestor_close(&at);
	if (r < 0)
		return r;
	note_way(containers, &way, entry);
	*ret = entry;
	return 0;
}
