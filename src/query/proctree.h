/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/kind.h"
#include "model/row.h"
#include "query/query.h"
#include "util/macro.h"

/*
 * The processes as a tree: who descends from whom, and where namespaces change on the way. Time
 * grows with the number of processes only, however deep they go: nothing here is recursive.
 */

/* What changes between a process and the one that it hangs from: bits 1 << enum ns_kind. */
struct border {
	unsigned kinds;	  /* they are in different namespaces, for sure */
	unsigned unknown; /* nobody can tell, as one of the two could not be read */
};

/* PARENT NULL: there is nobody to compare with, and so neither a border nor anything unknown. */
struct border border_between(const struct process *process, const struct process *parent);

/* Some processes or threads, in any order; it may repeat itself. */
struct process_list {
	size_t n, capacity;
	const struct process **items;
};

void process_list_clear(struct process_list *list);
void process_list_add(struct process_list *list, const struct process *process);

/* Adds the process, or all that are in the namespace: how many. */
size_t process_list_add_found(struct process_list *list, const struct found *found);

struct proctree_item {
	const struct process *process; /* NULL: the row is the heading of a namespace */
	const struct process *parent;  /* of a thread: its process; NULL: none that is there */
	struct border border;	       /* between these two */
	const struct edge *ns;	       /* of a heading: what stands above */
};

struct proctree_wish {
	const struct process_list *roots; /* these and all below them; NULL: everybody */
	bool parents;			  /* those above them, too */
	bool borders_only;    /* of these who is at a border, and their ancestors; and the roots */
	bool threads;	      /* each below its process; else a thread means its process */
	enum ns_kind ns_sort; /* a tree for each namespace of the kind; NS_KIND_COUNT: one tree */
	bool headings;	      /* which has a row at its top */
};

struct proctree {
	size_t n;
	struct row *rows; /* of items, in the order of the tree; children by their number */
	struct proctree_item *items;
	size_t n_unknown; /* whom BORDERS_ONLY left out, though they may be at a border */
};

void proctree_make(const struct snapshot *snapshot, const struct proctree_wish *wish,
		   struct proctree *ret);
void proctree_clear(struct proctree *tree);
