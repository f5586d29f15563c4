/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/audit.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "detail/cgroups.h"
#include "detail/mountinfo.h"
#include "fixture.h"
#include "model/mounts.h"
#include "model/overlay.h"
#include "util/arena.h"
#include "util/sort.h"

/* A host; 20 is in a default container, 30 in one with a user namespace of its own, 40 is refused. */
#define SYSTEM                                                                                     \
	"viewer pid 4026531836; viewer user 4026531837; viewer cgroup 4026531835;"                 \
	"initial net 4026531833; initial mnt 4026531832;"                                          \
	"ns pid 4026531836; ns user 4026531837; ns net 4026531833; ns mnt 4026531832;"             \
	"ns pid 101 parent=4026531836 keep; ns user 201 parent=4026531837 keep;"                   \
	"ns mnt 301 keep; ns mnt 302 owner=201 keep; ns net 401 keep; ns uts 501 keep; ns ipc 601 keep; ns cgroup 701 keep;"  \
	"p 7 start=70 pid=4026531836 user=4026531837 net=4026531833 mnt=4026531832 "               \
	"uts=4026531838 ipc=4026531839 cgroup=4026531835 time=4026531834 pids=7;"                  \
	"p 20 start=200 pid=101 user=4026531837 net=401 mnt=301 uts=501 ipc=601 "                  \
	"cgroup=4026531835 time=4026531834 pids=20/1;"                                             \
	"p 25 start=250 pid=4026531836 user=4026531837 net=4026531833 mnt=301 uts=501 ipc=601 "    \
	"cgroup=4026531835 time=4026531834 pids=25;"                                               \
	"p 30 start=300 pid=101 user=201 net=401 mnt=302 uts=501 ipc=601 cgroup=701 "              \
	"time=4026531834 pids=30/2;"                                                               \
	"p 40 start=400 pid=EACCES user=EACCES net=EACCES mnt=EACCES uts=EACCES ipc=EACCES "       \
	"cgroup=EACCES time=EACCES pids=40/1"

#define HOST                                                                                       \
	"22 27 0:21 / /proc rw - proc proc rw\n"                                                   \
	"23 27 0:22 / /sys rw - sysfs sysfs rw\n"                                                  \
	"24 27 0:6 / /dev rw - devtmpfs dev rw\n"                                                  \
	"25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw\n"                                              \
	"26 27 0:24 / /run rw - tmpfs tmpfs rw\n"                                                  \
	"27 1 254:0 / / rw - ext4 /dev/vda rw\n"                                                   \
	"28 27 254:16 / /srv rw - ext4 /dev/vdb rw\n"                                              \
	"29 23 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"                              \
	"30 24 0:30 / /dev/mqueue rw - mqueue mqueue rw\n"                                         \
	"31 27 0:31 /@home /home rw - btrfs /dev/vdc rw\n"                                         \
	"35 24 0:35 / /dev/pts rw - devpts devpts rw\n"                                            \
	"34 27 254:0 /etc /innocent rw - ext4 /dev/vda rw\n"                                       \
	"32 27 254:32 /pub /opt/pub rw - ext4 /dev/vdd rw\n"                                       \
	"33 27 0:33 / /data/graph/overlay2/1/merged rw - overlay overlay "                          \
	"rw,lowerdir=/data/graph/overlay2/l/A,upperdir=/data/graph/overlay2/1/diff,workdir=/x\n"

#define ROOTFS "50 49 0:50 / / rw - overlay overlay rw\n"
#define PROC "51 50 0:51 / /proc rw - proc proc rw\n"
#define MASKED PROC "52 51 0:51 /sys /proc/sys ro - proc proc rw\n"

#define ALL (UINT64_MAX >> 23) /* 41 of them */
#define DEFAULT UINT64_C(0xa80425fb)
#define DEV(major, minor) ((major) << 8 | (minor)) /* as makedev(3), and constant */
#define DOCKER_GROUP 998
#define DISK_GROUP 6
#define BIT(cap) (UINT64_C(1) << (cap))

