/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmprows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "util/alloc.h"

/* The container that the process is in; NULL: none that is known. */
static const struct container *container_of_process(const struct cmp *cmp, size_t i)
{
	const struct detail *detail = details_find(cmp->details, cmp->comparison.processes[i]);
	return detail && detail->has_container ? detail->container : NULL;
}

/* Whether no other one that is compared is in the same container. */
static bool is_alone(const struct cmp *cmp, const struct container *container, size_t i)
{
	for (size_t j = 0; j < cmp->comparison.n; j++) {
		const struct container *other = container_of_process(cmp, j);
		if (j != i && other && container_is_same(other, container))
			return false;
	}
	return true;
}

static void name_process(struct cmp *cmp, size_t i)
{
	const struct process *process = cmp->comparison.processes[i];
	const struct container *container = container_of_process(cmp, i);
	const char *comm = process->comm ? process->comm : "?";
	_cleanup_(freep) char *label = container ? container_label(container) : NULL;
	bool alone = label && is_alone(cmp, container, i);
	cmp->called[i].name = alone ? xstrdup(label) : xasprintf("PID %d", process->pid);
	cmp->called[i].container = alone;
	if (alone)
		cmp->headings[i] = xasprintf("%s %s", label, comm);
	else if (label)
		cmp->headings[i] = xasprintf("%s %d %s", label, process->pid, comm);
	else
		cmp->headings[i] = xasprintf("%d %s", process->pid, comm);
}

void cmp_make(struct cmp *cmp, const struct details *details)
{
	size_t n = cmp->comparison.n;
	cmp->details = details;
	cmp->headings = xcalloc(n, sizeof(*cmp->headings));
	cmp->called = xcalloc(n, sizeof(*cmp->called));
	for (size_t i = 0; i < n; i++)
		name_process(cmp, i);
	comparison_make(&cmp->comparison);
}

void cmp_clear(struct cmp *cmp)
{
	for (size_t i = 0; i < cmp->comparison.n && cmp->called; i++) {
		free(cmp->headings[i]);
		free((char *)cmp->called[i].name);
	}
	free(TAKE(cmp->headings));
	free(TAKE(cmp->called));
	comparison_clear(&cmp->comparison);
}

static const struct shared *cell_of(const struct cmp_row *row, size_t i)
{
	return comparison_cell(&row->cmp->comparison, row->kind, i);
}

/* An array of what GET says of each process. */
static struct value for_each(const struct cmp_row *row,
			     struct value (*get)(const struct cmp_row *row, size_t i))
{
	size_t n = row->cmp->comparison.n;
	struct value *items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = get(row, i);
	return value_array(items, n);
}

static struct value ns_value(const struct cmp_row *row, size_t i)
{
	const struct shared *cell = cell_of(row, i);
	if (cell->none)
		return value_none();
	return cell->ns ? value_number(cell->ns->ino) : value_unknown();
}

static struct value same_value(const struct cmp_row *row, size_t i)
{
	switch (cell_of(row, i)->share) {
	case SHARE_SAME:
		return value_bool(true);
	case SHARE_DIFFERENT:
		return value_bool(false);
	case SHARE_NOTHING:
		return value_none();
	case SHARE_UNKNOWN:
		break;
	}
	return value_unknown();
}

static struct value host_value(const struct cmp_row *row, size_t i)
{
	int host = cell_of(row, i)->host;
	if (cell_of(row, i)->none)
		return value_none();
	return host < 0 ? value_unknown() : value_bool(host);
}

static struct value meaning_value(const struct cmp_row *row, size_t i)
{
	const struct cmp *cmp = row->cmp;
	if (i == 0)
		return value_none();
	char *text = comparison_explain(&cmp->comparison, cmp->details, row->kind, i,
					&cmp->called[0], &cmp->called[i]);
	return value_take(text, strlen(text));
}

static struct value get_kind(const struct view *view _unused_, const void *item)
{
	return value_string(ns_kind_name(((const struct cmp_row *)item)->kind));
}

static struct value get_namespaces(const struct view *view _unused_, const void *item)
{
	return for_each(item, ns_value);
}

static struct value get_same(const struct view *view _unused_, const void *item)
{
	return for_each(item, same_value);
}

static struct value get_host(const struct view *view _unused_, const void *item)
{
	return for_each(item, host_value);
}

static struct value get_meaning(const struct view *view _unused_, const void *item)
{
	return for_each(item, meaning_value);
}

static struct value get_with(const struct view *view _unused_, const void *item)
{
	const struct cmp_row *row = item;
	return value_string(row->cmp->headings[row->other]);
}

static struct value get_pair_same(const struct view *view _unused_, const void *item)
{
	return same_value(item, ((const struct cmp_row *)item)->other);
}

static struct value get_pair_meaning(const struct view *view _unused_, const void *item)
{
	return meaning_value(item, ((const struct cmp_row *)item)->other);
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct process *)item)->tgid);
}

static struct value get_tid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct process *)item)->pid);
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	const struct process *process = item;
	return value_chain(process->pids, process->n_pids);
}

