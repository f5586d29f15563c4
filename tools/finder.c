/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "util/alloc.h"

/* Beside our own program, as in a build folder, else where it is installed. See
 * own_file_find() for what we are called. */
static void run_finder(const char *text, int socket)
{
	const char *slash = strrchr(program_invocation_name, '/');
	_cleanup_(freep) char *beside =
		xasprintf("%.*snsjoin-find", slash ? (int)(slash - program_invocation_name) + 1 : 0,
			  program_invocation_name);
	const char *const argv[] = { "nsjoin-find", text, NULL };
	if (socket == FINDER_SOCKET ? fcntl(socket, F_SETFD, 0) < 0
				    : dup2(socket, FINDER_SOCKET) < 0)
		_exit(1);
	if (slash)
		execv(beside, (char **)argv);
	execv(PKGLIBEXECDIR "/nsjoin-find", (char **)argv);
	_exit(127);
}

static int receive(int socket, struct finding *ret, int *ret_fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec data = { ret, sizeof(*ret) };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	*ret_fd = -1;
	if (n >= 0 && rights && rights->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(rights), sizeof(*ret_fd));
	return n == sizeof(*ret) ? 0 : -EIO;
}

static int take(const char *text, struct finding *finding, int fd, struct resolved *ret,
		struct error *err)
{
	struct resolved resolved = RESOLVED_NOTHING;
	finding->text[sizeof(finding->text) - 1] = 0;
	if (finding->result < 0) {
		closep(&fd);
		return error_set(err, -finding->result, "%s", finding->text);
	}
	resolved.plain = (struct reference){
		.text = text,
		.type = finding->is_process ? REFERENCE_PID : REFERENCE_NS,
		.pid = finding->pid,
		.kind = finding->kind,
		.number = finding->number,
	};
	*(finding->is_process ? &resolved.dir : &resolved.ns_fd) = fd;
	*ret = resolved;
	return fd < 0 ? error_set(err, EIO, "%s: nsjoin-find sent no descriptor", text) : 0;
}

int finder_find(const char *text, struct resolved *ret, struct error *err)
{
	int pair[2], fd;
	struct finding finding;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, errno, "cannot make a socket");
	_cleanup_(closep) int ours = pair[0], theirs = pair[1];
	pid_t pid = fork();
	if (pid < 0)
		return error_errno(err, errno, "cannot fork");
	if (pid == 0)
		run_finder(text, theirs);
	closep(&theirs);
	theirs = -1;
	int r = receive(ours, &finding, &fd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (r < 0)
		return error_set(
			err, EIO,
			"%s: nsjoin-find, which looks for it, cannot be run or has failed; "
			"a PID takes no search",
			text);
	return take(text, &finding, fd, ret, err);
}
