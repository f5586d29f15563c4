/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmpchanges.h"

#include <unistd.h>

#include "changerows.h"
#include "detail/take.h"
#include "util/alloc.h"

const char *cmp_advice(bool live)
{
	return !live || geteuid() == 0 ? "" : "; run as root to see all";
}

int cmp_status(int same)
{
	if (same < 0)
		return CLI_TROUBLE;
	return same ? CLI_YES : CLI_NO;
}

static int print_changes(struct cli *cli, const struct changes *changes,
			 const struct system *before, const struct system *after, struct error *err)
{
	_cleanup_(freep) struct change_row *items = xcalloc(changes->n, sizeof(*items));
	_cleanup_(freep) struct row *rows = xcalloc(changes->n, sizeof(*rows));
	for (size_t i = 0; i < changes->n; i++) {
		items[i] = (struct change_row){ &changes->items[i], before, after };
		rows[i] = (struct row){ .item = &items[i], .parent = ROW_TOP };
	}
	struct report *report = &cli->report;
	report->noun = "changes";
	report->view = (struct view){ .snapshot = after->snapshot, .details = after->details };
	report->compared_with = before->snapshot;
	report->rows = rows;
	report->n_rows = changes->n;
	return report_print(report, stdout, err);
}

/* The lines about what is not in the table. */
static void explain_changes(const struct cli *cli, const struct changes *changes,
			    const struct system *before, const struct system *after)
{
	const struct system *sides[] = { before, after };
	for (int i = 0; i < 2; i++) {
		size_t n_unreadable,
			n = snapshot_count_processes(sides[i]->snapshot, &n_unreadable);
		if (n_unreadable)
			cli_message(cli, "%zu of %zu processes could not be read in the %s%s",
				    n_unreadable, n, i ? "second" : "first",
				    cmp_advice(i && !cli->from_too));
		cli_explain_source(cli, sides[i]->snapshot);
	}
	if (changes->n_unknown)
		cli_message(
			cli,
			"%zu of the processes may have moved: their namespaces are not known in "
			"both",
			changes->n_unknown);
	if (changes->n == 0)
		cli_message(cli, "nothing %s",
			    changes->n_unknown ? "else is different" : "is different");
}

static int take_now(const struct cli *cli, struct system *ret, struct error *err)
{
	const struct scope scope = { .source = cli->source, .facts = FACT_STAT | FACT_PIDS };
	return snapshot_take(&scope, &ret->snapshot, err);
}

/* Of all processes where containers are compared, else of those in the table. */
static int take_details_now(const struct cli *cli, const struct cmp_options *options,
			    const struct changes *changes, struct system *now, struct error *err)
{
	_cleanup_(freep) const struct process **shown = xcalloc(changes->n, sizeof(*shown));
	const struct snapshot *snapshot = now->snapshot;
	struct detail_wish wish = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < changes->n; i++)
		if (changes->items[i].after)
			shown[n++] = changes->items[i].after;
	if (!options->quiet)
		wish.facts = field_list_details(&cli->report.fields);
	if (!options->by_container)
		return details_take(shown, n, &wish, &now->details, err);
	wish.facts |= DETAIL_CONTAINER;
	return details_take(snapshot->processes, snapshot->n_processes, &wish, &now->details, err);
}

static int find_changes(const struct cli *cli, const struct cmp_options *options,
			struct system *before, struct system *after, struct changes *changes,
			struct error *err)
{
	int r = options->by_container ? 0 : changes_check(before->snapshot, after->snapshot, err);
	if (r == 0 && !options->by_container)
		changes_find(before->snapshot, after->snapshot, options->kinds,
			     !options->some_kinds, changes);
	if (r == 0 && !after->details)
		r = take_details_now(cli, options, changes, after, err);
	if (r == 0 && options->by_container)
		changes_find_by_container(before, after, options->kinds, changes);
	return r;
}

static void system_clear(struct system *system)
{
	details_free(system->details);
	snapshot_free(system->snapshot);
}

int cmp_snapshots(struct cli *cli, const struct cmp_options *options, struct error *err)
{
	_cleanup_(system_clear) struct system before = { 0 };
	_cleanup_(system_clear) struct system after = { 0 };
	_cleanup_(changes_clear) struct changes changes = { 0 };
	cli->from_quick = true; /* as we look at what is now */
	int r = cli_load(cli, cli->from, &before.snapshot, &before.details, err);
	if (r == 0)
		r = !cli->from_too
			  ? take_now(cli, &after, err)
			  : cli_load(cli, cli->from_too, &after.snapshot, &after.details, err);
	if (r == 0)
		r = find_changes(cli, options, &before, &after, &changes, err);
	if (r == 0 && !options->quiet)
		r = print_changes(cli, &changes, &before, &after, err);
	if (r < 0)
		return r;
	if (!options->quiet)
		explain_changes(cli, &changes, &before, &after);
	int verdict = changes_verdict(&changes);
	return cmp_status(verdict < 0 ? verdict : !verdict);
}
