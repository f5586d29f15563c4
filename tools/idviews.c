/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "idviews.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "detail/take.h"
#include "util/alloc.h"

/* Anybody may read the maps of a process, and not which namespace it is in. */
static bool has_open_maps(const struct target *target)
{
	return target->found.process && target->resolved.dir >= 0;
}

int idviews_init(struct idviews *views, bool maps_only, struct error *err)
{
	struct targets *targets = views->targets;
	views->viewer =
		snapshot_find_ns(views->snapshot, NS_USER, views->snapshot->origin.viewer[NS_USER]);
	if (!views->viewer)
		return error_set(err, EINVAL, "the viewer's user namespace is not known here");
	views->userns = xcalloc(targets->n, sizeof(*views->userns));
	for (size_t i = 0; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error why = { 0 };
		if (target->failed ||
		    found_ns(views->snapshot, &target->found, NS_USER, target->reference.text,
			     &views->userns[i], &why) == 0)
			continue;
		if (!maps_only || !has_open_maps(target))
			target_fail(targets, target, views->cli, &why);
	}
	return 0;
}

void idviews_clear(struct idviews *views)
{
	details_free(views->taken);
	free(views->userns);
}

bool idviews_has(const struct idviews *views, size_t target)
{
	return target == NO_TARGET || views->userns[target];
}

static const struct ns *userns_of(const struct idviews *views, size_t target)
{
	return target == NO_TARGET ? views->viewer : views->userns[target];
}

static const struct process *process_of(const struct idviews *views, size_t target)
{
	return target == NO_TARGET ? NULL : views->targets->items[target].found.process;
}

void idviews_complain(struct idviews *views, int status, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *line = NULL;
	int n = vasprintf(&line, format, ap);
	va_end(ap);
	if (n >= 0)
		cli_message(views->cli, "%s", line);
	free(line);
	if (views->targets->status < status)
		views->targets->status = status;
}

static const char *type_name(enum id_type type)
{
	return type == ID_UID ? "uid" : "gid";
}

/* Of an id that comes from elsewhere: programs there see something all the same. */
void idviews_complain_unmapped(struct idviews *views, int status, const char *text,
			       enum id_type type, uint32_t id, const struct ns *ns)
{
	idviews_complain(views, status,
			 "%s: %s %u is not mapped in user:[%ju], where it shows as %u", text,
			 type_name(type), id, (uintmax_t)ns->ino, ID_OVERFLOW);
}

int idviews_take_details(struct idviews *views, const struct detail_wish *wish, struct error *err)
{
	if (views->details)
		return 0;
	size_t n = 0;
	_cleanup_(freep) const struct process **processes =
		xcalloc(views->targets->n, sizeof(*processes));
	for (size_t i = 0; i < views->targets->n; i++)
		if (views->userns[i] && process_of(views, i))
			processes[n++] = process_of(views, i);
	int r = details_take(processes, n, wish, &views->taken, err);
	views->details = views->taken;
	return r;
}

/* What is known of a map, said where it yields no row. */
static bool has_ranges(struct idviews *views, const struct ns *ns, const char *asked)
{
	const struct idmap *map = ns_idmap(ns, views->type);
	if (map->n)
		return true;
	if (map->why == ENODATA)
		idviews_complain(views, CLI_TROUBLE,
				 "%s: the maps of user:[%ju] are not in this snapshot", asked,
				 (uintmax_t)ns->ino);
	else if (map->why)
		idviews_complain(views, CLI_TROUBLE,
				 "%s: the %s_map of user:[%ju] could not be read: %s", asked,
				 type_name(views->type), (uintmax_t)ns->ino, strerror(map->why));
	else
		idviews_complain(views, CLI_NO, "%s: no %s is mapped in user:[%ju]", asked,
				 type_name(views->type), (uintmax_t)ns->ino);
	return false;
}

static void add_ranges(const struct id_map_row *like, const struct idmap_range *ranges, size_t n,
		       struct id_map_row **rows, size_t *n_rows)
{
	*rows = xreallocarray(*rows, *n_rows + n, sizeof(**rows));
	for (size_t i = 0; i < n; i++) {
		(*rows)[*n_rows] = *like;
		(*rows)[(*n_rows)++].range = ranges[i];
	}
}

