/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "detail/take.h"
#include "idviews.h"
#include "util/alloc.h"

static void add_file_row(struct id_file_row **rows, size_t *n, const struct id_file_row *row)
{
	*rows = xreallocarray(*rows, *n + 1, sizeof(**rows));
	(*rows)[(*n)++] = *row;
}

/* What the viewer sees of both ids is where the others' come from. */
static void add_file_side(struct idviews *views, const struct id_file_row *here, size_t target,
			  struct id_file_row **rows, size_t *n)
{
	struct id_file_row row = { .path = here->path, .side = idviews_there(views, target) };
	if (!idviews_has(views, target) || idviews_is_ours(views, &row.side))
		return;
	for (enum id_type type = ID_UID; type <= ID_GID; type++) {
		row.seen[type] = here->seen[type];
		/* Who is nobody here has no id below either. */
		if (row.seen[type].outcome == 0)
			row.seen[type] = idviews_see(views, type, views->viewer, row.side.ns,
						     here->seen[type].id);
		if (here->seen[type].outcome == 0 && row.seen[type].outcome == ID_UNMAPPED)
			idviews_complain_unmapped(views, CLI_YES, row.path, type,
						  here->seen[type].id, row.side.ns);
		idviews_explain_names(views, row.path, &row.side, type);
	}
	add_file_row(rows, n, &row);
}

static void add_file(struct idviews *views, const struct file_query *query,
		     const struct file_ids *ids, struct id_file_row **rows, size_t *n)
{
	struct id_file_row disk = { .path = query->text }, here = disk;
	disk.side.kind = ID_SIDE_DISK;
	here.side = idviews_here(views);
	for (enum id_type type = ID_UID; type <= ID_GID; type++) {
		disk.seen[type].outcome = file_ids_on_disk(ids, type, &disk.seen[type].id);
		here.seen[type].outcome = file_ids_seen(ids, type, ns_maps_all(views->viewer, type),
							&here.seen[type].id);
	}
	if (ids->idmapped)
		add_file_row(rows, n, &disk);
	add_file_row(rows, n, &here);
	if (query->where != NO_TARGET)
		add_file_side(views, &here, query->where, rows, n);
	if (query->also != NO_TARGET && query->also != query->where)
		add_file_side(views, &here, query->also, rows, n);
}

/* One that cannot be looked at is said, and the others go on. */
static struct file_ids *read_file(struct idviews *views, const struct file_query *query)
{
	struct error err = { 0 };
	_cleanup_(freep) struct file_ids *ids = xcalloc(1, sizeof(*ids));
	if (!idviews_has(views, query->where))
		return NULL;
	int dir = query->where == NO_TARGET ? -1 : views->targets->items[query->where].resolved.dir;
	int r = file_ids_read(dir, query->path, ids, &err);
	if (r == 0)
		return TAKE(ids);
	bool absent = r == -ENOENT || r == -ENOTDIR || r == -ESRCH;
	idviews_complain(views, absent ? CLI_NO : CLI_TROUBLE, "%s: %s", query->text,
			 strerror(err.number));
	return NULL;
}

int idviews_files(struct idviews *views, const struct file_query *queries, size_t n,
		  struct id_file_row **ret, size_t *ret_n, struct error *err)
{
	_cleanup_(freep) struct file_ids **files = xcalloc(n, sizeof(struct file_ids *));
	_cleanup_(freep) uid_t *uids = xcalloc(n, sizeof(*uids));
	_cleanup_(freep) gid_t *gids = xcalloc(n, sizeof(*gids));
	struct detail_wish wish = {
		.facts = DETAIL_NSUSERS | DETAIL_VIEWNAMES | DETAIL_CONTAINER,
		.uids = uids,
		.gids = gids,
	};
	for (size_t i = 0; i < n; i++) {
		files[i] = read_file(views, &queries[i]);
		if (!files[i])
			continue;
		uids[wish.n_uids++] = files[i]->uid;
		gids[wish.n_gids++] = files[i]->gid;
	}
	int r = idviews_take_details(views, &wish, err);
	for (size_t i = 0; i < n; i++) {
		if (files[i] && r == 0)
			add_file(views, &queries[i], files[i], ret, ret_n);
		free(files[i]);
	}
	return r;
}
