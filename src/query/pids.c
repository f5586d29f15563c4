/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "query/query.h"
#include "util/alloc.h"

static const struct ns *viewer_ns(const struct snapshot *snapshot)
{
	return snapshot_find_ns(snapshot, NS_PID, snapshot->origin.viewer[NS_PID]);
}

/* Where the kernel refuses the namespaces of a process it still shows its numbers, and nobody else
 * has but one. */
const struct ns *process_ns(const struct snapshot *snapshot, const struct process *process,
			    enum ns_kind kind)
{
	const struct ns *own = process->ns[kind].to;
	return !own && kind == NS_PID && process->n_pids == 1 ? viewer_ns(snapshot) : own;
}

size_t pid_levels(const struct snapshot *snapshot, const struct process *process,
		  struct pid_level **ret)
{
	struct pid_level *levels = xcalloc(process->n_pids, sizeof(*levels));
	const struct ns *ns = process_ns(snapshot, process, NS_PID);
	for (size_t level = process->n_pids; level-- > 0;) {
		levels[level] = (struct pid_level){ process, level, ns };
		ns = ns ? ns->parent.to : NULL;
	}
	/* Above may be what we are not told of, but the first is always the viewer's. */
	if (process->n_pids)
		levels[0].ns = viewer_ns(snapshot);
	*ret = levels;
	return process->n_pids;
}

/* Whether NS lies deeper than the process has numbers: it is as deep as its members have. */
static bool is_too_deep(const struct process *process, const struct ns *ns)
{
	return ns->n_members && ns->members[0]->n_pids > process->n_pids;
}

int pid_level_in(const struct snapshot *snapshot, const struct process *process,
		 const struct ns *ns, size_t *ret)
{
	if (process->n_pids == 0)
		return -ENODATA;
	if (ns == viewer_ns(snapshot)) {
		*ret = 0;
		return 0;
	}
	const struct ns *above = process_ns(snapshot, process, NS_PID);
	/* Whether a number there, if it had one, would be among those that the viewer sees. */
	bool known = above && ns_is_within(ns, viewer_ns(snapshot));
	for (size_t level = process->n_pids; above && level-- > 0; above = above->parent.to) {
		if (above != ns)
			continue;
		*ret = level;
		return 0;
	}
	return known || is_too_deep(process, ns) ? PID_INVISIBLE : -ENODATA;
}

int pid_find(const struct snapshot *snapshot, const struct ns *ns, pid_t pid,
	     const struct process **ret)
{
	bool unknown = false;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		size_t level;
		int r = pid_level_in(snapshot, process, ns, &level);
		unknown |= r < 0;
		if (r != 0 || process->pids[level] != pid)
			continue;
		*ret = process;
		return 0;
	}
	return unknown ? -ENODATA : -ENOENT;
}
