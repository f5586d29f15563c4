/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pidrows.h"

#include <stdlib.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "util/alloc.h"

static struct value number_of(const struct pid_row *row, const struct process *process,
			      const pid_t *numbers)
{
	if (!process || row->level.level >= process->n_pids)
		return value_unknown();
	return value_number(numbers[row->whole ? 0 : row->level.level]);
}

/* The kernel's 0 stands for a leader of a group or session whom that namespace does not show. */
static struct value number_or_none(struct value value)
{
	return value.type == VALUE_NUMBER && value.number == 0 ? value_none() : value;
}

static struct value get_pidns(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ((const struct pid_row *)item)->level.ns;
	return ns ? value_number(ns->ino) : value_unknown();
}

static struct value get_level(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct pid_row *)item)->level.level);
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	const struct pid_row *row = item;
	return number_of(row, row->leader, row->leader ? row->leader->pids : NULL);
}

static struct value get_tid(const struct view *view _unused_, const void *item)
{
	const struct pid_row *row = item;
	return number_of(row, row->process, row->process->pids);
}

static struct value get_nspgid(const struct view *view _unused_, const void *item)
{
	const struct pid_row *row = item;
	return number_or_none(number_of(row, row->process, row->process->pgids));
}

static struct value get_nssid(const struct view *view _unused_, const void *item)
{
	const struct pid_row *row = item;
	return number_or_none(number_of(row, row->process, row->process->sids));
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	const struct process *process = ((const struct pid_row *)item)->process;
	return value_chain(process->pids, process->n_pids);
}

static struct value get_user(const struct view *view, const void *item)
{
	return process_user(view, ((const struct pid_row *)item)->process);
}

static struct value get_nsuser(const struct view *view, const void *item)
{
	return process_nsuser(view, ((const struct pid_row *)item)->process);
}

/*
 * The viewer's level is nobody's container, unless the process has no other. Its own level is that
 * of the container that it is in; who has come from outside is in none, but what he is in may be
 * one's.
 */
static struct value get_container(const struct view *view, const void *item)
{
	const struct pid_row *row = item;
	if (!row->whole && row->level.level == 0 && row->process->n_pids > 1)
		return value_none();
	bool own = row->whole || row->level.level == row->process->n_pids - 1;
	struct value value = own ? process_container(view, row->process) : value_none();
	if (row->whole || row->level.level == 0 || value.type != VALUE_NONE)
		return value;
	return row->init ? process_container(view, row->init) : value_unknown();
}

static struct value get_command(const struct view *view, const void *item)
{
	const struct pid_row *row = item;
	return process_command(view, row->leader ? row->leader : row->process);
}

/* clang-format off */
const struct field pid_row_fields[PID_ROW_FIELD_COUNT] = {
	{ "PIDNS", "the pid namespace of the level", 0, 0, FIELD_RIGHT, get_pidns, NULL,
	  FIELD_OF_PART },
	{ "LEVEL", "how many levels it lies below that of the viewer", 0, 0, FIELD_RIGHT, get_level,
	  NULL, FIELD_OF_PART },
	{ "PID", "the process's number there (--all: the viewer's)", 0, 0, FIELD_RIGHT, get_pid,
	  NULL, FIELD_OF_BOTH },
	{ "TID", "the thread's number there", 0, 0, FIELD_RIGHT, get_tid, NULL, FIELD_OF_BOTH },
	{ "CONTAINER", "the container of PID 1 of the level, or of the process", FACT_STAT,
	  DETAIL_CONTAINER, FIELD_LEFT, get_container, NULL, FIELD_OF_BOTH },
	{ "COMMAND", "its command line, or [name]", FACT_STAT, DETAIL_CMDLINE, FIELD_LAST,
	  get_command, NULL, FIELD_OF_WHOLE },
	{ "NSPGID", "its process group there", 0, 0, FIELD_RIGHT, get_nspgid, NULL, FIELD_OF_PART },
	{ "NSSID", "its session there", 0, 0, FIELD_RIGHT, get_nssid, NULL, FIELD_OF_PART },
	{ "NSPID", "its numbers on all levels, the viewer's first", 0, 0, FIELD_LEFT, get_nspid,
	  NULL, FIELD_OF_WHOLE },
	{ "USER", "its effective user", FACT_STAT, DETAIL_USERS, FIELD_LEFT, get_user, NULL,
	  FIELD_OF_WHOLE },
	{ "NSUSER", "the same as it is called in there", FACT_STAT | FACT_IDMAPS, DETAIL_NSUSERS,
	  FIELD_LEFT, get_nsuser, NULL, FIELD_OF_WHOLE },
};
/* clang-format on */

void pid_rows_clear(struct pid_rows *rows)
{
	free(rows->items);
}

static const struct process *find_init(const struct snapshot *snapshot,
				       const struct pid_level *level)
{
	const struct process *init = NULL;
	return level->ns && pid_find(snapshot, level->ns, 1, &init) == 0 ? init : NULL;
}

static void add_row(struct pid_rows *rows, const struct snapshot *snapshot,
		    const struct pid_level *level, bool whole)
{
	rows->items = xgrow(rows->items, rows->n, &rows->capacity, sizeof(*rows->items));
	rows->items[rows->n++] = (struct pid_row){
		.process = level->process,
		.leader = snapshot_find_process(snapshot, level->process->tgid),
		.init = whole ? NULL : find_init(snapshot, level),
		.level = *level,
		.whole = whole,
	};
}

void pid_rows_add(struct pid_rows *rows, const struct snapshot *snapshot,
		  const struct process *process, bool levels_too)
{
	_cleanup_(freep) struct pid_level *levels = NULL;
	size_t n = pid_levels(snapshot, process, &levels);
	if (n)
		add_row(rows, snapshot, &levels[n - 1], true);
	for (size_t level = 0; levels_too && level < n; level++)
		add_row(rows, snapshot, &levels[level], false);
}

void pid_rows_add_threads(struct pid_rows *rows, const struct snapshot *snapshot,
			  const struct process *process)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *thread = snapshot->processes[i];
		if (thread->tgid == process->pid && thread != process)
			pid_rows_add(rows, snapshot, thread, true);
	}
}

int pid_rows_take_details(const struct pid_rows *rows, unsigned facts, const struct details **ret,
			  struct error *err)
{
	_cleanup_(freep) const struct process **processes =
		xcalloc(3 * rows->n, sizeof(*processes));
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct pid_row *row = &rows->items[i];
		processes[n++] = row->process;
		if (row->leader)
			processes[n++] = row->leader;
		if (row->init)
			processes[n++] = row->init;
	}
	const struct detail_wish wish = { .facts = facts };
	return details_take(processes, n, &wish, ret, err);
}

bool pid_rows_have_thread(const struct pid_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i].process != rows->items[i].leader)
			return true;
	return false;
}
