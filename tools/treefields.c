/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "treerows.h"

#include <stdio.h>
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
	return edge_value(&process->ns[kind]);
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
