/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/*
 * The ids that our network namespace has for others, by which its veth devices name where their
 * other ends are (ip-netns(8)): RTM_GETNSID of rtnetlink(7), Linux 4.0. Asking gives none.
 */

/* The id of the network namespace that the descriptor NET is: 0, or -errno. It has none where *RET
 * is NETNSID_NONE (model/net.h). */
int nsid_ask(int net, int32_t *ret) _must_check_;

/* What N bytes of the answer say: 0, the -errno that they carry, -EBADMSG. Pure. */
int nsid_parse(const void *reply, size_t n, int32_t *ret) _must_check_;
