/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

/* The rules for devices of these cgroups. OWN are the mounts that we see ourselves, by which
 * cgroups are read. */
struct device_rules device_rules_read(struct arena *arena, const struct cgroup_places *cgroups,
				      const struct mount_table *own) _must_check_;
