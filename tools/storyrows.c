/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "storyrows.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"

static struct value name_of(enum ns_kind kind, ino_t ino)
{
	char *name = xasprintf("%s:[%ju]", ns_kind_name(kind), (uintmax_t)ino);
	return value_take(name, strlen(name));
}

static struct value names_of(const struct story_ns *list, size_t n)
{
	struct value *names = xcalloc(n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = name_of(list[i].kind, list[i].ino);
	return value_array(names, n);
}

static struct value command_of(const struct story_process *process)
{
	return process->is_known ? value_string(process->task.comm) : value_unknown();
}

static struct value chain_of(const struct story_process *process)
{
	return value_chain(process->task.pids, process->task.n_pids);
}

/* Of the tree */

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct story_process *)item)->task.pid);
}

static struct value get_ppid(const struct view *view _unused_, const void *item)
{
	const struct story_process *parent = ((const struct story_process *)item)->parent;
	return parent ? value_number(parent->task.pid) : value_none();
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	return chain_of(item);
}

static struct value get_command(const struct view *view _unused_, const void *item)
{
	return command_of(item);
}

static struct value get_made(const struct view *view _unused_, const void *item)
{
	const struct story_process *process = item;
	return names_of(process->made, process->n_made);
}

static struct value get_joined(const struct view *view _unused_, const void *item)
{
	const struct story_process *process = item;
	return names_of(process->joined, process->n_joined);
}

static struct value get_ran(const struct view *view _unused_, const void *item)
{
	const struct story_process *process = item;
	struct value *programs = xcalloc(process->n_programs + 1, sizeof(*programs));
	for (size_t i = 0; i < process->n_programs; i++)
		programs[i] = value_string(process->programs[i]);
	return value_array(programs, process->n_programs);
}

static const struct field tree_fields[] = {
	{ "PID", "PID of the process", 0, 0, FIELD_RIGHT, get_pid },
	{ "NSPID", "its numbers in each pid namespace", 0, 0, FIELD_LEFT, get_nspid },
	{ "COMMAND", "its name", 0, 0, FIELD_LEFT, get_command },
	{ "MADE", "the namespaces that it made", 0, 0, FIELD_LEFT, get_made },
	{ "JOINED", "those that it joined", 0, 0, FIELD_LEFT, get_joined },
	{ "RAN", "the programs that it ran", 0, 0, FIELD_LAST, get_ran },
	{ "PPID", "PID of who made it", 0, 0, FIELD_RIGHT, get_ppid },
};

/* Of the containers */

static const struct story_process *init_of(const void *item)
{
	return ((const struct story_container *)item)->init;
}

static struct value get_init_pid(const struct view *view _unused_, const void *item)
{
	return value_number(init_of(item)->task.pid);
}

static struct value get_init_nspid(const struct view *view _unused_, const void *item)
{
	return chain_of(init_of(item));
}

static struct value get_program(const struct view *view _unused_, const void *item)
{
	const char *program = init_of(item)->program;
	return program ? value_string(program) : value_none();
}

static struct value get_took(const struct view *view _unused_, const void *item)
{
	const struct story_container *container = item;
	uint64_t started = container->init->program_time;
	if (!container->began || started < container->began)
		return value_none();
	return value_number((started - container->began) / 1000000);
}

static struct value get_namespaces(const struct view *view _unused_, const void *item)
{
	const struct story_container *container = item;
	struct value *names = xcalloc(NS_KIND_COUNT, sizeof(*names));
	for (size_t i = 0; i < container->n_ns; i++)
		names[i] = name_of(container->ns[i]->kind, container->ns[i]->ino);
	return value_array(names, container->n_ns);
}

/* From the outermost ancestor to who made it. */
static struct value get_lineage(const struct view *view _unused_, const void *item)
{
	const struct story_process *maker = init_of(item)->parent;
	size_t n = 0;
	for (const struct story_process *above = maker; above; above = above->parent)
		n++;
	struct value *names = xcalloc(n + 1, sizeof(*names));
	size_t i = n;
	for (const struct story_process *above = maker; above; above = above->parent)
		names[--i] = above->is_known ? value_string(above->task.comm) : value_unknown();
	return value_array(names, n);
}

static const struct field container_fields[] = {
	{ "PID", "PID of its first process", 0, 0, FIELD_RIGHT, get_init_pid },
	{ "NSPID", "its numbers in each pid namespace", 0, 0, FIELD_LEFT, get_init_nspid },
	{ "TOOK", "ms from the first of its namespaces to its program", 0, 0, FIELD_RIGHT,
	  get_took },
	{ "PROGRAM", "what that runs", 0, 0, FIELD_LEFT, get_program },
	{ "NAMESPACES", "those that were made for it", 0, 0, FIELD_LEFT, get_namespaces },
	{ "LINEAGE", "from whom it descends", 0, 0, FIELD_LAST, get_lineage },
};

