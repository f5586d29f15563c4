/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "detail/take.h"

/* Between the readers: nothing outside detail/ includes this. */

/* psfacts.c: fills in the ps part of DETAILS, which are all of processes whose start is known. */
int psfacts_read(struct detail *details, size_t n, struct error *err) _must_check_;

/* names.c: adds the names of the uids of N processes. */
void names_read(struct details_builder *builder, const struct process *const *processes, size_t n);
