/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/auditing.h"

/* Between the checks of what a process has beyond its paths: nothing else includes this. */

/* Where a file that it has open is. */
struct leak_place {
	const struct mount_entry *mount; /* NULL: on none that is known */
	const char *type;		 /* of the file system; "" not known */
	char *inner;			 /* in the file system; NULL: not known */
	char *path;			 /* on the host; NULL: it is not there, or not known */
	bool is_hosts;			 /* it is on a mount of the host's mount namespace */
};

void leak_place_clear(struct leak_place *place);
struct leak_place leak_find_place(const struct auditing *auditing, const struct leak *leak);

/* Whether it is on a file system that is an interface of the kernel. */
bool leak_is_kernels(const struct leak_place *place);

/* "fd/8 /srv", which the caller frees. */
char *leak_evidence(const struct leak *leak) _must_check_;

/* "has open" */
const char *leak_verb(const struct leak *leak);
