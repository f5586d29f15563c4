/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "treerows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"
#include "model/idmap.h"
#include "util/alloc.h"

static const struct process *process_of(const void *item)
{
	return ((const struct tree_row *)item)->item->process;
}

/* Of a heading there is nothing but its text. */
#define PROCESS_OR_NONE(process, item)                                                             \
	const struct process *process = process_of(item);                                          \
	if (!process)                                                                              \
	return value_none()

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return value_number(process->tgid);
}

static struct value get_tid(const struct view *view _unused_, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return value_number(process->pid);
}

static struct value get_ppid(const struct view *view _unused_, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return process->ppid == PID_UNASKED ? value_unknown() : value_number(process->ppid);
}

static struct value get_nspid(const struct view *view _unused_, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return value_chain(process->pids, process->n_pids);
}

static struct value get_uid(const struct view *view _unused_, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return process->uid == UID_UNKNOWN ? value_unknown() : value_number(process->uid);
}

static struct value get_nsuser(const struct view *view, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return process_nsuser(view, process);
}

static struct value get_container(const struct view *view, const void *item)
{
	PROCESS_OR_NONE(process, item);
	return process_container(view, process);
}

static struct value get_depth(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct tree_row *)item)->depth);
}

/* What has no name and the same number on the other side is no other user: an image may well have
 * no passwd file. */
static char *name_inside(const struct view *view, const struct tree_row *row)
{
	const struct process *process = row->item->process;
	const struct detail *own = details_find(view->details, process);
	bool asked = own && own->view != VIEW_UNASKED;
	const struct detail *teller = asked ? own : details_find(view->details, row->witness);
	uid_t uid = asked && own->has_nsuid ? own->nsuid : UID_UNKNOWN;
	const char *name = NULL;
	if (!(asked && own->has_nsuid) &&
	    process_nsuid(process, view->snapshot->origin.viewer[NS_USER], &uid) == ID_UNKNOWN)
		return xstrdup("?");
	if (uid == UID_UNKNOWN)
		return xstrdup("-");
	if (!teller || details_name(view->details, teller->view, ID_UID, uid, &name) != 0)
		return xstrdup("?");
	if (name)
		return xstrdup(name);
	return uid == process->uid ? NULL : xasprintf("%u", uid);
}

/* "user/ctf", where these are different or that is unknown. */
static struct value get_user(const struct view *view, const void *item)
{
	const struct tree_row *row = item;
	PROCESS_OR_NONE(process, item);
	struct value outer = process_user(view, process);
	if (row->all->plain || outer.type != VALUE_STRING || row->names == NAMES_OURS)
		return outer;
	_cleanup_(freep) char *inner =
		row->names == NAMES_UNKNOWN ? xstrdup("?") : name_inside(view, row);
	if (!inner || strcmp(inner, outer.string) == 0)
		return outer;
	char *both = xasprintf("%s/%s", outer.string, inner);
	value_clear(&outer);
	return value_take(both, strlen(both));
}

#define MARK "▣"
#define ASCII_MARK "#"

/* The kinds of a border, and "?" behind them where more of them may change. */
static size_t border_words(const struct border *border, const char *ret[NS_KIND_COUNT + 1])
{
	size_t n = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (border->kinds >> kind & 1)
			ret[n++] = ns_kind_name(kind);
	if (border->unknown)
		ret[n++] = "?";
	return n;
}

static struct value get_border(const struct view *view _unused_, const void *item)
{
	const struct proctree_item *tree_item = ((const struct tree_row *)item)->item;
	if (!tree_item->parent)
		return value_none();
	if (!tree_item->border.kinds && tree_item->border.unknown)
		return value_unknown();
	const char *words[NS_KIND_COUNT + 1];
	size_t n = border_words(&tree_item->border, words);
	struct value *items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = value_string(words[i]);
	return value_array(items, n);
}

