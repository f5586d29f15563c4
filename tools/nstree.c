/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "container.h"
#include "query/proctree.h"
#include "targets.h"
#include "treerows.h"
#include "util/alloc.h"

enum {
	OPTION_THREADS = CLI_TOOL_OPTION,
};

static const struct cli_option options[] = {
	{ 'a', "arguments", NULL, "command lines instead of names" },
	{ 's', "show-parents", NULL, "the ancestors of what is named, too" },
	{ 'N', "ns-sort", "KIND", "a tree for each namespace of this kind" },
	{ 'B', "borders-only", NULL, "only who is at a border, and their ancestors" },
	{ 'c', "container", "NAME", "only the processes of this container and what is below them" },
	{ OPTION_THREADS, "threads", NULL, "threads too" },
	{ 'A', "ascii", NULL, "ASCII only" },
	{ 'U', "unicode", NULL, "UTF-8, whatever the locale" },
	{ 'p', "show-pids", NULL, "as pstree has it: always on" },
	{ 'S', "ns-changes", NULL, "as pstree has it: always on" },
};

struct config {
	bool arguments, parents, borders_only, threads;
	enum ns_kind ns_sort;
	const char *container;
	struct targets targets;
};

static int set_ns_sort(struct config *config, const char *name, struct error *err)
{
	config->ns_sort = ns_kind_by_name(name, strlen(name));
	if (config->ns_sort == NS_KIND_COUNT)
		return error_set(err, EINVAL, "--ns-sort: '%s' is no kind of namespace", name);
	return 0;
}

/* The characters of the tree, of the borders and of names all go by the locale. */
static int set_charset(const char *locale, struct error *err)
{
	if (!setlocale(LC_CTYPE, locale))
		return error_set(err, EINVAL, "there is no locale %s on this system", locale);
	return 0;
}

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	switch (id) {
	case 'a':
		config->arguments = true;
		return 0;
	case 's':
		config->parents = true;
		return 0;
	case 'N':
		return set_ns_sort(config, value, err);
	case 'B':
		config->borders_only = true;
		return 0;
	case 'c':
		if (config->container)
			return error_set(err, EINVAL, "--container can be given once only");
		config->container = value;
		return 0;
	case OPTION_THREADS:
		config->threads = true;
		return 0;
	case 'A':
		return set_charset("C", err);
	case 'U':
		return set_charset("C.UTF-8", err);
	}
	return 0; /* -p and -S are what we do anyway */
}

/* In the order of the tables. For programs, what a table draws into a column has one of its own. */
enum { TREE, TREE_OF_THREADS, FLAT, FLAT_OF_THREADS };

#define FLAT_COLUMNS "PPID,NSPID,USER,NSUSER,CONTAINER,BORDER,COMMAND"

static const struct cli_table others[] = {
	[TREE_OF_THREADS - 1] = { NULL, tree_row_fields, TREE_ROW_FIELD_COUNT,
				  "PID,TID,NSPID,USER,COMMAND" },
	[FLAT - 1] = { NULL, tree_row_fields, TREE_ROW_FIELD_COUNT, "PID," FLAT_COLUMNS },
	[FLAT_OF_THREADS - 1] = { NULL, tree_row_fields, TREE_ROW_FIELD_COUNT,
				  "PID,TID," FLAT_COLUMNS },
};

static size_t choose(const void *from, const struct cli *cli)
{
	const struct config *config = from;
	if (cli->report.format == REPORT_TABLE)
		return config->threads ? TREE_OF_THREADS : TREE;
	return config->threads ? FLAT_OF_THREADS : FLAT;
}

/* Each is in the list as soon as a process stands for it; else a sentence says why not. */
static void list_named(struct process_list *roots, const struct cli *cli, struct config *config,
		       const struct snapshot *snapshot)
{
	struct targets *targets = &config->targets;
	for (size_t i = 0; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		if (!target->failed && !process_list_add_found(roots, &target->found))
			target_fail_empty(targets, target, cli, snapshot, target->found.ns);
	}
}

static int list_container(struct process_list *roots, const struct cli *cli, struct config *config,
			  const struct snapshot *snapshot, const struct details *loaded,
			  struct error *err)
{
	_cleanup_(freep) pid_t *pids = NULL;
	size_t n;
	int r = container_pids(cli, &config->targets, snapshot, loaded, config->container, &pids,
			       &n, err);
	for (size_t i = 0; i < n; i++) {
		const struct process *process = snapshot_find_process(snapshot, pids[i]);
		if (process)
			process_list_add(roots, process);
	}
	return r;
}

