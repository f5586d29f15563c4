/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static _noreturn_ void out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	exit(2);
}

void *xmalloc(size_t size)
{
	void *pointer = malloc(size ? size : 1);
	if (!pointer)
		out_of_memory();
	return pointer;
}

void *xcalloc(size_t n, size_t size)
{
	void *pointer = calloc(n ? n : 1, size ? size : 1);
	if (!pointer)
		out_of_memory();
	return pointer;
}

void *xreallocarray(void *pointer, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		out_of_memory();
	void *moved = realloc(pointer, n && size ? n * size : 1);
	if (!moved)
		out_of_memory();
	return moved;
}

char *xstrdup(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(xmalloc(size), string, size);
}

char *xstrndup(const char *string, size_t n)
{
	n = strnlen(string, n);
	char *copy = memcpy(xmalloc(n + 1), string, n);
	copy[n] = 0;
	return copy;
}

char *xasprintf(const char *format, ...)
{
	char *string = NULL;
	va_list ap;
	va_start(ap, format);
	int n = vasprintf(&string, format, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	return string;
}

char *xappend(char *list, const char *between, const char *word)
{
	_cleanup_(freep) char *before = list;
	return xasprintf("%s%s%s", before ? before : "", before && *before ? between : "", word);
}

void *xgrow(void *array, size_t n, size_t *capacity, size_t size)
{
	if (n < *capacity)
		return array;
	*capacity = n < 8 ? 16 : n * 2;
	return xreallocarray(array, *capacity, size);
}
