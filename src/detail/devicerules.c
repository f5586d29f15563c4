/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/devicerules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/procfile.h"
#include "util/text.h"

#define LIST_MAX ((size_t)64 * 1024)

/* The path of its cgroup in that hierarchy, "" being version 2; NULL: it is in none. */
static const char *find_path(const struct cgroup_places *cgroups, const char *controller)
{
	for (size_t i = 0; i < cgroups->n; i++) {
		const struct cgroup_place *place = &cgroups->items[i];
		if (*controller ? text_has_item(place->controllers, controller)
				: !*place->controllers)
			return place->path;
	}
	return NULL;
}

/* Paths are as our cgroup namespace has them, and so are roots of mounts. */
static int open_cgroup(const struct mount_table *own, const char *type, const char *probe,
		       const char *path)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct mount_entry *mount = &own->items[i];
		size_t n = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
		if (strcmp(mount->type, type) != 0 || strncmp(path, mount->root, n) != 0 ||
		    (path[n] != '/' && path[n] != 0))
			continue;
		_cleanup_(freep) char *folder = xasprintf("%s%s", mount->target, path + n);
		_cleanup_(closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && faccessat(fd, probe, F_OK, 0) == 0)
			return TAKE_FD(fd);
	}
	return -ENODATA;
}

static void read_list(struct arena *arena, const struct mount_table *own, const char *path,
		      struct device_rules *rules)
{
	_cleanup_(freep) char *text = NULL;
	size_t n = 0;
	_cleanup_(closep) int fd = open_cgroup(own, "cgroup", "devices.list", path);
	int r = fd < 0 ? fd : proc_read_all(fd, "devices.list", LIST_MAX, &text, &n);
	rules->has_rules = true;
	rules->rules_why = -r;
	rules->list = r < 0 ? "" : arena_copy(arena, text, n);
}

/* All that are in effect, also those of the cgroups above. */
static int count_programs(int cgroup, unsigned *ret)
{
	union bpf_attr attr = {
		.query = { .target_fd = cgroup,
			   .attach_type = BPF_CGROUP_DEVICE,
			   .query_flags = BPF_F_QUERY_EFFECTIVE },
	};
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return -errno;
	*ret = attr.query.prog_cnt;
	return 0;
}

struct device_rules device_rules_read(struct arena *arena, const struct cgroup_places *cgroups,
				      const struct mount_table *own)
{
	struct device_rules rules = { .rules_why = cgroups->why, .programs_why = cgroups->why };
	const char *first = find_path(cgroups, "devices"), *second = find_path(cgroups, "");
	if (first)
		read_list(arena, own, first, &rules);
	if (second) {
		_cleanup_(closep) int fd = open_cgroup(own, "cgroup2", "cgroup.procs", second);
		int r = fd < 0 ? fd : count_programs(fd, &rules.n_programs);
		rules.programs_why = -r;
	}
	return rules;
}
