/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "container/known.h"
#include "container/lineage.h"
#include "container/metafile.h"

/*
 * What engines keep on disk about their containers. Data roots can be anywhere, so first those who
 * know are asked: the bundle in which a supervisor works. All of it is untrusted, and what cannot
 * be read or made out is left as it was. ROOT is a directory descriptor below which paths are
 * followed: that of the supervisor, who may itself be in a container, or ours. BUDGET: metafile.h.
 */

/* Name, pod and first process of KNOWN, a container of containerd's (docker, nerdctl, kubernetes):
 * BUNDLES is the folder that has its bundle, named by its id. */
void disk_read_bundle(int root, int bundles, struct budget *budget, struct known *known);

/* The same of one below conmon, whose command line told SUPERVISOR; the name only if it is not
 * known by now. */
void disk_read_conmon(int root, const struct supervisor *supervisor, struct budget *budget,
		      struct known *known);

/* The same, where the supervisor of KNOWN is ANCESTOR. */
void disk_ask_supervisor(const struct ancestor *ancestor, const struct supervisor *supervisor,
			 struct budget *budget, struct known *known);

/* Where docker's and podman's folders usually are, for OWNER, whose home is HOME (0, NULL: the
 * system's). */
struct disk_place {
	int root;
	uid_t owner;
	const char *home;
	struct budget *budget;
};

/* The same from the usual folders. */
void disk_look_up(const struct disk_place *place, struct known *known);

/* Adds every container that is there, whether it runs or not. */
void disk_list(const struct disk_place *place, struct known_list *list);
