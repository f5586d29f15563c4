/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * storm SECONDS: processes that come and go as fast as they can, in and out of new namespaces, for
 * a lister to stumble over. At most 64 live at a time; it ends after SECONDS (60 at most), at the
 * end of stdin or by SIGTERM, reaps all and says how many there were.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
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

/* The kernel tears the process down while one of its threads is still there. */
static _Noreturn void exit_leader(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, outlive_leader, NULL) != 0)
		_exit(1);
	syscall(SYS_exit, 0);
	_exit(1);
}

/* One life: new namespaces, perhaps a child in them, perhaps a thread that stays longer. */
static _Noreturn void live(unsigned number)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (number % NET_EVERY == 0)
		(void)!unshare(CLONE_NEWNET);
	else
		(void)!unshare(kinds[number % (sizeof(kinds) / sizeof(kinds[0]))]);
	if (number % 3 == 0) {
		pid_t child = fork();
		if (child == 0)
			_exit(0);
		if (child > 0 && number % 2)
			waitpid(child, NULL, 0);
	}
	if (number % 7 == 0)
		exit_leader();
	_exit(0);
}

static bool is_over(time_t end)
{
	struct pollfd input = { .fd = STDIN_FILENO };
	return stopped || time(NULL) >= end ||
	       (poll(&input, 1, 0) > 0 && input.revents & (POLLHUP | POLLERR));
}

int main(int argc, char **argv)
{
	int seconds = argc == 2 ? atoi(argv[1]) : 0;
	if (seconds < 1 || seconds > 60) {
		fputs("Usage: storm SECONDS (1 to 60)\n", stderr);
		return 2;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	time_t end = time(NULL) + seconds;
	unsigned n_made = 0, n_live = 0;
	while (!is_over(end)) {
		pid_t child = n_live < LIVE_MAX ? fork() : -1;
		if (child == 0)
			live(n_made);
		n_made += child > 0;
		n_live += child > 0;
		/* Some are left as zombies for a while. */
		while (n_live && waitpid(-1, NULL, n_live < LIVE_MAX / 2 ? WNOHANG : 0) > 0)
			n_live--;
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	printf("%u processes\n", n_made);
	return fflush(stdout) == 0 ? 0 : 2;
}
