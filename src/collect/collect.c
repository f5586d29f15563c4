/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/collect.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/holders.h"

typedef int collect_fn(struct builder *builder, const struct scope *scope, int proc,
		       struct error *err);

static const struct collector {
	const char *name;
	collect_fn *collect;
} collectors[] = {
	{ "proc", proc_collect },
	{ "bpf", bpf_collect },
};

enum { PROC, BPF };

/*
 * From so many processes on, loading the BPF program costs less than reading links. Measured on
 * Linux 6.18: it loads in 5 to 9 ms and then takes some 2 us a process, /proc takes some 40.
 */
#define BPF_PAYS_FROM 250

bool collector_exists(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++)
		if (strcmp(collectors[i].name, name) == 0)
			return true;
	return false;
}

unsigned collect_facts(struct builder *builder, const struct scope *scope,
		       const struct process *process)
{
	bool first = false; /* to be found in some namespace, so that a list shows it */
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (process->ns[kind].to)
			first |= builder_ns_enter(builder, process->ns[kind].to, process->pid);
	return scope->facts | (first ? scope->first_facts : 0);
}

static bool same_namespaces(const struct process *a, const struct process *b)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (a->ns[kind].to != b->ns[kind].to)
			return false;
	return a->pid_for_children.to == b->pid_for_children.to &&
	       a->time_for_children.to == b->time_for_children.to;
}

bool collect_keeps_thread(const struct scope *scope, const struct process *thread,
			  const struct process *leader)
{
	if (scope->all_threads)
		return true;
	for (size_t i = 0; i < scope->n_tids; i++)
		if (scope->tids[i] == thread->pid)
			return true;
	return leader->unreadable ? !thread->unreadable : !same_namespaces(thread, leader);
}

/* Runs one collector: 0, COLLECT_UNSUPPORTED, -errno. */
static int run(const struct collector *collector, const struct scope *scope, int proc,
	       struct builder **ret, struct error *err)
{
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	_cleanup_(ns_ids_clear) struct ns_ids listed = { 0 };
	if (scope->holders)
		listns_read(&listed);
	origin_read(builder, proc);
	builder_origin(builder)->source = collector->name;
	int r = collector->collect(builder, scope, proc, err);
	if (r == 0 && scope->holders)
		r = holders_collect(builder, proc, err);
	if (r != 0)
		return r;
	listns_note_unheld(builder, &listed);
	if ((scope->facts | scope->first_facts) & FACT_IDMAPS)
		idmaps_collect(builder, scope, proc);
	*ret = TAKE(builder);
	return 0;
}

static int run_named(const struct scope *scope, int proc, struct builder **ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++) {
		if (strcmp(scope->source, collectors[i].name) != 0)
			continue;
		int r = run(&collectors[i], scope, proc, ret, err);
		if (r != COLLECT_UNSUPPORTED)
			return r;
		error_wrap(err, "--source=%s", scope->source);
		return -err->number;
	}
	return error_set(err, EINVAL, "there is no source '%s'", scope->source);
}

/* Whether it would take long to read them all. The number of links to /proc counts all processes of
 * the system. */
static bool is_populous(const struct scope *scope, int proc)
{
	struct stat st;
	return !scope->only_tids && fstat(proc, &st) == 0 && st.st_nlink >= BPF_PAYS_FROM;
}

/* The cheaper one; and BPF for what /proc refuses, as it makes no ptrace access check. */
static int run_cheapest(const struct scope *scope, int proc, struct builder **ret,
			struct error *err)
{
	_cleanup_(builder_freep) struct builder *by_proc = NULL;
	int r = is_populous(scope, proc) ? 0 : run(&collectors[PROC], scope, proc, &by_proc, err);
	if (r < 0)
		return r;
	struct error refusal = { 0 };
	if (!by_proc || builder_has_refusals(by_proc)) {
		r = run(&collectors[BPF], scope, proc, ret, &refusal);
		if (r == 0)
			return 0;
	}
	if (!by_proc)
		r = run(&collectors[PROC], scope, proc, &by_proc, err);
	if (!by_proc)
		return r;
	builder_origin(by_proc)->no_bpf = builder_copy(by_proc, refusal.text, strlen(refusal.text));
	*ret = TAKE(by_proc);
	return 0;
}

int snapshot_take(const struct scope *scope, const struct snapshot **ret, struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	if (proc < 0)
		return proc;
	_cleanup_(builder_freep) struct builder *builder = NULL;
	int r = scope->source ? run_named(scope, proc, &builder, err)
			      : run_cheapest(scope, proc, &builder, err);
	if (r < 0)
		return r;
	*ret = builder_finish(TAKE(builder));
	return 0;
}
