/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/snapshot.h"

/*
 * The snapshot in the making. Only collectors and tests see it. What it hands out belongs to it,
 * keeps its address, and may be filled in until builder_finish().
 */
struct builder;

struct builder *builder_new(void) _must_check_;
struct builder *builder_free(struct builder *builder);
DEFINE_CLEANUP(struct builder *, builder_free)

struct origin *builder_origin(struct builder *builder);

/* The namespace of that kind and inode, made if it was not there; its edges begin as ENODATA. */
struct ns *builder_ns(struct builder *builder, enum ns_kind kind, dev_t dev, ino_t ino);

/* The same, or NULL where it is not there. */
struct ns *builder_find_ns(struct builder *builder, enum ns_kind kind, ino_t ino);

/* One of which the kernel does not tell the inode. It stays, and nothing finds it. */
struct ns *builder_nameless_ns(struct builder *builder, enum ns_kind kind);

/* All there are so far, in no order: the first one where AFTER is NULL; NULL behind the last. */
struct ns *builder_next_ns(struct builder *builder, const struct ns *after);

/* Marks of a namespace: its facts were read; a process is in it (both return whether that was
 * news); it stays even if nothing leads to it. */
bool builder_ns_describe(struct builder *builder, const struct ns *ns);
bool builder_ns_enter(struct builder *builder, const struct ns *ns, pid_t pid);
void builder_ns_keep(struct builder *builder, const struct ns *ns);

/* The process that was the first one found in it; 0: none was. */
pid_t builder_ns_member(const struct builder *builder, const struct ns *ns);

/* Whether its facts still have to be read. */
bool builder_ns_is_new(struct builder *builder, const struct ns *ns);

/* A process, or a thread where TGID is another number, of which nothing has been asked. */
struct process process_blank(pid_t pid, pid_t tgid);

/* Adds a copy, and returns that. */
struct process *builder_add(struct builder *builder, const struct process *process);

/* Those there are so far, in the order in which they came. */
size_t builder_count_processes(const struct builder *builder);
const struct process *builder_process(const struct builder *builder, size_t i);

/* Whether a process in it refused its namespaces. */
bool builder_has_refusals(const struct builder *builder);

void builder_gap(struct builder *builder, int why, const char *format, ...) _printf_(3, 4);
void builder_gap_of_holder(struct builder *builder, int why, const char *format, ...)
	_printf_(3, 4);

/* Adds a copy of what keeps NS alive, so that it stays; NULL: what is in flight. Of the process PID
 * (0: none), whoever that will be in the snapshot. Its path is one of builder_copy(). */
void builder_pin(struct builder *builder, struct ns *ns, pid_t pid, const struct pin *pin);

/* Leaves what would be there if nobody had looked for pins: without them, the namespaces that only
 * they lead to, and the gaps of both. */
void builder_forget_pins(struct builder *builder);

/* Copies that live as long as the snapshot. */
const char *builder_copy(struct builder *builder, const char *bytes, size_t n);
const pid_t *builder_copy_pids(struct builder *builder, const pid_t *pids, size_t n);
struct idmap builder_copy_idmap(struct builder *builder, const struct idmap_range *ranges,
				size_t n);

/* Sorts, links, freezes: the builder is used up. Namespaces that nothing leads to any more (their
 * process vanished while it was read) are left out, loops of parents that a race or a damaged file
 * can make are opened, and of two processes with one pid the later one is kept. */
const struct snapshot *builder_finish(struct builder *builder) _must_check_;
