/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "container/known.h"
#include "util/macro.h"

/* /proc/PID/cgroup, see cgroups(7): "id:controllers:path" a line. Pure: they look at N bytes, trust
 * nothing and call nothing. */

/* No engine that we know has made it; a component looks like an id: who is in the host's namespaces
 * is in none. */
enum { CGROUP_NONE = 1, CGROUP_GUESS };

/*
 * The container that the cgroups of a process say it is in: of containers in containers, the inner
 * one, with those around it. 0 with *RET (id, engine, pod uid, owner, outer), or one of the above;
 * *RET is set also with CGROUP_GUESS, its engine being "oci". Who may make cgroups somewhere gives
 * them any names, so that the owner is the first one on the way.
 */
int cgroup_recognize(const char *text, size_t n, struct known *ret) _must_check_;

/* The ordinary user who may make cgroups where this one is, if there is one. */
bool cgroup_user(const char *text, size_t n, uid_t *ret);

/* Its path in the v2 hierarchy if that is not "/" or there is no other, else the longest of the v1
 * ones. NULL where TEXT has none. */
char *cgroup_path(const char *text, size_t n) _must_check_;
