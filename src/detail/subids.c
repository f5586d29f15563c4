/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "detail/reader.h"
#include "util/alloc.h"
#include "util/parse.h"
#include "util/passwd.h"
#include "util/rootfile.h"

#define SUBIDS_FILE_MAX ((size_t)1024 * 1024)

/* The file may have the number of a user instead of his name. */
static char *owner_name(const struct subid_entry *entry)
{
	uint64_t uid;
	const struct passwd *user = NULL;
	if (parse_u64_n(entry->owner, entry->n_owner, ID_NONE - 1, &uid) == 0)
		user = getpwuid(uid);
	return user ? xstrdup(user->pw_name) : xasprintf("%.*s", (int)entry->n_owner, entry->owner);
}

static void read_file(struct details_builder *builder, int root, const char *path,
		      enum id_type type)
{
	_cleanup_(freep) char *text = NULL;
	struct subid *items = NULL;
	struct subid_entry entry;
	size_t n = 0, size = 0, n_items = 0;
	struct stat st;
	int r = rootfile_read(root, path, SUBIDS_FILE_MAX, &text, &n, &st);
	for (size_t position = 0; r == 0 && subid_next(text, n, &position, &entry);) {
		items = xgrow(items, n_items, &size, sizeof(*items));
		items[n_items++] = (struct subid){ owner_name(&entry), entry.start, entry.count };
	}
	const struct subids subids = {
		.n = n_items,
		.items = items,
		.why = r == -ENOENT ? 0 : -r, /* no such file: nobody has any */
	};
	details_builder_set_subids(builder, type, &subids);
	for (size_t i = 0; i < n_items; i++)
		free((char *)items[i].owner);
	free(items);
}

void subids_read(struct details_builder *builder)
{
	_cleanup_(closep) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	read_file(builder, root, "etc/subuid", ID_UID);
	read_file(builder, root, "etc/subgid", ID_GID);
}
