/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "util/error.h"

/* What the readers of BPF iterators have in common: all but loading, which bpftool's header does.
 */

/* Whether there is BTF to load a program with: 0, or -errno, ENOENT where there is none. */
int iter_check(struct error *err) _must_check_;

/* -NUMBER, with the line: "WHAT: " and what is missing. */
int iter_refuse(struct error *err, int number, const char *what);

/*
 * Attaches PROGRAM, the descriptor of a loaded iterator, runs it, and calls TAKE with WHO for what
 * it writes: N bytes at a time, which are whole runs of the program. A record may come twice, where
 * the kernel starts again behind a full buffer. 0, or -errno: that of bpf(2) or read(2), or what
 * TAKE returns.
 */
int iter_run(int program, int (*take)(void *who, const char *bytes, size_t n), void *who,
	     struct error *err) _must_check_;
