/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"
#include "util/error.h"

/*
 * Runs a command and tells what it, and all that it starts, do about namespaces. By ptrace(2), and
 * a seccomp filter so that no other call takes longer. If we are killed, the kernel ends all of
 * them: their calls would fail without us.
 *
 * 0 with what became of the command, as wait(2) has it, once the last of them has ended; or -errno.
 */
int trace_command(char *const *command, event_sink *sink, void *who, int *ret_status,
		  struct error *err) _must_check_;

/* The command could not be run, as execvp(3) says: an outcome, *RET_STATUS is its errno. */
#define TRACE_NOT_RUN 1
