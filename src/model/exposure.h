/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "model/devicerules.h"
#include "model/idmap.h"
#include "model/snapshot.h"
#include "util/macro.h"

/*
 * What bears on how far a process is kept from its host, as the kernel says it, without judgement.
 * Const once it is made. Where a WHY is not 0, it is the errno that says why the rest is not known.
 * All text is raw bytes. Ids are those of the viewer's user namespace.
 */

/* In the modes below: there is an access control list, see acl(5), which was not read. */
#define MODE_HAS_ACL ((mode_t)1 << 24)

/* A line of mountinfo, see proc_pid_mountinfo(5). */
struct mount_entry {
	int id, parent;
	dev_t dev;
	const char *root;   /* which part of the file system */
	const char *target; /* below the root directory of the process */
	const char *type, *source;
	const char *options;	 /* of the file system, as they are there: "rw,cpu,cpuacct" */
	bool mount_ro, super_ro; /* writable is what is neither */
	bool no_devices;	 /* nodes on it are not opened */
	bool is_idmapped;	 /* files on it have other owners than they have elsewhere */
	bool pids_only;		 /* proc: it has nothing but processes */
	/* What is at the target. */
	int why;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	bool has_release_agent; /* cgroup: as only the root of a hierarchy has */
	ino_t pid_ns;		/* proc: whose processes are there; 0: not known */
	bool is_outer;		/* proc: they are of a pid namespace around the viewer's */
	bool is_top;		/* what it is mounted on is not in the table */
	size_t over;		/* number of what is on top of all that is stacked on its root */
	bool is_seen;		/* somebody gets there by its target: nothing covers it */
};

/* By which mounts.c finds its way. All have numbers of items. */
struct mount_index {
	const size_t *by_id;
	const size_t *by_place; /* by what they are mounted on (the tops first), by target, where
				 * what is below comes next, then as they came */
	const size_t *outer; /* of each in BY_PLACE: of those mounted on the same one, that which
			      * encloses its target and is enclosed by none; itself */
};

/* In the order of the file, where what is mounted on something comes behind it. */
struct mount_table {
	size_t n;
	const struct mount_entry *items;
	struct mount_index index;
	int why;
};

/* A device node that is somewhere below the root directory. */
struct device_node {
	const char *path;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
};

struct node_list {
	size_t n;
	const struct device_node *items;
	int why; /* of what is not in the list: there may be more */
};

/* A socket of an engine, as the viewer sees it; or one below the root of a process. */
struct engine_socket {
	const char *path;
	const char *engine; /* "docker" */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct socket_list {
	size_t n;
	const struct engine_socket *items;
	int why; /* likewise */
};

/*
 * A file that a process has, not by its path: no path leads there that it could go (it is on a
 * mount of somebody else, or covered by one, or outside of a chroot), or it might not be opened
 * anew by it.
 */
struct leak {
	enum leak_by {
		LEAK_FD,
		LEAK_PIDFD,
		LEAK_CWD,
		LEAK_ROOT,
		LEAK_EXE,
		LEAK_MAPPING, /* shared, for writing */
	} by;
	int fd;
	pid_t thread;	  /* whose descriptor that is; 0: of the process */
	pid_t pid;	  /* of a pidfd, the process, as the viewer calls it */
	int mount;	  /* id of the mount; 0: not known */
	const char *path; /* as the link says */
	bool writable;	  /* it may write to it as it is */
	bool is_path;	  /* opened by O_PATH: it may neither read nor write */
	bool is_in_reach; /* a path leads there */
	bool is_outside;  /* of a chroot, in its own mount namespace */
	dev_t dev;	  /* of the file system */
	long magic;	  /* which kind that is, as statfs(2) has it; 0: not asked, or not known */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
};

struct leak_list {
	size_t n;
	const struct leak *items;
	int why; /* likewise */
};

/* A line of /proc/PID/cgroup; paths are as the viewer's cgroup namespace has them. */
struct cgroup_place {
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; "" version 2 */
	const char *path;
};

struct cgroup_places {
	size_t n;
	const struct cgroup_place *items;
	int why;
};

/* What depends on the mount namespace and the root directory only, so that processes share it. */
struct inside_view {
	struct mount_table mounts;
	struct node_list nodes;
	struct socket_list sockets; /* in the places where engines have theirs */
};

/* Sorted, each once. */
struct id_set {
	size_t n;
	const uint32_t *items;
};

struct exposure {
	const struct process *process;
	/* /proc/PID/status, of all threads together */
	int status_why;
	struct id_set users; /* real, effective, saved, of files: it may make any of them its own */
	struct id_set groups; /* likewise, and those that it is in besides */
	uint64_t effective, permitted, inheritable, bounding, ambient; /* bits 1 << CAP_… */
	bool no_new_privs;
	unsigned seccomp; /* SECCOMP_MODE_…; 0 off */
	/* What the security modules call it. NULL and 0: there is no such module. */
	const char *label;
	int label_why;
	struct idmap map, gid_map; /* of its user namespace */
	const struct inside_view *view;
	/* What it sees if its root directory is no border to it: from that of its mount namespace.
	 * NULL: that is the same. */
	const struct inside_view *outer;
	const char *root; /* in its mount namespace, where it is another one: "/srv/jail" */
	struct leak_list leaks;
	struct cgroup_places cgroups;
	struct device_rules device_rules;
};

/* Files below /proc and /sys that a kernel may lack, or a container hides: see exposure_file(). */
enum kernel_file {
	KERNEL_FILE_CORE_PATTERN,
	KERNEL_FILE_MODPROBE,
	KERNEL_FILE_SYSRQ,
	KERNEL_FILE_UEVENT_HELPER,
	KERNEL_FILE_KCORE,
	KERNEL_FILE_KEYS,
	KERNEL_FILE_TIMER_LIST,
	KERNEL_FILE_SCHED_DEBUG,
	KERNEL_FILE_LATENCY_STATS,
	KERNEL_FILE_ACPI,
	KERNEL_FILE_SCSI,
	KERNEL_FILE_FIRMWARE,
	KERNEL_FILE_COUNT,
};

struct kernel_file_info {
	const char *type; /* of the file system */
	const char *path; /* in there: "/sys/kernel/core_pattern" */
};

const struct kernel_file_info *kernel_file_info(enum kernel_file file);

struct arena;

/* Of any process of the system. */
struct process_cgroups {
	const struct process *process;
	struct cgroup_places places;
};

struct exposures {
	size_t n; /* by address of the process */
	const struct exposure *items;
	size_t n_cgroups; /* 0: nobody has cgroups that he may write to */
	const struct process_cgroups *cgroups;
	struct mount_table host; /* those of the initial mount namespace */
	struct socket_list engines;
	/* The user who is root on the host, whom no capability stands behind; UID_UNKNOWN: the
	 * viewer has no id for that one. */
	uid_t host_root;
	int host_root_why;
	unsigned has_files; /* bits 1 << enum kernel_file: those that the kernel has, or may have */
	struct arena *arena;
};

/* Takes NULL, returns NULL. */
const struct exposures *exposures_free(const struct exposures *exposures);
DEFINE_CLEANUP(const struct exposures *, exposures_free)

/* NULL where nobody asked, and where the process had ended by then. */
const struct exposure *exposures_find(const struct exposures *exposures,
				      const struct process *process);
