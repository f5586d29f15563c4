/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "model/idmap.h"
#include "model/net.h"
#include "util/macro.h"

/*
 * More about some processes and namespaces of a snapshot: what is read only for those that are
 * shown. Made by a details_builder and const from then on, as the snapshot is.
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

/* Which names ids have depends on who looks: on the user namespace and on the passwd and group
 * files below the root directory, together a view. From VIEW_FIRST on, it is a place in struct
 * details. */
enum {
	VIEW_UNASKED,
	VIEW_OURS, /* the viewer's own, whose names NSS knows */
	VIEW_FIRST,
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
	size_t view;			   /* whose names it has */
	bool has_nsuid;			   /* asked for, and could be made out */
	uid_t nsuid; /* the uid that it sees itself; UID_UNKNOWN: it is not mapped in there */
	const char *nsuser; /* raw bytes, its name in there; NULL: it has none, or NSUSER_WHY */
	int nsuser_why;	    /* an errno: that could not be read */
};

/* A name that an id has, raw bytes; NULL: it has none. */
struct id_name {
	uint32_t id;
	const char *name;
};

/* By id, each once. What is not among them has no name; but of the viewer's, only those are here
 * that were asked for. Where they could not be read, WHY says why. PARTIAL: what is not among them
 * may have one. */
struct id_names {
	size_t n;
	const struct id_name *items;
	int why;
	bool partial;
};

/* What passwd and group of one view say. */
struct names_view {
	struct id_names users, groups;
};

/* Subordinate ids of a user, whose name is raw bytes. */
struct subid {
	const char *owner;
	uint32_t start, count;
};

/* subuid(5) or subgid(5) of the viewer, in the order of the file. Where it could not be read, WHY
 * says why; ENODATA: nobody asked. */
struct subids {
	size_t n;
	const struct subid *items;
	int why;
};

struct arena;

struct details {
	size_t n_details; /* by address of the process */
	const struct detail *details;
	size_t n_nets; /* by address of the namespace */
	const struct net_detail *nets;
	struct id_names users, groups; /* the viewer's */
	size_t n_views;
	const struct names_view *views;
	struct subids subuids, subgids;
	size_t n_containers; /* each that a detail leads to, once */
	const struct container *const *containers;
	struct arena *arena;
};

const struct details *details_free(const struct details *details); /* takes NULL, returns NULL */
DEFINE_CLEANUP(const struct details *, details_free)

/* NULL where nobody asked, and where the process had ended or its number been reused by then. */
const struct detail *details_find(const struct details *details, const struct process *process);

/* NULL where nobody asked. */
const struct net_detail *details_find_net(const struct details *details, const struct ns *ns);

/* The container that is called TEXT in a saved snapshot: as container_pick(). DETAILS may be NULL.
 */
int details_find_container(const struct details *details, const char *text,
			   const struct container **ret, struct error *err) _must_check_;

/* The viewer's name; NULL where nobody asked for that uid. */
const struct id_name *details_user(const struct details *details, uid_t uid);

/* The name in a view: 0 (*RET is NULL where it has none), or why that is unknown, an errno, with
 * ENODATA where nobody asked. */
int details_name(const struct details *details, size_t view, enum id_type type, uint32_t id,
		 const char **ret);

/* The user whose subordinate ids hold all those from START on; NULL where there is none. */
const char *subids_owner(const struct subids *subids, uint32_t start, uint32_t count);

struct details_builder;

struct details_builder *details_builder_new(void) _must_check_;
struct details_builder *details_builder_free(struct details_builder *builder);
DEFINE_CLEANUP(struct details_builder *, details_builder_free)

/* Adds what DETAIL says (NSUSER follows from its view); strings are copied, and equal containers
 * are made one. */
void details_builder_add(struct details_builder *builder, const struct detail *detail);

/* Adds what NET says, once of each namespace; the names are copied. */
void details_builder_add_net(struct details_builder *builder, const struct net_detail *net);

/* Adds a name of the viewer's; NULL: it has none. */
void details_builder_add_user(struct details_builder *builder, uid_t uid, const char *name);
void details_builder_add_group(struct details_builder *builder, gid_t gid, const char *name);

/* Adds a view, and returns what stands for it in struct detail. Its items are in the order of the
 * file, where the first one of each id counts. */
size_t details_builder_add_view(struct details_builder *builder, const struct names_view *view);

void details_builder_set_subids(struct details_builder *builder, enum id_type type,
				const struct subids *subids);
const struct details *details_builder_finish(struct details_builder *builder) _must_check_;
