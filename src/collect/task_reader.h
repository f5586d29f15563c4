/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include "collect/task_iter.h"
#include "util/error.h"

/* A record of task_iter.bpf.c and what stands behind it; it lasts as long as the call. */
struct task_item {
	const struct task_record *record;
	const struct task_facts *facts;	    /* NULL: nobody asked */
	const struct task_numbers *numbers; /* with them */
	const struct task_ns *about;	    /* NULL: as the slot has it */
};

/*
 * Loads the BPF program, and calls TAKE with WHO for each task that our own pid namespace shows,
 * by PID: threads that share all with their leader, and facts of those that share namespaces with
 * another one, if wanted. 0, or -errno: ENOENT without BTF, EPERM without CAP_BPF and CAP_PERFMON,
 * and whatever else bpf(2) says of a kernel that cannot run it.
 */
int task_reader_run(bool all_threads, bool all_facts,
		    void (*take)(void *who, const struct task_item *item), void *who,
		    struct error *err) _must_check_;
