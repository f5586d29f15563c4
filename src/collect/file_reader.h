/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/types.h>

#include "collect/file_iter.h"
#include "util/error.h"

/*
 * Loads the BPF program, and calls TAKE with WHO for each open descriptor of the processes that our
 * own pid namespace shows, and of threads with a table of their own, that is a namespace, or a
 * socket or tun device of another network namespace than its task is in, or a unix socket with
 * descriptors in flight, whatever its network namespace: by tid and fd. The record lasts as long as
 * the call. Our own descriptors are among them. 0, or -errno: ENOENT without BTF, EPERM without
 * CAP_BPF and CAP_PERFMON, ENOSYS in a build without BPF, and whatever else bpf(2) says of a kernel
 * that cannot run it.
 */
int file_reader_run(void (*take)(void *who, const struct file_record *record), void *who,
		    struct error *err) _must_check_;
