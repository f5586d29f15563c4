/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <uthash.h>

#include "uapi/nsfs.h"
#include "util/alloc.h"

/* So many namespaces are open at once, and joined by one child: others need descriptors too. */
#define BATCH ((size_t)64)

#define NAME_MAX_SIZE sizeof(((struct utsname *)NULL)->nodename)

struct hostname {
	ino_t uts;
	bool known;
	char name[NAME_MAX_SIZE];
	UT_hash_handle hh;
};

struct hostnames {
	ino_t own;
	struct hostname *all; /* uthash */
	size_t n_pending;
	int fds[BATCH]; /* of those that have to be joined */
	struct hostname *pending[BATCH];
};

/* What the child reports: less than PIPE_BUF, so that it comes in one piece. */
struct report {
	size_t place;
	char name[NAME_MAX_SIZE];
};

static ino_t uts_inode(int dir, const char *link)
{
	struct stat st;
	return fstatat(dir, link, &st, 0) < 0 ? 0 : st.st_ino;
}

struct hostnames *hostnames_new(int proc)
{
	struct hostnames *hostnames = xcalloc(1, sizeof(*hostnames));
	hostnames->own = uts_inode(proc, "self/ns/uts");
	return hostnames;
}

static void close_pending(struct hostnames *hostnames)
{
	for (size_t i = 0; i < hostnames->n_pending; i++)
		close(hostnames->fds[i]);
	hostnames->n_pending = 0;
}

struct hostnames *hostnames_free(struct hostnames *hostnames)
{
	if (!hostnames)
		return NULL;
	struct hostname *hostname, *next;
	HASH_ITER (hh, hostnames->all, hostname, next) {
		HASH_DEL(hostnames->all, hostname);
		free(hostname);
	}
	close_pending(hostnames);
	free(hostnames);
	return NULL;
}

static struct hostname *look_up(const struct hostnames *hostnames, ino_t uts)
{
	struct hostname *found;
	HASH_FIND(hh, hostnames->all, &uts, sizeof(uts), found);
	return found;
}

static void read_own(struct hostname *hostname)
{
	struct utsname name;
	hostname->known = uname(&name) == 0;
	if (hostname->known)
		memcpy(hostname->name, name.nodename, sizeof(name.nodename));
}

ino_t hostnames_add(struct hostnames *hostnames, int dir)
{
	ino_t uts = uts_inode(dir, "ns/uts");
	if (uts == 0 || look_up(hostnames, uts))
		return uts;
	struct hostname *hostname = xcalloc(1, sizeof(*hostname));
	hostname->uts = uts;
	HASH_ADD(hh, hostnames->all, uts, sizeof(hostname->uts), hostname);
	if (uts == hostnames->own) {
		read_own(hostname);
		return uts;
	}
	int fd = openat(dir, "ns/uts", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return uts;
	hostnames->fds[hostnames->n_pending] = fd;
	hostnames->pending[hostnames->n_pending++] = hostname;
	if (hostnames->n_pending == BATCH)
		hostnames_read(hostnames);
	return uts;
}

static void report(int pipe, size_t place)
{
	struct report report = { .place = place };
	struct utsname name;
	if (uname(&name) < 0)
		return;
	memcpy(report.name, name.nodename, sizeof(report.name));
	if (write(pipe, &report, sizeof(report)) < 0)
		_exit(1);
}

/* Whoever owns the user namespace that owns it has all rights there, and so in it. There is no way
 * back, so this takes a child of its own. */
static void report_by_owner(int pipe, size_t place, int fd)
{
	pid_t pid = fork();
	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (pid != 0)
		return;
	int owner = ioctl(fd, NSFS_GET_USERNS);
	if (owner >= 0 && setns(owner, CLONE_NEWUSER) == 0 && setns(fd, CLONE_NEWUTS) == 0)
		report(pipe, place);
	_exit(0);
}

/* The child: it allocates nothing and leaves what the parent has in buffers alone. Not dumpable, so
 * that nobody in a user namespace that it joins may look at it: see collect/idmaps.c. */
_noreturn_ static void join_all(const struct hostnames *hostnames, int pipe)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		_exit(1);
	for (size_t i = 0; i < hostnames->n_pending; i++) {
		if (setns(hostnames->fds[i], CLONE_NEWUTS) == 0)
			report(pipe, i);
		else if (errno == EPERM)
			report_by_owner(pipe, i, hostnames->fds[i]);
	}
	_exit(0);
}

static bool read_report(int fd, struct report *ret)
{
	ssize_t n;
	do
		n = read(fd, ret, sizeof(*ret));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*ret);
}

static void collect(struct hostnames *hostnames, int fd)
{
	struct report report;
	while (read_report(fd, &report)) {
		struct hostname *hostname = hostnames->pending[report.place];
		hostname->known = true;
		memcpy(hostname->name, report.name, sizeof(hostname->name));
	}
}

void hostnames_read(struct hostnames *hostnames)
{
	int fds[2];
	if (hostnames->n_pending && pipe2(fds, O_CLOEXEC) == 0) {
		pid_t pid = fork();
		if (pid == 0)
			join_all(hostnames, fds[1]);
		close(fds[1]);
		if (pid > 0) {
			collect(hostnames, fds[0]);
			waitpid(pid, NULL, 0);
		}
		close(fds[0]);
	}
	close_pending(hostnames);
}

const char *hostnames_get(const struct hostnames *hostnames, ino_t uts)
{
	const struct hostname *found = look_up(hostnames, uts);
	return found && found->known ? found->name : NULL;
}
