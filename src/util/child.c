/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util/clock.h"
#include "util/fds.h"

/* An answer this quick, ms, is none that somebody held back. */
#define QUICK 5

/* So long we wait for the death of what was killed. */
#define DEATH_TIME 100

#define KEEP_MAX ((size_t)128)

/*
 * In another user namespace whoever has CAP_SYS_PTRACE there could read our memory and use our
 * descriptors. So the child is not dumpable, for which the kernel asks for the capability in the
 * user namespace of its memory, which is ours (__ptrace_may_access() in kernel/ptrace.c). setns(2)
 * alone does not see to that where we are the owner (cred_cap_issubset() in kernel/cred.c), and
 * where it does, it sets what fs.suid_dumpable says, and forgets whose death is ours
 * (commit_creds()): so this is done before and after.
 */
static int protect(void)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return 0;
}

int child_join(int ns_fd, int type)
{
	return setns(ns_fd, type) < 0 ? -errno : protect();
}

static _noreturn_ void run_child(pid_t parent, child_function *run, const void *context,
				 const int *keep, size_t n_keep, int answers)
{
	int ours[KEEP_MAX + 1];
	if (protect() < 0 || getppid() != parent)
		_exit(1);
	for (size_t i = 0; i < n_keep; i++)
		ours[i] = keep[i];
	ours[n_keep] = answers;
	fds_close_others(0, ours, n_keep + 1);
	run(context, answers);
	close(answers);
	for (;;)
		pause();
}

int child_start(struct child_patience *patience, child_function *run, const void *context,
		const int *keep, size_t n_keep, struct child *ret)
{
	int fds[2];
	if (patience->left <= 0)
		return -ETIMEDOUT;
	if (n_keep > KEEP_MAX)
		return -E2BIG;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	_cleanup_(closep) int answers = fds[0], theirs = fds[1];
	pid_t parent = getpid(), pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_child(parent, run, context, keep, n_keep, theirs);
	*ret = (struct child){
		.pid = pid,
		.pidfd = syscall(SYS_pidfd_open, pid, 0),
		.answers = TAKE_FD(answers),
		.patience = patience,
	};
	return 0;
}

/* Waits until FD can be read: 0, -ETIMEDOUT, -errno. */
static int wait_for(int fd, int64_t end)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int r;
	do {
		int64_t left = end - clock_ms();
		r = left > 0 ? poll(&poll_fd, 1, left) : 0;
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

static int read_until(int fd, int64_t end, char *buffer, size_t size)
{
	size_t n = 0;
	while (n < size) {
		int r = wait_for(fd, end);
		if (r < 0)
			return r;
		ssize_t got = read(fd, buffer + n, size - n);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return -EPIPE;
		n += got > 0 ? got : 0;
	}
	return 0;
}

static void charge(struct child_patience *patience, int64_t start, int r)
{
	int64_t took = clock_ms() - start;
	if (took > QUICK || r == -ETIMEDOUT)
		patience->left -= took < patience->left ? (int)took : patience->left;
}

int child_read(const struct child *child, void *buffer, size_t size)
{
	int64_t start = clock_ms();
	int r = read_until(child->answers, start + (child->patience->left + 1) / 2, buffer, size);
	charge(child->patience, start, r);
	return r;
}

/* Without a pidfd (before Linux 5.3), its number is still its own, as nobody has waited for it. */
static void kill_child(const struct child *child)
{
	if (child->pidfd < 0 || syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0) < 0)
		kill(child->pid, SIGKILL);
}

static void await_death(const struct child *child)
{
	int64_t start = clock_ms();
	int r = child->pidfd < 0 ? 0 : wait_for(child->pidfd, start + DEATH_TIME);
	charge(child->patience, start, r);
	while (r == 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void child_end(struct child *child)
{
	if (child->pid > 0) {
		kill_child(child);
		await_death(child);
	}
	closep(&child->pidfd);
	closep(&child->answers);
	*child = CHILD_NONE;
}
