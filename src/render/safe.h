/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

/*
 * Bytes of a process, a user, a file or a container on their way out. No control character gets
 * through (C0, DEL, C1), none that reorders a line (bidirectional formatting), no line separator,
 * nothing that is not well-formed UTF-8. Both return a string of their own.
 */

/* For a terminal: each such byte as \xHH, and so the backslash of what looks like one already.
 * Without UTF8, whatever is not ASCII too. */
char *safe_text(const char *bytes, size_t n, bool utf8) _must_check_;

/* For JSON: quoted, such characters as \uXXXX, what is not UTF-8 as U+FFFD. */
char *safe_json(const char *bytes, size_t n) _must_check_;
