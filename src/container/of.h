/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "container/known.h"
#include "util/macro.h"

/*
 * Which container a process is in, for one run of a tool: what was found out once is kept. No
 * daemon has to answer for it. Its cgroups tell first; then, of a process in another mount or pid
 * namespace than ours, who supervises it, and what runc and crun wrote down.
 */
struct containers;

/* PROC is a descriptor of /proc, and stays the caller's. */
struct containers *containers_new(int proc) _must_check_;
struct containers *containers_free(struct containers *containers); /* takes NULL, returns NULL */
DEFINE_CLEANUP(struct containers *, containers_free)

/* A process or thread: its directory, and what need not be read, as it is known already. */
struct member {
	int dir;
	ino_t mnt, pid; /* namespaces; 0 unknown */
	pid_t ppid;	/* and when it started, as its stat file has them; 0 unknown */
	uint64_t start;
	const char *cgroups; /* its cgroup file; NULL: not read */
	size_t n_cgroups;
};

/* What is read of a cgroup file: a path is PATH_MAX long at most, and there are a dozen
 * hierarchies. */
#define CGROUP_MAX ((size_t)128 * 1024)

/*
 * The container that it is in. *RET lives as long as CONTAINERS; NULL: it is in none, or in one
 * that leaves no mark (bubblewrap's), or that of the caller, seen from the inside. -errno where the
 * kernel would not tell.
 */
int container_of(struct containers *containers, const struct member *member,
		 const struct known **ret) _must_check_;

/* Asks engines for the names of docker's and podman's containers among those that were returned and
 * have none so far; once, 300 ms at most. */
void containers_name(struct containers *containers);
