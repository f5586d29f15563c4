/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clang-format off */
/*
 * What nstrace has to keep up with, and nsaudit to see through:
 *
 * caller rename N	calls itself N names
 * caller clone N	N children, at most 64 at a time, each in a uts namespace of its own
 * caller crowd N	N children, one after the other, each PID 1 of a pid namespace, with eight
 *			threads that end when it does
 * caller maps		in a new user namespace, opens three files that map users, and then
 *			writes them
 * caller refused	has a filter that refuses unshare(2), and calls that
 * caller powerless	as another user without capabilities, all but another thread, waits
 * caller untraced	has a child that tracers are not to see, which leaves its uts namespace, and
 *			exits as that does: 0, or an errno
 * caller unseen	leaves its uts namespace by a call of the i386 table, and runs true(1)
 */
/* clang-format on */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
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

static void *wait_forever(void *nothing)
{
	for (;;)
		pause();
	return nothing;
}

static void crowd(long n)
{
	for (long i = 0; i < n; i++) {
		long pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
		if (pid < 0)
			err(1, "clone");
		if (pid == 0) {
			pthread_t thread;
			for (int j = 0; j < 8; j++)
				pthread_create(&thread, NULL, wait_forever, NULL);
			_exit(3);
		}
		waitpid(pid, NULL, 0);
	}
}

static void write_maps(void)
{
	const char *const names[] = { "setgroups", "uid_map", "gid_map" };
	const char *const lines[] = { "deny", "0 0 1", "0 0 1" };
	int fds[3];
	if (unshare(CLONE_NEWUSER) < 0)
		err(1, "unshare");
	for (int i = 0; i < 3; i++) {
		char path[32];
		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		fds[i] = open(path, O_WRONLY | O_CLOEXEC);
	}
	for (int i = 0; i < 3; i++)
		if (write(fds[i], lines[i], strlen(lines[i])) < 0)
			err(1, "%s", names[i]);
}

static void be_refused(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		err(1, "prctl");
	if (unshare(CLONE_NEWUTS) == 0 || errno != EXDEV)
		err(1, "unshare");
}

static void be_powerless(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { 0 };
	pthread_t thread;
	if (pthread_create(&thread, NULL, wait_forever, NULL) != 0)
		errx(1, "no thread");
	/* Of this thread alone, where the functions of the C library would change all. */
	if (syscall(SYS_setresuid, 65534, 65534, 65534) < 0 ||
	    syscall(SYS_capset, &header, none) < 0)
		err(1, "powerless");
	prctl(PR_SET_NAME, "powerless");
	wait_forever(NULL);
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
	else if (strcmp(what, "crowd") == 0)
		crowd(n);
	else if (strcmp(what, "maps") == 0)
		write_maps();
	else if (strcmp(what, "refused") == 0)
		be_refused();
	else if (strcmp(what, "powerless") == 0)
		be_powerless();
	else if (strcmp(what, "untraced") == 0)
		return have_untraced_child();
	else if (strcmp(what, "unseen") == 0)
		leave_unseen();
	else
		errx(2,
		     "rename N, clone N, crowd N, maps, refused, powerless, untraced, or unseen");
	return 0;
}
