/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * idmount SOURCE TARGET USERNS: mounts SOURCE at TARGET with the maps of a user namespace (a file
 * of /proc/PID/ns), see mount_setattr(2). Exit: 0, or 1 where the kernel or the file system
 * refuses.
 */
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_IDMAP };
	int tree;

	if (argc != 4)
		return 2;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	attributes.userns_fd = (__u64)open(argv[3], O_RDONLY | O_CLOEXEC);
	if (tree < 0 ||
	    syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], MOVE_MOUNT_F_EMPTY_PATH)) {
		perror("idmount");
		return 1;
	}
	return 0;
}
