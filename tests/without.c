/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * without IOCTL... -- COMMAND [ARG...]: runs COMMAND on a kernel that does not know these ioctls:
 * they answer ENOTTY.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_REQUESTS 16
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)

/* args[1] is the request, in its lower half. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define REQUEST args[1]
#else
#define REQUEST args[1] + 4
#endif

int main(int argc, char **argv)
{
	struct sock_filter filter[2 * MAX_REQUESTS + 4];
	unsigned short n = 0;
	int i;

	filter[n++] = (struct sock_filter)LOAD(nr);
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 1, 0);
	filter[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	filter[n++] = (struct sock_filter)LOAD(REQUEST);
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0 && i <= MAX_REQUESTS; i++) {
		unsigned request = strtoul(argv[i], NULL, 0);
		filter[n++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, request, 0, 1);
		filter[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOTTY);
	}
	filter[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	if (i + 1 >= argc) { /* no command */
		fputs("Usage: without IOCTL... -- COMMAND [ARG...]\n", stderr);
		return 2;
	}
	struct sock_fprog program = { .len = n, .filter = filter };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		perror("without: seccomp");
		return 2;
	}
	execvp(argv[i + 1], &argv[i + 1]);
	perror(argv[i + 1]);
	return 127;
}
