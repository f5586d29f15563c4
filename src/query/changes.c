/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void changes_clear(struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		free(changes->items[i].was_with);
		free(changes->items[i].now_with);
	}
	free(TAKE(changes->items));
}

void changes_add(struct changes *changes, const struct change *change)
{
	changes->items =
		xgrow(changes->items, changes->n, &changes->capacity, sizeof(*changes->items));
	changes->items[changes->n++] = *change;
}

int changes_verdict(const struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		if (changes->items[i].type <= CHANGE_MOVED)
			return 1;
	return changes->n || changes->n_unknown ? -ENODATA : 0;
}

int changes_check(const struct snapshot *before, const struct snapshot *after, struct error *err)
{
	const struct origin *a = &before->origin, *b = &after->origin;
	if (!a->boot_id || !b->boot_id || strcmp(a->boot_id, b->boot_id) != 0)
		return error_set(err, EINVAL,
				 "these are not of the same boot of one system: they can only be "
				 "compared --by=container");
	if (a->viewer[NS_PID] != b->viewer[NS_PID])
		return error_set(err, EINVAL,
				 "these were taken in different pid namespaces, which number "
				 "processes otherwise: they can only be compared --by=container");
	return 0;
}

struct pair {
	const struct snapshot *before, *after;
	unsigned kinds;
	bool processes_too;
	bool all_before, all_after; /* nothing was hidden from it */
	struct changes *changes;
};

static bool is_same_process(const struct process *a, const struct process *b)
{
	return a->pid == b->pid && a->start == b->start && a->start != START_UNKNOWN;
}

/* Both lists are by pid. */
static bool have_common(const struct process *const *a, size_t n_a, const struct process *const *b,
			size_t n_b)
{
	for (size_t i = 0, j = 0; i < n_a && j < n_b;) {
		if (is_same_process(a[i], b[j]))
			return true;
		if (a[i]->pid <= b[j]->pid)
			i++;
		else
			j++;
	}
	return false;
}

int changes_same_ns(const struct snapshot *before, const struct ns *was,
		    const struct snapshot *after, const struct ns *now)
{
	if (was->kind != now->kind || was->ino != now->ino)
		return 0;
	if (was->id && now->id)
		return was->id == now->id;
	if (snapshot_is_initial(before, was) == 1 && snapshot_is_initial(after, now) == 1)
		return 1;
	bool common = have_common(was->members, was->n_members, now->members, now->n_members) ||
		      have_common(was->thread_members, was->n_thread_members, now->thread_members,
				  now->n_thread_members);
	return common ? 1 : -ENODATA;
}

static bool is_known(const struct edge *edge)
{
	return edge->to || edge->why == 0;
}

/* Of a process that is in both: where it is in one namespace by number, that is the same one, as
 * the process itself is in it in both, unless ids tell otherwise. Who has ended is in none, and has
 * not moved. */
static bool has_moved(const struct ns *was, const struct ns *now)
{
	if (!was || !now)
		return false;
	return was->ino != now->ino || (was->id && now->id && was->id != now->id);
}

static void compare_process(struct pair *pair, const struct process *before,
			    const struct process *after)
{
	bool unknown = false;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		const struct edge *was = &before->ns[kind], *now = &after->ns[kind];
		if (!(pair->kinds >> kind & 1))
			continue;
		unknown |= !is_known(was) || !is_known(now);
		if (!is_known(was) || !is_known(now) || !has_moved(was->to, now->to))
			continue;
		const struct change change = { .type = CHANGE_MOVED,
					       .kind = kind,
					       .was = was->to,
					       .now = now->to,
					       .before = before,
					       .after = after };
		changes_add(pair->changes, &change);
	}
	pair->changes->n_unknown += unknown;
}

/* Mounted with hidepid, /proc does not list all processes. */
static bool lists_all(const struct snapshot *snapshot)
{
	static const char hidden[] = "/proc (hidepid";
	for (size_t i = 0; i < snapshot->n_gaps; i++)
		if (strncmp(snapshot->gaps[i].source, hidden, sizeof(hidden) - 1) == 0)
			return false;
	return true;
}

