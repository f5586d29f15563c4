/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/* What the parsers of /proc's files are made of. Pure: they look at the bytes from TEXT to END. */

/* The blank-separated word number INDEX of a line; *RET_N is 0 where it has not so many. */
const char *text_word(const char *text, const char *end, unsigned index, size_t *ret_n);

/* The same as a number: 0, -EINVAL, -ERANGE. */
int text_number(const char *text, const char *end, unsigned index, uint64_t max,
		uint64_t *ret) _must_check_;

/* The value of the line "KEY:\tvalue", up to *RET_END, or NULL. */
const char *text_line(const char *text, const char *end, const char *key, const char **ret_end);

/* The value of such a line that is a hexadecimal number, as masks of capabilities are; 0 where
 * there is none. */
uint64_t text_hex(const char *text, const char *end, const char *key);

/* Whether ITEM is one of those that LIST has, with commas between them ("rw,cpu,cpuacct"). */
bool text_has_item(const char *list, const char *item);
