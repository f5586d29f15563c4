/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/plan.h"

/* Says a line to the user, by whichever process of ours has it to say. */
typedef void run_say(const struct error *line);

/*
 * Carries out the plan and runs the command: what to exit with. The processes, where each is
 * needed: we, who wait, hand on signals and serve the terminal; on a private terminal the leader of
 * its session, who goes in; and the command, which is in the pid namespace.
 */
int run_plan(struct plan *plan, run_say *say);

/* Where nsjoin itself failed. */
#define RUN_FAILED 125
