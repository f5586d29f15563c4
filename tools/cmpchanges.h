/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

/* nscmp of saved snapshots: that of --from and the running system, or those of both --from. */
struct cmp_options {
	unsigned kinds;	 /* bits 1 << enum ns_kind */
	bool some_kinds; /* that were asked for: what is of no kind does not count */
	bool quiet, by_container;
};

/* The status to exit with, or -errno. */
int cmp_snapshots(struct cli *cli, const struct cmp_options *options,
		  struct error *err) _must_check_;

/* What to exit with: 1 as in the queries, 0, or -ENODATA where nobody knows. */
int cmp_status(int same);

/* What may help who does not see all, if it is of the running system. */
const char *cmp_advice(bool live);