static int add_column(struct field_list *fields, const char *name, struct error *err)
{
	_cleanup_(freep) char *more = xasprintf("+%s", name);
	if (field_list_has(fields, name))
		return 0;
	return field_list_parse(fields, tree_row_fields, TREE_ROW_FIELD_COUNT, more, err);
}

/* JSON has the depth of each; and what is not drawn has its namespace instead of a heading. */
static int add_columns(struct cli *cli, const struct config *config, struct error *err)
{
	struct field_list *fields = &cli->report.fields;
	const enum report_format format = cli->report.format;
	int r = 0;
	if (format != REPORT_TABLE && config->ns_sort != NS_KIND_COUNT && !cli->columns_chosen)
		r = add_column(fields, tree_row_ns_column(config->ns_sort), err);
	if (format == REPORT_JSON && r == 0)
		r = add_column(fields, "DEPTH", err);
	return r;
}

static int print(struct cli *cli, const struct config *config, const struct proctree *tree,
		 const struct snapshot *snapshot, const struct details *loaded, struct error *err)
{
	struct report *report = &cli->report;
	_cleanup_(details_freep) const struct details *taken = NULL;
	_cleanup_(tree_rows_clear) struct tree_rows rows = {
		.ns_sort = config->ns_sort,
		.arguments = config->arguments,
		.plain = report->format != REPORT_TABLE,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
	int r = add_columns(cli, config, err);
	if (r < 0)
		return r;
	tree_rows_fill(&rows, snapshot, tree);
	r = loaded ? 0 : tree_rows_take_details(&rows, &report->fields, &taken, err);
	if (r < 0)
		return r;
	report->noun = "processes";
	report->view = (struct view){ .snapshot = snapshot, .details = loaded ? loaded : taken };
	report->rows = rows.rows;
	report->n_rows = rows.n;
	report->tree = report->format != REPORT_JSON;
	report->tree_field = "COMMAND";
	return report_print(report, stdout, err);
}

static int show(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		const struct details *loaded, struct error *err)
{
	_cleanup_(process_list_clear) struct process_list roots = { 0 };
	_cleanup_(proctree_clear) struct proctree tree = { 0 };
	const bool named = config->targets.n || config->container;
	int r = 0;
	targets_find(&config->targets, cli, snapshot, loaded);
	list_named(&roots, cli, config, snapshot);
	if (config->container)
		r = list_container(&roots, cli, config, snapshot, loaded, err);
	if (r < 0 || (named && roots.n == 0))
		return r;
	const struct proctree_wish wish = {
		.roots = named ? &roots : NULL,
		.parents = config->parents,
		.borders_only = config->borders_only,
		.threads = config->threads,
		.ns_sort = config->ns_sort,
		.headings = cli->report.format == REPORT_TABLE,
	};
	proctree_make(snapshot, &wish, &tree);
	r = print(cli, config, &tree, snapshot, loaded, err);
	if (r == 0 && tree.n_unknown)
		cli_message(cli, "%zu more may be at a border: that could not be read",
			    tree.n_unknown);
	return r;
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { 0 };
	if (config->container && cli->n_operands)
		return error_set(err, EINVAL, "--container takes no further REFERENCE");
	int r = targets_add_operands(&config->targets, cli, false, err);
	if (r < 0)
		return r;
	/* Who descends from whom, and what everybody may read about pid namespaces. */
	scope.facts = FACT_STAT | FACT_PIDS | field_list_facts(&cli->report.fields);
	scope.all_threads = config->threads;
	targets_resolve(&config->targets, cli, &scope);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r == 0)
		r = show(cli, config, snapshot, loaded, err);
	if (r == 0)
		cli_explain_view(cli, snapshot);
	return r < 0 ? r : config->targets.status;
}

static const struct cli_tool nstree = {
	.name = "nstree",
	.operands = "[REFERENCE...]",
	.purpose =
		"Show the process tree, and each border between namespaces in it. With\n"
		"REFERENCEs, only what they name and what is below that: a process (12675, self,\n"
		"79@chal), the first one of a container (chal, docker:chal), or all that are in a\n"
		"namespace (net:[4026532184], 4026532184, id:6249, /run/netns/blue).",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.fields = tree_row_fields,
	.n_fields = TREE_ROW_FIELD_COUNT,
	.default_columns = "PID,NSPID,USER,COMMAND",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { .ns_sort = NS_KIND_COUNT };
	int status = cli_main(&nstree, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
