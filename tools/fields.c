/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fields.h"

#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"

static struct value get_ns(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct ns *)item)->ino);
}

static struct value get_id(const struct view *view _unused_, const void *item)
{
	uint64_t id = ((const struct ns *)item)->id;
	return id ? value_number(id) : value_unknown();
}

static struct value get_type(const struct view *view _unused_, const void *item)
{
	return value_string(ns_kind_name(((const struct ns *)item)->kind));
}

/* A count of what we saw; but none seen is none only if all could be read. */
static struct value count_value(const struct view *view, size_t n)
{
	return n || !view->snapshot->n_gaps ? value_number(n) : value_unknown();
}

static struct value get_nprocs(const struct view *view, const void *item)
{
	return count_value(view, ((const struct ns *)item)->n_members);
}

static struct value get_nthreads(const struct view *view, const void *item)
{
	return count_value(view, ((const struct ns *)item)->n_threads);
}

static struct value get_pns(const struct view *view _unused_, const void *item)
{
	return edge_value(&((const struct ns *)item)->parent);
}

static struct value get_ons(const struct view *view _unused_, const void *item)
{
	return edge_value(&((const struct ns *)item)->owner);
}

static struct value get_owner_uid(const struct view *view _unused_, const void *item)
{
	const struct ns *ns = item;
	if (ns->kind != NS_USER)
		return value_none();
	return ns->owner_uid == UID_UNKNOWN ? value_unknown() : value_number(ns->owner_uid);
}

static struct value get_host(const struct view *view, const void *item)
{
	int initial = snapshot_is_initial(view->snapshot, item);
	return initial < 0 ? value_unknown() : value_bool(initial);
}

/* What a column about the first process shows where we saw none: there is none, or, where not all
 * could be read, there may be one. */
static struct value nobody(const struct view *view)
{
	return view->snapshot->n_gaps ? value_unknown() : value_none();
}

static struct value get_pid(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	return first ? value_number(first->pid) : nobody(view);
}

static struct value get_ppid(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	if (!first)
		return nobody(view);
	return first->ppid == PID_UNASKED ? value_unknown() : value_number(first->ppid);
}

static struct value get_uid(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	if (!first)
		return nobody(view);
	return first->uid == UID_UNKNOWN ? value_unknown() : value_number(first->uid);
}

static struct value get_user(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	return first ? process_user(view, first) : nobody(view);
}

static struct value get_nspid(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	return first ? value_chain(first->pids, first->n_pids) : nobody(view);
}

static struct value get_command(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	return first ? process_command(view, first) : nobody(view);
}

/* What was read of the first process, or NULL with *RET saying why. */
static const struct detail *detail_of(const struct view *view, const void *item, struct value *ret)
{
	const struct process *first = ns_first(item);
	*ret = first ? value_unknown() : nobody(view);
	return first ? details_find(view->details, first) : NULL;
}

static struct value get_container(const struct view *view, const void *item)
{
	const struct process *first = ns_first(item);
	return first ? process_container(view, first) : nobody(view);
}

static struct value get_cgroup(const struct view *view, const void *item)
{
	struct value unknown;
	const struct detail *detail = detail_of(view, item, &unknown);
	return detail ? value_string(detail->cgroup) : unknown;
}

static struct value get_hostname(const struct view *view, const void *item)
{
	struct value unknown;
	const struct detail *detail = detail_of(view, item, &unknown);
	return detail ? value_string(detail->hostname) : unknown;
}

/* The ps-like facts of the first process, or NULL with *RET saying why. */
static const struct psfacts *psfacts_of(const struct view *view, const void *item,
					struct value *ret)
{
	const struct detail *detail = detail_of(view, item, ret);
	return detail && detail->ps.known ? &detail->ps : NULL;
}

static struct value get_stat(const struct view *view, const void *item)
{
	struct value unknown;
	const struct psfacts *ps = psfacts_of(view, item, &unknown);
	return ps ? value_string(ps->stat) : unknown;
}

