/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/iter_run.h"

#include <errno.h>
#include <unistd.h>

/* It relies on errno.h. */
#include <bpf/skel_internal.h>

#include "util/alloc.h"

/* The kernel hands out whole records, at most 32 KiB of them at a time (kernel/bpf/bpf_iter.c). */
#define BUFFER_SIZE ((size_t)64 * 1024)

int iter_check(struct error *err)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return error_errno(err, errno, "/sys/kernel/btf/vmlinux");
	return 0;
}

int iter_refuse(struct error *err, int number, const char *what)
{
	if (number == EPERM || number == EACCES)
		return error_set(err, number, "%s: needs CAP_BPF and CAP_PERFMON, or root", what);
	return error_errno(err, number, "%s", what);
}

static int read_all(int descriptor, int (*take)(void *who, const char *bytes, size_t n), void *who)
{
	_cleanup_(freep) char *buffer = xcalloc(1, BUFFER_SIZE);
	for (;;) {
		ssize_t n = read(descriptor, buffer, BUFFER_SIZE);
		if (n == 0)
			return 0;
		/* EAGAIN: a million objects in a row had nothing to say. */
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		int r = n > 0 ? take(who, buffer, n) : 0;
		if (r < 0)
			return r;
	}
}

int iter_run(int program, int (*take)(void *who, const char *bytes, size_t n), void *who,
	     struct error *err)
{
	_cleanup_(closep) int link = skel_link_create(program, 0, BPF_TRACE_ITER);
	if (link < 0)
		return iter_refuse(err, errno, "attaching");
	union bpf_attr attr = { .iter_create = { .link_fd = link } };
	_cleanup_(closep) int descriptor = skel_sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));
	if (descriptor < 0)
		return iter_refuse(err, errno, "starting");
	int r = read_all(descriptor, take, who);
	return r < 0 ? error_errno(err, -r, "reading") : 0;
}
