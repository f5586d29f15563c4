/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define SELINUX_MAGIC 0xf97cff8c

void plan_clear(struct plan *plan)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		closep(&plan->fds[kind]);
	closep(&plan->root);
	closep(&plan->cwd);
	target_clear(&plan->target);
	caller_clear(&plan->caller);
	ids_clear(&plan->ids);
	cgroups_clear(&plan->cgroups);
	confinement_clear(&plan->confinement);
	environ_clear(&plan->environ);
	free(plan->context);
}

void plan_warn(struct plan *plan, const struct error *err)
{
	if (plan->n_warnings < ARRAY_SIZE(plan->warnings))
		plan->warnings[plan->n_warnings++] = *err;
}

/* The target is a namespace itself: as if it had been named by its file. */
static int take_namespace(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	enum ns_kind kind = plan->target.resolved.plain.kind;
	if (wish->kinds & ~(1u << kind))
		return error_set(err, EINVAL, "%s is a %s namespace: it has no other kinds",
				 plan->target.text, ns_kind_name(kind));
	plan->fds[kind] = TAKE_FD(plan->target.resolved.ns_fd);
	plan->kinds |= 1u << kind;
	return 0;
}

static int open_file(struct plan *plan, enum ns_kind kind, struct error *err)
{
	const char *path = plan->wish->files[kind];
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	int flag = ioctl(fd, NSFS_GET_NSTYPE);
	if (flag != ns_kind_info(kind)->clone_flag)
		return error_set(err, EINVAL, "%s is no %s namespace", path, ns_kind_name(kind));
	closep(&plan->fds[kind]);
	plan->fds[kind] = TAKE_FD(fd);
	plan->kinds |= 1u << kind;
	return 0;
}

static int open_files(struct plan *plan, struct error *err)
{
	int r = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && r == 0; kind++)
		if (plan->wish->files[kind])
			r = open_file(plan, kind, err);
	return r;
}

/* Those that differ; --all is all, as nsenter(1) has it, but for a user namespace that we are in
 * already, which setns(2) refuses. */
static int choose_kinds(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	unsigned there, differ;
	plan->kinds = wish->kinds;
	if (!wish->defaults && !wish->all)
		return 0;
	int r = target_compare(&plan->target, &there, &differ, err);
	if (r == 0)
		plan->kinds |= wish->all ? there & (differ | ~(1u << NS_USER)) : differ;
	return r;
}

int plan_open_links(struct plan *plan, struct error *err)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (!plan_joins(plan, kind) || plan->fds[kind] >= 0)
			continue;
		int fd = target_open_ns(&plan->target, kind, err);
		if (fd < 0)
			return fd;
		plan->fds[kind] = fd;
	}
	return 0;
}

/* Of the user namespace, if that is joined; else the owner of any other one. */
static int open_user_parent(struct plan *plan, struct error *err)
{
	int r = plan_open_links(plan, err);
	if (r < 0)
		return r;
	int from = plan->fds[NS_USER];
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && from < 0; kind++)
		from = plan->fds[kind];
	if (from < 0)
		return error_set(err, EINVAL, "--user-parent: no namespace is joined");
	int parent = ioctl(from, NSFS_GET_USERNS);
	if (parent < 0)
		return error_errno(err, errno, "--user-parent: cannot open it");
	closep(&plan->fds[NS_USER]);
	plan->fds[NS_USER] = parent;
	plan->kinds |= 1u << NS_USER;
	return 0;
}

static int open_net_of_socket(struct plan *plan, struct error *err)
{
	int number = plan->wish->net_socket;
	_cleanup_(closep) int socket = syscall(SYS_pidfd_getfd, plan->target.pidfd, number, 0);
	if (socket < 0)
		return error_errno(err, errno, "%s: cannot take its descriptor %d",
				   plan->target.text, number);
	int net = ioctl(socket, SIOCGSKNS);
	if (net < 0)
		return error_errno(err, errno, "%s: descriptor %d: no network namespace to be had",
				   plan->target.text, number);
	closep(&plan->fds[NS_NET]);
	plan->fds[NS_NET] = net;
	plan->kinds |= 1u << NS_NET;
	return 0;
}

/* By descriptors all, where one is: setns(2) takes the ones or the other. */
static int open_namespaces(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	bool by_fd = plan->target.pidfd < 0;
	int r = 0;
	if (target_is_process(&plan->target))
		r = choose_kinds(plan, err);
	else if (wish->target)
		r = take_namespace(plan, err);
	if (r == 0)
		r = open_files(plan, err);
	if (r == 0 && wish->net_socket >= 0)
		r = open_net_of_socket(plan, err);
	if (r == 0 && wish->user_parent)
		r = open_user_parent(plan, err);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		by_fd |= plan->fds[kind] >= 0;
	return r == 0 && by_fd ? plan_open_links(plan, err) : r;
}

