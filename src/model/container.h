/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"
#include "util/macro.h"

/* What an engine calls a container. Engines: docker podman kubernetes nerdctl containerd buildkit
 * lxc nspawn runc crun, and oci where only the form of its id is known. All of it is untrusted
 * bytes. */
struct container {
	const char *engine;
	const char *id;
	const char *name;  /* NULL: none that we know */
	const char *pod;   /* NAMESPACE/NAME, or the uid, of a kubernetes pod; NULL */
	uid_t owner;	   /* whose engine it is: 0 the system's */
	const char *outer; /* the containers that it is in, "lxc:att/docker:ID"; NULL: none */
};

/* As people know it: "docker:chal", "docker:b929bf934f01" (what is not hexadecimal is not cut). */
char *container_label(const struct container *container) _must_check_;

/* Whether both are the same container of the same engine: ids alone do not tell, as a user or
 * whoever is in a container may choose them. */
bool container_is_same(const struct container *a, const struct container *b);

/* What TEXT ("chal", "b929bf93", "docker:chal") is to a container; the higher, the more it counts.
 * A prefix is one of 4 hexadecimal digits or more. */
enum container_match {
	CONTAINER_OTHER,
	CONTAINER_BY_PREFIX,
	CONTAINER_BY_ID,
	CONTAINER_BY_NAME,
};

enum container_match container_match(const struct container *container, const char *text);

/* The higher, the more it counts, before what a match is: the system's, an ordinary user's, one in
 * another container. Nobody can make theirs stand for what is called so and counts more. */
enum container_rank {
	CONTAINER_NESTED,
	CONTAINER_OF_USER,
	CONTAINER_OF_SYSTEM,
};

enum container_rank container_rank(const struct container *container);

/* The best match among N containers, no two of which are the same: its place in *RET. -ENOENT where
 * there is none; -ENOTUNIQ where several are the best, and the line lists them. */
int container_pick(const struct container *const *list, size_t n, const char *text, size_t *ret,
		   struct error *err) _must_check_;
