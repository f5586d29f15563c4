/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <uthash.h>

#include "query/story.h"
#include "util/arena.h"

/* A story while it is told, for story.c, story-process.c and story-end.c. */

struct told_process {
	struct story_process process;
	struct story_step *last_step;
	UT_hash_handle hh;
};

struct ns_key {
	ino_t ino;
	uint64_t kind; /* no padding: it is hashed as bytes */
};

struct told_ns {
	struct ns_key key;
	struct story_ns *ns;
	UT_hash_handle hh;
};

struct told_thread {
	pid_t tid;
	/* What its children will be in, and where it was when it said so. */
	struct story_ns *pending[NS_KIND_COUNT];
	ino_t was[NS_KIND_COUNT];
	UT_hash_handle hh;
};

struct list {
	size_t n, size;
	void **items;
};

struct story_teller {
	struct arena *arena;
	pid_t top;
	struct told_process *by_pid; /* who has that number now */
	struct told_ns *by_ns;	     /* what was made and has that number now */
	struct told_thread *by_tid;
	struct list processes;	/* struct told_process, in the order in which they were seen */
	struct list containers; /* struct story_container */
	struct list made;	/* struct story_ns, in the order of the calls */
	struct list strangers;	/* struct told_process, whose parents may be unknown */
	struct arena *ending;	/* what story_end() made */
	struct story story;
};

/* story-process.c: who there is. */
void story_list_add(struct list *list, void *item);

/* A name that is not empty is news if it is another one. */
void story_set_comm(struct story_teller *teller, const char **comm, const char *now);

pid_t story_pid_of(const struct event_task *task);
const pid_t *story_copy_pids(struct story_teller *teller, const struct event_task *task);
struct told_process *story_find_process(const struct story_teller *teller, pid_t pid);

/* A new one, whoever had its number before. */
struct told_process *story_add_process(struct story_teller *teller, const struct event_task *task);
void story_update_process(struct story_teller *teller, struct told_process *told,
			  const struct event_task *task);
void story_forget_process(struct story_teller *teller, pid_t pid);

struct told_thread *story_find_thread(const struct story_teller *teller, pid_t tid);
struct told_thread *story_get_thread(struct story_teller *teller, pid_t tid);
