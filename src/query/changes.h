/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/query.h"

/* What is different in a second snapshot. */
struct change {
	enum change_type {
		CHANGE_CAME,
		CHANGE_WENT,
		CHANGE_MOVED,
		CHANGE_MAYBE_CAME, /* it was not seen, and not all could be */
		CHANGE_MAYBE_WENT,
		CHANGE_UNKNOWN, /* a namespace of that number is in both, and maybe another one */
	} type;
	enum ns_kind kind; /* NS_KIND_COUNT: a process or a container, and not its namespaces */
	/* By process: the namespaces in the two snapshots; NULL where it is in none, or none is
	 * meant. */
	const struct ns *was, *now;
	/* By container: with whom it shares the namespace, "host", "own" or labels of containers;
	 * NULL unknown. */
	char *was_with, *now_with;
	/* The process, or the first one of the namespace or the container. */
	const struct process *before, *after;
};

struct changes {
	size_t n, capacity;
	struct change *items;
	/* Processes of which some namespace is unknown in one of the snapshots, or whether they are
	 * the same. */
	size_t n_unknown;
};

void changes_clear(struct changes *changes);
void changes_add(struct changes *changes, const struct change *change);

/* Whether anything differs: 1, proven; 0, nothing; -ENODATA, nothing that is known. */
int changes_verdict(const struct changes *changes);

/* changes.c: two snapshots of the same system. -EINVAL where they are not: of other boots, or with
 * other numbers for the processes. */
int changes_check(const struct snapshot *before, const struct snapshot *after,
		  struct error *err) _must_check_;

/*
 * Processes are the same where pid and start are. A namespace is the same where the kernel gave it
 * the same id; where it gave none, the number may have been given again, so that one process has to
 * be in it in both, unless it is the host's own. Adds what differs: processes by pid, then
 * namespaces by number. KINDS: bits 1 << enum ns_kind. PROCESSES_TOO: those that came or went, and
 * not only those that moved.
 */
void changes_find(const struct snapshot *before, const struct snapshot *after, unsigned kinds,
		  bool processes_too, struct changes *changes);

/* Whether the namespaces are the same one: 1, 0, -ENODATA. */
int changes_same_ns(const struct snapshot *before, const struct ns *was,
		    const struct snapshot *after, const struct ns *now);

/* containers.c: two snapshots of any systems, by their containers: those are the same that have the
 * same engine and id, or else engine and name. */
struct system {
	const struct snapshot *snapshot;
	const struct details *details;
};

void changes_find_by_container(const struct system *before, const struct system *after,
			       unsigned kinds, struct changes *changes);
