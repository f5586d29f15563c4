/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ending.h"

#include <unistd.h>

#include "collect/procfs.h"
#include "storyrows.h"
#include "trace/task.h"
#include "util/alloc.h"

int ending_begin(struct ending *ending, struct error *err)
{
	if (!ending->summary && !ending->tree)
		return 0;
	ending->proc = proc_open(err);
	ending->teller = story_teller_new(getpid());
	return ending->proc < 0 ? ending->proc : 0;
}

void ending_clear(struct ending *ending)
{
	closep(&ending->proc);
	ending->teller = story_teller_free(ending->teller);
}

static void introduce(const struct ending *ending, pid_t pid)
{
	struct event_task task;
	task_read(ending->proc, pid, &task);
	story_introduce(ending->teller, &task);
}

/* A thread does not tell all of the process that it belongs to. */
void ending_take(struct ending *ending, const struct event *event)
{
	const struct event_task *task = &event->task;
	if (!ending->teller)
		return;
	if (task->tgid != task->pid && task->tgid && !story_knows(ending->teller, task->tgid))
		introduce(ending, task->tgid);
	story_tell(ending->teller, event);
	for (pid_t pid; (pid = story_stranger(ending->teller));)
		introduce(ending, pid);
}

/* A list of its own: that of the events has other columns. */
struct list_shape {
	const char *noun, *nothing, *tree_field;
	const struct field *fields;
	size_t n_fields;
	const char *columns[REPORT_JSON + 1];
};

static const struct list_shape summary_shape = {
	.noun = "summary",
	.nothing = "no namespace was made",
	.tree_field = "SUMMARY",
	.fields = summary_fields,
	.n_fields = SUMMARY_FIELD_COUNT,
	.columns = {
		[REPORT_TABLE] = "PID,NSPID,AFTER,COMMAND,SUMMARY",
		[REPORT_RAW] = "CONTAINER,PID,NSPID,AFTER,COMMAND,SUMMARY",
		[REPORT_JSON] = "PID,NSPID,COMMAND,TIME,AFTER,INIT_OF,PROGRAM,PROGRAM_PID,LINEAGE,"
				"CALL,NEW",
	},
};

static const struct list_shape tree_shape = {
	.noun = "processes",
	.nothing = "nobody did anything about namespaces",
	.tree_field = "COMMAND",
	.fields = member_fields,
	.n_fields = MEMBER_FIELD_COUNT,
	.columns = {
		[REPORT_TABLE] = "PID,NSPID,COMMAND,DID",
		[REPORT_RAW] = "PID,PPID,NSPID,COMMAND,DID",
		[REPORT_JSON] = "PID,PPID,NSPID,COMMAND,ANCESTOR,CONTAINER,INIT_OF,RAN,NEW,JOINED,"
				"STATUS",
	},
};

/* The format is that of the events. */
static int print(struct report *report, const struct list_shape *shape, FILE *stream, bool complete,
		 struct error *err)
{
	if (report->n_rows == 0 && report->format == REPORT_TABLE)
		fprintf(stream, "%s\n", shape->nothing);
	/* As lines of the stream, which no option cuts or leaves whole. */
	report->no_truncate = true;
	report->noun = shape->noun;
	report->tree_field = shape->tree_field;
	report->fields = (struct field_list){ 0 };
	int r = field_list_parse(&report->fields, shape->fields, shape->n_fields,
				 shape->columns[report->format], err);
	if (r == 0)
		r = report_end(report, stream, complete, err);
	field_list_clear(&report->fields);
	return r;
}

static int print_summary(const struct cli *cli, const struct story *story, FILE *stream,
			 bool complete, struct error *err)
{
	_cleanup_(summary_rows_clear) struct summary_rows rows;
	struct report report = cli->report;
	summary_rows_fill(&rows, story);
	report.rows = rows.rows;
	report.n_rows = rows.n;
	report.groups = rows.groups;
	report.n_groups = rows.n_groups;
	report.parts = "calls";
	report.tree = true;
	return print(&report, &summary_shape, stream, complete, err);
}

static int print_tree(const struct cli *cli, const struct story *story, FILE *stream, bool complete,
		      struct error *err)
{
	_cleanup_(freep) struct row *rows = NULL;
	struct report report = cli->report;
	report.n_rows = story_tree(story, &rows);
	report.rows = rows;
	report.tree = true;
	return print(&report, &tree_shape, stream, complete, err);
}

/* Lines and tables stand apart. */
static void separate(struct ending *ending, const struct cli *cli, FILE *stream)
{
	if (cli->report.format == REPORT_TABLE && ending->separate)
		fputc('\n', stream);
	ending->separate = true;
}

int ending_print(struct ending *ending, const struct cli *cli, FILE *stream, uint64_t n_lost,
		 struct error *err)
{
	if (!ending->teller)
		return 0;
	const struct story *story = story_end(ending->teller);
	int r = 0;
	if (ending->summary) {
		separate(ending, cli, stream);
		r = print_summary(cli, story, stream, n_lost == 0, err);
	}
	if (ending->tree && r == 0) {
		separate(ending, cli, stream);
		r = print_tree(cli, story, stream, n_lost == 0, err);
	}
	return r;
}
