/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <uthash.h>

#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/child.h"
#include "util/procfile.h"

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
	struct child_patience patience;
	ino_t own;
	struct hostname *all; /* uthash */
	size_t n_pending;
	int fds[BATCH]; /* of those that have to be joined */
	struct hostname *pending[BATCH];
};

/* What a child reports of each namespace. */
struct report {
	int why;
	char name[NAME_MAX_SIZE];
};

struct hostnames *hostnames_new(int proc)
{
	struct hostnames *hostnames = xcalloc(1, sizeof(*hostnames));
	hostnames->patience = CHILD_PATIENCE;
	hostnames->own = proc_inode(proc, "self/ns/uts", NULL);
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
	ino_t uts = proc_inode(dir, "ns/uts", NULL);
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

static void report(int answers, int why)
{
	struct report report = { .why = why };
	struct utsname name;
	if (why == 0 && uname(&name) < 0)
		report.why = errno;
	else if (why == 0)
		memcpy(report.name, name.nodename, sizeof(report.name));
	if (write(answers, &report, sizeof(report)) != sizeof(report))
		_exit(1);
}

static void join_all(const void *context, int answers)
{
	const struct hostnames *hostnames = context;
	for (size_t i = 0; i < hostnames->n_pending; i++)
		report(answers, -child_join(hostnames->fds[i], CLONE_NEWUTS));
}

static int join_owner(int uts)
{
	int owner = ioctl(uts, NSFS_GET_USERNS);
	return owner < 0 ? -errno : child_join(owner, CLONE_NEWUSER);
}

static void join_by_owner(const void *context, int answers)
{
	const int *uts = context;
	int r = join_owner(*uts);
	report(answers, r < 0 ? -r : -child_join(*uts, CLONE_NEWUTS));
}

static void take_name(struct hostname *hostname, const struct report *report)
{
	hostname->known = report->why == 0;
	memcpy(hostname->name, report->name, sizeof(hostname->name));
	hostname->name[sizeof(hostname->name) - 1] = 0;
}

/* Whoever owns the user namespace that owns it has all rights there, and so in it. There is no way
 * back, so this takes a child for each. */
static void read_by_owner(struct hostnames *hostnames, size_t i)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	const int *uts = &hostnames->fds[i];
	struct report report;
	int r = child_start(&hostnames->patience, join_by_owner, uts, uts, 1, &child);
	if (r == 0)
		r = child_read(&child, &report, sizeof(report));
	if (r == 0)
		take_name(hostnames->pending[i], &report);
}

/* Which ones of them want their owner is noted in RET_REFUSED. */
static void read_all(struct hostnames *hostnames, bool *ret_refused)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	struct report report;
	int r = child_start(&hostnames->patience, join_all, hostnames, hostnames->fds,
			    hostnames->n_pending, &child);
	for (size_t i = 0; i < hostnames->n_pending && r == 0; i++) {
		r = child_read(&child, &report, sizeof(report));
		if (r < 0)
			break;
		take_name(hostnames->pending[i], &report);
		ret_refused[i] = report.why == EPERM;
	}
}

void hostnames_read(struct hostnames *hostnames)
{
	bool refused[BATCH] = { false };
	if (hostnames->n_pending)
		read_all(hostnames, refused);
	for (size_t i = 0; i < hostnames->n_pending; i++)
		if (refused[i])
			read_by_owner(hostnames, i);
	close_pending(hostnames);
}

const char *hostnames_get(const struct hostnames *hostnames, ino_t uts)
{
	const struct hostname *found = look_up(hostnames, uts);
	return found && found->known ? found->name : NULL;
}
