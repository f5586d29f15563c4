/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later */
#pragma once

/*
 * What file_iter.bpf.c writes and file_reader.c reads: a struct file_record for each descriptor
 * that may hold a namespace. Both sides are compiled for one machine, so layout and byte order
 * agree.
 */

enum file_what {
	FILE_NSFS, /* a namespace itself: opened, also by O_PATH, or a detached mount of it */
	FILE_SOCKET,
	FILE_TUN,
};

struct file_record {
	__u64 start_ns;	 /* of the process: since boot, in the initial time namespace */
	__u64 socket;	 /* inode number of the socket; 0: none */
	__s32 tgid, tid; /* as the reader's pid namespace sees them; where they differ, it is a
			  * descriptor of a thread that has a table of its own */
	__s32 fd;
	__u32 what;	 /* enum file_what */
	__u32 ino;	 /* of the namespace; of sockets and tun, their network namespace */
	__u32 in_flight; /* descriptors sent to the socket, which nobody has received yet */
};
