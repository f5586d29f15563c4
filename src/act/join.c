/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/join.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "util/alloc.h"
#include "util/fds.h"

/* In all namespaces at once, by the rights that we have now. Kernels before 5.8 cannot: EINVAL. */
static int enter_by_pidfd(const struct plan *plan)
{
	int flags = 0;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (plan_joins(plan, kind))
			flags |= ns_kind_info(kind)->clone_flag;
	return setns(plan->target.pidfd, flags) < 0 ? -errno : 0;
}

static int enter_one(struct plan *plan, enum ns_kind kind)
{
	if (plan->fds[kind] < 0)
		return 0;
	if (setns(plan->fds[kind], ns_kind_info(kind)->clone_flag) < 0)
		return -errno;
	closep(&plan->fds[kind]);
	plan->fds[kind] = -1;
	return 0;
}

/*
 * One after the other, as nsenter(1) does: root needs rights in the user namespace that it leaves,
 * the owner of the target's needs those that he gets by joining that. So all but the user namespace
 * are tried first, and what was refused once more after it.
 */
static int enter_by_fds(struct plan *plan, enum ns_kind *ret_refused)
{
	int r;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (kind != NS_USER)
			(void)enter_one(plan, kind);
	*ret_refused = NS_USER;
	r = enter_one(plan, NS_USER);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && r == 0; kind++) {
		*ret_refused = kind;
		r = enter_one(plan, kind);
	}
	return r;
}

static bool has_fds(const struct plan *plan)
{
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (plan->fds[kind] >= 0)
			return true;
	return false;
}

static int enter_namespaces(struct plan *plan, struct error *err)
{
	enum ns_kind refused;
	if (!plan->kinds)
		return 0;
	if (!has_fds(plan)) {
		int r = enter_by_pidfd(plan);
		if (r == 0)
			return 0;
		if (r == -ESRCH)
			return error_set(err, ESRCH, "%s: that process has ended",
					 plan->target.text);
		r = plan_open_links(plan, err);
		if (r < 0)
			return r;
	}
	caller_read(&plan->caller);
	int r = enter_by_fds(plan, &refused);
	if (r < 0)
		join_explain(plan, refused, -r, err);
	return r;
}

static bool is_unreachable(void)
{
	char path[PATH_MAX];
	long n = syscall(SYS_getcwd, path, sizeof(path));
	return n > 0 && path[0] != '/';
}

static int enter_root(const struct plan *plan, struct error *err)
{
	if (plan->root < 0)
		return 0;
	if (fchdir(plan->root) < 0 || chroot(".") < 0)
		return error_errno(err, errno, "cannot make %s the root directory%s",
				   plan->wish->root.path ? plan->wish->root.path
							 : "that of the target",
				   errno == EPERM ? " (takes CAP_SYS_CHROOT)" : "");
	return 0;
}

/* A directory that is outside of the root would be a way out for the command (CVE-2024-21626). */
static int enter_cwd(struct plan *plan, int ours, struct error *err)
{
	const struct wish *wish = plan->wish;
	int fd = plan->cwd >= 0 ? plan->cwd : ours;
	int r = 0;
	if (wish->cwd_inside)
		r = chdir(wish->cwd_inside);
	else if (fd >= 0)
		r = fchdir(fd);
	if (r < 0 && (wish->cwd_inside || plan->cwd_must))
		return error_errno(err, errno, "cannot go to the directory %s",
				   wish->cwd_inside ? wish->cwd_inside
				   : wish->cwd.path ? wish->cwd.path
						    : "of the target");
	struct error why = { 0 };
	if (r < 0)
		error_errno(&why, errno, "cannot go to the target's working directory, so to /");
	else if ((plan->root >= 0 || plan_joins(plan, NS_MNT)) && is_unreachable())
		error_set(&why, ENOENT, "the working directory is outside of the root, so it is /");
	if (!why.number)
		return 0;
	plan_warn(plan, &why);
	return chdir("/") < 0 ? error_errno(err, errno, "cannot go to the root directory") : 0;
}

/* Whoever is root in there may not read our memory, nor use what we have open. Joining a user
 * namespace may say otherwise. */
static int hide(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_errno(err, errno, "cannot hide our memory");
	return 0;
}

/* For the program that is run next, by whichever child of ours. */
static int set_context(const struct plan *plan, struct error *err)
{
	if (!plan->context)
		return 0;
	_cleanup_(closep) int fd = open("/proc/self/attr/exec", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, plan->context, strlen(plan->context)) < 0)
		return error_errno(err, errno, "cannot take the SELinux context '%s'",
				   plan->context);
	return 0;
}

int join_enter(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	_cleanup_(closep) int ours = -1;
	if (plan->new_environ)
		environ_take(&plan->environ);
	ids_begin(&plan->ids);
	/* As nsenter(1): a new root alone changes no directory. */
	if (plan->root >= 0 && plan->cwd < 0 && !wish->cwd_inside && !plan_joins(plan, NS_MNT))
		ours = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = set_context(plan, err);
	if (r == 0)
		r = hide(err);
	if (r == 0)
		r = enter_namespaces(plan, err);
	if (r == 0)
		r = hide(err);
	if (r == 0)
		r = enter_root(plan, err);
	if (r == 0)
		r = enter_cwd(plan, ours, err);
	return r;
}

