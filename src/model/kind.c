/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kind.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "uapi/nsfs.h"
#include "util/procfile.h"

static const struct ns_kind_info kinds[NS_KIND_COUNT] = {
	[NS_CGROUP] = { "cgroup", 'C', CLONE_NEWCGROUP, 0xeffffffb, true, false, "ns/cgroup",
			NULL },
	[NS_IPC] = { "ipc", 'i', CLONE_NEWIPC, 0xefffffff, true, false, "ns/ipc", NULL },
	[NS_MNT] = { "mnt", 'm', CLONE_NEWNS, 0xeffffff8, false, false, "ns/mnt", NULL },
	[NS_NET] = { "net", 'n', CLONE_NEWNET, 0xeffffff9, false, false, "ns/net", NULL },
	[NS_PID] = { "pid", 'p', CLONE_NEWPID, 0xeffffffc, true, true, "ns/pid",
		     "ns/pid_for_children" },
	[NS_TIME] = { "time", 'T', CLONE_NEWTIME, 0xeffffffa, true, false, "ns/time",
		      "ns/time_for_children" },
	[NS_USER] = { "user", 'U', CLONE_NEWUSER, 0xeffffffd, true, true, "ns/user", NULL },
	[NS_UTS] = { "uts", 'u', CLONE_NEWUTS, 0xeffffffe, true, false, "ns/uts", NULL },
};

const struct ns_kind_info *ns_kind_info(enum ns_kind kind)
{
	return &kinds[kind];
}

const char *ns_kind_name(enum ns_kind kind)
{
	return kinds[kind].name;
}

enum ns_kind ns_kind_by_name(const char *name, size_t n)
{
	enum ns_kind kind = 0;
	while (kind < NS_KIND_COUNT &&
	       (strlen(kinds[kind].name) != n || memcmp(kinds[kind].name, name, n) != 0))
		kind++;
	return kind;
}

int ns_name_parse(const char *text, enum ns_kind *ret_kind, ino_t *ret)
{
	const char *colon = strchr(text, ':');
	enum ns_kind kind = colon ? ns_kind_by_name(text, colon - text) : NS_KIND_COUNT;
	if (kind == NS_KIND_COUNT)
		return -EINVAL;
	*ret_kind = kind;
	return proc_parse_ns_link(text, strlen(text), ns_kind_name(kind), ret);
}

enum ns_kind ns_kind_by_flag(int clone_flag)
{
	enum ns_kind kind = 0;
	while (kind < NS_KIND_COUNT && kinds[kind].clone_flag != clone_flag)
		kind++;
	return kind;
}

int ns_kinds_parse(const char *list, unsigned *ret_kinds, struct error *err)
{
	for (;;) {
		size_t n = strcspn(list, ",");
		enum ns_kind kind = ns_kind_by_name(list, n);
		if (kind == NS_KIND_COUNT)
			return error_set(err, EINVAL, "'%.*s' is no kind of namespace", (int)n,
					 list);
		*ret_kinds |= 1u << kind;
		if (!list[n])
			return 0;
		list += n + 1;
	}
}
