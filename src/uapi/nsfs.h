/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What older kernel headers lack, written out: ioctls on namespace descriptors (magic 0xb7) and on
 * pidfds (0xff), see ioctl_nsfs(2) and the kernel's include/uapi/linux/{nsfs,pidfd}.h. A kernel
 * that does not know one answers ENOTTY.
 */

#define NSFS_GET_USERNS 0xb701u	      /* Linux 4.9: a fd of the owning user namespace */
#define NSFS_GET_PARENT 0xb702u	      /* 4.9: user and pid namespaces only */
#define NSFS_GET_NSTYPE 0xb703u	      /* 4.11: CLONE_NEW… as the result */
#define NSFS_GET_OWNER_UID 0xb704u    /* 4.11: uid_t *, as seen in the caller's user namespace */
#define NSFS_GET_MNTNS_ID 0x8008b705u /* 6.11: uint64_t *, mount namespaces only */
#define NSFS_GET_PID_FROM_PIDNS 0x8004b706u /* 6.11: a PID there; ours as the result */
#define NSFS_GET_PID_IN_PIDNS 0x8004b708u   /* 6.11: ours; that there as the result */
#define NSFS_MNT_GET_NEXT 0x8010b70bu	    /* 6.12: a fd of the mount namespace with the next id */
#define NSFS_MNT_GET_PREV 0x8010b70cu	    /* 6.12; their argument may be NULL */
#define NSFS_GET_ID 0x8008b70du		    /* 6.18: uint64_t * */

/* 6.18: open_by_handle_at(2) takes the former for a descriptor of nsfs, and then this handle, which
 * is a struct file_handle. Whatever it refuses: ESTALE. */
#define NSFS_ROOT (-10003)    /* FD_NSFS_ROOT */
#define NSFS_HANDLE_TYPE 0xf1 /* FILEID_NSFS in the kernel's include/linux/exportfs.h */
struct nsfs_handle {
	unsigned n_bytes; /* of what is behind HANDLE_TYPE */
	int handle_type;
	uint64_t id;
	uint32_t ns_type; /* CLONE_NEW… */
	uint32_t ino;	  /* newer kernels take both as 0, for whichever has that id */
};

static inline int nsfs_open_handle(uint64_t id, uint32_t ns_type, uint32_t ino)
{
	struct nsfs_handle handle = {
		.n_bytes = sizeof(handle) - offsetof(struct nsfs_handle, id),
		.handle_type = NSFS_HANDLE_TYPE,
		.id = id,
		.ns_type = ns_type,
		.ino = ino,
	};
	return open_by_handle_at(NSFS_ROOT, (struct file_handle *)&handle, O_RDONLY | O_CLOEXEC);
}

/* 6.19: listns(2) writes the ids of those that we may see and that somebody uses, and returns how
 * many it wrote. See the kernel's include/uapi/linux/nsfs.h. */
#ifndef SYS_listns
#define SYS_listns 470
#endif
struct nsfs_list_request {
	uint32_t size, spare;
	uint64_t after;	  /* the last id that it told; 0: from the first */
	uint32_t ns_type; /* 0: all */
	uint32_t spare2;
	uint64_t owner; /* the id of a user namespace; 0: all */
};

#define PIDFD_GET_PID_FOR_CHILDREN 0xff06u /* 6.11 */
#define PIDFD_OPEN_THREAD O_EXCL	   /* 6.9: a flag of pidfd_open(2) */

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define CLONE_NEW_ALL                                                                              \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

#define PROCFS_MAGIC 0x9fa0
#define PROCFS_ROOT_INO 1 /* PROC_ROOT_INO in the kernel's fs/proc/root.c: not a folder of it */
#define NSFS_MAGIC 0x6e736673

/* /dev/net/tun, a misc device: TUN_MINOR in the kernel's include/linux/miscdevice.h. */
#define TUN_MAJOR 10
#define TUN_MINOR 200
