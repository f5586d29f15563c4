/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/calls.h"

#include <linux/audit.h>

#include "fixture.h"

/* As programs of each architecture make them: ptrace(2), PTRACE_GET_SYSCALL_INFO. */
static const struct row_number {
	const char *name; /* NULL: none that is followed */
	uint32_t arch;
	uint64_t number;
} number_rows[] = {
	{ "clone", AUDIT_ARCH_X86_64, 56 },
	{ "clone3", AUDIT_ARCH_X86_64, 435 },
	{ "unshare", AUDIT_ARCH_X86_64, 272 },
	{ "setns", AUDIT_ARCH_X86_64, 308 },
	{ "execve", AUDIT_ARCH_X86_64, 59 },
	{ "pivot_root", AUDIT_ARCH_X86_64, 155 },
	{ "mount", AUDIT_ARCH_X86_64, 165 },
	{ "clone", AUDIT_ARCH_I386, 120 },
	{ "unshare", AUDIT_ARCH_I386, 310 },
	{ "setns", AUDIT_ARCH_I386, 346 },
	{ "execve", AUDIT_ARCH_I386, 11 },
	{ "mount", AUDIT_ARCH_I386, 21 },
	{ "clone", AUDIT_ARCH_AARCH64, 220 },
	{ "clone3", AUDIT_ARCH_AARCH64, 435 },
	{ "unshare", AUDIT_ARCH_AARCH64, 97 },
	{ "setns", AUDIT_ARCH_AARCH64, 268 },
	{ "execve", AUDIT_ARCH_AARCH64, 221 },
	{ "pivot_root", AUDIT_ARCH_AARCH64, 41 },
	{ "chroot", AUDIT_ARCH_AARCH64, 51 },
	{ "sethostname", AUDIT_ARCH_AARCH64, 161 },
	{ "mount", AUDIT_ARCH_AARCH64, 40 },
	{ "write", AUDIT_ARCH_AARCH64, 64 },
	/* x32 has a bit of its own, and some calls numbers of their own. */
	{ "unshare", AUDIT_ARCH_X86_64, 0x40000000 | 272 },
	{ "execve", AUDIT_ARCH_X86_64, 0x40000000 | 520 },
	{ NULL, AUDIT_ARCH_X86_64, 0x40000000 | 59 },
	{ NULL, AUDIT_ARCH_X86_64, 520 },
	/* The same number is another call elsewhere. */
	{ NULL, AUDIT_ARCH_AARCH64, 56 + 1000 },
	{ "openat", AUDIT_ARCH_AARCH64, 56 },
	{ NULL, AUDIT_ARCH_X86_64, 39 },
	{ NULL, AUDIT_ARCH_AARCH64, UINT64_MAX }, /* -1: none */
	{ NULL, AUDIT_ARCH_RISCV64, 97 },
};

static void number(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(number_rows); i++) {
		const struct row_number *row = &number_rows[i];
		enum call call = call_by_number(row->arch, row->number);
		if (row->name)
			assert_string_equal(call == CALL_COUNT ? "none" : call_name(call),
					    row->name);
		else
			assert_int_equal(call, CALL_COUNT);
	}
}

int main(void)
{
	TEST(number);
	return suite_run("calls");
}
