/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>

#include "collect/collector.h"
#include "uapi/nsfs.h"
#include "util/procfile.h"

int proc_open(struct error *err)
{
	_cleanup_(closep) int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "cannot open /proc");
	if (fs.f_type != PROCFS_MAGIC || st.st_ino != PROCFS_ROOT_INO)
		return error_set(err, ENOENT, "no process file system is mounted at /proc");
	return TAKE_FD(fd);
}

int proc_read_ns_link(int dir, const char *link, const char *type, ino_t *ret)
{
	char text[64];
	ssize_t n = readlinkat(dir, link, text, sizeof(text));
	if (n < 0)
		return -errno;
	return proc_parse_ns_link(text, n, type, ret);
}

/*
 * NSpid lists our numbers from the pid namespace of this /proc down to our own: one column means
 * that the two are the same. Without a /proc/self, it is that of a namespace that we are not in.
 */
static bool is_foreign(int r, const struct proc_status *own)
{
	return r == -ENOENT || (r == 0 && own->n_pids > 1);
}

bool proc_is_foreign(int proc)
{
	struct proc_status own;
	int r = proc_read_status(proc, "self/status", &own);
	return is_foreign(r, &own);
}

/* The pid namespace of this /proc is as many levels above our own as NSpid has further columns.
 * What lies above ours the kernel does not show, but who has one column is in there. */
int proc_open_pidns(int proc)
{
	struct proc_status status;
	if (proc_read_status(proc, "self/status", &status) < 0)
		return -EIO;
	_cleanup_(closep) int fd = openat(proc, "self/ns/pid", O_RDONLY | O_CLOEXEC);
	for (size_t level = status.n_pids; level > 1 && fd >= 0; level--) {
		int parent = ioctl(fd, NSFS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	if (fd < 0 && proc_read_status(proc, "1/status", &status) == 0 && status.n_pids == 1)
		fd = openat(proc, "1/ns/pid", O_RDONLY | O_CLOEXEC);
	if (fd < 0 && proc_read_status(proc, "2/status", &status) == 0 && status.n_pids == 1)
		fd = openat(proc, "2/ns/pid", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : TAKE_FD(fd);
}

static ino_t viewer_pidns(int proc)
{
	_cleanup_(closep) int fd = proc_open_pidns(proc);
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static bool may_see_all(const struct proc_status *own, const struct origin *origin)
{
	return (own->cap_effective >> CAP_SYS_PTRACE & 1) &&
	       origin->viewer[NS_USER] == origin->initial[NS_USER];
}

static bool is_word(const char *value, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(value, word, n) == 0;
}

/*
 * Whether the options of /proc's mount may keep processes from readdir(), see proc(5). hidepid=2
 * (invisible) does so to those of others unless one is privileged; 4 (ptraceable) to whatever one
 * may not trace, which a security module can refuse to anybody. 1 lists them, and they refuse.
 */
static bool mount_hides_pids(const char *mountinfo, bool privileged)
{
	struct libmnt_table *table = mnt_new_table_from_file(mountinfo);
	if (!table)
		return !privileged;
	struct libmnt_fs *fs = mnt_table_find_target(table, "/proc", MNT_ITER_BACKWARD);
	const char *options = fs ? mnt_fs_get_fs_options(fs) : NULL;
	char *value = NULL;
	size_t n = 0;
	bool given = options && mnt_optstr_get_option(options, "hidepid", &value, &n) == 0 && value;
	bool traceable = given && (is_word(value, n, "4") || is_word(value, n, "ptraceable"));
	bool invisible = given && (is_word(value, n, "2") || is_word(value, n, "invisible"));
	mnt_unref_table(table);
	return traceable || (invisible && !privileged);
}

/* In containers, /proc/sys is often a mount of its own. */
static void read_boot_id(struct builder *builder, int proc)
{
	char text[64];
	_cleanup_(closep) int fd = openat(proc, "sys/kernel/random/boot_id",
					  O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n > 0)
		builder_origin(builder)->boot_id =
			builder_copy(builder, text, n - (text[n - 1] == '\n'));
}

void origin_read(struct builder *builder, int proc)
{
	struct origin *origin = builder_origin(builder);
	struct utsname uts;
	uname(&uts);
	origin->hostname = builder_copy(builder, uts.nodename, strlen(uts.nodename));
	origin->release = builder_copy(builder, uts.release, strlen(uts.release));
	origin->taken = time(NULL);

	read_boot_id(builder, proc);

	_cleanup_(closep) int self = proc_open_dir(proc, "self");
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && self >= 0; kind++)
		proc_read_ns_link(self, ns_kind_info(kind)->link, ns_kind_name(kind),
				  &origin->viewer[kind]);
	struct proc_status own;
	int r = proc_read_status(proc, "self/status", &own);
	origin->foreign_proc = is_foreign(r, &own);
	if (origin->foreign_proc)
		origin->viewer[NS_PID] = viewer_pidns(proc);

	if (mount_hides_pids("/proc/self/mountinfo", r == 0 && may_see_all(&own, origin)))
		builder_gap(builder, EPERM, "/proc (hidepid: some processes may not be listed)");
}
