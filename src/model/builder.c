/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/builder-entry.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

struct builder *builder_new(void)
{
	struct builder *builder = xcalloc(1, sizeof(*builder));
	builder->arena = arena_new();
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (ns_kind_info(kind)->always_fixed)
			builder->origin.initial[kind] = ns_kind_info(kind)->initial_ino;
	return builder;
}

struct builder *builder_free(struct builder *builder)
{
	if (!builder)
		return NULL;
	HASH_CLEAR(hh, builder->namespaces); /* the entries live in the arena */
	free(builder->processes);
	free(builder->gaps);
	free(builder->pins);
	arena_free(builder->arena);
	free(builder);
	return NULL;
}

struct origin *builder_origin(struct builder *builder)
{
	return &builder->origin;
}

struct ns *builder_find_ns(struct builder *builder, enum ns_kind kind, ino_t ino)
{
	struct key key = { .ino = ino, .kind = kind };
	struct ns_entry *entry;
	HASH_FIND(hh, builder->namespaces, &key, sizeof(key), entry);
	return entry ? &entry->ns : NULL;
}

static struct ns *add_ns(struct builder *builder, struct key key, const struct ns *ns)
{
	struct ns_entry *entry = arena_alloc(builder->arena, sizeof(*entry));
	entry->key = key;
	entry->ns = *ns;
	HASH_ADD(hh, builder->namespaces, key, sizeof(entry->key), entry);
	return &entry->ns;
}

static struct ns ns_blank(enum ns_kind kind, dev_t dev, ino_t ino)
{
	return (struct ns){
		.kind = kind,
		.dev = dev,
		.ino = ino,
		.owner = { .why = ENODATA },
		.parent = { .why = ns_kind_info(kind)->has_parent ? ENODATA : 0 },
		.owner_uid = UID_UNKNOWN,
		.uids = { .why = kind == NS_USER ? ENODATA : 0 },
		.gids = { .why = kind == NS_USER ? ENODATA : 0 },
	};
}

struct ns *builder_ns(struct builder *builder, enum ns_kind kind, dev_t dev, ino_t ino)
{
	struct ns *known = builder_find_ns(builder, kind, ino);
	const struct ns blank = ns_blank(kind, dev, ino);
	return known ? known : add_ns(builder, (struct key){ .ino = ino, .kind = kind }, &blank);
}

/* Its key is one that no kind has. */
struct ns *builder_nameless_ns(struct builder *builder, enum ns_kind kind)
{
	struct key key = { .ino = ++builder->n_nameless, .kind = NS_KIND_COUNT };
	const struct ns blank = ns_blank(kind, 0, 0);
	struct ns *ns = add_ns(builder, key, &blank);
	builder_ns_keep(builder, ns);
	return ns;
}

struct ns *builder_next_ns(struct builder *builder, const struct ns *after)
{
	struct ns_entry *next = after ? entry_of(after)->hh.next : builder->namespaces;
	return next ? &next->ns : NULL;
}

bool builder_ns_describe(struct builder *builder _unused_, const struct ns *ns)
{
	bool news = !entry_of(ns)->described;
	entry_of(ns)->described = true;
	return news;
}

bool builder_ns_is_new(struct builder *builder _unused_, const struct ns *ns)
{
	return !entry_of(ns)->described;
}

bool builder_ns_enter(struct builder *builder _unused_, const struct ns *ns, pid_t pid)
{
	bool news = !entry_of(ns)->member;
	if (news)
		entry_of(ns)->member = pid;
	return news;
}

pid_t builder_ns_member(const struct builder *builder _unused_, const struct ns *ns)
{
	return entry_of(ns)->member;
}

void builder_ns_keep(struct builder *builder _unused_, const struct ns *ns)
{
	entry_of(ns)->wanted = true;
}

struct process process_blank(pid_t pid, pid_t tgid)
{
	struct process process = {
		.pid = pid,
		.tgid = tgid,
		.ppid = PID_UNASKED,
		.uid = UID_UNKNOWN,
		.start = START_UNKNOWN,
		.n_tasks = 1,
		.pid_for_children = { .why = ENODATA },
		.time_for_children = { .why = ENODATA },
	};
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		process.ns[kind].why = ENODATA;
	return process;
}

struct process *builder_add(struct builder *builder, const struct process *process)
{
	struct process_entry *entry = arena_alloc(builder->arena, sizeof(*entry));
	entry->process = *process;
	entry->order = builder->n_processes;
	builder->processes = xgrow(builder->processes, builder->n_processes,
				   &builder->size_processes, sizeof(*builder->processes));
	builder->processes[builder->n_processes++] = entry;
	return &entry->process;
}

size_t builder_count_processes(const struct builder *builder)
{
	return builder->n_processes;
}

const struct process *builder_process(const struct builder *builder, size_t i)
{
	return &builder->processes[i]->process;
}

bool builder_has_refusals(const struct builder *builder)
{
	for (size_t i = 0; i < builder->n_processes; i++)
		if (builder->processes[i]->process.unreadable)
			return true;
	return false;
}

static _printf_(4, 0) void add_gap(struct builder *builder, int why, bool of_holder,
				   const char *format, va_list ap)
{
	char source[256];
	vsnprintf(source, sizeof(source), format, ap);
	builder->gaps =
		xgrow(builder->gaps, builder->n_gaps, &builder->size_gaps, sizeof(*builder->gaps));
	builder->gaps[builder->n_gaps++] = (struct gap){
		.source = builder_copy(builder, source, strlen(source)),
		.why = why,
		.of_holder = of_holder,
	};
}

void builder_gap(struct builder *builder, int why, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	add_gap(builder, why, false, format, ap);
	va_end(ap);
}

void builder_gap_of_holder(struct builder *builder, int why, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	add_gap(builder, why, true, format, ap);
	va_end(ap);
}

void builder_pin(struct builder *builder, struct ns *ns, pid_t pid, const struct pin *pin)
{
	builder->pins =
		xgrow(builder->pins, builder->n_pins, &builder->size_pins, sizeof(*builder->pins));
	builder->pins[builder->n_pins] = (struct pin_entry){ ns, pid, *pin, builder->n_pins };
	builder->n_pins++;
	if (ns)
		builder_ns_keep(builder, ns);
}

const char *builder_copy(struct builder *builder, const char *bytes, size_t n)
{
	return arena_copy(builder->arena, bytes, n);
}

const pid_t *builder_copy_pids(struct builder *builder, const pid_t *pids, size_t n)
{
	pid_t *copy = arena_alloc(builder->arena, n * sizeof(*copy));
	if (n)
		memcpy(copy, pids, n * sizeof(*copy));
	return copy;
}

struct idmap builder_copy_idmap(struct builder *builder, const struct idmap_range *ranges, size_t n)
{
	struct idmap_range *copy = arena_alloc(builder->arena, n * sizeof(*copy));
	if (n)
		memcpy(copy, ranges, n * sizeof(*copy));
	return (struct idmap){ .n = n, .ranges = copy };
}
