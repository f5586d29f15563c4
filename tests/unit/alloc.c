/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/wait.h>

#include "fixture.h"

static void nothing_is_something(void **state _unused_)
{
	_cleanup_(freep) char *a = xmalloc(0), *b = xcalloc(0, 8), *c = xcalloc(8, 0);
	_cleanup_(freep) char *d = xreallocarray(NULL, 0, 8), *e = xreallocarray(NULL, 8, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	assert_non_null(d);
	assert_non_null(e);
}

static void calloc_zeroes(void **state _unused_)
{
	static const char zeroes[64 * 16];
	_cleanup_(freep) char *memory = xcalloc(64, 16);
	assert_memory_equal(memory, zeroes, sizeof(zeroes));
}

static void reallocarray_keeps(void **state _unused_)
{
	char *text = xstrdup("kept");
	text = xreallocarray(text, 1000, 100);
	assert_string_equal(text, "kept");
	text[1000 * 100 - 1] = 'x'; /* all of it is ours */
	free(text);
}

static void strings(void **state _unused_)
{
	_cleanup_(freep) char *empty = xstrdup(""), *copy = xstrdup("a copy");
	_cleanup_(freep) char *text = xasprintf("%d/%s", 79, "chal");
	assert_string_equal(empty, "");
	assert_string_equal(copy, "a copy");
	assert_string_equal(text, "79/chal");
}

static void grow_makes_room_and_keeps(void **state _unused_)
{
	size_t capacity = 0, n_moves = 0;
	_cleanup_(freep) int *numbers = NULL;
	for (int n = 0; n < 5000; n++) {
		size_t before = capacity;
		numbers = xgrow(numbers, n, &capacity, sizeof(*numbers));
		assert_true(capacity > (size_t)n);
		n_moves += capacity != before;
		numbers[n] = n;
	}
	for (int n = 0; n < 5000; n++)
		assert_int_equal(numbers[n], n);
	assert_in_range(n_moves, 2, 20); /* it doubles */
}

/* What a child that runs RUN prints on stderr, and its exit status. */
static int run_child(void (*run)(void), char *text, size_t size)
{
	int pipe_fds[2], status;
	assert_int_equal(pipe(pipe_fds), 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(pipe_fds[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(pipe_fds[1]);
	ssize_t n = read(pipe_fds[0], text, size - 1);
	text[n > 0 ? n : 0] = 0;
	close(pipe_fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void ask_for_too_much(void)
{
	/* 16 bytes, if the product wrapped around. */
	free(xreallocarray(NULL, ((size_t)-1 >> 4) + 2, 16));
}

static void append_puts_something_between(void **state _unused_)
{
	_cleanup_(freep) char *list = xappend(NULL, ", ", "a");
	assert_string_equal(list, "a");
	list = xappend(list, ", ", "b");
	assert_string_equal(list, "a, b");
	_cleanup_(freep) char *empty = xappend(xstrdup(""), ", ", "c");
	assert_string_equal(empty, "c");
}

static void overflow_is_fatal(void **state _unused_)
{
	char text[256];
	assert_int_equal(run_child(ask_for_too_much, text, sizeof(text)), 2);
	assert_string_equal(text, "out of memory\n");
}

int main(void)
{
	TEST(nothing_is_something);
	TEST(calloc_zeroes);
	TEST(reallocarray_keeps);
	TEST(strings);
	TEST(grow_makes_room_and_keeps);
	TEST(append_puts_something_between);
	TEST(overflow_is_fatal);
	return suite_run("alloc");
}
