/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is known of two processes though not both of them tell their namespaces: in which ones (bits
 * 1 << enum ns_kind) they are together, and in which they are not. A kind with neither bit is
 * unknown, and none has both.
 */
struct proof {
	unsigned same, different;
};
