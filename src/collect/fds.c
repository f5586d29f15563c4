/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <uthash.h>

#include "collect/file-list.h"
#include "collect/holders.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"

/* A socket that many processes have is asked about once. */
struct seen_socket {
	uint64_t ino;
	struct ns *net;
	char *text;
	UT_hash_handle hh;
};

struct fd_scan {
	struct builder *builder;
	int proc;
	dev_t nsfs;
	uint64_t tick; /* in ns */
	int64_t tick_offset;
	pid_t self;
	int failure; /* an errno: we are out of something */
	struct seen_socket *sockets;
	/* the one whose descriptors come */
	struct fd_owner owner;
	bool refused; /* it keeps sockets from us, and that has been noted */
};

static void leave_owner(struct fd_scan *scan)
{
	closep(&scan->owner.dir);
	closep(&scan->owner.pidfd);
	scan->owner = (struct fd_owner){ .dir = -1, .pidfd = -1 };
	scan->refused = false;
}

static void scan_clear(struct fd_scan *scan)
{
	struct seen_socket *seen, *next;
	leave_owner(scan);
	HASH_ITER (hh, scan->sockets, seen, next) {
		HASH_DEL(scan->sockets, seen);
		free(seen->text);
		free(seen);
	}
}

static void note_failure(struct fd_scan *scan, int why)
{
	if (error_is_shortage(why))
		scan->failure = why;
}

static void pin(struct fd_scan *scan, struct ns *ns, enum held_by by, int fd, const char *path)
{
	const struct pin pin = {
		.by = by,
		.tid = scan->owner.tid,
		.fd = fd,
		.path = path ? builder_copy(scan->builder, path, strlen(path)) : NULL,
	};
	builder_pin(scan->builder, ns, scan->owner.pid, &pin);
}

/* What cannot be read of a descriptor that is there, and not of one that has been closed since. */
static void note_gap(struct fd_scan *scan, int why, const char *what)
{
	note_failure(scan, why);
	if (why == ENOENT || why == ESRCH || why == EBADF || scan->refused ||
	    proc_is_gone(scan->owner.dir))
		return;
	scan->refused = true;
	builder_gap_of_holder(scan->builder, why, "/proc/%d/%s", scan->owner.pid, what);
}

/* The link of a mount that is in no mount namespace reads "/"; that of one that is, its path; and
 * else it has the name of the namespace. */
static void see_nsfs(struct fd_scan *scan, int fd)
{
	char path[32], link[PATH_MAX];
	snprintf(path, sizeof(path), "fd/%d", fd);
	struct ns *ns = nsfs_add_path(scan->builder, scan->owner.dir, path, scan->nsfs);
	if (!ns) {
		note_gap(scan, errno, path);
		return;
	}
	ssize_t n = readlinkat(scan->owner.dir, path, link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = 0;
	if (strcmp(link, "/") == 0)
		pin(scan, ns, HELD_BY_DETACHED_MOUNT, fd, NULL);
	else
		pin(scan, ns, HELD_BY_FD, fd, link[0] == '/' ? link : NULL);
}

static void see_tun(struct fd_scan *scan, int fd)
{
	_cleanup_(freep) char *text = NULL;
	struct ns *net;
	int r = socket_find_net(scan->builder, &scan->owner, fd, true, &net, &text);
	if (r < 0)
		note_gap(scan, -r, "fd (tun devices)");
	else if (net != scan->owner.net)
		pin(scan, net, HELD_BY_TUN, fd, text);
}

static struct seen_socket *ask_socket(struct fd_scan *scan, int fd, uint64_t ino)
{
	struct seen_socket *seen;
	HASH_FIND(hh, scan->sockets, &ino, sizeof(ino), seen);
	if (seen && (seen->text || seen->net == scan->owner.net))
		return seen;
	struct ns *net;
	char *text;
	int r = socket_find_net(scan->builder, &scan->owner, fd, false, &net, &text);
	if (r < 0) {
		note_gap(scan, -r, "fd (sockets)");
		return NULL;
	}
	if (!seen) {
		seen = xcalloc(1, sizeof(*seen));
		seen->ino = ino;
		HASH_ADD(hh, scan->sockets, ino, sizeof(seen->ino), seen);
	}
	seen->net = net;
	free(seen->text);
	seen->text = text;
	return seen;
}

static void note_in_flight(struct fd_scan *scan, int fd, uint64_t n)
{
	if (n == 0)
		return;
	pin(scan, NULL, HELD_BY_IN_FLIGHT, fd, NULL);
	builder_gap_of_holder(scan->builder, ENODATA,
			      "descriptors in flight in socket %d of process %d", fd,
			      scan->owner.pid);
}

static void see_socket(struct fd_scan *scan, int fd, uint64_t ino)
{
	const struct seen_socket *seen = ask_socket(scan, fd, ino);
	if (seen && seen->net != scan->owner.net)
		pin(scan, seen->net, HELD_BY_SOCKET, fd, seen->text);
}

/* Does not ask the file system, which may be one that never answers. */
static void look_at(struct fd_scan *scan, int folder, const char *name)
{
	pid_t fd;
	struct statx st;
	if (strcmp(name, "0") == 0)
		fd = 0;
	else if (parse_pid(name, &fd) < 0)
		return;
	if (statx(folder, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &st) < 0) {
		note_gap(scan, errno, "fd");
		return;
	}
	if (makedev(st.stx_dev_major, st.stx_dev_minor) == scan->nsfs) {
		see_nsfs(scan, fd);
	} else if (S_ISSOCK(st.stx_mode)) {
		see_socket(scan, fd, st.stx_ino);
		note_in_flight(scan, fd, socket_count_in_flight(&scan->owner, fd));
	} else if (S_ISCHR(st.stx_mode) && st.stx_rdev_major == TUN_MAJOR &&
		   st.stx_rdev_minor == TUN_MINOR) {
		see_tun(scan, fd);
	}
}

static void read_table(struct fd_scan *scan)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(scan->owner.dir, "fd");
	if (!folder) {
		note_gap(scan, errno, "fd");
		return;
	}
	for (const struct dirent *entry; (entry = readdir(folder));)
		look_at(scan, dirfd(folder), entry->d_name);
}

