/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "columns.h"
#include "detail/take.h"
#include "query/query.h"
#include "targets.h"
#include "util/alloc.h"

/* A row: a process or thread on one level, or, with --all and as JSON has it, as a whole. */
struct line {
	const struct process *process, *leader; /* LEADER: NULL, it could not be read */
	const struct process *resident; /* who tells whose level it is; NULL: nobody is known */
	struct pid_level level;
	bool whole;
};

static struct value number_of(const struct line *line, const struct process *process,
			      const pid_t *numbers)
{
	if (!process || line->level.level >= process->n_pids)
		return value_unknown();
	return value_number(numbers[line->whole ? 0 : line->level.level]);
}

/* The kernel's 0 stands for a leader of a group or session whom that namespace does not show. */
static struct value number_or_none(struct value value)
{
	return value.type == VALUE_NUMBER && value.number == 0 ? value_none() : value;
}

static struct value get_pidns(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ((const struct line *)item)->level.ns;
	return ns ? value_number(ns->ino) : value_unknown();
}

static struct value get_level(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct line *)item)->level.level);
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	const struct line *line = item;
	return number_of(line, line->leader, line->leader ? line->leader->pids : NULL);
}

static struct value get_tid(const struct view *view _unused_, const void *item)
{
	const struct line *line = item;
	return number_of(line, line->process, line->process->pids);
}

static struct value get_nspgid(const struct view *view _unused_, const void *item)
{
	const struct line *line = item;
	return number_or_none(number_of(line, line->process, line->process->pgids));
}

static struct value get_nssid(const struct view *view _unused_, const void *item)
{
	const struct line *line = item;
	return number_or_none(number_of(line, line->process, line->process->sids));
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	const struct process *process = ((const struct line *)item)->process;
	return value_chain(process->pids, process->n_pids);
}

static struct value get_user(const struct view *view, const void *item)
{
	return process_user(view, ((const struct line *)item)->process);
}

static struct value get_nsuser(const struct view *view, const void *item)
{
	return process_nsuser(view, ((const struct line *)item)->process);
}

/* The viewer's level is nobody's container, unless the process has no other. */
static struct value get_container(const struct view *view, const void *item)
{
	const struct line *line = item;
	if (!line->whole && line->level.level == 0 && line->process->n_pids > 1)
		return value_none();
	return line->resident ? process_container(view, line->resident) : value_unknown();
}

static struct value get_command(const struct view *view, const void *item)
{
	const struct line *line = item;
	return process_command(view, line->leader ? line->leader : line->process);
}

/* clang-format off */
static const struct field fields[] = {
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

enum {
	OPTION_THREADS = CLI_TOOL_OPTION,
};

static const struct cli_option options[] = {
	{ 'i', "in", "WHERE", "print only the number that it has in this pid namespace" },
	{ 'a', "all", "WHERE", "all processes in this pid namespace and below it" },
	{ OPTION_THREADS, "threads", NULL, "threads too" },
};

struct config {
	bool in, all, threads;
	struct targets targets; /* WHERE, if there is one, comes first */
};

static int set_where(struct config *config, bool *which, const char *text, struct error *err)
{
	if (config->in || config->all)
		return error_set(err, EINVAL, "one --in or --all is enough");
	*which = true;
	return targets_add(&config->targets, text, false, err);
}

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	switch (id) {
	case 'i':
		return set_where(config, &config->in, value, err);
	case 'a':
		return set_where(config, &config->all, value, err);
	case OPTION_THREADS:
		config->threads = true;
		return 0;
	}
	return 0;
}

#define THREAD_COLUMNS "PIDNS,LEVEL,PID,TID,CONTAINER,COMMAND"

/* In the order of the tables. */
enum { LEVELS, LEVELS_OF_THREADS, ALL, ALL_THREADS };

static const struct cli_table others[] = {
	[LEVELS_OF_THREADS - 1] = { NULL, fields, ARRAY_SIZE(fields), THREAD_COLUMNS },
	[ALL - 1] = { NULL, fields, ARRAY_SIZE(fields), "PID,NSPID,USER,NSUSER,COMMAND" },
	[ALL_THREADS - 1] = { NULL, fields, ARRAY_SIZE(fields),
			      "PID,TID,NSPID,USER,NSUSER,COMMAND" },
};

static size_t choose(const void *from, const struct cli *cli _unused_)
{
	const struct config *config = from;
	if (config->all)
		return config->threads ? ALL_THREADS : ALL;
	return config->threads ? LEVELS_OF_THREADS : LEVELS;
}

static const struct cli_tool nspidmap = {
	.name = "nspidmap",
	.operands = "REFERENCE...",
	.purpose =
		"Show which PID a process has in each pid namespace that sees it. A REFERENCE is\n"
		"a process (12675, self), also by its PID elsewhere (79@WHERE, where WHERE is a\n"
		"process or a pid namespace).",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.default_columns = "PIDNS,LEVEL,PID,CONTAINER,COMMAND",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.set = set_option,
};

