/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/plan.h"

/*
 * The steps of a plan. From join_enter() on we are in a container, of which nothing is to be
 * believed: no file is opened by its name, no library is loaded, and our memory is hidden.
 */

/* Joins the namespaces and goes to the directories: 0, or -errno, with what helps in ERR. */
int join_enter(struct plan *plan, struct error *err) _must_check_;

/* In the process that will be the command: its cgroups, its /proc, its limits, its user. Of all
 * descriptors but the standard ones only KEEP, which leads to no file, stays open; -1: none. */
int join_become(struct plan *plan, int keep, struct error *err) _must_check_;

/* Runs the command. Returns only if that fails: what to exit with, 126 or 127, with ERR. */
int join_exec(struct plan *plan, struct error *err) _must_check_;

/* explain.c: what the kernel meant when it refused the namespace of that kind: WHY, an errno. */
void join_explain(const struct plan *plan, enum ns_kind kind, int why, struct error *err);

/* The plan as text, a line a step, with the right that it takes and whether we have it; freed by
 * the caller. */
char *join_describe(struct plan *plan) _must_check_;
