/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "detail/take.h"
#include "holderrows.h"
#include "targets.h"
#include "util/alloc.h"

static const struct cli_option options[] = {
	{ 't', "type", "KIND", "only this kind: mnt net pid uts ipc user cgroup time" },
};

struct config {
	unsigned kinds; /* bits 1 << enum ns_kind; 0: all */
	struct targets targets;
};

static int set_option(void *to, int id _unused_, const char *value, struct error *err)
{
	struct config *config = to;
	int r = ns_kinds_parse(value, &config->kinds, err);
	if (r < 0)
		error_wrap(err, "--type");
	return r;
}

/* "1 socket and 2 mounts" */
static char *count_text(const size_t counts[HELD_BY_COUNT])
{
	static const char *const nouns[HELD_BY_COUNT][2] = {
		[HELD_BY_FOR_CHILDREN] = { "process whose children will be in it",
					   "processes whose children will be in it" },
		[HELD_BY_FD] = { "descriptor", "descriptors" },
		[HELD_BY_MOUNT] = { "mount", "mounts" },
		[HELD_BY_DETACHED_MOUNT] = { "detached mount", "detached mounts" },
		[HELD_BY_SOCKET] = { "socket", "sockets" },
		[HELD_BY_TUN] = { "tun device", "tun devices" },
		[HELD_BY_CHILD] = { "child namespace", "child namespaces" },
		[HELD_BY_OWNED] = { "namespace that it owns", "namespaces that it owns" },
	};
	size_t n_words = 0;
	char *text = xstrdup("");
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++)
		n_words += counts[by] > 0;
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++) {
		if (!counts[by] || !nouns[by][0])
			continue;
		_cleanup_(freep) char *before = text;
		n_words--;
		text = xasprintf("%s%zu %s%s", before, counts[by], nouns[by][counts[by] > 1],
				 n_words > 1	? ", "
				 : n_words == 1 ? " and "
						: "");
	}
	return text;
}

static void explain_empty(const struct cli *cli, const struct snapshot *snapshot,
			  const struct holder_rows *rows, const struct ns *ns)
{
	size_t counts[HELD_BY_COUNT], n = 0;
	holder_rows_count(rows, ns, counts);
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++)
		n += counts[by];
	_cleanup_(freep) char *text = count_text(counts);
	cli_message(cli, "no process%s is in %s:[%ju]; %s keep%s it alive",
		    snapshot_hides_processes(snapshot) ? " that we may see" : "",
		    ns_kind_name(ns->kind), (uintmax_t)ns->ino, text, n == 1 ? "s" : "");
}

/* A namespace that nothing seems to hold is held by what we could not look at, or has just gone. */
static void fail_unheld(struct config *config, struct target *target, const struct cli *cli,
			const struct snapshot *snapshot, const struct ns *ns)
{
	struct error err = { 0 };
	bool complete = snapshot_is_complete(snapshot) && snapshot->origin.holders;
	error_set(&err, complete ? ENOENT : EACCES, "%s: no holder of %s:[%ju]%s",
		  target->reference.text, ns_kind_name(ns->kind), (uintmax_t)ns->ino,
		  complete ? "" : ", none that we may see");
	target_fail(&config->targets, target, cli, &err);
}

static void add_ns(struct holder_rows *rows, struct config *config, struct target *target,
		   const struct cli *cli, const struct snapshot *snapshot, const struct ns *ns)
{
	bool held = holder_rows_add(rows, snapshot, ns);
	if (!ns_first(ns))
		holder_rows_add_nameless(rows, snapshot, ns->kind);
	if (!held)
		fail_unheld(config, target, cli, snapshot, ns);
	else if (!ns_first(ns))
		explain_empty(cli, snapshot, rows, ns);
}

/* An exited process has left all but two of its namespaces. */
static bool has_left(const struct process *process, enum ns_kind kind)
{
	return !process->ns[kind].to && process->ns[kind].why == 0;
}

/* Those of a process that are wanted; or the one that was named, which has to be. */
static void add_target(struct holder_rows *rows, struct config *config, struct target *target,
		       const struct cli *cli, const struct snapshot *snapshot)
{
	const struct found *found = &target->found;
	unsigned kinds = config->kinds ? config->kinds : (1u << NS_KIND_COUNT) - 1;
	if (found->ns && !config->kinds)
		kinds = 1u << found->ns->kind;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		struct error err = { 0 };
		const struct ns *ns = NULL;
		if (!(kinds >> kind & 1))
			continue;
		if (!config->kinds && found->process && has_left(found->process, kind))
			continue;
		if (found_ns(snapshot, found, kind, target->reference.text, &ns, &err) < 0)
			target_fail(&config->targets, target, cli, &err);
		else
			add_ns(rows, config, target, cli, snapshot, ns);
		if (found->process && found->process->unreadable)
			return; /* one line for all of them */
	}
}

