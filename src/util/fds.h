/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* Closes all descriptors from FIRST on but those in KEEP, which it sorts. Allocates nothing. */
void fds_close_others(int first, int *keep, size_t n);
