/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>

#include "collect/collector.h"
#include "collect/resolve.h"
#include "container/find.h"

/* Its first process; the number could be another's by the time that its directory is open. */
static int resolve_container(struct resolved *resolved, struct error *err)
{
	const char *text = resolved->plain.text;
	_cleanup_(closep) int proc = proc_open(err);
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	int r = proc < 0 ? proc : container_find(proc, text, &found, err);
	if (r == 0)
		r = resolve_pid(found.pids[0], resolved, err);
	if (r < 0)
		return r;
	struct proc_stat stat;
	bool same = proc_is_same(resolved->dir, found.starts[0], proc_own_tick_offset(proc), &stat);
	return same ? 0 : error_set(err, ESRCH, "%s: its first process has just ended", text);
}

/* Reads all processes, as their numbers tell. */
static int search(const struct reference *reference, const struct resolved *where,
		  struct resolved *resolved, struct error *err)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(closep) int pidns = resolved_open_pidns(where, NULL);
	struct found found;
	const struct ns *ns;
	const struct process *process;
	struct scope scope = {
		.facts = FACT_PIDS,
		.all_threads = true,
		.n_ns_fds = pidns >= 0,
		.ns_fds = &pidns,
	};
	int r = snapshot_take(&scope, &snapshot, err);
	if (r == 0)
		r = reference_find(snapshot, NULL, &where->plain, &found, err);
	if (r == 0)
		r = found_ns(snapshot, &found, NS_PID, reference->where, &ns, err);
	if (r < 0)
		return r;
	r = pid_find(snapshot, ns, reference->pid, &process);
	if (r == 0)
		return resolve_pid(process->pid, resolved, err);
	return error_set(err, r == -ENOENT ? ENOENT : EACCES,
			 "%s: no process that we can see has PID %d in pid:[%ju]%s",
			 reference->text, reference->pid, (uintmax_t)ns->ino,
			 r == -ENOENT ? "" : ", but not all could be read");
}

static int resolve_pid_far(const struct reference *reference, struct resolved *resolved,
			   struct error *err)
{
	_cleanup_(resolved_clear) struct resolved where = RESOLVED_NOTHING;
	struct reference parsed;
	int r = reference_parse(reference->where, &parsed, err);
	if (r == 0)
		r = reference_resolve(&parsed, &where, err);
	if (r == 0)
		r = resolve_pid_at(reference, &where, resolved, err);
	return r == RESOLVE_FAR ? search(reference, &where, resolved, err) : r;
}

int reference_resolve(const struct reference *reference, struct resolved *ret, struct error *err)
{
	int r = reference_resolve_near(reference, ret, err);
	if (r != RESOLVE_FAR)
		return r;
	struct resolved resolved = RESOLVED_NOTHING;
	resolved.plain = *reference;
	r = reference->type == REFERENCE_CONTAINER ? resolve_container(&resolved, err)
						   : resolve_pid_far(reference, &resolved, err);
	if (r < 0)
		resolved_clear(&resolved);
	else
		*ret = resolved;
	return r;
}
