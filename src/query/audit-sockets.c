/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "query/auditing.h"
#include "util/alloc.h"

const char *engine_by_name(const char *path)
{
	static const struct {
		const char *name, *engine;
	} names[] = {
		{ "docker.sock", "docker" },
		{ "cri-dockerd.sock", "docker" },
		{ "containerd.sock", "containerd" },
		{ "podman.sock", "podman" },
		{ "crio.sock", "crio" },
		{ "buildkitd.sock", "buildkit" },
	};
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].engine;
	if (strcmp(name, "unix.socket") == 0 && (strstr(path, "lxd") || strstr(path, "incus")))
		return "lxd";
	return NULL;
}

/* Who may write to a socket may connect to it, also where the mount is read-only. */
static struct grade grade_socket(const struct auditing *auditing, mode_t mode, uid_t uid, gid_t gid)
{
	return grade_by(may_use(auditing, uid, gid, mode, S_IWOTH), LEVEL_CRITICAL, LEVEL_MEDIUM);
}

/* Where SOCKET of the host is to be found in there, by the mount *AT or a later one, which *AT is
 * then; NULL: nowhere. */
static char *find_socket(const struct auditing *auditing, const struct mount_table *mounts,
			 const struct engine_socket *socket, size_t *at)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	const struct mount_entry *of = host->why ? NULL : mounts_at(host, socket->path);
	if (!of)
		return NULL;
	_cleanup_(freep) char *inner = mount_inner_path(of, socket->path);
	for (; *at < mounts->n; (*at)++) {
		const struct mount_entry *mount = &mounts->items[*at];
		char *path = mount->dev == of->dev ? mount_path_of(mounts, mount, inner) : NULL;
		if (path)
			return path;
	}
	return NULL;
}

/* Whether what is mounted there is a known socket of an engine. */
static bool is_engines(const struct auditing *auditing, const struct mount_table *mounts,
		       const struct mount_entry *mount)
{
	const struct socket_list *engines = &auditing->system->exposures->engines;
	for (size_t i = 0; i < engines->n; i++) {
		size_t at = mount - mounts->items;
		_cleanup_(freep) char *path =
			find_socket(auditing, mounts, &engines->items[i], &at);
		if (path && &mounts->items[at] == mount)
			return true;
	}
	return false;
}

static void say_known(struct auditing *auditing, const struct mount_table *mounts)
{
	const struct socket_list *engines = &auditing->system->exposures->engines;
	for (size_t i = 0; i < engines->n; i++) {
		const struct engine_socket *socket = &engines->items[i];
		char *path;
		for (size_t at = 0; (path = find_socket(auditing, mounts, socket, &at)); at++) {
			audit_say(auditing,
				  grade_socket(auditing, socket->mode, socket->uid, socket->gid),
				  mount_evidence(&mounts->items[at]),
				  "may command the host's %s: %s at %s", socket->engine,
				  socket->path, path);
			free(path);
		}
	}
}

static void say_by_name(struct auditing *auditing, const struct mount_table *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		const char *engine = engine_by_name(mount->root);
		bool may_be = engine && mount->is_seen && (mount->why || S_ISSOCK(mount->mode));
		if (may_be && !is_engines(auditing, mounts, mount))
			audit_say(auditing,
				  grade_socket(auditing, mount->mode, mount->uid, mount->gid),
				  mount_evidence(mount), "may command a %s outside, by %s", engine,
				  mount->target);
	}
}

/* From inside: a socket where an engine has its own, in what is a part of another file system. */
static void say_by_place(struct auditing *auditing, const struct mount_table *mounts)
{
	const struct socket_list *sockets = &auditing->view->sockets;
	for (size_t i = 0; i < sockets->n; i++) {
		const struct engine_socket *socket = &sockets->items[i];
		const struct mount_entry *mount = mounts_at(mounts, socket->path);
		if (mount && strcmp(mount->root, "/") != 0 && strcmp(mount->target, "/") != 0 &&
		    !engine_by_name(mount->root))
			audit_say(auditing,
				  grade_socket(auditing, socket->mode, socket->uid, socket->gid),
				  mount_evidence(mount), "may command a %s outside, by %s",
				  socket->engine, socket->path);
	}
}

/* Whether something of the host is mounted in there in which a socket could be. */
static bool has_places(const struct auditing *auditing, const struct mount_table *mounts)
{
	const struct mount_table *host = &auditing->system->exposures->host;
	for (size_t i = 0; i < mounts->n && !host->why; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (strcmp(mount->target, "/") == 0 || (!mount->why && S_ISREG(mount->mode)) ||
		    (!mount_is(mount, "tmpfs") && major(mount->dev) == 0))
			continue;
		size_t at = 0;
		_cleanup_(freep) char *path =
			mounts_next_path_of(host, mount->dev, mount->root, &at);
		if (path && mount->is_seen)
			return true;
	}
	return false;
}

void check_engine_socket(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct exposures *exposures = auditing->system->exposures;
	if (!mounts)
		return;
	say_known(auditing, mounts);
	say_by_name(auditing, mounts);
	if (exposures->host.why)
		say_by_place(auditing, mounts);
	if (exposures->host.why && auditing->view->sockets.why)
		audit_unknown(auditing, auditing->view->sockets.why,
			      "where engines have their sockets");
	if (exposures->engines.why && has_places(auditing, mounts))
		audit_unknown(auditing, exposures->engines.why,
			      "where all engines of the host have their sockets");
}

static bool is_mounted_socket(const struct mount_entry *mount)
{
	return !mount->why && S_ISSOCK(mount->mode) && mount->is_seen;
}

void check_host_socket(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		if (!is_mounted_socket(mount) || engine_by_name(mount->root) ||
		    is_engines(auditing, mounts, mount))
			continue;
		audit_say(auditing, grade(LEVEL_MEDIUM), mount_evidence(mount),
			  "may talk to whoever listens at %s, a socket from outside",
			  mount->target);
	}
}
