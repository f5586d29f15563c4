/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/child.h"

/* Between the readers: nothing outside detail/ includes this. */

/* What was read of some processes, which others see as well. */
struct inside_views {
	struct arena *arena;
	struct child_patience *patience;
	struct known_view *known;
	size_t n, capacity;
	struct known_outer *outers;
	size_t n_outers, outers_capacity;
};

void inside_views_clear(struct inside_views *views);

/* What the process whose directory DIR is sees. */
const struct inside_view *inside_view_read(struct inside_views *views, int dir) _must_check_;

/* What it would see from the root directory of its mount namespace. PROC is a descriptor of /proc.
 */
const struct inside_view *inside_view_read_outer(struct inside_views *views, int proc,
						 int dir) _must_check_;
