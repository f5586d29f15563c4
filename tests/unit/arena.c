/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdalign.h>

#include "fixture.h"
#include "util/arena.h"

static bool is_zero(const char *memory, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memory[i])
			return false;
	return true;
}

static const struct row_size {
	const char *name;
	size_t size;
} sizes[] = {
	{ "one byte", 1 },	     { "not a multiple of 16", 17 }, { "a page", 4096 },
	{ "nearly a chunk", 65535 }, { "a chunk", 65536 },	     { "a bit more", 65537 },
	{ "many chunks", 1 << 20 },
};

static void zeroed_aligned_and_ours(void **state)
{
	size_t size = ROW(struct row_size, state)->size;
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	for (int i = 0; i < 20; i++) {
		char *object = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)object % alignof(max_align_t), 0);
		assert_true(is_zero(object, size));
		memset(object, 0xff, size); /* the next one must not see it */
	}
}

/* Sizes of all sorts in turn: none may lie upon another. */
static void objects_are_disjoint(void **state _unused_)
{
	enum { N = 2000 };
	static unsigned char *objects[N];
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	for (size_t i = 0; i < N; i++) {
		objects[i] = arena_alloc(arena, i * 37 % 1500 + 1);
		memset(objects[i], (int)(i % 251 + 1), i * 37 % 1500 + 1);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < i * 37 % 1500 + 1; j++)
			assert_int_equal(objects[i][j], i % 251 + 1);
}

static void small_after_large(void **state _unused_)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	char *before = arena_alloc(arena, 8);
	char *large = arena_alloc(arena, 1 << 20);
	char *after = arena_alloc(arena, 8);
	memset(before, 1, 8);
	memset(large, 2, 1 << 20);
	memset(after, 3, 8);
	assert_int_equal(before[7], 1);
	assert_int_equal(large[0], 2);
	assert_int_equal(large[(1 << 20) - 1], 2);
}

static void copies_end_in_nul(void **state _unused_)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	memset(arena_alloc(arena, 64), 0xff, 64);
	_cleanup_(freep) char *bytes = exact_copy("a\0b", 3);
	const char *copy = arena_copy(arena, bytes, 3);
	bytes[0] = 'x';
	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_copy(arena, "abc", 2), "ab");
	assert_string_equal(arena_copy(arena, NULL, 0), "");
	/* sixteen bytes and the NUL do not fit into sixteen */
	const char *full = arena_copy(arena, "0123456789abcdef", 16);
	memset(arena_alloc(arena, 16), 0xff, 16);
	assert_string_equal(full, "0123456789abcdef");
}

/* qsort() and bsearch() do not take NULL, not even for nothing. */
static void nothing_is_something(void **state _unused_)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	assert_non_null(arena_alloc(arena, 0));
	char *before = arena_alloc(arena, 1);
	assert_non_null(arena_alloc(arena, 0));
	*before = 1;
	assert_int_equal(*(char *)arena_alloc(arena, 1), 0);
}

static void free_takes_null(void **state _unused_)
{
	assert_null(arena_free(NULL));
	assert_null(arena_free(arena_new()));
}

int main(void)
{
	TEST_ROWS(zeroed_aligned_and_ours, sizes);
	TEST(objects_are_disjoint);
	TEST(small_after_large);
	TEST(copies_end_in_nul);
	TEST(nothing_is_something);
	TEST(free_takes_null);
	return suite_run("arena");
}
