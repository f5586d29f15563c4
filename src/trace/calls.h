/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

/* The system calls that are followed, and their numbers on each architecture. */

enum call {
	CALL_EXECVE,
	CALL_EXECVEAT,
	CALL_FORK,
	CALL_VFORK,
	CALL_CLONE,
	CALL_CLONE3,
	CALL_UNSHARE,
	CALL_SETNS,
	CALL_PIVOT_ROOT,
	CALL_CHROOT,
	CALL_SETHOSTNAME,
	CALL_MOUNT,
	CALL_FSOPEN,
	CALL_MOVE_MOUNT,
	CALL_OPEN,
	CALL_OPENAT,
	CALL_WRITE,
	CALL_CLOSE,
	CALL_CAPSET,
	CALL_PRCTL,
	CALL_SECCOMP,
	CALL_COUNT,
};

const char *call_name(enum call call);

/* The one with that number for programs of ARCH, an AUDIT_ARCH_… as ptrace(2) and seccomp(2) tell;
 * CALL_COUNT where it is none of them, or the architecture is not known. */
enum call call_by_number(uint32_t arch, uint64_t number);

/* Whether a call with that result is made again, as a signal came between: it has not failed. These
 * errnos never leave the kernel (include/linux/errno.h there), but whoever traces sees them. */
static inline bool call_is_restarted(int64_t result)
{
	return result <= -512 && result >= -516;
}

/* Whether mount(2) with these flags mounts a file system, and not what is there already. */
bool call_mounts(uint64_t flags);

/* Whether seccomp(2) sets a filter, or strict mode: other operations ask what the kernel can do,
 * and so do some by a filter without a PROGRAM, the third argument. */
bool call_sets_filter(uint64_t operation, uint64_t program);

/* Its number there; -1: there is none. */
int call_number(enum call call, uint32_t arch);

/* The architecture of programs like us, as above; 0: not one of those. */
#if defined(__x86_64__)
#define CALL_ARCH 0xc000003eu
#elif defined(__aarch64__)
#define CALL_ARCH 0xc00000b7u
#else
#define CALL_ARCH 0u
#endif
