/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/event.h"
#include "model/row.h"

/*
 * What became of a stream of events: who took part, which namespaces were made by whom, and which
 * containers they make up. It is told event by event, and is const for whoever reads it.
 */

struct story_process;
struct story_container;

/* A namespace that a step led to. */
struct story_ns {
	enum ns_kind kind;
	ino_t ino; /* 0: unknown */
	const struct story_step *step;
	/* The first one whose first process was in it; NULL: none, or it was not made but joined.
	 */
	const struct story_container *container;
};

/* A call of a process that has succeeded, and what it led to; or its end. */
struct story_step {
	enum event_type type; /* EVENT_EXEC, CLONE, UNSHARE, SETNS, MOVED, EXIT */
	uint64_t time;
	pid_t tid; /* which thread, as the viewer has it; and its numbers in all pid namespaces */
	size_t n_pids;
	const pid_t *pids;
	const char *comm;
	const struct story_process *process;
	const char *path; /* of EXEC; NULL: unknown */
	int status;	  /* of EXIT, as wait(2) has it */
	bool was_made;	  /* the namespaces are new; else they were joined */
	size_t n_ns; /* a pid or time namespace is known by its first process only, if it has */
	struct story_ns *ns;
	const struct story_step *next; /* of the same process */
};

/* A number may be given to one process after the other. */
struct story_process {
	size_t place; /* in the list of all */
	pid_t pid;
	/* As it was first seen: who loses its parent is given another one. 0 and NULL: unknown, or
	 * none that the viewer sees. */
	pid_t ppid;
	const struct story_process *parent;
	/* It did something about namespaces, or is in a container. To run a program, to have
	 * children and to end is what everybody does. */
	bool took_part;
	const char *comm;
	size_t n_pids; /* in each pid namespace, the viewer's first; 0: unknown */
	const pid_t *pids;
	ino_t pid_ns;				 /* whose last one is; 0: unknown */
	const struct story_container *container; /* whose first process it or an ancestor is */
	const struct story_step *steps;
};

/*
 * New namespaces with a first process: PID 1 of a new pid namespace; or, where there is none of
 * those, whoever first runs a program in others.
 */
struct story_container {
	const struct story_process *first;
	uint64_t begun; /* when the call that made the first of its namespaces had ended; 0: none */
	/* The program: the first one that PID 1 runs; else the first one that runs in there. */
	const struct story_step *program; /* NULL: none yet */
	size_t n_ns;
	const struct story_ns *const *ns; /* that were made, in that order */
};

struct story {
	size_t n_processes; /* in the order in which they were first seen */
	const struct story_process *const *processes;
	size_t n_containers; /* likewise */
	const struct story_container *const *containers;
	size_t n_others; /* namespaces that were made for none of them, in that order */
	const struct story_ns *const *others;
};

/* Telling. Those who are TOP's children have no parent that is of interest; 0: all have. */
struct story_teller *story_teller_new(pid_t top) _must_check_;
struct story_teller *story_teller_free(struct story_teller *teller);
DEFINE_CLEANUP(struct story_teller *, story_teller_free)

/* The next event, none of which is kept. */
void story_tell(struct story_teller *teller, const struct event *event);

/* The number of a process that somebody descends from and that nobody has told of; 0: none. Whoever
 * knows says what it is (NUMBER alone if not) by story_introduce(), until there are none. */
pid_t story_stranger(struct story_teller *teller) _must_check_;
void story_introduce(struct story_teller *teller, const struct event_task *task);

/* Whether anybody has told of the process that has that number now. */
bool story_knows(const struct story_teller *teller, pid_t pid);

/* What has been told so far. It belongs to the teller, and is gone once more is told. */
const struct story *story_end(struct story_teller *teller) _must_check_;

/* Those who took part and their ancestors, as a tree: N rows of struct story_process. *RET is freed
 * by the caller. */
size_t story_tree(const struct story *story, struct row **ret);
