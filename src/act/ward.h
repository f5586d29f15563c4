/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "act/terminal.h"

/* A child that is waited for, as a shell would wait for us: what happens to it happens to us, and
 * what is sent to us is for it. */
struct ward {
	pid_t pid;
	bool apart;  /* in a process group of its own, which the terminal's keys do not reach by us
		      */
	int signals; /* a signalfd(2) */
	sigset_t before; /* the mask that we were started with */
};

/* Before the fork: signals wait until ward_attend(). 0, or -errno. */
int ward_begin(struct ward *ward) _must_check_;

/* In the child: as we were started. */
void ward_release(const struct ward *ward);

/* Until it has ended: its exit status. If a signal ended it, the same one ends us. TERMINAL: the
 * private one that it has, or NULL. */
int ward_attend(struct ward *ward, struct terminal *terminal);
