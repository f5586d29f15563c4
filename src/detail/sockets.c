/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/sockets.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"
#include "util/sort.h"

#define LISTENING 10 /* TCP_LISTEN, which AF_UNIX uses too */

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

struct reading {
	struct arena *arena;
	struct owned *owned;
	size_t n_owned, owned_capacity;
	struct engine_socket *found;
	size_t capacity;
	struct socket_list list;
};

static int compare_owned(const void *a, const void *b)
{
	return compare_ids(&((const struct owned *)a)->ino, &((const struct owned *)b)->ino);
}

static bool has(const struct reading *reading, const char *path)
{
	for (size_t i = 0; i < reading->list.n; i++)
		if (strcmp(reading->found[i].path, path) == 0)
			return true;
	return false;
}

/* By its real path, as /var/run may lead to /run. */
static void add(struct reading *reading, const char *path, const char *engine)
{
	struct stat st;
	_cleanup_(freep) char *real = realpath(path, NULL);
	if (!real || stat(real, &st) < 0 || !S_ISSOCK(st.st_mode)) {
		if (!real && errno != ENOENT && errno != ENOTDIR)
			reading->list.why = errno;
		return;
	}
	if (has(reading, real))
		return;
	reading->found =
		xgrow(reading->found, reading->list.n, &reading->capacity, sizeof(*reading->found));
	reading->found[reading->list.n++] = (struct engine_socket){
		.path = arena_copy(reading->arena, real, strlen(real)),
		.engine = engine,
		.mode = st.st_mode,
		.uid = st.st_uid,
		.gid = st.st_gid,
	};
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

/* One answer of the kernel: who is bound to which path. */
static void take_bound(struct reading *reading, const struct nlmsghdr *header)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	const struct owned key = { .ino = message->udiag_ino };
	const struct owned *owned =
		bsearch(&key, reading->owned, reading->n_owned, sizeof(key), compare_owned);
	size_t left = NLMSG_PAYLOAD(header, sizeof(*message));
	for (const struct nlattr *attr = (const void *)(message + 1);
	     owned && left >= sizeof(*attr) && attr->nla_len >= sizeof(*attr) &&
	     attr->nla_len <= left;) {
		size_t n = attr->nla_len - sizeof(*attr), step = NLA_ALIGN(attr->nla_len);
		char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1] = { 0 };
		if (attr->nla_type == UNIX_DIAG_NAME && n < sizeof(path)) {
			memcpy(path, attr + 1, n);
			if (path[0] == '/' && takes_orders(path))
				add(reading, path, owned->engine);
		}
		left = step < left ? left - step : 0;
		attr = (const void *)((const char *)attr + step);
	}
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
			     .udiag_show = UDIAG_SHOW_NAME },
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
static void look_at_users(struct reading *reading)
{
	static const char *const names[] = { "docker.sock", "podman/podman.sock" };
	_cleanup_(folder_closep) DIR *folder = folder_open(AT_FDCWD, "/run/user");
	for (const struct dirent *entry; folder && (entry = readdir(folder));) {
		for (size_t i = 0; i < ARRAY_SIZE(names) && entry->d_name[0] != '.'; i++) {
			_cleanup_(freep) char *path =
				xasprintf("/run/user/%s/%s", entry->d_name, names[i]);
			add(reading, path, i ? "podman" : "docker");
		}
	}
}

struct socket_list engine_sockets_read(struct arena *arena, int proc,
				       const struct process *const *processes, size_t n)
{
	struct reading reading = { .arena = arena };
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		add(&reading, places[i].path, places[i].engine);
	look_at_users(&reading);
	find_owned(&reading, proc, processes, n);
	int r = reading.n_owned ? list_bound(&reading) : 0;
	if (r < 0)
		reading.list.why = -r;
	struct engine_socket *kept = arena_alloc(arena, reading.list.n * sizeof(*kept) + 1);
	if (reading.list.n)
		memcpy(kept, reading.found, reading.list.n * sizeof(*kept));
	free(reading.found);
	free(reading.owned);
	reading.list.items = kept;
	return reading.list;
}
