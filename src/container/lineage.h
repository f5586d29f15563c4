/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "container/known.h"
#include "util/macro.h"

/*
 * The process that an engine leaves beside a container, as the parent of its first process and of
 * what is executed in it later: its command line names the container. Anybody may give themselves
 * such a command line, but only their own children are below it.
 */
struct supervisor {
	struct known known;
	char *bundle;  /* conmon: the folder of the container; NULL */
	char *pidfile; /* conmon: where the PID of its child is; NULL */
	bool of_pod;   /* kubernetes: one for all of a pod, and the id is the pod's sandbox */
};

void supervisor_clear(struct supervisor *supervisor);

#define SUPERVISOR_NOT 1

/* Pure: N bytes of /proc/PID/cmdline, the arguments with a NUL behind each. 0 with *RET, or
 * SUPERVISOR_NOT. */
int supervisor_parse(const char *cmdline, size_t n, struct supervisor *ret) _must_check_;

/* A process by its directory in /proc. */
struct ancestor {
	int dir;
	pid_t pid, ppid;
	uint64_t start;
};

/* 0 or -errno: ESRCH, ENOENT: it has ended. The second one is given the directory, which stays the
 * caller's: it has none of its own then. */
int ancestor_open(int proc, pid_t pid, struct ancestor *ret) _must_check_;
int ancestor_read(int dir, struct ancestor *ret) _must_check_;
void ancestor_close(struct ancestor *ancestor);

/* Whether R, of these, says that a process is not there, rather than that we may not know. */
bool ancestor_is_gone(int r);

/* Puts its parent in its place: 0, -ESRCH where there is none any more or its number has been given
 * to another process (which started later than its child), -errno. Process 1, whose children most
 * are, is the end: it supervises no container. */
int ancestor_climb(int proc, struct ancestor *ancestor) _must_check_;

/* Whether it supervises a container: 0 with *RET, SUPERVISOR_NOT, or -errno where the kernel would
 * not tell. The owner is the process's user; a program that runs for one user with rights of
 * another (set-user-ID) supervises none, as whoever starts it chooses its arguments. */
int ancestor_supervises(const struct ancestor *ancestor, struct supervisor *ret) _must_check_;
