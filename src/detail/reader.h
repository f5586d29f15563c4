/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "detail/take.h"

/* Between the readers: nothing outside detail/ includes this. */

/* names.c: adds the viewer's names of ids, which may repeat themselves. */
void names_add_users(struct details_builder *builder, const uid_t *uids, size_t n);
void names_add_groups(struct details_builder *builder, const gid_t *gids, size_t n);

/* views.c: the views met so far, each of which is read once. PROC is a descriptor of /proc; FACTS
 * and the processes of DETAILS say which names are kept. */
struct views;

struct views *views_new(struct details_builder *builder, int proc, unsigned facts,
			const struct detail *details, size_t n) _must_check_;
struct views *views_free(struct views *views);
DEFINE_CLEANUP(struct views *, views_free)

/* Whether the view of the process whose directory is DIR is ours, as far as that can be seen
 * without reading it. Changes nothing, so that threads may ask at a time. */
bool views_is_ours(const struct views *views, int dir, const struct process *process);

/* Which uid the process whose directory is DIR has in its own view, and which view that is; IS_OURS
 * is what views_is_ours() said. */
void views_read(struct views *views, int dir, bool is_ours, struct detail *detail);

/* nets.c: adds what FACTS say of those of N namespaces that are network namespaces; the list may
 * repeat itself. PROC is a descriptor of /proc. */
void nets_read(struct details_builder *builder, int proc, const struct ns *const *namespaces,
	       size_t n, unsigned facts);

/* subids.c: adds the viewer's /etc/subuid and /etc/subgid. */
void subids_read(struct details_builder *builder);
