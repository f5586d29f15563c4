/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/builder-entry.h"

/* Whether it is about a namespace that does not stay: "owner of net:[4026532179]". */
static bool is_of_forgotten(struct builder *builder, const struct gap *gap)
{
	enum ns_kind kind;
	ino_t ino;
	const char *of = strstr(gap->source, " of ");
	if (!of || ns_name_parse(of + strlen(" of "), &kind, &ino) < 0)
		return false;
	const struct ns *ns = builder_find_ns(builder, kind, ino);
	return ns && !entry_of(ns)->kept;
}

void builder_forget_pins(struct builder *builder)
{
	size_t n_gaps = 0;
	for (struct ns_entry *entry = builder->namespaces; entry; entry = entry->hh.next)
		entry->wanted = false;
	builder_keep_what_is_used(builder);
	for (size_t i = 0; i < builder->n_gaps; i++) {
		const struct gap *gap = &builder->gaps[i];
		if (!gap->of_holder && !is_of_forgotten(builder, gap))
			builder->gaps[n_gaps++] = *gap;
	}
	builder->n_gaps = n_gaps;
	builder->n_pins = 0;
	builder->origin.holders = false;
}
