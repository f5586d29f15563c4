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

int targets_add_operands(struct targets *targets, const struct cli *cli, bool process_only,
			 struct error *err)
{
	int r = 0;
	for (int i = 0; i < cli->n_operands && r == 0; i++)
		r = targets_add(targets, cli->operands[i], process_only, err);
	return r;
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

void target_fail_empty(struct targets *targets, struct target *target, const struct cli *cli,
		       const struct snapshot *snapshot, const struct ns *ns)
{
	struct error err = { 0 };
	bool complete = snapshot_is_complete(snapshot);
	error_set(&err, complete ? ENOENT : EACCES, "%s: %s is in %s:[%ju]", target->reference.text,
		  complete ? "no process" : "no process that we may see", ns_kind_name(ns->kind),
		  (uintmax_t)ns->ino);
	target_fail(targets, target, cli, &err);
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

static int check_alive(const struct target *target, struct error *err)
{
	if (resolved_is_alive(&target->resolved))
		return 0;
	return error_set(err, ENOENT, "%s: that process ended while we looked",
			 target->reference.text);
}

void targets_check_alive(struct targets *targets, const struct cli *cli)
{
	for (size_t i = 0; i < targets->n; i++) {
		struct error err = { 0 };
		if (check_alive(&targets->items[i], &err) < 0)
			target_fail(targets, &targets->items[i], cli, &err);
	}
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
		if (r == 0)
			r = check_alive(target, &err);
		if (r == 0)
			continue;
		target->found = (struct found){ 0 }; /* it may be somebody else's by now */
		target_fail(targets, target, cli, &err);
	}
}
