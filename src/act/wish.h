/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/kind.h"

/* What the command line of nsjoin asks for, see nsjoin(1). */

enum wish_from { FROM_NOWHERE, FROM_TARGET, FROM_PATH };

/* A directory: the target's, or one by its path. */
struct wish_dir {
	enum wish_from from;
	const char *path;
};

/* A user or group: the target's, or a number as it is inside. */
struct wish_id {
	bool given, follow;
	uint32_t id;
};

struct wish {
	const char *target; /* a reference; NULL: none */
	/* No kind was named: everything is to be as for the target. */
	bool defaults;
	bool all;
	unsigned kinds; /* those of the target that were named: 1 << enum ns_kind */
	const char *files[NS_KIND_COUNT]; /* namespaces by their path; NULL */
	bool user_parent;		  /* the parent of the target's user namespace */
	int net_socket; /* the target's socket whose network namespace it is; -1 */

	struct wish_dir root, cwd;
	const char *cwd_inside; /* a path that is looked up once we are inside */

	const char *as; /* NAME[:GROUP], as the target's files know them */
	struct wish_id uid, gid;
	bool preserve_credentials, keep_caps;

	bool target_env, keep_env;
	bool target_cgroup, no_cgroup;
	bool follow_context;
	bool like_target, best_effort;
	bool mount_proc;
	bool no_fork, outlive; /* not ended with us */
	int terminal;	       /* a private one: 1 yes, 0 no, -1 where we are on one */
	bool dry_run, verbose;

	char **command; /* ends with NULL; empty: a shell */
};
