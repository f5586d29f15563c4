/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

/*
 * Reads what snapshot_save() wrote. -EINVAL for a damaged or foreign file, with the place in it:
 * "line 3, column 17", "processes[12].pid"; -EFBIG for more than 1 GiB; what read(2) says. Whatever
 * is in it, the result keeps the model's promises. QUICK leaves out what only descriptors and
 * mounts tell, if that is in the file.
 */
int snapshot_load(FILE *stream, bool quick, const struct snapshot **ret,
		  const struct details **ret_details, struct error *err) _must_check_;

/* The same of N bytes, which must have a NUL behind them. */
int snapshot_parse(const char *text, size_t n, bool quick, const struct snapshot **ret,
		   const struct details **ret_details, struct error *err) _must_check_;
