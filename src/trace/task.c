/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/task.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#include "collect/procfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

#ifndef CLONE_UNTRACED
#define CLONE_UNTRACED 0x00800000
#endif
#define PTRACE_SET_SYSCALL_INFO_ 0x4212 /* Linux 6.16 */

bool task_has_ended(int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	return poll(&end, 1, 0) > 0;
}

static void read_comm(int dir, struct event_task *ret)
{
	ssize_t n = proc_read(dir, "comm", ret->comm, sizeof(ret->comm));
	if (n > 0 && ret->comm[n - 1] == '\n')
		ret->comm[n - 1] = 0;
}

int task_open_proc(struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	if (proc >= 0 && proc_is_foreign(proc))
		return error_set(err, EXDEV,
				 "cannot follow: /proc belongs to another pid namespace "
				 "than ours (unshare --mount-proc mounts one of its own)");
	return proc < 0 ? proc : TAKE_FD(proc);
}

void task_read(int proc, pid_t tid, struct event_task *ret)
{
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	struct proc_status status;
	*ret = (struct event_task){ .pid = tid, .tgid = tid };
	if (dir < 0)
		return;
	read_comm(dir, ret);
	if (proc_read_status(dir, "status", &status) < 0)
		return;
	ret->tgid = status.tgid;
	ret->ppid = status.ppid;
	ret->n_pids = status.n_pids;
	memcpy(ret->pids, status.pids, status.n_pids * sizeof(*ret->pids));
}

void task_read_ns(int proc, pid_t tid, ino_t ret[NS_KIND_COUNT])
{
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		ret[kind] = dir < 0 ? 0 : proc_inode(dir, ns_kind_info(kind)->link, NULL);
}

pid_t task_tracer(int proc, pid_t tid)
{
	struct proc_status status;
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	return dir >= 0 && proc_read_status(dir, "status", &status) == 0 ? status.tracer : 0;
}

bool task_has_children_elsewhere(int proc, pid_t tid)
{
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	return dir >= 0 &&
	       (proc_inode(dir, "ns/pid_for_children", NULL) != proc_inode(dir, "ns/pid", NULL) ||
		proc_inode(dir, "ns/time_for_children", NULL) != proc_inode(dir, "ns/time", NULL));
}

static char *read_link(int dir, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = dir < 0 ? -1 : readlinkat(dir, path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = 0;
	return xstrdup(n > 0 ? target : "?");
}

/* Since Linux 5.2: pidfd_open(2). */
static long pidfd_target(int dir, int fd)
{
	char path[32], text[1024];
	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	ssize_t n = proc_read(dir, path, text, sizeof(text));
	const char *line = n > 0 ? strstr(text, "\nPid:") : NULL;
	return line ? strtol(line + 5, NULL, 10) : 0;
}

char *task_describe_fd(int proc, pid_t tid, int fd)
{
	char path[32];
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	snprintf(path, sizeof(path), "fd/%d", fd);
	char *target = read_link(dir, path);
	long pid =
		dir >= 0 && strcmp(target, "anon_inode:[pidfd]") == 0 ? pidfd_target(dir, fd) : 0;
	if (pid <= 0)
		return target;
	free(target);
	return xasprintf("the pidfd of %ld", pid);
}

char *task_read_exe(int proc, pid_t tid)
{
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	return read_link(dir, "exe");
}

char *task_read_cmdline(int proc, pid_t tid, size_t *ret_n)
{
	char *text = NULL;
	_cleanup_(closep) int dir = proc_open_pid(proc, tid);
	if (dir < 0 || proc_read_all(dir, "cmdline", TASK_CMDLINE_MAX, &text, ret_n) < 0)
		*ret_n = 0;
	return text;
}

bool task_read_memory(pid_t tid, uint64_t address, void *ret, size_t n)
{
	struct iovec ours = { ret, n }, theirs = { (void *)(uintptr_t)address, n };
	return process_vm_readv(tid, &ours, 1, &theirs, 1, 0) == (ssize_t)n;
}

/* Up to the end of each page, as there may be none behind it. */
char *task_read_text(pid_t tid, uint64_t address, size_t max)
{
	const size_t page = 4096;
	char *text = xmalloc(max + 1);
	for (size_t n = 0; address && n < max;) {
		size_t part = page - (address + n) % page;
		if (part > max - n)
			part = max - n;
		if (!task_read_memory(tid, address + n, text + n, part))
			break;
		n += part;
		text[n] = 0;
		if (memchr(text + n - part, 0, part) || n == max)
			return text;
	}
	free(text);
	return NULL;
}

static void clear_in_memory(pid_t tid, uint64_t address)
{
	uint64_t flags;
	struct iovec ours = { &flags, sizeof(flags) };
	struct iovec theirs = { (void *)(uintptr_t)address, sizeof(flags) };
	if (!task_read_memory(tid, address, &flags, sizeof(flags)) || !(flags & CLONE_UNTRACED))
		return;
	flags &= ~(uint64_t)CLONE_UNTRACED;
	(void)!process_vm_writev(tid, &ours, 1, &theirs, 1, 0);
}

static void set_first_argument(pid_t tid, uint64_t value)
{
	struct __ptrace_syscall_info info;
	if (ptrace((enum __ptrace_request)PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0)
		return;
	/* Both begin alike, and only one of them can be set. */
	info.op = PTRACE_SYSCALL_INFO_SECCOMP;
	info.seccomp.args[0] = value;
	if (ptrace((enum __ptrace_request)PTRACE_SET_SYSCALL_INFO_, tid, sizeof(info), &info) >= 0)
		return;
#ifdef __x86_64__
	/* A 32-bit program has it in ebx. */
	bool is_64 = info.arch == 0xc000003e;
	ptrace(PTRACE_POKEUSER, tid,
	       is_64 ? offsetof(struct user_regs_struct, rdi)
		     : offsetof(struct user_regs_struct, rbx),
	       value);
#endif
}

void task_keep_child_traced(pid_t tid, bool clone3, const uint64_t args[6])
{
	if (clone3)
		clear_in_memory(tid, args[0]);
	else if (args[0] & CLONE_UNTRACED)
		set_first_argument(tid, args[0] & ~(uint64_t)CLONE_UNTRACED);
}
