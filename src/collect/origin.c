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
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return error_errno(err, errno, "cannot open /proc");
	if (fs.f_type != PROCFS_MAGIC)
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
 * that the two are the same. More, and the viewer is that many levels above us; no /proc/self, and
 * the /proc is that of a namespace that we are not in.
 */
static void read_viewer_pidns(int proc, struct origin *origin)
{
	char text[4096];
	struct proc_status status;
	ssize_t n = proc_read(proc, "self/status", text, sizeof(text));
	if (n < 0 || proc_parse_status(text, n, &status) < 0) {
		origin->foreign_proc = true;
		origin->viewer[NS_PID] = 0;
		return;
	}
	origin->foreign_proc = status.n_pids > 1;
	_cleanup_(closep) int fd = openat(proc, "self/ns/pid", O_RDONLY | O_CLOEXEC);
	for (size_t level = status.n_pids; level > 1 && fd >= 0; level--) {
		int parent = ioctl(fd, NSFS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	struct stat st;
	if (origin->foreign_proc)
		origin->viewer[NS_PID] = fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static bool may_see_all(int proc, const struct origin *origin)
{
	char text[4096];
	struct proc_status status;
	ssize_t n = proc_read(proc, "self/status", text, sizeof(text));
	return n >= 0 && proc_parse_status(text, n, &status) == 0 &&
	       (status.cap_effective >> CAP_SYS_PTRACE & 1) &&
	       origin->viewer[NS_USER] == origin->initial[NS_USER];
}

/* Whether the options of /proc's mount hide the processes of others from readdir(), see proc(5).
 * hidepid=1 (noaccess) does not: those are listed and then refuse. */
static bool mount_hides_pids(const char *mountinfo)
{
	struct libmnt_table *table = mnt_new_table_from_file(mountinfo);
	if (!table)
		return false;
	struct libmnt_fs *fs = mnt_table_find_target(table, "/proc", MNT_ITER_BACKWARD);
	const char *options = fs ? mnt_fs_get_fs_options(fs) : NULL;
	char *value = NULL;
	size_t n = 0;
	bool hides = options && mnt_optstr_get_option(options, "hidepid", &value, &n) == 0 && n &&
		     *value != '0' && *value != '1' && memcmp(value, "off", n < 3 ? n : 3) != 0 &&
		     memcmp(value, "noaccess", n < 8 ? n : 8) != 0;
	mnt_unref_table(table);
	return hides;
}

void origin_read(struct builder *builder, int proc)
{
	struct origin *origin = builder_origin(builder);
	struct utsname uts;
	uname(&uts);
	origin->hostname = builder_copy(builder, uts.nodename, strlen(uts.nodename));
	origin->release = builder_copy(builder, uts.release, strlen(uts.release));
	origin->taken = time(NULL);

	char text[64];
	ssize_t n = proc_read(proc, "sys/kernel/random/boot_id", text, sizeof(text));
	if (n > 0)
		origin->boot_id = builder_copy(builder, text, n - (text[n - 1] == '\n'));

	_cleanup_(closep) int self = proc_open_dir(proc, "self");
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && self >= 0; kind++)
		proc_read_ns_link(self, ns_kind_info(kind)->link, ns_kind_name(kind),
				  &origin->viewer[kind]);
	read_viewer_pidns(proc, origin);

	if (!may_see_all(proc, origin) && mount_hides_pids("/proc/self/mountinfo"))
		builder_gap(builder, EPERM, "/proc (hidepid: processes of others are not listed)");
}
