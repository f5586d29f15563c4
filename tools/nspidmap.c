/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "pidrows.h"
#include "targets.h"
#include "util/alloc.h"

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
	[LEVELS_OF_THREADS - 1] = { NULL, pid_row_fields, PID_ROW_FIELD_COUNT, THREAD_COLUMNS },
	[ALL - 1] = { NULL, pid_row_fields, PID_ROW_FIELD_COUNT, "PID,NSPID,USER,NSUSER,COMMAND" },
	[ALL_THREADS - 1] = { NULL, pid_row_fields, PID_ROW_FIELD_COUNT,
			      "PID,TID,NSPID,USER,NSUSER,COMMAND" },
};

static size_t choose(const void *from, const struct cli *cli _unused_)
{
	const struct config *config = from;
	if (config->all)
		return config->threads ? ALL_THREADS : ALL;
	return config->threads ? LEVELS_OF_THREADS : LEVELS;
}

static int check_options(const struct cli *cli, const struct config *config, struct error *err)
{
	const struct report *report = &cli->report;
	bool shaped = report->format != REPORT_TABLE || cli->columns_chosen ||
		      report->no_headings || report->no_truncate || config->threads;
	if (config->in && shaped)
		return error_set(err, EINVAL,
				 "--in prints bare numbers: it takes no format and no "
				 "--threads");
	if (config->all && cli->n_operands)
		return error_set(err, EINVAL, "--all takes no further REFERENCE");
	if (!config->all && !cli->n_operands)
		return error_set(err, EINVAL, "a REFERENCE to a process is missing");
	return 0;
}

/* What was asked for and is no process, or one that does not tell its numbers. */
static int check_process(const struct target *target, struct error *err)
{
	const struct process *process = target->found.process;
	const char *text = target->reference.text;
	if (!process)
		return error_set(err, EINVAL, "'%s' is not a process%s", text,
				 target->found.ns->kind == NS_PID ? " (--all shows who is in there)"
								  : "");
	if (process->n_pids == 0)
		return error_set(err, ENODATA, "%s: the numbers of that process are not known",
				 text);
	return 0;
}

static void find_named(struct pid_rows *found, const struct cli *cli, struct config *config,
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
		pid_rows_add(found, snapshot, target->found.process, true);
		if (config->threads)
			pid_rows_add_threads(found, snapshot, target->found.process);
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

/* What the list does not say by itself. */
static void explain_all(const struct cli *cli, struct config *config,
			const struct snapshot *snapshot, const struct ns *ns, size_t n,
			size_t n_unknown)
{
	struct target *where = &config->targets.items[0];
	const char *text = where->reference.text;
	if (n == 0) {
		target_fail_empty(&config->targets, where, cli, snapshot, ns);
	} else if (n_unknown) {
		cli_message(cli, "%s: whether %zu more are in there could not be read", text,
			    n_unknown);
	} else if (where->reference.type == REFERENCE_CONTAINER &&
		   ns->ino == snapshot->origin.viewer[NS_PID]) {
		cli_message(cli, "%s: it has no pid namespace of its own, so this is everybody",
			    text);
	}
}

static void find_all(struct pid_rows *found, const struct cli *cli, struct config *config,
		     const struct snapshot *snapshot)
{
	const struct ns *ns = find_where(cli, config, snapshot);
	size_t n_unknown = 0;
	for (size_t i = 0; ns && i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		size_t level;
		if (process->pid != process->tgid && !config->threads)
			continue;
		int r = pid_level_in(snapshot, process, ns, &level);
		if (r == 0)
			pid_rows_add(found, snapshot, process, false);
		n_unknown += r < 0;
	}
	if (ns)
		explain_all(cli, config, snapshot, ns, found->n, n_unknown);
}

/* --in: a number a row, for scripts. */
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

static int print(struct cli *cli, const struct config *config, const struct pid_rows *found,
		 struct error *err)
{
	_cleanup_(freep) struct row *rows = xcalloc(found->n, sizeof(*rows));
	_cleanup_(freep) struct row_group *groups = xcalloc(found->n, sizeof(*groups));
	struct report *report = &cli->report;
	for (size_t i = 0; i < found->n; i++) {
		const struct pid_row *row = &found->items[i];
		if (row->whole)
			groups[report->n_groups++] =
				(struct row_group){ .item = row, .first = report->n_rows };
		else
			groups[report->n_groups - 1].n++;
		if (row->whole == config->all)
			rows[report->n_rows++] = (struct row){ .item = row, .parent = ROW_TOP };
	}
	report->noun = "processes";
	report->parts = "pids";
	report->groups = config->all ? NULL : groups;
	report->rows = rows;
	return report_print(report, stdout, err);
}

/* Whether something that is shown depends on what could not be read. */
static bool has_unknown(const struct pid_rows *found)
{
	for (size_t i = 0; i < found->n; i++)
		if (!found->items[i].level.ns)
			return true;
	return false;
}

static int show(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		const struct details *loaded, struct error *err)
{
	_cleanup_(pid_rows_clear) struct pid_rows found = { 0 };
	_cleanup_(details_freep) const struct details *taken = NULL;
	targets_find(&config->targets, cli, snapshot, loaded);
	if (config->in) {
		print_in(cli, config, snapshot);
		cli_explain_viewer(cli, snapshot);
		return 0;
	}
	if (config->all)
		find_all(&found, cli, config, snapshot);
	else
		find_named(&found, cli, config, snapshot);
	if (found.n == 0)
		return 0;
	int r = 0;
	if (!cli->columns_chosen && !config->all && pid_rows_have_thread(&found))
		r = field_list_parse(&cli->report.fields, pid_row_fields, PID_ROW_FIELD_COUNT,
				     THREAD_COLUMNS, err);
	unsigned facts = field_list_details(&cli->report.fields);
	if (r == 0 && !loaded)
		r = pid_rows_take_details(&found, facts, &taken, err);
	if (r < 0)
		return r;
	cli->report.view =
		(struct view){ .snapshot = snapshot, .details = loaded ? loaded : taken };
	r = print(cli, config, &found, err);
	if (r < 0)
		return r;
	if (config->all || cli->verbose || has_unknown(&found))
		cli_explain_view(cli, snapshot);
	else
		cli_explain_viewer(cli, snapshot);
	return 0;
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { 0 };
	int r = check_options(cli, config, err);
	if (r == 0)
		r = targets_add_operands(&config->targets, cli, false, err);
	if (r < 0)
		return r;
	scope.facts = FACT_PIDS | field_list_facts(&cli->report.fields);
	scope.all_threads = config->threads;
	targets_resolve(&config->targets, cli, &scope);
	scope.only_tids = !config->all && targets_are_held(&config->targets);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r == 0)
		r = show(cli, config, snapshot, loaded, err);
	return r < 0 ? r : config->targets.status;
}

static const struct cli_tool nspidmap = {
	.name = "nspidmap",
	.operands = "REFERENCE...",
	.purpose =
		"Show which PID a process has in each pid namespace that sees it. A REFERENCE is\n"
		"a process (12675, self), also by its PID elsewhere (79@chal, 79@12675, 79@self),\n"
		"or a container (chal, docker:chal), which stands for its first process.",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.fields = pid_row_fields,
	.n_fields = PID_ROW_FIELD_COUNT,
	.default_columns = "PIDNS,LEVEL,PID,CONTAINER,COMMAND",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { 0 };
	int status = cli_main(&nspidmap, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
