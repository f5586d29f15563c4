/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * with-listns ID INO COMMAND [ARGUMENT...]: runs a command in whose eyes the kernel knows
 * listns(2), as Linux 6.19 does, and lists one network namespace, of which we have no descriptor;
 * and opens handles that have no more than that id. A seccomp filter sends both calls to us.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* As the kernel's include/uapi/linux/nsfs.h has them. */
#define LISTNS 470
#define NSFS_ROOT (-10003)
struct ns_id_req {
	uint32_t size, spare;
	uint64_t ns_id;
	uint32_t ns_type, spare2;
	uint64_t user_ns_id;
};
struct handle {
	uint32_t handle_bytes;
	int handle_type;
	uint64_t ns_id;
	uint32_t ns_type, ns_inum;
};

static uint64_t id;
static uint32_t ino;

static _Noreturn void fail(const char *what)
{
	perror(what);
	_exit(2);
}

static int add_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LISTNS, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open_by_handle_at, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail("no_new_privs");
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		       &program);
}

static ssize_t copy(pid_t pid, uint64_t theirs, void *ours, size_t size, int in)
{
	struct iovec here = { ours, size }, there = { (void *)(uintptr_t)theirs, size };

	return in ? process_vm_readv(pid, &here, 1, &there, 1, 0)
		  : process_vm_writev(pid, &here, 1, &there, 1, 0);
}

/* All there is, and then nothing more. */
static void answer_list(const struct seccomp_notif *call, struct seccomp_notif_resp *answer)
{
	struct ns_id_req request;

	if (copy(call->pid, call->data.args[0], &request, sizeof(request), 1) != sizeof(request) ||
	    request.size != sizeof(request) || call->data.args[2] == 0)
		answer->error = -EINVAL;
	else if (request.ns_id < id &&
		 copy(call->pid, call->data.args[1], &id, sizeof(id), 0) != sizeof(id))
		answer->error = -EFAULT;
	else
		answer->val = request.ns_id < id;
}

static void answer_open(int listener, const struct seccomp_notif *call,
			struct seccomp_notif_resp *answer)
{
	struct handle handle;
	struct seccomp_notif_addfd give = { .id = call->id, .newfd_flags = O_CLOEXEC };
	int fd;

	/* Linux 6.18 opens whole ones only. */
	if (copy(call->pid, call->data.args[1], &handle, sizeof(handle), 1) != sizeof(handle) ||
	    handle.ns_id != id || handle.ns_type || handle.ns_inum) {
		answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		return;
	}
	handle.ns_type = CLONE_NEWNET;
	handle.ns_inum = ino;
	fd = open_by_handle_at(NSFS_ROOT, (struct file_handle *)&handle, O_RDONLY | O_CLOEXEC);
	give.srcfd = fd;
	answer->val = fd < 0 ? fd : ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);
	if (answer->val < 0) {
		answer->error = -errno;
		answer->val = 0;
	}
	if (fd >= 0)
		close(fd);
}

static void serve(int listener)
{
	struct pollfd poller = { .fd = listener, .events = POLLIN };

	while (poll(&poller, 1, -1) > 0 && (poller.revents & POLLIN)) {
		struct seccomp_notif call = { 0 };
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
			continue; /* it has ended meanwhile */
		struct seccomp_notif_resp answer = { .id = call.id };
		if (call.data.nr == LISTNS)
			answer_list(&call, &answer);
		else
			answer_open(listener, &call, &answer);
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

static _Noreturn void run(char **argv, int to_parent, int from_parent)
{
	char byte;
	int listener = add_filter();

	if (listener < 0)
		fail("seccomp");
	if (write(to_parent, &listener, sizeof(listener)) != sizeof(listener) ||
	    read(from_parent, &byte, 1) != 1)
		_exit(2);
	execvp(argv[0], argv);
	fail(argv[0]);
}

/* The listener of the child, of which only its number comes through the pipe. */
static int take_listener(pid_t pid, int from_child)
{
	int listener, pidfd = syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0 || read(from_child, &listener, sizeof(listener)) != sizeof(listener))
		fail("no listener");
	listener = syscall(SYS_pidfd_getfd, pidfd, listener, 0);
	if (listener < 0)
		fail("pidfd_getfd");
	close(pidfd);
	return listener;
}

int main(int argc, char **argv)
{
	int to_parent[2], to_child[2], listener, status;
	pid_t pid;

	if (argc < 4)
		return 2;
	id = strtoull(argv[1], NULL, 10);
	ino = strtoul(argv[2], NULL, 10);
	if (pipe2(to_parent, O_CLOEXEC) || pipe2(to_child, O_CLOEXEC))
		fail("pipe2");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0)
		run(argv + 3, to_parent[1], to_child[0]);
	close(to_parent[1]);
	listener = take_listener(pid, to_parent[0]);
	if (write(to_child[1], "", 1) != 1)
		fail("pipe");
	serve(listener);
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
