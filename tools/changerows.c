/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "changerows.h"

#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "util/alloc.h"

static struct value get_change(const struct view *view _unused_, const void *item)
{
	static const char *const words[] = {
		[CHANGE_CAME] = "came",
		[CHANGE_WENT] = "went",
		[CHANGE_MOVED] = "moved",
		[CHANGE_MAYBE_CAME] = "maybe-came",
		[CHANGE_MAYBE_WENT] = "maybe-went",
	};
	const struct change_row *row = item;
	enum change_type type = row->change->type;
	return type == CHANGE_UNKNOWN ? value_unknown() : value_string(words[type]);
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	enum ns_kind kind = ((const struct change_row *)item)->change->kind;
	return kind == NS_KIND_COUNT ? value_none() : value_string(ns_kind_name(kind));
}

/* By process a number, by container with whom it is shared. */
static struct value side_value(const struct change *change, const struct ns *ns, const char *with)
{
	bool by_container = change->was_with || change->now_with;
	if (ns)
		return value_number(ns->ino);
	if (with && strcmp(with, "-") != 0)
		return value_string(with);
	return (by_container || change->type == CHANGE_UNKNOWN) && !with ? value_unknown()
									 : value_none();
}

static struct value get_was(const struct view *view _unused_, const void *item)
{
	const struct change *change = ((const struct change_row *)item)->change;
	return side_value(change, change->was, change->was_with);
}

static struct value get_now(const struct view *view _unused_, const void *item)
{
	const struct change *change = ((const struct change_row *)item)->change;
	return side_value(change, change->now, change->now_with);
}

/* As it is in the second snapshot, or, where it is not there, as it was in the first one. */
static const struct process *process_of(const struct change_row *row, struct view *view)
{
	const struct change *change = row->change;
	const struct system *system = change->after ? row->after : row->before;
	*view = (struct view){ .snapshot = system->snapshot, .details = system->details };
	return change->after ? change->after : change->before;
}

/* A namespace without a process: there is nobody, as far as could be seen. */
static struct value nobody(const struct change_row *row)
{
	bool complete = snapshot_is_complete(row->change->now ? row->after->snapshot
							      : row->before->snapshot);
	return complete ? value_none() : value_unknown();
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	struct view side;
	const struct process *process = process_of(item, &side);
	return process ? value_number(process->pid) : nobody(item);
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	struct view side;
	const struct process *process = process_of(item, &side);
	return process ? value_chain(process->pids, process->n_pids) : nobody(item);
}

static struct value get_container(const struct view *view _unused_, const void *item)
{
	struct view side;
	const struct process *process = process_of(item, &side);
	return process ? process_container(&side, process) : nobody(item);
}

static struct value get_command(const struct view *view _unused_, const void *item)
{
	struct view side;
	const struct process *process = process_of(item, &side);
	return process ? process_command(&side, process) : nobody(item);
}

/* clang-format off */
const struct field change_fields[CHANGE_FIELD_COUNT] = {
	{ "CHANGE", "came, went, moved; maybe-came, maybe-went: not all could be seen", 0, 0,
	  FIELD_LEFT, get_change, NULL },
	{ "TYPE", "kind of namespace; none: a process or a container", 0, 0, FIELD_LEFT, get_type,
	  NULL },
	{ "WAS", "the namespace in the first; by container: with whom it shared it", 0, 0,
	  FIELD_LEFT, get_was, NULL },
	{ "NOW", "the same in the second", 0, 0, FIELD_LEFT, get_now, NULL },
	{ "PID", "the process, or the first one in the namespace or container", 0, 0, FIELD_RIGHT,
	  get_pid, NULL },
	{ "CONTAINER", "the container that it is in", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT,
	  get_container, NULL },
	{ "COMMAND", "its command line, or [name]", FACT_STAT, DETAIL_CMDLINE, FIELD_LAST,
	  get_command, NULL },
	{ "NSPID", "its numbers on all levels, the viewer's first", 0, 0, FIELD_LEFT, get_nspid,
	  NULL },
};
/* clang-format on */
