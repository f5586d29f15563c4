/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "holderrows.h"

#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "util/alloc.h"

static const struct ns *ns_of(const void *item)
{
	return ((const struct holder_row *)item)->ns;
}

static const struct holder *holder_of(const void *item)
{
	return &((const struct holder_row *)item)->holder;
}

static struct value get_ns(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ns_of(item);
	return ns && ns->ino ? value_number(ns->ino) : value_unknown();
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ns_of(item);
	return ns ? value_string(ns_kind_name(ns->kind)) : value_unknown();
}

static struct value get_by(const struct view *view _unused_, const void *item)
{
	return value_string(held_by_name(holder_of(item)->by));
}

static bool has_process(const struct holder *holder)
{
	return holder->by <= HELD_BY_FOR_CHILDREN || holder->fd >= 0;
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	const struct holder *holder = holder_of(item);
	if (!has_process(holder))
		return value_none();
	return holder->process ? value_number(holder->process->tgid) : value_unknown();
}

static struct value get_tid(const struct view *view _unused_, const void *item)
{
	const struct holder *holder = holder_of(item);
	return holder->tid ? value_number(holder->tid) : value_none();
}

static struct value get_fd(const struct view *view _unused_, const void *item)
{
	const struct holder *holder = holder_of(item);
	return holder->fd >= 0 ? value_number(holder->fd) : value_none();
}

static struct value get_mntns(const struct view *view _unused_, const void *item)
{
	const struct holder *holder = holder_of(item);
	return holder->mnt ? value_number(holder->mnt->ino) : value_none();
}

static struct value get_path(const struct view *view _unused_, const void *item)
{
	const struct holder *holder = holder_of(item);
	if (!holder->ns)
		return holder->path ? value_string(holder->path) : value_none();
	char *text =
		xasprintf("%s:[%ju]", ns_kind_name(holder->ns->kind), (uintmax_t)holder->ns->ino);
	return value_take(text, strlen(text));
}

/* Of who holds it, GET. */
static struct value of_process(const struct view *view, const void *item,
			       struct value (*get)(const struct view *, const struct process *))
{
	const struct holder *holder = holder_of(item);
	if (holder->process)
		return get(view, holder->process);
	return has_process(holder) ? value_unknown() : value_none();
}

static struct value get_user(const struct view *view, const void *item)
{
	return of_process(view, item, process_user);
}

static struct value get_container(const struct view *view, const void *item)
{
	return of_process(view, item, process_container);
}

static struct value get_command(const struct view *view, const void *item)
{
	return of_process(view, item, process_command);
}

static struct value get_netnsid(const struct view *view, const void *item)
{
	return ns_netnsid(view, ns_of(item));
}

static struct value get_interfaces(const struct view *view, const void *item)
{
	return ns_interfaces(view, ns_of(item));
}

static const char *ns_color(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = ns_of(item);
	return ns ? kind_color(ns->kind) : NULL;
}

