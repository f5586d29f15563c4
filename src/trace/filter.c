/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "trace/calls.h"
#include "uapi/nsfs.h"

/* What GETEVENTMSG then says: nothing that we need. */
#define TRACE SCMP_ACT_TRACE(0)

#ifndef CLONE_UNTRACED
#define CLONE_UNTRACED 0x00800000
#endif

static const unsigned long clone_flags[] = {
	CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID,	CLONE_NEWNET, CLONE_UNTRACED,
};

static int add(scmp_filter_ctx context, enum call call, size_t n, const struct scmp_arg_cmp *args)
{
	int number = seccomp_syscall_resolve_name(call_name(call));
	int r = seccomp_rule_add_array(context, TRACE, number, n, args);
	/* aarch64 has no fork(2). */
	return r == -EDOM || r == -EINVAL ? 0 : r;
}

/* Only with one of these flags; clone3(2) has them in memory, where no filter sees them. */
static int add_clone(scmp_filter_ctx context)
{
	int r = add(context, CALL_CLONE3, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(clone_flags) && r == 0; i++) {
		const struct scmp_arg_cmp with =
			SCMP_A0(SCMP_CMP_MASKED_EQ, clone_flags[i], clone_flags[i]);
		r = add(context, CALL_CLONE, 1, &with);
	}
	return r;
}

/* Files that are opened for writing, as the maps of a user namespace are. */
static int add_open(scmp_filter_ctx context)
{
	static const unsigned long modes[] = { O_WRONLY, O_RDWR };
	int r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(modes) && r == 0; i++) {
		const struct scmp_arg_cmp open = SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, modes[i]);
		const struct scmp_arg_cmp openat = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, modes[i]);
		r = add(context, CALL_OPEN, 1, &open);
		if (r == 0)
			r = add(context, CALL_OPENAT, 1, &openat);
	}
	return r;
}

static int add_prctl(scmp_filter_ctx context)
{
	static const unsigned long options[] = { PR_SET_NAME, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP };
	int r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(options) && r == 0; i++) {
		const struct scmp_arg_cmp option = SCMP_A0(SCMP_CMP_EQ, options[i]);
		r = add(context, CALL_PRCTL, 1, &option);
	}
	return r;
}

static int add_all(scmp_filter_ctx context)
{
	static const enum call always[] = {
		CALL_EXECVE,	 CALL_EXECVEAT, CALL_UNSHARE,	  CALL_SETNS,
		CALL_PIVOT_ROOT, CALL_CHROOT,	CALL_SETHOSTNAME, CALL_MOUNT,
		CALL_MOVE_MOUNT, CALL_CAPSET,	CALL_FSOPEN,	  CALL_SECCOMP,
	};
	int r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(always) && r == 0; i++)
		r = add(context, always[i], 0, NULL);
	if (r == 0)
		r = add_clone(context);
	if (r == 0)
		r = add_open(context);
	return r == 0 ? add_prctl(context) : r;
}

static void add_architectures(scmp_filter_ctx context)
{
	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return;
	(void)seccomp_arch_add(context, SCMP_ARCH_X86);
	(void)seccomp_arch_add(context, SCMP_ARCH_X32);
}

bool filter_is_free(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_SYS_ADMIN / 32].effective & 1u << CAP_SYS_ADMIN % 32;
}

struct filter *filter_make(struct error *err)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	if (!context) {
		error_set(err, ENOMEM, "cannot make a seccomp filter");
		return NULL;
	}
	/* What it does not know of an architecture is none of our business. */
	int r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, !filter_is_free());
	(void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	add_architectures(context);
	if (r == 0)
		r = add_all(context);
	if (r == 0)
		return context;
	seccomp_release(context);
	error_errno(err, -r, "cannot make a seccomp filter");
	return NULL;
}

struct filter *filter_free(struct filter *filter)
{
	if (filter)
		seccomp_release(filter);
	return NULL;
}

int filter_install(struct filter *filter)
{
	return seccomp_load(filter);
}
