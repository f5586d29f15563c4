/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "collect/collector.h"
#include "util/procfile.h"

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
	origin->foreign_proc = proc_status_is_foreign(r, &own);
	if (origin->foreign_proc)
		origin->viewer[NS_PID] = viewer_pidns(proc);

	if (mount_hides_pids("/proc/self/mountinfo", r == 0 && may_see_all(&own, origin)))
		builder_gap(builder, EPERM, "/proc (hidepid: some processes may not be listed)");
}
