/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "util/error.h"
#include "util/macro.h"

/*
 * A file that is written whole or not at all: what stood at its path stays until the new content is
 * complete. Made with mode 0600. What is no regular file (a FIFO), and what
 * standard output or error leads to, is written directly.
 */
struct newfile {
	FILE *stream;
	const char *path;
	char *target, *temporary; /* both NULL where what was there is written to */
};

int newfile_open(struct newfile *file, const char *path, struct error *err) _must_check_;

/* Puts it in its place: 0, or -errno, and then the old one is still there. */
int newfile_commit(struct newfile *file, struct error *err) _must_check_;

/* Drops what was not committed; a cleanup. */
void newfile_discard(struct newfile *file);