const struct field holder_row_fields[HOLDER_ROW_FIELD_COUNT] = {
	{ "NS", "inode number of the namespace", 0, 0, FIELD_RIGHT, get_ns, ns_color,
	  FIELD_OF_WHOLE },
	{ "TYPE", "kind: mnt net pid uts ipc user cgroup time", 0, 0, FIELD_LEFT, get_type,
	  ns_color, FIELD_OF_WHOLE },
	{ "BY", "what holds it: process thread for-children fd mount socket ...", 0, 0, FIELD_LEFT,
	  get_by, NULL, FIELD_OF_PART },
	{ "PID", "process that does", 0, 0, FIELD_RIGHT, get_pid, NULL, FIELD_OF_PART },
	{ "TID", "thread of it that does, for itself", 0, 0, FIELD_RIGHT, get_tid, NULL,
	  FIELD_OF_PART },
	{ "FD", "by which descriptor", 0, 0, FIELD_RIGHT, get_fd, NULL, FIELD_OF_PART },
	{ "MNTNS", "mount namespace that shows the mount", 0, 0, FIELD_RIGHT, get_mntns, NULL,
	  FIELD_OF_PART },
	{ "PATH", "where it is mounted or was opened; which socket; which namespace", 0, 0,
	  FIELD_LEFT, get_path, NULL, FIELD_OF_PART },
	{ "USER", "effective user of that process", FACT_STAT, DETAIL_USERS, FIELD_LEFT, get_user,
	  NULL, FIELD_OF_PART },
	{ "CONTAINER", "container that it is in", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT,
	  get_container, NULL, FIELD_OF_PART },
	{ "COMMAND", "its command line, or [name]", FACT_STAT, DETAIL_CMDLINE, FIELD_LAST,
	  get_command, NULL, FIELD_OF_PART },
	{ "NETNSID", "id that our network namespace has for the namespace (net)", 0, DETAIL_NETNSID,
	  FIELD_RIGHT, get_netnsid, NULL, FIELD_OF_WHOLE },
	{ "INTERFACES", "network interfaces in the namespace (net)", 0, DETAIL_INTERFACES,
	  FIELD_LEFT, get_interfaces, NULL, FIELD_OF_WHOLE },
};

void holder_rows_clear(struct holder_rows *rows)
{
	free(rows->items);
}

static void add_row(struct holder_rows *rows, const struct holder_row *row)
{
	rows->items = xgrow(rows->items, rows->n, &rows->capacity, sizeof(*rows->items));
	rows->items[rows->n++] = *row;
}

static void add_whole(struct holder_rows *rows, const struct ns *ns)
{
	const struct holder_row whole = { .ns = ns, .whole = true };
	add_row(rows, &whole);
}

static void add_holder(struct holder_rows *rows, const struct snapshot *snapshot,
		       const struct ns *ns, const struct holder *holder)
{
	const struct holder_row row = { .ns = ns, .holder = *holder };
	add_row(rows, &row);
	rows->has_tid |= holder->tid != 0;
	rows->has_mntns |= holder->mnt && holder->mnt->ino != snapshot->origin.viewer[NS_MNT];
}

static bool has_whole(const struct holder_rows *rows, const struct ns *ns)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i].whole && rows->items[i].ns == ns)
			return true;
	return false;
}

bool holder_rows_add(struct holder_rows *rows, const struct snapshot *snapshot, const struct ns *ns)
{
	_cleanup_(freep) struct holder *holders = NULL;
	size_t n;
	if (has_whole(rows, ns))
		return true;
	ns_holders(snapshot, ns, &holders, &n);
	if (n == 0)
		return false;
	add_whole(rows, ns);
	for (size_t i = 0; i < n; i++)
		add_holder(rows, snapshot, ns, &holders[i]);
	return true;
}

void holder_rows_count(const struct holder_rows *rows, const struct ns *ns,
		       size_t ret[HELD_BY_COUNT])
{
	memset(ret, 0, HELD_BY_COUNT * sizeof(*ret));
	for (size_t i = 0; i < rows->n; i++)
		if (!rows->items[i].whole && rows->items[i].ns == ns)
			ret[rows->items[i].holder.by]++;
}

void holder_rows_add_nameless(struct holder_rows *rows, const struct snapshot *snapshot,
			      enum ns_kind kind)
{
	for (size_t i = 0; i < snapshot->n_namespaces && !snapshot->namespaces[i]->ino; i++)
		if (snapshot->namespaces[i]->kind == kind)
			holder_rows_add(rows, snapshot, snapshot->namespaces[i]);
	if (snapshot->n_in_flight == 0 || has_whole(rows, NULL))
		return;
	add_whole(rows, NULL);
	for (size_t i = 0; i < snapshot->n_in_flight; i++) {
		const struct holder holder = holder_of_pin(&snapshot->in_flight[i]);
		add_holder(rows, snapshot, NULL, &holder);
	}
}
