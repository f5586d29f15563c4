/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <termios.h>

#include "util/error.h"

/*
 * A private terminal for the command. On ours it could type what our shell then reads (TIOCSTI,
 * ioctl_tty(2)), and change its modes. All bytes go through us, both ways.
 */

/* Bytes on their way in one direction. */
struct flow {
	char bytes[4096];
	size_t start, end;
};

struct terminal {
	int ours, master, slave;
	/* What is typed is for the command: standard input is our terminal, and standard output no
	 * pipe, whose reader (less(1)) reads the keyboard, too. */
	bool keyboard;
	bool reading; /* we do now, as we are in the foreground */
	bool raw;     /* we have made ours so, and its modes were SAVED */
	struct termios saved;
	struct flow in, out;
};

#define TERMINAL_NONE ((struct terminal){ .ours = -1, .master = -1, .slave = -1 })

/* Whether any of the standard descriptors, or /dev/tty, is a terminal. */
bool terminal_is_there(void);

/* 0, -ENOTTY where there is none, or -errno. KEYBOARD: what is typed is for the command even if
 * standard output is a pipe. */
int terminal_open(struct terminal *ret, bool keyboard, struct error *err) _must_check_;
void terminal_close(struct terminal *terminal);

/* In the child: a session of its own with the private terminal, which takes the place of ours among
 * the standard descriptors. It keeps no other descriptor of us. */
int terminal_enter(struct terminal *terminal, struct error *err) _must_check_;

/* In the command's process: it is what the private terminal's keys are for. */
void terminal_take_foreground(const struct terminal *terminal);

/* Ours: its keys come as bytes, if it is us they are for, at each time that this may have become
 * so; as it was before; as large as it is. */
void terminal_set_raw(struct terminal *terminal);
void terminal_restore(struct terminal *terminal);
void terminal_resize(const struct terminal *terminal);

/* What to wait for (two entries), and passing on what then came. After that many milliseconds, if
 * not -1, it is time for terminal_set_raw(). */
int terminal_prepare(const struct terminal *terminal, struct pollfd *fds);
void terminal_pass(struct terminal *terminal, const struct pollfd *fds);

/* All that the command has written before it ended, unless INTERRUPT becomes readable while ours
 * takes nothing. */
void terminal_drain(struct terminal *terminal, int interrupt);
