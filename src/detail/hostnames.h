/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/types.h>

#include "util/macro.h"

/*
 * What uts namespaces call their host. Only who is in one is told, so a child of ours joins them,
 * one after the other, and reports; for our own there is no need. /proc/PID/root/etc/hostname is no
 * answer: it is a file like any other.
 */
struct hostnames;

/* PROC is a descriptor of /proc. */
struct hostnames *hostnames_new(int proc) _must_check_;
struct hostnames *hostnames_free(struct hostnames *hostnames); /* takes NULL, returns NULL */

/* Remembers the uts namespace of the process with directory DIR: its inode, or 0 where that is
 * refused. */
ino_t hostnames_add(struct hostnames *hostnames, int dir);

/* Reads all that were added: one child for many. */
void hostnames_read(struct hostnames *hostnames);

/* NULL where it could not be joined (in time), or was never added. Valid as long as HOSTNAMES. */
const char *hostnames_get(const struct hostnames *hostnames, ino_t uts);
