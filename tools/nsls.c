/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "container.h"
#include "detail/take.h"
#include "fields.h"
#include "query/query.h"
#include "render/save.h"
#include "targets.h"
#include "util/alloc.h"
#include "util/newfile.h"

enum {
	OPTION_NO_HOST = CLI_TOOL_OPTION,
	OPTION_SAVE,
	OPTION_REDACT,
};

static const struct cli_option options[] = {
	{ 't', "type", "KIND", "only this kind: mnt net pid uts ipc user cgroup time" },
	{ 'p', "task", "PROC", "only the namespaces of this process" },
	{ 'c', "container", "NAME", "only the namespaces that processes of this container are in" },
	{ OPTION_NO_HOST, "no-host", NULL, "leave out the host's own namespaces" },
	{ 'T', "tree", "[=HOW]", "as a tree by process (default), parent or owner" },
	{ 'l', "list", NULL, "as a list (the default)" },
	{ 'P', "persistent", NULL, "only those that no process is in" },
	{ 'q', "quick", NULL, "look at processes, threads, parents and owners only" },
	{ OPTION_SAVE, "save", "FILE", "save all facts to FILE (- is standard output)" },
	{ OPTION_REDACT, "redact", NULL, "with --save, replace arguments and names" },
};

struct config {
	struct ns_filter filter;
	enum ns_tree tree;
	bool list;
	bool quick;
	const char *save;
	bool redact;
	const char *container;
	bool container_refused; /* not all of its namespaces could be read */
	struct targets targets;
};

static int set_kinds(struct config *config, const char *list, struct error *err)
{
	int r = ns_kinds_parse(list, &config->filter.kinds, err);
	if (r < 0)
		error_wrap(err, "--type");
	return r;
}

static int set_tree(struct config *config, const char *how, struct error *err)
{
	static const char *const names[] = {
		[NS_TREE_PROCESS] = "process",
		[NS_TREE_PARENT] = "parent",
		[NS_TREE_OWNER] = "owner",
	};
	for (size_t i = NS_TREE_PROCESS; i < ARRAY_SIZE(names); i++) {
		if (!how || strcmp(how, names[i]) == 0) {
			config->tree = i;
			return 0;
		}
	}
	return error_set(err, EINVAL, "--tree: '%s' is none of process, parent, owner", how);
}

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	switch (id) {
	case 't':
		return set_kinds(config, value, err);
	case 'p':
		return targets_add(&config->targets, value, true, err);
	case 'c':
		if (config->container)
			return error_set(err, EINVAL, "--container can be given once only");
		config->container = value;
		return 0;
	case 'P':
		config->filter.persistent = true;
		return 0;
	case 'q':
		config->quick = true;
		return 0;
	case OPTION_NO_HOST:
		config->filter.no_host = true;
		return 0;
	case 'T':
		return set_tree(config, value, err);
	case 'l':
		config->list = true;
		return 0;
	case OPTION_SAVE:
		config->save = value;
		return 0;
	case OPTION_REDACT:
		config->redact = true;
		return 0;
	}
	return 0;
}

static int check_options(const struct cli *cli, const struct config *config, struct error *err)
{
	const struct report *report = &cli->report;
	bool selects = config->filter.kinds || config->filter.no_host || config->targets.n ||
		       config->container || config->filter.persistent;
	bool shapes = report->format != REPORT_TABLE || cli->columns_chosen || config->tree ||
		      report->no_headings || report->no_truncate;
	if (config->tree && config->list)
		return error_set(err, EINVAL, "--tree and --list exclude each other");
	if (config->redact && !config->save)
		return error_set(err, EINVAL, "--redact needs --save");
	if (config->save && (selects || shapes))
		return error_set(err, EINVAL,
				 "--save saves all there is: it takes no reference, no filter and "
				 "no format");
	return 0;
}

static int save(const struct config *config, const struct snapshot *snapshot,
		const struct details *details, struct error *err)
{
	if (strcmp(config->save, "-") == 0)
		return snapshot_save(snapshot, details, config->redact, stdout, err);
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	int r = newfile_open(&file, config->save, err);
	if (r < 0)
		return r;
	r = snapshot_save(snapshot, details, config->redact, file.stream, err);
	if (r < 0) {
		error_wrap(err, "%s", config->save);
		return r;
	}
	return newfile_commit(&file, err);
}

static int save_all(const struct config *config, const struct snapshot *snapshot,
		    const struct details *loaded, struct error *err)
{
	if (loaded)
		return save(config, snapshot, loaded, err);
	_cleanup_(details_freep) const struct details *details = NULL;
	const struct detail_wish all = {
		.facts = DETAIL_ALL,
		.psfacts = psfacts_read,
		.n_namespaces = snapshot->n_namespaces,
		.namespaces = snapshot->namespaces,
	};
	int r = details_take(snapshot->processes, snapshot->n_processes, &all, &details, err);
	return r < 0 ? r : save(config, snapshot, details, err);
}

/* The details of the namespaces in the list, and of the processes that stand for them. */
static int take_details(const struct ns *const *list, size_t n, unsigned facts,
			const struct details **ret, struct error *err)
{
	_cleanup_(freep) const struct process **firsts = xcalloc(n, sizeof(*firsts));
	size_t n_firsts = 0;
	for (size_t i = 0; i < n; i++) {
		const struct process *first = ns_first(list[i]);
		if (first)
			firsts[n_firsts++] = first;
	}
	const struct detail_wish wish = {
		.facts = facts,
		.psfacts = psfacts_read,
		.n_namespaces = n,
		.namespaces = list,
	};
	return details_take(firsts, n_firsts, &wish, ret, err);
}

