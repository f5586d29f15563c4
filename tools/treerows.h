/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/proctree.h"
#include "render/field.h"

/* The rows of nstree and their columns. */

struct tree_rows;

struct tree_row {
	const struct proctree_item *item;
	const struct tree_rows *all;
	size_t depth;
	enum tree_row_names { NAMES_OURS, NAMES_OF_WITNESS, NAMES_UNKNOWN } names;
	const struct process *witness; /* who tells what its user is called in there */
};

struct tree_rows {
	size_t n;
	struct row *rows;
	struct tree_row *items;
	enum ns_kind ns_sort; /* NS_KIND_COUNT: by none */
	bool arguments;	      /* COMMAND is the command line */
	bool plain; /* no borders in COMMAND, one name in USER: other columns have those */
	bool utf8;  /* the borders' mark */
};

/* treefields.c */
#define TREE_ROW_FIELD_COUNT 19
extern const struct field tree_row_fields[TREE_ROW_FIELD_COUNT];

/* The column that has the namespaces of a kind. */
const char *tree_row_ns_column(enum ns_kind kind);

/* treerows.c: makes the rows of TREE, which has to outlive them. */
void tree_rows_fill(struct tree_rows *rows, const struct snapshot *snapshot,
		    const struct proctree *tree);
void tree_rows_clear(struct tree_rows *rows);

/* The details that these columns show, of whom they show them: as details_take(). */
int tree_rows_take_details(const struct tree_rows *rows, const struct field_list *fields,
			   const struct details **ret, struct error *err) _must_check_;
