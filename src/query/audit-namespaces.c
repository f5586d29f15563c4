/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "query/auditing.h"
#include "query/query.h"
#include "util/alloc.h"

/* That of the initial user namespace has all ids, as they are; others may have such a one too. It
 * looks so to who is in there. */
static bool has_other_map(const struct auditing *auditing)
{
	const struct origin *origin = &auditing->system->snapshot->origin;
	const struct idmap *map = &auditing->exposure->map;
	if (map->why || origin->viewer[NS_USER] != origin->initial[NS_USER])
		return false;
	return map->n != 1 || map->ranges[0].inside != 0 || map->ranges[0].outside != 0 ||
	       map->ranges[0].count != UINT32_MAX;
}

enum answer is_host_ns(const struct auditing *auditing, enum ns_kind kind)
{
	const struct snapshot *snapshot = auditing->system->snapshot;
	const struct ns *ns = process_ns(snapshot, auditing->process, kind);
	int initial = ns ? snapshot_is_initial(snapshot, ns) : -ENODATA;
	if (initial >= 0)
		return initial ? ANSWER_YES : ANSWER_NO;
	/* With numbers in two pid namespaces it is below the viewer's. */
	if (kind == NS_PID && auditing->process->n_pids > 1)
		return ANSWER_NO;
	if (kind == NS_USER && has_other_map(auditing))
		return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

/* "net:[4026531833]" */
static char *ns_evidence(const struct auditing *auditing, enum ns_kind kind)
{
	const struct ns *ns = process_ns(auditing->system->snapshot, auditing->process, kind);
	return ns ? xasprintf("%s:[%ju]", ns_kind_name(kind), (uintmax_t)ns->ino) : NULL;
}

/* "uid_map 0 0 4294967295", its first line. */
static char *map_evidence(const struct auditing *auditing)
{
	const struct idmap *map = &auditing->exposure->map;
	if (!map->n)
		return ns_evidence(auditing, NS_USER);
	return xasprintf("uid_map %u %u %u%s", map->ranges[0].inside, map->ranges[0].outside,
			 map->ranges[0].count, map->n > 1 ? " …" : "");
}

static void say_host_ns(struct auditing *auditing, enum ns_kind kind, struct grade grade,
			char *evidence, const char *text)
{
	const struct edge *edge = &auditing->process->ns[kind];
	switch (is_host_ns(auditing, kind)) {
	case ANSWER_NO:
		free(evidence);
		return;
	case ANSWER_YES:
		audit_say(auditing, grade, evidence, "%s", text);
		return;
	case ANSWER_UNKNOWN:
		break;
	}
	free(evidence);
	if (!edge->to && edge->why == 0)
		return; /* it has exited, and left it */
	_cleanup_(freep) char *what = xasprintf(edge->to ? "whether its %s namespace is the host's"
							 : "its %s namespace could not be read",
						ns_kind_name(kind));
	audit_unknown(auditing, edge->to ? ENODATA : edge->why, what);
}

static void check_host(struct auditing *auditing, enum ns_kind kind, struct grade grade,
		       const char *text)
{
	say_host_ns(auditing, kind, grade, ns_evidence(auditing, kind), text);
}

void check_cgroup_host(struct auditing *auditing)
{
	check_host(auditing, NS_CGROUP, grade(LEVEL_LOW), "sees the host's cgroup tree");
}

void check_ipc_host(struct auditing *auditing)
{
	check_host(auditing, NS_IPC, grade(LEVEL_MEDIUM),
		   "shares System V IPC and POSIX message queues with the host");
}

void check_mnt_host(struct auditing *auditing)
{
	check_host(auditing, NS_MNT, grade_by(auditing->power.root, LEVEL_CRITICAL, LEVEL_HIGH),
		   "has the host's mounts");
}

void check_net_host(struct auditing *auditing)
{
	const uint64_t caps = BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW);
	enum answer has = has_capability(auditing, caps);
	check_host(auditing, NS_NET, grade_by(has, LEVEL_HIGH, LEVEL_MEDIUM),
		   has == ANSWER_YES
			   ? "uses the host's network, and may listen to it or change it"
			   : "uses the host's network: its localhost, its abstract sockets");
}

