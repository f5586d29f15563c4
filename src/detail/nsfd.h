/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/snapshot.h"

/* Between the readers: nothing outside detail/ includes this. */

/*
 * A descriptor of a namespace of the snapshot: of a process in it, which is looked up below PROC,
 * or by its id (Linux 6.18), or of the mount, the descriptor or the socket that holds it. It is the
 * one that was meant, as its numbers are compared. -1 where nothing leads there, or we may not go.
 * *RET_MEMBER is the directory of that process, -1 where the way was another one.
 */
int nsfd_open(int proc, const struct ns *ns, int *ret_member) _must_check_;
