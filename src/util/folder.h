/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <dirent.h>
#include <fcntl.h>

#include "util/macro.h"

static inline void folder_closep(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* The folder PATH below DIR, for readdir(3); NULL, and errno. */
static inline DIR *folder_open(int dir, const char *path)
{
	_cleanup_(closep) int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (folder)
		fd = -1; /* closedir() closes it */
	return folder;
}
