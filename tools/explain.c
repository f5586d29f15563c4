/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void explain_gaps(const struct cli *cli, const struct snapshot *snapshot)
{
	cli_message(cli, "source: %s%s%s", snapshot->origin.source ? snapshot->origin.source : "?",
		    cli->from ? ", saved in " : "", cli->from ? cli->from : "");
	if (snapshot->origin.no_bpf && *snapshot->origin.no_bpf)
		cli_message(cli, "not bpf: %s", snapshot->origin.no_bpf);
	for (size_t i = 0; i < snapshot->n_gaps; i++)
		cli_message(cli, "%s: %s", snapshot->gaps[i].source,
			    strerror(snapshot->gaps[i].why));
}

/*
 * The gaps that need no word of their own: those of the processes that are counted, and owners and
 * parents beyond our sight, which are normal in a container. -v lists them all, as JSON does.
 */
static size_t count_explained(const struct snapshot *snapshot)
{
	size_t n = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++)
		n += snapshot->processes[i]->unreadable;
	/* Who may not see all processes, or is in a container, may not see all that holds a
	 * namespace either. */
	const struct origin *origin = &snapshot->origin;
	bool refused = n > 0 || origin->viewer[NS_PID] != origin->initial[NS_PID] ||
		       origin->viewer[NS_USER] != origin->initial[NS_USER];
	for (size_t i = 0; i < snapshot->n_gaps; i++) {
		const struct gap *gap = &snapshot->gaps[i];
		n += gap->of_holder && refused && error_is_refusal(gap->why);
	}
	n += snapshot->n_in_flight;
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		const struct ns *ns = snapshot->namespaces[i];
		n += error_is_refusal(ns->parent.why);
		n += ns->kind != NS_USER && error_is_refusal(ns->owner.why);
	}
	return n;
}

void cli_explain_in_flight(const struct cli *cli, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_in_flight; i++) {
		const struct pin *pin = &snapshot->in_flight[i];
		cli_message(cli,
			    "a descriptor is in flight in socket %d of process %d: "
			    "it may hold a namespace",
			    pin->fd, pin->process ? pin->process->pid : 0);
	}
}

void cli_explain_viewer(const struct cli *cli, const struct snapshot *snapshot)
{
	if (snapshot->origin.foreign_proc && !cli->from)
		cli_message(cli, "/proc belongs to another pid namespace than ours: "
				 "PIDs are as it numbers them");
}

void cli_explain_source(const struct cli *cli, const struct snapshot *snapshot)
{
	cli_explain_viewer(cli, snapshot);
	if (cli->verbose)
		explain_gaps(cli, snapshot);
}

void cli_explain_view(const struct cli *cli, const struct snapshot *snapshot)
{
	cli_explain_viewer(cli, snapshot);
	size_t n_unreadable, n = snapshot_count_processes(snapshot, &n_unreadable);
	const char *advice = cli->from || geteuid() == 0 ? "" : "; run as root to see all";
	if (n_unreadable)
		cli_message(cli, "%zu of %zu processes could not be read%s", n_unreadable, n,
			    advice);
	if (snapshot->n_gaps > count_explained(snapshot))
		cli_message(cli, "not everything could be read%s",
			    cli->verbose ? "" : "; -v lists what");
	if (cli->verbose)
		explain_gaps(cli, snapshot);
}
