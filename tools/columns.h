/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "render/field.h"

/* The color of a kind, wherever it is told apart from others. */
const char *kind_color(enum ns_kind kind);

/* The inode number of a namespace; none: there is none. */
struct value edge_value(const struct edge *edge);

/* What a column says of a network namespace, and none of other kinds: the id that ours has for it,
 * and the interfaces in it. NS may be NULL: nobody knows which one. Take DETAIL_NETNSID and
 * DETAIL_INTERFACES. */
struct value ns_netnsid(const struct view *view, const struct ns *ns);
struct value ns_interfaces(const struct view *view, const struct ns *ns);

/* What a column says of a process, in whichever tool. */

/* The name of its effective user, else the number. Takes FACT_STAT, DETAIL_USERS. */
struct value process_user(const struct view *view, const struct process *process);

/* The same as the process itself sees it; none: its user namespace does not map it. Takes
 * FACT_STAT, FACT_IDMAPS, DETAIL_NSUSERS. */
struct value process_nsuser(const struct view *view, const struct process *process);

/* The container that it is in. Takes FACT_STAT, DETAIL_CONTAINER. */
struct value process_container(const struct view *view, const struct process *process);

/* Its command line, or [name]. Takes FACT_STAT, DETAIL_CMDLINE. */
struct value process_command(const struct view *view, const struct process *process);
