/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/sockets.h"

#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "model/mounts.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/sort.h"

#define LISTENING 10 /* TCP_LISTEN, which AF_UNIX uses too */

/* Nobody has so many; whoever makes them up would keep us busy. */
#define BOUND_MAX 4096

static const struct place {
	const char *path, *engine;
} places[] = {
	{ "/run/docker.sock", "docker" },
	{ "/var/run/docker.sock", "docker" },
	{ "/run/cri-dockerd.sock", "docker" },
	{ "/run/containerd/containerd.sock", "containerd" },
	{ "/run/k3s/containerd/containerd.sock", "containerd" },
	{ "/run/docker/containerd/containerd.sock", "containerd" },
	{ "/run/podman/podman.sock", "podman" },
	{ "/run/crio/crio.sock", "crio" },
	{ "/run/buildkit/buildkitd.sock", "buildkit" },
	{ "/var/lib/lxd/unix.socket", "lxd" },
	{ "/var/snap/lxd/common/lxd/unix.socket", "lxd" },
	{ "/var/lib/incus/unix.socket", "incus" },
};

/* As /proc/PID/comm has them. */
static const struct daemon {
	const char *comm, *engine;
} daemons[] = {
	{ "dockerd", "docker" },
	{ "cri-dockerd", "docker" },
	{ "containerd", "containerd" },
	{ "podman", "podman" },
	{ "crio", "crio" },
	{ "buildkitd", "buildkit" },
	{ "k3s-server", "k3s" },
	{ "lxd", "lxd" },
	{ "incusd", "incus" },
};

const char *engine_place(size_t i, const char **ret_engine)
{
	if (i >= ARRAY_SIZE(places))
		return NULL;
	*ret_engine = places[i].engine;
	return places[i].path;
}

/* A socket that an engine has. */
struct owned {
	uint32_t ino;
	const char *engine;
};

/* A path where an engine may have a socket. */
struct candidate {
	const char *path, *engine;
	/* Somebody is bound to it, in whatever mount namespace, and there it is this file. */
	bool is_bound;
	uint32_t ino; /* its lower half */
	dev_t dev;    /* of the file system, as mountinfo has it */
};

/* What the child tells of candidate number INDEX, if that is a socket; N bytes of its real path
 * follow. */
struct record {
	bool is_last; /* of none, but WHY there may be more */
	int why;
	size_t index, n;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	ino_t ino;
	dev_t dev;
};

struct reading {
	struct arena *arena;
	const struct mount_table *own;
	struct owned *owned;
	size_t n_owned, owned_capacity;
	struct candidate *candidates;
	size_t n_candidates, candidates_capacity, n_bound;
	struct engine_socket *found;
	size_t capacity;
	struct socket_list list;
};

static int compare_owned(const void *a, const void *b)
{
	return compare_ids(&((const struct owned *)a)->ino, &((const struct owned *)b)->ino);
}

static void add(struct reading *reading, const char *path, struct candidate candidate)
{
	candidate.path = arena_copy(reading->arena, path, strlen(path));
	reading->candidates = xgrow(reading->candidates, reading->n_candidates,
				    &reading->candidates_capacity, sizeof(candidate));
	reading->candidates[reading->n_candidates++] = candidate;
}

static void take_owned(struct reading *reading, int dir, const char *engine)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(dir, "fd");
	if (!folder && errno != ENOENT && errno != ESRCH)
		reading->list.why = errno;
	for (const struct dirent *entry; folder && (entry = readdir(folder));) {
		char text[64];
		uint64_t ino;
		ssize_t n = readlinkat(dirfd(folder), entry->d_name, text, sizeof(text) - 1);
		size_t n_head = strlen("socket:[");
		if (n < 0 && errno != ENOENT && errno != EINVAL)
			reading->list.why = errno;
		if (n <= (ssize_t)n_head || memcmp(text, "socket:[", n_head) != 0 ||
		    parse_u64_n(text + n_head, n - n_head - 1, UINT32_MAX, &ino) < 0)
			continue;
		reading->owned = xgrow(reading->owned, reading->n_owned, &reading->owned_capacity,
				       sizeof(*reading->owned));
		reading->owned[reading->n_owned++] = (struct owned){ ino, engine };
	}
}

