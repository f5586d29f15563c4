/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* Between the readers: nothing outside detail/ includes this. */

#define MOUNTINFO_MAX ((size_t)64 * 1024 * 1024)

/* All lines of such a text, with their strings in ARENA; nothing is known of what is at the
 * targets. WHY is EIO where the text is not as it should be. In a chroot there need not be any. */
struct mount_table mountinfo_parse(struct arena *arena, char *text, size_t n) _must_check_;

/* The same of the file below DIR, the directory of a process. */
struct mount_table mountinfo_read(struct arena *arena, int dir) _must_check_;