/* Of the namespaces */

static const struct story_ns *ns_of(const void *item)
{
	return item;
}

static struct value get_ns(const struct view *view _unused_, const void *item)
{
	return value_number(ns_of(item)->ino);
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	return value_string(ns_kind_name(ns_of(item)->kind));
}

static struct value get_call(const struct view *view _unused_, const void *item)
{
	return value_string(event_type_name(ns_of(item)->call));
}

static struct value get_maker(const struct view *view _unused_, const void *item)
{
	return value_number(ns_of(item)->maker->task.pid);
}

static struct value get_maker_command(const struct view *view _unused_, const void *item)
{
	return command_of(ns_of(item)->maker);
}

static const struct field ns_fields[] = {
	{ "NS", "inode number of the namespace", 0, 0, FIELD_RIGHT, get_ns },
	{ "TYPE", "its kind", 0, 0, FIELD_LEFT, get_type },
	{ "CALL", "what made it", 0, 0, FIELD_LEFT, get_call },
	{ "PID", "PID of who did", 0, 0, FIELD_RIGHT, get_maker },
	{ "COMMAND", "name of who did", 0, 0, FIELD_LAST, get_maker_command },
};

static struct report report_like(const struct report *like, const char *noun,
				 const struct field *fields, size_t n)
{
	struct report report = {
		.noun = noun,
		.format = like->format,
		.no_headings = like->no_headings,
		.color = like->color,
		.fields = { .n = n, .fields = xcalloc(n, sizeof(*report.fields.fields)) },
	};
	for (size_t i = 0; i < n; i++)
		report.fields.fields[i] = &fields[i];
	return report;
}

/* What is printed as things happen is an object a line, and so is this. */
static int print_on_a_line(const struct report *report, FILE *stream, struct error *err)
{
	_cleanup_(freep) char *text = NULL;
	size_t n = 0;
	FILE *memory = open_memstream(&text, &n);
	if (!memory)
		return error_errno(err, errno, "cannot print JSON");
	int r = report_print(report, memory, err);
	fclose(memory);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (text[i] != '\n') /* those within strings are escaped */
			fputc(text[i], stream);
	fputc('\n', stream);
	return r;
}

static int print(const struct report *report, FILE *stream, struct error *err)
{
	if (report->format == REPORT_JSON)
		return print_on_a_line(report, stream, err);
	fputc('\n', stream);
	return report_print(report, stream, err);
}

static int flush(FILE *stream, struct error *err)
{
	errno = EIO;
	if (fflush(stream) != 0 || ferror(stream))
		return error_errno(err, errno, "cannot write");
	return 0;
}

int story_print_summary(const struct story *story, const struct report *like, FILE *stream,
			struct error *err)
{
	_cleanup_(freep) struct story_container *containers;
	_cleanup_(freep) const struct story_ns **made;
	struct report first =
		report_like(like, "containers", container_fields, ARRAY_SIZE(container_fields));
	struct report second = report_like(like, "namespaces", ns_fields, ARRAY_SIZE(ns_fields));
	story_containers(story, &containers, &first.n_rows);
	story_made(story, &made, &second.n_rows);
	_cleanup_(freep) struct row *container_rows = xcalloc(first.n_rows + 1, sizeof(struct row));
	_cleanup_(freep) struct row *ns_rows = xcalloc(second.n_rows + 1, sizeof(struct row));
	for (size_t i = 0; i < first.n_rows; i++)
		container_rows[i] = (struct row){ &containers[i], ROW_TOP, 0 };
	for (size_t i = 0; i < second.n_rows; i++)
		ns_rows[i] = (struct row){ made[i], ROW_TOP, 0 };
	first.rows = container_rows;
	second.rows = ns_rows;
	second.before = &first;
	int r = like->format == REPORT_JSON ? 0 : print(&first, stream, err);
	if (r == 0)
		r = print(&second, stream, err);
	field_list_clear(&first.fields);
	field_list_clear(&second.fields);
	return r < 0 ? r : flush(stream, err);
}

int story_print_tree(const struct story *story, const struct report *like, FILE *stream,
		     struct error *err)
{
	/* JSON has who made it; in a table that is drawn. */
	size_t n = ARRAY_SIZE(tree_fields) - (like->format == REPORT_TABLE);
	struct report report = report_like(like, "processes", tree_fields, n);
	_cleanup_(freep) struct row *rows;
	story_tree(story, &rows, &report.n_rows);
	report.rows = rows;
	report.tree = true;
	report.tree_field = "COMMAND";
	int r = print(&report, stream, err);
	field_list_clear(&report.fields);
	return r < 0 ? r : flush(stream, err);
}
