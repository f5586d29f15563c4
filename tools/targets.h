/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"
#include "collect/resolve.h"
#include "query/query.h"

/*
 * The references on a command line, on their way to what they mean: parsed, resolved (live), looked
 * up in the snapshot. One that leads nowhere is said at once, and the others go on.
 */
struct target {
	struct reference reference;
	struct resolved resolved;
	bool failed; /* and that has been said */
	struct found found;
};

struct targets {
	size_t n, capacity;
	struct target *items;
	int status; /* the worst so far: CLI_YES; CLI_NO, one is not there; CLI_TROUBLE */
};

void targets_clear(struct targets *targets);

/* Adds one; -EINVAL where TEXT is no reference, or, with PROCESS_ONLY, not one to a process. */
int targets_add(struct targets *targets, const char *text, bool process_only,
		struct error *err) _must_check_;

/* Adds all that are on the command line, likewise. */
int targets_add_operands(struct targets *targets, const struct cli *cli, bool process_only,
			 struct error *err) _must_check_;

/* Makes them out on the running system, and puts into SCOPE what has to be collected for them;
 * SCOPE's lists are valid until scope_clear(). Nothing to do under --from. */
void targets_resolve(struct targets *targets, const struct cli *cli, struct scope *scope);
void scope_clear(struct scope *scope);

/* Whether each that was made out is held by a descriptor, so that the scope can find it without all
 * the others. */
bool targets_are_held(const struct targets *targets);

/* Looks them up; LOADED: the details of a saved snapshot. */
void targets_find(struct targets *targets, const struct cli *cli, const struct snapshot *snapshot,
		  const struct details *loaded);

/* Says who of them has ended since. */
void targets_check_alive(struct targets *targets, const struct cli *cli);

/* Says what is wrong with one: ERR; or that nobody is known to be in NS, which it means. */
void target_fail(struct targets *targets, struct target *target, const struct cli *cli,
		 const struct error *err);
void target_fail_empty(struct targets *targets, struct target *target, const struct cli *cli,
		       const struct snapshot *snapshot, const struct ns *ns);
