/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <uthash.h>

#include "query/story.h"

/* Between story.c, which takes events, and story-answers.c, which says what they add up to. */

/* A process, and who has its number now. */
struct entry {
	struct story_process process;
	pid_t pid; /* the key */
	size_t index, made_capacity, joined_capacity, programs_capacity;
	struct entry *parent;
	struct entry *also_missing;
	bool joins_children; /* its next child is in a pid or time namespace that is there */
	UT_hash_handle hh;
};

struct made_key {
	enum ns_kind kind;
	ino_t ino;
};

/* A namespace that was made: inodes are used again, and then the last one is meant. */
struct made {
	struct made_key key;
	struct entry *maker;
	size_t place;	    /* in that one's list */
	struct entry *init; /* of a pid namespace */
	UT_hash_handle hh;
};

struct story {
	struct entry *by_pid;
	struct made *by_ino;
	size_t n_entries, capacity;
	struct entry **entries; /* as they came */
	size_t n_order, order_capacity;
	struct made **order; /* namespaces, as they were made */
	struct entry *missing;
};

/* The one that was made last with that inode; NULL: none in this trace. */
struct made *story_find_made(const struct story *story, enum ns_kind kind, ino_t ino);
