/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "query/compare.h"
#include "util/alloc.h"

/* The words are those of nstools(7), NAMESPACES. */
static const char *const shared_means[NS_KIND_COUNT] = {
	[NS_CGROUP] = "cgroup paths start from the same root: a cgroup has one path for both",
	[NS_IPC] = "they see the same System V IPC objects and POSIX message queues",
	[NS_MNT] = "they have the same mounts: what one mounts is there for the other too, "
		   "if that lies below its root directory",
	[NS_NET] = "they see the same network: a port bound by one is reachable by the other on "
		   "localhost",
	[NS_PID] = "processes have the same numbers for both",
	[NS_TIME] = "their monotonic and boot clocks show the same",
	[NS_USER] = "an id is the same user or group for both, and capabilities count towards the "
		    "same namespaces",
	[NS_UTS] = "they have one host name and domain name: who sets it sets it for both",
};

static const char *const apart_means[NS_KIND_COUNT] = {
	[NS_CGROUP] = "each has a root of its own that cgroup paths start from",
	[NS_IPC] = "neither sees the System V IPC objects and POSIX message queues of the other",
	[NS_MNT] = "each has mounts of its own: what one mounts the other does not get, "
		   "unless it propagates",
	[NS_NET] = "each has interfaces, addresses, routes and ports of its own: "
		   "localhost is another network for each",
	[NS_PID] = "processes have other numbers for each",
	[NS_TIME] = "each has offsets of its own for the monotonic and boot clocks",
	[NS_USER] = "each has user and group ids and capabilities of its own",
	[NS_UTS] = "each has a host name and domain name of its own",
};

struct pair {
	const struct comparison *comparison;
	const struct process *processes[2];
	const struct ns *ns[2];
	const struct called *called[2];
};

/* "docker:chal", where something is in there; else the namespace: "pid:[4026532257]". */
static char *inside(const struct pair *pair, int side, enum ns_kind kind)
{
	if (pair->called[side]->container)
		return xstrdup(pair->called[side]->name);
	return xasprintf("%s:[%ju]", ns_kind_name(kind), (uintmax_t)pair->ns[side]->ino);
}

/* Where in the sentence something is: "here" is what the viewer sees himself. */
static char *place(const struct pair *pair, int side, enum ns_kind kind)
{
	const struct ns *ns = pair->ns[side];
	if (ns && ns->ino == pair->comparison->snapshot->origin.viewer[kind])
		return xstrdup("here");
	return xasprintf("for %s", pair->called[side]->name);
}

static bool is_below(const struct ns *ns, const struct ns *above)
{
	return ns && above && ns != above && ns_is_within(ns, above);
}

/* "PID 1 in docker:chal is 12601 here": INNER is below the other one. */
static char *explain_inner_pids(const struct pair *pair, int inner)
{
	const struct snapshot *snapshot = pair->comparison->snapshot;
	const struct ns *outside = pair->ns[!inner];
	const struct process *init;
	size_t level;
	_cleanup_(freep) char *where = place(pair, !inner, NS_PID);
	_cleanup_(freep) char *in = inside(pair, inner, NS_PID);
	if (pid_find(snapshot, pair->ns[inner], 1, &init) == 0 &&
	    pid_level_in(snapshot, init, outside, &level) == 0)
		return xasprintf("PID 1 in %s is %d %s; who is outside has no number in there", in,
				 init->pids[level], where);
	return xasprintf("processes in %s have other numbers %s; who is outside has none in there",
			 in, where);
}

/* That one is below the other, and neither is, can only be told where all between is known. */
static char *explain_pids(const struct pair *pair)
{
	if (is_below(pair->ns[1], pair->ns[0]))
		return explain_inner_pids(pair, 1);
	if (is_below(pair->ns[0], pair->ns[1]))
		return explain_inner_pids(pair, 0);
	if (pair->processes[0]->n_pids > 1 && pair->processes[1]->n_pids > 1 && pair->ns[0] &&
	    pair->ns[1])
		return xstrdup("neither has numbers for the processes of the other");
	return xstrdup(apart_means[NS_PID]);
}

