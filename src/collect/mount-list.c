/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/mount-list.h"

#include <errno.h>
#include <libmount/libmount.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "uapi/mount.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

#define IDS_AT_ONCE 512
#define TEXT_MAX ((size_t)16 * 1024) /* two paths */
#define MOUNTINFO_MAX ((size_t)64 * 1024 * 1024)

struct listing {
	uint64_t ns;
	struct statmount_answer *answer; /* with room for TEXT_MAX */
	bool idmaps_hold;		 /* the user namespace whose maps they have */
	void (*take)(void *who, const struct mount *mount);
	void *who;
};

static int ask(const struct listing *listing, uint64_t mount, uint64_t mask)
{
	struct statmount_request request = {
		.size = sizeof(request),
		.mnt_id = mount,
		.mask = mask,
		.mnt_ns_id = listing->ns,
	};
	long r = syscall(SYS_statmount, &request, listing->answer,
			 sizeof(*listing->answer) + TEXT_MAX, 0);
	return r < 0 ? -errno : 0;
}

/* A mount that has gone meanwhile is none. */
static int look_at(const struct listing *listing, uint64_t id)
{
	const struct statmount_answer *answer = listing->answer;
	int r = ask(listing, id, STATMOUNT_WANT_SB);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	struct mount mount = {
		.dev = makedev(answer->sb_dev_major, answer->sb_dev_minor),
		.is_nsfs = answer->sb_magic == NSFS_MAGIC,
		.is_proc = answer->sb_magic == PROC_SUPER_MAGIC,
	};
	if (!mount.is_nsfs && !mount.is_proc)
		return 0;
	r = ask(listing, id, STATMOUNT_WANT_ROOT | STATMOUNT_WANT_POINT);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	uint64_t wanted = STATMOUNT_WANT_ROOT | STATMOUNT_WANT_POINT;
	if ((answer->mask & wanted) != wanted || answer->mnt_root >= TEXT_MAX ||
	    answer->mnt_point >= TEXT_MAX)
		return -EIO;
	mount.root = answer->strings + answer->mnt_root;
	mount.point = answer->strings + answer->mnt_point;
	listing->take(listing->who, &mount);
	return 0;
}

static int list_by_id(const struct listing *listing)
{
	uint64_t ids[IDS_AT_ONCE], last = 0;
	for (;;) {
		const struct statmount_request request = {
			.size = sizeof(request),
			.mnt_id = LISTMOUNT_ROOT,
			.mask = last,
			.mnt_ns_id = listing->ns,
		};
		long n = syscall(SYS_listmount, &request, ids, IDS_AT_ONCE, 0);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (long i = 0; i < n; i++) {
			int r = look_at(listing, ids[i]);
			if (r < 0)
				return r;
		}
		last = ids[n - 1];
	}
}

/* Most tables have nothing of interest but /proc, and are not parsed for that. */
static bool is_worth_parsing(const char *text, size_t n)
{
	static const char *const words[] = { " - nsfs ", " - proc ", "idmapped" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (memmem(text, n, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Since Linux 6.8, which brought statmount(2) too, an idmapped mount has a copy of the maps and no
 * longer keeps the user namespace. */
static bool idmaps_hold_namespaces(void)
{
	return syscall(SYS_statmount, NULL, NULL, 0, 0) < 0 && errno == ENOSYS;
}

static void take_line(const struct listing *listing, struct libmnt_fs *fs)
{
	const char *type = mnt_fs_get_fstype(fs), *options = mnt_fs_get_vfs_options(fs);
	const struct mount mount = {
		.dev = mnt_fs_get_devno(fs),
		.is_nsfs = type && strcmp(type, "nsfs") == 0,
		.is_proc = type && strcmp(type, "proc") == 0,
		.is_idmapped = listing->idmaps_hold && options &&
			       mnt_optstr_get_option(options, "idmapped", NULL, NULL) == 0,
		.root = mnt_fs_get_root(fs),
		.point = mnt_fs_get_target(fs),
	};
	if ((mount.is_nsfs || mount.is_proc || mount.is_idmapped) && mount.root && mount.point)
		listing->take(listing->who, &mount);
}

static int list_by_process(const struct listing *listing, int dir)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, "mountinfo", MOUNTINFO_MAX, &text, &n);
	if (r < 0 || !is_worth_parsing(text, n))
		return r;
	FILE *stream = fmemopen(text, n, "r");
	struct libmnt_table *table = mnt_new_table();
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	r = stream && table && iter ? mnt_table_parse_stream(table, stream, "mountinfo") : -ENOMEM;
	struct libmnt_fs *fs;
	while (r == 0 && mnt_table_next_fs(table, iter, &fs) == 0)
		take_line(listing, fs);
	mnt_free_iter(iter);
	mnt_unref_table(table);
	if (stream)
		fclose(stream);
	return r;
}

int mount_list(uint64_t id, int dir, void (*take)(void *who, const struct mount *mount), void *who)
{
	_cleanup_(freep) struct statmount_answer *answer = xmalloc(sizeof(*answer) + TEXT_MAX);
	const struct listing listing = {
		.ns = id,
		.answer = answer,
		.idmaps_hold = idmaps_hold_namespaces(),
		.take = take,
		.who = who,
	};
	int r = id ? list_by_id(&listing) : -ENOSYS;
	return r < 0 && dir >= 0 ? list_by_process(&listing, dir) : r;
}
