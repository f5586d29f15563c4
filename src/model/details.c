/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/details.h"

#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"

struct details_builder {
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

struct details_builder *details_builder_free(struct details_builder *builder)
{
	if (!builder)
		return NULL;
	arena_free(builder->arena);
	free(builder->details);
	free(builder->users);
	free(builder);
	return NULL;
}

void details_builder_add(struct details_builder *builder, const struct detail *detail)
{
	struct detail copy = *detail;
	if (detail->has_cmdline)
		copy.cmdline = arena_copy(builder->arena, detail->cmdline, detail->n_cmdline);
	if (detail->ps.tty)
		copy.ps.tty = arena_copy(builder->arena, detail->ps.tty, strlen(detail->ps.tty));
	builder->details = xgrow(builder->details, builder->n_details, &builder->size_details,
				 sizeof(*builder->details));
	builder->details[builder->n_details++] = copy;
}

void details_builder_add_user(struct details_builder *builder, uid_t uid, const char *name)
{
	struct user_name user = { .uid = uid };
	if (name)
		user.name = arena_copy(builder->arena, name, strlen(name));
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

const struct details *details_builder_finish(struct details_builder *builder)
{
	struct details *details = arena_alloc(builder->arena, sizeof(*details));
	details->n_details = builder->n_details;
	details->details = settle(builder->arena, builder->details, builder->n_details,
				  sizeof(struct detail), compare_details);
	details->n_users = builder->n_users;
	details->users = settle(builder->arena, builder->users, builder->n_users,
				sizeof(struct user_name), compare_users);
	details->arena = TAKE(builder->arena);
	details_builder_free(builder);
	return details;
}
