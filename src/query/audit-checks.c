/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/auditing.h"

/* In the order in which findings of one level are shown. Ids never change. */
/* clang-format off */
static const struct audit_check checks[] = {
	{ "host-root", LEVEL_CRITICAL, "the host's / is mounted",
	  "Whoever may write to the root directory of the host decides what it runs, and "
	  "is root there: critical. What may only be read, or is written as a user whom a "
	  "user namespace maps, still holds keys, passwords and the files of all "
	  "containers: high. Both: medium. A mount is recognized by its device and root, "
	  "whatever its target is called. A read-only bind mount may have writable ones "
	  "below it, which are looked at by themselves.",
	  "Mount only the folders that are needed, read-only (recursively), and none of "
	  "the system's.",
	  check_host_root },
	{ "engine-socket", LEVEL_CRITICAL, "the socket of a container engine is there",
	  "Whoever talks to an engine may have it start a container with all rights. A "
	  "read-only mount keeps nobody from connecting. Where root in there is not root on "
	  "the host, and neither its groups nor all may write to the socket, medium. Sockets "
	  "are found where engines have theirs, and wherever a process that is called as an "
	  "engine listens; other names do not hide them.",
	  "Do not mount it. Give what needs the engine a proxy that allows a few "
	  "requests, or an engine of its own without root.",
	  check_engine_socket },
	{ "core-pattern", LEVEL_CRITICAL, "/proc/sys/kernel/core_pattern is writable",
	  "The kernel runs what it names, as root of the host and outside of all "
	  "namespaces, when a process crashes. It takes no capability, only to be the "
	  "host's root by uid and a /proc that is writable there; every mount of proc is "
	  "looked at, and what is mounted over it. Where such a root has CAP_SYS_ADMIN in a "
	  "user namespace of its own, unknown: it may unmount what it mounted itself.",
	  "Mount /proc/sys read-only, as engines do by default, in every proc there is; "
	  "or map root to another user.",
	  check_core_pattern },
	{ "kernel-helper", LEVEL_CRITICAL, "the name of another helper of the kernel is writable",
	  "The kernel runs what /proc/sys/kernel/modprobe and /sys/kernel/uevent_helper "
	  "name, as root of the host; they are written as core_pattern is.",
	  "Mount /proc/sys and /sys read-only, as engines do by default, in every place; or "
	  "map root to another user.",
	  check_kernel_helper },
	{ "release-agent", LEVEL_CRITICAL, "the release_agent of a cgroup hierarchy is writable",
	  "The kernel runs the release_agent of a hierarchy of version 1 as root of the "
	  "host. Who has CAP_SYS_ADMIN in the host's user namespace and sees a whole "
	  "hierarchy, writable, names it: critical; or mounts one first, which a seccomp "
	  "filter or a security module may refuse: high. Without the capability kernels "
	  "before 5.17 allow it: low.",
	  "Drop CAP_SYS_ADMIN, mount cgroups read-only, or map root to another user.",
	  check_release_agent },
	{ "capabilities", LEVEL_CRITICAL, "capabilities count on the host",
	  "In the host's user namespace a capability is a right over the host. sys_module "
	  "and sys_rawio put code into the kernel: critical. sys_admin mounts, "
	  "dac_read_search opens any file by its handle, bpf and perfmon read memory, "
	  "sys_boot starts another kernel: high. Others are medium or low, but those without "
	  "which root is hardly root are not said: chown, fowner, fsetid, kill, setgid, "
	  "setuid, setpcap, net_bind_service, sys_chroot, lease, audit_write; other checks "
	  "count them where they matter. What a process gets by a setuid program only is one "
	  "level less. In a user namespace of its own none of them counts.",
	  "Drop what is not needed (--cap-drop all --cap-add …), set no_new_privs, or use "
	  "a user namespace.",
	  check_capabilities },
	{ "pid-ptrace", LEVEL_CRITICAL, "it may trace the host's processes",
	  "CAP_SYS_PTRACE in the host's user namespace and the host's pid namespace, or a "
	  "proc that shows it, together are as good as root on the host: one writes into "
	  "the memory of any process. High if it gets the capability by a setuid program "
	  "only.",
	  "Drop one of the two.",
	  check_pid_ptrace },
	{ "device-disk", LEVEL_CRITICAL, "nodes of disks are there",
	  "A disk can be read and written past all that its file system allows. Low where "
	  "nobody in there may open them, by uid, groups or capabilities, and where the rules "
	  "for devices of its cgroups (version 1) refuse it. Those of version 2 cannot be "
	  "read: an engine that makes a node allows it.",
	  "Give it files instead of disks; do not run it privileged.",
	  check_device_disk },
	{ "device-rules", LEVEL_CRITICAL, "it may make nodes of any disk, and open them",
	  "With CAP_MKNOD on the host it makes a node of the host's disk wherever it may "
	  "write. Engines refuse to have it opened by the rules for devices of the "
	  "cgroup; where those let disks be opened, or there are none, it is as with "
	  "device-disk. Rules that are a BPF program (cgroups version 2) cannot be read: "
	  "that there is one is info.",
	  "Drop CAP_MKNOD, or have the engine set rules for devices "
	  "(lxc.cgroup.devices.deny = a).",
	  check_device_rules },
	{ "device-memory", LEVEL_CRITICAL, "nodes of the host's memory are there",
	  "/dev/mem, /dev/kmem and /dev/port reach into the kernel, for who has "
	  "CAP_SYS_RAWIO; low for others.",
	  "Do not give it the device, nor the capability.",
	  check_device_memory },
	{ "mnt-host", LEVEL_CRITICAL, "it has the host's mount namespace",
	  "Nothing keeps it from the files of the host but its user: critical for root. "
	  "What else is said of mounts, devices and sockets is left out then. A chroot is "
	  "no border to root.",
	  "Give it a mount namespace and a root file system of its own.",
	  check_mnt_host },
	{ "chroot", LEVEL_CRITICAL, "its root directory is a chroot",
	  "A chroot in a mount namespace of its own is no border to who has CAP_SYS_CHROOT, "
	  "or a directory from outside of it open: low, and what is said of mounts, devices "
	  "and sockets is then said of all the mount namespace, by paths from its root. For "
	  "others, info.",
	  "Use pivot_root(2), as engines do, or drop CAP_SYS_CHROOT.",
	  check_chroot },
	{ "leaked-directory", LEVEL_CRITICAL, "it has a directory of the host open",
	  "From a directory that no path in there leads to, a process goes on to the files "
	  "around it (CVE-2024-21626). The host's own: critical for root, else high. One "
	  "that is covered by another mount, or was unmounted, is as bad as its file system "
	  "mounted; one of proc critical for root, of sysfs or cgroups high, as what masks "
	  "them is passed. Medium where it is known to be nothing of the host. The root and "
	  "the working directory count, and what a thread has by itself.",
	  "Update the runtime; close descriptors before a container is started "
	  "(O_CLOEXEC).",
	  check_leaked_directory },
	{ "leaked-file", LEVEL_CRITICAL, "it has a file of the host open",
	  "What is open for writing, or mapped and shared, is written without any right, and "
	  "root opens anew for writing what is open for reading, or what it runs "
	  "(CVE-2019-5736). Disks, memory, that of a process, what root of the host runs, "
	  "core_pattern or another helper of the kernel, and the socket of an engine by its "
	  "path: critical. Other files of the kernel: high. Where a file of the system can "
	  "only be read, and of other devices, medium; other files, and logs (.log), low. "
	  "Where a path leads there as well, only what that would not allow is said.",
	  "Close descriptors before a container is started (O_CLOEXEC); give it pipes for "
	  "its output.",
	  check_leaked_file },
	{ "host-mount", LEVEL_CRITICAL, "a path of the host is mounted",
	  "What is written there, the host sees. What is written to folders of the system, "
	  "its root runs or believes: /bin, /boot, /dev, /efi, /etc, /lib, /lib32, /lib64, "
	  "/libx32, /nix, /opt/cni, /ostree, /root, /sbin, /snap, /sysroot, /usr, "
	  "/var/spool/at and cron; in /run those of engines, udev, systemd, its credentials "
	  "and its *.d; in /var/lib those of engines, package managers, cloud-init, etcd, "
	  "snapd and systemd; the layers of containers, wherever they are; and what holds "
	  "such folders: /home, /run, /var, /var/lib, /var/spool. Critical if writable for "
	  "root, medium for others. Readable, passwords and keys (/etc itself, shadow, ssh, "
	  "/root, /home, /var, those of etcd and kubelet) are high, other folders of the "
	  "system medium, for others than root low. Any other folder: medium if it may write "
	  "there, else low. Low: volumes, what kubelet makes for a pod, and /dev/shm; info: "
	  "what engines make for each container (its hosts file). Its root directory counts "
	  "if it is such a folder itself. Below a read-only mount others may be writable: "
	  "these are said too. The host's path is told from outside only.",
	  "Mount read-only what is only read, and nothing of the system.",
	  check_host_mount },
	{ "net-host", LEVEL_HIGH, "it has the host's network namespace",
	  "It reaches what listens on localhost and on abstract unix sockets, and binds "
	  "the host's ports: medium. With CAP_NET_ADMIN or CAP_NET_RAW on the host it "
	  "changes the network, or listens to all of it: high.",
	  "Publish ports instead of --net=host.",
	  check_net_host },
	{ "pid-host", LEVEL_HIGH, "it has the host's pid namespace",
	  "It sees all command lines, and may signal processes of the same user: high for "
	  "root. Users of the host are as good as root in there to their processes.",
	  "Leave out --pid=host; share the pid namespace of one other container.",
	  check_pid_host },
	{ "host-proc", LEVEL_HIGH, "a proc of the host's pid namespace is mounted",
	  "It shows the host's processes in spite of a pid namespace of its own: their "
	  "command lines, environments and, below root and fd, their files, to who has "
	  "their uid and no less capabilities: high for root. With CAP_SYS_PTRACE it is "
	  "pid-ptrace. That of another container: medium. A handle (pidfd) of a process "
	  "outside: as the host's.",
	  "Mount a new proc in its pid namespace; do not bind the host's.",
	  check_host_proc },
	{ "sysrq-trigger", LEVEL_HIGH, "/proc/sysrq-trigger is writable",
	  "A letter written to it stops the host, or kills everything on it. It takes no "
	  "capability, only root's uid.",
	  "Mount /proc/sysrq-trigger read-only, as engines do by default, in every proc "
	  "there is; or map root to another user.",
	  check_sysrq },
	{ "sysctl-writable", LEVEL_HIGH, "/proc/sys is writable",
	  "Parameters of the kernel hold for all of the host, but those of namespaces of "
	  "its own. It takes no capability, only root's uid. Of /proc/irq, /proc/bus and "
	  "/proc/fs alone: medium.",
	  "Mount /proc/sys read-only, as engines do by default, in every proc there is; have "
	  "the engine set single ones (--sysctl).",
	  check_sysctl },
	{ "sys-writable", LEVEL_HIGH, "/sys is writable",
	  "There root's uid configures devices, drivers, power and modules of the host.",
	  "Mount /sys read-only, in every place, as engines do by default.",
	  check_sys_writable },
	{ "kernel-fs", LEVEL_HIGH, "debugfs, tracefs or the like is there",
	  "These show the kernel at work, and change it: high if root may write, but bpf, "
	  "pstore, fusectl and the host's mqueue and hugetlbfs (medium); its devpts are the "
	  "terminals of the host. Readable: low; to "
	  "mapped users, info.",
	  "Do not mount /sys or its folders from the host.",
	  check_kernel_fs },
	{ "cgroup-writable", LEVEL_HIGH, "cgroups are writable",
	  "Who writes to all of the tree, or to cgroups of others, freezes, kills or starves "
	  "processes of the host: high for root. Its own part of it: its limits are at its "
	  "mercy (low), as it is meant to be in version 2 (info).",
	  "Mount cgroups read-only, in a cgroup namespace of its own.",
	  check_cgroup_writable },
	{ "user-host", LEVEL_MEDIUM, "it has the host's user namespace",
	  "Root in there is root on the host: what a mistake elsewhere lets through, it "
	  "may do. All that depends on uids (core_pattern, files of the host) and "
	  "capabilities counts. Low where nothing in there becomes root.",
	  "Use a user namespace: rootless engines, userns-remap, --userns=auto. Run as "
	  "another user, with no_new_privs.",
	  check_user_host },
	{ "root-mapped", LEVEL_MEDIUM, "its user namespace maps the host's root",
	  "Capabilities count in there only, but files of the host's root are its own, "
	  "among them those of /proc/sys.",
	  "Map root to subordinate ids (subuid(5)).",
	  check_root_mapped },
	{ "seccomp-off", LEVEL_MEDIUM, "no system call is filtered",
	  "Each system call of the kernel is within its reach, also those that are rarely "
	  "used and have had holes.",
	  "Leave the filter of the engine on; leave out --privileged and "
	  "seccomp=unconfined.",
	  check_seccomp },
	{ "lsm-off", LEVEL_MEDIUM, "no security module confines it",
	  "AppArmor, SELinux and their like refuse what mounts and capabilities would "
	  "allow. Medium where it runs unconfined, low where the kernel has no such "
	  "module.",
	  "Leave out apparmor=unconfined and label=disable; use a kernel that has one.",
	  check_lsm },
	{ "ipc-host", LEVEL_MEDIUM, "it has the host's ipc namespace",
	  "Shared memory, semaphores and message queues of the host are there, for the "
	  "same users.",
	  "Leave out --ipc=host.",
	  check_ipc_host },
	{ "uts-host", LEVEL_MEDIUM, "it has the host's uts namespace",
	  "It sees the host's name, and changes it with CAP_SYS_ADMIN on the host "
	  "(medium; else low).",
	  "Leave out --uts=host.",
	  check_uts_host },
	{ "host-socket", LEVEL_MEDIUM, "a unix socket of the host is mounted",
	  "Whoever listens there does what it asks for, with the listener's rights. Which "
	  "ones, only the listener knows; that of an engine is engine-socket.",
	  "Mount it only if the listener expects strangers.",
	  check_host_socket },
	{ "device-kmsg", LEVEL_MEDIUM, "/dev/kmsg is there",
	  "The log of the kernel has addresses and names of the host, and false lines can "
	  "be put into it.",
	  "Do not give it the device.",
	  check_device_kmsg },
	{ "device-other", LEVEL_MEDIUM, "nodes of other devices are there",
	  "Each leads to a driver of the host. What it can do depends on which one it is; "
	  "low where root in there may not open it.",
	  "Give it the devices that it needs.",
	  check_device_other },
	{ "no-new-privs", LEVEL_LOW, "setuid programs are heeded",
	  "An ordinary user in there becomes root by any setuid program that has a hole.",
	  "Set no_new_privs (--security-opt no-new-privileges).",
	  check_no_new_privs },
	{ "proc-unmasked", LEVEL_LOW, "files that engines hide are to be seen",
	  "/proc/kcore, keys, timer_list, acpi and such, and /sys/firmware, tell of the "
	  "host what no container needs. To mapped users, info.",
	  "Leave out --privileged and systempaths=unconfined; unmount further copies of "
	  "/proc.",
	  check_proc_unmasked },
	{ "cgroup-host", LEVEL_LOW, "it has the host's cgroup namespace",
	  "It sees where it is in the cgroups of the host, and so ids and names of the "
	  "host.",
	  "Use --cgroupns=private.",
	  check_cgroup_host },
	{ "user-shared", LEVEL_LOW, "other containers are in its user namespace",
	  "Root of one is root of the other: a way out of one mount namespace leads into "
	  "the other's.",
	  "Give each its own range of ids (--userns=auto).",
	  check_user_shared },
	{ "shared", LEVEL_INFO, "it shares other namespaces with another container",
	  "So pods do. It is said, not blamed.",
	  "Nothing to do, if it is meant to be so.",
	  check_shared },
	{ "time-host", LEVEL_INFO, "it has the host's time namespace",
	  "It sees for how long the host runs. No engine changes that by default.",
	  "Nothing to do.",
	  check_time_host },
};
/* clang-format on */

const struct audit_check *audit_check(size_t i)
{
	return i < ARRAY_SIZE(checks) ? &checks[i] : NULL;
}
