/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "util/macro.h"

/*
 * More about some processes of a snapshot: what is read only for those that are shown. Made by a
 * details_builder and const from then on, as the snapshot is.
 */
struct process;

/* As ps has them. */
struct psfacts {
	bool known;
	char stat[8];	  /* "Ss+" */
	uint64_t started; /* seconds since 1970 */
	const char *tty;  /* "pts/0"; NULL: none */
	uint64_t rss;	  /* KiB */
};

struct detail {
	const struct process *process;
	bool has_cmdline;    /* it was asked for and could be read; kernel threads and zombies have
			      * an empty one */
	const char *cmdline; /* raw bytes, the arguments with one NUL between them */
	size_t n_cmdline;
	struct psfacts ps;
	bool has_container;		   /* it is known */
	const struct container *container; /* NULL: it is in none that leaves a mark */
	const char *cgroup;		   /* its path below the hierarchies; NULL unknown */
	const char *hostname;		   /* of its uts namespace; NULL unknown */
};

/* A name that a uid has in the viewer's eyes; NULL: it has none. */
struct user_name {
	uid_t uid;
	const char *name;
};

struct arena;

struct details {
	size_t n_details; /* by address of the process */
	const struct detail *details;
	size_t n_users; /* by uid */
	const struct user_name *users;
	size_t n_containers; /* each that a detail leads to, once */
	const struct container *const *containers;
	struct arena *arena;
};

const struct details *details_free(const struct details *details); /* takes NULL, returns NULL */
DEFINE_CLEANUP(const struct details *, details_free)

/* NULL where nobody asked, and where the process had ended or its number been reused by then. */
const struct detail *details_find(const struct details *details, const struct process *process);

/* NULL where nobody asked for that uid's name. */
const struct user_name *details_user(const struct details *details, uid_t uid);

struct details_builder;

struct details_builder *details_builder_new(void) _must_check_;
struct details_builder *details_builder_free(struct details_builder *builder);
DEFINE_CLEANUP(struct details_builder *, details_builder_free)

/* Adds what DETAIL and USER say; strings are copied, and equal containers are made one. */
void details_builder_add(struct details_builder *builder, const struct detail *detail);
void details_builder_add_user(struct details_builder *builder, uid_t uid, const char *name);
const struct details *details_builder_finish(struct details_builder *builder) _must_check_;