static bool is_our_root(int fd)
{
	struct stat ours, theirs;
	return stat("/", &ours) == 0 && fstat(fd, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static int open_dir(const struct plan *plan, const struct wish_dir *dir, const char *link, int *ret,
		    struct error *err)
{
	bool ours = dir->from == FROM_PATH;
	if (dir->from == FROM_NOWHERE)
		return 0;
	int fd = openat(ours ? AT_FDCWD : plan->target.resolved.dir, ours ? dir->path : link,
			O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && ours)
		return error_errno(err, errno, "cannot open %s", dir->path);
	if (fd < 0)
		return target_refuse(&plan->target, errno,
				     strcmp(link, "cwd") ? "open its root directory"
							 : "open its working directory",
				     err);
	*ret = fd;
	return 0;
}

static int open_dirs(struct plan *plan, struct error *err)
{
	struct wish_dir root = plan->wish->root, cwd = plan->wish->cwd;
	bool as_target = plan->wish->defaults && target_is_process(&plan->target);
	if (as_target && root.from == FROM_NOWHERE)
		root.from = FROM_TARGET;
	plan->cwd_must = cwd.from != FROM_NOWHERE;
	if (as_target && cwd.from == FROM_NOWHERE && !plan->wish->cwd_inside)
		cwd.from = FROM_TARGET;
	int r = open_dir(plan, &root, "root", &plan->root, err);
	if (r == 0)
		r = open_dir(plan, &cwd, "cwd", &plan->cwd, err);
	/* It takes a right that most have no need of. */
	if (r == 0 && plan->root >= 0 && !plan_joins(plan, NS_MNT) && !plan->wish->root.from &&
	    is_our_root(plan->root)) {
		close(plan->root);
		plan->root = -1;
	}
	return r;
}

static int open_cgroups(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	bool wanted = wish->target_cgroup || wish->defaults || wish->like_target;
	struct error why = { 0 };
	if (!wanted || wish->no_cgroup || !target_is_process(&plan->target))
		return 0;
	int r = cgroups_open(&plan->target, &plan->cgroups, &why);
	bool must = wish->target_cgroup || (wish->like_target && !wish->best_effort);
	if (r == -EBUSY || (r < 0 && must))
		return error_set(err, -r, "%s", why.text);
	if (r < 0)
		plan_warn(plan, &why);
	return 0;
}

static int read_confinement(struct plan *plan, struct error *err)
{
	struct error why = { 0 };
	if (!plan->wish->like_target)
		return 0;
	plan->confine = true;
	int r = confinement_read(&plan->target, &plan->confinement, &why);
	if (r < 0 && !plan->wish->best_effort)
		return error_set(err, -r, "%s", why.text);
	if (r < 0)
		plan_warn(plan, &why);
	return 0;
}

/* As nsenter(1), which does nothing where there is no SELinux. */
static int read_context(struct plan *plan, struct error *err)
{
	struct statfs fs;
	char text[4096];
	if (!plan->wish->follow_context || statfs("/sys/fs/selinux", &fs) < 0 ||
	    fs.f_type != SELINUX_MAGIC)
		return 0;
	ssize_t n = proc_read(plan->target.resolved.dir, "attr/current", text, sizeof(text));
	if (n < 0)
		return error_errno(err, -n, "%s: cannot read its SELinux context",
				   plan->target.text);
	plan->context = xstrdup(text);
	return 0;
}

static int choose_environ(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	bool as_target = wish->defaults && target_is_process(&plan->target) && !wish->keep_env;
	plan->new_environ = wish->target_env || as_target;
	if (!plan->new_environ)
		return 0;
	int r = environ_of_target(&plan->target, &plan->environ, err);
	if (r < 0 || !as_target)
		return r;
	const char *term = getenv("TERM");
	if (term)
		environ_set(&plan->environ, "TERM", term);
	/* The target's is another user's. */
	if (wish->as)
		environ_set(&plan->environ, "HOME", plan->ids.home ? plan->ids.home : "/");
	environ_default(&plan->environ, "PATH", DEFAULT_PATH);
	return 0;
}

/* The shell of the user inside; where we keep our root, as nsenter(1): ours, as a login shell. */
static void choose_shell(struct plan *plan)
{
	const char *ours = getenv("SHELL");
	plan->login = !plan->wish->defaults || !target_is_process(&plan->target);
	plan->shell = plan->ids.shell && *plan->ids.shell == '/' ? plan->ids.shell : "/bin/sh";
	if (plan->login && ours && *ours)
		plan->shell = xstrdup(ours);
}

static int needs_process(const struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	const char *what = wish->like_target		  ? "--like-target"
			 : wish->target_cgroup		  ? "--join-cgroup"
			 : wish->target_env		  ? "--env"
			 : wish->follow_context		  ? "--follow-context"
			 : wish->net_socket >= 0	  ? "--net-socket"
			 : wish->all			  ? "--all"
			 : wish->root.from == FROM_TARGET ? "--root"
			 : wish->cwd.from == FROM_TARGET  ? "--wd"
							  : NULL;
	if (!what || target_is_process(&plan->target))
		return 0;
	return error_set(err, EINVAL, "%s takes a target that is a process", what);
}

int plan_make(const struct wish *wish, target_find *find, struct plan *ret, struct error *err)
{
	int r = 0;
	*ret = (struct plan){ .wish = wish, .target = TARGET_NONE, .root = -1, .cwd = -1 };
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		ret->fds[kind] = -1;
	ret->caller.userns = -1;
	if (wish->target)
		r = target_open(wish->target, find, &ret->target, err);
	if (r == 0)
		r = needs_process(ret, err);
	if (r == 0)
		r = open_namespaces(ret, err);
	if (r == 0)
		r = open_dirs(ret, err);
	if (r == 0)
		r = plan_choose_ids(ret, err);
	if (r == 0)
		r = open_cgroups(ret, err);
	if (r == 0)
		r = read_confinement(ret, err);
	if (r == 0)
		r = read_context(ret, err);
	if (r == 0)
		r = choose_environ(ret, err);
	choose_shell(ret);
	ret->fork = plan_joins(ret, NS_PID) && !wish->no_fork;
	return r;
}
