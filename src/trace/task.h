/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"
#include "util/error.h"

/* A task that is stopped, or was when its call ended, as /proc shows it. PROC is a fd of /proc. */

/* Opens /proc, which has to number processes as we do: the fd, or -errno, EXDEV where it does not.
 */
int task_open_proc(struct error *err) _must_check_;

/* Whether the process has ended whose pidfd that is; false of -1. */
bool task_has_ended(int pidfd);

/* Its names and numbers; what cannot be read stays unknown. */
void task_read(int proc, pid_t tid, struct event_task *ret);

/* The namespaces that it is in; 0: unknown. */
void task_read_ns(int proc, pid_t tid, ino_t ret[NS_KIND_COUNT]);

/* Who traces it; 0: nobody, or unknown. */
pid_t task_tracer(int proc, pid_t tid);

/* Whether its next child will be in another pid or time namespace than it is, or may be: nobody can
 * tell of one that was never used (before Linux 7). */
bool task_has_children_elsewhere(int proc, pid_t tid);

/* What its descriptor FD is: "net:[4026531833]", "/run/netns/blue", "the pidfd of 7". Freed by the
 * caller. */
char *task_describe_fd(int proc, pid_t tid, int fd) _must_check_;

/* The program that it runs, and its arguments, each with a NUL behind it; of more than so many
 * bytes, so many. Freed by the caller. */
#define TASK_CMDLINE_MAX ((size_t)128 * 1024)
char *task_read_exe(int proc, pid_t tid) _must_check_;
char *task_read_cmdline(int proc, pid_t tid, size_t *ret_n) _must_check_;

/* Bytes of its memory: at most MAX, NULL where it has none there; freed by the caller. A text ends
 * at its NUL. */
char *task_read_text(pid_t tid, uint64_t address, size_t max) _must_check_;
bool task_read_memory(pid_t tid, uint64_t address, void *ret, size_t n);

/*
 * Clears CLONE_UNTRACED in the flags of the clone(2) or clone3(2) that it is about to make, with
 * which its child would have our filter and not us, so that its calls would fail. Before Linux 6.16
 * only on x86_64. ARGS are those of the call.
 */
void task_keep_child_traced(pid_t tid, bool clone3, const uint64_t args[6]);
