/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "query/holders.h"
#include "util/alloc.h"

static struct value get_ns(const struct view *view _unused_, const void *item)
{
	ino_t ino = ((const struct ns *)item)->ino;
	return ino ? value_number(ino) : value_unknown();
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
	return n || !snapshot_hides_processes(view->snapshot) ? value_number(n) : value_unknown();
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
	return snapshot_hides_processes(view->snapshot) ? value_unknown() : value_none();
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

static struct value held_by_words(unsigned held_by)
{
	struct value *words = xcalloc(HELD_BY_COUNT, sizeof(*words));
	size_t n = 0;
	for (enum held_by by = 0; by < HELD_BY_COUNT; by++)
		if (held_by >> by & 1)
			words[n++] = value_string(held_by_name(by));
	return value_array(words, n);
}

/* Something holds it, or it would not be there. */
static struct value get_held_by(const struct view *view _unused_, const void *item)
{
	unsigned held_by = ((const struct ns *)item)->held_by;
	return held_by ? held_by_words(held_by) : value_unknown();
}

static bool is_mounted(const struct pin *pin)
{
	return pin->by == HELD_BY_MOUNT && pin->path;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Many mount namespaces may show a mount in the same place: each place once, by name. */
static struct value get_nsfs(const struct view *view, const void *item)
{
	const struct ns *ns = item;
	_cleanup_(freep) const char **paths = xcalloc(ns->n_pins, sizeof(*paths));
	size_t n = 0, n_values = 0;
	for (size_t i = 0; i < ns->n_pins; i++)
		if (is_mounted(&ns->pins[i]))
			paths[n++] = ns->pins[i].path;
	if (n == 0)
		return view->snapshot->origin.holders ? value_none() : value_unknown();
	qsort(paths, n, sizeof(*paths), compare_paths);
	struct value *values = xcalloc(n, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(paths[i - 1], paths[i]) != 0)
			values[n_values++] = value_string(paths[i]);
	return value_array(values, n_values);
}

static struct value format_path(const char *format, ...) _printf_(1, 2);
static struct value format_path(const char *format, ...)
{
	char path[64];
	va_list ap;
	va_start(ap, format);
	vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	return value_take(xstrdup(path), strlen(path));
}

/* Where a pin can be opened: a mount of our own mount namespace, or a descriptor. Of what the
 * kernel does not name, the mount is all there is to show. */
static struct value pin_path(const struct view *view, const struct ns *ns, const struct pin *pin)
{
	const ino_t *viewer = view->snapshot->origin.viewer;
	bool ours = pin->mnt && pin->mnt->ino == viewer[NS_MNT];
	bool direct = pin->by == HELD_BY_FD || pin->by == HELD_BY_DETACHED_MOUNT;
	if (pin->path && ((pin->by == HELD_BY_MOUNT && ours) || !ns->ino))
		return value_string(pin->path);
	if (direct && pin->process && pin->tid)
		return format_path("/proc/%d/task/%d/fd/%d", pin->process->pid, pin->tid, pin->fd);
	if (direct && pin->process)
		return format_path("/proc/%d/fd/%d", pin->process->pid, pin->fd);
	return value_none();
}

/* The link of who will have children in there; none leads to where nobody has been yet. */
static struct value children_path(const struct view *view, const struct ns *ns)
{
	_cleanup_(freep) struct holder *holders = NULL;
	size_t n = 0, i = 0;
	if (ns->held_by >> HELD_BY_FOR_CHILDREN & 1 && !ns->unborn)
		ns_holders(view->snapshot, ns, &holders, &n);
	while (i < n && holders[i].by != HELD_BY_FOR_CHILDREN)
		i++;
	if (i == n)
		return value_none();
	const char *link = ns_kind_info(ns->kind)->children_link;
	pid_t pid = holders[i].process->tgid, tid = holders[i].tid;
	return tid ? format_path("/proc/%d/task/%d/%s", pid, tid, link)
		   : format_path("/proc/%d/%s", pid, link);
}

static struct value get_path(const struct view *view, const void *item)
{
	const struct ns *ns = item;
	const struct process *first = ns_first(ns);
	if (first)
		return format_path("/proc/%d/ns/%s", first->pid, ns_kind_name(ns->kind));
	for (size_t i = 0; i < ns->n_pins; i++) {
		struct value path = pin_path(view, ns, &ns->pins[i]);
		if (path.type != VALUE_NONE)
			return path;
	}
	return children_path(view, ns);
}

static struct value get_netnsid(const struct view *view, const void *item)
{
	return ns_netnsid(view, item);
}

static struct value get_interfaces(const struct view *view, const void *item)
{
	return ns_interfaces(view, item);
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
	{ "HELDBY", "what keeps it alive: process thread for-children fd mount socket ...", 0, 0,
	  FIELD_LEFT, get_held_by, NULL },
	{ "PATH", "a file that leads to it, if there is one", 0, 0, FIELD_LEFT, get_path, NULL },
	{ "NSFS", "where it is mounted, in any mount namespace", 0, 0, FIELD_LEFT, get_nsfs, NULL },
	{ "HOSTNAME", "name that its uts namespace gives the host", FACT_STAT, DETAIL_HOSTNAME,
	  FIELD_LEFT, get_hostname, NULL },
	{ "NETNSID", "id that our network namespace has for it (net)", 0, DETAIL_NETNSID,
	  FIELD_RIGHT, get_netnsid, NULL },
	{ "INTERFACES", "network interfaces in it (net)", 0, DETAIL_INTERFACES, FIELD_LEFT,
	  get_interfaces, NULL },
};
