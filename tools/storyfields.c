/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/wait.h>

#include "storyrows.h"
#include "storytext.h"
#include "util/alloc.h"

static struct value take(char *text)
{
	return value_take(text, strlen(text));
}

/* Whom a row is about: the first process of a container; of a call, who made it. */
static const struct story_process *whom(const struct summary_row *row)
{
	return row->container && !row->step && !row->is_lineage ? row->container->first : NULL;
}

static struct value summary_container(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	return row->container ? value_number(row->container->first->pid) : value_none();
}

static struct value summary_pid(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (row->step)
		return value_number(row->step->tid);
	return whom(row) ? value_number(whom(row)->pid) : value_none();
}

static struct value summary_nspid(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (row->step)
		return value_chain(row->step->pids, row->step->n_pids);
	return whom(row) ? value_chain(whom(row)->pids, whom(row)->n_pids) : value_none();
}

static struct value summary_command(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (row->step)
		return value_string(row->step->comm);
	return whom(row) ? value_string(whom(row)->comm) : value_none();
}

/* When it began, or the call had ended. */
static struct value summary_time(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (row->step)
		return value_moment(row->step->time);
	if (!whom(row))
		return value_none();
	return row->container->begun ? value_moment(row->container->begun) : value_unknown();
}

/* From the first call for it to this one, or to its program. */
static struct value summary_after(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	const struct story_step *step = row->step;
	if (whom(row))
		step = row->container->program;
	if (!row->container || !step)
		return value_none();
	if (!row->container->begun || step->time < row->container->begun)
		return value_unknown();
	return value_span(step->time - row->container->begun);
}

static struct value summary_text(const struct view *view _unused_, const void *item)
{
	return take(story_summary_text(item));
}

