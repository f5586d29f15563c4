/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "cli.h"
#include "query/story.h"

/* What nstrace says when all is over: --summary and --tree. */
struct ending {
	bool summary, tree; /* wanted */
	bool separate;	    /* lines stand before it */
	int proc;
	struct story_teller *teller; /* NULL: nothing is wanted */
};

/* Ours are no children of anybody whom it would be of use to name. */
int ending_begin(struct ending *ending, struct error *err) _must_check_;

/* Also looks at ancestors that did nothing themselves, while they are there. */
void ending_take(struct ending *ending, const struct event *event);

/* Prints what is wanted in the format of CLI: COMPLETE unless N_LOST events were lost. */
int ending_print(struct ending *ending, const struct cli *cli, FILE *stream, uint64_t n_lost,
		 struct error *err) _must_check_;

void ending_clear(struct ending *ending);
