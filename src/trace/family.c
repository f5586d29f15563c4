/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/family.h"

#include <sys/pidfd.h>

#include "collect/listing.h"
#include "util/alloc.h"
#include "util/procfile.h"
#include "util/sort.h"

struct kin {
	pid_t ppid, pid; /* sorted by the first */
	uint64_t start;
};

struct search {
	int proc;
	size_t n_kin;
	struct kin *kin;
	size_t n_queue; /* whose children are looked up, those who were given first */
	pid_t *queue;
};

static int read_kin(int proc, pid_t pid, struct kin *ret)
{
	struct proc_stat stat;
	_cleanup_(closep) int dir = proc_open_pid(proc, pid);
	int r = dir < 0 ? dir : proc_read_stat(dir, &stat);
	if (r == 0)
		*ret = (struct kin){ .ppid = stat.ppid, .pid = pid, .start = stat.start };
	return r;
}

static int list_kin(struct search *search, struct error *err)
{
	_cleanup_(listing_clear) struct listing listing;
	listing_begin(&listing, search->proc);
	int r = listing_end(&listing, err);
	if (r < 0)
		return r;
	search->kin = xcalloc(listing.n, sizeof(*search->kin));
	for (size_t i = 0; i < listing.n; i++)
		if (read_kin(search->proc, listing.pids[i], &search->kin[search->n_kin]) == 0)
			search->n_kin++;
	qsort(search->kin, search->n_kin, sizeof(*search->kin), compare_pids);
	return 0;
}

/* The first one whose parent is that: where it would be, if there is none. */
static size_t first_child(const struct search *search, pid_t parent)
{
	size_t low = 0, high = search->n_kin;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (search->kin[middle].ppid < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_given(const struct search *search, pid_t pid, size_t n_targets)
{
	for (size_t i = 0; i < n_targets; i++)
		if (search->queue[i] == pid)
			return true;
	return false;
}

/* Whoever has its number now may be somebody else. */
static int visit(const struct search *search, const struct kin *kin,
		 int (*take)(void *who, const struct trace_target *member), void *who)
{
	struct kin now;
	_cleanup_(closep) int pidfd = pidfd_open(kin->pid, 0);
	if (pidfd < 0 || read_kin(search->proc, kin->pid, &now) < 0 || now.start != kin->start)
		return 0;
	const struct trace_target member = { .pid = kin->pid, .pidfd = pidfd };
	return take(who, &member);
}

int family_visit(int proc, const struct trace_target *targets, size_t n_targets,
		 int (*take)(void *who, const struct trace_target *member), void *who,
		 struct error *err)
{
	struct search search = { .proc = proc };
	int r = list_kin(&search, err);
	_cleanup_(freep) struct kin *kin = search.kin;
	if (r < 0)
		return r;
	_cleanup_(freep) pid_t *queue = search.queue =
		xcalloc(n_targets + search.n_kin, sizeof(*queue));
	while (search.n_queue < n_targets) {
		queue[search.n_queue] = targets[search.n_queue].pid;
		search.n_queue++;
	}
	for (size_t at = 0; at < search.n_queue; at++) {
		for (size_t i = first_child(&search, queue[at]);
		     i < search.n_kin && kin[i].ppid == queue[at]; i++) {
			/* Nor do we follow ourselves. */
			if (is_given(&search, kin[i].pid, n_targets) || kin[i].pid == getpid())
				continue;
			queue[search.n_queue++] = kin[i].pid;
			r = visit(&search, &kin[i], take, who);
			if (r < 0)
				return error_errno(err, -r, "cannot follow %d", kin[i].pid);
		}
	}
	return 0;
}
