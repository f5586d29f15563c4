/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * storm SECONDS: processes that come and go as fast as they can, in and out of new namespaces, for
 * a lister to stumble over. At most 64 are there at a time, zombies too; it ends after SECONDS (60
 * at most), when stdin is a pipe and hangs up, or by SIGTERM or SIGINT, reaps all and says how many
 * there were. Each lives for a millisecond or so, so nothing stays after SIGKILL either.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIVE_MAX 64
#define NET_EVERY 16 /* the kernel is slow to take down net namespaces */

static const int kinds[] = { CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID };

/* Only says that it is over; the default action would leave children to PID 1. */
static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static void *outlive_leader(void *nothing)
{
	usleep(500);
	_exit(0);
	return nothing;
}

/* The leader is a zombie, and the process lives in its other thread. */
static _Noreturn void exit_leader(void)
{
	pthread_t thread;

	/* Refused after unshare(CLONE_NEWPID). */
	if (pthread_create(&thread, NULL, outlive_leader, NULL) != 0)
		_exit(1);
	syscall(SYS_exit, 0);
	_exit(1);
}

static pid_t counted_fork(atomic_uint *n_made)
{
	pid_t pid;

	(*n_made)++;
	pid = fork();
	if (pid < 0)
		(*n_made)--;
	return pid;
}

/* One life: new namespaces, perhaps a child that outlives it, perhaps a thread that does. */
static _Noreturn void live(unsigned int dice, atomic_uint *n_made)
{
	int flags = dice % NET_EVERY ? 0 : CLONE_NEWNET;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		flags |= dice & (1u << (8 + i)) ? kinds[i] : 0;
	(void)!unshare(flags); /* an ordinary user can where CLONE_NEWUSER is among them */
	if ((dice >> 16) % 3 == 0 && counted_fork(n_made) == 0) {
		usleep((dice >> 20) % 1000);
		_exit(0);
	}
	if ((dice >> 16) % 7 == 0)
		exit_leader();
	_exit(0);
}

static bool is_over(void)
{
	struct pollfd input = { .fd = STDIN_FILENO };

	return stopped || (poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR)));
}

static void rage(atomic_uint *n_made)
{
	unsigned int n_reaped = 0, dice;

	while (!is_over()) {
		/* Each may make one more, so half of them is where we wait. */
		while (*n_made - n_reaped >= LIVE_MAX / 2 && wait(NULL) > 0)
			n_reaped++;
		dice = (unsigned int)random();
		if (counted_fork(n_made) == 0)
			live(dice, n_made);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	int seconds = argc == 2 ? atoi(argv[1]) : 0;
	atomic_uint *n_made;

	if (seconds < 1 || seconds > 60) {
		fputs("Usage: storm SECONDS (1 to 60)\n", stderr);
		return 2;
	}
	n_made = mmap(NULL, sizeof(*n_made), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (n_made == MAP_FAILED) {
		perror("storm: cannot map shared memory");
		return 2;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	signal(SIGALRM, stop);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* whose parent has exited is ours to reap, not PID 1's */
	alarm((unsigned int)seconds);
	rage(n_made);
	printf("%u processes\n", *n_made);
	return fflush(stdout) == 0 ? 0 : 2;
}