/* The id that is looked at: root's, else the first one that is mapped. */
static bool first_id(const struct ns *ns, uint32_t *ret)
{
	const struct idmap *map = &ns->uids;
	*ret = map->n ? map->ranges[0].inside : 0;
	for (size_t i = 0; i < map->n; i++)
		if (map->ranges[i].inside == 0)
			*ret = 0;
	return map->n;
}

/* "uid 0 in docker:chal is uid 100000 here": from the one that is below, or else the other. */
static char *explain_users(const struct pair *pair)
{
	const struct snapshot *snapshot = pair->comparison->snapshot;
	const struct ns *viewer =
		snapshot_find_ns(snapshot, NS_USER, snapshot->origin.viewer[NS_USER]);
	int from = is_below(pair->ns[0], pair->ns[1]) ? 0 : 1;
	const struct ns *inner = pair->ns[from], *outer = pair->ns[!from];
	uint32_t id, seen;
	if (!viewer || !inner || !outer)
		return xstrdup(apart_means[NS_USER]);
	_cleanup_(freep) char *in = inside(pair, from, NS_USER);
	if (!first_id(inner, &id))
		return inner->uids.why ? xstrdup(apart_means[NS_USER])
				       : xasprintf("no id is mapped in %s", in);
	_cleanup_(freep) char *where = place(pair, !from, NS_USER);
	switch (id_translate(viewer, inner, outer, ID_UID, id, &seen)) {
	case 0:
		return xasprintf("uid %" PRIu32 " in %s is uid %" PRIu32 " %s", id, in, seen,
				 where);
	case ID_UNMAPPED:
		return xasprintf("uid %" PRIu32 " in %s is no user %s", id, in, where);
	}
	return xstrdup(apart_means[NS_USER]);
}

static char *explain_hosts(const struct pair *pair, const struct details *details)
{
	const char *names[2];
	for (int side = 0; side < 2; side++) {
		const struct detail *detail = details_find(details, pair->processes[side]);
		names[side] = detail ? detail->hostname : NULL;
	}
	if (!names[0] || !names[1])
		return xstrdup(apart_means[NS_UTS]);
	_cleanup_(freep) char *where = place(pair, 0, NS_UTS);
	return xasprintf("the host name is '%s' %s, and '%s' for %s", names[0], where, names[1],
			 pair->called[1]->name);
}

static char *explain_nothing(const struct comparison *comparison, enum ns_kind kind, size_t i,
			     const struct called *called[2])
{
	bool first = comparison_cell(comparison, kind, 0)->none;
	bool other = comparison_cell(comparison, kind, i)->none;
	const struct process *process = comparison->processes[first ? 0 : i];
	if (first && other && process->state != 'Z')
		return xasprintf("this kernel has no %s namespaces", ns_kind_name(kind));
	if (first && other)
		return xstrdup("both have ended, and left it");
	return xasprintf("%s has ended, and left it", called[first ? 0 : 1]->name);
}

char *comparison_explain(const struct comparison *comparison, const struct details *details,
			 enum ns_kind kind, size_t i, const struct called *called_first,
			 const struct called *called_other)
{
	const struct shared *first = comparison_cell(comparison, kind, 0);
	const struct shared *other = comparison_cell(comparison, kind, i);
	const struct called *called[] = { called_first, called_other };
	const struct pair pair = {
		.comparison = comparison,
		.processes = { comparison->processes[0], comparison->processes[i] },
		.ns = { first->ns, other->ns },
		.called = { called_first, called_other },
	};
	if (first->none || other->none)
		return explain_nothing(comparison, kind, i, called);
	if (other->share == SHARE_UNKNOWN)
		return xasprintf("unknown: the namespaces of %s could not be read",
				 called[first->ns ? 1 : 0]->name);
	if (other->share == SHARE_SAME)
		return xstrdup(shared_means[kind]);
	switch (kind) {
	case NS_PID:
		return explain_pids(&pair);
	case NS_USER:
		return explain_users(&pair);
	case NS_UTS:
		return explain_hosts(&pair, details);
	default:
		return xstrdup(apart_means[kind]);
	}
}
