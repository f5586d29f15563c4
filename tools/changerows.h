/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/changes.h"
#include "render/field.h"

/* The rows of nscmp that compare snapshots, and their columns. The view of a report has the second
 * snapshot; what is only in the first one, these look up in there. */
struct change_row {
	const struct change *change;
	const struct system *before, *after;
};

#define CHANGE_FIELD_COUNT 8
extern const struct field change_fields[CHANGE_FIELD_COUNT];