static int check_options(const struct cli *cli, const struct config *config, struct error *err)
{
	const struct report *report = &cli->report;
	bool shaped = report->format != REPORT_TABLE || cli->columns_chosen ||
		      report->no_headings || report->no_truncate || config->threads;
	if (config->in && shaped)
		return error_set(err, EINVAL, "--in prints a bare number: it takes no format");
	if (config->all && cli->n_operands)
		return error_set(err, EINVAL, "--all takes no further REFERENCE");
	if (!config->all && !cli->n_operands)
		return error_set(err, EINVAL, "a REFERENCE to a process is missing");
	return 0;
}

/* What was found: before the levels of a process comes the line that is the whole of it. */
struct lines {
	size_t n, capacity;
	struct line *items;
};

static void lines_clear(struct lines *lines)
{
	free(lines->items);
}

/* Who tells whose a level is: on the last one the process itself, above it their PID 1. */
static const struct process *find_resident(const struct snapshot *snapshot,
					   const struct pid_level *level)
{
	const struct process *process = level->process, *init = NULL;
	if (level->level == process->n_pids - 1)
		return process;
	return level->ns && pid_find(snapshot, level->ns, 1, &init) == 0 ? init : NULL;
}

static void add_line(struct lines *lines, const struct snapshot *snapshot,
		     const struct pid_level *level, bool whole)
{
	lines->items = xgrow(lines->items, lines->n, &lines->capacity, sizeof(*lines->items));
	lines->items[lines->n++] = (struct line){
		.process = level->process,
		.leader = snapshot_find_process(snapshot, level->process->tgid),
		.resident = find_resident(snapshot, level),
		.level = *level,
		.whole = whole,
	};
}

static void add_process(struct lines *lines, const struct snapshot *snapshot,
			const struct process *process, bool levels_too)
{
	_cleanup_(freep) struct pid_level *levels = NULL;
	size_t n = pid_levels(snapshot, process, &levels);
	if (n)
		add_line(lines, snapshot, &levels[n - 1], true);
	for (size_t level = 0; levels_too && level < n; level++)
		add_line(lines, snapshot, &levels[level], false);
}

static void add_threads(struct lines *lines, const struct snapshot *snapshot,
			const struct process *process)
{
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *thread = snapshot->processes[i];
		if (thread->tgid == process->pid && thread != process)
			add_process(lines, snapshot, thread, true);
	}
}

/* What was asked for and is no process, or one that does not tell its numbers. */
static int check_process(const struct target *target, struct error *err)
{
	const struct process *process = target->found.process;
	const char *text = target->reference.text;
	if (!process)
		return error_set(err, EINVAL, "'%s' is not a process (--all shows who is in there)",
				 text);
	if (process->n_pids == 0)
		return error_set(err, ENODATA, "%s: the numbers of that process are not known",
				 text);
	return 0;
}

static void find_named(struct lines *lines, const struct cli *cli, struct config *config,
		       const struct snapshot *snapshot)
{
	struct targets *targets = &config->targets;
	for (size_t i = config->in; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		if (target->failed)
			continue;
		if (check_process(target, &err) < 0) {
			target_fail(targets, target, cli, &err);
			continue;
		}
		add_process(lines, snapshot, target->found.process, true);
		if (config->threads)
			add_threads(lines, snapshot, target->found.process);
	}
}

/* The namespace that --in or --all names; NULL, and that has been said. */
static const struct ns *find_where(const struct cli *cli, struct config *config,
				   const struct snapshot *snapshot)
{
	struct target *where = &config->targets.items[0];
	struct error err = { 0 };
	const struct ns *ns = NULL;
	if (!where->failed &&
	    found_ns(snapshot, &where->found, NS_PID, where->reference.text, &ns, &err) < 0)
		target_fail(&config->targets, where, cli, &err);
	return ns;
}

static void find_all(struct lines *lines, const struct cli *cli, struct config *config,
		     const struct snapshot *snapshot)
{
	const struct ns *ns = find_where(cli, config, snapshot);
	for (size_t i = 0; ns && i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		size_t level;
		bool wanted = process->pid == process->tgid || config->threads;
		if (wanted && pid_level_in(snapshot, process, ns, &level) == 0)
			add_process(lines, snapshot, process, false);
	}
	struct error err = { 0 };
	struct target *where = &config->targets.items[0];
	if (!ns || lines->n)
		return;
	bool complete = snapshot_is_complete(snapshot);
	error_set(&err, complete ? ENOENT : EACCES, "%s: %s is in pid:[%ju]", where->reference.text,
		  complete ? "no process" : "no process that we may see", (uintmax_t)ns->ino);
	target_fail(&config->targets, where, cli, &err);
}

