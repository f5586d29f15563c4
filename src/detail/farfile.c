/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/farfile.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "util/alloc.h"
#include "util/rootfile.h"

/* The root goes beside it, as a descriptor. */
struct request {
	size_t max;
	char path[64];
};

/* N bytes of the file follow. */
struct answer {
	int r;
	size_t n;
	struct stat st;
};

/* Room for a descriptor, aligned as its header is. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int receive(int socket, struct request *ret)
{
	union control control = { 0 };
	struct iovec piece = { ret, sizeof(*ret) };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof(*ret) || !CMSG_FIRSTHDR(&message))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void write_all(int fd, const void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = write(fd, (const char *)bytes + done, n - done);
		if (r < 0 && errno != EINTR)
			_exit(1);
		done += r > 0 ? r : 0;
	}
}

/* The child. Nobody else runs in it, so that it may allocate. */
static void serve(const void *context, int answers)
{
	struct request request;
	for (int root; (root = receive(*(const int *)context, &request)) >= 0; close(root)) {
		_cleanup_(freep) char *text = NULL;
		struct answer answer = { 0 };
		answer.r = rootfile_read(root, request.path, request.max, &text, &answer.n,
					 &answer.st);
		write_all(answers, &answer, sizeof(answer));
		write_all(answers, text, answer.r < 0 ? 0 : answer.n);
	}
}

static int start(struct farfiles *files)
{
	int sockets[2];
	if (files->child.pid > 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return -errno;
	_cleanup_(closep) int theirs = sockets[1];
	files->requests = sockets[0];
	return child_start(&files->patience, serve, &theirs, &theirs, 1, &files->child);
}

static int ask(const struct farfiles *files, int root, const char *path, size_t max)
{
	struct request request = { .max = max };
	union control control = { 0 };
	struct iovec piece = { &request, sizeof(request) };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (strlen(path) >= sizeof(request.path))
		return -ENAMETOOLONG;
	strcpy(request.path, path);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(root));
	memcpy(CMSG_DATA(header), &root, sizeof(root));
	return sendmsg(files->requests, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int take_answer(struct farfiles *files, size_t max, struct answer *ret, char **ret_text)
{
	int r = child_read(&files->child, ret, sizeof(*ret));
	if (r < 0 || ret->r < 0)
		return r;
	if (ret->n > max)
		return -EIO;
	_cleanup_(freep) char *text = xmalloc(ret->n + 1);
	r = child_read(&files->child, text, ret->n);
	if (r == 0)
		*ret_text = TAKE(text);
	return r;
}

int farfile_read(struct farfiles *files, int root, const char *path, size_t max, char **ret,
		 size_t *ret_n, struct stat *ret_stat)
{
	struct answer answer = { 0 };
	*ret_stat = (struct stat){ 0 };
	int r = start(files);
	if (r == 0)
		r = ask(files, root, path, max);
	if (r == 0)
		r = take_answer(files, max, &answer, ret);
	if (r < 0) {
		farfiles_end(files);
		return r;
	}
	*ret_stat = answer.st;
	if (answer.r == 0)
		*ret_n = answer.n;
	return answer.r;
}

void farfiles_end(struct farfiles *files)
{
	child_end(&files->child);
	closep(&files->requests);
	files->requests = -1;
}
