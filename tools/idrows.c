/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "idrows.h"

#include <string.h>

#include "detail/take.h"
#include "util/alloc.h"

static struct value type_value(enum id_type type)
{
	return value_string(type == ID_UID ? "uid" : "gid");
}

static struct value userns_value(const struct ns *ns)
{
	return ns ? value_number(ns->ino) : value_none();
}

static struct value get_map_inside(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct id_map_row *)item)->range.inside);
}

/* The viewer has no id for the first one; what the others are nobody says. */
static struct value get_map_outside(const struct view *view _unused_, const void *item)
{
	uint32_t outside = ((const struct id_map_row *)item)->range.outside;
	return outside == ID_NONE ? value_none() : value_number(outside);
}

static struct value get_map_count(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct id_map_row *)item)->range.count);
}

static struct value get_map_owner(const struct view *view, const void *item)
{
	const struct id_map_row *row = item;
	const struct details *details = view->details;
	const struct subids *subids = row->type == ID_UID ? &details->subuids : &details->subgids;
	if (subids->why || !row->below || row->range.outside == ID_NONE)
		return value_unknown();
	const char *owner = subids_owner(subids, row->range.outside, row->range.count);
	return owner ? value_string(owner) : value_none();
}

static struct value get_map_asked(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct id_map_row *)item)->asked);
}

static struct value get_map_userns(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ((const struct id_map_row *)item)->ns;
	return ns ? value_number(ns->ino) : value_unknown();
}

static struct value get_map_type(const struct view *view _unused_, const void *item)
{
	return type_value(((const struct id_map_row *)item)->type);
}

const struct field id_map_fields[ID_MAP_FIELD_COUNT] = {
	{ "INSIDE", "first id of the range, in the user namespace", 0, 0, FIELD_RIGHT,
	  get_map_inside, NULL },
	{ "OUTSIDE", "what that one is here; of our own map, in the parent", 0, 0, FIELD_RIGHT,
	  get_map_outside, NULL },
	{ "COUNT", "how many ids", 0, 0, FIELD_RIGHT, get_map_count, NULL },
	{ "OWNER", "user whose subordinate ids those outside are", 0, DETAIL_SUBIDS, FIELD_LEFT,
	  get_map_owner, NULL },
	{ "ASKED", "what was asked for, as typed", 0, 0, FIELD_LEFT, get_map_asked, NULL },
	{ "USERNS", "the user namespace", 0, 0, FIELD_RIGHT, get_map_userns, NULL },
	{ "TYPE", "uid or gid", 0, 0, FIELD_LEFT, get_map_type, NULL },
};

/* By its container, if it is in one. */
static char *process_label(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	return detail && detail->container ? container_label(detail->container)
					   : xasprintf("PID %d", process->pid);
}

static struct value side_value(const struct view *view, const struct id_side *side)
{
	char *text = NULL;
	switch (side->kind) {
	case ID_SIDE_DISK:
		return value_string("on disk");
	case ID_SIDE_HERE:
		return value_string(snapshot_is_initial(view->snapshot, side->ns) == 1 ? "this host"
										       : "here");
	case ID_SIDE_USERNS:
		text = xasprintf("user:[%ju]", (uintmax_t)side->ns->ino);
		break;
	case ID_SIDE_PROCESS:
		text = process_label(view, side->process);
		break;
	}
	return value_take(text, strlen(text));
}

static struct value seen_value(const struct id_seen *seen)
{
	if (seen->outcome)
		return seen->outcome == ID_UNMAPPED ? value_none() : value_unknown();
	return value_number(seen->id);
}

static struct value name_value(const struct view *view, const struct id_side *side,
			       enum id_type type, const struct id_seen *seen)
{
	const char *name;
	if (seen->outcome == ID_UNMAPPED || side->kind == ID_SIDE_DISK)
		return value_none();
	if (seen->outcome || details_name(view->details, side->view, type, seen->id, &name) != 0)
		return value_unknown();
	return name ? value_string(name) : value_none();
}

static struct value get_view(const struct view *view, const void *item)
{
	return side_value(view, &((const struct id_row *)item)->side);
}

