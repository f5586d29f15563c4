/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* The eight kinds of namespaces, see namespaces(7). The order is that of the links in /proc. */
enum ns_kind {
	NS_CGROUP,
	NS_IPC,
	NS_MNT,
	NS_NET,
	NS_PID,
	NS_TIME,
	NS_USER,
	NS_UTS,
	NS_KIND_COUNT,
};

/* Every other namespace than the initial ones has an inode number from here on: PROC_DYNAMIC_FIRST
 * in the kernel's fs/proc/generic.c. */
#define NS_INO_DYNAMIC_FIRST 0xf0000000u

struct ns_kind_info {
	const char *name; /* as in /proc and in lsns */
	char letter;	  /* as in nsenter */
	int clone_flag;
	ino_t initial_ino;	   /* enum init_ns_ino in the kernel's include/uapi/linux/nsfs.h */
	bool always_fixed;	   /* that number is older than Linux 6.17 */
	bool has_parent;	   /* the kind is a hierarchy */
	const char *link;	   /* below /proc/PID */
	const char *children_link; /* the one that children will be in; NULL for most kinds */
};

const struct ns_kind_info *ns_kind_info(enum ns_kind kind);
const char *ns_kind_name(enum ns_kind kind);

/* The kind of that name (N bytes), or NS_KIND_COUNT. */
enum ns_kind ns_kind_by_name(const char *name, size_t n);

/* What "net:[4026532184]" names; -EINVAL where TEXT is no such name. */
int ns_name_parse(const char *text, enum ns_kind *ret_kind, ino_t *ret) _must_check_;

/* The kind with that clone flag, or NS_KIND_COUNT. */
enum ns_kind ns_kind_by_flag(int clone_flag);

/* Adds the kinds in LIST ("net,pid") to *RET_KINDS, bits 1 << enum ns_kind; -EINVAL where one is
 * none.
 */
int ns_kinds_parse(const char *list, unsigned *ret_kinds, struct error *err) _must_check_;
