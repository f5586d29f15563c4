/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "collect/holders.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

/* A copy of the descriptor. The number has meant this process all the time if its files are there
 * once the pidfd is. */
static int copy_fd(struct builder *builder, struct fd_owner *owner, int fd)
{
	if (builder_origin(builder)->foreign_proc) /* the PID is not one that our kernel knows */
		return -EXDEV;
	if (owner->pidfd < 0) {
		struct stat st;
		pid_t pid = owner->tid ? owner->tid : owner->pid;
		owner->pidfd = syscall(SYS_pidfd_open, pid, owner->tid ? PIDFD_OPEN_THREAD : 0);
		if (owner->pidfd < 0)
			return -errno;
		if (fstatat(owner->dir, "stat", &st, 0) < 0)
			return -ESRCH;
	}
	int copy = syscall(SYS_pidfd_getfd, owner->pidfd, fd, 0);
	return copy < 0 ? -errno : copy;
}

static const char *protocol_name(int domain, int type)
{
	bool stream = type == SOCK_STREAM, datagram = type == SOCK_DGRAM;
	switch (domain) {
	case AF_INET:
	case AF_INET6:
		return stream ? "tcp" : datagram ? "udp" : "raw";
	case AF_UNIX:
		return "unix";
	case AF_NETLINK:
		return "netlink";
	case AF_PACKET:
		return "packet";
	default:
		return NULL;
	}
}

static char *describe_inet(const char *protocol, const struct sockaddr_storage *address)
{
	char text[INET6_ADDRSTRLEN];
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	if (address->ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		return xasprintf("%s %s:%u", protocol, text, ntohs(v4->sin_port));
	}
	inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
	return xasprintf("%s [%s]:%u", protocol, text, ntohs(v6->sin6_port));
}

/* A name that begins with NUL is one of the abstract namespace, written with "@" as ss(8) does. */
static char *describe_unix(const struct sockaddr_un *address, size_t size)
{
	size_t n = size - offsetof(struct sockaddr_un, sun_path);
	if (size <= offsetof(struct sockaddr_un, sun_path))
		return xstrdup("unix");
	if (address->sun_path[0])
		return xasprintf("unix %.*s", (int)n, address->sun_path);
	return xasprintf("unix @%.*s", (int)n - 1, address->sun_path + 1);
}

static char *describe(int socket)
{
	int domain = 0, type = 0;
	socklen_t size = sizeof(domain);
	getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size);
	size = sizeof(type);
	getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size);
	const char *protocol = protocol_name(domain, type);
	if (!protocol)
		return xasprintf("address family %d", domain);
	struct sockaddr_storage address = { 0 };
	size = sizeof(address);
	if (getsockname(socket, (struct sockaddr *)&address, &size) < 0)
		return xstrdup(protocol);
	if (domain == AF_UNIX)
		return describe_unix((const struct sockaddr_un *)&address, size);
	if (address.ss_family == AF_INET || address.ss_family == AF_INET6)
		return describe_inet(protocol, &address);
	return xstrdup(protocol);
}

/* Since Linux 6.18 the cookie is the 64-bit id of the network namespace; before, there are no ids.
 */
static bool is_of(int socket, const struct ns *net)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);
	return net && net->id &&
	       getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 &&
	       cookie == net->id;
}

/* The kernel hands out the namespace only to who has CAP_NET_ADMIN there; the cookie to everybody.
 */
static struct ns *find_by_cookie(struct builder *builder, int socket)
{
	struct ns *ns = NULL;
	while ((ns = builder_next_ns(builder, ns)))
		if (ns->kind == NS_NET && is_of(socket, ns))
			return ns;
	return NULL;
}

int socket_find_net(struct builder *builder, struct fd_owner *owner, int fd, bool is_tun,
		    struct ns **ret, char **ret_text)
{
	_cleanup_(closep) int copy = copy_fd(builder, owner, fd);
	if (copy < 0)
		return copy;
	*ret_text = NULL;
	if (!is_tun && is_of(copy, owner->net)) {
		*ret = (struct ns *)owner->net;
		return 0;
	}
	_cleanup_(closep) int net = ioctl(copy, SIOCGSKNS);
	int why = errno;
	struct ns *ns =
		net >= 0 ? (struct ns *)nsfs_add(builder, net) : find_by_cookie(builder, copy);
	if (!ns)
		return net < 0 ? -why : -errno;
	if (ns != owner->net)
		*ret_text = is_tun ? xstrdup("/dev/net/tun") : describe(copy);
	*ret = ns;
	return 0;
}

uint64_t socket_count_in_flight(const struct fd_owner *owner, int fd)
{
	char path[32], text[1024];
	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	if (owner->dir < 0 || proc_read(owner->dir, path, text, sizeof(text)) < 0)
		return 0;
	const char *line = strstr(text, "\nscm_fds:");
	return line ? strtoull(line + strlen("\nscm_fds:"), NULL, 10) : 0;
}