static struct value get_userns(const struct view *view _unused_, const void *item)
{
	return userns_value(((const struct id_row *)item)->side.ns);
}

static struct value get_id(const struct view *view _unused_, const void *item)
{
	return seen_value(&((const struct id_row *)item)->seen);
}

static struct value get_name(const struct view *view, const void *item)
{
	const struct id_row *row = item;
	return name_value(view, &row->side, row->type, &row->seen);
}

static struct value get_asked(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct id_row *)item)->asked);
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	return type_value(((const struct id_row *)item)->type);
}

static struct value get_mapped(const struct view *view _unused_, const void *item)
{
	const struct id_row *row = item;
	return row->seen.outcome == ID_UNKNOWN ? value_unknown() : value_bool(!row->seen.outcome);
}

static struct value get_shown_as(const struct view *view _unused_, const void *item)
{
	const struct id_row *row = item;
	return row->seen.outcome == ID_UNMAPPED ? value_number(ID_OVERFLOW)
						: seen_value(&row->seen);
}

const struct field id_fields[ID_FIELD_COUNT] = {
	{ "VIEW", "who looks: this host, a process, a user namespace", 0, 0, FIELD_LEFT, get_view,
	  NULL },
	{ "USERNS", "user namespace of who looks", 0, 0, FIELD_RIGHT, get_userns, NULL },
	{ "ID", "the id that is seen", 0, 0, FIELD_RIGHT, get_id, NULL },
	{ "NAME", "its name there", 0, DETAIL_NSUSERS, FIELD_LEFT, get_name, NULL },
	{ "ASKED", "what was asked for, as typed", 0, 0, FIELD_LEFT, get_asked, NULL },
	{ "TYPE", "uid or gid", 0, 0, FIELD_LEFT, get_type, NULL },
	{ "MAPPED", "whether it has an id there", 0, 0, FIELD_LEFT, get_mapped, NULL },
	{ "SHOWNAS", "what programs there see: ID, or 65534 if it has none", 0, 0, FIELD_RIGHT,
	  get_shown_as, NULL },
};

static struct value get_file(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct id_file_row *)item)->path);
}

static struct value get_file_view(const struct view *view, const void *item)
{
	return side_value(view, &((const struct id_file_row *)item)->side);
}

static struct value get_file_userns(const struct view *view _unused_, const void *item)
{
	return userns_value(((const struct id_file_row *)item)->side.ns);
}

static struct value get_file_uid(const struct view *view _unused_, const void *item)
{
	return seen_value(&((const struct id_file_row *)item)->seen[ID_UID]);
}

static struct value get_file_gid(const struct view *view _unused_, const void *item)
{
	return seen_value(&((const struct id_file_row *)item)->seen[ID_GID]);
}

static struct value get_file_user(const struct view *view, const void *item)
{
	const struct id_file_row *row = item;
	return name_value(view, &row->side, ID_UID, &row->seen[ID_UID]);
}

static struct value get_file_group(const struct view *view, const void *item)
{
	const struct id_file_row *row = item;
	return name_value(view, &row->side, ID_GID, &row->seen[ID_GID]);
}

const struct field id_file_fields[ID_FILE_FIELD_COUNT] = {
	{ "FILE", "the path, as typed", 0, 0, FIELD_LEFT, get_file, NULL },
	{ "VIEW", "who looks: this host, a process; on disk, of an idmapped mount", 0, 0,
	  FIELD_LEFT, get_file_view, NULL },
	{ "USERNS", "user namespace of who looks", 0, 0, FIELD_RIGHT, get_file_userns, NULL },
	{ "UID", "owner", 0, 0, FIELD_RIGHT, get_file_uid, NULL },
	{ "USER", "name of the owner there", 0, DETAIL_NSUSERS, FIELD_LEFT, get_file_user, NULL },
	{ "GID", "group", 0, 0, FIELD_RIGHT, get_file_gid, NULL },
	{ "GROUP", "name of the group there", 0, DETAIL_NSUSERS, FIELD_LEFT, get_file_group, NULL },
};