static struct value get_user(const struct view *view, const void *item)
{
	return process_user(view, item);
}

static struct value get_container(const struct view *view, const void *item)
{
	return process_container(view, item);
}

static struct value get_comm(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct process *)item)->comm);
}

static struct value get_command(const struct view *view, const void *item)
{
	return process_command(view, item);
}

/* clang-format off */
const struct field cmp_kind_fields[CMP_KIND_FIELD_COUNT] = {
	{ "KIND", "kind of namespace", 0, 0, FIELD_LEFT, get_kind, NULL },
	{ "NAMESPACES", "inode number of the one of each process", 0, 0, FIELD_LEFT, get_namespaces,
	  NULL },
	{ "SAME", "whether that is the one of the first process", 0, 0, FIELD_LEFT, get_same,
	  NULL },
	{ "HOST", "whether that is the host's own", 0, 0, FIELD_LEFT, get_host, NULL },
	{ "MEANING", "what that means for the first process and each other one", FACT_IDMAPS,
	  DETAIL_HOSTNAME, FIELD_LAST, get_meaning, NULL },
};

const struct field cmp_pair_fields[CMP_PAIR_FIELD_COUNT] = {
	{ "KIND", "kind of namespace", 0, 0, FIELD_LEFT, get_kind, NULL },
	{ "WITH", "the process that the first one is compared with", 0, 0, FIELD_LEFT, get_with,
	  NULL },
	{ "SAME", "whether they share the namespace", 0, 0, FIELD_LEFT, get_pair_same, NULL },
	{ "MEANING", "what that means for the two", FACT_IDMAPS, DETAIL_HOSTNAME, FIELD_LEFT,
	  get_pair_meaning, NULL },
};

const struct field cmp_process_fields[CMP_PROCESS_FIELD_COUNT] = {
	{ "PID", "process", 0, 0, FIELD_RIGHT, get_pid, NULL },
	{ "TID", "thread", 0, 0, FIELD_RIGHT, get_tid, NULL },
	{ "NSPID", "its numbers", FACT_PIDS, 0, FIELD_LEFT, get_nspid, NULL },
	{ "USER", "its effective user", FACT_STAT, DETAIL_USERS, FIELD_LEFT, get_user, NULL },
	{ "CONTAINER", "its container", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT, get_container,
	  NULL },
	{ "COMM", "its name", FACT_STAT, 0, FIELD_LEFT, get_comm, NULL },
	{ "COMMAND", "its command line", FACT_STAT, DETAIL_CMDLINE, FIELD_LAST, get_command, NULL },
};
/* clang-format on */

static struct value ns_cell(const struct shared *cell)
{
	if (cell->none)
		return value_none();
	if (!cell->ns)
		return value_unknown();
	char *text = xasprintf("%ju%s", (uintmax_t)cell->ns->ino, cell->host == 1 ? " (host)" : "");
	return value_take(text, strlen(text));
}

/* "!=" is another namespace than that of the first, whichever it is. */
static struct value get_cell(const struct view *view _unused_, const void *item, size_t i)
{
	const struct shared *cell = cell_of(item, i);
	if (i > 0 && cell->share == SHARE_SAME)
		return value_string("=");
	if (i > 0 && cell->share == SHARE_DIFFERENT && !cell->ns && !cell->none)
		return value_string("!=");
	return ns_cell(cell);
}

struct field *cmp_matrix_fields(const struct cmp *cmp)
{
	size_t n = cmp->comparison.n;
	struct field *fields = xcalloc(1 + n, sizeof(*fields));
	fields[0] = cmp_kind_fields[0];
	for (size_t i = 0; i < n; i++)
		fields[1 + i] = (struct field){
			.name = cmp->headings[i],
			.get_at = get_cell,
			.place = i,
		};
	return fields;
}

/* Why a "?" is shown that the namespaces of that process would have told; 0: there is none. */
static int missed(const struct cmp *cmp, size_t i)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct shared *cell = comparison_cell(&cmp->comparison, kind, i);
		bool wanted = cmp->comparison.kinds >> kind & 1;
		if (wanted && !cell->ns && !cell->none && (i == 0 || cell->share == SHARE_UNKNOWN))
			return cmp->comparison.processes[i]->ns[kind].why;
	}
	return 0;
}

char *cmp_why_unknown(const struct cmp *cmp)
{
	_cleanup_(freep) char *list = NULL;
	int why = 0;
	for (size_t i = 0; i < cmp->comparison.n; i++) {
		int this = missed(cmp, i);
		if (!this)
			continue;
		_cleanup_(freep) char *before = list;
		list = xasprintf("%s%s%s", before ? before : "", before ? ", " : "",
				 cmp->called[i].name);
		why = why ? why : this;
	}
	if (!list)
		return NULL;
	return why == ENODATA
		     ? xasprintf("the namespaces of %s are not in the snapshot", list)
		     : xasprintf("the namespaces of %s could not be read: %s", list, strerror(why));
}
