/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/nsid.h"

#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>

#include "fixture.h"
#include "model/net.h"

/* A reply of the kernel: an attribute that says nothing, then the id. */
struct reply {
	struct nlmsghdr head;
	struct rtgenmsg message;
	struct nlattr other __attribute__((aligned(NLMSG_ALIGNTO)));
	uint32_t nothing;
	struct nlattr attribute;
	int32_t id;
};

static struct reply reply_of(int32_t id)
{
	return (struct reply){
		.head = { .nlmsg_len = sizeof(struct reply),
			  .nlmsg_type = RTM_NEWNSID,
			  .nlmsg_seq = 1 },
		.other = { .nla_len = sizeof(struct nlattr) + 4, .nla_type = NETNSA_PID },
		.attribute = { .nla_len = sizeof(struct nlattr) + 4, .nla_type = NETNSA_NSID },
		.id = id,
	};
}

/* N bytes of it, and not one more. */
static int parse(const struct reply *reply, size_t n, int32_t *ret)
{
	_cleanup_(freep) char *bytes = exact_copy((const char *)reply, n);
	return nsid_parse(bytes, n, ret);
}

static void ids(void **state _unused_)
{
	static const int32_t rows[][2] = {
		{ 0, 0 },
		{ 7, 7 },
		{ INT32_MAX, INT32_MAX },
		{ -1, NETNSID_NONE },
		{ -7, NETNSID_NONE },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply = reply_of(rows[i][0]);
		int32_t id = 99;
		assert_int_equal(parse(&reply, sizeof(reply), &id), 0);
		assert_int_equal(id, rows[i][1]);
	}
}

static void a_cut_reply(void **state _unused_)
{
	struct reply reply = reply_of(7);
	for (size_t n = 0; n < sizeof(reply); n++) {
		int32_t id = 99;
		assert_int_equal(parse(&reply, n, &id), -EBADMSG);
		reply.head.nlmsg_len = n;
		assert_int_equal(parse(&reply, n, &id), -EBADMSG);
		reply.head.nlmsg_len = sizeof(reply);
		assert_int_equal(id, 99);
	}
}

static void a_reply_that_is_wrong(void **state _unused_)
{
	struct reply rows[7];
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		rows[i] = reply_of(7);
	rows[0].head.nlmsg_seq = 2;
	rows[1].head.nlmsg_type = RTM_NEWLINK;
	rows[2].attribute.nla_type = NETNSA_FD;
	rows[3].attribute.nla_len = 5;
	rows[4].other.nla_len = 0;
	rows[5].other.nla_len = UINT16_MAX;
	rows[6].head.nlmsg_len = UINT32_MAX;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int32_t id = 99;
		assert_int_equal(parse(&rows[i], sizeof(rows[i]), &id), -EBADMSG);
		assert_int_equal(id, 99);
	}
}

static void a_refusal(void **state _unused_)
{
	static const int rows[][2] = {
		{ -EPERM, -EPERM },
		{ 0, -EBADMSG },
		{ EPERM, -EBADMSG },
		{ INT32_MIN, -EBADMSG },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply = reply_of(7);
		int32_t id;
		reply.head.nlmsg_type = NLMSG_ERROR;
		memcpy(&reply.message, &rows[i][0], sizeof(rows[i][0]));
		assert_int_equal(parse(&reply, sizeof(reply), &id), rows[i][1]);
	}
}

int main(void)
{
	TEST(ids);
	TEST(a_cut_reply);
	TEST(a_reply_that_is_wrong);
	TEST(a_refusal);
	return suite_run("nsid");
}