static int mount_proc(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return error_errno(err, errno, "--mount-proc: cannot make a mount namespace%s",
				   errno == EPERM ? " (takes CAP_SYS_ADMIN)" : "");
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_errno(err, errno, "--mount-proc: cannot mount /proc");
	return 0;
}

/* Capabilities that come with the user namespace outlast exec(2), whoever we are then, as ambient
 * ones: see capabilities(7). */
static int keep_capabilities(struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	if (syscall(SYS_capget, &header, data) < 0)
		return error_errno(err, errno, "--keep-caps: cannot read our capabilities");
	for (size_t i = 0; i < ARRAY_SIZE(data); i++) {
		data[i].effective = data[i].permitted;
		data[i].inheritable = data[i].permitted;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		return error_errno(err, errno, "--keep-caps: cannot make them inheritable");
	for (unsigned capability = 0; capability < 64; capability++) {
		if (!(data[capability / 32].permitted & 1u << capability % 32))
			continue;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
			return error_errno(err, errno, "--keep-caps: cannot keep capability %u",
					   capability);
	}
	return 0;
}

static int become_user(const struct plan *plan, struct error *err)
{
	bool keep = plan->wish->keep_caps && plan_joins(plan, NS_USER);
	if (keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_errno(err, errno, "--keep-caps");
	int r = ids_apply(&plan->ids, err);
	return r == 0 && keep ? keep_capabilities(err) : r;
}

/* Of the two ways to be allowed to install filters the target's is ours: with no_new_privs as the
 * last thing, without it while we still have CAP_SYS_ADMIN. */
static int confine_and_become_user(const struct plan *plan, struct error *err)
{
	const struct confinement *confinement = &plan->confinement;
	int r = confine_bounding(confinement, err);
	if (r == 0 && !confinement->no_new_privs)
		r = confine_filters(confinement, err);
	if (r == 0)
		r = become_user(plan, err);
	if (r < 0 || !confinement->no_new_privs)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, errno, "cannot set no_new_privs");
	return confine_filters(confinement, err);
}

/*
 * All but what joining cgroups takes, and KEEP. FD_CLOEXEC is not enough: exec(2) looks up the path
 * first. A program in there that is a link to /proc/self/fd/N/../../PATH would be one of the host,
 * and its file within reach (CVE-2024-21626).
 */
static void close_others(const struct cgroups *cgroups, int keep)
{
	_cleanup_(freep) int *fds = xcalloc(cgroups->n + 1, sizeof(*fds));
	for (size_t i = 0; i < cgroups->n; i++)
		fds[i] = cgroups->items[i].procs;
	fds[cgroups->n] = keep;
	fds_close_others(STDERR_FILENO + 1, fds, cgroups->n + 1);
}

int join_become(struct plan *plan, int keep, struct error *err)
{
	struct error why = { 0 };
	bool must =
		plan->wish->target_cgroup || (plan->wish->like_target && !plan->wish->best_effort);
	/* To join a cgroup takes its time, and a filter may refuse this: so it comes first. */
	close_others(&plan->cgroups, keep);
	int r = cgroups_join(&plan->cgroups, &why);
	cgroups_clear(&plan->cgroups);
	if (r < 0 && must) {
		*err = why;
		return r;
	}
	if (r < 0)
		plan_warn(plan, &why);
	r = plan->wish->mount_proc ? mount_proc(err) : 0;
	if (r < 0)
		return r;
	return plan->confine ? confine_and_become_user(plan, err) : become_user(plan, err);
}

/* "-sh" is a login shell. */
static void exec_shell(const struct plan *plan, const char *shell)
{
	const char *slash = strrchr(shell, '/');
	_cleanup_(freep) char *name =
		xasprintf("%s%s", plan->login ? "-" : "", slash ? slash + 1 : shell);
	execl(shell, name, (char *)NULL);
}

/* Also ENOENT where the interpreter of a script, or of a program, is not there. */
static int explain_exec(const struct plan *plan, const char *name, int why, struct error *err)
{
	bool own_root = plan->root >= 0 || plan_joins(plan, NS_MNT);
	error_errno(err, why, "cannot run %s%s", name, own_root ? " in there" : "");
	if (why == ENOENT && own_root)
		error_set(err, why,
			  "cannot run %s: the target's files have no such program, or not what it "
			  "takes to run it; those of this side run in its other namespaces, as "
			  "with -n -p --mount-proc",
			  name);
	return why == ENOENT ? 127 : 126;
}

int join_exec(struct plan *plan, struct error *err)
{
	char **command = plan->wish->command;
	if (command[0]) {
		execvp(command[0], command);
		return explain_exec(plan, command[0], errno, err);
	}
	exec_shell(plan, plan->shell);
	if (errno == ENOENT && plan->wish->defaults && strcmp(plan->shell, "/bin/sh") != 0) {
		plan->shell = "/bin/sh";
		exec_shell(plan, plan->shell);
	}
	return explain_exec(plan, plan->shell, errno, err);
}
