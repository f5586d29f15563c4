/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"

/* What a mount table means for a path. Pure. */

/* The mount that PATH, an absolute one without links, leads into: of what is mounted on one
 * another, what covers the rest. NULL: none that the table has. */
const struct mount_entry *mounts_at(const struct mount_table *table, const char *path);

/* Makes the index of a table, and finds out of all ITEMS, which it has, which are seen. */
void mounts_index(struct arena *arena, struct mount_table *table, struct mount_entry *items);

/* The one with that id; NULL: there is none, or the table is not known. */
const struct mount_entry *mounts_find(const struct mount_table *table, int id);

/* That of a file system which shows the most of it; NULL: there is none. */
const struct mount_entry *mounts_find_device(const struct mount_table *table, dev_t dev);

bool mount_is_writable(const struct mount_entry *mount);
bool mount_is(const struct mount_entry *mount, const char *type);
bool mount_is_cgroup(const struct mount_entry *mount); /* of either version */

/* Where INNER, a path of the file system, is by way of MOUNT; NULL: that part is not in it, or
 * something else is mounted over it. Freed by the caller. */
char *mount_path_of(const struct mount_table *table, const struct mount_entry *mount,
		    const char *inner) _must_check_;

/* Where PATH, which is below the target of MOUNT, is in the file system. Freed by the caller. */
char *mount_inner_path(const struct mount_entry *mount, const char *path) _must_check_;

/* One of all the names that HOST has for INNER, a path of the file system DEV: by its mount number
 * *AT, or a later one, which *AT is then; NULL: there is none left. Freed by the caller. */
char *mounts_next_path_of(const struct mount_table *host, dev_t dev, const char *inner,
			  size_t *at) _must_check_;

/* Whether PATH is FOLDER or below it; both are absolute. */
bool path_is_within(const char *path, const char *folder);