/* What was named and yet shows no row gets a sentence of its own. */
static void explain_misses(const struct cli *cli, struct targets *targets, const bool *hits)
{
	for (size_t i = 0; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		if (target->failed || hits[i])
			continue;
		if (target->found.process && target->found.process->unreadable)
			error_set(&err, EACCES,
				  "%s: the namespaces of this process could not be read",
				  target->reference.text);
		else
			error_set(&err, ENOENT, "%s: none of its namespaces is in the list",
				  target->reference.text);
		target_fail(targets, target, cli, &err);
	}
}

/* The namespaces to show. Where all that was named is missing, none. */
static void select_namespaces(const struct cli *cli, struct config *config,
			      const struct snapshot *snapshot, const struct ns *const **ret,
			      size_t *ret_n)
{
	struct targets *targets = &config->targets;
	struct ns_filter filter = config->filter;
	_cleanup_(freep) struct found *found = xcalloc(targets->n, sizeof(*found));
	_cleanup_(freep) bool *hits = xcalloc(targets->n, sizeof(*hits));
	for (size_t i = 0; i < targets->n; i++)
		found[i] = targets->items[i].found;
	filter.n_found = targets->n;
	filter.found = found;
	filter.ret_hits = hits;
	ns_list(snapshot, &filter, ret, ret_n);
	explain_misses(cli, targets, hits);
	if (*ret_n || !config->container || targets->status != CLI_YES)
		return;
	if (config->container_refused)
		cli_message(cli, "%s: the namespaces of its processes could not be read",
			    config->container);
	else
		cli_message(cli, "%s: none of its namespaces is in the list", config->container);
	targets->status = config->container_refused ? CLI_TROUBLE : CLI_NO;
}

/* What --container leaves. Where it is not there, that is said, and 0 returned with *RET NULL. */
static int select_container(const struct cli *cli, struct config *config,
			    const struct snapshot *snapshot, const struct details *loaded,
			    const struct ns *const **ret, size_t *ret_n, struct error *err)
{
	_cleanup_(freep) pid_t *pids = NULL;
	size_t n;
	int r = container_pids(cli, &config->targets, snapshot, loaded, config->container, &pids,
			       &n, err);
	if (r < 0 || !pids)
		return r;
	ns_of_processes(snapshot, pids, n, ret, ret_n);
	config->container_refused = container_is_refused(snapshot, pids, n, config->filter.kinds);
	return 0;
}

static int show(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		const struct details *loaded, struct error *err)
{
	_cleanup_(freep) const struct ns *const *list = NULL;
	_cleanup_(freep) struct row *rows = NULL;
	_cleanup_(details_freep) const struct details *taken = NULL;
	_cleanup_(freep) const struct ns *const *only = NULL;
	size_t n;
	int r = 0;
	if (config->container) {
		r = select_container(cli, config, snapshot, loaded, &only, &config->filter.n_only,
				     err);
		if (r < 0 || !only)
			return r;
		config->filter.only = only;
	}
	targets_find(&config->targets, cli, snapshot, loaded);
	select_namespaces(cli, config, snapshot, &list, &n);
	if (n == 0 && config->targets.status != CLI_YES)
		return 0;
	unsigned facts = field_list_details(&cli->report.fields);
	r = loaded ? 0 : take_details(list, n, facts, &taken, err);
	if (r < 0)
		return r;
	ns_tree(list, n, config->tree, &rows);

	struct report *report = &cli->report;
	report->noun = "namespaces";
	report->scope = snapshot->origin.holders ? "all" : "quick";
	report->view = (struct view){ .snapshot = snapshot, .details = loaded ? loaded : taken };
	report->rows = rows;
	report->n_rows = n;
	report->tree = config->tree != NS_TREE_NONE;
	report->tree_field = "NS";
	return report_print(report, stdout, err);
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { 0 };
	int r = targets_add_operands(&config->targets, cli, false, err);
	if (r == 0)
		r = check_options(cli, config, err);
	if (r < 0)
		return r;
	scope.first_facts = field_list_facts(&cli->report.fields);
	if (config->tree == NS_TREE_PROCESS || config->container)
		scope.facts = FACT_STAT;
	scope.holders = !config->quick;
	cli->from_quick = config->quick;
	if (config->save) {
		scope.facts = FACT_ALL;
		scope.all_threads = true;
	}
	targets_resolve(&config->targets, cli, &scope);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r < 0)
		return r;
	r = config->save ? save_all(config, snapshot, loaded, err)
			 : show(cli, config, snapshot, loaded, err);
	if (r == 0)
		cli_explain_view(cli, snapshot);
	if (r == 0)
		cli_explain_in_flight(cli, snapshot);
	return r < 0 ? r : config->targets.status;
}

static const struct cli_tool nsls = {
	.name = "nsls",
	.operands = "[REFERENCE...]",
	.purpose =
		"List the namespaces of this system and who is in them. With REFERENCEs, only\n"
		"what they name: a process (12675, self, 79@chal), the first one of a container\n"
		"(chal, docker:chal), or a namespace (net:[4026532184], 4026532184, id:6249,\n"
		"/run/netns/blue).",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.fields = nsls_fields,
	.n_fields = NSLS_FIELD_COUNT,
	.default_columns = "NS,TYPE,NPROCS,PID,USER,CONTAINER,COMMAND",
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { 0 };
	int status = cli_main(&nsls, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
