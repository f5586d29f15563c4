/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ns;

/* More about a network namespace, which is read only where it is shown. */
struct net_detail {
	const struct ns *ns;
	bool has_netnsid; /* it was asked for, and could be read */
	int32_t netnsid;  /* what the viewer's network namespace calls it, a number from 0 on */
	bool has_interfaces;
	const char *interfaces; /* raw bytes: their names, each with a NUL behind it */
	size_t n_interfaces;	/* bytes */
};

#define NETNSID_NONE ((int32_t)-1) /* nobody has given it one */
