/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/* The length in bytes (1–4) of the character at the start of BYTES and its code point, or 0 where
 * there is no well-formed one (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
size_t utf8_decode(const char *bytes, size_t n, uint32_t *ret);

/*
 * Bytes to valid UTF-8 and back, without loss: each byte that is not part of a well-formed
 * character becomes \xHH, a backslash is doubled. Both return a string of their own; unescape
 * returns -EINVAL for a backslash that is followed by anything else.
 */
char *utf8_escape(const char *bytes, size_t n) _must_check_;
int utf8_unescape(const char *string, char **ret, size_t *ret_n) _must_check_;