/* TAKES the descriptor of the directory. */
static void enter_owner(struct fd_scan *scan, pid_t pid, pid_t tid, int dir)
{
	leave_owner(scan);
	scan->owner.pid = pid;
	scan->owner.tid = tid;
	scan->owner.dir = dir;
	ino_t ino = proc_inode(dir, "ns/net", NULL);
	scan->owner.net = ino ? builder_find_ns(scan->builder, NS_NET, ino) : NULL;
}

/* Whether a thread has descriptors of its own (unshare(2), CLONE_FILES). */
static bool has_own_table(struct fd_scan *scan, pid_t pid, pid_t tid)
{
	if (builder_origin(scan->builder)->foreign_proc)
		return false;
	return syscall(SYS_kcmp, pid, tid, KCMP_FILES, 0, 0) > 0;
}

static void read_threads(struct fd_scan *scan, pid_t pid, DIR *tasks)
{
	for (const struct dirent *entry; (entry = readdir(tasks));) {
		pid_t tid;
		if (parse_pid(entry->d_name, &tid) < 0 || tid == pid ||
		    !has_own_table(scan, pid, tid))
			continue;
		int thread = proc_open_dir(dirfd(tasks), entry->d_name);
		note_failure(scan, -thread);
		if (thread < 0)
			continue;
		enter_owner(scan, pid, tid, thread);
		read_table(scan);
	}
}

static int open_process(const struct fd_scan *scan, pid_t pid, uint64_t start)
{
	struct proc_stat stat;
	_cleanup_(closep) int dir = proc_open_pid(scan->proc, pid);
	if (dir < 0)
		return dir;
	bool same = start == START_UNKNOWN || proc_is_same(dir, start, scan->tick_offset, &stat);
	return same ? TAKE_FD(dir) : -ESRCH;
}

/* Who refuses its namespaces refuses its descriptors too, and that is a gap already. */
static void read_process(struct fd_scan *scan, const struct process *process)
{
	if (process->pid != process->tgid || process->unreadable || process->pid == scan->self)
		return;
	int dir = open_process(scan, process->pid, process->start);
	note_failure(scan, -dir);
	if (dir < 0)
		return;
	_cleanup_(folder_closep) DIR *tasks =
		process->n_tasks > 1 ? folder_open(dir, "task") : NULL;
	enter_owner(scan, process->pid, 0, dir);
	read_table(scan);
	if (tasks)
		read_threads(scan, process->pid, tasks);
}

static void take_record(struct fd_scan *scan, const struct file_record *record)
{
	pid_t tid = record->tid == record->tgid ? 0 : record->tid;
	if (record->tgid == scan->self)
		return;
	if (scan->owner.pid != record->tgid || scan->owner.tid != tid) {
		_cleanup_(closep) int dir =
			open_process(scan, record->tgid, record->start_ns / scan->tick);
		note_failure(scan, -dir);
		if (dir < 0)
			return;
		char path[32];
		snprintf(path, sizeof(path), "task/%d", record->tid);
		enter_owner(scan, record->tgid, tid,
			    tid ? openat(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC)
				: TAKE_FD(dir));
	}
	if (record->what == FILE_NSFS) {
		see_nsfs(scan, record->fd);
	} else if (record->what == FILE_TUN) {
		see_tun(scan, record->fd);
	} else {
		if (!scan->owner.net || record->ino != scan->owner.net->ino)
			see_socket(scan, record->fd, record->socket);
		note_in_flight(scan, record->fd, record->in_flight);
	}
}

/* What the kernel's iterator told, if it ran. */
static bool read_list(struct fd_scan *scan, struct file_list *list)
{
	if (!list)
		return false;
	if (file_list_end(list) < 0) {
		builder_origin(scan->builder)->no_bpf =
			builder_copy(scan->builder, list->err.text, strlen(list->err.text));
		return false;
	}
	for (size_t i = 0; i < list->n; i++)
		take_record(scan, &list->records[i]);
	return true;
}

int fds_collect(struct builder *builder, int proc, dev_t nsfs, struct file_list *list,
		struct error *err)
{
	char self[16] = "";
	_cleanup_(scan_clear) struct fd_scan scan = {
		.builder = builder,
		.proc = proc,
		.nsfs = nsfs,
		.tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK),
		.tick_offset = proc_own_tick_offset(proc),
		.owner = { .dir = -1, .pidfd = -1 },
	};
	if (readlinkat(proc, "self", self, sizeof(self) - 1) <= 0 ||
	    parse_pid(self, &scan.self) < 0)
		scan.self = 0; /* not one of this /proc */
	/* Some kernels' iterators leave out PID 1. */
	bool by_bpf = read_list(&scan, list);
	for (size_t i = 0; i < builder_count_processes(builder); i++) {
		const struct process *process = builder_process(builder, i);
		if (!by_bpf || process->pid == 1)
			read_process(&scan, process);
	}
	return scan.failure ? error_errno(err, scan.failure, "cannot read /proc") : 0;
}
