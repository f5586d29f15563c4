/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "trace/filter.h"
#include "util/error.h"

/* A command that waits until whoever traces it is ready. */
struct command {
	pid_t pid;
	int go, failed; /* pipes */
};

#define COMMAND_NONE ((struct command){ .go = -1, .failed = -1 })

/* Forks, with the signals of BEFORE for the command, and FILTER unless that is NULL: 0, or -errno.
 */
struct signals;
int command_start(struct command *command, char *const *argv, struct filter *filter,
		  const struct signals *before, struct error *err) _must_check_;

/* Lets it run. */
int command_go(struct command *command, struct error *err) _must_check_;

/* Once it has ended: 0, or an errno, why it never ran. */
int command_failure(const struct command *command);

void command_clear(struct command *command);

/* SIGCHLD, and what ends a trace: blocked while there is one, to be waited for. With a command also
 * SIGPIPE, as whoever stops reading what is told of it does not mean to end it. */
struct signals {
	sigset_t set, before;
	struct sigaction child_before; /* of SIGCHLD */
};

void signals_block(struct signals *signals, bool with_command);
void signals_restore(const struct signals *signals);

/* Hands on what came to us alone; keys reach the command by themselves. */
void command_hand_on(const struct command *command, int signal, int code);
