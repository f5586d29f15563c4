/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/proof.h"
#include "query/query.h"

/*
 * compare.c: which namespaces processes share.
 */
enum share {
	SHARE_UNKNOWN,
	SHARE_SAME,
	SHARE_DIFFERENT,
	SHARE_NOTHING, /* neither is in any: both have ended, or the kernel has no such kind */
};

/* One process, one kind. */
struct shared {
	enum share share;    /* with the first process; of that itself, SHARE_SAME */
	bool none;	     /* it is in none */
	const struct ns *ns; /* NULL: unknown, or none */
	int host;	     /* that is the host's own: 1, 0, or -ENODATA where nobody knows */
};

struct comparison {
	const struct snapshot *snapshot;
	unsigned kinds; /* bits 1 << enum ns_kind: those that count */
	size_t n;
	const struct process *const *processes; /* N; the lists stay the caller's */
	const struct proof *proofs; /* of each with the first one; NULL: there are none */
	struct shared *cells;	    /* freed by comparison_clear() */
};

/* Fills in CELLS. */
void comparison_make(struct comparison *comparison);
void comparison_clear(struct comparison *comparison);

const struct shared *comparison_cell(const struct comparison *comparison, enum ns_kind kind,
				     size_t i);

/* Whether they share all of their namespaces: 1; 0, one is proven not to be shared; -ENODATA. */
int comparison_verdict(const struct comparison *comparison);

/* What a process is called in a sentence: NAME is its container, else "PID 41208". */
struct called {
	const char *name;
	bool container; /* it is that */
};

/*
 * explain.c: what it means for the first process and for the one at place I that they share a
 * namespace of that kind, or do not: a sentence of untrusted bytes, freed by the caller. Numbers of
 * users need FACT_IDMAPS of what was collected; host names come from DETAILS.
 */
char *comparison_explain(const struct comparison *comparison, const struct details *details,
			 enum ns_kind kind, size_t i, const struct called *first,
			 const struct called *other) _must_check_;
