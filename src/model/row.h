/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* A line of an answer. Rows of a tree come in its order, parents before their children. */
struct row {
	const void *item;
	size_t parent; /* the place of its parent's row; ROW_TOP */
	size_t depth;  /* 0 at the top */
};

#define ROW_TOP ((size_t)-1)
