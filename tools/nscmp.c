/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "changerows.h"
#include "cli.h"
#include "cmpchanges.h"
#include "cmprows.h"
#include "detail/proofs.h"
#include "detail/take.h"
#include "targets.h"
#include "util/alloc.h"

enum {
	OPTION_BY = CLI_TOOL_OPTION,
};

static const struct cli_option options[] = {
	{ 't', "type", "KIND", "only this kind: mnt net pid uts ipc user cgroup time" },
	{ 'q', "quiet", NULL, "print nothing: the exit status tells" },
	{ 'e', "explain", NULL, "what it means, for these two, to share or not to share" },
	{ OPTION_BY, "by", "WHAT", "compare snapshots by: process (the default), container" },
};

struct config {
	struct cmp_options cmp;
	bool explain, by_given;
	struct targets targets;
};

static int set_by(struct config *config, const char *what, struct error *err)
{
	config->by_given = true;
	config->cmp.by_container = strcmp(what, "container") == 0;
	if (!config->cmp.by_container && strcmp(what, "process") != 0)
		return error_set(err, EINVAL, "--by: '%s' is none of process, container", what);
	return 0;
}

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	int r;
	switch (id) {
	case 't':
		r = ns_kinds_parse(value, &config->cmp.kinds, err);
		if (r < 0)
			error_wrap(err, "--type");
		return r;
	case 'q':
		config->cmp.quiet = true;
		return 0;
	case 'e':
		config->explain = true;
		return 0;
	case OPTION_BY:
		return set_by(config, value, err);
	}
	return 0;
}

/* In the order of the tables. */
enum mode { KINDS, KINDS_EXPLAINED, PAIRS, PAIRS_OF_SEVERAL, CHANGES };

static const struct cli_table others[] = {
	[KINDS_EXPLAINED - 1] = { NULL, cmp_kind_fields, CMP_KIND_FIELD_COUNT,
				  "KIND,NAMESPACES,SAME,HOST,MEANING" },
	[PAIRS - 1] = { "--explain", cmp_pair_fields, CMP_PAIR_FIELD_COUNT, "KIND,SAME,MEANING" },
	[PAIRS_OF_SEVERAL - 1] = { NULL, cmp_pair_fields, CMP_PAIR_FIELD_COUNT,
				   "WITH,KIND,SAME,MEANING" },
	[CHANGES - 1] = { "--from", change_fields, CHANGE_FIELD_COUNT,
			  "CHANGE,TYPE,WAS,NOW,PID,CONTAINER,COMMAND" },
};

static size_t choose(const void *from, const struct cli *cli)
{
	const struct config *config = from;
	if (cli->from && cli->n_operands == 0)
		return CHANGES;
	if (config->explain && cli->report.format == REPORT_JSON)
		return KINDS_EXPLAINED;
	if (config->explain)
		return cli->n_operands > 2 ? PAIRS_OF_SEVERAL : PAIRS;
	return KINDS;
}

static int check_options(const struct cli *cli, const struct config *config, enum mode mode,
			 struct error *err)
{
	const struct report *report = &cli->report;
	bool shaped = report->format != REPORT_TABLE || cli->columns_chosen ||
		      report->no_headings || report->no_truncate || config->explain;
	if (config->cmp.quiet && shaped)
		return error_set(err, EINVAL, "--quiet prints nothing: it takes no format");
	if (config->cmp.quiet && cli->verbose)
		return error_set(err, EINVAL, "--quiet and --verbose exclude each other");
	if (cli->from_too && cli->n_operands)
		return error_set(err, EINVAL,
				 "two --from are compared as a whole: they take no "
				 "REFERENCE");
	if (mode == CHANGES && config->explain)
		return error_set(err, EINVAL, "--explain is of processes: it needs a REFERENCE");
	if (mode != CHANGES && config->by_given)
		return error_set(err, EINVAL,
				 "--by is of snapshots: it needs --from, and no "
				 "REFERENCE");
	if (mode != CHANGES && !cli->n_operands)
		return error_set(err, EINVAL, "a REFERENCE to a process is missing");
	if (cli->from && cli->n_operands == 1)
		return error_set(err, EINVAL,
				 "a second REFERENCE is missing: we are not in a "
				 "saved snapshot");
	return 0;
}

