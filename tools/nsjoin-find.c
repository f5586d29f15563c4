/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nsjoin-find REFERENCE: makes out what nsjoin alone cannot, see finder.h. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "collect/collect.h"
#include "collect/procfs.h"
#include "detail/nsfd.h"
#include "finder.h"
#include "options.h"

/* A namespace by its number, and some descriptor of it. */
static int open_namespace(struct resolved *resolved, struct error *err)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(closep) int proc = -1, member = -1;
	const struct scope scope = { .holders = true };
	const char *text = resolved->plain.text;
	struct found found;
	int r = snapshot_take(&scope, &snapshot, err);
	if (r == 0)
		r = reference_find(snapshot, NULL, &resolved->plain, &found, err);
	if (r == 0)
		r = proc = proc_open(err);
	if (r < 0)
		return r;
	resolved->plain.kind = found.ns->kind;
	resolved->plain.number = found.ns->ino;
	resolved->ns_fd = nsfd_open(proc, found.ns, &member);
	if (resolved->ns_fd < 0)
		return error_set(err, EACCES, "%s: it is there, and no way to open it", text);
	return 0;
}

static int find(const char *text, struct resolved *ret, struct error *err)
{
	struct reference reference;
	int r = reference_parse(text, &reference, err);
	if (r == 0)
		r = reference_resolve(&reference, ret, err);
	return r == 0 && ret->dir < 0 && ret->ns_fd < 0 ? open_namespace(ret, err) : r;
}

static int send_finding(struct finding *finding, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec data = { finding, sizeof(*finding) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	return sendmsg(FINDER_SOCKET, &message, MSG_NOSIGNAL) < 0 ? 1 : 0;
}

static bool is_socket(int fd)
{
	int type;
	socklen_t size = sizeof(type);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

int main(int argc, char **argv)
{
	struct resolved resolved = RESOLVED_NOTHING;
	struct error err = { 0 };
	struct finding finding = { 0 };
	if (argc != 2 || !is_socket(FINDER_SOCKET)) {
		static const char line[] = "is run by nsjoin(1), which gives it a socket";
		message("nsjoin-find", line, sizeof(line) - 1, false);
		return 2;
	}
	finding.result = find(argv[1], &resolved, &err);
	finding.is_process = resolved.dir >= 0;
	finding.pid = resolved.plain.pid;
	finding.kind = resolved.plain.kind;
	finding.number = resolved.plain.number;
	memcpy(finding.text, err.text, sizeof(finding.text));
	int r = send_finding(&finding, resolved.dir >= 0 ? resolved.dir : resolved.ns_fd);
	resolved_clear(&resolved);
	return r;
}
