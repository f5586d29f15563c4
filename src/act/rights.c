/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/rights.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "collect/procfs.h"
#include "uapi/nsfs.h"
#include "util/proccred.h"

#define BIT(cap) (1ull << (cap))

const char *capability_name(uint64_t capability)
{
	switch (capability) {
	case BIT(CAP_SETGID):
		return "CAP_SETGID";
	case BIT(CAP_SETUID):
		return "CAP_SETUID";
	case BIT(CAP_SETPCAP):
		return "CAP_SETPCAP";
	case BIT(CAP_SYS_CHROOT):
		return "CAP_SYS_CHROOT";
	case BIT(CAP_SYS_PTRACE):
		return "CAP_SYS_PTRACE";
	case BIT(CAP_SYS_ADMIN):
		return "CAP_SYS_ADMIN";
	default:
		return "?";
	}
}

static ino_t inode_of(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

void caller_read(struct caller *ret)
{
	struct error ignored;
	struct proc_cred cred = { 0 };
	_cleanup_(closep) int proc = proc_open(&ignored);
	*ret = (struct caller){ .userns = -1, .uid = geteuid() };
	if (proc < 0 || proc_read_cred(proc, "self/status", &cred) < 0)
		return;
	ret->effective = cred.effective;
	ret->filtered = cred.filtered;
	proc_cred_clear(&cred);
	ret->userns = openat(proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
	ret->ino = ret->userns < 0 ? 0 : inode_of(ret->userns);
}

void caller_clear(struct caller *caller)
{
	closep(&caller->userns);
	caller->userns = -1;
}

static bool owns(const struct caller *caller, int userns)
{
	uid_t owner;
	return ioctl(userns, NSFS_GET_OWNER_UID, &owner) == 0 && owner == caller->uid;
}

/* From USERNS up: to ours, where our own capabilities count, or to where the kernel stops, as that
 * is above us, or beside. */
enum right caller_has(const struct caller *caller, uint64_t capability, int userns)
{
	enum right right = RIGHT_LACKING;
	if (!caller->ino || userns < 0)
		return RIGHT_UNKNOWN;
	if (inode_of(userns) == caller->ino)
		return caller->effective & capability ? RIGHT_HELD : RIGHT_LACKING;
	int at = fcntl(userns, F_DUPFD_CLOEXEC, 3);
	while (at >= 0) {
		int parent = ioctl(at, NSFS_GET_PARENT);
		bool below_ours = parent >= 0 && inode_of(parent) == caller->ino;
		if (below_ours && (caller->effective & capability || owns(caller, at)))
			right = RIGHT_HELD;
		close(at);
		at = below_ours ? -1 : parent;
		if (below_ours)
			close(parent);
	}
	return right;
}
