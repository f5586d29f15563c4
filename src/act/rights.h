/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

/* Whether we have a capability, as the kernel will judge: see user_namespaces(7), and
 * cap_capable_helper() in its security/commoncap.c. */

enum right { RIGHT_UNKNOWN, RIGHT_LACKING, RIGHT_HELD };

/* Who we are: our user namespace, our effective capabilities there, our uid. */
struct caller {
	int userns; /* -1: unknown */
	ino_t ino;
	uint64_t effective;
	uid_t uid;
	bool filtered; /* a seccomp filter may refuse anything */
};

void caller_read(struct caller *ret);
void caller_clear(struct caller *caller);

/* Whether we have the capability (bit 1 << CAP_…) in the user namespace USERNS, a fd; -1:
 * RIGHT_UNKNOWN. We have all of them in one below ours whose ancestor, a child of ours, we own. */
enum right caller_has(const struct caller *caller, uint64_t capability, int userns);

/* "CAP_SYS_ADMIN", of those that are of use to us. */
const char *capability_name(uint64_t capability);
