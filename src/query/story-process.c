/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "query/story-teller.h"
#include "util/alloc.h"

void story_list_add(struct list *list, void *item)
{
	list->items = xgrow(list->items, list->n, &list->size, sizeof(*list->items));
	list->items[list->n++] = item;
}

struct told_process *story_find_process(const struct story_teller *teller, pid_t pid)
{
	struct told_process *process;
	HASH_FIND(hh, teller->by_pid, &pid, sizeof(pid), process);
	return process;
}

/* What children of a thread will be in. */
struct told_thread *story_find_thread(const struct story_teller *teller, pid_t tid)
{
	struct told_thread *thread;
	HASH_FIND(hh, teller->by_tid, &tid, sizeof(tid), thread);
	return thread;
}

struct told_thread *story_get_thread(struct story_teller *teller, pid_t tid)
{
	struct told_thread *thread = story_find_thread(teller, tid);
	if (thread)
		return thread;
	thread = arena_alloc(teller->arena, sizeof(*thread));
	thread->tid = tid;
	HASH_ADD(hh, teller->by_tid, tid, sizeof(tid), thread);
	return thread;
}

static void forget_thread(struct story_teller *teller, pid_t tid)
{
	struct told_thread *thread = story_find_thread(teller, tid);
	if (thread)
		HASH_DEL(teller->by_tid, thread);
}

void story_forget_process(struct story_teller *teller, pid_t pid)
{
	struct told_process *process = story_find_process(teller, pid);
	if (process)
		HASH_DEL(teller->by_pid, process);
	forget_thread(teller, pid);
}

void story_set_comm(struct story_teller *teller, const char **comm, const char *now)
{
	if (*now && (!*comm || strcmp(*comm, now) != 0))
		*comm = arena_copy(teller->arena, now, strlen(now));
}

pid_t story_pid_of(const struct event_task *task)
{
	return task->tgid ? task->tgid : task->pid;
}

const pid_t *story_copy_pids(struct story_teller *teller, const struct event_task *task)
{
	pid_t *pids = arena_alloc(teller->arena, task->n_pids * sizeof(*pids));
	memcpy(pids, task->pids, task->n_pids * sizeof(*pids));
	return pids;
}

/* A thread may be called otherwise than its process, and be elsewhere. */
void story_update_process(struct story_teller *teller, struct told_process *told,
			  const struct event_task *task)
{
	struct story_process *process = &told->process;
	bool is_leader = task->pid == process->pid;
	if (is_leader || !process->comm)
		story_set_comm(teller, &process->comm, task->comm);
	if (is_leader && !process->pid_ns)
		process->pid_ns = task->ns[NS_PID];
	if (process->n_pids || !is_leader || !task->n_pids)
		return;
	process->pids = story_copy_pids(teller, task);
	process->n_pids = task->n_pids;
}

struct told_process *story_add_process(struct story_teller *teller, const struct event_task *task)
{
	struct told_process *told = arena_alloc(teller->arena, sizeof(*told));
	struct story_process *process = &told->process;
	process->pid = story_pid_of(task);
	process->ppid = task->ppid;
	process->place = teller->processes.n;
	story_update_process(teller, told, task);
	story_forget_process(teller, process->pid);
	HASH_ADD(hh, teller->by_pid, process.pid, sizeof(process->pid), told);
	story_list_add(&teller->processes, told);
	if (process->ppid && process->ppid != teller->top)
		story_list_add(&teller->strangers, told);
	return told;
}
