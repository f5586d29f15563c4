/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/rootfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "util/procfile.h"

static int open_below(int root, const char *path, uint64_t resolve)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	/* EAGAIN: something was moved meanwhile, so that ".." may have led out. */
	for (int tries = 0; tries < 16; tries++) {
		int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN || resolve & RESOLVE_CACHED)
			return fd < 0 ? -errno : fd;
	}
	return -EAGAIN;
}

int rootfile_open(int root, const char *path)
{
	return open_below(root, path, 0);
}

int rootfile_open_cached(int root, const char *path)
{
	return open_below(root, path, RESOLVE_CACHED);
}

int rootfile_stat_near(int root, const char *path, struct stat *ret)
{
	_cleanup_(closep) int fd = open_below(root, path, RESOLVE_NO_XDEV);
	if (fd < 0)
		return fd;
	return fstat(fd, ret) < 0 ? -errno : 0;
}

/* Whether a file of size 0 is an empty one there. What the kernel or another program makes up as it
 * is read may have that size, too: that is left unread, and not taken for empty. */
static bool is_ordinary(unsigned long type)
{
	static const unsigned long types[] = {
		EXT4_SUPER_MAGIC,      XFS_SUPER_MAGIC,
		BTRFS_SUPER_MAGIC,     TMPFS_MAGIC,
		RAMFS_MAGIC,	       OVERLAYFS_SUPER_MAGIC,
		F2FS_SUPER_MAGIC,      SQUASHFS_MAGIC,
		EROFS_SUPER_MAGIC_V1,  ISOFS_SUPER_MAGIC,
		MSDOS_SUPER_MAGIC,     EXFAT_SUPER_MAGIC,
		UDF_SUPER_MAGIC,       REISERFS_SUPER_MAGIC,
		NILFS_SUPER_MAGIC,     MINIX3_SUPER_MAGIC,
		ECRYPTFS_SUPER_MAGIC,  NFS_SUPER_MAGIC,
		CEPH_SUPER_MAGIC,      OCFS2_SUPER_MAGIC,
		AFS_SUPER_MAGIC,       V9FS_MAGIC,
		SMB2_SUPER_MAGIC,      CIFS_SUPER_MAGIC,
		0x2fc12fc1 /* ZFS */,  0xca451a4e /* bcachefs */,
		0x3153464a /* JFS */,  0x01161970 /* GFS2 */,
		0x7366746e /* NTFS */,
	};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

static int check(int fd, size_t max, struct stat *ret)
{
	struct statfs fs;
	if (fstat(fd, ret) < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (!S_ISREG(ret->st_mode) || fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC)
		return -EOPNOTSUPP;
	if (ret->st_size == 0 && !is_ordinary(fs.f_type))
		return -EOPNOTSUPP;
	return ret->st_size > (off_t)max ? -EFBIG : 0;
}

/* To open a device can be enough to start it, so we look first, and open what we looked at. */
static int read_below(int root, const char *path, uint64_t resolve, size_t max, char **ret,
		      size_t *ret_n, struct stat *ret_stat)
{
	*ret_stat = (struct stat){ 0 };
	_cleanup_(closep) int look = open_below(root, path, resolve);
	int r = look < 0 ? look : check(look, max, ret_stat);
	if (r < 0)
		return r;
	*ret = NULL;
	*ret_n = 0;
	if (ret_stat->st_size == 0)
		return 0;
	_cleanup_(closep) int fd = fd_reopen(look, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	_cleanup_(freep) char *text = NULL;
	size_t n;
	r = fd_read_all(fd, max + 1, &text, &n);
	if (r < 0)
		return r;
	if (n > max) /* it has grown */
		return -EFBIG;
	*ret = TAKE(text);
	*ret_n = n;
	return 0;
}

int rootfile_read(int root, const char *path, size_t max, char **ret, size_t *ret_n,
		  struct stat *ret_stat)
{
	return read_below(root, path, 0, max, ret, ret_n, ret_stat);
}

int rootfile_read_near(int root, const char *path, size_t max, char **ret, size_t *ret_n,
		       struct stat *ret_stat)
{
	return read_below(root, path, RESOLVE_NO_XDEV, max, ret, ret_n, ret_stat);
}
