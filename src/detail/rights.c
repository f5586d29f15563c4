/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/rights.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/sort.h"
#include "util/text.h"

/* A set that grows. */
struct ids {
	uint32_t *items; /* malloc */
	size_t n, capacity, n_sorted;
};

/* What is there twice goes when there is much of it. */
static void add_id(struct ids *ids, uint32_t id)
{
	if (ids->n == ids->capacity && ids->n >= 2 * ids->n_sorted)
		ids->n_sorted = ids->n = sort_ids(ids->items, ids->n);
	ids->items = xgrow(ids->items, ids->n, &ids->capacity, sizeof(*ids->items));
	ids->items[ids->n++] = id;
}

static struct id_set keep(struct arena *arena, struct ids *ids)
{
	ids->n = sort_ids(ids->items, ids->n);
	_cleanup_(freep) uint32_t *items = ids->items;
	return (struct id_set){ ids->n, arena_copy_items(arena, items, ids->n, sizeof(*items)) };
}

/* Threads mostly have the groups of others, and so the same text. */
#define TEXTS 8

struct groups_text {
	char *text;
	size_t n;
};

struct sum {
	struct exposure *exposure;
	struct ids users, groups;
	struct groups_text texts[TEXTS]; /* the last ones */
	size_t n_texts;
};

static bool was_seen(const struct sum *sum, const char *text, size_t n)
{
	for (size_t i = 0; i < TEXTS; i++)
		if (sum->texts[i].text && sum->texts[i].n == n &&
		    memcmp(sum->texts[i].text, text, n) == 0)
			return true;
	return false;
}

static void remember(struct sum *sum, const char *text, size_t n)
{
	struct groups_text *place = &sum->texts[sum->n_texts++ % TEXTS];
	free(place->text);
	*place = (struct groups_text){ memcpy(xmalloc(n + 1), text, n), n };
}

static int add_groups(struct sum *sum, const char *text, size_t n)
{
	size_t n_word;
	const char *end = text + n, *word = text;
	if (was_seen(sum, text, n))
		return 0;
	while (word = text_word(word, end, 0, &n_word), n_word) {
		uint64_t id;
		if (parse_u64_n(word, n_word, UINT32_MAX, &id) < 0)
			return -EIO;
		add_id(&sum->groups, id);
		word += n_word;
	}
	remember(sum, text, n);
	return 0;
}

/* Ids, capabilities, filters and no_new_privs are those of each thread, which share all else: what
 * one of them may do, the process may. */
static int add(struct sum *sum, const struct rights *rights)
{
	struct exposure *exposure = sum->exposure;
	exposure->effective |= rights->effective;
	exposure->permitted |= rights->permitted;
	exposure->inheritable |= rights->inheritable;
	exposure->bounding |= rights->bounding;
	exposure->ambient |= rights->ambient;
	exposure->no_new_privs &= rights->no_new_privs;
	if (rights->seccomp < exposure->seccomp)
		exposure->seccomp = rights->seccomp;
	for (size_t i = 0; i < ARRAY_SIZE(rights->uids); i++) {
		add_id(&sum->users, rights->uids[i]);
		add_id(&sum->groups, rights->gids[i]);
	}
	return add_groups(sum, rights->groups, rights->n_groups);
}

static int read_thread(int dir, const char *name, struct sum *sum)
{
	_cleanup_(freep) char *text = NULL;
	struct rights rights;
	size_t n;
	int r = proc_read_all(dir, name, PROC_STATUS_MAX, &text, &n);
	if (r < 0)
		return r;
	return rights_parse(text, n, &rights) < 0 ? -EIO : add(sum, &rights);
}

/* One that ends meanwhile is nothing; one that could not be read might do anything. */
static int read_threads(int dir, struct sum *sum)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(dir, "task");
	if (!folder)
		return -errno;
	for (const struct dirent *entry; (entry = readdir(folder));) {
		char name[64];
		pid_t tid;
		if (parse_pid(entry->d_name, &tid) < 0 || tid == sum->exposure->process->pid)
			continue;
		snprintf(name, sizeof(name), "task/%d/status", tid);
		int r = read_thread(dir, name, sum);
		if (r < 0 && r != -ENOENT && r != -ESRCH)
			return r;
	}
	return 0;
}

void rights_read(struct arena *arena, int dir, struct exposure *ret)
{
	struct sum sum = { .exposure = ret };
	ret->no_new_privs = true;
	ret->seccomp = UINT32_MAX;
	int r = read_thread(dir, "status", &sum);
	if (r == 0)
		r = read_threads(dir, &sum);
	ret->users = keep(arena, &sum.users);
	ret->groups = keep(arena, &sum.groups);
	for (size_t i = 0; i < TEXTS; i++)
		free(sum.texts[i].text);
	ret->status_why = -r;
}