/* "▣ docker:chal {ipc mnt net pid uts} ", as raw bytes. */
static char *border_text(const struct view *view, const struct tree_row *row)
{
	const struct border *border = &row->item->border;
	const char *words[NS_KIND_COUNT + 1];
	char kinds[64], *out = kinds;
	size_t n = border_words(border, words);
	if (!border->kinds)
		return xstrdup(n ? "{?} " : "");
	for (size_t i = 0; i < n; i++)
		out += sprintf(out, i ? " %s" : "%s", words[i]);
	struct value container = process_container(view, row->item->process);
	bool has_name = container.type == VALUE_STRING;
	char *text = xasprintf("%s %s%s{%s} ", row->all->utf8 ? MARK : ASCII_MARK,
			       has_name ? container.string : "", has_name ? " " : "", kinds);
	value_clear(&container);
	return text;
}

static struct value heading(const struct tree_row *row, enum ns_kind kind)
{
	const struct edge *ns = row->item->ns;
	char *text = ns->to ? xasprintf("%s:[%ju]", ns_kind_name(kind), (uintmax_t)ns->to->ino)
			    : xasprintf("%s:[%s]", ns_kind_name(kind), ns->why ? "?" : "-");
	return value_take(text, strlen(text));
}

/* BORDER and the name behind it. What a process calls itself must not look like a border: what it
 * would take for that is shown as "?". */
static struct value draw(const struct tree_row *row, const char *border, const struct value *name)
{
	const char *bytes = name->type == VALUE_STRING ? name->string : "?";
	size_t n = name->type == VALUE_STRING ? name->n : 1, n_text = strlen(border);
	char *text = xmalloc(n_text + n + 1);
	memcpy(text, border, n_text);
	for (size_t i = 0; i < n; i++) {
		const char *at = bytes + i;
		bool mark = n - i >= strlen(MARK) && memcmp(at, MARK, strlen(MARK)) == 0;
		bool brace = i == 0 && (*at == '{' || (*at == *ASCII_MARK && !row->all->utf8));
		text[n_text++] = mark || brace ? '?' : *at;
		i += mark ? strlen(MARK) - 1 : 0;
	}
	text[n_text] = 0;
	return value_take(text, n_text);
}

static struct value get_command(const struct view *view, const void *item)
{
	const struct tree_row *row = item;
	const struct process *process = row->item->process;
	if (!process)
		return heading(row, row->all->ns_sort);
	struct value name =
		row->all->arguments ? process_command(view, process) : value_string(process->comm);
	if (row->all->plain)
		return name;
	_cleanup_(freep) char *border = border_text(view, row);
	struct value drawn = draw(row, border, &name);
	value_clear(&name);
	return drawn;
}

/* The kind that weighs most among those that change: which ids hold, which numbers, whom one
 * reaches, what one sees. */
static const char *border_color(const struct view *view _unused_, const void *item)
{
	static const enum ns_kind order[] = { NS_USER, NS_PID,	NS_NET,	   NS_MNT,
					      NS_IPC,  NS_TIME, NS_CGROUP, NS_UTS };
	const struct tree_row *row = item;
	if (!row->item->process)
		return kind_color(row->all->ns_sort);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (row->item->border.kinds >> order[i] & 1)
			return kind_color(order[i]);
	return NULL;
}

static const char *color_where_changed(const void *item, enum ns_kind kind)
{
	const struct tree_row *row = item;
	return row->item->border.kinds >> kind & 1 ? kind_color(kind) : NULL;
}

static const char *nspid_color(const struct view *view _unused_, const void *item)
{
	return color_where_changed(item, NS_PID);
}

static const char *user_color(const struct view *view _unused_, const void *item)
{
	return color_where_changed(item, NS_USER);
}

static struct value ns_value(const void *item, enum ns_kind kind)
{
	PROCESS_OR_NONE(process, item);
	const struct edge *ns = &process->ns[kind];
	if (ns->to)
		return value_number(ns->to->ino);
	return ns->why ? value_unknown() : value_none();
}

/* The columns that have the namespaces. */
#define NS_GETTERS(KIND, kind)                                                                     \
	static struct value get_##kind##ns(const struct view *view _unused_, const void *item)     \
	{                                                                                          \
		return ns_value(item, KIND);                                                       \
	}                                                                                          \
	static const char *kind##ns_color(const struct view *view _unused_, const void *item)      \
	{                                                                                          \
		return color_where_changed(item, KIND);                                            \
	}

NS_GETTERS(NS_CGROUP, cgroup)
NS_GETTERS(NS_IPC, ipc)
NS_GETTERS(NS_MNT, mnt)
NS_GETTERS(NS_NET, net)
NS_GETTERS(NS_PID, pid)
NS_GETTERS(NS_TIME, time)
NS_GETTERS(NS_USER, user)
NS_GETTERS(NS_UTS, uts)

