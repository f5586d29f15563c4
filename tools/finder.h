/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "collect/resolve.h"

/*
 * References that take more than the kernel's answer (the name of a container, the number of a
 * namespace) are made out by nsjoin-find, a program of its own, so that nsjoin links none of the
 * libraries which that takes. It sends back what the reference means, and a descriptor of it.
 */

/* What comes over its socket. Behind it, where RESULT is 0, one descriptor. */
struct finding {
	int result; /* -errno, and TEXT says why */
	bool is_process;
	pid_t pid;
	enum ns_kind kind;
	uint64_t number;
	char text[512];
};

#define FINDER_SOCKET 3

/* See target_find(). */
int finder_find(const char *text, struct resolved *ret, struct error *err) _must_check_;
