/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <uthash.h>

#include "model/builder.h"
#include "util/arena.h"

/* Between builder.c, which takes what collectors find, and finish.c, which makes a snapshot of it.
 */

struct key {
	uint64_t ino;
	uint64_t kind;
};

struct ns_entry {
	struct ns ns; /* first, so that a struct ns we handed out leads back here */
	struct key key;
	bool described, wanted, kept;
	pid_t member;	       /* the first process found in it; 0: none */
	struct ns_entry *todo; /* the next one that builder_keep_what_is_used() has to follow */
	UT_hash_handle hh;
};

/* A pin on its way to its namespace; NULL: it is in flight. */
struct pin_entry {
	struct ns *ns;
	pid_t pid; /* the process; 0: none */
	struct pin pin;
	size_t order;
};

struct process_entry {
	struct process process; /* first, as above */
	size_t order;
	size_t walk;	  /* of open_loops() */
	size_t n_threads; /* that are in the builder too, with it as their leader */
};

struct builder {
	struct arena *arena;
	struct origin origin;
	struct ns_entry *namespaces; /* uthash */
	struct process_entry **processes;
	size_t n_processes, size_processes;
	struct gap *gaps;
	size_t n_gaps, size_gaps;
	struct pin_entry *pins;
	size_t n_pins, size_pins;
	size_t n_nameless;
};

/* finish.c: marks the namespaces that stay: those that are wanted, those that processes lead to,
 * and what these lead to. */
void builder_keep_what_is_used(struct builder *builder);

/* pins.c: links pins and namespaces, once those and the processes are in their order, and says by
 * what each one is held. */
void builder_link_pins(struct builder *builder, struct snapshot *snapshot);

static inline struct ns_entry *entry_of(const struct ns *ns)
{
	return (struct ns_entry *)ns;
}
