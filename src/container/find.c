/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/find.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "container/disk.h"
#include "container/engine.h"
#include "container/of.h"
#include "util/alloc.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"

/* A process that is in a container. */
struct resident {
	const struct known *known;
	pid_t pid;
	uint64_t start;
	bool has_pidns; /* another pid namespace than ours */
};

struct search {
	int proc;
	int64_t tick_offset; /* of our time namespace */
	ino_t pidns;	     /* ours; 0 unknown */
	struct containers *containers;
	struct resident *residents; /* by container, then by number */
	size_t n, capacity;
	const struct known **running; /* each container once */
	size_t n_running;
	size_t n_unknown; /* processes of which that could not be made out, though nobody refused */
	int why;	  /* an errno: of one of them */
};

static void search_clear(struct search *search)
{
	free(search->residents);
	free(search->running);
	containers_free(search->containers);
}

static int compare_residents(const void *a, const void *b)
{
	const struct resident *x = a, *y = b;
	if (x->known != y->known)
		return x->known < y->known ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* What is refused is most of the system to an ordinary user. */
static void note_unknown(struct search *search, int r)
{
	if (r >= 0 || r == -ENOENT || r == -ESRCH || error_is_refusal(-r))
		return;
	search->n_unknown++;
	search->why = -r;
}

/* Zombies are in no namespace any more. */
static void visit(struct search *search, const char *name)
{
	struct proc_stat stat;
	struct resident resident = { 0 };
	_cleanup_(closep) int dir = proc_open_dir(search->proc, name);
	if (dir < 0 || parse_pid(name, &resident.pid) < 0)
		return note_unknown(search, dir);
	int r = container_of(search->containers, &(struct member){ .dir = dir }, &resident.known);
	if (r < 0)
		return note_unknown(search, r);
	if (!resident.known)
		return;
	if (proc_read_stat(dir, &stat) < 0 || stat.state == 'Z')
		return;
	resident.start = stat.start - search->tick_offset;
	ino_t pidns = proc_inode(dir, "ns/pid", NULL);
	resident.has_pidns = pidns && pidns != search->pidns;
	search->residents =
		xgrow(search->residents, search->n, &search->capacity, sizeof(resident));
	search->residents[search->n++] = resident;
}

static void list_running(struct search *search)
{
	search->running = xcalloc(search->n, sizeof(*search->running));
	if (search->n)
		qsort(search->residents, search->n, sizeof(*search->residents), compare_residents);
	for (size_t i = 0; i < search->n; i++)
		if (i == 0 || search->residents[i].known != search->residents[i - 1].known)
			search->running[search->n_running++] = search->residents[i].known;
}

/* All processes, as a container may have them anywhere in the tree. */
static int search_begin(int proc, struct search *search, struct error *err)
{
	_cleanup_(folder_closep) DIR *dir = folder_open(proc, ".");
	if (!dir)
		return error_errno(err, errno, "cannot list /proc");
	*search = (struct search){ .proc = proc, .containers = containers_new(proc) };
	search->tick_offset = proc_own_tick_offset(proc);
	search->pidns = proc_inode(proc, "self/ns/pid", NULL);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			visit(search, entry->d_name);
	list_running(search);
	return 0;
}

/* An engine that is named in TEXT is the only one that is meant; names with ":" are LXC's only,
 * which are always known. */
static bool could_be(const struct container *container, const char *text)
{
	size_t n = strcspn(text, ":");
	return text[n] == 0 ||
	       (strlen(container->engine) == n && strncmp(text, container->engine, n) == 0);
}

/* How many have a name that we may not read, and may be the one that is meant. */
static size_t count_refused(const struct search *search, const char *text)
{
	size_t n = 0;
	for (size_t i = 0; i < search->n_running; i++) {
		const struct known *known = search->running[i];
		n += known->refused && !known->container.name && could_be(&known->container, text);
	}
	return n;
}

static int not_there(const struct search *search, const char *text, struct error *err)
{
	size_t n_refused = count_refused(search, text);
	if (n_refused)
		return error_set(err, EACCES,
				 "%s: no such container among those whose names may be read (%zu "
				 "may not): use root, or its id",
				 text, n_refused);
	if (search->n_unknown)
		return error_errno(err, search->why,
				   "%s: no such container; of %zu processes that is unknown", text,
				   search->n_unknown);
	size_t n_unnamed = 0;
	for (size_t i = 0; i < search->n_running; i++)
		n_unnamed +=
			engine_knows(search->running[i]) && !search->running[i]->container.name;
	char unnamed[48] = "";
	if (n_unnamed)
		snprintf(unnamed, sizeof(unnamed), "; %zu have no known name", n_unnamed);
	return error_set(err, ENOENT,
			 "%s: no such container among %zu running, on disk or at engines%s", text,
			 search->n_running, unnamed);
}

/* The best among those that run, if it is as good as AT_LEAST: as container_pick(). */
static int pick_running(const struct search *search, const char *text,
			enum container_match at_least, size_t *ret, struct error *err)
{
	_cleanup_(freep) const struct container **list = xcalloc(search->n_running, sizeof(*list));
	bool good = false;
	for (size_t i = 0; i < search->n_running; i++) {
		list[i] = &search->running[i]->container;
		good |= container_match(list[i], text) >= at_least;
	}
	return good ? container_pick(list, search->n_running, text, ret, err) : -ENOENT;
}

/* The same container among those that run, where it may be one whose engine its marks do not tell;
 * N_RUNNING: it is not among them. */
static size_t running_one(const struct search *search, const struct container *container)
{
	for (size_t i = 0; i < search->n_running; i++) {
		const struct container *running = &search->running[i]->container;
		struct container other = *running;
		if (strcmp(running->engine, "oci") == 0)
			other.engine = container->engine;
		if (container_is_same(&other, container))
			return i;
	}
	return search->n_running;
}

/* Looks TEXT up in LIST, which need not run: 0 with *RET if it is one that does, -ESRCH if it does
 * not, -ENOENT. */
static int pick_known(const struct search *search, const struct known_list *list, const char *text,
		      enum container_match at_least, size_t *ret, struct error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = &list->items[i].container;
		if (container_match(container, text) < at_least)
			continue;
		size_t at = running_one(search, container);
		if (at < search->n_running) {
			*ret = at;
			return 0;
		}
		_cleanup_(freep) char *label = container_label(container);
		return error_set(err, ESRCH, "%s: the container %s exists, but does not run", text,
				 label);
	}
	return -ENOENT;
}

