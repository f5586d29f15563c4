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

/* One that controls us opens for us whoever owns it, as after su(1). */
static int open_again(int fd)
{
	const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	return tcgetpgrp(fd) >= 0 ? open("/dev/tty", flags) : fd_reopen(fd, flags);
}

/* An open file of our own, so that O_NONBLOCK is nobody else's. */
static int open_ours(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (isatty(i))
			return open_again(i);
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
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

static int open_slave(int master)
{
	return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static int open_pair(struct terminal *terminal)
{
	int unlocked = 0;
	terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (terminal->master < 0 || ioctl(terminal->master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	terminal->slave = open_slave(terminal->master);
	return terminal->slave < 0 ? -errno : 0;
}

/* Where it does not control us nobody asks who we are. */
static bool is_foreground(const struct terminal *terminal)
{
	pid_t group = tcgetpgrp(terminal->ours);
	return group < 0 ? errno == ENOTTY : group == getpgrp();
}

/* It begins as ours is, unless that is as a shell wants it while we are in the background. Where
 * ours stays as it is, ours makes "\r\n" of "\n". */
static void copy_modes(const struct terminal *terminal)
{
	struct termios modes;
	if (tcgetattr(is_foreground(terminal) ? terminal->ours : terminal->slave, &modes) < 0)
		return;
	if (!terminal->keyboard)
		modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(terminal->slave, TCSANOW, &modes);
}

int terminal_open(struct terminal *ret, bool keyboard, struct error *err)
{
	*ret = TERMINAL_NONE;
	if (!terminal_is_there())
		return error_set(err, ENOTTY, "--pty: we have no terminal");
	ret->ours = open_ours();
	if (ret->ours < 0)
		return error_errno(err, errno, "cannot open our terminal; --no-pty hands it on");
	int r = open_pair(ret);
	if (r < 0)
		return error_errno(err, -r, "cannot make a private terminal; --no-pty gives yours");
	ret->keyboard = isatty(STDIN_FILENO) && (keyboard || !is_pipe(STDOUT_FILENO));
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

/* Unless they are known to be two. /dev/tty says of each which one it is. */
static bool are_same(int tty, int other)
{
	unsigned device, other_device;
	return ioctl(tty, TIOCGDEV, &device) < 0 || ioctl(other, TIOCGDEV, &other_device) < 0 ||
	       device == other_device;
}

int terminal_enter(struct terminal *terminal, struct error *err)
{
	if (setsid() < 0 || ioctl(terminal->slave, TIOCSCTTY, 0) < 0)
		return error_errno(err, errno, "cannot take the private terminal");
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		bool deaf = i == STDIN_FILENO && !terminal->keyboard;
		_cleanup_(closep) int nothing = deaf ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
		if (isatty(i) && are_same(i, terminal->ours) &&
		    dup2(deaf ? nothing : terminal->slave, i) < 0)
			return error_errno(err, errno, "cannot use the private terminal");
	}
	/* Once who serves it has gone, it hangs up. */
	closep(&terminal->ours);
	closep(&terminal->master);
	terminal->ours = terminal->master = -1;
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

/* TCSADRAIN would wait for as long as ours takes no output. */
void terminal_set_raw(struct terminal *terminal)
{
	struct termios modes;
	terminal->reading = false;
	if (!terminal->keyboard || !is_foreground(terminal) ||
	    (!terminal->raw && tcgetattr(terminal->ours, &terminal->saved) < 0))
		return;
	modes = terminal->saved;
	cfmakeraw(&modes);
	terminal->reading = tcsetattr(terminal->ours, TCSANOW, &modes) == 0;
	terminal->raw |= terminal->reading;
	terminal_resize(terminal);
}

/* If a shell has put us into the background, it has made the modes its own. */
void terminal_restore(struct terminal *terminal)
{
	if (terminal->raw && is_foreground(terminal))
		tcsetattr(terminal->ours, TCSANOW, &terminal->saved);
	terminal->raw = terminal->reading = false;
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

/* Nothing is read before what came last has gone. Whatever is asked, poll(2) tells if ours has hung
 * up. No signal tells us that we are in the foreground now. */
int terminal_prepare(const struct terminal *terminal, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = terminal->ours };
	fds[1] = (struct pollfd){ .fd = terminal->master };
	if (!is_empty(&terminal->out))
		fds[0].events |= POLLOUT;
	else
		fds[1].events |= POLLIN;
	if (!is_empty(&terminal->in))
		fds[1].events |= POLLOUT;
	else if (terminal->reading)
		fds[0].events |= POLLIN;
	/* One that is hung up would be told of again and again. */
	if (!fds[1].events)
		fds[1].fd = -1;
	return terminal->keyboard && !terminal->reading ? 500 : -1;
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

/* Ours is gone, and so is the private one, as the kernel tells those who use it. */
static void hang_up(struct terminal *terminal)
{
	closep(&terminal->ours);
	closep(&terminal->master);
	closep(&terminal->slave);
	*terminal = TERMINAL_NONE;
}

/* Who may inside can hang it up (vhangup(2)): what was open is no more, until it is opened anew. */
static void open_slave_anew(struct terminal *terminal)
{
	int slave = open_slave(terminal->master);
	closep(&terminal->slave);
	terminal->slave = slave;
	if (slave >= 0)
		return;
	closep(&terminal->master);
	terminal->master = -1;
}

void terminal_pass(struct terminal *terminal, const struct pollfd *fds)
{
	const short readable = POLLIN | POLLHUP | POLLERR;
	if (fds[0].revents & POLLHUP) {
		hang_up(terminal);
		return;
	}
	if (!is_empty(&terminal->out) && fds[0].revents)
		empty(&terminal->out, terminal->ours);
	if (!is_empty(&terminal->in) && fds[1].revents)
		empty(&terminal->in, terminal->master);
	/* In the background: EIO, as SIGTTIN is blocked. */
	if (fds[0].events & POLLIN && fds[0].revents & readable && is_empty(&terminal->in) &&
	    !fill(&terminal->in, terminal->ours))
		terminal->reading = false;
	if (fds[1].events & POLLIN && fds[1].revents & readable && is_empty(&terminal->out) &&
	    !fill(&terminal->out, terminal->master))
		open_slave_anew(terminal);
}

/* True once all that there was is written. */
static bool flush(struct terminal *terminal, int interrupt)
{
	struct pollfd fds[] = { { .fd = terminal->ours, .events = POLLOUT },
				{ .fd = interrupt, .events = POLLIN } };
	while (!is_empty(&terminal->out)) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 || fds[0].revents & POLLHUP ||
		    !(fds[0].revents & POLLOUT))
			return false;
		empty(&terminal->out, terminal->ours);
	}
	return true;
}

/* Who is left inside may write on and on. */
void terminal_drain(struct terminal *terminal, int interrupt)
{
	size_t left = 65536; /* the kernel keeps less */
	closep(&terminal->slave);
	terminal->slave = -1;
	while (flush(terminal, interrupt) && left > 0 && fill(&terminal->out, terminal->master) &&
	       !is_empty(&terminal->out))
		left -= terminal->out.end < left ? terminal->out.end : left;
}
