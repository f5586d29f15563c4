/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "util/macro.h"

/*
 * Allocation that cannot fail: out of memory ends the process with a line on stderr and exit
 * status 2. Our tools are short-lived readers, and code that passes ENOMEM up by hand is code that
 * nobody tests. This is the only place in src/ that prints or exits.
 */
void *xmalloc(size_t size) _must_check_;
void *xcalloc(size_t n, size_t size) _must_check_; /* zeroed */
void *xreallocarray(void *pointer, size_t n, size_t size) _must_check_;
char *xstrdup(const char *string) _must_check_;
char *xstrndup(const char *string, size_t n) _must_check_;
char *xasprintf(const char *format, ...) _must_check_ _printf_(1, 2);

/* LIST, which is used up and may be NULL, with WORD at its end, and BETWEEN in front of that unless
 * it is the first one. */
char *xappend(char *list, const char *between, const char *word) _must_check_;

/* Makes room for one more: returns ARRAY, moved if need be, with *CAPACITY > N. */
void *xgrow(void *array, size_t n, size_t *capacity, size_t size) _must_check_;
