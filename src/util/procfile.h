/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/*
 * Files of /proc, read below a directory descriptor so that a reused PID cannot mix two processes,
 * and their parsers, which are pure: they look at N bytes, trust nothing and call nothing.
 */

/* A pid namespace lies at most 32 levels below the initial one (MAX_PID_NS_LEVEL in the kernel's
 * include/linux/pid_namespace.h), so a process has at most 33 numbers. */
#define PID_LEVELS_MAX 33

/* Opens NAME below DIR as an O_PATH directory: the fd, or -errno; -EXDEV where something is mounted
 * there, as of files below. */
int proc_open_dir(int dir, const char *name) _must_check_;

/* The same of the process, or thread, with that number. */
int proc_open_pid(int proc, pid_t pid) _must_check_;

/* Opens what LOOK, an O_PATH descriptor, leads to: the fd, or -errno. FLAGS: besides O_CLOEXEC. */
int fd_reopen(int look, int flags) _must_check_;

/* Reads NAME below DIR into BUFFER, a NUL behind it: the number of bytes (what does not fit is left
 * out), or -errno; ESRCH and ENOENT mean that the process is gone. */
ssize_t proc_read(int dir, const char *name, char *buffer, size_t size) _must_check_;

/* The same for a file without a size of its own (cmdline): at most MAX bytes, allocated. */
int proc_read_all(int dir, const char *name, size_t max, char **ret, size_t *ret_n) _must_check_;

/* The same of an open file. */
int fd_read_all(int fd, size_t max, char **ret, size_t *ret_n) _must_check_;

/* /proc/PID/stat, see proc_pid_stat(5). */
struct proc_stat {
	pid_t pid;
	const char *comm; /* raw bytes inside the text that was parsed, not terminated */
	size_t n_comm;
	char state;
	pid_t ppid;
	uint64_t start; /* clock ticks since boot, as the reader's time namespace counts */
};

int proc_parse_stat(const char *text, size_t n, struct proc_stat *ret) _must_check_;

/* That of the process whose directory DIR is, but for its name: 0, -EIO where it is not as it
 * should be, or -errno. */
int proc_read_stat(int dir, struct proc_stat *ret) _must_check_;

/* Whether the process whose directory DIR is, and not another one with its number, started at
 * START, clock ticks since boot in the initial time namespace. TICK_OFFSET: see
 * proc_own_tick_offset(). */
bool proc_is_same(int dir, uint64_t start, int64_t tick_offset, struct proc_stat *ret);

/* Whether the process whose directory DIR is has ended. What vanishes during a scan is nothing to
 * report, and a call on it may have said anything (ENOENT, ESRCH, and EACCES too if it vanished
 * halfway): it is gone if its files are. */
bool proc_is_gone(int dir);

/* What we use of /proc/PID/status, see proc_pid_status(5). A process may be in 65,536 groups
 * (NGROUPS_MAX), and those are listed before the PIDs. */
#define PROC_STATUS_MAX ((size_t)1024 * 1024)

struct proc_status {
	pid_t tgid;
	pid_t ppid, tracer; /* 0: none that the reader sees */
	uint64_t cap_effective;
	size_t n_pids; /* 0 before Linux 4.1, which has no NSpid */
	pid_t pids[PID_LEVELS_MAX], pgids[PID_LEVELS_MAX], sids[PID_LEVELS_MAX];
};

int proc_parse_status(const char *text, size_t n, struct proc_status *ret) _must_check_;

/* The file NAME below DIR ("status", "self/status"): likewise. */
int proc_read_status(int dir, const char *name, struct proc_status *ret) _must_check_;

/* The inode number in "net:[4026531833]", the text of a link below ns/; TYPE is the part before
 * the colon. */
int proc_parse_ns_link(const char *text, size_t n, const char *type, ino_t *ret) _must_check_;

/* The inode number of what LINK below DIR leads to, such as "ns/mnt": 0 where that is refused, with
 * *RET_WHY, which may be NULL, an errno. */
ino_t proc_inode(int dir, const char *link, int *ret_why);

/* /proc/PID/timens_offsets: by how many nanoseconds the time since boot is shifted there, see
 * time_namespaces(7). */
int proc_parse_boottime_offset(const char *text, size_t n, int64_t *ret) _must_check_;

/* A line of /proc/PID/uid_map or gid_map, see user_namespaces(7): COUNT ids from INSIDE on, of
 * which the first one is OUTSIDE to whoever opened the file. */
struct idmap_range {
	uint32_t inside, outside, count;
};

/* UID_GID_MAP_MAX_EXTENTS in the kernel's include/linux/user_namespace.h, and more text than so
 * many lines have. */
#define IDMAP_RANGES_MAX 340
#define PROC_IDMAP_MAX ((size_t)IDMAP_RANGES_MAX * 40)

/* All lines of such a file into RET, which has room for IDMAP_RANGES_MAX; an empty one has none. */
int proc_parse_idmap(const char *text, size_t n, struct idmap_range *ret,
		     size_t *ret_n) _must_check_;

/* The file NAME ("uid_map", "gid_map") below DIR, which anybody may read, also who may not know
 * which namespace the process is in: likewise, -EIO where it is not as it should be, or -errno. */
int proc_read_idmap(int dir, const char *name, struct idmap_range *ret, size_t *ret_n) _must_check_;

/* /proc/PID/net/dev: the names of the interfaces in the network namespace of the process into RET,
 * which has room for N bytes, each with a NUL behind it. */
int proc_parse_net_dev(const char *text, size_t n, char *ret, size_t *ret_n) _must_check_;

/* By how many clock ticks (sysconf(_SC_CLK_TCK)) our own time namespace shifts what stat files show
 * as the start of a process; 0 where the kernel has no time namespaces. PROC is a fd of /proc. */
int64_t proc_own_tick_offset(int proc);