static struct value get_start(const struct view *view, const void *item)
{
	struct value unknown;
	const struct psfacts *ps = psfacts_of(view, item, &unknown);
	return ps ? value_time(ps->started) : unknown;
}

static struct value get_tty(const struct view *view, const void *item)
{
	struct value unknown;
	const struct psfacts *ps = psfacts_of(view, item, &unknown);
	if (!ps)
		return unknown;
	return ps->tty ? value_string(ps->tty) : value_none();
}

static struct value get_rss(const struct view *view, const void *item)
{
	struct value unknown;
	const struct psfacts *ps = psfacts_of(view, item, &unknown);
	return ps ? value_number(ps->rss) : unknown;
}

static const char *ns_color(const struct view *view _unused_, const void *item)
{
	return kind_color(((const struct ns *)item)->kind);
}

const struct field nsls_fields[NSLS_FIELD_COUNT] = {
	{ "NS", "inode number of the namespace", 0, 0, FIELD_RIGHT, get_ns, ns_color },
	{ "TYPE", "kind: mnt net pid uts ipc user cgroup time", 0, 0, FIELD_LEFT, get_type,
	  ns_color },
	{ "NPROCS", "number of processes in it", 0, 0, FIELD_RIGHT, get_nprocs, NULL },
	{ "PID", "lowest PID in it; where only threads are, their lowest TID", 0, 0, FIELD_RIGHT,
	  get_pid, NULL },
	{ "USER", "effective user of that process", FACT_STAT, DETAIL_USERS, FIELD_LEFT, get_user,
	  NULL },
	{ "CONTAINER", "container that it is in", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT,
	  get_container, NULL },
	{ "COMMAND", "its command line, or [name]", FACT_STAT, DETAIL_CMDLINE, FIELD_LAST,
	  get_command, NULL },
	{ "ID", "64-bit id, never reused (Linux 6.18)", 0, 0, FIELD_RIGHT, get_id, NULL },
	{ "PPID", "parent of that process", FACT_STAT, 0, FIELD_RIGHT, get_ppid, NULL },
	{ "UID", "effective user id of that process", FACT_STAT, 0, FIELD_RIGHT, get_uid, NULL },
	{ "NTHREADS", "number of threads in it, of whatever process", 0, 0, FIELD_RIGHT,
	  get_nthreads, NULL },
	{ "NSPID", "PIDs of that process, from the outermost pid namespace to its own", FACT_PIDS,
	  0, FIELD_LEFT, get_nspid, NULL },
	{ "PNS", "parent namespace (user and pid)", 0, 0, FIELD_RIGHT, get_pns, NULL },
	{ "ONS", "user namespace that owns it", 0, 0, FIELD_RIGHT, get_ons, NULL },
	{ "OWNERUID", "user id that made it (user)", 0, 0, FIELD_RIGHT, get_owner_uid, NULL },
	{ "HOST", "whether it is the host's own", 0, 0, FIELD_LEFT, get_host, NULL },
	{ "STAT", "state of that process, as ps has it", FACT_STAT, DETAIL_PS, FIELD_LEFT, get_stat,
	  NULL },
	{ "START", "when it started, as ps has it", FACT_STAT, DETAIL_PS, FIELD_RIGHT, get_start,
	  NULL },
	{ "TTY", "its terminal", FACT_STAT, DETAIL_PS, FIELD_LEFT, get_tty, NULL },
	{ "RSS", "its resident memory in KiB", FACT_STAT, DETAIL_PS, FIELD_RIGHT, get_rss, NULL },
	{ "CGROUP", "path of its cgroup", FACT_STAT, DETAIL_CGROUP, FIELD_LEFT, get_cgroup, NULL },
	{ "HOSTNAME", "name that its uts namespace gives the host", FACT_STAT, DETAIL_HOSTNAME,
	  FIELD_LEFT, get_hostname, NULL },
};
