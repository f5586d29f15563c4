/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "model/container.h"
#include "util/macro.h"

/* What one source or another tells of a container. */
struct known {
	struct container container; /* its strings are freed by known_clear(), but for the engine's
				     * name, which is a constant */
	bool running;
	bool refused; /* what may tell its name could not be read, as we have no right to */
	pid_t init;   /* its first process as the engine has it; 0 unknown */
};

void known_clear(struct known *known);

/* What is in it is in all of these: its own OUTER, and itself behind that. */
char *known_chain(const struct known *known) _must_check_;

struct known_list {
	size_t n, capacity;
	struct known *items;
};

/* Hands KNOWN on to the list. */
void known_list_add(struct known_list *list, struct known *known);
void known_list_clear(struct known_list *list);

/* Each sets a text of its own in place of the one before; NULL leaves that. */
void known_set_name(struct known *known, const char *name);
void known_set_pod(struct known *known, const char *pod);
