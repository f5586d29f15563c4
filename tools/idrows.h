/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/idmap.h"
#include "render/field.h"

/* The rows of nsidmap and their columns. */

/* Who looks. */
struct id_side {
	enum id_side_kind {
		ID_SIDE_DISK,	 /* nobody: it is what a file system has */
		ID_SIDE_HERE,	 /* the viewer */
		ID_SIDE_USERNS,	 /* whoever is in NS */
		ID_SIDE_PROCESS, /* PROCESS, which is in NS */
	} kind;
	const struct ns *ns;
	const struct process *process;
	size_t view; /* as in struct detail */
};

/* The id that is seen: OUTCOME 0, ID_UNMAPPED, ID_UNKNOWN. */
struct id_seen {
	int outcome;
	uint32_t id;
};

/* A range of a map. */
struct id_map_row {
	const char *asked;
	enum id_type type;
	const struct ns *ns; /* NULL: which one it is could not be read */
	struct idmap_range range;
	bool below; /* the viewer: then all of OUTSIDE is his */
};

/* An id as one side sees it. */
struct id_row {
	const char *asked;
	enum id_type type;
	struct id_side side;
	struct id_seen seen;
};

/* The owner and the group of a file as one side sees them. */
struct id_file_row {
	const char *path;
	struct id_side side;
	struct id_seen seen[2]; /* by enum id_type */
};

#define ID_MAP_FIELD_COUNT 7
#define ID_FIELD_COUNT 8
#define ID_FILE_FIELD_COUNT 7
extern const struct field id_map_fields[ID_MAP_FIELD_COUNT];
extern const struct field id_fields[ID_FIELD_COUNT];
extern const struct field id_file_fields[ID_FILE_FIELD_COUNT];
