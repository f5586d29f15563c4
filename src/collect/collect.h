/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "model/snapshot.h"
#include "util/error.h"

/* What may be read of a process besides its namespaces. */
enum fact {
	FACT_STAT = 1 << 0,   /* ppid, uid, state, start, comm */
	FACT_PIDS = 1 << 1,   /* its numbers in each pid namespace */
	FACT_IDMAPS = 1 << 2, /* of user namespaces: uid_map, gid_map */
	FACT_ALL = FACT_STAT | FACT_PIDS | FACT_IDMAPS,
};

/*
 * What to collect. The namespaces of every process and every thread are always read; facts, which
 * cost more, are read where they are wanted: of all processes, or only of the first one that is
 * found in each namespace, which stands for it in a list.
 */
struct scope {
	const char *source; /* a collector's name; NULL: whichever is cheapest */
	unsigned facts, first_facts;
	size_t n_tids; /* threads to record even if they are where their leader is */
	const pid_t *tids;
	bool all_threads; /* all of them */
	/* No others need be read, so that /proc is not listed. With them come those who are PID 1
	 * in the pid namespaces that they have a number in. */
	bool only_tids;
	/* Also what keeps namespaces alive that nobody is in: descriptors, sockets, mounts. */
	bool holders;
	size_t n_ns_fds; /* namespaces to record even if nobody is in them */
	const int *ns_fds;
};

/* Reads the running system. -errno where there is nothing to read from, never for what a single
 * process hides or for one that ends meanwhile: those are gaps, or nothing. */
int snapshot_take(const struct scope *scope, const struct snapshot **ret,
		  struct error *err) _must_check_;

/* Whether there is a collector of that name. */
bool collector_exists(const char *name);