/* The row of each kind that counts; with OTHER, of that pair. */
static void add_rows(const struct cmp *cmp, size_t other, struct cmp_row *rows, size_t *n)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (cmp->comparison.kinds >> kind & 1)
			rows[(*n)++] = (struct cmp_row){ cmp, kind, other };
}

/* Which processes those are: a list of its own in JSON. */
static struct report report_processes(const struct cli *cli, const struct cmp *cmp,
				      struct row *rows, const struct field **fields)
{
	for (size_t i = 0; i < cmp->comparison.n; i++)
		rows[i] = (struct row){ .item = cmp->comparison.processes[i], .parent = ROW_TOP };
	for (size_t i = 0; i < CMP_PROCESS_FIELD_COUNT; i++)
		fields[i] = &cmp_process_fields[i];
	return (struct report){
		.noun = "processes",
		.view = cli->report.view,
		.fields = { CMP_PROCESS_FIELD_COUNT, fields },
		.n_rows = cmp->comparison.n,
		.rows = rows,
	};
}

/* Where nobody asks for other columns, a table has one for each process. */
static void use_matrix(struct report *report, const struct field *matrix, size_t n)
{
	report->fields.fields =
		xreallocarray(report->fields.fields, n, sizeof(*report->fields.fields));
	for (report->fields.n = 0; report->fields.n < n; report->fields.n++)
		report->fields.fields[report->fields.n] = &matrix[report->fields.n];
}

static int print_comparison(struct cli *cli, const struct cmp *cmp, enum mode mode,
			    struct error *err)
{
	size_t n = cmp->comparison.n, n_rows = 0;
	bool pairs = mode == PAIRS || mode == PAIRS_OF_SEVERAL;
	_cleanup_(freep) struct cmp_row *items = xcalloc(NS_KIND_COUNT * n, sizeof(*items));
	_cleanup_(freep) struct row *rows = xcalloc(NS_KIND_COUNT * n, sizeof(*rows));
	_cleanup_(freep) struct row *process_rows = xcalloc(n, sizeof(*process_rows));
	_cleanup_(freep) struct field *matrix = cmp_matrix_fields(cmp);
	const struct field *process_fields[CMP_PROCESS_FIELD_COUNT];
	struct report *report = &cli->report;
	for (size_t i = pairs; i < (pairs ? n : 1); i++)
		add_rows(cmp, i, items, &n_rows);
	for (size_t i = 0; i < n_rows; i++)
		rows[i] = (struct row){ .item = &items[i], .parent = ROW_TOP };
	report->view =
		(struct view){ .snapshot = cmp->comparison.snapshot, .details = cmp->details };
	const struct report processes = report_processes(cli, cmp, process_rows, process_fields);
	report->noun = "kinds";
	report->before = &processes;
	report->rows = rows;
	report->n_rows = n_rows;
	if (mode == KINDS && report->format != REPORT_JSON && !cli->columns_chosen)
		use_matrix(report, matrix, 1 + n);
	return report_print(report, stdout, err);
}

static bool tells_all(const struct process *process)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (!process->ns[kind].to && process->ns[kind].why)
			return false;
	return true;
}

/* What may be known of those that do not tell their namespaces, while they are held by us. */
static void take_proofs(const struct targets *targets, struct proof *proofs)
{
	const struct target *first = &targets->items[0];
	for (size_t i = 1; i < targets->n; i++) {
		const struct target *target = &targets->items[i];
		bool held = first->resolved.dir >= 0 && target->resolved.dir >= 0;
		if (held && !(tells_all(first->found.process) && tells_all(target->found.process)))
			proof_take(first->resolved.dir, target->resolved.dir, &proofs[i]);
	}
}

/* The details that a report shows, of these processes. */
static int take_details(const struct cli *cli, const struct config *config,
			const struct process *const *processes, size_t n,
			const struct details **ret, struct error *err)
{
	struct detail_wish wish = { .facts = DETAIL_CONTAINER };
	wish.facts |= field_list_details(&cli->report.fields);
	for (size_t i = 0; i < CMP_PROCESS_FIELD_COUNT && cli->report.format == REPORT_JSON; i++)
		wish.facts |= cmp_process_fields[i].details;
	if (config->cmp.quiet)
		wish.facts = 0;
	return details_take(processes, n, &wish, ret, err);
}

