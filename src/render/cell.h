/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "render/report.h"

/* What stands in a cell of a table or a line, for a terminal that takes UTF-8 or not. Freed by the
 * caller. */
char *cell_text(const struct report *report, bool utf8, const struct value *value) _must_check_;
char *cell_string(const struct report *report, bool utf8, const char *bytes, size_t n) _must_check_;