/* Our own map leads to the ids of our parent, where there is one. */
static bool is_below(const struct idviews *views, const struct ns *ns)
{
	bool initial = !views->viewer->parent.to && views->viewer->parent.why == 0;
	return initial || (ns && ns != views->viewer && ns_is_within(ns, views->viewer));
}

static void add_map(struct idviews *views, const struct ns *ns, const char *asked,
		    struct id_map_row **rows, size_t *n)
{
	const struct idmap *map = ns_idmap(ns, views->type);
	const struct id_map_row like = {
		.asked = asked,
		.type = views->type,
		.ns = ns,
		.below = is_below(views, ns),
	};
	if (has_ranges(views, ns, asked))
		add_ranges(&like, map->ranges, map->n, rows, n);
}

/* Of a process that refused its namespaces to us. */
static void add_open_map(struct idviews *views, const struct target *target,
			 struct id_map_row **rows, size_t *n)
{
	const struct id_map_row like = {
		.asked = target->reference.text,
		.type = views->type,
		.below = is_below(views, NULL),
	};
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n_ranges = 0;
	int r = proc_read_idmap(target->resolved.dir, idmap_file(views->type), ranges, &n_ranges);
	if (r < 0)
		idviews_complain(views, CLI_TROUBLE, "%s: its %s_map could not be read: %s",
				 like.asked, type_name(like.type), strerror(-r));
	else if (n_ranges == 0)
		idviews_complain(views, CLI_NO, "%s: no %s is mapped in its user namespace",
				 like.asked, type_name(like.type));
	else
		add_ranges(&like, ranges, n_ranges, rows, n);
}

int idviews_maps(struct idviews *views, struct id_map_row **ret, size_t *ret_n, struct error *err)
{
	const struct targets *targets = views->targets;
	const struct detail_wish wish = { .facts = DETAIL_SUBIDS };
	if (targets->n == 0)
		add_map(views, views->viewer, "self", ret, ret_n);
	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->items[i];
		if (views->userns[i])
			add_map(views, views->userns[i], target->reference.text, ret, ret_n);
		else if (!target->failed)
			add_open_map(views, target, ret, ret_n);
	}
	return idviews_take_details(views, &wish, err);
}

struct id_seen idviews_see(const struct idviews *views, enum id_type type, const struct ns *from,
			   const struct ns *to, uint32_t id)
{
	struct id_seen seen = { .id = ID_NONE };
	seen.outcome = id_translate(views->viewer, from, to, type, id, &seen.id);
	return seen;
}

struct id_side idviews_here(const struct idviews *views)
{
	return (struct id_side){ ID_SIDE_HERE, views->viewer, NULL, VIEW_OURS };
}

static struct id_side side_userns(const struct ns *ns)
{
	return (struct id_side){ ID_SIDE_USERNS, ns, NULL, VIEW_UNASKED };
}

struct id_side idviews_there(const struct idviews *views, size_t target)
{
	const struct process *process = process_of(views, target);
	const struct detail *detail =
		process && views->details ? details_find(views->details, process) : NULL;
	return (struct id_side){
		.kind = process ? ID_SIDE_PROCESS : ID_SIDE_USERNS,
		.ns = userns_of(views, target),
		.process = process,
		.view = detail ? detail->view : VIEW_UNASKED,
	};
}

bool idviews_is_ours(const struct idviews *views, const struct id_side *side)
{
	return side->ns == views->viewer &&
	       (side->view == VIEW_OURS || side->kind == ID_SIDE_USERNS);
}

void idviews_explain_names(struct idviews *views, const char *asked, const struct id_side *side,
			   enum id_type type)
{
	const char *name;
	if (side->view < VIEW_FIRST)
		return;
	int why = details_name(views->details, side->view, type, 0, &name);
	if (why && why != ENODATA)
		cli_message(views->cli, "%s: names are unknown there: its /etc/%s: %s", asked,
			    type == ID_UID ? "passwd" : "group", strerror(why));
}

static void add_id(struct id_row **rows, size_t *n, const struct id_row *row)
{
	*rows = xreallocarray(*rows, *n + 1, sizeof(**rows));
	(*rows)[(*n)++] = *row;
}

