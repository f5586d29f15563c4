/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/compare.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

/* What all threads of a process have in common, whatever they do: clone(2) with CLONE_THREAD,
 * unshare(2) and setns(2) refuse them others. */
#define COMMON_TO_THREADS (1u << NS_PID | 1u << NS_TIME | 1u << NS_USER)

/*
 * A process has as many numbers as there are pid namespaces from its own one up to that of the
 * /proc that shows it. Who has one number is in that itself; who has more of them than another one
 * is deeper; and two that are PID 1 on the same level are so in two namespaces. Of other numbers
 * that proves nothing in a saved snapshot: one process may have ended before the other one got its
 * number, but no namespace has a second PID 1.
 */
static enum share share_by_numbers(const struct process *a, const struct process *b)
{
	if (a->n_pids == 0 || b->n_pids == 0)
		return SHARE_UNKNOWN;
	if (a->n_pids != b->n_pids)
		return SHARE_DIFFERENT;
	for (size_t level = 1; level < a->n_pids; level++)
		if (a->pids[level] == 1 && b->pids[level] == 1)
			return SHARE_DIFFERENT;
	return a->n_pids == 1 ? SHARE_SAME : SHARE_UNKNOWN;
}

static enum share share_by_proof(const struct proof *proof, enum ns_kind kind)
{
	if (proof && proof->same >> kind & 1)
		return SHARE_SAME;
	return proof && proof->different >> kind & 1 ? SHARE_DIFFERENT : SHARE_UNKNOWN;
}

static bool is_in_none(const struct process *process, enum ns_kind kind)
{
	return !process->ns[kind].to && process->ns[kind].why == 0;
}

static enum share share_of(const struct process *a, const struct process *b, enum ns_kind kind,
			   const struct proof *proof)
{
	bool none_a = is_in_none(a, kind), none_b = is_in_none(b, kind);
	if (none_a || none_b)
		return none_a && none_b ? SHARE_NOTHING : SHARE_DIFFERENT;
	if (a == b || (a->tgid == b->tgid && COMMON_TO_THREADS >> kind & 1))
		return SHARE_SAME;
	if (a->ns[kind].to && b->ns[kind].to)
		return a->ns[kind].to == b->ns[kind].to ? SHARE_SAME : SHARE_DIFFERENT;
	enum share share = share_by_proof(proof, kind);
	return share == SHARE_UNKNOWN && kind == NS_PID ? share_by_numbers(a, b) : share;
}

/* Who does not tell its namespace is known to be in it if it is together with one who does. */
static void spread_ns(struct shared *cells, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!cells[0].ns && cells[i].share == SHARE_SAME)
			cells[0].ns = cells[i].ns;
	for (size_t i = 1; i < n; i++)
		if (!cells[i].ns && cells[i].share == SHARE_SAME)
			cells[i].ns = cells[0].ns;
}

/* And where somebody else is in the host's own, who is not there with him is elsewhere. */
static void find_host(const struct comparison *comparison, struct shared *cells, enum ns_kind kind)
{
	bool first_elsewhere = false;
	for (size_t i = 0; i < comparison->n; i++) {
		struct shared *cell = &cells[i];
		bool deeper = kind == NS_PID && comparison->processes[i]->n_pids > 1;
		cell->host = deeper || cell->none ? 0 : -ENODATA;
		if (cell->ns)
			cell->host = snapshot_is_initial(comparison->snapshot, cell->ns);
		first_elsewhere |= cell->host == 1 && cell->share == SHARE_DIFFERENT;
	}
	if (cells[0].host < 0 && first_elsewhere)
		cells[0].host = 0;
	for (size_t i = 1; i < comparison->n; i++)
		if (cells[i].host < 0 && cells[i].share == SHARE_DIFFERENT && cells[0].host == 1)
			cells[i].host = 0;
}

static void compare_kind(struct comparison *comparison, enum ns_kind kind)
{
	struct shared *cells = &comparison->cells[kind * comparison->n];
	const struct process *first = comparison->processes[0];
	for (size_t i = 0; i < comparison->n; i++) {
		const struct process *process = comparison->processes[i];
		const struct proof *proof = comparison->proofs ? &comparison->proofs[i] : NULL;
		cells[i] = (struct shared){
			.share = i ? share_of(first, process, kind, proof) : SHARE_SAME,
			.none = is_in_none(process, kind),
			.ns = process_ns(comparison->snapshot, process, kind),
		};
	}
	spread_ns(cells, comparison->n);
	find_host(comparison, cells, kind);
}

void comparison_make(struct comparison *comparison)
{
	comparison->cells = xcalloc(NS_KIND_COUNT * comparison->n, sizeof(*comparison->cells));
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		compare_kind(comparison, kind);
}

void comparison_clear(struct comparison *comparison)
{
	free(TAKE(comparison->cells));
}

const struct shared *comparison_cell(const struct comparison *comparison, enum ns_kind kind,
				     size_t i)
{
	return &comparison->cells[kind * comparison->n + i];
}

/* Two of them are in others, though the first may not tell in which one it is. */
static bool differ_besides(const struct shared *cells, size_t n)
{
	const struct ns *ns = NULL;
	for (size_t i = 0; i < n; i++) {
		if (ns && cells[i].ns && cells[i].ns != ns)
			return true;
		ns = cells[i].ns ? cells[i].ns : ns;
	}
	return false;
}

static int verdict_of(const struct shared *cells, size_t n)
{
	int verdict = 1;
	for (size_t i = 1; i < n; i++) {
		if (cells[i].share == SHARE_DIFFERENT)
			return 0;
		if (cells[i].share == SHARE_UNKNOWN)
			verdict = -ENODATA;
	}
	return verdict < 0 && differ_besides(cells, n) ? 0 : verdict;
}

int comparison_verdict(const struct comparison *comparison)
{
	int all = 1;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		int verdict = verdict_of(comparison_cell(comparison, kind, 0), comparison->n);
		if (!(comparison->kinds >> kind & 1) || verdict == 1)
			continue;
		if (verdict == 0)
			return 0;
		all = verdict;
	}
	return all;
}
