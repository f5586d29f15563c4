/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

/*
 * What older kernel headers lack of statmount(2) and listmount(2), written out: see the kernel's
 * include/uapi/linux/{mount,stat}.h. A kernel that does not know it answers ENOSYS.
 */

#ifndef SYS_statmount
#define SYS_statmount 457 /* Linux 6.8 */
#define SYS_listmount 458
#endif

#define STATX_WITH_MNT_ID_UNIQUE 0x4000u /* 6.8: stx_mnt_id is one that is never reused */
#define MOUNT_IS_IDMAPPED 0x00100000u	 /* MOUNT_ATTR_IDMAP, 5.12 */

struct statmount_request {
	uint32_t size, mnt_ns_fd;
	uint64_t mnt_id, mask, mnt_ns_id; /* the last one: 6.11 */
};

/* listmount(2): all below the root of the namespace; MASK is the last id that it told. */
#define LISTMOUNT_ROOT UINT64_MAX

#define STATMOUNT_WANT_SB 0x1u	  /* sb_dev_…, sb_magic */
#define STATMOUNT_WANT_BASIC 0x2u /* mnt_attr */
#define STATMOUNT_WANT_ROOT 0x8u
#define STATMOUNT_WANT_POINT 0x10u
#define STATMOUNT_WANT_UIDMAP 0x2000u /* 6.15 */
#define STATMOUNT_WANT_GIDMAP 0x4000u

/* 512 bytes, and behind them STRINGS, into which the fields for texts are offsets. */
struct statmount_answer {
	uint32_t size, mnt_opts;
	uint64_t mask;
	uint32_t sb_dev_major, sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags, fs_type;
	uint64_t mnt_id, mnt_parent_id;
	uint32_t mnt_id_old, mnt_parent_id_old;
	uint64_t mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
	uint32_t mnt_root, mnt_point;
	uint64_t mnt_ns_id;
	uint32_t fs_subtype, sb_source, opt_num, opt_array, opt_sec_num, opt_sec_array;
	uint64_t supported_mask;
	uint32_t mnt_uidmap_num, mnt_uidmap, mnt_gidmap_num, mnt_gidmap;
	uint64_t spare[43];
	char strings[];
};

_Static_assert(sizeof(struct statmount_answer) == 512, "as the kernel has it");