/* The containers on disk: the system's and those of the user who asks. */
static void list_on_disk(struct known_list *list)
{
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct passwd *entry = getuid() ? getpwuid(getuid()) : NULL;
	if (root < 0)
		return;
	disk_list(&(struct disk_place){ .root = root }, list);
	struct budget budget = BUDGET_WHOLE;
	if (entry)
		disk_list(&(struct disk_place){ root, getuid(), entry->pw_dir, &budget }, list);
}

static void list_of_engines(struct known_list *list)
{
	const uid_t owners[] = { 0, getuid() };
	engine_ask(owners, ARRAY_SIZE(owners), list);
}

/* Whether a container of the system is called so, or none of those without a name can be: else an
 * ordinary user could take the name of one that only its engine tells. */
static bool is_settled(const struct search *search, const char *text)
{
	bool may_be = false;
	for (size_t i = 0; i < search->n_running; i++) {
		const struct container *container = &search->running[i]->container;
		if (container_rank(container) != CONTAINER_OF_SYSTEM)
			continue;
		if (container_match(container, text) != CONTAINER_OTHER)
			return true;
		may_be |= engine_knows(search->running[i]) && !container->name;
	}
	return !may_be;
}

/* What is exact counts more than a prefix, also where it does not run; and who has to be asked is
 * asked last. */
static int pick(const struct search *search, const char *text, size_t *ret, struct error *err)
{
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	int r = pick_running(search, text, CONTAINER_BY_ID, ret, err);
	if (r != -ENOENT && is_settled(search, text))
		return r;
	containers_name(search->containers);
	r = pick_running(search, text, CONTAINER_BY_ID, ret, err);
	if (r == -ENOENT) {
		list_on_disk(&list);
		r = pick_known(search, &list, text, CONTAINER_BY_ID, ret, err);
	}
	if (r == -ENOENT) {
		list_of_engines(&list);
		r = pick_known(search, &list, text, CONTAINER_BY_ID, ret, err);
	}
	if (r == -ENOENT)
		r = pick_running(search, text, CONTAINER_BY_PREFIX, ret, err);
	if (r == -ENOENT)
		r = pick_known(search, &list, text, CONTAINER_BY_PREFIX, ret, err);
	return r == -ENOENT ? not_there(search, text, err) : r;
}

/* Who has joined a container from outside may have started before it, in our pid namespace. */
static bool is_before(const struct resident *a, const struct resident *b)
{
	if (a->has_pidns != b->has_pidns)
		return a->has_pidns;
	return a->start < b->start;
}

/* The place of its first process among N residents of one container. */
static size_t first_process(const struct resident *residents, size_t n)
{
	size_t first = 0, init = n;
	for (size_t i = 0; i < n; i++) {
		if (residents[i].pid == residents[i].known->init)
			init = i;
		if (is_before(&residents[i], &residents[first]))
			first = i;
	}
	return init < n && residents[init].has_pidns == residents[first].has_pidns ? init : first;
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void describe(const struct search *search, const struct known *known,
		     struct container_found *ret)
{
	const struct resident *first = search->residents, *end = first + search->n;
	while (first->known != known)
		first++;
	size_t n = 0;
	while (first + n < end && first[n].known == known)
		n++;

	struct container_found found = { .n_pids = n };
	found.container = (struct container){
		.engine = xstrdup(known->container.engine),
		.id = xstrdup(known->container.id),
		.name = copy_text(known->container.name),
		.pod = copy_text(known->container.pod),
	};
	found.pids = xcalloc(n, sizeof(*found.pids));
	found.starts = xcalloc(n, sizeof(*found.starts));
	size_t chosen = first_process(first, n);
	for (size_t i = 0, at = 1; i < n; i++) {
		size_t place = i == chosen ? 0 : at++;
		found.pids[place] = first[i].pid;
		found.starts[place] = first[i].start;
	}
	*ret = found;
}

int container_find(int proc, const char *text, struct container_found *ret, struct error *err)
{
	_cleanup_(search_clear) struct search search = { 0 };
	size_t at;
	int r = search_begin(proc, &search, err);
	if (r == 0)
		r = pick(&search, text, &at, err);
	if (r == 0)
		describe(&search, search.running[at], ret);
	return r;
}

void container_found_clear(struct container_found *found)
{
	free((char *)found->container.engine);
	free((char *)found->container.id);
	free((char *)found->container.name);
	free((char *)found->container.pod);
	free(found->pids);
	free(found->starts);
	*found = (struct container_found){ 0 };
}
