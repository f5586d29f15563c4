/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

/* The cgroups that the process whose directory is DIR is in, see cgroups(7). */
struct cgroup_places cgroups_read(struct arena *arena, int dir) _must_check_;

/* The lines of such a file of N bytes. Pure. */
struct cgroup_places cgroups_parse(struct arena *arena, const char *text, size_t n) _must_check_;