/* --in: a number a line, for scripts. */
static void print_in(const struct cli *cli, struct config *config, const struct snapshot *snapshot)
{
	struct targets *targets = &config->targets;
	const struct ns *ns = find_where(cli, config, snapshot);
	for (size_t i = 1; ns && i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		size_t level;
		if (target->failed)
			continue;
		const char *text = target->reference.text;
		int r = check_process(target, &err);
		if (r == 0)
			r = pid_level_in(snapshot, target->found.process, ns, &level);
		if (r == 0)
			printf("%d\n", target->found.process->pids[level]);
		else if (r == PID_INVISIBLE)
			error_set(&err, ENOENT, "%s has no PID in pid:[%ju]", text,
				  (uintmax_t)ns->ino);
		else if (!err.number)
			error_set(&err, EACCES, "%s: its pid namespace could not be read", text);
		if (err.number)
			target_fail(targets, target, cli, &err);
	}
}

static int take_details(const struct lines *lines, unsigned facts, const struct details **ret,
			struct error *err)
{
	_cleanup_(freep) const struct process **processes =
		xcalloc(3 * lines->n, sizeof(*processes));
	size_t n = 0;
	for (size_t i = 0; i < lines->n; i++) {
		const struct line *line = &lines->items[i];
		processes[n++] = line->process;
		if (line->leader)
			processes[n++] = line->leader;
		if (line->resident)
			processes[n++] = line->resident;
	}
	return details_take(processes, n, facts, ret, err);
}

static bool has_thread(const struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->items[i].process != lines->items[i].leader)
			return true;
	return false;
}

static int print(struct cli *cli, const struct config *config, const struct lines *lines,
		 struct error *err)
{
	_cleanup_(freep) struct row *rows = xcalloc(lines->n, sizeof(*rows));
	_cleanup_(freep) struct row_group *groups = xcalloc(lines->n, sizeof(*groups));
	struct report *report = &cli->report;
	for (size_t i = 0; i < lines->n; i++) {
		const struct line *line = &lines->items[i];
		if (line->whole)
			groups[report->n_groups++] =
				(struct row_group){ .item = line, .first = report->n_rows };
		else
			groups[report->n_groups - 1].n++;
		if (line->whole == config->all)
			rows[report->n_rows++] = (struct row){ .item = line, .parent = ROW_TOP };
	}
	report->noun = "processes";
	report->parts = "pids";
	report->groups = config->all ? NULL : groups;
	report->rows = rows;
	return report_print(report, stdout, err);
}

static int show(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		const struct details *loaded, struct error *err)
{
	_cleanup_(lines_clear) struct lines lines = { 0 };
	_cleanup_(details_freep) const struct details *taken = NULL;
	targets_find(&config->targets, cli, snapshot, loaded);
	if (config->in) {
		print_in(cli, config, snapshot);
		return 0;
	}
	if (config->all)
		find_all(&lines, cli, config, snapshot);
	else
		find_named(&lines, cli, config, snapshot);
	if (lines.n == 0)
		return 0;
	int r = 0;
	if (!cli->columns_chosen && !config->all && has_thread(&lines))
		r = field_list_parse(&cli->report.fields, fields, ARRAY_SIZE(fields),
				     THREAD_COLUMNS, err);
	unsigned facts = field_list_details(&cli->report.fields);
	if (r == 0 && !loaded)
		r = take_details(&lines, facts, &taken, err);
	if (r < 0)
		return r;
	cli->report.view =
		(struct view){ .snapshot = snapshot, .details = loaded ? loaded : taken };
	return print(cli, config, &lines, err);
}

static int run(struct cli *cli, struct config *config, struct error *err)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { 0 };
	int r = check_options(cli, config, err);
	for (int i = 0; i < cli->n_operands && r == 0; i++)
		r = targets_add(&config->targets, cli->operands[i], false, err);
	if (r < 0)
		return r;
	scope.facts = FACT_PIDS | field_list_facts(&cli->report.fields);
	scope.all_threads = config->threads;
	targets_resolve(&config->targets, cli, &scope);
	scope.only_tids = !config->all && targets_are_held(&config->targets);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r == 0)
		r = show(cli, config, snapshot, loaded, err);
	if (r == 0)
		cli_explain_view(cli, snapshot);
	return r;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct config config = { 0 };
	struct error err = { 0 };
	int status = cli_parse(&cli, &nspidmap, argc, argv, &config);
	if (status < 0) {
		int r = run(&cli, &config, &err);
		if (r < 0)
			cli_message(&cli, "%s", err.text);
		status = r < 0 ? CLI_TROUBLE : config.targets.status;
	}
	targets_clear(&config.targets);
	return cli_finish(&cli, status);
}
