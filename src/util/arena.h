/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "util/macro.h"

/* A bump allocator: many small objects that live and die together. Out of memory is fatal. */
struct arena;

struct arena *arena_new(void) _must_check_;
struct arena *arena_free(struct arena *arena); /* takes NULL, returns NULL */
DEFINE_CLEANUP(struct arena *, arena_free)

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */

/* A copy of N bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t n);

/* A copy of N items of SIZE bytes; ITEMS may be NULL where there are none. */
void *arena_copy_items(struct arena *arena, const void *items, size_t n, size_t size);