#define NS_FIELD(NAME, kind)                                                                       \
	{                                                                                          \
		NAME, "its " #kind " namespace", 0, 0, FIELD_RIGHT, get_##kind##ns, kind##ns_color \
	}

const struct field tree_row_fields[TREE_ROW_FIELD_COUNT] = {
	{ "PID", "number of the process, as the viewer sees it", 0, 0, FIELD_RIGHT, get_pid, NULL },
	{ "NSPID", "its numbers in all pid namespaces, the viewer's first", FACT_PIDS, 0,
	  FIELD_LEFT, get_nspid, nspid_color },
	{ "USER", "its effective user, and behind a slash who that is in there, where it differs",
	  FACT_STAT | FACT_IDMAPS, DETAIL_USERS, FIELD_LEFT, get_user, user_color },
	{ "COMMAND", "the border it is behind, and its name (-a: its command line)", FACT_STAT, 0,
	  FIELD_LAST, get_command, border_color },
	{ "PPID", "number of its parent", FACT_STAT, 0, FIELD_RIGHT, get_ppid, NULL },
	{ "TID", "number of the thread", 0, 0, FIELD_RIGHT, get_tid, NULL },
	{ "UID", "its effective user id", FACT_STAT, 0, FIELD_RIGHT, get_uid, NULL },
	{ "NSUSER", "its effective user as it is called in there", FACT_STAT | FACT_IDMAPS,
	  DETAIL_NSUSERS, FIELD_LEFT, get_nsuser, NULL },
	{ "CONTAINER", "the container that it is in", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT,
	  get_container, NULL },
	{ "BORDER", "the kinds of namespaces that it does not share with its parent", FACT_STAT, 0,
	  FIELD_LEFT, get_border, border_color },
	{ "DEPTH", "how many levels it is below the top of the tree", FACT_STAT, 0, FIELD_RIGHT,
	  get_depth, NULL },
	NS_FIELD("CGROUPNS", cgroup),
	NS_FIELD("IPCNS", ipc),
	NS_FIELD("MNTNS", mnt),
	NS_FIELD("NETNS", net),
	NS_FIELD("PIDNS", pid),
	NS_FIELD("TIMENS", time),
	NS_FIELD("USERNS", user),
	NS_FIELD("UTSNS", uts),
};

#define FIRST_NS_FIELD (TREE_ROW_FIELD_COUNT - NS_KIND_COUNT)

const char *tree_row_ns_column(enum ns_kind kind)
{
	return tree_row_fields[FIRST_NS_FIELD + kind].name;
}

/* Whether its users are called what the viewer calls them, and else whether anybody can tell. Who
 * has exited has no root directory any more, and so no names of its own. */
static enum tree_row_names names_of(const struct snapshot *snapshot, const struct process *process)
{
	const struct edge *user = &process->ns[NS_USER], *mnt = &process->ns[NS_MNT];
	const ino_t *viewer = snapshot->origin.viewer;
	if (!mnt->to && mnt->why == 0)
		return NAMES_OURS;
	if (!user->to || !mnt->to)
		return NAMES_UNKNOWN;
	bool ours = user->to->ino == viewer[NS_USER] && mnt->to->ino == viewer[NS_MNT];
	return ours ? NAMES_OURS : NAMES_OF_WITNESS;
}

static const struct process *const *as_process(const void *pointer)
{
	return pointer;
}

static int compare_homes(const void *a, const void *b)
{
	static const enum ns_kind kinds[] = { NS_USER, NS_MNT };
	const struct process *x = *as_process(a), *y = *as_process(b);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct ns *left = x->ns[kinds[i]].to, *right = y->ns[kinds[i]].to;
		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}

static int compare_witnesses(const void *a, const void *b)
{
	const struct process *x = *as_process(a), *y = *as_process(b);
	int order = compare_homes(a, b);
	return order ? order : (x->pid > y->pid) - (x->pid < y->pid);
}

/* The first one in its mount namespace, if that has the same user namespace; it mostly has. */
static const struct process *plain_witness(const struct process *process)
{
	const struct process *first = ns_first(process->ns[NS_MNT].to);
	return first->ns[NS_USER].to == process->ns[NS_USER].to ? first : NULL;
}

