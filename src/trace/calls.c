/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/calls.h"

#include <limits.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mount.h>

/* Bit 30 of a number of x86_64 is x32, whose calls have the numbers of x86_64 but for some above
 * 511: __X32_SYSCALL_BIT in the kernel's arch/x86/include/uapi/asm/unistd.h. */
#define X32_BIT 0x40000000u

/* See the kernel's arch/x86/entry/syscalls/syscall_{64,32}.tbl and scripts/syscall.tbl. */
static const struct {
	const char *name;
	short x86_64, i386, aarch64; /* -1: there is none */
	short x32;		     /* 0: as x86_64 */
} calls[CALL_COUNT] = {
	[CALL_EXECVE] = { "execve", 59, 11, 221, 520 },
	[CALL_EXECVEAT] = { "execveat", 322, 358, 281, 545 },
	[CALL_FORK] = { "fork", 57, 2, -1, 0 },
	[CALL_VFORK] = { "vfork", 58, 190, -1, 0 },
	[CALL_CLONE] = { "clone", 56, 120, 220, 0 },
	[CALL_CLONE3] = { "clone3", 435, 435, 435, 0 },
	[CALL_UNSHARE] = { "unshare", 272, 310, 97, 0 },
	[CALL_SETNS] = { "setns", 308, 346, 268, 0 },
	[CALL_PIVOT_ROOT] = { "pivot_root", 155, 217, 41, 0 },
	[CALL_CHROOT] = { "chroot", 161, 61, 51, 0 },
	[CALL_SETHOSTNAME] = { "sethostname", 170, 74, 161, 0 },
	[CALL_MOUNT] = { "mount", 165, 21, 40, 0 },
	[CALL_FSOPEN] = { "fsopen", 430, 430, 430, 0 },
	[CALL_MOVE_MOUNT] = { "move_mount", 429, 429, 429, 0 },
	[CALL_OPEN] = { "open", 2, 5, -1, 0 },
	[CALL_OPENAT] = { "openat", 257, 295, 56, 0 },
	[CALL_WRITE] = { "write", 1, 4, 64, 0 },
	[CALL_CLOSE] = { "close", 3, 6, 57, 0 },
	[CALL_CAPSET] = { "capset", 126, 185, 91, 0 },
	[CALL_PRCTL] = { "prctl", 157, 172, 167, 0 },
	[CALL_SECCOMP] = { "seccomp", 317, 354, 277, 0 },
};

const char *call_name(enum call call)
{
	return calls[call].name;
}

static int number_of(enum call call, uint32_t arch, bool x32)
{
	switch (arch) {
	case AUDIT_ARCH_X86_64:
		return x32 && calls[call].x32 ? calls[call].x32 : calls[call].x86_64;
	case AUDIT_ARCH_I386:
		return calls[call].i386;
	case AUDIT_ARCH_AARCH64:
		return calls[call].aarch64;
	default:
		return -1;
	}
}

bool call_mounts(uint64_t flags)
{
	const uint64_t others =
		MS_BIND | MS_REMOUNT | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
	return !(flags & others);
}

bool call_sets_filter(uint64_t operation, uint64_t program)
{
	return operation == SECCOMP_SET_MODE_STRICT ||
	       (operation == SECCOMP_SET_MODE_FILTER && program);
}

enum call call_by_number(uint32_t arch, uint64_t number)
{
	bool x32 = arch == AUDIT_ARCH_X86_64 && number & X32_BIT;
	enum call call = 0;
	if (x32)
		number &= ~(uint64_t)X32_BIT;
	if (number > INT_MAX)
		return CALL_COUNT;
	while (call < CALL_COUNT && number_of(call, arch, x32) != (int)number)
		call++;
	return call;
}

int call_number(enum call call, uint32_t arch)
{
	return number_of(call, arch, false);
}
