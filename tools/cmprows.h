/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/compare.h"
#include "render/field.h"

/* The rows of nscmp that compare processes, and their columns. */

/* What is compared, and what its processes are called. */
struct cmp {
	struct comparison comparison;
	const struct details *details;
	char **headings;       /* "41208 bash", "docker:chal sleep" */
	struct called *called; /* "PID 41208", "docker:chal" */
};

void cmp_clear(struct cmp *cmp);

/* Makes the comparison and the headings; DETAILS need DETAIL_CONTAINER. */
void cmp_make(struct cmp *cmp, const struct details *details);

/* A kind, of all processes, or of the first one and the one at place OTHER. */
struct cmp_row {
	const struct cmp *cmp;
	enum ns_kind kind;
	size_t other; /* 0: all */
};

/* Of a kind; of a kind and two processes; of a process, where the item is that. */
#define CMP_KIND_FIELD_COUNT 5
#define CMP_PAIR_FIELD_COUNT 4
#define CMP_PROCESS_FIELD_COUNT 7
extern const struct field cmp_kind_fields[CMP_KIND_FIELD_COUNT];
extern const struct field cmp_pair_fields[CMP_PAIR_FIELD_COUNT];
extern const struct field cmp_process_fields[CMP_PROCESS_FIELD_COUNT];

/* The columns of the matrix, 1 + N of them: KIND, and one for each process. The array is freed by
 * the caller, the names in it are those of CMP. */
struct field *cmp_matrix_fields(const struct cmp *cmp) _must_check_;

/* The line that says why something is unknown; NULL where nothing is. */
char *cmp_why_unknown(const struct cmp *cmp) _must_check_;
