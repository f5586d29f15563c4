/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "detail/reader.h"
#include "util/alloc.h"
#include "util/sort.h"

/* NSS may ask other hosts, so nobody is looked up twice. */
static void for_each_id(const uint32_t *ids, size_t n, struct details_builder *builder,
			void (*add)(struct details_builder *builder, uint32_t id))
{
	_cleanup_(freep) uint32_t *sorted = xcalloc(n, sizeof(*sorted));
	if (n)
		memcpy(sorted, ids, n * sizeof(*sorted));
	n = sort_ids(sorted, n);
	for (size_t i = 0; i < n; i++)
		if (sorted[i] != ID_NONE)
			add(builder, sorted[i]);
}

static void add_user(struct details_builder *builder, uint32_t uid)
{
	const struct passwd *entry = getpwuid(uid);
	details_builder_add_user(builder, uid, entry ? entry->pw_name : NULL);
}

static void add_group(struct details_builder *builder, uint32_t gid)
{
	const struct group *entry = getgrgid(gid);
	details_builder_add_group(builder, gid, entry ? entry->gr_name : NULL);
}

void names_add_users(struct details_builder *builder, const uid_t *uids, size_t n)
{
	for_each_id(uids, n, builder, add_user);
}

void names_add_groups(struct details_builder *builder, const gid_t *gids, size_t n)
{
	for_each_id(gids, n, builder, add_group);
}
