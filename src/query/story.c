/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/story.h"

#include <string.h>

#include "query/story-teller.h"
#include "util/alloc.h"

struct story_teller *story_teller_new(pid_t top)
{
	struct story_teller *teller = xcalloc(1, sizeof(*teller));
	teller->arena = arena_new();
	teller->top = top;
	return teller;
}

struct story_teller *story_teller_free(struct story_teller *teller)
{
	if (!teller)
		return NULL;
	HASH_CLEAR(hh, teller->by_pid);
	HASH_CLEAR(hh, teller->by_ns);
	HASH_CLEAR(hh, teller->by_tid);
	arena_free(teller->arena);
	arena_free(teller->ending);
	free(teller->processes.items);
	free(teller->containers.items);
	free(teller->made.items);
	free(teller->strangers.items);
	free(teller);
	return NULL;
}

static struct told_ns *find_made(const struct story_teller *teller, enum ns_kind kind, ino_t ino)
{
	struct told_ns *ns;
	const struct ns_key key = { .ino = ino, .kind = kind };
	HASH_FIND(hh, teller->by_ns, &key, sizeof(key), ns);
	return ino ? ns : NULL;
}

/* Whose first process it or an ancestor is; or, of one that was sent in there, whose pid namespace
 * it is in. */
static struct story_container *home_of(const struct story_teller *teller,
				       const struct told_process *from,
				       const struct event_task *task)
{
	if (from && from->process.container)
		return (struct story_container *)from->process.container;
	const struct told_ns *ns = find_made(teller, NS_PID, task->ns[NS_PID]);
	return ns ? (struct story_container *)ns->ns->container : NULL;
}

/* Failing is nothing that was done. */
static bool takes_part(const struct told_process *told, const struct event *event)
{
	if (told->process.container && event->type != EVENT_FORK)
		return true;
	return event->why == 0 && event->type != EVENT_EXEC && event->type != EVENT_FORK &&
	       event->type != EVENT_NAME && event->type != EVENT_RIGHTS &&
	       event->type != EVENT_EXIT;
}

static struct told_process *get_process(struct story_teller *teller, const struct event_task *task)
{
	struct told_process *told = story_find_process(teller, story_pid_of(task));
	if (!told) {
		told = story_add_process(teller, task);
		told->process.container =
			home_of(teller, story_find_process(teller, task->ppid), task);
	}
	story_update_process(teller, told, task);
	return told;
}

static struct story_step *add_step(struct story_teller *teller, struct told_process *told,
				   const struct event *event)
{
	struct story_step *step = arena_alloc(teller->arena, sizeof(*step));
	*step = (struct story_step){
		.type = event->type,
		.time = event->time,
		.tid = event->task.pid,
		.comm = told->process.comm,
		.process = &told->process,
		.status = event->status,
	};
	story_set_comm(teller, &step->comm, event->task.comm);
	bool is_leader = event->task.pid == told->process.pid;
	step->n_pids = is_leader ? told->process.n_pids : event->task.n_pids;
	step->pids = is_leader ? told->process.pids : story_copy_pids(teller, &event->task);
	if (told->last_step)
		told->last_step->next = step;
	else
		told->process.steps = step;
	told->last_step = step;
	return step;
}

static struct story_ns *add_ns(struct story_teller *teller, struct story_step *step,
			       enum ns_kind kind, ino_t ino)
{
	if (!step->ns)
		step->ns = arena_alloc(teller->arena, NS_KIND_COUNT * sizeof(*step->ns));
	struct story_ns *ns = &step->ns[step->n_ns++];
	*ns = (struct story_ns){ .kind = kind, .ino = ino, .step = step };
	return ns;
}

