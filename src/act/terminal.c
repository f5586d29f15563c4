/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "util/procfile.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41) /* Linux 4.13 */
#endif

/* An open file of our own, so that O_NONBLOCK is nobody else's. */
static int open_ours(void)
{
	const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = open("/dev/tty", flags);
	for (int i = STDIN_FILENO; i <= STDERR_FILENO && fd < 0; i++)
		if (isatty(i))
			fd = fd_reopen(i, flags);
	return fd < 0 ? -1 : fd;
}

bool terminal_is_there(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (isatty(i))
			return true;
	_cleanup_(closep) int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fd >= 0;
}

static bool is_pipe(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static int open_pair(struct terminal *terminal)
{
	int unlocked = 0;
	terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (terminal->master < 0 || ioctl(terminal->master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	terminal->slave = ioctl(terminal->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return terminal->slave < 0 ? -errno : 0;
}

/* It begins as ours is. Where ours stays as it is, ours makes "\r\n" of "\n". */
static void copy_modes(const struct terminal *terminal)
{
	struct termios modes;
	if (tcgetattr(terminal->ours, &modes) < 0)
		return;
	if (!terminal->keyboard)
		modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(terminal->slave, TCSANOW, &modes);
}

int terminal_open(struct terminal *ret, struct error *err)
{
	*ret = TERMINAL_NONE;
	ret->ours = open_ours();
	if (ret->ours < 0)
		return error_set(err, ENOTTY, "--pty: we have no terminal");
	int r = open_pair(ret);
	if (r < 0)
		return error_errno(err, -r, "cannot make a private terminal; --no-pty gives yours");
	ret->keyboard = isatty(STDIN_FILENO) && !is_pipe(STDOUT_FILENO);
	copy_modes(ret);
	terminal_resize(ret);
	return 0;
}

void terminal_close(struct terminal *terminal)
{
	terminal_restore(terminal);
	closep(&terminal->ours);
	closep(&terminal->master);
	closep(&terminal->slave);
	*terminal = TERMINAL_NONE;
}

int terminal_enter(const struct terminal *terminal, struct error *err)
{
	if (setsid() < 0 || ioctl(terminal->slave, TIOCSCTTY, 0) < 0)
		return error_errno(err, errno, "cannot take the private terminal");
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		bool deaf = i == STDIN_FILENO && !terminal->keyboard;
		_cleanup_(closep) int nothing = deaf ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
		if (isatty(i) && dup2(deaf ? nothing : terminal->slave, i) < 0)
			return error_errno(err, errno, "cannot use the private terminal");
	}
	return 0;
}

void terminal_take_foreground(const struct terminal *terminal)
{
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (setpgid(0, 0) == 0)
		(void)tcsetpgrp(terminal->slave, getpgrp());
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static bool is_foreground(const struct terminal *terminal)
{
	return tcgetpgrp(terminal->ours) == getpgrp();
}

void terminal_set_raw(struct terminal *terminal)
{
	struct termios modes;
	if (!terminal->keyboard || terminal->raw || !is_foreground(terminal) ||
	    tcgetattr(terminal->ours, &terminal->saved) < 0)
		return;
	modes = terminal->saved;
	cfmakeraw(&modes);
	terminal->raw = tcsetattr(terminal->ours, TCSADRAIN, &modes) == 0;
}

void terminal_restore(struct terminal *terminal)
{
	if (terminal->raw)
		tcsetattr(terminal->ours, TCSADRAIN, &terminal->saved);
	terminal->raw = false;
}

void terminal_resize(const struct terminal *terminal)
{
	struct winsize size;
	if (ioctl(terminal->ours, TIOCGWINSZ, &size) == 0)
		ioctl(terminal->master, TIOCSWINSZ, &size);
}

static bool is_empty(const struct flow *flow)
{
	return flow->start == flow->end;
}

/* Nothing is read before what came last has gone. */
void terminal_prepare(const struct terminal *terminal, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = terminal->ours };
	fds[1] = (struct pollfd){ .fd = terminal->master };
	if (!is_empty(&terminal->out))
		fds[0].events |= POLLOUT;
	else
		fds[1].events |= POLLIN;
	if (!is_empty(&terminal->in))
		fds[1].events |= POLLOUT;
	else if (terminal->raw)
		fds[0].events |= POLLIN;
	/* Else one that is gone would be told of again and again. */
	for (int i = 0; i < 2; i++)
		if (!fds[i].events)
			fds[i].fd = -1;
}

/* False at the end: the other side is gone. */
static bool fill(struct flow *flow, int fd)
{
	ssize_t n = read(fd, flow->bytes, sizeof(flow->bytes));
	if (n > 0) {
		flow->start = 0;
		flow->end = n;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void empty(struct flow *flow, int fd)
{
	ssize_t n = write(fd, flow->bytes + flow->start, flow->end - flow->start);
	if (n > 0)
		flow->start += n;
	else if (errno != EAGAIN && errno != EINTR)
		flow->start = flow->end;
}

void terminal_pass(struct terminal *terminal, const struct pollfd *fds)
{
	const short readable = POLLIN | POLLHUP | POLLERR;
	if (!is_empty(&terminal->out) && fds[0].revents)
		empty(&terminal->out, terminal->ours);
	if (!is_empty(&terminal->in) && fds[1].revents)
		empty(&terminal->in, terminal->master);
	/* Ours has hung up: the command goes on, and nobody types. */
	if (fds[0].events & POLLIN && fds[0].revents & readable && is_empty(&terminal->in) &&
	    !fill(&terminal->in, terminal->ours))
		terminal->keyboard = terminal->raw = false;
	if (fds[1].events & POLLIN && fds[1].revents & readable && is_empty(&terminal->out))
		(void)fill(&terminal->out, terminal->master);
}

void terminal_drain(struct terminal *terminal)
{
	closep(&terminal->slave);
	terminal->slave = -1;
	for (;;) {
		struct pollfd fd = { .fd = terminal->ours, .events = POLLOUT };
		while (!is_empty(&terminal->out) && poll(&fd, 1, 1000) > 0)
			empty(&terminal->out, terminal->ours);
		if (!is_empty(&terminal->out) || !fill(&terminal->out, terminal->master) ||
		    is_empty(&terminal->out))
			return;
	}
}
