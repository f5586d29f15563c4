/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "eventfields.h"

#include <string.h>
#include <sys/wait.h>

#include "eventtext.h"
#include "util/alloc.h"

static struct value get_time(const struct view *view _unused_, const void *item)
{
	return value_moment(((const struct event *)item)->time);
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct event *)item)->task.pid);
}

static struct value get_tgid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct event *)item)->task.tgid);
}

static struct value chain_of(const struct event_task *task)
{
	return task->pid ? value_chain(task->pids, task->n_pids) : value_none();
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	return chain_of(&((const struct event *)item)->task);
}

static struct value get_child(const struct view *view _unused_, const void *item)
{
	return chain_of(&((const struct event *)item)->child);
}

static struct value get_command(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct event *)item)->task.comm);
}

static struct value get_event(const struct view *view _unused_, const void *item)
{
	char *text = event_text(item);
	return value_take(text, strlen(text));
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	return value_string(event_type_name(((const struct event *)item)->type));
}

static struct value get_error(const struct view *view _unused_, const void *item)
{
	int why = ((const struct event *)item)->why;
	return why ? value_string(error_name(why)) : value_none();
}

static struct value get_kinds(const struct view *view _unused_, const void *item)
{
	const struct event *event = item;
	struct value *kinds = xcalloc(NS_KIND_COUNT, sizeof(*kinds));
	size_t n = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (event->flags & ns_kind_info(kind)->clone_flag)
			kinds[n++] = value_string(ns_kind_name(kind));
	return value_array(kinds, n);
}

/* Those that the call has led to: of the child, or of the caller itself. */
static struct value get_new(const struct view *view _unused_, const void *item)
{
	const struct event *event = item;
	const struct event_task *task = event->child.pid ? &event->child : &event->task;
	struct value *names = xcalloc(NS_KIND_COUNT, sizeof(*names));
	size_t n = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (!event->before[kind] || !task->ns[kind] ||
		    event->before[kind] == task->ns[kind])
			continue;
		char *name = xasprintf("%s:[%ju]", ns_kind_name(kind), (uintmax_t)task->ns[kind]);
		names[n++] = value_take(name, strlen(name));
	}
	return value_array(names, n);
}

static struct value text_or_none(const char *text)
{
	return text ? value_string(text) : value_none();
}

static struct value get_path(const struct view *view _unused_, const void *item)
{
	return text_or_none(((const struct event *)item)->path);
}

static struct value get_text(const struct view *view _unused_, const void *item)
{
	return text_or_none(((const struct event *)item)->text);
}

static struct value get_args(const struct view *view _unused_, const void *item)
{
	const struct event *event = item;
	if (event->type != EVENT_EXEC || event->why)
		return value_none();
	struct value *args = xcalloc(event->n_args + 1, sizeof(*args));
	for (size_t i = 0; i < event->n_args; i++)
		args[i] = value_string(event->args[i]);
	return value_array(args, event->n_args);
}

/* As a shell has it. */
static struct value get_status(const struct view *view _unused_, const void *item)
{
	const struct event *event = item;
	if (event->type != EVENT_EXIT)
		return value_none();
	return value_number(WIFSIGNALED(event->status) ? 128 + WTERMSIG(event->status)
						       : WEXITSTATUS(event->status));
}

static const char *color_of(const struct view *view _unused_, const void *item)
{
	return ((const struct event *)item)->why ? "red" : NULL;
}

const struct field event_fields[EVENT_FIELD_COUNT] = {
	{ "TIME", "when", 0, 0, FIELD_LEFT, get_time, .width = 12 },
	{ "PID", "PID of the process or thread", 0, 0, FIELD_RIGHT, get_pid, .width = 7 },
	{ "TGID", "PID of its process", 0, 0, FIELD_RIGHT, get_tgid, .width = 7 },
	{ "NSPID", "its numbers in each pid namespace, outermost first", 0, 0, FIELD_LEFT,
	  get_nspid, .width = 12 },
	{ "COMMAND", "name of the process or thread", 0, 0, FIELD_LEFT, get_command, .width = 15 },
	{ "EVENT", "what happened", 0, 0, FIELD_LAST, get_event, color_of, .width = 40 },
	{ "TYPE", "what kind of event it is", 0, 0, FIELD_LEFT, get_type, .width = 8 },
	{ "KINDS", "the kinds of namespaces that the call named", 0, 0, FIELD_LEFT, get_kinds,
	  .width = 16 },
	{ "NEW", "the namespaces that it led to", 0, 0, FIELD_LEFT, get_new, .width = 24 },
	{ "CHILD", "the numbers of the new process", 0, 0, FIELD_LEFT, get_child, .width = 12 },
	{ "ERROR", "why the call failed", 0, 0, FIELD_LEFT, get_error, .width = 7 },
	{ "PATH", "the file that it is about", 0, 0, FIELD_LEFT, get_path, .width = 24 },
	{ "TEXT", "what else was said, such as the lines of a map", 0, 0, FIELD_LEFT, get_text,
	  .width = 16 },
	{ "ARGS", "the arguments of a program", 0, 0, FIELD_LEFT, get_args, .width = 24 },
	{ "STATUS", "what it exited with; 128 and the number of a signal", 0, 0, FIELD_RIGHT,
	  get_status, .width = 6 },
};
