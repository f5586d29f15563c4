/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "util/background.h"
#include "util/error.h"

/* The processes that a /proc lists, by number. */
struct listing {
	size_t n, capacity;
	pid_t *pids;
	int proc, why;
	struct background reading;
};

/*
 * Reading takes as long as the BPF iterator does, so it can be begun and done in a thread while
 * that works on another CPU. PROC stays the caller's, and open until the end. Where there can be no
 * thread, it is all done at once.
 */
void listing_begin(struct listing *listing, int proc);

/* 0, or -errno: /proc cannot be listed, or not to its end. */
int listing_end(struct listing *listing, struct error *err) _must_check_;

void listing_clear(struct listing *listing);
