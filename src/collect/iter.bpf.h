/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later */
#pragma once

/*
 * What the programs have in common that the kernel runs for us: which number a process has where.
 * Include it behind bpf_core_read.h; for what is declared, see task_iter.bpf.c.
 */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

#pragma clang attribute pop

/* The kernel's upid as it lies in memory. */
struct number {
	int nr;
	struct pid_namespace *ns;
};

static __always_inline struct number number_at(struct pid *pid, __u32 level)
{
	struct number number;
	const char *first = (const char *)__builtin_preserve_access_index(&pid->numbers);
	bpf_probe_read_kernel(&number, sizeof(number), first + level * sizeof(number));
	return number;
}

/* What PID is in NS, a namespace at LEVEL: 0 where it is not visible. */
static __always_inline __s32 number_in(struct pid *pid, __u32 level, const struct pid_namespace *ns)
{
	if (BPF_CORE_READ(pid, level) < level)
		return 0;
	struct number number = number_at(pid, level);
	return number.ns == ns ? number.nr : 0;
}
