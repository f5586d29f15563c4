/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/mounts.h"
#include "query/audit.h"

/* Between the checks of an audit: nothing else includes this. */

/* A capability in a set of them. */
#define BIT(cap) (UINT64_C(1) << (cap))

/* What is not known is neither. */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

enum answer answer_and(enum answer a, enum answer b);
enum answer answer_or(enum answer a, enum answer b);

/* What root in there can be, on which most levels depend. */
struct power {
	enum answer initial_user; /* in the host's user namespace, where capabilities count */
	enum answer has_root;	  /* there is a user in there who is the host's root */
	enum answer root;	  /* and the process is that one, or may become it */
	enum answer files;	  /* it gets at what is only for him, as root, or by capabilities */
	bool knows_caps;
	uint64_t caps, caps_later; /* that it has, or has as soon as it executes something; that it
				    * gets by way of a setuid program */
};

/* Folders in which engines keep what their containers are made of. */
struct storages {
	size_t n, capacity;
	char **items;
};

/* Those of which overlays are made on the host; storages_clear() frees them. */
struct storages storages_find(const struct mount_table *host);
void storages_clear(struct storages *storages);

/* How much of PATH is the name of such a folder, as engines call theirs; 0: it is in none. */
size_t storage_part(const char *path);

struct origins;

/* Takes NULL. */
void origins_free(struct origins *origins);

/* One process, while it is looked at by one check. */
struct auditing {
	const struct audit_system *system;
	const struct audit_subject *subject;
	const struct process *process;
	const struct exposure *exposure;
	const struct inside_view *view; /* what it sees, or comes to see as a chroot keeps it not */
	const struct audit_check *check;
	const struct storages *storages;
	struct origins *origins; /* see origins.h; NULL: nobody has asked */
	uint64_t ignored;	 /* bits 1 << the place of checks that are left out */
	struct power power;
	struct findings *findings;
};

void power_make(struct auditing *auditing);

/* Whether it is in the host's namespace of that kind. */
enum answer is_host_ns(const struct auditing *auditing, enum ns_kind kind);

/* Whether it has, or gets, one of these capabilities where the host heeds them. */
enum answer has_capability(const struct auditing *auditing, uint64_t caps);

/* Whether it sees the host's processes by a mount of proc, or has a handle of one. */
enum answer has_host_proc(const struct auditing *auditing);

/* Whether it may take away what is mounted over something, having made it itself. */
enum answer may_unmount(const struct auditing *auditing);

/* Whether its root directory is none to it: it may leave a chroot. */
enum answer may_leave_root(const struct auditing *auditing);

/* Whether it may do what BITS, of S_IROTH and S_IWOTH, are to others, to such a file. */
enum answer may_use(const struct auditing *auditing, uid_t uid, gid_t gid, mode_t mode,
		    mode_t bits);

/* Whether root of the host runs, or believes, what is written there. */
bool is_system_path(const struct auditing *auditing, const char *path);

/* Whether that is a folder of the system itself, and not one in there. */
bool is_system_folder(const char *path);

/* How bad it is that it sees the processes of the host, as who is not root: high if one of them is
 * of its users, as it may look into that one's files and memory. */
enum audit_level grade_others(const struct auditing *auditing);

/* A level, and what it may be. */
struct grade {
	enum audit_level level, worst;
};

struct grade grade(enum audit_level level);
struct grade grade_by(enum answer answer, enum audit_level yes, enum audit_level no);

/* Says what was found, unless it is of no level at all. EVIDENCE, which may be NULL, is used up. */
void audit_say(struct auditing *auditing, struct grade grade, char *evidence, const char *format,
	       ...) _printf_(4, 5);

/* The same of what is not known for a reason that FORMAT gives. */
void audit_say_perhaps(struct auditing *auditing, enum audit_level worst, char *evidence,
		       const char *format, ...) _printf_(4, 5);

/* Words of which a row shows the first few. Starts as { 0 }. */
struct few {
	size_t n;
	char *list;
};

void few_add(struct few *few, const char *word);

/* "/dev/sda /dev/sdb and 7 more", which the caller frees; it takes what FEW has. */
char *few_take(struct few *few) _must_check_;

/* Says that the check cannot tell, as WHAT could not be read: WHY, an errno. */
void audit_unknown(struct auditing *auditing, int why, const char *what);

/* The mounts that it sees; NULL where those are not known, which has been said, or where it sees
 * those of the host, which is a finding of its own, if that is not left out. */
const struct mount_table *audit_mounts(struct auditing *auditing);

/* Whether that is what the engine keeps for the container, such as its hosts file: on MOUNT in
 * there, at PATH of the host. */
bool is_engines_own(const struct auditing *auditing, const struct mount_entry *mount,
		    const char *path);

/* Of what is at PATH of the host, for who may do there what only the owner may: FILES. */
struct grade grade_path(const struct auditing *auditing, const char *path, bool writable,
			enum answer files);

/* Of all that the host calls INNER of the file system DEV, what is worst: one of several names may
 * be an innocent one. NULL: it shows that nowhere. Freed by the caller. */
char *worst_path(const struct auditing *auditing, dev_t dev, const char *inner,
		 bool writable) _must_check_;

/* "mountinfo 254:0 /srv /shared rw" */
char *mount_evidence(const struct mount_entry *mount) _must_check_;

/* The checks. */
void check_cgroup_host(struct auditing *auditing);
void check_ipc_host(struct auditing *auditing);
void check_mnt_host(struct auditing *auditing);
void check_net_host(struct auditing *auditing);
void check_pid_host(struct auditing *auditing);
void check_time_host(struct auditing *auditing);
void check_user_host(struct auditing *auditing);
void check_uts_host(struct auditing *auditing);
void check_root_mapped(struct auditing *auditing);
void check_shared(struct auditing *auditing);
void check_user_shared(struct auditing *auditing);

void check_capabilities(struct auditing *auditing);
void check_pid_ptrace(struct auditing *auditing);
void check_seccomp(struct auditing *auditing);
void check_no_new_privs(struct auditing *auditing);
void check_lsm(struct auditing *auditing);

void check_chroot(struct auditing *auditing);
void check_host_root(struct auditing *auditing);
void check_host_mount(struct auditing *auditing);

void check_leaked_directory(struct auditing *auditing);
void check_leaked_file(struct auditing *auditing);

void check_host_proc(struct auditing *auditing);

/* What the name of a socket tells; NULL: nothing. */
const char *engine_by_name(const char *path);

void check_engine_socket(struct auditing *auditing);
void check_host_socket(struct auditing *auditing);

void check_core_pattern(struct auditing *auditing);
void check_kernel_helper(struct auditing *auditing);
void check_sysrq(struct auditing *auditing);
void check_sysctl(struct auditing *auditing);
void check_proc_unmasked(struct auditing *auditing);
void check_sys_writable(struct auditing *auditing);
void check_kernel_fs(struct auditing *auditing);
void check_cgroup_writable(struct auditing *auditing);
void check_release_agent(struct auditing *auditing);

/* What such a node leads to; NULL: nothing that is worth a word. */
const char *device_word(mode_t mode, dev_t rdev, enum audit_level *ret_level);

void check_device_disk(struct auditing *auditing);
void check_device_memory(struct auditing *auditing);
void check_device_kmsg(struct auditing *auditing);
void check_device_other(struct auditing *auditing);
void check_device_rules(struct auditing *auditing);