/* The number of one that is gone may be given to a new one. */
static void number_made(struct story_teller *teller, struct story_ns *ns, ino_t ino)
{
	struct told_ns *old = find_made(teller, ns->kind, ino);
	ns->ino = ino;
	if (!ino)
		return;
	if (old)
		HASH_DEL(teller->by_ns, old);
	struct told_ns *told = arena_alloc(teller->arena, sizeof(*told));
	told->key = (struct ns_key){ .ino = ino, .kind = ns->kind };
	told->ns = ns;
	HASH_ADD(hh, teller->by_ns, key, sizeof(told->key), told);
}

static struct story_ns *add_made(struct story_teller *teller, struct story_step *step,
				 enum ns_kind kind, ino_t ino)
{
	struct story_ns *ns = add_ns(teller, step, kind, 0);
	step->was_made = true;
	story_list_add(&teller->made, ns);
	number_made(teller, ns, ino);
	return ns;
}

/* Its container is the first one that claims it. */
static void claim(struct story_teller *teller, struct story_container *container,
		  const ino_t ns[NS_KIND_COUNT])
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		struct told_ns *told = find_made(teller, kind, ns[kind]);
		if (!told || told->ns->container)
			continue;
		told->ns->container = container;
		if (!container->begun || told->ns->step->time < container->begun)
			container->begun = told->ns->step->time;
	}
}

static bool is_unclaimed(const struct story_teller *teller, const ino_t ns[NS_KIND_COUNT])
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct told_ns *told = find_made(teller, kind, ns[kind]);
		if (told && !told->ns->container)
			return true;
	}
	return false;
}

static void add_container(struct story_teller *teller, struct told_process *first,
			  const struct event_task *task)
{
	struct story_container *container = arena_alloc(teller->arena, sizeof(*container));
	container->first = &first->process;
	first->process.container = container;
	story_list_add(&teller->containers, container);
	claim(teller, container, task->ns);
}

static bool is_init(const struct event_task *task)
{
	return task->n_pids > 1 && task->pids[task->n_pids - 1] == 1;
}

static unsigned flag_of(enum ns_kind kind)
{
	return ns_kind_info(kind)->clone_flag;
}

/* Only children go there, and then execve(2) into a time namespace. */
static bool is_for_children(enum ns_kind kind)
{
	return kind == NS_PID || kind == NS_TIME;
}

/* Who is in a pid or time namespace says which one it was that was made or joined before. */
static void number_pending(struct story_teller *teller, pid_t tid, const ino_t now[NS_KIND_COUNT])
{
	struct told_thread *thread = story_find_thread(teller, tid);
	for (enum ns_kind kind = 0; thread && kind < NS_KIND_COUNT; kind++) {
		struct story_ns *ns = thread->pending[kind];
		if (!ns || ns->ino || !now[kind] || now[kind] == thread->was[kind])
			continue;
		if (ns->step->was_made)
			number_made(teller, ns, now[kind]);
		else
			ns->ino = now[kind];
	}
}

/* One that nobody is known to have made: by a call that was not seen. */
static void tell_unseen_pid_ns(struct story_teller *teller, struct told_process *parent,
			       const struct event *event)
{
	struct event unseen = *event;
	unseen.type = EVENT_MOVED;
	add_made(teller, add_step(teller, parent, &unseen), NS_PID, event->child.ns[NS_PID]);
}

/* Whether it is known where that pid namespace comes from. */
static bool is_expected(const struct story_teller *teller, const struct event *event)
{
	const struct told_thread *thread = story_find_thread(teller, event->task.pid);
	return (thread && thread->pending[NS_PID]) ||
	       find_made(teller, NS_PID, event->child.ns[NS_PID]);
}

static void tell_child(struct story_teller *teller, struct told_process *parent,
		       const struct event *event)
{
	const struct event_task *task = &event->child;
	struct story_step *step = parent && event->flags ? add_step(teller, parent, event) : NULL;
	for (enum ns_kind kind = 0; step && kind < NS_KIND_COUNT; kind++)
		if (event->flags & flag_of(kind))
			add_made(teller, step, kind, task->ns[kind]);
	number_pending(teller, event->task.pid, task->ns);
	bool is_first = task->ns[NS_PID] != event->before[NS_PID] && is_init(task);
	if (parent && is_first && !is_expected(teller, event))
		tell_unseen_pid_ns(teller, parent, event);

	struct told_process *child = story_add_process(teller, task);
	child->process.container = home_of(teller, parent, task);
	child->process.took_part = event->type == EVENT_CLONE;
	if (is_first)
		add_container(teller, child, task);
}

