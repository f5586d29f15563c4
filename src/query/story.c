/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "query/story-entry.h"
#include "util/alloc.h"

struct made *story_find_made(const struct story *story, enum ns_kind kind, ino_t ino)
{
	struct made_key key;
	struct made *made;
	memset(&key, 0, sizeof(key)); /* its padding is part of what is looked for */
	key.kind = kind;
	key.ino = ino;
	HASH_FIND(hh, story->by_ino, &key, sizeof(key), made);
	return made;
}

struct story *story_new(void)
{
	return xcalloc(1, sizeof(struct story));
}

static void entry_free(struct entry *entry)
{
	for (size_t i = 0; i < entry->process.n_programs; i++)
		free(entry->process.programs[i]);
	free(entry->process.programs);
	free(entry->process.made);
	free(entry->process.joined);
	free(entry);
}

struct story *story_free(struct story *story)
{
	if (!story)
		return NULL;
	HASH_CLEAR(hh, story->by_pid);
	HASH_CLEAR(hh, story->by_ino);
	for (size_t i = 0; i < story->n_entries; i++)
		entry_free(story->entries[i]);
	for (size_t i = 0; i < story->n_order; i++)
		free(story->order[i]);
	free(story->entries);
	free(story->order);
	free(story);
	return NULL;
}

static struct entry *find(const struct story *story, pid_t pid)
{
	struct entry *entry;
	HASH_FIND(hh, story->by_pid, &pid, sizeof(pid), entry);
	return entry;
}

/* Whoever had the number before is no more. */
static struct entry *add(struct story *story, pid_t pid)
{
	struct entry *former = find(story, pid), *entry = xcalloc(1, sizeof(*entry));
	if (former)
		HASH_DEL(story->by_pid, former);
	entry->pid = entry->process.task.pid = entry->process.task.tgid = pid;
	entry->index = story->n_entries;
	story->entries =
		xgrow(story->entries, story->n_entries, &story->capacity, sizeof(*story->entries));
	story->entries[story->n_entries++] = entry;
	HASH_ADD(hh, story->by_pid, pid, sizeof(entry->pid), entry);
	return entry;
}

static void note_missing(struct story *story, struct entry *entry)
{
	entry->also_missing = story->missing;
	story->missing = entry;
}

/* A parent of its own making would be a circle: a number that was used again. */
static void set_parent(struct story *story, struct entry *entry, pid_t ppid)
{
	if (entry->parent || ppid <= 0 || ppid == entry->pid)
		return;
	struct entry *parent = find(story, ppid);
	for (const struct entry *above = parent; above; above = above->parent)
		if (above == entry)
			return;
	if (!parent)
		note_missing(story, parent = add(story, ppid));
	entry->parent = parent;
	entry->process.parent = &parent->process;
}

static void learn(struct entry *entry, const struct event_task *task)
{
	entry->process.task = *task;
	entry->process.is_known = true;
}

static struct entry *meet(struct story *story, const struct event_task *task)
{
	pid_t pid = task->tgid ? task->tgid : task->pid;
	struct entry *entry = find(story, pid);
	bool is_new = !entry, is_thread = task->pid != pid;
	if (is_new)
		entry = add(story, pid);
	/* A thread's name, numbers and namespaces need not be those of its process. */
	if (!is_thread)
		learn(entry, task);
	else if (is_new)
		note_missing(story, entry);
	set_parent(story, entry, task->ppid);
	return entry;
}

static void add_made(struct story *story, struct entry *maker, const struct event *event,
		     enum ns_kind kind, ino_t ino)
{
	struct story_process *process = &maker->process;
	struct made *former = story_find_made(story, kind, ino), *made = xcalloc(1, sizeof(*made));
	made->key.kind = kind;
	made->key.ino = ino;
	if (former)
		HASH_DEL(story->by_ino, former);
	process->made = xgrow(process->made, process->n_made, &maker->made_capacity,
			      sizeof(*process->made));
	process->made[process->n_made] = (struct story_ns){
		.kind = kind,
		.ino = ino,
		.maker = process,
		.call = event->type,
		.time = event->time,
	};
	made->maker = maker;
	made->place = process->n_made++;
	HASH_ADD(hh, story->by_ino, key, sizeof(made->key), made);
	story->order =
		xgrow(story->order, story->n_order, &story->order_capacity, sizeof(*story->order));
	story->order[story->n_order++] = made;
}

