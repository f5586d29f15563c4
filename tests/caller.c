/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What nstrace has to keep up with:
 *
 * caller rename N	calls itself N names
 * caller clone N	N children, at most 64 at a time, each in a uts namespace of its own
 * caller untraced	has a child that tracers are not to see, which leaves its uts namespace, and
 *			exits as that does: 0, or an errno
 * caller unseen	leaves its uts namespace by a call of the i386 table, and runs true(1)
 */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIVE_MAX 64

static void rename_often(long n)
{
	char name[24];
	for (long i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%ld", i);
		if (prctl(PR_SET_NAME, name) < 0)
			err(1, "prctl");
	}
}

static void clone_often(long n)
{
	long live = 0;
	for (long i = 0; i < n; i++) {
		long pid = syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, NULL, NULL, NULL, NULL);
		if (pid < 0)
			err(1, "clone");
		if (pid == 0)
			_exit(0);
		if (++live == LIVE_MAX) {
			wait(NULL);
			live--;
		}
	}
	while (wait(NULL) > 0)
		;
}

static int have_untraced_child(void)
{
	int status;
	long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		err(1, "clone");
	if (pid == 0)
		_exit(unshare(CLONE_NEWUTS) < 0 ? errno : 0);
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		errx(1, "the child was killed");
	return WEXITSTATUS(status);
}

/* Exits with 77 where the kernel has no such table. */
static void leave_unseen(void)
{
#ifdef __x86_64__
	long r = 310; /* unshare */
	__asm__ volatile("int $0x80" : "+a"(r) : "b"(CLONE_NEWUTS) : "memory");
	if (r < 0)
		errx(77, "unshare: %s", strerror(-r));
	execlp("true", "true", NULL);
	err(1, "true");
#else
	exit(77);
#endif
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	if (strcmp(what, "rename") == 0)
		rename_often(n);
	else if (strcmp(what, "clone") == 0)
		clone_often(n);
	else if (strcmp(what, "untraced") == 0)
		return have_untraced_child();
	else if (strcmp(what, "unseen") == 0)
		leave_unseen();
	else
		errx(2, "rename N, clone N, untraced, or unseen");
	return 0;
}
