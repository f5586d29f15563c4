/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/cgroups.h"

#include "fixture.h"

static const char v1[] =
	"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup "
	"rw,cpu,cpuacct\n"
	"36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices\n"
	"40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"
	"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";
static const char part[] =
	"30 23 0:26 /a/b /sys/fs/cgroup rw - cgroup2 cgroup rw\n"
	"31 23 0:26 /odd\\040name /mnt/with\\040blank\\134 rw - cgroup2 cgroup rw\n";

static const struct row_folder {
	const char *name, *hierarchy, *mounts, *expected;
} folder_rows[] = {
	{ "v2", "0::/docker/b929", v1, "/sys/fs/cgroup/unified/docker/b929" },
	{ "v2, the root", "0::/", v1, "/sys/fs/cgroup/unified" },
	{ "v1", "5:devices:/a", v1, "/sys/fs/cgroup/devices/a" },
	{ "v1 with two controllers", "2:cpu,cpuacct:/a", v1, "/sys/fs/cgroup/cpu,cpuacct/a" },
	{ "v1 with a name", "9:name=systemd:/x.slice", v1, "/sys/fs/cgroup/systemd/x.slice" },
	{ "a colon in the path", "0::/a:b", v1, "/sys/fs/cgroup/unified/a:b" },
	{ "a controller without a mount", "8:pids:/a", v1, NULL },
	{ "a part of a controller's name", "8:device:/a", v1, NULL },
	{ "below the root of a mount", "0::/a/b/c", part, "/sys/fs/cgroup/c" },
	{ "that root itself", "0::/a/b", part, "/sys/fs/cgroup" },
	{ "beside it", "0::/a/bc", part, NULL },
	{ "above it", "0::/a", part, NULL },
	{ "escapes", "0::/odd name/x", part, "/mnt/with blank\\/x" },
	{ "no mounts", "0::/a", "", NULL },
	{ "no line of cgroup", "0:/a", v1, NULL },
	{ "nothing", "", v1, NULL },
	{ "cut mounts", "0::/a", "1\n1 2 3\n - cgroup2 c\n1 2 3 / /x rw - cgroup2", "/x/a" },
};

static void folder(void **state)
{
	const struct row_folder *row = ROW(struct row_folder, state);
	size_t n = strlen(row->hierarchy), n_mounts = strlen(row->mounts);
	_cleanup_(freep) char *line = exact_copy(row->hierarchy, n);
	_cleanup_(freep) char *mounts = exact_copy(row->mounts, n_mounts);
	_cleanup_(freep) char *found = cgroup_folder(line, n, mounts, n_mounts);
	if (!row->expected)
		assert_null(found);
	else
		assert_string_equal(found, row->expected);
}

int main(void)
{
	TEST_ROWS(folder, folder_rows);
	return suite_run("cgroups");
}