static const struct row_check {
	const char *name;
	const char *check, *expected; /* "critical", "low..critical", "unknown..high", "" */
	pid_t pid;
	const char *mounts; /* NULL: could not be read */
	uint64_t caps;
	bool no_new_privs;
	uid_t uid;
	const char *map; /* "0:100000:65536"; NULL: "0:0:4294967295" */
	int refused;	 /* errno of status, label and what is below the root */
	mode_t mode;	 /* of what is at the last target */
	bool no_host;	 /* the mounts of the host are not known */
	unsigned rdev[2];
	struct device_rules rules;
	bool seteuid; /* the effective uid is another one */
	gid_t group;  /* that it is in, if it is not 0 */
	const char *gid_map;
	const char *outer; /* mounts outside of its chroot */
	const char *cgroup; /* /proc/PID/cgroup */
	struct leak leak;   /* if it has a path */
	ino_t pid_ns;	    /* of what is at the last target */
	bool is_outer;
} check_rows[] = {
	{ "pid: the host's, as root", "pid-host", "high", 25, ROOTFS },
	{ "pid: the host's, as nobody", "pid-host", "medium", 25, ROOTFS, 0, true, 1000 },
	{ "pid: the host's, as nobody who may kill", "pid-host", "high", 25, ROOTFS, BIT(CAP_KILL),
	  true, 1000 },
	{ "pid: its own", "pid-host", "", 20, ROOTFS },
	{ "pid: refused, but it has two numbers", "pid-host", "", 40, ROOTFS },
	{ "net: the host's", "net-host", "medium", 25, ROOTFS },
	{ "net: and it may listen", "net-host", "high", 25, ROOTFS, BIT(CAP_NET_RAW) },
	{ "net: and nobody knows what it may", "net-host", "medium..high", 25, ROOTFS,
	  .refused = EACCES },
	{ "net: refused", "net-host", "unknown..high", 40, ROOTFS },
	{ "uts: refused", "uts-host", "unknown..medium", 40, ROOTFS },
	{ "mnt: the host's", "mnt-host", "critical", 7, HOST },
	{ "mnt: what is in there, where mnt-host is left out", "core-pattern", "critical", 7, HOST },
	{ "user: the host's", "user-host", "medium", 20, ROOTFS },
	{ "user: of who cannot become root", "user-host", "low", 20, ROOTFS, 0, true, 1000 },
	{ "user: of who may by a setuid program", "user-host", "medium", 20, ROOTFS, 0, false, 1000 },
	{ "user: of who may become root again", "user-host", "medium", 20, ROOTFS, 0, true,
	  .seteuid = true },
	{ "user: its own", "user-host", "", 30, ROOTFS, .uid = 100000, .map = "0:100000:65536" },
	{ "root: mapped, in its own user namespace", "root-mapped", "medium", 30, ROOTFS },
	{ "root: mapped elsewhere", "root-mapped", "", 30, ROOTFS, .uid = 100000, .map = "0:100000:65536" },
	{ "root: mapped to another id in there", "root-mapped", "medium", 30, ROOTFS,
	  .map = "1000:0:1" },
	{ "root: nothing is mapped", "root-mapped", "", 30, ROOTFS, .uid = 1000, .map = "" },
	{ "root: nothing is mapped, and it is root still", "root-mapped", "medium", 30, ROOTFS, .map = "" },
	{ "root: the map tells, though the rest is refused", "root-mapped", "medium", 40, ROOTFS },

	{ "capabilities: all", "capabilities", "critical high medium low", 20, ROOTFS, ALL },
	{ "capabilities: an engine's default", "capabilities", "low", 20, ROOTFS, DEFAULT },
	{ "capabilities: none", "capabilities", "", 20, ROOTFS },
	{ "capabilities: in a user namespace of its own", "capabilities", "", 30, ROOTFS, ALL },
	{ "capabilities: in nobody knows which", "capabilities", "unknown..high", 40, ROOTFS,
	  BIT(CAP_SYS_ADMIN) },
	{ "capabilities: one that is newer", "capabilities", "medium", 20, ROOTFS, BIT(60) },
	{ "capabilities: status refused", "capabilities", "unknown..critical", 20, ROOTFS,
	  .refused = EACCES },
	{ "ptrace: with the host's pid namespace", "pid-ptrace", "critical", 25, ROOTFS,
	  BIT(CAP_SYS_PTRACE) },
	{ "ptrace: without", "pid-ptrace", "", 20, ROOTFS, BIT(CAP_SYS_PTRACE) },
	{ "ptrace: without the capability", "pid-ptrace", "", 25, ROOTFS, DEFAULT },
	{ "no_new_privs: off", "no-new-privs", "low", 20, ROOTFS },
	{ "no_new_privs: on", "no-new-privs", "", 20, ROOTFS, 0, true },
	{ "no_new_privs: status refused", "no-new-privs", "unknown..low", 20, ROOTFS,
	  .refused = EACCES },
	{ "seccomp: off", "seccomp-off", "medium", 20, ROOTFS },
	{ "lsm: there is none", "lsm-off", "low", 20, ROOTFS },
	{ "lsm: refused", "lsm-off", "unknown..medium", 20, ROOTFS, .refused = EACCES },

	{ "core_pattern: writable", "core-pattern", "critical", 20, ROOTFS PROC },
	{ "core_pattern: masked", "core-pattern", "", 20, ROOTFS MASKED },
	{ "core_pattern: of who is another user", "core-pattern", "", 30, ROOTFS PROC,
	  .uid = 100000, .map = "0:100000:65536" },
	{ "core_pattern: of root in a user namespace", "core-pattern", "critical", 30, ROOTFS PROC },
	{ "core_pattern: masked, by mounts that it may unmount", "core-pattern", "unknown..critical", 30,
	  ROOTFS MASKED, BIT(CAP_SYS_ADMIN) },
	{ "core_pattern: masked, and it may not", "core-pattern", "", 30, ROOTFS MASKED, DEFAULT },
	{ "core_pattern: masked, it may, and is nobody", "core-pattern", "", 30, ROOTFS MASKED, ALL,
	  .map = "0:100000:65536", .uid = 100000 },
	{ "core_pattern: nobody knows whose root it is", "core-pattern", "unknown..critical", 20,
	  ROOTFS PROC, .uid = 1000, .refused = EACCES },
	{ "core_pattern: read-only mount", "core-pattern", "", 20,
	  ROOTFS "51 50 0:51 / /proc ro - proc proc rw\n" },
	{ "core_pattern: read-only superblock", "core-pattern", "", 20,
	  ROOTFS "51 50 0:51 / /proc rw - proc proc ro\n" },
	{ "core_pattern: a second proc", "core-pattern", "critical", 20,
	  ROOTFS MASKED "53 50 0:51 / /dev/.lxc/proc rw - proc proc rw\n" },
	{ "core_pattern: a second proc, behind something", "core-pattern", "", 20,
	  ROOTFS MASKED "53 50 0:51 / /dev/.lxc/proc rw - proc proc rw\n"
			"54 50 0:54 / /dev rw - tmpfs tmpfs rw\n" },
	{ "core_pattern: under a mask that is writable", "core-pattern", "critical", 20,
	  ROOTFS PROC "52 51 0:51 /sys /proc/sys rw - proc proc rw\n" },
	{ "core_pattern: proc on top of the masked one", "core-pattern", "critical", 20,
	  ROOTFS MASKED "53 51 0:51 / /proc rw - proc proc rw\n" },
	{ "core_pattern: the file alone", "core-pattern", "critical", 20,
	  ROOTFS "51 50 0:51 /sys/kernel/core_pattern /a rw - proc proc rw\n" },
	{ "core_pattern: a proc of processes only", "core-pattern", "", 20,
	  ROOTFS "51 50 0:51 / /proc rw - proc proc rw,subset=pid\n" },
	{ "core_pattern: mounts refused", "core-pattern", "unknown..critical", 20, NULL },
	{ "sysctl: writable", "sysctl-writable", "high", 20, ROOTFS PROC },
	{ "sysctl: masked", "sysctl-writable", "medium", 20, ROOTFS MASKED },
	{ "sysctl: masked, as all the rest", "sysctl-writable", "", 20,
	  ROOTFS MASKED "53 51 0:51 /irq /proc/irq ro - proc proc rw\n"
			"54 51 0:51 /bus /proc/bus ro - proc proc rw\n"
			"55 51 0:51 /fs /proc/fs ro - proc proc rw\n" },
	{ "proc: unmasked", "proc-unmasked", "low", 20, ROOTFS PROC },
	{ "sys: writable", "sys-writable", "high", 20, ROOTFS "51 50 0:51 / /sys rw - sysfs s rw\n" },
	{ "sys: read-only", "sys-writable", "", 20, ROOTFS "51 50 0:51 / /sys ro - sysfs s rw\n" },
	{ "sys: of another user", "sys-writable", "", 30, ROOTFS "51 50 0:51 / /s rw - sysfs s rw\n",
	  .uid = 100000, .map = "0:100000:65536" },
	{ "debugfs", "kernel-fs", "high", 20, ROOTFS "51 50 0:51 / /d rw - debugfs d rw\n" },
	{ "bpf of its own", "kernel-fs", "", 20, ROOTFS "51 50 0:51 / /d rw - bpf d rw\n" },
	{ "cgroups: the whole tree", "cgroup-writable", "high", 20,
	  ROOTFS "51 50 0:29 / /cg rw - cgroup c rw,cpu\n" },
	{ "cgroups: its own", "cgroup-writable", "low", 20,
	  ROOTFS "51 50 0:29 /docker/1 /cg rw - cgroup c rw,cpu\n" },
	{ "cgroups: its own, version 2", "cgroup-writable", "info", 20,
	  ROOTFS "51 50 0:29 /docker/1 /cg rw - cgroup2 c rw\n" },
	{ "cgroups: read-only", "cgroup-writable", "", 20,
	  ROOTFS "51 50 0:29 / /cg ro - cgroup c rw,cpu\n" },
	{ "release_agent: the whole tree and sys_admin", "release-agent", "critical", 20,
	  ROOTFS "51 50 0:29 / /cg rw - cgroup c rw,cpu\n", BIT(CAP_SYS_ADMIN) },
	{ "release_agent: the whole tree", "release-agent", "low", 20,
	  ROOTFS "51 50 0:29 / /cg rw - cgroup c rw,cpu\n" },
	{ "release_agent: sys_admin", "release-agent", "high", 20, ROOTFS, BIT(CAP_SYS_ADMIN) },
	{ "release_agent: sys_admin elsewhere", "release-agent", "", 30, ROOTFS,
	  BIT(CAP_SYS_ADMIN) },

	{ "root: writable", "host-root", "critical", 20, ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n" },
	{ "root: read-only", "host-root", "high", 20, ROOTFS "51 50 254:0 / /a ro - ext4 d rw\n" },
	{ "root: of another user", "host-root", "high", 30, ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n",
	  .uid = 100000, .map = "0:100000:65536" },
	{ "root: as its own", "host-root", "critical", 20, "51 50 254:0 / / rw - ext4 d rw\n" },
	{ "root: another disk", "host-root", "", 20, ROOTFS "51 50 254:16 / /a rw - ext4 d rw\n" },
	{ "mount: a folder of the system as its own root", "host-mount", "critical", 20,
	  "51 50 254:0 /usr / rw - ext4 d rw\n" },
	{ "mount: what lies in one as its own root", "host-mount", "", 20,
	  "51 50 254:0 /root/bundle/rootfs / rw - ext4 d rw\n" },
	{ "mount: of a pod", "host-mount", "low", 20,
	  ROOTFS "51 50 254:0 /var/lib/kubelet/pods/1/volumes/x /a rw - ext4 d rw\n" },
	{ "mount: of all pods", "host-mount", "critical", 20,
	  ROOTFS "51 50 254:0 /var/lib/kubelet/pods /a rw - ext4 d rw\n" },
	{ "sysctl: those of its own network", "sysctl-writable", "medium", 20,
	  ROOTFS MASKED "53 52 0:51 /sys/net /proc/sys/net rw - proc proc rw\n" },
	{ "sysctl: those of the host's network", "sysctl-writable", "high", 25,
	  ROOTFS MASKED "53 52 0:51 /sys/net /proc/sys/net rw - proc proc rw\n" },
	{ "binfmt_misc of its own mount", "kernel-fs", "high", 20,
	  ROOTFS "51 50 0:99 / /b rw - binfmt_misc b rw\n" },
	{ "binfmt_misc of its user namespace", "kernel-fs", "", 30,
	  ROOTFS "51 50 0:99 / /b rw - binfmt_misc b rw\n" },
	{ "devpts of the host", "kernel-fs", "high", 20, ROOTFS "51 50 0:35 / /p rw - devpts p rw\n" },
	{ "devpts: one terminal", "kernel-fs", "", 20, ROOTFS "51 50 0:35 /3 /p rw - devpts p rw\n" },
	{ "file: in reach, of a volume", "leaked-file", "", 20,
	  ROOTFS "51 50 254:0 /var/lib/docker/volumes/v/_data /a rw - ext4 d rw\n", 0, true, 1000,
	  .leak = { .path = "/a/x", .mount = 51, .mode = S_IFREG, .writable = true, .is_in_reach = true } },
	{ "file: in reach, of another folder", "leaked-file", "", 20,
	  ROOTFS "51 50 254:16 /data /a rw - ext4 d rw\n", 0, true, 1000,
	  .leak = { .path = "/a/x", .mount = 51, .mode = S_IFREG, .writable = true, .is_in_reach = true } },
	{ "file: in reach, of the system", "leaked-file", "critical", 20,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n", 0, true, 1000,
	  .leak = { .path = "/a/x", .mount = 51, .mode = S_IFREG, .writable = true, .is_in_reach = true } },
	{ "file: a terminal of the host", "leaked-file", "medium", 20, ROOTFS,
	  .leak = { .path = "/dev/pts/3", .mount = 999, .mode = S_IFCHR, .rdev = DEV(136, 3),
		    .dev = DEV(0, 35) } },
	{ "root: behind something", "host-root", "", 20,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n52 51 0:9 / /a rw - tmpfs t rw\n" },
	{ "root: a disk, seen from inside", "host-root", "unknown..critical", 20,
	  "51 50 254:0 / / rw - ext4 d rw\n", .no_host = true },
	{ "root: a part of a disk, seen from inside", "host-root", "", 20,
	  "51 50 254:0 /c / rw - ext4 d rw\n", .no_host = true },
	{ "mount: a folder of the system", "host-mount", "critical", 20,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n" },
	{ "mount: read-only", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:0 /usr /a ro - ext4 d rw\n" },
	{ "mount: of a user namespace, with its ids", "host-mount", "medium..critical", 30,
	  ROOTFS "51 50 254:0 /etc /a rw,idmapped - ext4 d rw\n", .uid = 100000, .map = "0:100000:65536" },
	{ "mount: of a user namespace", "host-mount", "medium", 30,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n", .uid = 100000, .map = "0:100000:65536" },
	{ "mount: that it may uncover", "host-mount", "unknown..critical", 30,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n52 51 0:9 / /a rw - tmpfs t rw\n",
	  BIT(CAP_SYS_ADMIN) },
	{ "mount: that is covered", "host-mount", "", 20,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n52 51 0:9 / /a rw - tmpfs t rw\n",
	  BIT(CAP_SYS_ADMIN) },
	{ "mount: where containers are", "host-mount", "critical", 20,
	  ROOTFS "51 50 254:0 /data/graph /a rw - ext4 d rw\n" },
	{ "mount: around where containers are", "host-mount", "critical", 20,
	  ROOTFS "51 50 254:0 /data /a rw - ext4 d rw\n" },
	{ "mount: passwords", "host-mount", "high", 20, ROOTFS "51 50 254:0 /etc /a ro - ext4 d rw\n" },
	{ "mount: passwords, as nobody", "host-mount", "low", 20,
	  ROOTFS "51 50 254:0 /etc /a ro - ext4 d rw\n", 0, true, 1000 },
	{ "mount: another folder", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:16 /a/b /a rw - ext4 d rw\n" },
	{ "mount: a folder that is somebody else's", "host-mount", "low", 20,
	  ROOTFS "51 50 254:16 /a/b /a rw - ext4 d rw\n", 0, true, 1000, .mode = S_IFDIR | 0755 },
	{ "mount: a folder of its group", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:16 /a/b /a rw - ext4 d rw\n", 0, true, 1000, .group = DISK_GROUP,
	  .mode = S_IFDIR | 0775 },
	{ "mount: another folder, read-only", "host-mount", "low", 20,
	  ROOTFS "51 50 254:16 /a/b /a ro - ext4 d rw\n" },
	{ "mount: a volume", "host-mount", "low", 20,
	  ROOTFS "51 50 254:0 /var/lib/docker/volumes/v/_data /a rw - ext4 d rw\n" },
	{ "mount: what is not the host's", "host-mount", "", 20,
	  ROOTFS "51 50 0:99 / /a rw - tmpfs t rw\n" },
	{ "mount: its own root", "host-mount", "", 20, "51 50 254:0 /c / rw - ext4 d rw\n" },
	{ "mount: that came along with the root, which is read-only", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:0 / /a ro - ext4 d rw\n52 51 254:16 / /a/srv rw - ext4 d rw\n" },
	{ "mount: that came along, read-only", "host-mount", "", 20,
	  ROOTFS "51 50 254:0 / /a ro - ext4 d rw\n52 51 254:16 / /a/srv ro - ext4 d rw\n" },
	{ "mount: that came along with the root", "host-mount", "", 20,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n52 51 254:16 / /a/srv rw - ext4 d rw\n" },
	{ "mount: another one below the root", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n52 51 254:16 / /a/x rw - ext4 d rw\n" },
	{ "mount: seen from inside", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:16 /a/b /a rw - ext4 d rw\n", .no_host = true },
	{ "socket: docker's under another name", "engine-socket", "critical", 20,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", .mode = S_IFSOCK | 0660 },
	{ "socket: docker's in a folder", "engine-socket", "critical", 20,
	  ROOTFS "51 50 0:24 / /innocent ro - tmpfs t rw\n", .mode = S_IFDIR },
	{ "socket: in a folder that is hidden", "engine-socket", "", 20,
	  ROOTFS "51 50 0:24 / /innocent ro - tmpfs t rw\n52 51 0:9 / /innocent rw - tmpfs t rw\n" },
	{ "socket: of another user", "engine-socket", "medium", 30,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", .map = "0:100000:65536",
	  .uid = 100000, .mode = S_IFSOCK | 0660 },
	{ "socket: seen from inside", "engine-socket", "critical", 20,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", .mode = S_IFSOCK | 0660,
	  .no_host = true },
	{ "socket: another one", "host-socket", "medium", 20,
	  ROOTFS "51 50 0:24 /x.sock /x ro - tmpfs t rw\n", .mode = S_IFSOCK | 0666 },
	{ "socket: the engine's is no other", "host-socket", "", 20,
	  ROOTFS "51 50 0:24 /docker.sock /x ro - tmpfs t rw\n", .mode = S_IFSOCK | 0660 },

	{ "device: a disk", "device-disk", "critical", 20, ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n",
	  .mode = S_IFBLK | 0660, .rdev = { 254, 0 } },
	{ "device: a disk, of another user", "device-disk", "low", 30,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", .map = "0:100000:65536",
	  .uid = 100000, .mode = S_IFBLK | 0660, .rdev = { 254, 0 } },
	{ "device: a disk, of who may take its group", "device-disk", "critical", 30,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", BIT(CAP_SETGID), .uid = 100000,
	  .map = "0:100000:65536", .gid_map = "6:6:1", .mode = S_IFBLK | 0660, .rdev = { 254, 0 } },
	{ "device: a disk, of a group that has no id in there", "device-disk", "low", 30,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", BIT(CAP_SETGID), .uid = 100000,
	  .map = "0:100000:65536", .gid_map = "0:100000:65536", .mode = S_IFBLK | 0660,
	  .rdev = { 254, 0 } },
	{ "device: a disk for all", "device-disk", "critical", 30,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", .uid = 100000, .map = "0:100000:65536",
	  .mode = S_IFBLK | 0666, .rdev = { 254, 0 } },
	{ "device: a disk, but no devices", "device-disk", "", 20,
	  ROOTFS "51 50 0:6 /vda /x rw,nodev - devtmpfs d rw\n", .mode = S_IFBLK | 0660,
	  .rdev = { 254, 0 } },
	{ "device: a disk that the rules refuse", "device-disk", "low", 20,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", .mode = S_IFBLK | 0666, .rdev = { 254, 0 },
	  .rules = { .has_rules = true, .list = "b 7:0 rwm\n" } },
	{ "device: a disk that the rules allow", "device-disk", "critical", 20,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", .mode = S_IFBLK | 0660, .rdev = { 254, 0 },
	  .rules = { .has_rules = true, .list = "b 254:* r\n" } },
	{ "device rules: none", "device-rules", "critical", 20, ROOTFS, BIT(CAP_MKNOD) },
	{ "device rules: of another user", "device-rules", "", 30, ROOTFS, BIT(CAP_MKNOD) },
	{ "device rules: none, and no capability", "device-rules", "", 20, ROOTFS },
	{ "device rules: that refuse", "device-rules", "", 20, ROOTFS, BIT(CAP_MKNOD),
	  .rules = { .has_rules = true, .list = "c 1:3 rwm\n" } },
	{ "device rules: that allow", "device-rules", "critical", 20, ROOTFS, BIT(CAP_MKNOD),
	  .rules = { .has_rules = true, .list = "b 7:0 rwm\n" } },
	{ "device rules: a program", "device-rules", "info", 20, ROOTFS, BIT(CAP_MKNOD),
	  .rules = { .n_programs = 1 } },
	{ "device rules: unknown", "device-rules", "unknown..critical", 20, ROOTFS, BIT(CAP_MKNOD),
	  .rules = { .programs_why = EPERM } },
	{ "device rules: unknown, but the others refuse", "device-rules", "", 20, ROOTFS,
	  BIT(CAP_MKNOD), .rules = { .has_rules = true, .list = "", .programs_why = EPERM } },
	{ "device: memory, without the capability", "device-memory", "low", 20,
	  ROOTFS "51 50 0:6 /mem /x rw - devtmpfs d rw\n", .mode = S_IFCHR | 0640,
	  .rdev = { 1, 1 } },
	{ "device: memory", "device-memory", "critical", 20,
	  ROOTFS "51 50 0:6 /mem /x rw - devtmpfs d rw\n", BIT(CAP_SYS_RAWIO),
	  .mode = S_IFCHR | 0640, .rdev = { 1, 1 } },
	{ "device: kmsg", "device-kmsg", "medium", 20, ROOTFS "51 50 0:6 /k /x rw - devtmpfs d rw\n",
	  .mode = S_IFCHR | 0644, .rdev = { 1, 11 } },
	{ "device: null", "device-other", "", 20, ROOTFS "51 50 0:6 /null /x rw - devtmpfs d rw\n",
	  .mode = S_IFCHR | 0666, .rdev = { 1, 3 } },
	{ "device: could not be looked for", "device-disk", "unknown..critical", 20, ROOTFS,
	  .refused = EACCES },
	{ "root: by dac_override", "host-root", "critical", 20,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n", BIT(CAP_DAC_OVERRIDE), true, 1000 },
	{ "root: by no right", "host-root", "high", 20,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n", 0, true, 1000 },
	{ "root: dac_override elsewhere", "host-root", "high", 30,
	  ROOTFS "51 50 254:0 / /a rw - ext4 d rw\n", BIT(CAP_DAC_OVERRIDE), true, 101000,
	  "0:100000:65536" },
	{ "root: as the lower part of an overlay", "host-root", "high", 20,
	  ROOTFS "51 50 0:77 / /a rw - overlay o rw,lowerdir=/srv:/,upperdir=/u,workdir=/w\n" },
	{ "root: as the upper part of an overlay", "host-root", "critical", 20,
	  ROOTFS "51 50 0:77 / /a rw - overlay o rw,lowerdir=/srv,upperdir=/,workdir=/w\n" },
	{ "root: not in an engine's layers", "host-root", "", 20,
	  "51 50 0:77 / / rw - overlay o rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/var/lib/docker/overlay2/1/diff\n" },
	{ "mount: nor are those mounts", "host-mount", "", 20,
	  "51 50 0:77 / / rw - overlay o rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/var/lib/docker/overlay2/1/diff\n" },
	{ "mount: a layer of an overlay", "host-mount", "critical medium", 20,
	  ROOTFS "51 50 0:77 / /a rw - overlay o rw,lowerdir=/usr,upperdir=/etc\n" },
	{ "mount: of what the host shows a part only", "host-mount", "critical", 20,
	  ROOTFS "51 50 0:31 / /a rw - btrfs d rw\n" },
	{ "mount: a part that the host does not show", "host-mount", "", 20,
	  ROOTFS "51 50 254:32 /other /a rw - ext4 d rw\n" },
	{ "mount: of which a part is on the host", "host-mount", "medium", 20,
	  ROOTFS "51 50 254:32 / /a rw - ext4 d rw\n" },
	{ "mount: of which that part is covered", "host-mount", "", 20,
	  ROOTFS "51 50 254:32 / /a rw - ext4 d rw\n52 51 0:9 / /a/pub rw - tmpfs t rw\n" },
	{ "socket: of who is in its group", "engine-socket", "critical", 20,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", 0, true, 1000,
	  .group = DOCKER_GROUP, .mode = S_IFSOCK | 0660 },
	{ "socket: of who may join its group", "engine-socket", "critical", 20,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", BIT(CAP_SETGID), true, 1000,
	  .mode = S_IFSOCK | 0660 },
	{ "socket: of who is in no group", "engine-socket", "medium", 20,
	  ROOTFS "51 50 0:24 /docker.sock /innocent ro - tmpfs t rw\n", 0, true, 1000,
	  .group = 5, .mode = S_IFSOCK | 0660 },
	{ "device: a disk, of who is in its group", "device-disk", "critical", 20,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", 0, true, 1000, .group = DISK_GROUP,
	  .mode = S_IFBLK | 0660, .rdev = { 254, 0 } },
	{ "device: a disk with an access control list", "device-disk", "low..critical", 20,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", 0, true, 1000, .group = 5,
	  .mode = S_IFBLK | 0660 | MODE_HAS_ACL, .rdev = { 254, 0 } },
	{ "device: a disk, of who is in no group", "device-disk", "low", 20,
	  ROOTFS "51 50 0:6 /vda /x rw - devtmpfs d rw\n", 0, true, 1000, .group = 5,
	  .mode = S_IFBLK | 0660, .rdev = { 254, 0 } },
	{ "kernel fs: the host's queues", "kernel-fs", "medium", 20,
	  ROOTFS "51 50 0:30 / /q rw - mqueue m rw\n" },
	{ "kernel fs: queues of its own", "kernel-fs", "", 20,
	  ROOTFS "51 50 0:99 / /q rw - mqueue m rw\n" },
	{ "kernel fs: fusectl", "kernel-fs", "medium", 20, ROOTFS "51 50 0:99 / /q rw - fusectl m rw\n" },
	{ "cgroups: another's", "cgroup-writable", "high", 20,
	  ROOTFS "51 50 0:29 /docker/2 /cg rw - cgroup c rw,cpu\n" },
	{ "cgroups: those around it", "cgroup-writable", "high", 20,
	  ROOTFS "51 50 0:29 /docker /cg rw - cgroup2 c rw\n" },
	{ "cgroups: a part of its own", "cgroup-writable", "low", 20,
	  ROOTFS "51 50 0:29 /docker/1/a /cg rw - cgroup c rw,cpu\n" },
	{ "cgroups: of a hierarchy that it is not in", "cgroup-writable", "info..high", 20,
	  ROOTFS "51 50 0:29 /docker/1 /cg rw - cgroup c rw,freezer\n" },
	{ "cgroups: where nobody is", "cgroup-writable", "info", 20,
	  ROOTFS "51 50 0:29 /docker/1 /cg rw - cgroup2 c rw\n", .cgroup = "0::/\n" },
	{ "proc: the host's", "host-proc", "high", 20, ROOTFS "51 50 0:21 / /p ro - proc p rw\n" },
	{ "proc: the host's, as nobody", "host-proc", "medium", 20,
	  ROOTFS "51 50 0:21 / /p ro - proc p rw\n", 0, true, 1000 },
	{ "proc: a process of the host", "host-proc", "high", 20,
	  ROOTFS "51 50 0:21 /123 /p ro - proc p rw\n" },
	{ "proc: no process of the host", "host-proc", "", 20,
	  ROOTFS "51 50 0:21 /fs /p ro - proc p rw\n" },
	{ "proc: covered", "host-proc", "", 20,
	  ROOTFS "51 50 0:21 / /p ro - proc p rw\n52 51 0:9 / /p rw - tmpfs t rw\n" },
	{ "proc: its own", "host-proc", "", 20, ROOTFS PROC, .pid_ns = 101 },
	{ "proc: the host's, in its pid namespace", "host-proc", "", 25,
	  ROOTFS "51 50 0:21 / /p ro - proc p rw\n" },
	{ "proc: the host's, by its number", "host-proc", "high", 20, ROOTFS PROC,
	  .pid_ns = 4026531836, .no_host = true },
	{ "proc: one around, seen from inside", "host-proc", "high", 20, ROOTFS PROC,
	  .is_outer = true, .no_host = true },
	{ "proc: another container's", "host-proc", "medium", 20, ROOTFS PROC, .pid_ns = 102 },
	{ "proc: not to be seen", "host-proc", "unknown..high", 20, ROOTFS PROC, .refused = EACCES,
	  .no_host = true },
	{ "ptrace: by the host's proc", "pid-ptrace", "critical", 20,
	  ROOTFS "51 50 0:21 / /p ro - proc p rw\n", BIT(CAP_SYS_PTRACE) },
	{ "chroot: with the capability", "chroot", "low", 20, "51 50 0:9 / / rw - tmpfs t rw\n",
	  BIT(CAP_SYS_CHROOT), .outer = "50 49 254:0 / / rw - ext4 d rw\n" },
	{ "chroot: without", "chroot", "info", 20, "51 50 0:9 / / rw - tmpfs t rw\n",
	  .outer = "50 49 254:0 / / rw - ext4 d rw\n" },
	{ "chroot: none", "chroot", "", 20, ROOTFS, BIT(CAP_SYS_CHROOT) },
	{ "chroot: behind it", "host-root", "critical", 20, "51 50 0:9 / / rw - tmpfs t rw\n",
	  BIT(CAP_SYS_CHROOT), .outer = "50 49 254:0 / / rw - ext4 d rw\n" },
	{ "chroot: behind it, out of reach", "host-root", "", 20, "51 50 0:9 / / rw - tmpfs t rw\n",
	  .outer = "50 49 254:0 / / rw - ext4 d rw\n" },
	{ "chroot: behind it, by a directory", "host-root", "critical", 20,
	  "51 50 0:9 / / rw - tmpfs t rw\n", .outer = "50 49 254:0 / / rw - ext4 d rw\n",
	  .leak = { .path = "/x", .mount = 50, .mode = S_IFDIR, .is_outside = true } },
	{ "leak: the host's", "leaked-directory", "critical", 20, ROOTFS,
	  .leak = { .path = "/srv", .mount = 28, .mode = S_IFDIR } },
	{ "leak: the host's, as nobody", "leaked-directory", "high", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/srv", .mount = 28, .mode = S_IFDIR } },
	{ "leak: covered", "leaked-directory", "critical", 20,
	  ROOTFS "51 50 254:0 /etc /a rw - ext4 d rw\n52 51 0:9 / /a rw - tmpfs t rw\n",
	  .leak = { .path = "/a", .mount = 51, .mode = S_IFDIR } },
	{ "leak: covered, its own", "leaked-directory", "", 20,
	  ROOTFS "51 50 0:99 / /a rw - tmpfs d rw\n52 51 0:9 / /a rw - tmpfs t rw\n",
	  .leak = { .path = "/a", .mount = 51, .mode = S_IFDIR } },
	{ "leak: unmounted, of the host", "leaked-directory", "critical", 20, ROOTFS,
	  .leak = { .path = "/", .mount = 999, .mode = S_IFDIR, .dev = DEV(254, 0) } },
	{ "leak: unmounted, of another disk", "leaked-directory", "medium", 20, ROOTFS,
	  .leak = { .path = "/", .mount = 999, .mode = S_IFDIR, .dev = DEV(254, 16) } },
	{ "leak: unmounted, not of the host, which has btrfs", "leaked-directory", "medium..critical", 20, ROOTFS,
	  .leak = { .path = "/", .mount = 999, .mode = S_IFDIR, .dev = DEV(0, 99) } },
	{ "leak: seen from inside", "leaked-directory", "medium..critical", 20, ROOTFS,
	  .leak = { .path = "/", .mount = 999, .mode = S_IFDIR }, .no_host = true },
	{ "file: core_pattern, for writing", "leaked-file", "critical", 20, ROOTFS,
	  .leak = { .path = "/proc/sys/kernel/core_pattern", .mount = 22, .mode = S_IFREG,
		    .writable = true } },
	{ "file: core_pattern, as nobody", "leaked-file", "", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/proc/sys/kernel/core_pattern", .mount = 22, .mode = S_IFREG,
		    .writable = true } },
	{ "file: sysrq, as nobody", "leaked-file", "high", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/proc/sysrq-trigger", .mount = 22, .mode = S_IFREG,
		    .writable = true } },
	{ "file: of its own proc, masked", "leaked-file", "critical", 20, ROOTFS MASKED,
	  .leak = { .path = "/proc/sys/kernel/core_pattern", .mount = 51, .mode = S_IFREG,
		    .writable = true } },
	{ "file: of the system, for writing", "leaked-file", "critical", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/etc/passwd", .mount = 27, .mode = S_IFREG, .writable = true } },
	{ "file: of the system, for reading, as root", "leaked-file", "critical", 20, ROOTFS,
	  .leak = { .path = "/etc/passwd", .mount = 27, .mode = S_IFREG } },
	{ "file: of the system, for reading", "leaked-file", "medium", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/etc/passwd", .mount = 27, .mode = S_IFREG } },
	{ "leak: covered, with a mount below", "leaked-directory", "critical", 20,
	  ROOTFS "51 50 0:99 / /a rw - tmpfs d rw\n52 51 254:0 /etc /a/e rw - ext4 d rw\n53 51 0:9 / /a rw - tmpfs t rw\n",
	  .leak = { .path = "/a", .mount = 51, .mode = S_IFDIR } },
	{ "leak: covered, with a proc below", "leaked-directory", "critical", 20,
	  ROOTFS "51 50 0:99 / /a rw - tmpfs d rw\n52 51 0:51 / /a/p rw - proc p rw\n53 51 0:9 / /a rw - tmpfs t rw\n",
	  .leak = { .path = "/a", .mount = 51, .mode = S_IFDIR } },
	{ "file: a log", "leaked-file", "low", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/srv/log", .mount = 28, .mode = S_IFREG, .writable = true } },
	{ "file: unmounted", "leaked-file", "critical", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/etc/passwd", .mount = 999, .mode = S_IFREG, .writable = true,
		    .dev = DEV(254, 0) } },
	{ "file: of no file system", "leaked-file", "", 20, ROOTFS,
	  .leak = { .path = "/memfd:x (deleted)", .mount = 999, .mode = S_IFREG,
		    .writable = true, .dev = DEV(0, 1) }, .no_host = true },
	{ "file: seen from inside", "leaked-file", "low", 20, ROOTFS,
	  .leak = { .path = "/log", .mount = 999, .mode = S_IFREG, .writable = true },
	  .no_host = true },
	{ "file: a disk", "leaked-file", "critical", 20, ROOTFS, 0, true, 1000,
	  .leak = { .path = "/dev/vda", .mount = 24, .mode = S_IFBLK, .rdev = DEV(254, 0) } },
	{ "file: a terminal", "leaked-file", "", 20, ROOTFS,
	  .leak = { .path = "/dev/pts/0", .mount = 99, .mode = S_IFCHR, .rdev = DEV(136, 0) } },
	{ "file: null", "leaked-file", "", 20, ROOTFS,
	  .leak = { .path = "/dev/null", .mount = 24, .mode = S_IFCHR, .rdev = DEV(1, 3) } },
	{ "leak: could not be looked for", "leaked-directory", "unknown..critical", 20, ROOTFS,
	  .refused = EACCES },
};

static struct mount_table parse(struct arena *arena, const char *text)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	struct mount_table table = mountinfo_parse(arena, copy, strlen(copy));
	assert_int_equal(table.why, 0);
	return table;
}

static struct idmap parse_map(struct arena *arena, const char *text)
{
	struct idmap_range *range = arena_alloc(arena, sizeof(*range));
	unsigned inside, outside, count;
	if (sscanf(text, "%u:%u:%u", &inside, &outside, &count) != 3)
		return (struct idmap){ 0 };
	*range = (struct idmap_range){ inside, outside, count };
	return (struct idmap){ .n = 1, .ranges = range };
}

static struct inside_view *make_view(struct arena *arena, const struct row_check *row,
				     const char *mounts)
{
	struct inside_view *view = arena_alloc(arena, sizeof(*view));
	view->nodes.why = view->sockets.why = row->refused;
	view->mounts.why = EACCES;
	if (!mounts)
		return view;
	view->mounts = parse(arena, mounts);
	struct mount_entry *items = (struct mount_entry *)view->mounts.items;
	for (size_t i = 0; i < view->mounts.n; i++) {
		bool last = i == view->mounts.n - 1;
		items[i].why = row->refused;
		items[i].mode = last && row->mode ? row->mode : S_IFDIR;
		items[i].rdev = last ? makedev(row->rdev[0], row->rdev[1]) : 0;
		items[i].pid_ns = last ? row->pid_ns : 0;
		items[i].is_outer = last && row->is_outer;
		items[i].gid = DISK_GROUP;
	}
	return view;
}

static struct id_set make_ids(struct arena *arena, uint32_t a, uint32_t b)
{
	uint32_t *items = arena_alloc(arena, 2 * sizeof(*items));
	items[0] = a;
	items[1] = b;
	return (struct id_set){ .n = sort_ids(items, 2), .items = items };
}

static struct leak_list make_leaks(const struct row_check *row)
{
	return row->leak.path ? (struct leak_list){ .n = 1, .items = &row->leak }
			      : (struct leak_list){ .why = row->refused };
}

static struct exposure make_exposure(struct arena *arena, const struct snapshot *snapshot,
				     const struct row_check *row)
{
	const char *cgroup = row->cgroup ? row->cgroup : "4:cpu:/docker/1\n0::/docker/1\n";
	return (struct exposure){
		.process = the_process(snapshot, row->pid),
		.status_why = row->refused,
		.users = make_ids(arena, row->uid, row->seteuid ? row->uid + 1 : row->uid),
		.groups = make_ids(arena, row->uid, row->group ? row->group : row->uid),
		.effective = row->caps,
		.permitted = row->caps,
		.bounding = row->caps,
		.no_new_privs = row->no_new_privs,
		.label_why = row->refused,
		.map = parse_map(arena, row->map ? row->map : "0:0:4294967295"),
		.gid_map = parse_map(arena, row->gid_map ? row->gid_map : "0:0:4294967295"),
		.view = make_view(arena, row, row->mounts),
		.outer = row->outer ? make_view(arena, row, row->outer) : NULL,
		.root = row->outer ? "/jail" : "/",
		.leaks = make_leaks(row),
		.cgroups = cgroups_parse(arena, cgroup, strlen(cgroup)),
		.device_rules = row->rules,
	};
}

/* "low", "unknown..high", of each; the bits of all checks but one are ignored. */
static char *levels(const struct findings *findings)
{
	char *list = xstrdup("");
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->items[i];
		_cleanup_(freep) char *before = list;
		list = xasprintf("%s%s%s%s%s", before, *before ? " " : "",
				 audit_level_name(finding->level),
				 finding->level == finding->worst ? "" : "..",
				 finding->level == finding->worst ? ""
								  : audit_level_name(finding->worst));
	}
	return list;
}

static const struct engine_socket docker = { "/run/docker.sock", "docker", S_IFSOCK | 0660, 0,
					     DOCKER_GROUP };

static struct exposures make_exposures(struct arena *arena, const struct exposure *exposure)
{
	return (struct exposures){
		.n = 1,
		.items = exposure,
		.host = parse(arena, HOST),
		.engines = { 1, &docker, 0 },
		.has_files = (1u << KERNEL_FILE_COUNT) - 1,
	};
}

/* The other one, on the host. */
static const struct process_cgroups *make_cgroups(struct arena *arena,
						  const struct snapshot *snapshot)
{
	struct process_cgroups *cgroups = arena_alloc(arena, sizeof(*cgroups));
	const char *text = "4:cpu:/docker/2\n0::/docker/2\n";
	cgroups->process = the_process(snapshot, 7);
	cgroups->places = cgroups_parse(arena, text, strlen(text));
	return cgroups;
}

static void test_check(void **state)
{
	const struct row_check *row = ROW(struct row_check, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	_cleanup_(details_freep) const struct details *details = details_none();
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	const struct exposure exposure = make_exposure(arena, snapshot, row);
	struct exposures exposures = make_exposures(arena, &exposure);
	exposures.cgroups = make_cgroups(arena, snapshot);
	exposures.n_cgroups = 1;
	if (row->no_host) {
		exposures.host = (struct mount_table){ .why = ENODATA };
		exposures.engines.n = 0;
	}
	const struct audit_system system = { snapshot, details, &exposures };
	const struct audit_subject subject = { .n = 1, .processes = &exposure.process };
	_cleanup_(findings_clear) struct findings findings;
	size_t place;
	assert_int_equal(audit_check_find(row->check, &place, NULL), 0);
	audit_run(&system, &subject, 1, ~(UINT64_C(1) << place), &findings);
	_cleanup_(freep) char *got = levels(&findings);
	assert_string_equal(got, row->expected);
	for (size_t i = 0; i < findings.n; i++) {
		assert_string_equal(findings.items[i].check->id, row->check);
		assert_true(findings.items[i].worst <= findings.items[i].check->worst);
		assert_true(findings.items[i].text[0] != 0);
	}
}

static const struct row_verdict {
	const char *name;
	enum audit_level level, worst, fail_on;
	int verdict;
} verdict_rows[] = {
	{ "as bad", LEVEL_HIGH, LEVEL_HIGH, LEVEL_HIGH, 1 },
	{ "worse", LEVEL_CRITICAL, LEVEL_CRITICAL, LEVEL_HIGH, 1 },
	{ "less", LEVEL_MEDIUM, LEVEL_MEDIUM, LEVEL_HIGH, 0 },
	{ "unknown, and may be as bad", LEVEL_NONE, LEVEL_HIGH, LEVEL_HIGH, -ENODATA },
	{ "unknown, and is never as bad", LEVEL_NONE, LEVEL_MEDIUM, LEVEL_HIGH, 0 },
	{ "less, and may be worse", LEVEL_LOW, LEVEL_CRITICAL, LEVEL_HIGH, -ENODATA },
	{ "enough, and may be worse", LEVEL_HIGH, LEVEL_CRITICAL, LEVEL_HIGH, 1 },
};

static void test_verdict(void **state)
{
	const struct row_verdict *row = ROW(struct row_verdict, state);
	struct finding items[] = { { .level = LEVEL_INFO, .worst = LEVEL_INFO },
				   { .level = row->level, .worst = row->worst } };
	const struct findings findings = { .n = 2, .items = items };
	assert_int_equal(findings_verdict(&findings, row->fail_on), row->verdict);
}

static void test_checks_are_told_apart(void **state _unused_)
{
	size_t place, n = 0;
	for (; audit_check(n); n++) {
		const struct audit_check *check = audit_check(n);
		assert_int_equal(audit_check_find(check->id, &place, NULL), 0);
		assert_int_equal(place, n);
		assert_true(check->worst > LEVEL_NONE && check->run != NULL);
		assert_true(strlen(check->title) && strlen(check->reason) && strlen(check->remedy));
	}
	assert_true(n > 30 && n <= 64); /* a bit each */
	assert_int_equal(audit_check_find("nothing", &place, NULL), -EINVAL);
}

/* What is the same of two processes of a container is said once, of the first. */
static void test_once(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	_cleanup_(details_freep) const struct details *details = details_none();
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	const struct row_check row = { .pid = 20, .mounts = ROOTFS };
	struct exposure items[] = { make_exposure(arena, snapshot, &row),
				    make_exposure(arena, snapshot, &row) };
	items[1].process = the_process(snapshot, 25);
	if (items[0].process > items[1].process) {
		struct exposure swapped = items[0];
		items[0] = items[1];
		items[1] = swapped;
	}
	struct exposures exposures = make_exposures(arena, items);
	exposures.n = 2;
	const struct process *processes[] = { the_process(snapshot, 20),
					      the_process(snapshot, 25) };
	const struct audit_system system = { snapshot, details, &exposures };
	const struct audit_subject subject = { .n = 2, .processes = processes };
	_cleanup_(findings_clear) struct findings findings;
	size_t n_user = 0, n_pid = 0;
	audit_run(&system, &subject, 1, 0, &findings);
	for (size_t i = 0; i < findings.n; i++) {
		const struct finding *finding = &findings.items[i];
		if (strcmp(finding->check->id, "user-host") == 0) {
			n_user++;
			assert_int_equal(finding->process->pid, 20);
		}
		if (strcmp(finding->check->id, "pid-host") == 0) {
			n_pid++;
			assert_int_equal(finding->process->pid, 25);
		}
		assert_true(i == 0 || findings.items[i - 1].worst >= finding->level);
	}
	assert_int_equal(n_user, 1);
	assert_int_equal(n_pid, 1);
}

static const struct row_path {
	const char *name, *mounts, *path;
	int id; /* of the mount that is there; 0: none */
} path_rows[] = {
	{ "the root", ROOTFS PROC, "/etc", 50 },
	{ "below", ROOTFS PROC, "/proc/sys", 51 },
	{ "not what only begins so", ROOTFS PROC, "/process", 50 },
	{ "on top", ROOTFS PROC "52 51 0:52 / /proc rw - tmpfs t rw\n", "/proc/sys", 52 },
	{ "a mount in what is hidden", ROOTFS MASKED "53 51 0:52 / /proc rw - tmpfs t rw\n",
	  "/proc/sys", 53 },
	{ "chroot: no root", PROC, "/proc/x", 51 },
	{ "chroot: elsewhere", PROC, "/etc", 0 },
	{ "the first one is its own parent", "1 1 0:2 / / rw - rootfs r rw\n", "/etc", 1 },
	{ "a circle", "1 2 0:2 / / rw - ext4 r rw\n2 1 0:2 / / rw - ext4 r rw\n", "/etc", 0 },
};

static void test_path(void **state)
{
	const struct row_path *row = ROW(struct row_path, state);
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	const struct mount_table table = parse(arena, row->mounts);
	const struct mount_entry *mount = mounts_at(&table, row->path);
	assert_int_equal(mount ? mount->id : 0, row->id);
}

static void test_damaged_mountinfo(void **state _unused_)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new();
	char text[] = "this is none\n";
	assert_int_equal(mountinfo_parse(arena, text, strlen(text)).why, EIO);
	assert_int_equal(mountinfo_parse(arena, text, 0).why, 0);
	assert_int_equal(mountinfo_parse(arena, text, 0).n, 0);
}

static const struct row_overlay {
	const char *name, *options, *layers; /* with blanks between them; the upper one has a "+" */
} overlay_rows[] = {
	{ "both", "rw,lowerdir=/a:/b,upperdir=/c,workdir=/d", "/a /b +/c" },
	{ "escaped", "lowerdir=/a\\134:b:/c\\134\\054d", "/a:b /c,d" },
	{ "one by one, and layers of data", "lowerdir+=/a,lowerdir+=/b,datadir+=/c", "/a /b /c" },
	{ "layers of data in the list", "lowerdir=/a::/b", "/a /b" },
	{ "a colon in the upper one", "upperdir=/a:b", "+/a:b" },
	{ "not normal", "lowerdir=/./etc:/a/../b/:/..:/a//b,upperdir=/a/b/..", "/etc /b / /a/b +/a" },
	{ "relative", "lowerdir=l/A:../b", "l/A ../b" },
	{ "a stray backslash", "lowerdir=/a\\", "/a\\" },
	{ "none", "rw,relatime", "" },
	{ "nothing", "", "" },
};

static void test_overlay(void **state)
{
	const struct row_overlay *row = ROW(struct row_overlay, state);
	_cleanup_(freep) char *list = xstrdup("");
	_cleanup_(freep) char *text = exact_copy(row->options, strlen(row->options) + 1);
	_cleanup_(overlay_layers_clear) struct overlay_layers layers = overlay_layers_parse(text);
	for (size_t i = 0; i < layers.n; i++) {
		list = xappend(list, *list ? " " : "", layers.items[i].is_upper ? "+" : "");
		list = xappend(list, "", layers.items[i].path);
	}
	assert_string_equal(list, row->layers);
}

static const struct row_rule {
	const char *name, *list, *rule;
} rule_rows[] = {
	{ "all", "a *:* rwm\n", "a *:* rwm" },
	{ "nothing", "", "" },
	{ "only making", "c *:* m\nb *:* m\nc 1:3 rwm\n", "" },
	{ "a disk", "c *:* m\nb *:* m\nb 7:0 r\nc 1:3 rwm\n", "b 7:0 r" },
	{ "rather many", "b 7:0 r\nb 8:* r\n", "b 8:* r" },
	{ "without a newline", "b 7:* wm", "b 7:* wm" },
	{ "nonsense", "b\n\nrw\nb 7 rw\nb :0 rw\nb 7: rw\nx 7:0 rw\n", "" },
};

static void test_rule(void **state)
{
	const struct row_rule *row = ROW(struct row_rule, state);
	_cleanup_(freep) char *text = exact_copy(row->list, strlen(row->list) + 1);
	const char *rule = NULL;
	size_t n = device_rules_find(text, &rule);
	assert_int_equal(n, strlen(row->rule));
	assert_true(n == 0 || memcmp(rule, row->rule, n) == 0);
}

static const struct row_allowed {
	const char *name, *list;
	bool allowed; /* b 7:1 */
} allowed_rows[] = {
	{ "all", "a *:* rwm\n", true },
	{ "it alone", "b 7:1 r\n", true },
	{ "its driver", "b 7:* w\n", true },
	{ "each second one", "b *:1 w\n", true },
	{ "another one", "b 7:11 rwm\n", false },
	{ "another driver", "b 71:1 rwm\n", false },
	{ "the other type", "c 7:1 rwm\n", false },
	{ "only making it", "b 7:1 m\n", false },
	{ "nothing", "", false },
};

static void test_allowed(void **state)
{
	const struct row_allowed *row = ROW(struct row_allowed, state);
	_cleanup_(freep) char *text = exact_copy(row->list, strlen(row->list) + 1);
	assert_int_equal(device_rules_allow(text, 'b', 7, 1), row->allowed);
}

int main(void)
{
	TEST_ROWS(test_check, check_rows);
	TEST_ROWS(test_verdict, verdict_rows);
	TEST(test_checks_are_told_apart);
	TEST(test_once);
	TEST_ROWS(test_path, path_rows);
	TEST_ROWS(test_rule, rule_rows);
	TEST_ROWS(test_allowed, allowed_rows);
	TEST_ROWS(test_overlay, overlay_rows);
	TEST(test_damaged_mountinfo);
	return suite_run("audit");
}
