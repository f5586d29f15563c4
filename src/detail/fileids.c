/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/fileids.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "uapi/mount.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/rootfile.h"

/* 340 ranges of two maps, and what is fixed. */
#define ANSWER_SIZE (sizeof(struct statmount_answer) + 2 * PROC_IDMAP_MAX)

static int open_file(int dir, const char *path)
{
	if (dir < 0) {
		int fd = open(path, O_PATH | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	_cleanup_(closep) int root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : rootfile_open(root, path);
}

/* 0 where the kernel has none (before Linux 6.11): then only our own mounts can be asked for. */
static uint64_t mnt_ns_id(int dir)
{
	_cleanup_(closep) int fd = dir < 0 ? open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)
					   : openat(dir, "ns/mnt", O_RDONLY | O_CLOEXEC);
	uint64_t id;
	return fd >= 0 && ioctl(fd, NSFS_GET_MNTNS_ID, &id) == 0 ? id : 0;
}

/* N strings of the answer, each with a range as uid_map has it. */
static int parse_ranges(const struct statmount_answer *answer, uint32_t at, uint32_t n,
			struct idmap_range *ranges, struct idmap *ret)
{
	size_t left = ANSWER_SIZE - sizeof(*answer), n_ranges = 0;
	const char *text = answer->strings;
	if (at > left || n > IDMAP_RANGES_MAX)
		return EIO;
	text += at;
	left -= at;
	for (uint32_t i = 0; i < n; i++) {
		size_t length = strnlen(text, left), n_parsed;
		if (length == left ||
		    proc_parse_idmap(text, length, &ranges[n_ranges], &n_parsed) < 0 ||
		    n_parsed != 1)
			return EIO;
		n_ranges++;
		text += length + 1;
		left -= length + 1;
	}
	*ret = (struct idmap){ .n = n_ranges, .ranges = ranges };
	return 0;
}

static void take_maps(const struct statmount_answer *answer, struct file_ids *ids)
{
	if (answer->mask & STATMOUNT_WANT_UIDMAP)
		ids->uids.why = parse_ranges(answer, answer->mnt_uidmap, answer->mnt_uidmap_num,
					     ids->ranges[ID_UID], &ids->uids);
	if (answer->mask & STATMOUNT_WANT_GIDMAP)
		ids->gids.why = parse_ranges(answer, answer->mnt_gidmap, answer->mnt_gidmap_num,
					     ids->ranges[ID_GID], &ids->gids);
}

/* Asks statmount(2): 0, or -errno where it cannot tell. */
static int ask_statmount(int fd, int dir, struct file_ids *ids)
{
	struct statx st;
	_cleanup_(freep) struct statmount_answer *answer = xcalloc(1, ANSWER_SIZE);
	if (statx(fd, "", AT_EMPTY_PATH, STATX_WITH_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if (!(st.stx_mask & STATX_WITH_MNT_ID_UNIQUE))
		return -ENOSYS;
	struct statmount_request request = {
		.size = sizeof(request),
		.mnt_id = st.stx_mnt_id,
		.mask = STATMOUNT_WANT_BASIC | STATMOUNT_WANT_UIDMAP | STATMOUNT_WANT_GIDMAP,
		.mnt_ns_id = mnt_ns_id(dir),
	};
	if (!request.mnt_ns_id)
		request.size -= sizeof(request.mnt_ns_id);
	if (syscall(SYS_statmount, &request, answer, ANSWER_SIZE, 0) < 0)
		return -errno;
	if (!(answer->mask & STATMOUNT_WANT_BASIC))
		return -ENOSYS;
	ids->idmapped = answer->mnt_attr & MOUNT_IS_IDMAPPED;
	if (ids->idmapped)
		take_maps(answer, ids);
	return 0;
}

/* An older kernel tells only that there is a map: an option in mountinfo. Where that has no such
 * mount, nobody knows, so it is as if there were one. */
static void ask_mountinfo(int fd, int dir, struct file_ids *ids)
{
	struct statx st;
	_cleanup_(freep) char *path = dir < 0 ? xstrdup("/proc/self/mountinfo")
					      : xasprintf("/proc/self/fd/%d/mountinfo", dir);
	struct libmnt_table *table = mnt_new_table_from_file(path);
	struct libmnt_fs *fs = NULL;
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	bool known =
		statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 && st.stx_mask & STATX_MNT_ID;
	ids->idmapped = true;
	while (known && table && iter && mnt_table_next_fs(table, iter, &fs) == 0) {
		if (mnt_fs_get_id(fs) != (int)st.stx_mnt_id)
			continue;
		const char *options = mnt_fs_get_vfs_options(fs);
		ids->idmapped =
			options && mnt_optstr_get_option(options, "idmapped", NULL, NULL) == 0;
		break;
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
}

int file_ids_read(int dir, const char *path, struct file_ids *ret, struct error *err)
{
	struct stat st;
	_cleanup_(closep) int fd = open_file(dir, path);
	if (fd < 0)
		return error_errno(err, -fd, "%s", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "%s", path);
	ret->uid = st.st_uid;
	ret->gid = st.st_gid;
	ret->idmapped = false;
	ret->uids = ret->gids = (struct idmap){ .why = ENODATA };
	if (ask_statmount(fd, dir, ret) < 0)
		ask_mountinfo(fd, dir, ret);
	return 0;
}

static uint32_t shown(const struct file_ids *ids, enum id_type type)
{
	return type == ID_UID ? ids->uid : ids->gid;
}

static const struct idmap *mount_map(const struct file_ids *ids, enum id_type type)
{
	return type == ID_UID ? &ids->uids : &ids->gids;
}

int file_ids_seen(const struct file_ids *ids, enum id_type type, bool maps_all, uint32_t *ret)
{
	uint32_t id = shown(ids, type), disk;
	if (id == ID_OVERFLOW && ids->idmapped)
		return idmap_inside(mount_map(ids, type), id, &disk) == ID_UNMAPPED ? ID_UNMAPPED
										    : ID_UNKNOWN;
	if (id == ID_OVERFLOW && !maps_all)
		return ID_UNKNOWN;
	*ret = id;
	return 0;
}

int file_ids_on_disk(const struct file_ids *ids, enum id_type type, uint32_t *ret)
{
	uint32_t id = shown(ids, type);
	if (id == ID_OVERFLOW)
		return ID_UNKNOWN;
	if (ids->idmapped)
		return idmap_inside(mount_map(ids, type), id, ret) == 0 ? 0 : ID_UNKNOWN;
	*ret = id;
	return 0;
}
