/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "eventtext.h"

#include <sched.h>
#include <signal.h>

#include "fixture.h"
#include "uapi/nsfs.h"

static const char *const args[] = { "unshare", "-Ur", "true" };

#define IN_PID .n_pids = 2, .pids = { 7, 1 }, .ns = { [NS_PID] = 40, [NS_MNT] = 30 }

static const struct row_event {
	const char *text;
	struct event event;
} event_rows[] = {
	{ "exec /usr/bin/unshare -Ur true",
	  { .type = EVENT_EXEC, .path = "/usr/bin/unshare", .args = args, .n_args = 3 } },
	{ "exec /bin/busybox unshare -Ur true",
	  { .type = EVENT_EXEC, .path = "/bin/busybox", .args = args, .n_args = 3 } },
	{ "exec /x: Permission denied", { .type = EVENT_EXEC, .path = "/x", .why = EACCES } },
	{ "clone pid: 7 is PID 1 of pid:[40]; new pid:[40]; in mnt:[30]",
	  { .type = EVENT_CLONE,
	    .flags = CLONE_NEWPID,
	    .before = { [NS_PID] = 4, [NS_MNT] = 3 },
	    .child = { .pid = 7, IN_PID } } },
	{ "clone pid,user: Operation not permitted",
	  { .type = EVENT_CLONE, .flags = CLONE_NEWPID | CLONE_NEWUSER, .why = EPERM } },
	{ "unshare mnt,pid: mnt:[3] -> [30], pid for its children",
	  { .type = EVENT_UNSHARE,
	    .flags = CLONE_NEWNS | CLONE_NEWPID,
	    .before = { [NS_MNT] = 3 },
	    .task = { .ns = { [NS_MNT] = 30 } } } },
	{ "setns net by /run/netns/blue: net:[5] -> [50]",
	  { .type = EVENT_SETNS,
	    .flags = CLONE_NEWNET,
	    .text = "/run/netns/blue",
	    .before = { [NS_NET] = 5 },
	    .task = { .ns = { [NS_NET] = 50 } } } },
	{ "setns any by net:[50]: Invalid argument",
	  { .type = EVENT_SETNS, .text = "net:[50]", .why = EINVAL } },
	{ "write /proc/7/uid_map: 0 1000 1, 1 100000 65536",
	  { .type = EVENT_MAP, .path = "/proc/7/uid_map", .text = "0 1000 1\n1 100000 65536" } },
	{ "pivot_root /new", { .type = EVENT_ROOT, .text = "pivot_root", .path = "/new" } },
	{ "sethostname box", { .type = EVENT_HOSTNAME, .text = "box" } },
	{ "mount proc on /proc", { .type = EVENT_MOUNT, .text = "proc", .path = "/proc" } },
	{ "open a new overlay", { .type = EVENT_MOUNT, .text = "overlay" } },
	{ "move a mount to /mnt", { .type = EVENT_MOUNT, .path = "/mnt" } },
	{ "no_new_privs", { .type = EVENT_RIGHTS, .text = "no_new_privs" } },
	{ "is called runc:[2:INIT]", { .type = EVENT_NAME, .text = "runc:[2:INIT]" } },
	{ "exit 7", { .type = EVENT_EXIT, .status = 7 << 8 } },
	{ "PID 1 of pid:[40] killed by SIGKILL",
	  { .type = EVENT_EXIT, .status = SIGKILL, .task = { IN_PID } } },
	{ "chroot ?", { .type = EVENT_ROOT, .text = "chroot" } },
};

static void text(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(event_rows); i++) {
		_cleanup_(freep) char *got = event_text(&event_rows[i].event);
		assert_string_equal(got, event_rows[i].text);
	}
}

static void types(void **state _unused_)
{
	for (enum event_type type = 0; type < EVENT_TYPE_COUNT; type++) {
		const char *name = event_type_name(type);
		assert_int_equal(event_type_by_name(name, strlen(name)), type);
	}
	assert_int_equal(event_type_by_name("exe", 3), EVENT_TYPE_COUNT);
	assert_int_equal(event_type_by_name("", 0), EVENT_TYPE_COUNT);
}

int main(void)
{
	TEST(text);
	TEST(types);
	return suite_run("eventtext");
}
