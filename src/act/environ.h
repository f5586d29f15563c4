/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/target.h"

/* The environment of the command: strings "NAME=value", which end with NULL. */
struct environ {
	char *bytes; /* the target's, N_BYTES */
	size_t n_bytes;
	char **strings; /* of those, and of our own */
	size_t n, capacity;
};

/* That with which the target was started (environ in proc(5)): 0, or -errno. */
int environ_of_target(const struct target *target, struct environ *ret,
		      struct error *err) _must_check_;
void environ_clear(struct environ *env);

/* Sets NAME. environ_default() only if it has none. */
void environ_set(struct environ *env, const char *name, const char *value);
void environ_default(struct environ *env, const char *name, const char *value);

/* Makes it ours, in which nothing remains of what was: who may trace us inside could read that. */
void environ_take(const struct environ *env);