static void add_process(struct pair *pair, const struct process *before,
			const struct process *after)
{
	struct change change = { .kind = NS_KIND_COUNT, .before = before, .after = after };
	if (!pair->processes_too)
		return;
	if (after)
		change.type = lists_all(pair->before) ? CHANGE_CAME : CHANGE_MAYBE_CAME;
	else
		change.type = lists_all(pair->after) ? CHANGE_WENT : CHANGE_MAYBE_WENT;
	changes_add(pair->changes, &change);
}

static const struct process *leader_from(const struct snapshot *snapshot, size_t *i)
{
	for (; *i < snapshot->n_processes; (*i)++)
		if (snapshot->processes[*i]->pid == snapshot->processes[*i]->tgid)
			return snapshot->processes[*i];
	return NULL;
}

/* Threads are recorded where they differ from their leader, so that one which is not there has
 * neither come nor gone. */
static void compare_processes(struct pair *pair)
{
	size_t i = 0, j = 0;
	for (;;) {
		const struct process *a = leader_from(pair->before, &i);
		const struct process *b = leader_from(pair->after, &j);
		if (!a && !b)
			return;
		bool both = a && b && a->pid == b->pid;
		if (both && is_same_process(a, b)) {
			compare_process(pair, a, b);
		} else if (both && (a->start == START_UNKNOWN || b->start == START_UNKNOWN)) {
			pair->changes->n_unknown++;
		} else {
			if (a && (both || !b || a->pid < b->pid))
				add_process(pair, a, NULL);
			if (b && (both || !a || b->pid < a->pid))
				add_process(pair, NULL, b);
		}
		bool next_a = a && (!b || a->pid <= b->pid), next_b = b && (!a || b->pid <= a->pid);
		i += next_a;
		j += next_b;
	}
}

static void add_ns(struct pair *pair, enum change_type type, const struct ns *was,
		   const struct ns *now)
{
	const struct change change = {
		.type = type,
		.kind = was ? was->kind : now->kind,
		.was = was,
		.now = now,
		.before = was ? ns_first(was) : NULL,
		.after = now ? ns_first(now) : NULL,
	};
	changes_add(pair->changes, &change);
}

/* A number is given again: that one is there in both, and another one, is two changes. */
static void compare_ns(struct pair *pair, const struct ns *was, const struct ns *now)
{
	int same = was && now ? changes_same_ns(pair->before, was, pair->after, now) : 0;
	if (same < 0)
		add_ns(pair, CHANGE_UNKNOWN, was, now);
	if (same != 0)
		return;
	bool reused = was && now;
	if (was)
		add_ns(pair, reused || pair->all_after ? CHANGE_WENT : CHANGE_MAYBE_WENT, was,
		       NULL);
	if (now)
		add_ns(pair, reused || pair->all_before ? CHANGE_CAME : CHANGE_MAYBE_CAME, NULL,
		       now);
}

static void compare_namespaces(struct pair *pair)
{
	for (size_t i = 0; i < pair->before->n_namespaces; i++) {
		const struct ns *was = pair->before->namespaces[i];
		if (pair->kinds >> was->kind & 1)
			compare_ns(pair, was, snapshot_find_ns(pair->after, was->kind, was->ino));
	}
	for (size_t i = 0; i < pair->after->n_namespaces; i++) {
		const struct ns *now = pair->after->namespaces[i];
		if (pair->kinds >> now->kind & 1 &&
		    !snapshot_find_ns(pair->before, now->kind, now->ino))
			compare_ns(pair, NULL, now);
	}
}

void changes_find(const struct snapshot *before, const struct snapshot *after, unsigned kinds,
		  bool processes_too, struct changes *changes)
{
	struct pair pair = {
		.before = before,
		.after = after,
		.kinds = kinds,
		.processes_too = processes_too,
		.all_before = snapshot_is_complete(before),
		.all_after = snapshot_is_complete(after),
		.changes = changes,
	};
	compare_processes(&pair);
	compare_namespaces(&pair);
}
