/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "columns.h"

#include <string.h>

#include "util/alloc.h"

const char *kind_color(enum ns_kind kind)
{
	static const char *const colors[NS_KIND_COUNT] = {
		[NS_CGROUP] = "brown", [NS_IPC] = "darkgray",	  [NS_MNT] = "green",
		[NS_NET] = "cyan",     [NS_PID] = "magenta",	  [NS_TIME] = "lightblue",
		[NS_USER] = "red",     [NS_UTS] = "lightmagenta",
	};
	return colors[kind];
}

struct value edge_value(const struct edge *edge)
{
	if (edge->to)
		return value_number(edge->to->ino);
	return edge->why == 0 ? value_none() : value_unknown();
}

/* What was read of a network namespace; NULL, with *RET saying what stands instead. */
static const struct net_detail *net_of(const struct view *view, const struct ns *ns,
				       struct value *ret)
{
	*ret = ns && ns->kind != NS_NET ? value_none() : value_unknown();
	return ns ? details_find_net(view->details, ns) : NULL;
}

struct value ns_netnsid(const struct view *view, const struct ns *ns)
{
	struct value other;
	const struct net_detail *net = net_of(view, ns, &other);
	if (!net || !net->has_netnsid)
		return other;
	return net->netnsid == NETNSID_NONE ? value_none() : value_number(net->netnsid);
}

struct value ns_interfaces(const struct view *view, const struct ns *ns)
{
	struct value other;
	const struct net_detail *net = net_of(view, ns, &other);
	if (!net || !net->has_interfaces)
		return other;
	struct value *names = xcalloc(net->n_interfaces, sizeof(*names));
	size_t n = 0;
	for (size_t at = 0; at < net->n_interfaces; at += names[n++].n + 1)
		names[n] = value_string(net->interfaces + at);
	return value_array(names, n);
}

/* As ps and ls do: a number for who has no name. */
static struct value user_value(uid_t uid, const char *name)
{
	if (name)
		return value_string(name);
	char *number = xasprintf("%u", uid);
	return value_take(number, strlen(number));
}

struct value process_user(const struct view *view, const struct process *process)
{
	if (process->uid == UID_UNKNOWN)
		return value_unknown();
	const struct id_name *user = details_user(view->details, process->uid);
	return user_value(process->uid, user ? user->name : NULL);
}

struct value process_nsuser(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	if (!detail || !detail->has_nsuid)
		return value_unknown();
	if (detail->nsuid == UID_UNKNOWN)
		return value_none();
	return user_value(detail->nsuid, detail->nsuser);
}

struct value process_container(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	if (!detail || !detail->has_container)
		return value_unknown();
	if (!detail->container)
		return value_none();
	char *label = container_label(detail->container);
	return value_take(label, strlen(label));
}

/* Kernel threads and zombies have no command line: their name, in brackets, as ps has it. */
static struct value name_in_brackets(const struct process *process)
{
	if (!process->comm)
		return value_unknown();
	char *text = xasprintf("[%s]%s", process->comm, process->state == 'Z' ? " <defunct>" : "");
	return value_take(text, strlen(text));
}

struct value process_command(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	if (!detail || !detail->has_cmdline || detail->n_cmdline == 0)
		return name_in_brackets(process);
	char *text = xmalloc(detail->n_cmdline + 1);
	for (size_t i = 0; i < detail->n_cmdline; i++)
		text[i] = detail->cmdline[i] ? detail->cmdline[i] : ' ';
	text[detail->n_cmdline] = 0;
	return value_take(text, detail->n_cmdline);
}