/* Of the others, the one with the lowest number among those with the same two namespaces. */
static size_t list_witnesses(const struct snapshot *snapshot, const struct process **list)
{
	size_t n_all = 0, n = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		if (names_of(snapshot, process) == NAMES_OF_WITNESS && !plain_witness(process))
			list[n_all++] = process;
	}
	if (n_all)
		qsort(list, n_all, sizeof(*list), compare_witnesses);
	for (size_t i = 0; i < n_all; i++)
		if (n == 0 || compare_homes(&list[i], &list[n - 1]) != 0)
			list[n++] = list[i];
	return n;
}

/*
 * To look at the root directory of every process costs more than all else together. So the first
 * one tells for all that have the same user and mount namespace; who of these has another root
 * directory only NSUSER tells.
 */
static void find_witnesses(struct tree_rows *rows, const struct snapshot *snapshot)
{
	_cleanup_(freep) const struct process **list =
		xcalloc(snapshot->n_processes, sizeof(*list));
	size_t n = list_witnesses(snapshot, list);
	for (size_t i = 0; i < rows->n; i++) {
		struct tree_row *row = &rows->items[i];
		const struct process *process = row->item->process;
		if (row->names != NAMES_OF_WITNESS)
			continue;
		row->witness = plain_witness(process);
		if (!row->witness)
			row->witness = *as_process(
				bsearch(&process, list, n, sizeof(*list), compare_homes));
	}
}

void tree_rows_fill(struct tree_rows *rows, const struct snapshot *snapshot,
		    const struct proctree *tree)
{
	rows->n = tree->n;
	rows->rows = xcalloc(tree->n, sizeof(*rows->rows));
	rows->items = xcalloc(tree->n, sizeof(*rows->items));
	for (size_t i = 0; i < tree->n; i++) {
		const struct proctree_item *item = tree->rows[i].item;
		rows->rows[i] = tree->rows[i];
		rows->rows[i].item = &rows->items[i];
		rows->items[i] = (struct tree_row){
			.item = item,
			.all = rows,
			.depth = tree->rows[i].depth,
			.names = item->process ? names_of(snapshot, item->process) : NAMES_OURS,
		};
	}
	find_witnesses(rows, snapshot);
}

void tree_rows_clear(struct tree_rows *rows)
{
	free(rows->rows);
	free(rows->items);
}

/* Processes and what is wanted of each, for details_take(). */
struct wishes {
	const struct process **processes;
	unsigned *facts;
	size_t n;
};

static void wishes_clear(struct wishes *wishes)
{
	free(wishes->processes);
	free(wishes->facts);
}

static void add_wish(struct wishes *wishes, const struct process *process, unsigned facts)
{
	wishes->processes[wishes->n] = process;
	wishes->facts[wishes->n++] = facts;
}

/* What is only drawn at some of the rows is only read of those. */
int tree_rows_take_details(const struct tree_rows *rows, const struct field_list *fields,
			   const struct details **ret, struct error *err)
{
	const bool commands = field_list_has(fields, "COMMAND");
	const bool containers = commands && !rows->plain;
	const bool names = field_list_has(fields, "USER") && !rows->plain;
	_cleanup_(wishes_clear) struct wishes wishes = {
		.processes = xcalloc(2 * rows->n, sizeof(*wishes.processes)),
		.facts = xcalloc(2 * rows->n, sizeof(*wishes.facts)),
	};
	const struct process *last = NULL;
	for (size_t i = 0; i < rows->n; i++) {
		const struct tree_row *row = &rows->items[i];
		if (!row->item->process)
			continue;
		add_wish(&wishes, row->item->process,
			 containers && row->item->border.kinds ? DETAIL_CONTAINER : 0);
		if (names && row->witness && row->witness != last) {
			add_wish(&wishes, row->witness, DETAIL_NSUSERS);
			last = row->witness;
		}
	}
	const struct detail_wish wish = {
		.facts = field_list_details(fields) |
			 (commands && rows->arguments ? DETAIL_CMDLINE : 0),
		.of_each = wishes.facts,
	};
	return details_take(wishes.processes, wishes.n, &wish, ret, err);
}
