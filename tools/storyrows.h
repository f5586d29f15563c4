/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/story.h"
#include "render/report.h"

/* What nstrace prints when it ends: LIKE says in which format, and how. 0, or -errno. */

/* The containers that appeared, and the namespaces that were made. */
int story_print_summary(const struct story *story, const struct report *like, FILE *stream,
			struct error *err) _must_check_;

/* Who took part, as a tree. */
int story_print_tree(const struct story *story, const struct report *like, FILE *stream,
		     struct error *err) _must_check_;