static void find_owned(struct reading *reading, int proc, const struct process *const *processes,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct process *process = processes[i];
		for (size_t j = 0; j < ARRAY_SIZE(daemons) && process->comm; j++) {
			if (process->pid != process->tgid ||
			    strcmp(process->comm, daemons[j].comm) != 0)
				continue;
			_cleanup_(closep) int dir = proc_open_pid(proc, process->pid);
			if (dir >= 0)
				take_owned(reading, dir, daemons[j].engine);
		}
	}
	if (reading->n_owned)
		qsort(reading->owned, reading->n_owned, sizeof(*reading->owned), compare_owned);
}

/* Engines also listen on sockets that take no orders. */
static bool takes_orders(const char *path)
{
	static const char *const others[] = { "/metrics.sock", ".sock.ttrpc", "-debug.sock" };
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (has_suffix(path, others[i]))
			return false;
	return !strstr(path, "/libnetwork/");
}

#define BOUND_SIZE (sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1)

/* One answer of the kernel: the path that was bound to, of BOUND_SIZE at most, and the file that
 * this made. False where it does not tell both. */
static bool read_bound(const struct nlmsghdr *header, char *path, struct unix_diag_vfs *ret)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	size_t left = NLMSG_PAYLOAD(header, sizeof(*message));
	bool has_file = false;
	memset(path, 0, BOUND_SIZE);
	for (const struct nlattr *attr = (const void *)(message + 1);
	     left >= sizeof(*attr) && attr->nla_len >= sizeof(*attr) && attr->nla_len <= left;) {
		size_t n = attr->nla_len - sizeof(*attr), step = NLA_ALIGN(attr->nla_len);
		if (attr->nla_type == UNIX_DIAG_NAME && n < BOUND_SIZE)
			memcpy(path, attr + 1, n);
		if (attr->nla_type == UNIX_DIAG_VFS && n >= sizeof(*ret)) {
			memcpy(ret, attr + 1, sizeof(*ret));
			has_file = true;
		}
		left = step < left ? left - step : 0;
		attr = (const void *)((const char *)attr + step);
	}
	return path[0] == '/' && has_file;
}

static void take_bound(struct reading *reading, const struct nlmsghdr *header)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	const struct owned key = { .ino = message->udiag_ino };
	const struct owned *owned =
		bsearch(&key, reading->owned, reading->n_owned, sizeof(key), compare_owned);
	char path[BOUND_SIZE];
	struct unix_diag_vfs file;
	if (!owned || !read_bound(header, path, &file) || !takes_orders(path))
		return;
	if (++reading->n_bound > BOUND_MAX) {
		reading->list.why = E2BIG;
		return;
	}
	/* The kernel's own way to write a device is not that of dev_t. */
	const struct candidate candidate = {
		.engine = owned->engine,
		.is_bound = true,
		.ino = file.udiag_vfs_ino,
		.dev = makedev(file.udiag_vfs_dev >> 20, file.udiag_vfs_dev & 0xfffff),
	};
	add(reading, path, candidate);
}

static int ask(int socket)
{
	const struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} message = {
		.header = { .nlmsg_len = sizeof(message),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.request = { .sdiag_family = AF_UNIX,
			     .udiag_states = 1u << LISTENING,
			     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS },
	};
	return send(socket, &message, sizeof(message), 0) < 0 ? -errno : 0;
}

/* 0, or -errno where the kernel tells nothing. */
static int list_bound(struct reading *reading)
{
	_cleanup_(closep) int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	_Alignas(struct nlmsghdr) char buffer[32768];
	int r = fd < 0 ? -errno : ask(fd);
	while (r == 0) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		for (const struct nlmsghdr *header = (const void *)buffer; NLMSG_OK(header, n);
		     header = NLMSG_NEXT(header, n)) {
			if (header->nlmsg_type == NLMSG_DONE)
				return 0;
			if (header->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
			take_bound(reading, header);
		}
	}
	return r;
}

/* Of ordinary users, who have engines of their own. */
static void list_users(struct reading *reading)
{
	static const char *const names[] = { "docker.sock", "podman/podman.sock" };
	_cleanup_(folder_closep) DIR *folder = folder_open(AT_FDCWD, "/run/user");
	for (const struct dirent *entry; folder && (entry = readdir(folder));) {
		for (size_t i = 0; i < ARRAY_SIZE(names) && entry->d_name[0] != '.'; i++) {
			_cleanup_(freep) char *path =
				xasprintf("/run/user/%s/%s", entry->d_name, names[i]);
			add(reading, path, (struct candidate){ .engine = i ? "podman" : "docker" });
		}
	}
}

