/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/mountinfo.h"

#include <errno.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/procfile.h"

static bool has_option(const char *options, const char *name)
{
	return options && mnt_optstr_get_option(options, name, NULL, NULL) == 0;
}

static bool is_option(const char *options, const char *name, const char *wanted)
{
	char *value = NULL;
	size_t n = 0;
	return options && mnt_optstr_get_option(options, name, &value, &n) == 0 && value &&
	       n == strlen(wanted) && memcmp(value, wanted, n) == 0;
}

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text)) : "";
}

static struct mount_entry take(struct arena *arena, struct libmnt_fs *fs)
{
	const char *vfs = mnt_fs_get_vfs_options(fs), *super = mnt_fs_get_fs_options(fs);
	return (struct mount_entry){
		.id = mnt_fs_get_id(fs),
		.parent = mnt_fs_get_parent_id(fs),
		.dev = mnt_fs_get_devno(fs),
		.root = copy(arena, mnt_fs_get_root(fs)),
		.target = copy(arena, mnt_fs_get_target(fs)),
		.type = copy(arena, mnt_fs_get_fstype(fs)),
		.source = copy(arena, mnt_fs_get_source(fs)),
		.options = copy(arena, super),
		.mount_ro = has_option(vfs, "ro"),
		.super_ro = has_option(super, "ro"),
		.no_devices = has_option(vfs, "nodev"),
		.is_idmapped = has_option(vfs, "idmapped"),
		.pids_only = is_option(super, "subset", "pid"),
		.why = ENODATA,
	};
}

static struct mount_table take_all(struct arena *arena, struct libmnt_table *table,
				   struct libmnt_iter *iter)
{
	struct libmnt_fs *fs;
	struct mount_entry *items =
		arena_alloc(arena, (mnt_table_get_nents(table) + 1) * sizeof(*items));
	struct mount_table result = { .items = items };
	while (mnt_table_next_fs(table, iter, &fs) == 0) {
		items[result.n] = take(arena, fs);
		/* What does not begin as mountinfo does is taken for an fstab, which has no ids. */
		if (items[result.n++].id <= 0)
			return (struct mount_table){ .why = EIO };
	}
	mounts_index(arena, &result, items);
	return result;
}

/* A line that is left out would be a mount that is not there. */
static int refuse_line(struct libmnt_table *table _unused_, const char *file _unused_,
		       int line _unused_)
{
	return -EINVAL;
}

struct mount_table mountinfo_parse(struct arena *arena, char *text, size_t n)
{
	struct mount_table result = { .why = EIO };
	if (n == 0)
		return (struct mount_table){ 0 };
	FILE *stream = fmemopen(text, n, "r");
	struct libmnt_table *table = mnt_new_table();
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	if (table)
		mnt_table_set_parser_errcb(table, refuse_line);
	if (stream && table && iter && mnt_table_parse_stream(table, stream, "mountinfo") == 0)
		result = take_all(arena, table, iter);
	mnt_free_iter(iter);
	mnt_unref_table(table);
	if (stream)
		fclose(stream);
	return result;
}

struct mount_table mountinfo_read(struct arena *arena, int dir)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, "mountinfo", MOUNTINFO_MAX, &text, &n);
	return r < 0 ? (struct mount_table){ .why = -r } : mountinfo_parse(arena, text, n);
}
