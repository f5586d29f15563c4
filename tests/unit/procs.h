/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"

/* A folder that looks like /proc. */
struct procs {
	char *path;
	int fd;
};

static inline void procs_write(const struct procs *procs, pid_t pid, const char *name,
			       const char *text, size_t n)
{
	_cleanup_(freep) char *path = pid ? xasprintf("%s/%d/%s", procs->path, pid, name)
					  : xasprintf("%s/self/%s", procs->path, name);
	write_file(path, text, n);
}

/* Namespaces are files here, and processes that share one have the same. */
static inline void procs_share(const struct procs *procs, pid_t pid, const char *kind, int number)
{
	_cleanup_(freep) char *file = xasprintf("%s/%s-%d", procs->path, kind, number);
	_cleanup_(freep) char *link_path = pid ? xasprintf("%s/%d/ns/%s", procs->path, pid, kind)
					       : xasprintf("%s/self/ns/%s", procs->path, kind);
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(link(file, link_path), 0);
}

/* Its real, effective, saved and file system user; all are root's where nobody said otherwise. */
static inline void procs_set_uids(const struct procs *procs, pid_t pid, unsigned real,
				  unsigned effective, unsigned saved, unsigned fs)
{
	_cleanup_(freep) char *text =
		xasprintf("Name:\tx\nPid:\t%d\nUid:\t%u\t%u\t%u\t%u\nGid:\t0\t0\t0\t0\n", pid, real,
			  effective, saved, fs);
	procs_write(procs, pid, "status", text, strlen(text));
}

/* Puts it into another user namespace; all are in 1 where nobody said otherwise. */
static inline void procs_set_userns(const struct procs *procs, pid_t pid, int number)
{
	_cleanup_(freep) char *path = xasprintf("%s/%d/ns/user", procs->path, pid);
	assert_int_equal(unlink(path), 0);
	procs_share(procs, pid, "user", number);
}

/* The process PID, or self (0): its parent, when it started, the mnt and pid namespace it is in
 * (those of self are 1; 0: there is no link to be read), its cgroups and its arguments, with "|"
 * for NUL. */
static inline void procs_add(const struct procs *procs, pid_t pid, pid_t ppid, unsigned start,
			     int mnt, int ns_pid, const char *cgroup, const char *arguments)
{
	_cleanup_(freep) char *dir =
		pid ? xasprintf("%s/%d", procs->path, pid) : xasprintf("%s/self", procs->path);
	_cleanup_(freep) char *ns = xasprintf("%s/ns", dir);
	_cleanup_(freep) char *stat =
		xasprintf("%d (x) S %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %u 0\n", pid, ppid, start);
	_cleanup_(freep) char *cmdline = xstrdup(arguments);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkdir(ns, 0700), 0);
	if (mnt)
		procs_share(procs, pid, "mnt", mnt);
	if (ns_pid)
		procs_share(procs, pid, "pid", ns_pid);
	size_t n = strlen(arguments);
	for (size_t i = 0; i < n; i++)
		if (cmdline[i] == '|')
			cmdline[i] = 0;
	procs_write(procs, pid, "stat", stat, strlen(stat));
	procs_write(procs, pid, "cgroup", cgroup, strlen(cgroup));
	procs_set_uids(procs, pid, 0, 0, 0, 0);
	procs_share(procs, pid, "user", 1);
	procs_write(procs, pid, "cmdline", cmdline, n);
}

/* With self in it, and process 1. */
static inline struct procs procs_make(const char *name)
{
	struct procs procs = { .path = scratch_path(name) };
	assert_int_equal(mkdir(procs.path, 0700), 0);
	procs.fd = open(procs.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	procs_add(&procs, 0, 1, 1, 1, 1, "0::/\n4:memory:/job/359a1008a3aaf77d381dcc8824f92c0a\n",
		  "test|");
	procs_add(&procs, 1, 0, 1, 1, 1, "0::/\n", "init|");
	return procs;
}

static inline void procs_leave(struct procs *procs)
{
	close(procs->fd);
	free(procs->path);
}

#define _procs_ __attribute__((cleanup(procs_leave))) struct procs