static struct value summary_lineage(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	const struct story_process **ancestors;
	if (!row->container)
		return value_none();
	size_t n = story_lineage(row->container->first, &ancestors);
	struct value *names = xcalloc(n, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = take(story_name(ancestors[i]));
	free(ancestors);
	return value_array(names, n);
}

static struct value summary_program(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (!row->container || !row->container->program)
		return value_none();
	return value_string(row->container->program->path);
}

static struct value summary_program_pid(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	if (!row->container || !row->container->program)
		return value_none();
	return value_number(row->container->program->process->pid);
}

static struct value init_of(const struct story_process *process)
{
	if (!story_is_init(process))
		return value_none();
	if (!process->pid_ns)
		return value_unknown();
	return take(story_ns_name(&(struct story_ns){ .kind = NS_PID, .ino = process->pid_ns }));
}

static struct value summary_init_of(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	return row->container ? init_of(row->container->first) : value_none();
}

static struct value summary_call(const struct view *view _unused_, const void *item)
{
	const struct story_step *step = ((const struct summary_row *)item)->step;
	if (!step)
		return value_none();
	/* It was a call that nobody saw. */
	return step->type == EVENT_MOVED ? value_unknown()
					 : value_string(event_type_name(step->type));
}

static struct value summary_new(const struct view *view _unused_, const void *item)
{
	const struct summary_row *row = item;
	struct value *names = xcalloc(row->n_ns + 1, sizeof(*names));
	for (size_t i = 0; i < row->n_ns; i++)
		names[i] = take(story_ns_name(row->ns[i]));
	return value_array(names, row->n_ns);
}

const struct field summary_fields[SUMMARY_FIELD_COUNT] = {
	{ "CONTAINER", "PID of its first process", 0, 0, FIELD_RIGHT, summary_container,
	  .of = FIELD_OF_WHOLE },
	{ "PID", "of that; of a call, who made it", 0, 0, FIELD_RIGHT, summary_pid,
	  .of = FIELD_OF_BOTH },
	{ "NSPID", "its numbers in each pid namespace", 0, 0, FIELD_LEFT, summary_nspid,
	  .of = FIELD_OF_BOTH },
	{ "AFTER", "seconds from the first call to the program", 0, 0, FIELD_RIGHT, summary_after,
	  .of = FIELD_OF_BOTH },
	{ "COMMAND", "its name", 0, 0, FIELD_LEFT, summary_command, .of = FIELD_OF_BOTH },
	{ "SUMMARY", "what was made", 0, 0, FIELD_LAST, summary_text, .of = FIELD_OF_WHOLE },
	{ "TIME", "when", 0, 0, FIELD_LEFT, summary_time, .of = FIELD_OF_BOTH },
	{ "LINEAGE", "whom it descends from", 0, 0, FIELD_LEFT, summary_lineage,
	  .of = FIELD_OF_WHOLE },
	{ "PROGRAM", "what runs in it", 0, 0, FIELD_LEFT, summary_program, .of = FIELD_OF_WHOLE },
	{ "PROGRAM_PID", "as whom", 0, 0, FIELD_RIGHT, summary_program_pid, .of = FIELD_OF_WHOLE },
	{ "INIT_OF", "the pid namespace whose PID 1 it is", 0, 0, FIELD_LEFT, summary_init_of,
	  .of = FIELD_OF_WHOLE },
	{ "CALL", "the call", 0, 0, FIELD_LEFT, summary_call, .of = FIELD_OF_PART },
	{ "NEW", "the namespaces that it made", 0, 0, FIELD_LEFT, summary_new,
	  .of = FIELD_OF_PART },
};

static const struct story_process *process_of(const void *item)
{
	return item;
}

static struct value member_pid(const struct view *view _unused_, const void *item)
{
	return value_number(process_of(item)->pid);
}

static struct value member_ppid(const struct view *view _unused_, const void *item)
{
	pid_t ppid = process_of(item)->ppid;
	return ppid ? value_number(ppid) : value_unknown();
}

static struct value member_nspid(const struct view *view _unused_, const void *item)
{
	return value_chain(process_of(item)->pids, process_of(item)->n_pids);
}

static struct value member_command(const struct view *view _unused_, const void *item)
{
	return value_string(process_of(item)->comm);
}

static struct value member_did(const struct view *view _unused_, const void *item)
{
	char *text = story_member_text(item);
	if (*text)
		return take(text);
	free(text);
	return value_none();
}

static struct value member_container(const struct view *view _unused_, const void *item)
{
	const struct story_container *container = process_of(item)->container;
	return container ? value_number(container->first->pid) : value_none();
}

static struct value member_init_of(const struct view *view _unused_, const void *item)
{
	return init_of(item);
}

static struct value member_ancestor(const struct view *view _unused_, const void *item)
{
	return value_bool(!process_of(item)->took_part);
}

/* The namespaces that its steps led to. */
static struct value list_namespaces(const struct story_process *process, bool made)
{
	struct value *names = NULL;
	size_t n = 0, size = 0;
	for (const struct story_step *step = process->steps; step; step = step->next) {
		for (size_t i = 0; step->was_made == made && i < step->n_ns; i++) {
			names = xgrow(names, n, &size, sizeof(*names));
			names[n++] = take(story_ns_name(&step->ns[i]));
		}
	}
	return value_array(names ? names : xcalloc(1, sizeof(*names)), n);
}

static struct value member_new(const struct view *view _unused_, const void *item)
{
	return list_namespaces(item, true);
}

static struct value member_joined(const struct view *view _unused_, const void *item)
{
	return list_namespaces(item, false);
}

static struct value member_ran(const struct view *view _unused_, const void *item)
{
	struct value *paths = NULL;
	size_t n = 0, size = 0;
	for (const struct story_step *step = process_of(item)->steps; step; step = step->next) {
		if (step->type != EVENT_EXEC)
			continue;
		paths = xgrow(paths, n, &size, sizeof(*paths));
		paths[n++] = value_string(step->path);
	}
	return value_array(paths ? paths : xcalloc(1, sizeof(*paths)), n);
}

/* As a shell has it. */
static struct value member_status(const struct view *view _unused_, const void *item)
{
	for (const struct story_step *step = process_of(item)->steps; step; step = step->next) {
		int status = step->status;
		if (step->type == EVENT_EXIT)
			return value_number(WIFSIGNALED(status) ? 128 + WTERMSIG(status)
								: WEXITSTATUS(status));
	}
	return value_none();
}

const struct field member_fields[MEMBER_FIELD_COUNT] = {
	{ "PID", "PID of the process", 0, 0, FIELD_RIGHT, member_pid },
	{ "PPID", "of its parent, when it was first seen", 0, 0, FIELD_RIGHT, member_ppid },
	{ "NSPID", "its numbers in each pid namespace", 0, 0, FIELD_LEFT, member_nspid },
	{ "COMMAND", "its name", 0, 0, FIELD_LEFT, member_command },
	{ "DID", "what it did", 0, 0, FIELD_LAST, member_did },
	{ "CONTAINER", "PID of its container's first process", 0, 0, FIELD_RIGHT,
	  member_container },
	{ "INIT_OF", "the pid namespace whose PID 1 it is", 0, 0, FIELD_LEFT, member_init_of },
	{ "NEW", "the namespaces that it made", 0, 0, FIELD_LEFT, member_new },
	{ "JOINED", "those that it joined", 0, 0, FIELD_LEFT, member_joined },
	{ "RAN", "the programs that it ran", 0, 0, FIELD_LEFT, member_ran },
	{ "STATUS", "what it exited with", 0, 0, FIELD_RIGHT, member_status },
	{ "ANCESTOR", "whether it only has descendants that did something", 0, 0, FIELD_LEFT,
	  member_ancestor },
};
