/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

/* The directories that the process whose directory is DIR has open, or is in, and that are on no
 * mount of the N ids IDS, which are sorted. Asks no file system, as that may never answer. */
struct leak_list leaks_read(struct arena *arena, int dir, const int *ids, size_t n) _must_check_;
