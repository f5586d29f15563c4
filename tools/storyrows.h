/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/story.h"
#include "render/report.h"

/* What nstrace says at the end: the rows of --summary and of --tree, and their columns. */

/* A container; from whom it descends; or a call that made some of its namespaces. */
struct summary_row {
	const struct story_container *container; /* NULL: for none of them */
	bool is_lineage;
	const struct story_step *step;	  /* of a call; else NULL */
	const struct story_ns *const *ns; /* those that it made for the container */
	size_t n_ns;
};

struct summary_rows {
	size_t n;
	struct row *rows;
	struct summary_row *items;
	size_t n_groups;
	struct row_group *groups; /* each container, with the rows of its calls */
};

void summary_rows_fill(struct summary_rows *rows, const struct story *story);
void summary_rows_clear(struct summary_rows *rows);

/* From the first ancestor that is known to PROCESS itself: how many. *RET is freed by the caller.
 */
size_t story_lineage(const struct story_process *process, const struct story_process ***ret);

#define SUMMARY_FIELD_COUNT 13
extern const struct field summary_fields[SUMMARY_FIELD_COUNT];

/* Items are of struct story_process. */
#define MEMBER_FIELD_COUNT 12
extern const struct field member_fields[MEMBER_FIELD_COUNT];