/* Those that strangers may choose, and lead wherever they like, come last. */
static void list_candidates(struct reading *reading, int proc, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		add(reading, places[i].path, (struct candidate){ .engine = places[i].engine });
	list_users(reading);
	find_owned(reading, proc, snapshot->processes, snapshot->n_processes);
	int r = reading->n_owned ? list_bound(reading) : 0;
	if (r < 0)
		reading->list.why = -r;
}

static void say(int answers, const struct record *record, const char *path)
{
	if (write(answers, record, sizeof(*record)) != sizeof(*record) ||
	    (record->n && write(answers, path, record->n) != (ssize_t)record->n))
		_exit(1);
}

/* By its real path, of PATH_MAX at most, as /var/run may lead to /run. */
static int look(const char *path, char *real, struct record *ret)
{
	struct stat st;
	if (!realpath(path, real) || stat(real, &st) < 0)
		return -errno;
	ret->n = strlen(real);
	ret->mode = st.st_mode;
	if (getxattr(real, "system.posix_acl_access", NULL, 0) > 0)
		ret->mode |= MODE_HAS_ACL;
	ret->uid = st.st_uid;
	ret->gid = st.st_gid;
	ret->ino = st.st_ino;
	ret->dev = st.st_dev;
	return 0;
}

/* The child: a path may lead into a file system that never answers. */
static void serve(const void *context, int answers)
{
	const struct reading *reading = context;
	struct record last = { .is_last = true };
	for (size_t i = 0; i < reading->n_candidates; i++) {
		char real[PATH_MAX];
		struct record record = { .index = i };
		int r = look(reading->candidates[i].path, real, &record);
		if (r == 0 && S_ISSOCK(record.mode))
			say(answers, &record, real);
		else if (r < 0 && r != -ENOENT && r != -ENOTDIR)
			last.why = -r;
	}
	say(answers, &last, NULL);
}

static bool has(const struct reading *reading, const char *path)
{
	for (size_t i = 0; i < reading->list.n; i++)
		if (strcmp(reading->found[i].path, path) == 0)
			return true;
	return false;
}

/* Whether the path leads us to that file, and not to another one that has the same path elsewhere.
 * stat(2) has devices of its own for what is on overlay and btrfs. */
static bool is_bound_to(const struct reading *reading, const struct candidate *candidate,
			const struct record *record, const char *path)
{
	if ((uint32_t)record->ino != candidate->ino)
		return false;
	const struct mount_entry *mount = mounts_at(reading->own, path);
	return record->dev == candidate->dev || (mount && mount->dev == candidate->dev);
}

static void hear_socket(struct reading *reading, const struct record *record, const char *path)
{
	const struct candidate *candidate = &reading->candidates[record->index];
	if (has(reading, path) ||
	    (candidate->is_bound && !is_bound_to(reading, candidate, record, path)))
		return;
	reading->found =
		xgrow(reading->found, reading->list.n, &reading->capacity, sizeof(*reading->found));
	reading->found[reading->list.n++] = (struct engine_socket){
		.path = arena_copy(reading->arena, path, record->n),
		.engine = candidate->engine,
		.mode = record->mode,
		.uid = record->uid,
		.gid = record->gid,
	};
}

/* One record: 0, 1 that was the last one, -errno. */
static int hear(struct reading *reading, const struct child *child)
{
	struct record record;
	char path[PATH_MAX];
	int r = child_read(child, &record, sizeof(record));
	if (r == 0 && (record.n >= sizeof(path) || record.index >= reading->n_candidates))
		return -EIO;
	if (r == 0)
		r = child_read(child, path, record.n);
	if (r < 0)
		return r;
	if (record.is_last) {
		reading->list.why = record.why ? record.why : reading->list.why;
		return 1;
	}
	path[record.n] = 0;
	hear_socket(reading, &record, path);
	return 0;
}

/* What was said before the child fell silent counts. */
static void look_at_candidates(struct reading *reading, struct child_patience *patience)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	int r = child_start(patience, serve, reading, NULL, 0, &child);
	while (r == 0)
		r = hear(reading, &child);
	if (r < 0)
		reading->list.why = -r;
}

struct socket_list engine_sockets_read(struct arena *arena, struct child_patience *patience,
				       int proc, const struct mount_table *own,
				       const struct snapshot *snapshot)
{
	struct reading reading = { .arena = arena, .own = own };
	list_candidates(&reading, proc, snapshot);
	look_at_candidates(&reading, patience);
	reading.list.items =
		arena_copy_items(arena, reading.found, reading.list.n, sizeof(*reading.found));
	free(reading.found);
	free(reading.candidates);
	free(reading.owned);
	return reading.list;
}