static void expect(struct story_teller *teller, const struct event_task *task, struct story_ns *ns)
{
	struct told_thread *thread = story_get_thread(teller, task->pid);
	thread->pending[ns->kind] = ns;
	thread->was[ns->kind] = task->ns[ns->kind];
}

static void tell_unshare(struct story_teller *teller, struct told_process *told,
			 const struct event *event)
{
	struct story_step *step = add_step(teller, told, event);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		ino_t ino = event->task.ns[kind];
		if (!(event->flags & flag_of(kind)))
			continue;
		bool known = !is_for_children(kind) && ino != event->before[kind];
		struct story_ns *ns = add_made(teller, step, kind, known ? ino : 0);
		if (is_for_children(kind))
			expect(teller, &event->task, ns);
	}
}

/* Also a thread that moved. */
static void tell_joined(struct story_teller *teller, struct told_process *told,
			const struct event *event)
{
	struct story_step *step = add_step(teller, told, event);
	enum ns_kind kind_of_fd = NS_KIND_COUNT;
	ino_t ino_of_fd = 0;
	if (event->text && ns_name_parse(event->text, &kind_of_fd, &ino_of_fd) < 0)
		kind_of_fd = NS_KIND_COUNT;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		ino_t from = event->before[kind], to = event->task.ns[kind];
		if (from && to && from != to)
			add_ns(teller, step, kind, to);
		else if (is_for_children(kind) &&
			 (event->flags & flag_of(kind) || kind == kind_of_fd))
			expect(teller, &event->task,
			       add_ns(teller, step, kind, kind == kind_of_fd ? ino_of_fd : 0));
	}
}

/* The first program of the first process, or else the first one in there. */
static void tell_program(struct story_container *container, const struct story_step *step)
{
	const struct story_step *known = container->program;
	bool by_first = step->process == container->first;
	if (!known || (by_first && known->process != container->first))
		container->program = step;
}

static void tell_exec(struct story_teller *teller, struct told_process *told,
		      const struct event *event)
{
	struct story_step *step = add_step(teller, told, event);
	if (event->path)
		step->path = arena_copy(teller->arena, event->path, strlen(event->path));
	number_pending(teller, event->task.pid, event->task.ns);
	if (is_unclaimed(teller, event->task.ns))
		add_container(teller, told, &event->task);
	if (told->process.container)
		tell_program((struct story_container *)told->process.container, step);
}

static void tell_step(struct story_teller *teller, struct told_process *told,
		      const struct event *event)
{
	switch (event->type) {
	case EVENT_EXEC:
		tell_exec(teller, told, event);
		break;
	case EVENT_UNSHARE:
		tell_unshare(teller, told, event);
		break;
	case EVENT_SETNS:
	case EVENT_MOVED:
		tell_joined(teller, told, event);
		break;
	case EVENT_EXIT:
		add_step(teller, told, event);
		story_forget_process(teller, told->process.pid);
		break;
	default:
		break;
	}
}

void story_tell(struct story_teller *teller, const struct event *event)
{
	/* Who is outside of the viewer's pid namespace has no number. */
	struct told_process *told =
		story_pid_of(&event->task) ? get_process(teller, &event->task) : NULL;
	if (event->child.pid)
		tell_child(teller, told, event);
	if (!told)
		return;
	if (event->why == 0)
		tell_step(teller, told, event);
	if (told->process.container && told->process.container->first == &told->process)
		claim(teller, (struct story_container *)told->process.container, event->task.ns);
	told->process.took_part |= takes_part(told, event);
}
