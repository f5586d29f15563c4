/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "util/alloc.h"

#define CHUNK_SIZE ((size_t)64 * 1024)
#define ALIGNMENT alignof(max_align_t)

struct chunk {
	struct chunk *next;
	alignas(max_align_t) char data[];
};

struct arena {
	struct chunk *chunks;
	size_t left; /* bytes unused at the end of the first chunk */
	char *free;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

struct arena *arena_free(struct arena *arena)
{
	if (!arena)
		return NULL;
	for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
	return NULL;
}

static void add_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk = xcalloc(1, sizeof(*chunk) + size);
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->free = chunk->data;
	arena->left = size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size == 0)
		size = 1; /* an empty list is not NULL: qsort() and bsearch() do not take that */
	size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (rounded > arena->left)
		add_chunk(arena, rounded > CHUNK_SIZE ? rounded : CHUNK_SIZE);
	void *object = arena->free;
	arena->free += rounded;
	arena->left -= rounded;
	return object;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

void *arena_copy_items(struct arena *arena, const void *items, size_t n, size_t size)
{
	void *copy = arena_alloc(arena, n * size + 1);
	return n ? memcpy(copy, items, n * size) : copy;
}