static int show_comparison(struct cli *cli, struct config *config, enum mode mode, struct cmp *cmp,
			   const struct details *details, struct error *err)
{
	cmp_make(cmp, details);
	int status = cmp_status(comparison_verdict(&cmp->comparison));
	if (config->cmp.quiet)
		return status;
	int r = print_comparison(cli, cmp, mode, err);
	if (r < 0)
		return r;
	_cleanup_(freep) char *why = cmp_why_unknown(cmp);
	if (why)
		cli_message(cli, "%s%s", why, cmp_advice(!cli->from));
	cli_explain_source(cli, cmp->comparison.snapshot);
	return status;
}

/* All are there: compares them. */
static int compare(struct cli *cli, struct config *config, enum mode mode,
		   const struct snapshot *snapshot, const struct details *loaded, struct error *err)
{
	struct targets *targets = &config->targets;
	_cleanup_(details_freep) const struct details *taken = NULL;
	_cleanup_(freep) struct proof *proofs = xcalloc(targets->n, sizeof(*proofs));
	_cleanup_(freep) const struct process **processes = xcalloc(targets->n, sizeof(*processes));
	_cleanup_(cmp_clear) struct cmp cmp = {
		.comparison = { .snapshot = snapshot,
				.kinds = config->cmp.kinds,
				.n = targets->n,
				.processes = processes,
				.proofs = proofs },
	};
	for (size_t i = 0; i < targets->n; i++)
		processes[i] = targets->items[i].found.process;
	take_proofs(targets, proofs);
	targets_check_alive(targets, cli); /* they are only proven if nobody has ended meanwhile */
	if (targets->status != CLI_YES)
		return CLI_TROUBLE;
	int r = loaded ? 0 : take_details(cli, config, processes, targets->n, &taken, err);
	return r < 0 ? r : show_comparison(cli, config, mode, &cmp, loaded ? loaded : taken, err);
}

static int run_comparison(struct cli *cli, struct config *config, enum mode mode, struct error *err)
{
	struct targets *targets = &config->targets;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { .facts = FACT_STAT | FACT_PIDS };
	int r = cli->n_operands == 1 ? targets_add(targets, "self", true, err) : 0;
	if (r == 0)
		r = targets_add_operands(targets, cli, true, err);
	if (r < 0)
		return r;
	scope.facts |= field_list_facts(&cli->report.fields);
	targets_resolve(targets, cli, &scope);
	scope.only_tids = targets_are_held(targets);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r < 0)
		return r;
	targets_find(targets, cli, snapshot, loaded);
	if (targets->status != CLI_YES) /* not found is trouble here: 1 is "different" */
		return CLI_TROUBLE;
	return compare(cli, config, mode, snapshot, loaded, err);
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	enum mode mode = choose(config, cli);
	int r = check_options(cli, config, mode, err);
	if (r < 0)
		return r;
	config->cmp.some_kinds = config->cmp.kinds;
	if (!config->cmp.some_kinds)
		config->cmp.kinds = (1u << NS_KIND_COUNT) - 1;
	return mode == CHANGES ? cmp_snapshots(cli, &config->cmp, err)
			       : run_comparison(cli, config, mode, err);
}

static const struct cli_tool nscmp = {
	.name = "nscmp",
	.operands = "[REFERENCE...]",
	.purpose =
		"Show which namespaces processes share: a column for each, '=' for what the first\n"
		"one has too. A REFERENCE is a process (12675, self, 79@chal) or a container\n"
		"(chal, docker:chal), which stands for its first process. One alone is compared\n"
		"with us. Without any, a saved snapshot (--from) is compared with now, or with a\n"
		"second one.",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.of = "kinds",
	.fields = cmp_kind_fields,
	.n_fields = CMP_KIND_FIELD_COUNT,
	.default_columns = "KIND,NAMESPACES,SAME,HOST",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.two_snapshots = true,
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { 0 };
	int status = cli_main(&nscmp, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