static void add_joined(struct entry *entry, const struct event *event, enum ns_kind kind, ino_t ino)
{
	struct story_process *process = &entry->process;
	for (size_t i = 0; i < process->n_joined; i++)
		if (process->joined[i].kind == kind && process->joined[i].ino == ino)
			return;
	process->joined = xgrow(process->joined, process->n_joined, &entry->joined_capacity,
				sizeof(*process->joined));
	process->joined[process->n_joined++] = (struct story_ns){
		.kind = kind, .ino = ino, .call = event->type, .time = event->time
	};
}

static bool is_other(ino_t before, ino_t after)
{
	return before && after && before != after;
}

static void take_move(struct story *story, struct entry *entry, const struct event *event)
{
	bool joins = event->type != EVENT_UNSHARE;
	const int for_children =
		ns_kind_info(NS_PID)->clone_flag | ns_kind_info(NS_TIME)->clone_flag;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		ino_t ino = event->task.ns[kind];
		if (!is_other(event->before[kind], ino))
			continue;
		if (joins)
			add_joined(entry, event, kind, ino);
		else
			add_made(story, entry, event, kind, ino);
	}
	if (!joins && event->flags & for_children)
		entry->joins_children = false;
	else if (joins && (!event->flags || event->flags & for_children))
		entry->joins_children = true;
}

static struct entry *add_child(struct story *story, struct entry *parent,
			       const struct event_task *task)
{
	struct entry *child = add(story, task->tgid ? task->tgid : task->pid);
	learn(child, task);
	child->parent = parent;
	child->process.parent = &parent->process;
	return child;
}

/* PID 1 is the first one of a new pid namespace. What a child is in besides was asked for by flags,
 * or by a call of the parent before. */
static void take_clone(struct story *story, struct entry *parent, const struct event *event)
{
	const struct event_task *task = &event->child;
	struct entry *child = add_child(story, parent, task);
	child->process.took_part = true;
	child->process.is_init = task->n_pids > 1 && task->pids[task->n_pids - 1] == 1;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (!is_other(event->before[kind], task->ns[kind]))
			continue;
		bool joins = kind == NS_PID ? !child->process.is_init
					    : !(event->flags & ns_kind_info(kind)->clone_flag) &&
						      parent->joins_children;
		if (joins || story_find_made(story, kind, task->ns[kind]))
			add_joined(child, event, kind, task->ns[kind]);
		else
			add_made(story, parent, event, kind, task->ns[kind]);
	}
	struct made *pidns = story_find_made(story, NS_PID, task->ns[NS_PID]);
	if (child->process.is_init && pidns)
		pidns->init = child;
}

static void take_exec(struct story *story, struct entry *entry, const struct event *event)
{
	struct story_process *process = &entry->process;
	const struct made *pidns = story_find_made(story, NS_PID, event->task.ns[NS_PID]);
	struct story_process *init = pidns && pidns->init ? &pidns->init->process : NULL;
	char *program = xstrdup(event->path ? event->path : "?");
	process->programs = xgrow(process->programs, process->n_programs, &entry->programs_capacity,
				  sizeof(*process->programs));
	process->programs[process->n_programs++] = program;
	process->took_part |= init != NULL;
	if (!init || init->program)
		return;
	init->program = program;
	init->program_time = event->time;
}

void story_add(struct story *story, const struct event *event)
{
	struct entry *entry = meet(story, &event->task);
	if (event->why)
		return;
	/* To run a program, and to end, is what everybody does. */
	entry->process.took_part |= event->type != EVENT_EXEC && event->type != EVENT_FORK &&
				    event->type != EVENT_NAME && event->type != EVENT_RIGHTS &&
				    event->type != EVENT_EXIT;
	switch (event->type) {
	case EVENT_EXEC:
		take_exec(story, entry, event);
		break;
	case EVENT_CLONE:
		take_clone(story, entry, event);
		break;
	case EVENT_FORK:
		add_child(story, entry, &event->child);
		break;
	case EVENT_UNSHARE:
	case EVENT_SETNS:
	case EVENT_MOVED:
		take_move(story, entry, event);
		break;
	default:
		break;
	}
}

pid_t story_missing(const struct story *story)
{
	return story->missing ? story->missing->pid : 0;
}

void story_fill(struct story *story, const struct event_task *task)
{
	struct entry *entry = TAKE(story->missing);
	if (!entry)
		return;
	story->missing = entry->also_missing;
	if (!task)
		return;
	learn(entry, task);
	set_parent(story, entry, task->ppid);
}
