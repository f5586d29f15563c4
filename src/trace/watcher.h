/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace/watch.h"
#include "util/error.h"

/* The programs of watch.bpf.c, loaded and attached for as long as this is open. */
struct watcher;

/* Of EVERYBODY, or of those who are followed; also of each fork, if FORKS. 0, or -errno with what
 * is missing: bpf(2), perf_event_open(2) and tracefs take CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN.
 */
int watcher_open(bool everybody, bool forks, struct watcher **ret, struct error *err) _must_check_;
struct watcher *watcher_free(struct watcher *watcher);
DEFINE_CLEANUP(struct watcher *, watcher_free)

/* Follows the process that PIDFD is of, and all that it starts from now on: 1, or 0 where it is
 * followed already or has ended, or -errno. */
int watcher_follow(struct watcher *watcher, pid_t pid, int pidfd, enum watch_how how) _must_check_;

/* Turns readable when there are records. */
int watcher_fd(const struct watcher *watcher);

/* Calls TAKE for each that is there, with what is behind it: 0, or -errno. */
int watcher_read(struct watcher *watcher,
		 void (*take)(void *who, const struct watch_record *record, const char *bytes),
		 void *who) _must_check_;

/* How many records found no room, so far; how many processes are followed. */
uint64_t watcher_lost(const struct watcher *watcher);
int64_t watcher_followed(const struct watcher *watcher);
