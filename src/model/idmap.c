/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/idmap.h"

const char *idmap_file(enum id_type type)
{
	return type == ID_UID ? "uid_map" : "gid_map";
}

const struct idmap *ns_idmap(const struct ns *ns, enum id_type type)
{
	return type == ID_UID ? &ns->uids : &ns->gids;
}

static bool is_known(const struct idmap *map)
{
	return map->n || !map->why;
}

/* Adds OFFSET to an id, which a damaged file can make too large. */
static int add_offset(uint32_t first, uint32_t offset, uint32_t *ret)
{
	uint64_t sum = (uint64_t)first + offset;
	if (sum >= ID_NONE)
		return ID_UNKNOWN;
	*ret = sum;
	return 0;
}

int idmap_inside(const struct idmap *map, uint32_t outside, uint32_t *ret)
{
	bool blurred = !is_known(map);
	for (size_t i = 0; i < map->n && outside != ID_NONE; i++) {
		const struct idmap_range *range = &map->ranges[i];
		blurred |= range->outside == ID_NONE;
		if (range->outside != ID_NONE && outside >= range->outside &&
		    outside - range->outside < range->count)
			return add_offset(range->inside, outside - range->outside, ret);
	}
	return blurred ? ID_UNKNOWN : ID_UNMAPPED;
}

static const struct idmap_range *find_inside(const struct idmap *map, uint32_t inside)
{
	for (size_t i = 0; i < map->n; i++)
		if (inside >= map->ranges[i].inside &&
		    inside - map->ranges[i].inside < map->ranges[i].count)
			return &map->ranges[i];
	return NULL;
}

int idmap_outside(const struct idmap *map, uint32_t inside, uint32_t *ret)
{
	const struct idmap_range *range = find_inside(map, inside);
	if (!range)
		return is_known(map) ? ID_UNMAPPED : ID_UNKNOWN;
	if (range->outside == ID_NONE)
		return inside == range->inside ? ID_UNMAPPED : ID_UNKNOWN;
	return add_offset(range->outside, inside - range->inside, ret);
}

bool ns_is_within(const struct ns *ns, const struct ns *viewer)
{
	while (ns && ns != viewer)
		ns = ns->parent.to;
	return ns;
}

/* An id of the namespace itself. Where nobody knows whether it is one, it is still that number. */
static int same_id(const struct idmap *map, uint32_t id, uint32_t *ret)
{
	if (id == ID_NONE || (is_known(map) && !find_inside(map, id)))
		return ID_UNMAPPED;
	*ret = id;
	return 0;
}

/* Of a namespace elsewhere: only ids that begin a range can be told. */
static int first_inside(const struct idmap *map, uint32_t id, uint32_t *ret)
{
	if (id == ID_NONE || (is_known(map) && map->n == 0))
		return ID_UNMAPPED;
	for (size_t i = 0; i < map->n; i++) {
		if (map->ranges[i].outside != id)
			continue;
		*ret = map->ranges[i].inside;
		return 0;
	}
	return ID_UNKNOWN;
}

static int first_outside(const struct idmap *map, uint32_t id, uint32_t *ret)
{
	const struct idmap_range *range = find_inside(map, id);
	if (range && range->inside != id)
		return ID_UNKNOWN;
	return idmap_outside(map, id, ret);
}

int id_from_viewer(const struct ns *viewer, const struct ns *ns, enum id_type type, uint32_t id,
		   uint32_t *ret)
{
	if (ns == viewer)
		return same_id(ns_idmap(ns, type), id, ret);
	if (ns_is_within(ns, viewer))
		return idmap_inside(ns_idmap(ns, type), id, ret);
	if (viewer && ns == viewer->parent.to)
		return idmap_outside(ns_idmap(viewer, type), id, ret);
	return first_inside(ns_idmap(ns, type), id, ret);
}

int id_to_viewer(const struct ns *viewer, const struct ns *ns, enum id_type type, uint32_t id,
		 uint32_t *ret)
{
	if (ns == viewer)
		return same_id(ns_idmap(ns, type), id, ret);
	if (ns_is_within(ns, viewer))
		return idmap_outside(ns_idmap(ns, type), id, ret);
	if (viewer && ns == viewer->parent.to)
		return idmap_inside(ns_idmap(viewer, type), id, ret);
	return first_outside(ns_idmap(ns, type), id, ret);
}

int id_translate(const struct ns *viewer, const struct ns *from, const struct ns *to,
		 enum id_type type, uint32_t id, uint32_t *ret)
{
	const struct idmap *map = ns_idmap(from, type);
	uint32_t seen;
	if (from == to)
		return same_id(map, id, ret);
	int r = id_to_viewer(viewer, from, type, id, &seen);
	if (r == 0)
		return id_from_viewer(viewer, to, type, seen, ret);
	/* Somebody whom the viewer has no id for: neither has who is below the viewer. */
	bool somebody = is_known(map) && find_inside(map, id);
	return r == ID_UNMAPPED && somebody && !ns_is_within(to, viewer) ? ID_UNKNOWN : r;
}

bool ns_maps_all(const struct ns *viewer, enum id_type type)
{
	const struct idmap *map = ns_idmap(viewer, type);
	return !viewer->parent.to && viewer->parent.why == 0 && map->n == 1 &&
	       map->ranges[0].inside == 0 && map->ranges[0].count == ID_NONE;
}

/* Where the viewer is not mapped itself, the kernel shows ID_OVERFLOW for it, which may as well be
 * whose number that is. */
int process_nsuid(const struct process *process, ino_t viewer_ino, uid_t *ret)
{
	const struct ns *own = process->ns[NS_USER].to, *viewer = own;
	while (viewer && viewer->ino != viewer_ino)
		viewer = viewer->parent.to;
	if (!own || process->uid == UID_UNKNOWN)
		return ID_UNKNOWN;
	if (process->uid == ID_OVERFLOW && !(viewer && ns_maps_all(viewer, ID_UID)))
		return ID_UNKNOWN;
	return id_from_viewer(viewer, own, ID_UID, process->uid, ret);
}
