/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/details.h"

#include <string.h>
#include <uthash.h>

#include "util/alloc.h"
#include "util/arena.h"

/* A container by all that it consists of. */
struct container_entry {
	const struct container *container;
	char *key;
	UT_hash_handle hh;
};

struct details_builder {
	struct container_entry *containers; /* uthash */
	struct arena *arena;
	struct detail *details;
	size_t n_details, size_details;
	struct user_name *users;
	size_t n_users, size_users;
};

const struct details *details_free(const struct details *details)
{
	if (details)
		arena_free(details->arena);
	return NULL;
}

static int compare_details(const void *a, const void *b)
{
	const struct detail *x = a, *y = b;
	return (x->process > y->process) - (x->process < y->process);
}

static int compare_users(const void *a, const void *b)
{
	const struct user_name *x = a, *y = b;
	return (x->uid > y->uid) - (x->uid < y->uid);
}

const struct detail *details_find(const struct details *details, const struct process *process)
{
	const struct detail key = { .process = process };
	return bsearch(&key, details->details, details->n_details, sizeof(key), compare_details);
}

const struct user_name *details_user(const struct details *details, uid_t uid)
{
	const struct user_name key = { .uid = uid };
	return bsearch(&key, details->users, details->n_users, sizeof(key), compare_users);
}

struct details_builder *details_builder_new(void)
{
	struct details_builder *builder = xcalloc(1, sizeof(*builder));
	builder->arena = arena_new();
	return builder;
}

static void forget_containers(struct details_builder *builder)
{
	struct container_entry *entry, *next;
	HASH_ITER (hh, builder->containers, entry, next) {
		HASH_DEL(builder->containers, entry);
		free(entry->key);
		free(entry);
	}
}

struct details_builder *details_builder_free(struct details_builder *builder)
{
	if (!builder)
		return NULL;
	arena_free(builder->arena);
	forget_containers(builder);
	free(builder->details);
	free(builder->users);
	free(builder);
	return NULL;
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

/* The length in front of each text keeps apart what only looks the same when joined. */
static char *container_key(const struct container *container)
{
	const char *name = container->name, *pod = container->pod;
	return xasprintf("%zu%s%zu%s%d%zu%s%d%s", strlen(container->engine), container->engine,
			 strlen(container->id), container->id, name != NULL,
			 name ? strlen(name) : 0, name ? name : "", pod != NULL, pod ? pod : "");
}

static const struct container *settle_container(struct details_builder *builder,
						const struct container *container)
{
	_cleanup_(freep) char *key = container_key(container);
	struct container_entry *entry;
	HASH_FIND_STR(builder->containers, key, entry);
	if (entry)
		return entry->container;
	struct container *copy = arena_alloc(builder->arena, sizeof(*copy));
	copy->engine = copy_text(builder->arena, container->engine);
	copy->id = copy_text(builder->arena, container->id);
	copy->name = copy_text(builder->arena, container->name);
	copy->pod = copy_text(builder->arena, container->pod);
	entry = xcalloc(1, sizeof(*entry));
	entry->container = copy;
	entry->key = TAKE(key);
	HASH_ADD_KEYPTR(hh, builder->containers, entry->key, strlen(entry->key), entry);
	return copy;
}

void details_builder_add(struct details_builder *builder, const struct detail *detail)
{
	struct detail copy = *detail;
	if (detail->has_cmdline)
		copy.cmdline = arena_copy(builder->arena, detail->cmdline, detail->n_cmdline);
	copy.ps.tty = copy_text(builder->arena, detail->ps.tty);
	copy.cgroup = copy_text(builder->arena, detail->cgroup);
	copy.hostname = copy_text(builder->arena, detail->hostname);
	if (detail->container)
		copy.container = settle_container(builder, detail->container);
	builder->details = xgrow(builder->details, builder->n_details, &builder->size_details,
				 sizeof(*builder->details));
	builder->details[builder->n_details++] = copy;
}

void details_builder_add_user(struct details_builder *builder, uid_t uid, const char *name)
{
	struct user_name user = { .uid = uid, .name = copy_text(builder->arena, name) };
	builder->users =
		xgrow(builder->users, builder->n_users, &builder->size_users, sizeof(user));
	builder->users[builder->n_users++] = user;
}

/* A sorted copy in the arena. */
static const void *settle(struct arena *arena, const void *items, size_t n, size_t size,
			  int (*compare)(const void *, const void *))
{
	void *copy = arena_alloc(arena, n * size);
	if (n) {
		memcpy(copy, items, n * size);
		qsort(copy, n, size, compare);
	}
	return copy;
}

static void list_containers(const struct details_builder *builder, struct details *details)
{
	size_t n = HASH_COUNT(builder->containers), i = 0;
	const struct container **list = arena_alloc(builder->arena, n * sizeof(struct container *));
	for (const struct container_entry *entry = builder->containers; entry;
	     entry = entry->hh.next)
		list[i++] = entry->container;
	details->n_containers = n;
	details->containers = list;
}

const struct details *details_builder_finish(struct details_builder *builder)
{
	struct details *details = arena_alloc(builder->arena, sizeof(*details));
	details->n_details = builder->n_details;
	details->details = settle(builder->arena, builder->details, builder->n_details,
				  sizeof(struct detail), compare_details);
	details->n_users = builder->n_users;
	details->users = settle(builder->arena, builder->users, builder->n_users,
				sizeof(struct user_name), compare_users);
	list_containers(builder, details);
	details->arena = TAKE(builder->arena);
	details_builder_free(builder);
	return details;
}
