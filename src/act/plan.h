/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/cgroups.h"
#include "act/confine.h"
#include "act/environ.h"
#include "act/ids.h"
#include "act/rights.h"

/*
 * All that joining takes, opened before the first step: afterwards /proc is somebody else's, and
 * what is read from files could be anything.
 */
struct plan {
	const struct wish *wish;
	struct target target;
	struct caller caller;

	unsigned kinds;		/* what is joined, bits 1 << enum ns_kind */
	int fds[NS_KIND_COUNT]; /* -1: joined by the target's pidfd */
	bool fork;

	int root, cwd; /* directories to go to; -1 */
	bool cwd_must; /* nobody goes on without it */

	struct ids ids;
	struct cgroups cgroups;
	bool confine;
	struct confinement confinement;
	char *context; /* of SELinux, for the command; NULL */

	bool new_environ;
	struct environ environ;
	const char *shell; /* where there is no command */
	bool login;	   /* it is a login shell */

	/* What was wished for and will not be, and is no reason to give up. */
	size_t n_warnings;
	struct error warnings[4];
};

/* 0, or -errno. */
int plan_make(const struct wish *wish, target_find *find, struct plan *ret,
	      struct error *err) _must_check_;
void plan_clear(struct plan *plan);

/* plan-ids.c: as whom the command will run, once it is known what is joined. */
int plan_choose_ids(struct plan *plan, struct error *err) _must_check_;

void plan_warn(struct plan *plan, const struct error *err);

/* The kinds that come by the target's links, opened into FDS: for kernels without setns(pidfd). */
int plan_open_links(struct plan *plan, struct error *err) _must_check_;

/* Whether the namespace of that kind is joined. */
static inline bool plan_joins(const struct plan *plan, enum ns_kind kind)
{
	return plan->kinds & 1u << kind;
}
