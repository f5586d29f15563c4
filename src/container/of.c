/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/containers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <uthash.h>

#include "container/cgroup.h"
#include "container/disk.h"
#include "container/engine.h"
#include "container/lineage.h"
#include "container/runtime.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/procfile.h"

struct containers *containers_new(int proc)
{
	struct containers *containers = xcalloc(1, sizeof(*containers));
	containers->proc = proc;
	containers->parent.dir = -1;
	containers->own_mnt = proc_inode(proc, "self/ns/mnt", NULL);
	containers->own_pid = proc_inode(proc, "self/ns/pid", NULL);
	containers->own_user = proc_inode(proc, "self/ns/user", NULL);
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
	struct account *account, *next_account;
	HASH_ITER (hh, containers->accounts, account, next_account) {
		HASH_DEL(containers->accounts, account);
		free(account->key);
		free(account);
	}
	runtime_list_clear(&containers->runtimes);
	closep(&containers->parent.dir);
	free(containers->own_cgroups);
	free(containers);
	return NULL;
}

/* Users and those inside of containers may choose any id. Engines have no ":" in their names. */
static char *entry_key(const struct container *container)
{
	const char *outer = container->outer ? container->outer : "";
	return xasprintf("%s:%u:%zu:%s:%s", container->engine, container->owner, strlen(outer),
			 outer, container->id);
}

static struct entry *look_up(const struct containers *containers, const struct container *container)
{
	_cleanup_(freep) char *key = entry_key(container);
	struct entry *entry;
	HASH_FIND_STR(containers->entries, key, entry);
	return entry;
}

/* The entry of that container; KNOWN is used up. */
struct entry *containers_entry(struct containers *containers, struct known *known)
{
	struct entry *entry = look_up(containers, &known->container);
	if (entry) {
		known_clear(known);
		return entry;
	}
	entry = xcalloc(1, sizeof(*entry));
	entry->key = entry_key(&known->container);
	entry->known = *known;
	*known = (struct known){ 0 };
	HASH_ADD_KEYPTR(hh, containers->entries, entry->key, strlen(entry->key), entry);
	return entry;
}

static void read_runtimes(struct containers *containers)
{
	_cleanup_(closep) int run = open("/run", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (run >= 0)
		runtime_list_read(run, containers->proc, &containers->runtimes);
	else if (!ancestor_is_gone(-errno))
		containers->runtimes_why = -errno;
	containers->has_runtimes = true;
}

/* 0 (*RET is NULL: in none), or -errno where that could not be made out. */
static int find_below_runtime(struct containers *containers, ino_t mnt, ino_t pid, int dir,
			      struct entry **ret)
{
	if (!containers->has_runtimes)
		read_runtimes(containers);
	/* What every process shares identifies none. */
	const struct runtime *runtime =
		runtime_list_find(&containers->runtimes, mnt == containers->own_mnt ? 0 : mnt,
				  pid == containers->own_pid ? 0 : pid);
	if (!runtime)
		return containers->runtimes_why ? containers->runtimes_why
						: runtime_list_unread(&containers->runtimes, dir);
	struct known known = runtime->known;
	known.container.id = xstrdup(known.container.id);
	/* Its first process tells more than who joined it. */
	struct ancestor init = { .dir = -1 };
	if (ancestor_open(containers->proc, known.init, &init) < 0)
		init.dir = -1;
	*ret = containers_enter(containers, &known, init.dir < 0 ? dir : init.dir);
	ancestor_close(&init);
	return 0;
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
	ino_t mnt = member->mnt ? member->mnt : proc_inode(dir, "ns/mnt", &why);
	ino_t pid = member->pid ? member->pid : proc_inode(dir, "ns/pid", &why);
	if (!why && mnt == containers->own_mnt && pid == containers->own_pid) {
		*ret = NULL;
		return 0;
	}
	struct entry *entry = NULL;
	int r = containers_supervised(containers, member, &entry);
	if (r < 0)
		return r;
	if (!entry && why)
		return -why;
	if (!entry)
		r = find_below_runtime(containers, mnt, pid, dir, &entry);
	if (!entry && guess->container.id && !is_around_us(containers, guess->container.id))
		entry = containers_enter(containers, guess, dir);
	if (!entry && r < 0)
		return r;
	*ret = entry;
	return 0;
}

int containers_look(struct containers *containers, const struct member *member, struct entry **ret)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(known_clear) struct known known = { 0 };
	size_t n = member->n_cgroups;
	int r = member->cgroups ? 0 : proc_read_all(member->dir, "cgroup", CGROUP_MAX, &text, &n);
	if (r < 0)
		return r;
	if (cgroup_recognize(member->cgroups ? member->cgroups : text, n, &known) != 0)
		return find_otherwise(containers, member, &known, ret);
	*ret = containers_enter(containers, &known, member->dir);
	return 0;
}

int container_of(struct containers *containers, const struct member *member,
		 const struct known **ret)
{
	struct entry *entry = NULL;
	int r = containers_look(containers, member, &entry);
	if (r < 0)
		return r;
	*ret = entry ? &entry->known : NULL;
	return 0;
}

/* What an engine says counts for the containers of those whose engine it is. */
static void learn(struct containers *containers, const struct known *known)
{
	struct entry *entry = look_up(containers, &known->container);
	if (entry && !entry->known.container.name)
		known_set_name(&entry->known, known->container.name);
}

/* The users whose engines have to be asked, maybe repeatedly; *RET is freed by the caller. */
static size_t list_owners(const struct containers *containers, uid_t **ret)
{
	uid_t *owners = xcalloc(HASH_COUNT(containers->entries) + 1, sizeof(*owners));
	size_t n = 0;
	for (const struct entry *entry = containers->entries; entry; entry = entry->hh.next)
		if (engine_knows(&entry->known) && !entry->known.container.name &&
		    !entry->known.container.outer)
			owners[n++] = entry->known.container.owner;
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
