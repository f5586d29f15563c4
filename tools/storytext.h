/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "storyrows.h"

/* A story in words: raw bytes of others are in them. Each is freed by the caller. */

/* "PID 1 of pid:[4026532183] is 29862, runs /bin/busybox"; "from runc(29840) -> sh(29862)";
 * "unshare: new ipc:[4026532182] mnt:[4026532180]" */
char *story_summary_text(const struct summary_row *row) _must_check_;

/* "ran /usr/bin/runc; new mnt:[4026532180] by unshare; exit 0"; empty: did nothing of that kind. */
char *story_member_text(const struct story_process *process) _must_check_;

/* "dockerd(812)" */
char *story_name(const struct story_process *process) _must_check_;

/* "net:[4026532184]", "net:[?]" */
char *story_ns_name(const struct story_ns *ns) _must_check_;

/* PID 1 of a pid namespace below the viewer's. */
bool story_is_init(const struct story_process *process);
