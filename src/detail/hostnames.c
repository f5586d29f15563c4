/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/hostnames.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <uthash.h>

#include "detail/inside.h"
#include "util/alloc.h"
#include "util/procfile.h"

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
	int fds[INSIDE_MAX]; /* of those that have to be joined */
	struct hostname *pending[INSIDE_MAX];
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
	if (hostnames->n_pending == INSIDE_MAX)
		hostnames_read(hostnames);
	return uts;
}

static int say_name(int with _unused_, int answers)
{
	struct utsname name;
	if (uname(&name) < 0)
		return -errno;
	inside_say(answers, name.nodename, sizeof(name.nodename));
	return 0;
}

static void take_name(struct hostname *hostname, const struct inside_answer *answer)
{
	hostname->known = answer->why == 0 && answer->n == sizeof(hostname->name);
	if (hostname->known)
		memcpy(hostname->name, answer->bytes, answer->n);
	hostname->name[sizeof(hostname->name) - 1] = 0;
}

void hostnames_read(struct hostnames *hostnames)
{
	struct inside_answer answers[INSIDE_MAX];
	const struct inside inside = {
		.type = CLONE_NEWUTS,
		.fds = hostnames->fds,
		.n = hostnames->n_pending,
		.with = -1,
		.look = say_name,
	};
	inside_ask(&inside, &hostnames->patience, answers);
	for (size_t i = 0; i < inside.n; i++) {
		take_name(hostnames->pending[i], &answers[i]);
		free(answers[i].bytes);
	}
	close_pending(hostnames);
}

const char *hostnames_get(const struct hostnames *hostnames, ino_t uts)
{
	const struct hostname *found = look_up(hostnames, uts);
	return found && found->known ? found->name : NULL;
}
