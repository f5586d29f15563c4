/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "traced.h"

#include <errno.h>
#include <sys/pidfd.h>

#include "util/alloc.h"

/* The process that it was when it was looked up, or nobody. */
static int hold(const struct target *target, struct trace_target *ret)
{
	pid_t pid = target->found.process->tgid;
	int pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		return -errno;
	*ret = (struct trace_target){ .pid = pid, .pidfd = pidfd };
	return resolved_is_alive(&target->resolved) ? 0 : -ESRCH;
}

int traced_find(struct targets *targets, const struct cli *cli,
		const struct snapshot **ret_snapshot, struct traced *ret, struct error *err)
{
	struct scope scope = { 0 };
	targets_resolve(targets, cli, &scope);
	scope.only_tids = targets_are_held(targets);
	int r = snapshot_take(&scope, ret_snapshot, err);
	if (r == 0)
		targets_find(targets, cli, *ret_snapshot, NULL);
	scope_clear(&scope);
	if (r < 0)
		return r;
	if (targets->status != CLI_YES)
		return -ENOENT;
	ret->targets = xcalloc(targets->n, sizeof(*ret->targets));
	for (size_t i = 0; i < targets->n && r == 0; i++) {
		r = hold(&targets->items[i], &ret->targets[ret->n++]);
		if (r < 0)
			error_errno(err, -r, "%s", targets->items[i].reference.text);
	}
	return r;
}

void traced_clear(struct traced *traced)
{
	for (size_t i = 0; i < traced->n; i++)
		closep(&traced->targets[i].pidfd);
	free(TAKE(traced->targets));
}
