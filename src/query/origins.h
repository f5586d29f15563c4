/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/auditing.h"

/* Between the checks of mounts: where files come from that are mounted. */

/* What is to be found in there that comes from outside. */
struct origin_of {
	const struct mount_entry *mount;
	char *path;	   /* on the host, or else in its file system */
	char *target;	   /* in there */
	const char *layer; /* of an overlay, the option that names it; NULL: it is no such */
	bool on_host;
	bool is_root; /* all of the host, or perhaps all of it */
	bool is_writable;
	enum answer files; /* it may do there what is for its owner */
};

struct origins {
	size_t n, capacity;
	struct origin_of *items;
	size_t *by_target; /* their numbers, sorted by that */
};

/* The first of those in BY_TARGET that is at the first N bytes of TARGET, or comes behind that. */
size_t origins_first_at(const struct origins *origins, const char *target, size_t n);

/* Of all mounts that somebody gets to: found once for all checks of a process. */
const struct origins *audit_origins(struct auditing *auditing, const struct mount_table *mounts);