/* A row for each view, outermost first. */
static void add_views(struct idviews *views, const struct id_query *query, struct id_row **rows,
		      size_t *n)
{
	const struct ns *ns = userns_of(views, query->where), *between[NS_LEVELS_MAX];
	struct id_side there = idviews_there(views, query->where);
	struct id_row row = { .asked = query->text, .type = views->type };
	row.side = idviews_here(views);
	row.seen = idviews_see(views, views->type, ns, views->viewer, query->id);
	add_id(rows, n, &row);
	if (row.seen.outcome == ID_UNMAPPED)
		idviews_complain(views, CLI_YES, "%s: here it has no %s, and shows as %u",
				 query->text, type_name(views->type), ID_OVERFLOW);
	size_t n_between = ns_between(views->viewer, ns, between);
	for (size_t i = 0; i < n_between; i++) {
		row.side = side_userns(between[i]);
		row.seen = idviews_see(views, views->type, ns, between[i], query->id);
		add_id(rows, n, &row);
	}
	if (idviews_is_ours(views, &there))
		return;
	row.side = there;
	row.seen = (struct id_seen){ .id = query->id };
	add_id(rows, n, &row);
	idviews_explain_names(views, query->text, &there, views->type);
}

/* Whether it can be answered at all. */
static bool means_somebody(struct idviews *views, const struct id_query *query)
{
	if (!idviews_has(views, query->where))
		return false;
	const struct ns *ns = userns_of(views, query->where);
	if (idviews_see(views, views->type, ns, ns, query->id).outcome == 0)
		return true;
	idviews_complain(views, CLI_NO, "%s: no %s %u is mapped in user:[%ju]%s", query->text,
			 type_name(views->type), query->id, (uintmax_t)ns->ino,
			 query->id == ID_OVERFLOW ? ": it stands there for all that are not" : "");
	return false;
}

/* Takes the details, with the names of the viewer's ids that the rows may have. */
static int take_named(struct idviews *views, unsigned facts, const struct id_query *queries,
		      size_t n, struct error *err)
{
	_cleanup_(freep) uint32_t *ids = xcalloc(n, sizeof(*ids));
	size_t n_ids = 0;
	for (size_t i = 0; i < n; i++) {
		if (!idviews_has(views, queries[i].where))
			continue;
		const struct ns *ns = userns_of(views, queries[i].where);
		struct id_seen seen =
			idviews_see(views, views->type, ns, views->viewer, queries[i].id);
		if (seen.outcome == 0)
			ids[n_ids++] = seen.id;
	}
	struct detail_wish wish = { .facts = facts };
	if (views->type == ID_UID) {
		wish.n_uids = n_ids;
		wish.uids = ids;
	} else {
		wish.n_gids = n_ids;
		wish.gids = ids;
	}
	return idviews_take_details(views, &wish, err);
}

int idviews_ids(struct idviews *views, const struct id_query *queries, size_t n,
		struct id_row **ret, size_t *ret_n, struct error *err)
{
	int r = take_named(views, DETAIL_NSUSERS | DETAIL_VIEWNAMES | DETAIL_CONTAINER, queries, n,
			   err);
	for (size_t i = 0; i < n && r == 0; i++)
		if (means_somebody(views, &queries[i]))
			add_views(views, &queries[i], ret, ret_n);
	return r;
}

static void add_number(struct idviews *views, const struct id_query *query, size_t in,
		       struct id_row **rows, size_t *n)
{
	const struct ns *from = userns_of(views, query->where), *to = userns_of(views, in);
	struct id_row row = { .asked = query->text, .type = views->type };
	row.side = idviews_there(views, in);
	row.seen = idviews_see(views, views->type, from, to, query->id);
	if (row.seen.outcome == 0)
		add_id(rows, n, &row);
	else if (row.seen.outcome == ID_UNMAPPED)
		idviews_complain_unmapped(views, CLI_NO, query->text, views->type, query->id, to);
	else
		idviews_complain(views, CLI_TROUBLE,
				 "%s: what that is in user:[%ju] cannot be told from here",
				 query->text, (uintmax_t)to->ino);
}

int idviews_numbers(struct idviews *views, const struct id_query *queries, size_t n, size_t in,
		    struct id_row **ret, size_t *ret_n, struct error *err)
{
	unsigned facts = field_list_details(&views->cli->report.fields) | DETAIL_VIEWNAMES;
	int r = take_named(views, facts, queries, n, err);
	for (size_t i = 0; i < n && r == 0; i++)
		if (idviews_has(views, in) && means_somebody(views, &queries[i]))
			add_number(views, &queries[i], in, ret, ret_n);
	return r;
}
