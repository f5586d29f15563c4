/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "util/child.h"

/* Between the readers: nothing outside detail/ includes this. */

/*
 * A look from inside: what only who is in a namespace is told. A child of ours joins many of them,
 * one after the other, and says what it finds. Of one that it may not join, whoever owns the user
 * namespace that owns it may: that takes a child for each, as there is no way back.
 */
struct inside {
	int type;	/* CLONE_NEW… of all of them */
	const int *fds; /* of the namespaces */
	size_t n;	/* not more than INSIDE_MAX */
	int with;	/* a descriptor that LOOK needs besides; -1 */
	/* In the child: gives all there is to inside_say(), in as many parts as it likes: 0, or
	 * -errno. */
	int (*look)(int with, int answers);
};

/* So many are open at once: others need descriptors too. */
#define INSIDE_MAX ((size_t)64)

/* Of each namespace; WHY, an errno, where it was refused or not said in time. */
struct inside_answer {
	int why;
	char *bytes; /* freed by the caller */
	size_t n;
};

/* Fills an answer for each descriptor. */
void inside_ask(const struct inside *inside, struct child_patience *patience,
		struct inside_answer *ret);
void inside_say(int answers, const void *bytes, size_t n);
