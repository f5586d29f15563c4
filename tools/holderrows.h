/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/holders.h"
#include "render/field.h"

/* The rows of nswho and their columns. */

/* A holder; or, as JSON has it, the namespace as a whole. */
struct holder_row {
	const struct ns *ns; /* NULL: nobody knows which one */
	bool whole;
	struct holder holder;
};

#define HOLDER_ROW_FIELD_COUNT 13
extern const struct field holder_row_fields[HOLDER_ROW_FIELD_COUNT];

/* Before the holders of a namespace comes the row that is the whole of it. */
struct holder_rows {
	size_t n, capacity;
	struct holder_row *items;
	bool has_tid, has_mntns; /* some row has one; of mounts in our own mount namespace, none */
};

void holder_rows_clear(struct holder_rows *rows);

/* Adds a namespace with all that holds it, unless it is there already: whether there is anything.
 */
bool holder_rows_add(struct holder_rows *rows, const struct snapshot *snapshot,
		     const struct ns *ns);

/* How many holders of each kind it has. */
void holder_rows_count(const struct holder_rows *rows, const struct ns *ns,
		       size_t ret[HELD_BY_COUNT]);

/* Adds what may hold it without anybody being able to tell: namespaces of its kind that have no
 * name, and what is in flight; each once. */
void holder_rows_add_nameless(struct holder_rows *rows, const struct snapshot *snapshot,
			      enum ns_kind kind);
