/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernelpid in|from FILE: for each PID on stdin the one that the kernel translates it to, between
 * our own pid namespace and that which FILE is (ioctl_nsfs(2)), a line each; - where it has none.
 * Exit 77 where this kernel cannot (before Linux 6.11). It shares no code with the tools.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define FROM_PIDNS 0x8004b706u
#define IN_PIDNS 0x8004b708u

int main(int argc, char **argv)
{
	int pid, fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
	if (fd < 0) {
		perror("kernelpid in|from FILE");
		return 2;
	}
	while (scanf("%d", &pid) == 1) {
		int there = ioctl(fd, strcmp(argv[1], "in") == 0 ? IN_PIDNS : FROM_PIDNS, pid);
		if (there < 0 && errno == ENOTTY)
			return 77;
		if (there < 0)
			puts("-");
		else
			printf("%d\n", there);
	}
	return 0;
}
