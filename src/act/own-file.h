/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "util/error.h"

/*
 * A program that enters a container can be made to run itself there ("#!/proc/self/exe"), and while
 * it runs, /proc/PID/exe leads whoever is root in there to its file on the host (CVE-2019-5736). So
 * before that we leave our file: what we run from is in memory, and nobody can write to it.
 */

/* From here on program_invocation_name is the path of our file, however we were called. */
void own_file_find(void);

/*
 * Where we may (CAP_SYS_RESOURCE), we stay the same process, and our program is an empty file from
 * then on. Else we run a copy, with the same arguments and environment but ARGV[0], which becomes
 * the path of our file, and are called again there: that takes some 0.8 ms more. 0, or -errno.
 */
int own_file_leave(char **argv, struct error *err) _must_check_;
