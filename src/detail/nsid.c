/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/nsid.h"

#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "model/net.h"

#define SEQUENCE 1

static int parse_error(const char *body, size_t n)
{
	int error;
	if (n < sizeof(error))
		return -EBADMSG;
	memcpy(&error, body, sizeof(error));
	return error < 0 && error >= -4095 ? error : -EBADMSG; /* MAX_ERRNO */
}

/* The attribute is read as a copy, as nothing says that the reply is aligned. */
static int parse_attributes(const char *at, size_t n, int32_t *ret)
{
	struct nlattr attribute;
	while (n >= sizeof(attribute)) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.nla_len < sizeof(attribute) || attribute.nla_len > n)
			return -EBADMSG;
		if (attribute.nla_type == NETNSA_NSID) {
			int32_t id;
			if (attribute.nla_len != sizeof(attribute) + sizeof(id))
				return -EBADMSG;
			memcpy(&id, at + sizeof(attribute), sizeof(id));
			*ret = id < 0 ? NETNSID_NONE : id; /* NETNSA_NSID_NOT_ASSIGNED */
			return 0;
		}
		size_t step = NLA_ALIGN(attribute.nla_len);
		at += step;
		n -= step < n ? step : n;
	}
	return -EBADMSG;
}

int nsid_parse(const void *reply, size_t n, int32_t *ret)
{
	struct nlmsghdr head;
	const size_t n_message = sizeof(head) + NLMSG_ALIGN(sizeof(struct rtgenmsg));
	if (n < sizeof(head))
		return -EBADMSG;
	memcpy(&head, reply, sizeof(head));
	if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > n || head.nlmsg_seq != SEQUENCE)
		return -EBADMSG;
	const char *body = reply;
	if (head.nlmsg_type == NLMSG_ERROR)
		return parse_error(body + sizeof(head), head.nlmsg_len - sizeof(head));
	if (head.nlmsg_type != RTM_NEWNSID || head.nlmsg_len < n_message)
		return -EBADMSG;
	return parse_attributes(body + n_message, head.nlmsg_len - n_message, ret);
}

/* To the address 0, as the socket has no other one to send to: the kernel. */
static ssize_t send_request(int fd, int net)
{
	const struct {
		struct nlmsghdr head;
		struct rtgenmsg message;
		struct nlattr attribute __attribute__((aligned(NLMSG_ALIGNTO)));
		uint32_t fd;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_GETNSID,
			  .nlmsg_flags = NLM_F_REQUEST,
			  .nlmsg_seq = SEQUENCE },
		.message = { .rtgen_family = AF_UNSPEC },
		.attribute = { .nla_len = sizeof(struct nlattr) + sizeof(uint32_t),
			       .nla_type = NETNSA_FD },
		.fd = net,
	};
	return send(fd, &request, sizeof(request), 0);
}

/* The kernel has answered when the request is sent, so there is nothing to wait for; and nobody but
 * the kernel has the address 0. */
int nsid_ask(int net, int32_t *ret)
{
	char reply[512];
	struct sockaddr_nl from = { 0 };
	socklen_t n_from = sizeof(from);
	_cleanup_(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0 || send_request(fd, net) < 0)
		return -errno;
	ssize_t n =
		recvfrom(fd, reply, sizeof(reply), MSG_DONTWAIT, (struct sockaddr *)&from, &n_from);
	if (n < 0)
		return -errno;
	return from.nl_pid ? -EBADMSG : nsid_parse(reply, n, ret);
}