static int take_details(const struct holder_rows *rows, unsigned facts, const struct details **ret,
			struct error *err)
{
	_cleanup_(freep) const struct process **processes = xcalloc(rows->n, sizeof(*processes));
	_cleanup_(freep) const struct ns **namespaces = xcalloc(rows->n, sizeof(*namespaces));
	size_t n = 0, n_namespaces = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct holder_row *row = &rows->items[i];
		if (row->holder.process)
			processes[n++] = row->holder.process;
		if (row->whole && row->ns)
			namespaces[n_namespaces++] = row->ns;
	}
	const struct detail_wish wish = { .facts = facts,
					  .n_namespaces = n_namespaces,
					  .namespaces = namespaces };
	return details_take(processes, n, &wish, ret, err);
}

/* Columns that are empty for most are there where some row has something to say. */
static int choose_columns(struct cli *cli, const struct holder_rows *rows, struct error *err)
{
	if (cli->columns_chosen || (!rows->has_tid && !rows->has_mntns))
		return 0;
	_cleanup_(freep) char *columns =
		xasprintf("NS,TYPE,BY,PID,%sFD,%sPATH,USER,COMMAND", rows->has_tid ? "TID," : "",
			  rows->has_mntns ? "MNTNS," : "");
	return field_list_parse(&cli->report.fields, holder_row_fields, HOLDER_ROW_FIELD_COUNT,
				columns, err);
}

static int print(struct cli *cli, const struct holder_rows *found, struct error *err)
{
	_cleanup_(freep) struct row *rows = xcalloc(found->n, sizeof(*rows));
	_cleanup_(freep) struct row_group *groups = xcalloc(found->n, sizeof(*groups));
	struct report *report = &cli->report;
	for (size_t i = 0; i < found->n; i++) {
		const struct holder_row *row = &found->items[i];
		if (row->whole) {
			groups[report->n_groups++] =
				(struct row_group){ .item = row, .first = report->n_rows };
			continue;
		}
		groups[report->n_groups - 1].n++;
		rows[report->n_rows++] = (struct row){ .item = row, .parent = ROW_TOP };
	}
	report->noun = "namespaces";
	report->parts = "holders";
	report->groups = groups;
	report->rows = rows;
	return report_print(report, stdout, err);
}

static int show(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		const struct details *loaded, struct error *err)
{
	_cleanup_(holder_rows_clear) struct holder_rows found = { 0 };
	_cleanup_(details_freep) const struct details *taken = NULL;
	struct targets *targets = &config->targets;
	targets_find(targets, cli, snapshot, loaded);
	if (!snapshot->origin.holders)
		cli_message(cli, "descriptors and mounts were not looked at when that was saved");
	for (size_t i = 0; i < targets->n; i++)
		if (!targets->items[i].failed)
			add_target(&found, config, &targets->items[i], cli, snapshot);
	if (found.n == 0) {
		/* It may be there, and nobody can see it. */
		cli_explain_in_flight(cli, snapshot);
		if (snapshot->n_in_flight)
			targets->status = CLI_TROUBLE;
		return 0;
	}
	int r = choose_columns(cli, &found, err);
	if (r == 0 && !loaded)
		r = take_details(&found, field_list_details(&cli->report.fields), &taken, err);
	if (r < 0)
		return r;
	cli->report.view =
		(struct view){ .snapshot = snapshot, .details = loaded ? loaded : taken };
	return print(cli, &found, err);
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	_cleanup_(scope_clear) struct scope scope = { 0 };
	int r = targets_add_operands(&config->targets, cli, false, err);
	if (r < 0)
		return r;
	if (config->targets.n == 0)
		return error_set(err, EINVAL, "which namespace? Give a REFERENCE");
	scope.facts = FACT_STAT | field_list_facts(&cli->report.fields);
	scope.holders = true;
	targets_resolve(&config->targets, cli, &scope);
	r = cli_snapshot(cli, &scope, &snapshot, &loaded, err);
	if (r == 0)
		r = show(cli, config, snapshot, loaded, err);
	if (r == 0)
		cli_explain_view(cli, snapshot);
	return r < 0 ? r : config->targets.status;
}

static const struct cli_tool nswho = {
	.name = "nswho",
	.operands = "REFERENCE...",
	.purpose =
		"Show what keeps a namespace alive: processes, threads, descriptors, sockets,\n"
		"mounts, other namespaces. A REFERENCE is a namespace (net:[4026532184],\n"
		"4026532184, id:6249, /run/netns/blue), or a process (12675, self, 79@chal) or a\n"
		"container (chal, docker:chal), which means the namespaces that it is in.",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.fields = holder_row_fields,
	.n_fields = HOLDER_ROW_FIELD_COUNT,
	.default_columns = "NS,TYPE,BY,PID,FD,PATH,USER,COMMAND",
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { 0 };
	int status = cli_main(&nswho, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
