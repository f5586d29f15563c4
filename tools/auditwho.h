/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/audit.h"
#include "targets.h"

/* Whom nsaudit looks at: what was named, or all containers. Of a process also those of its threads
 * that are in other namespaces than it. */
struct whom {
	size_t n, capacity;
	struct audit_subject *subjects;
	size_t n_processes, processes_capacity;
	const struct process **processes; /* of all of them */
	size_t n_unknown;		  /* processes of which nobody knows the container */
	size_t n_unmarked;		  /* pid namespaces of no container that we know of */
};

void whom_clear(struct whom *whom);

/* All containers that there are. DETAILS need DETAIL_CONTAINER. */
void whom_add_all(struct whom *whom, const struct snapshot *snapshot,
		  const struct details *details);

/* Those that were found: of what was named as a container, all processes; else one. */
void whom_add_targets(struct whom *whom, const struct targets *targets,
		      const struct snapshot *snapshot, const struct details *details);
