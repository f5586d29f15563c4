/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <uthash.h>

#include "container/disk.h"
#include "container/lineage.h"
#include "container/of.h"
#include "container/runtime.h"

/* Between of.c, which asks all that may tell, and climb.c, which looks at who supervises a process:
 * nothing else includes this. */

/* /proc changes while we climb, so that two processes may look like each other's parents, and there
 * has to be an end: beyond it is unknown. The names of a container are looked for less far. */
#define CLIMB_MAX 16384
#define CLIMB_FOR_NAMES_MAX 512

/* So many processes of a container are asked who supervises them, until one of them tells. */
#define ASK_MAX 8

/* Supervisors that are in containers of supervisors that are in containers. */
#define NEST_MAX 8

/* A container that a process was found in. */
struct entry {
	struct known known;
	bool is_supervised; /* its supervisor was asked */
	unsigned n_asked;   /* of its processes were asked who supervises them */
	UT_hash_handle hh;
	char *key; /* "docker:0:8:lxc:att:ID" */
};

/* What may still be read for an ordinary user, or for who is in a container. */
struct account {
	struct budget budget;
	UT_hash_handle hh;
	char *key;
};

/* Who a process is. */
struct place {
	uint64_t start;
	pid_t pid;
};

/* A process that was passed on the way up, and what was found above it. */
struct climbed {
	struct place key;
	int why;	     /* -errno: that could not be made out */
	struct entry *entry; /* NULL: nothing */
	UT_hash_handle hh;
};

struct containers {
	int proc;
	ino_t own_mnt, own_pid, own_user;
	char *own_cgroups;	  /* the text of our file; NULL */
	struct entry *entries;	  /* uthash */
	struct climbed *climbed;  /* uthash */
	struct account *accounts; /* uthash */
	struct {
		int dir; /* holds it, so that its number cannot have become another's; -1 */
		pid_t pid;
		uint64_t start;
		struct entry *entry; /* what was found from there on upwards */
	} parent;		     /* of the last process: neighbours tend to share it */
	/* Supervisors that are being looked at, one in the container of the next. */
	unsigned nested;
	struct runtime_list runtimes;
	bool has_runtimes;
	int runtimes_why; /* -errno: none of them could be read */
};

/* of.c: the entry of that container, where KNOWN is used up; and the container of a process, as
 * container_of(). */
struct entry *containers_entry(struct containers *containers, struct known *known);
int containers_look(struct containers *containers, const struct member *member,
		    struct entry **ret) _must_check_;

/* climb.c: the entry of KNOWN, in which DIR's process is, and which is used up; and the container
 * that a supervisor above the process tells of: 0 (*RET is NULL: none), -errno. */
struct entry *containers_enter(struct containers *containers, struct known *known, int dir);
int containers_supervised(struct containers *containers, const struct member *member,
			  struct entry **ret) _must_check_;
