/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "util/error.h"
#include "util/procfile.h"

/* The process file system that we read, and whose numbers it has. */

/* Opens /proc, making sure that it is one: the fd, or -errno. */
int proc_open(struct error *err) _must_check_;

/* Whether PROC numbers processes as another pid namespace than ours does: then nothing that takes a
 * PID of our own (pidfd_open(2), kill(2)) fits what it says. */
bool proc_is_foreign(int proc);

/* The same, where OWN and R are what proc_read_status() made of "self/status". */
bool proc_status_is_foreign(int r, const struct proc_status *own);

/* The pid namespace in which PROC numbers processes: a fd, or -errno. */
int proc_open_pidns(int proc) _must_check_;

/* The inode number of LINK, a link to a namespace below DIR: 0, or -errno of readlink(2). */
int proc_read_ns_link(int dir, const char *link, const char *type, ino_t *ret);
