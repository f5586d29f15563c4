/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container.h"

#include <errno.h>
#include <fcntl.h>

#include "container/find.h"
#include "util/alloc.h"
#include "util/sort.h"

/* A number that was given to another process since the snapshot does not count. */
static size_t keep_known(const struct snapshot *snapshot, const struct container_found *found,
			 pid_t *pids)
{
	size_t n = 0;
	for (size_t i = 0; i < found->n_pids; i++) {
		const struct process *process = snapshot_find_process(snapshot, found->pids[i]);
		if (process && process->start == found->starts[i])
			pids[n++] = process->pid;
	}
	qsort(pids, n, sizeof(*pids), compare_pids);
	return n;
}

static int running_pids(const struct snapshot *snapshot, const char *name, pid_t **ret,
			size_t *ret_n, struct error *err)
{
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return error_errno(err, errno, "cannot open /proc");
	int r = container_find(proc, name, &found, err);
	if (r < 0)
		return r;
	_cleanup_(freep) pid_t *pids = xcalloc(found.n_pids, sizeof(*pids));
	size_t n = keep_known(snapshot, &found, pids);
	if (n == 0)
		return error_set(err, ENOENT, "%s: it ended while we looked", name);
	*ret = TAKE(pids);
	*ret_n = n;
	return 0;
}

static int saved_pids(const struct snapshot *snapshot, const struct details *details,
		      const char *name, pid_t **ret, size_t *ret_n, struct error *err)
{
	const struct container *container;
	size_t n = 0;
	int r = details_find_container(details, name, &container, err);
	if (r < 0)
		return r;
	pid_t *pids = xcalloc(snapshot->n_processes, sizeof(*pids));
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		const struct detail *detail = details_find(details, process);
		if (detail && detail->container == container)
			pids[n++] = process->tgid;
	}
	*ret = pids;
	*ret_n = n;
	return 0;
}

int container_pids(const struct cli *cli, struct targets *targets, const struct snapshot *snapshot,
		   const struct details *loaded, const char *name, pid_t **ret, size_t *ret_n,
		   struct error *err)
{
	*ret = NULL;
	*ret_n = 0;
	int r = loaded ? saved_pids(snapshot, loaded, name, ret, ret_n, err)
		       : running_pids(snapshot, name, ret, ret_n, err);
	if (r != -ENOENT && r != -ESRCH)
		return r;
	cli_message(cli, "%s", err->text);
	targets->status = CLI_NO;
	return 0;
}

static bool is_refused(const struct process *process, unsigned kinds)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if ((kinds == 0 || kinds & 1u << kind) && !process->ns[kind].to &&
		    error_is_refusal(process->ns[kind].why))
			return true;
	return false;
}

bool container_is_refused(const struct snapshot *snapshot, const pid_t *pids, size_t n,
			  unsigned kinds)
{
	for (size_t i = 0; i < n; i++) {
		const struct process *process = snapshot_find_process(snapshot, pids[i]);
		if (process && is_refused(process, kinds))
			return true;
	}
	return false;
}
