/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/details.h"
#include "util/error.h"

/* Fills in the ps part of N details, which are all of processes whose start is known: 0, or -errno
 * where libproc2 does not work. */
typedef int psfacts_reader(struct detail *details, size_t n, struct error *err);

psfacts_reader psfacts_read _must_check_;
