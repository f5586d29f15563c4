/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/snapshot.h"

/*
 * Which id is the same user or group in another user namespace. All goes through the ids of the
 * viewer's user namespace, as maps that were read by the viewer are in those:
 *
 * - of a namespace below the viewer's, each range lies inside one range of every namespace on the
 *   way up (the kernel takes no other map), so it is contiguous to the viewer;
 * - the viewer's own map leads to its parent;
 * - of any other namespace only the first id of each range is known.
 */

#define ID_NONE ((uint32_t)-1) /* never a valid id */

/* What stands for an id that is not mapped, where the kernel has to show something: the default of
 * /proc/sys/kernel/overflowuid and overflowgid. */
#define ID_OVERFLOW 65534u

enum id_type { ID_UID, ID_GID };

/* Positive outcomes: the id means nobody there; it may mean somebody, and nobody can tell whom. */
enum { ID_UNMAPPED = 1, ID_UNKNOWN = 2 };

/* "uid_map", "gid_map": the files of a process's namespace, see proc_read_idmap(). */
const char *idmap_file(enum id_type type);

const struct idmap *ns_idmap(const struct ns *ns, enum id_type type);

/* OUTSIDE as the map has it inside, and back: 0, ID_UNMAPPED, ID_UNKNOWN. */
int idmap_inside(const struct idmap *map, uint32_t outside, uint32_t *ret) _must_check_;
int idmap_outside(const struct idmap *map, uint32_t inside, uint32_t *ret) _must_check_;

/* Whether NS is VIEWER or below it. */
bool ns_is_within(const struct ns *ns, const struct ns *viewer);

/* The viewer's ID as processes in NS see it, and back. VIEWER is the viewer's user namespace. */
int id_from_viewer(const struct ns *viewer, const struct ns *ns, enum id_type type, uint32_t id,
		   uint32_t *ret) _must_check_;
int id_to_viewer(const struct ns *viewer, const struct ns *ns, enum id_type type, uint32_t id,
		 uint32_t *ret) _must_check_;

/* ID of FROM as processes in TO see it. */
int id_translate(const struct ns *viewer, const struct ns *from, const struct ns *to,
		 enum id_type type, uint32_t id, uint32_t *ret) _must_check_;

/* The uid of PROCESS as it sees it itself: 0, ID_UNMAPPED, ID_UNKNOWN. VIEWER is the inode of the
 * viewer's user namespace. Takes FACT_STAT and FACT_IDMAPS. */
int process_nsuid(const struct process *process, ino_t viewer, uid_t *ret) _must_check_;

/* Whether the viewer has an id for all there are, so that ID_OVERFLOW stands for nobody else. */
bool ns_maps_all(const struct ns *viewer, enum id_type type);
