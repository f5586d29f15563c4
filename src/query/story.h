/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"
#include "model/row.h"
#include "util/macro.h"

/*
 * What the events of a trace add up to: who took part and descends from whom, which namespaces were
 * made by whom, and the containers that appeared: the first processes of new pid namespaces. Time
 * grows with the number of events only.
 *
 * Threads are their process. A process is known by its number, and a new one begins where a clone
 * with that number is told.
 */
struct story;

struct story_ns {
	enum ns_kind kind;
	ino_t ino;
	const struct story_process *maker;
	enum event_type call; /* EVENT_CLONE, EVENT_UNSHARE; EVENT_MOVED: nobody saw it */
	uint64_t time;	      /* ns since 1970 */
};

struct story_process {
	struct event_task task; /* as it was told last, with its process as pid */
	bool is_known;		/* else nothing but its number is */
	/* It did something about namespaces, or is in a new pid namespace. */
	bool took_part;
	/* Who has made it, or its parent when it was first told; NULL: none that is visible. */
	const struct story_process *parent;
	size_t n_programs;
	char **programs; /* that it ran, one after the other */
	size_t n_made;
	struct story_ns *made;
	size_t n_joined;
	struct story_ns *joined; /* that were there before, or are others' */

	bool is_init; /* PID 1 of a new pid namespace */
	/* Of such a one, what it is there for: the first program that it ran, or that was run in
	 * its pid namespace, as some inits only look after others. NULL: none was yet. */
	const char *program;
	uint64_t program_time;
};

struct story_container {
	const struct story_process *init;
	uint64_t began; /* when the first of its namespaces was made; 0: none was in this trace */
	size_t n_ns;	/* that were made in this trace, and that it is in */
	const struct story_ns *ns[NS_KIND_COUNT];
};

struct story *story_new(void);
struct story *story_free(struct story *story);
DEFINE_CLEANUP(struct story *, story_free)

void story_add(struct story *story, const struct event *event);

/* An ancestor, or the process of a thread, that nothing is known of yet: its number, or 0. Whoever
 * can tell more fills it in, with TASK, or NULL where it is gone; then it is known as far as can
 * be. */
pid_t story_missing(const struct story *story);
void story_fill(struct story *story, const struct event_task *task);

/* Those who took part and their ancestors, as a tree, in the order in which they came: freed by the
 * caller. */
void story_tree(const struct story *story, struct row **ret, size_t *ret_n);

/* The containers, and all namespaces that were made, in the order in which that was told: freed by
 * the caller, but valid only as long as the story is, and nothing is added. */
void story_containers(const struct story *story, struct story_container **ret, size_t *ret_n);
void story_made(const struct story *story, const struct story_ns ***ret, size_t *ret_n);