void check_pid_host(struct auditing *auditing)
{
	enum answer may = answer_or(auditing->power.root, has_capability(auditing, BIT(CAP_KILL)));
	/* All processes are looked at for that. */
	bool asks = may != ANSWER_YES && is_host_ns(auditing, NS_PID) == ANSWER_YES;
	check_host(auditing, NS_PID,
		   grade_by(may, LEVEL_HIGH, asks ? grade_others(auditing) : LEVEL_MEDIUM),
		   may == ANSWER_YES ? "sees all processes of the host, and may signal them"
				     : "sees all processes of the host");
}

void check_time_host(struct auditing *auditing)
{
	check_host(auditing, NS_TIME, grade(LEVEL_INFO), "has the host's time since boot");
}

void check_uts_host(struct auditing *auditing)
{
	enum answer may = has_capability(auditing, BIT(CAP_SYS_ADMIN));
	check_host(auditing, NS_UTS, grade_by(may, LEVEL_MEDIUM, LEVEL_LOW),
		   may == ANSWER_YES ? "may change the host's name" : "has the host's name");
}

void check_user_host(struct auditing *auditing)
{
	say_host_ns(auditing, NS_USER, grade_by(auditing->power.root, LEVEL_MEDIUM, LEVEL_LOW),
		    map_evidence(auditing), "root in there is root on the host");
}

/* Where it is the host's user namespace, that says it already. */
void check_root_mapped(struct auditing *auditing)
{
	const struct power *power = &auditing->power;
	if (power->initial_user == ANSWER_YES || power->has_root == ANSWER_NO)
		return;
	if (power->has_root == ANSWER_UNKNOWN)
		audit_unknown(auditing,
			      auditing->exposure->map.why ? auditing->exposure->map.why : ENODATA,
			      "whether a user in there is the host's root");
	else
		audit_say(auditing, grade_by(power->root, LEVEL_MEDIUM, LEVEL_LOW),
			  map_evidence(auditing),
			  "a user in there is root on the host, user namespace or not");
}

/* Other containers that are met in namespaces of one. */
struct sharer {
	const struct container *container;
	unsigned kinds; /* bits 1 << enum ns_kind */
};

struct sharers {
	size_t n, capacity;
	struct sharer *items;
};

static void note_sharer(struct sharers *sharers, const struct container *container,
			enum ns_kind kind)
{
	for (size_t i = 0; i < sharers->n; i++) {
		if (sharers->items[i].container == container) {
			sharers->items[i].kinds |= 1u << kind;
			return;
		}
	}
	sharers->items =
		xgrow(sharers->items, sharers->n, &sharers->capacity, sizeof(*sharers->items));
	sharers->items[sharers->n++] = (struct sharer){ container, 1u << kind };
}

/* The host's own namespaces are shared with all. */
static void find_sharers(const struct auditing *auditing, unsigned kinds, struct sharers *sharers)
{
	const struct audit_system *system = auditing->system;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct ns *ns = auditing->process->ns[kind].to;
		if (!(kinds >> kind & 1) || !ns || is_host_ns(auditing, kind) != ANSWER_NO)
			continue;
		for (size_t i = 0; i < ns->n_members; i++) {
			const struct detail *detail = details_find(system->details, ns->members[i]);
			if (detail && detail->container &&
			    detail->container != auditing->subject->container)
				note_sharer(sharers, detail->container, kind);
		}
	}
}

static char *list_kinds(unsigned kinds)
{
	char *list = xstrdup("");
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (kinds >> kind & 1)
			list = xappend(list, " ", ns_kind_name(kind));
	}
	return list;
}

/* Those that are nested in each other share on purpose, and which of them are, OUTER tells. */
static void say_sharers(struct auditing *auditing, unsigned kinds, enum audit_level level)
{
	struct sharers sharers = { 0 };
	if (auditing->subject->container)
		find_sharers(auditing, kinds, &sharers);
	for (size_t i = 0; i < sharers.n; i++) {
		_cleanup_(freep) char *label = container_label(sharers.items[i].container);
		_cleanup_(freep) char *list = list_kinds(sharers.items[i].kinds);
		audit_say(auditing, grade(level), NULL, "shares %s with %s", list, label);
	}
	free(sharers.items);
}

void check_shared(struct auditing *auditing)
{
	say_sharers(auditing, ((1u << NS_KIND_COUNT) - 1) & ~(1u << NS_USER), LEVEL_INFO);
}

void check_user_shared(struct auditing *auditing)
{
	say_sharers(auditing, 1u << NS_USER, LEVEL_LOW);
}
