/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/idmap.h"
#include "util/error.h"

/* Whose a file is. */
struct file_ids {
	/* As stat(2) shows them: the viewer's, and ID_OVERFLOW for what has none. */
	uid_t uid;
	gid_t gid;
	/* Its mount shows other ids than are on the disk (mount_setattr(2), MOUNT_ATTR_IDMAP), by
	 * these maps: from the disk, inside, to the viewer, outside. */
	bool idmapped;
	struct idmap uids, gids;
	struct idmap_range ranges[2][IDMAP_RANGES_MAX];
};

/*
 * Looks at PATH: ours where DIR is -1, else below the root of the process whose directory DIR is. A
 * link at its end is followed. The file is not opened for reading: it may be a pipe or a device.
 * 0, or -errno: -ENOENT there is none, -ELOOP, -EACCES ….
 */
int file_ids_read(int dir, const char *path, struct file_ids *ret, struct error *err) _must_check_;

/* What the ids mean to the viewer and on the disk: 0, ID_UNMAPPED, ID_UNKNOWN. MAPS_ALL is
 * ns_maps_all() of the viewer. */
int file_ids_seen(const struct file_ids *ids, enum id_type type, bool maps_all,
		  uint32_t *ret) _must_check_;
int file_ids_on_disk(const struct file_ids *ids, enum id_type type, uint32_t *ret) _must_check_;
