/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "targets.h"

#include <errno.h>

#include "util/alloc.h"

void targets_clear(struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		resolved_clear(&targets->items[i].resolved);
	free(TAKE(targets->items));
}

int targets_add(struct targets *targets, const char *text, bool process_only, struct error *err)
{
	struct target target = { .resolved = RESOLVED_NOTHING };
	int r = reference_parse(text, &target.reference, err);
	if (r < 0)
		return r;
	if (process_only && !reference_is_process(&target.reference))
		return error_set(err, EINVAL, "'%s' is not a process", text);
	target.resolved.plain = target.reference;
	targets->items =
		xgrow(targets->items, targets->n, &targets->capacity, sizeof(*targets->items));
	targets->items[targets->n++] = target;
	return 0;
}

void target_fail(struct targets *targets, struct target *target, const struct cli *cli,
		 const struct error *err)
{
	cli_message(cli, "%s", err->text);
	target->failed = true;
	bool absent = err->number == ENOENT || err->number == ESRCH;
	if (!absent)
		targets->status = CLI_TROUBLE;
	else if (targets->status == CLI_YES)
		targets->status = CLI_NO;
}

void targets_resolve(struct targets *targets, const struct cli *cli, struct scope *scope)
{
	pid_t *tids = xcalloc(targets->n, sizeof(*tids));
	int *fds = xcalloc(targets->n, sizeof(*fds));
	scope->tids = tids;
	scope->ns_fds = fds;
	for (size_t i = 0; i < targets->n && !cli->from; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		if (reference_resolve(&target->reference, &target->resolved, &err) < 0)
			target_fail(targets, target, cli, &err);
		if (target->resolved.plain.type == REFERENCE_PID)
			tids[scope->n_tids++] = target->resolved.plain.pid;
		if (target->resolved.ns_fd >= 0)
			fds[scope->n_ns_fds++] = target->resolved.ns_fd;
	}
}

bool targets_are_held(const struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->items[i];
		if (!target->failed && target->resolved.dir < 0 && target->resolved.ns_fd < 0)
			return false;
	}
	return true;
}

void scope_clear(struct scope *scope)
{
	free((pid_t *)scope->tids);
	free((int *)scope->ns_fds);
}

void targets_find(struct targets *targets, const struct cli *cli, const struct snapshot *snapshot,
		  const struct details *loaded)
{
	for (size_t i = 0; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		if (target->failed)
			continue;
		int r = reference_find(snapshot, loaded, &target->resolved.plain, &target->found,
				       &err);
		if (r == 0 && !resolved_is_alive(&target->resolved))
			r = error_set(&err, ENOENT, "%s: that process ended while we looked",
				      target->reference.text);
		if (r == 0)
			continue;
		target->found = (struct found){ 0 }; /* it may be somebody else's by now */
		target_fail(targets, target, cli, &err);
	}
}
