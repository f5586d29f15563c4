/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "detail/fileids.h"
#include "detail/take.h"
#include "idrows.h"
#include "targets.h"

/* From what was asked for to the rows of nsidmap. */

/* ID as WHERE sees it; without WHERE it is the viewer's. */
struct id_query {
	const char *text; /* as typed */
	uint32_t id;
	size_t where; /* a place in the targets; NO_TARGET */
};

#define NO_TARGET ((size_t)-1)

/* A file: below the root of WHERE, or here. ALSO is who else looks at it. */
struct file_query {
	const char *text;
	char *path; /* in there, owned */
	size_t where, also;
};

struct idviews {
	const struct cli *cli;
	const struct snapshot *snapshot;
	const struct ns *viewer; /* the viewer's user namespace */
	struct targets *targets;
	const struct ns **userns; /* of each target; NULL where it failed */
	const struct details *details, *taken;
	enum id_type type;
};

/* Makes out the user namespaces of all targets; says which have none, but for those whose map will
 * do (MAPS_ONLY). -EINVAL where not even the viewer's is known. */
int idviews_init(struct idviews *views, bool maps_only, struct error *err) _must_check_;
void idviews_clear(struct idviews *views);

/* Whether a place in the targets can be asked (NO_TARGET, the viewer, always can). */
bool idviews_has(const struct idviews *views, size_t target);

/* The rows of each, allocated; what cannot be answered is said. */
int idviews_maps(struct idviews *views, struct id_map_row **ret, size_t *ret_n, struct error *err);
int idviews_ids(struct idviews *views, const struct id_query *queries, size_t n,
		struct id_row **ret, size_t *ret_n, struct error *err);
int idviews_numbers(struct idviews *views, const struct id_query *queries, size_t n, size_t in,
		    struct id_row **ret, size_t *ret_n, struct error *err);
int idviews_files(struct idviews *views, const struct file_query *queries, size_t n,
		  struct id_file_row **ret, size_t *ret_n, struct error *err);

/* Their parts, idviews.c for idfiles.c. What has no answer is said; STATUS is what that exits with,
 * unless there is worse. */
void idviews_complain(struct idviews *views, int status, const char *format, ...) _printf_(3, 4);
void idviews_complain_unmapped(struct idviews *views, int status, const char *text,
			       enum id_type type, uint32_t id, const struct ns *ns);

/* Details of the processes among the targets. Nobody is asked anything where a snapshot was loaded:
 * it has them or not. */
int idviews_take_details(struct idviews *views, const struct detail_wish *wish,
			 struct error *err) _must_check_;

/* What ID of FROM is in TO. */
struct id_seen idviews_see(const struct idviews *views, enum id_type type, const struct ns *from,
			   const struct ns *to, uint32_t id);

/* Who looks: the viewer; whoever is at that place in the targets. Where that one has no view, as
 * its process has ended meanwhile, names are unknown. */
struct id_side idviews_here(const struct idviews *views);
struct id_side idviews_there(const struct idviews *views, size_t target);

/* One view is one row, however many look at it: who has our files and ids sees what we see. */
bool idviews_is_ours(const struct idviews *views, const struct id_side *side);

/* Says why names are unknown there, if they are. */
void idviews_explain_names(struct idviews *views, const char *asked, const struct id_side *side,
			   enum id_type type);
