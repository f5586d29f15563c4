/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "act/join.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"

#define BIT(cap) (1ull << (cap))

/* What joining a namespace takes: setns(2). */
struct claim {
	ino_t ino;   /* of the namespace */
	ino_t owner; /* the user namespace where the capability is judged; 0: above all we see */
	uid_t owner_uid;
	enum right right; /* CAP_SYS_ADMIN in there */
	/* Where we are then: the same, and CAP_SYS_CHROOT for a mount namespace. Who joins the user
	 * namespace has them all. */
	enum right own, own_chroot;
};

static ino_t inode_of(int fd)
{
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

/* A user namespace is joined with rights in itself, which its owner has if we are its parent. */
static void claim_read(const struct plan *plan, enum ns_kind kind, int fd, struct claim *ret)
{
	_cleanup_(closep) int owner =
		kind == NS_USER ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : ioctl(fd, NSFS_GET_USERNS);
	*ret = (struct claim){ .ino = inode_of(fd), .owner = inode_of(owner) };
	ret->right =
		owner < 0 ? RIGHT_LACKING : caller_has(&plan->caller, BIT(CAP_SYS_ADMIN), owner);
	if (owner < 0 || ioctl(owner, NSFS_GET_OWNER_UID, &ret->owner_uid) < 0)
		ret->owner_uid = (uid_t)-1;
	ret->own = ret->own_chroot = RIGHT_HELD;
	if (plan_joins(plan, NS_USER))
		return;
	ret->own = caller_has(&plan->caller, BIT(CAP_SYS_ADMIN), plan->caller.userns);
	if (kind == NS_MNT)
		ret->own_chroot =
			caller_has(&plan->caller, BIT(CAP_SYS_CHROOT), plan->caller.userns);
}

static enum right claim_right(const struct claim *claim)
{
	enum right own = claim->own < claim->own_chroot ? claim->own : claim->own_chroot;
	return claim->right < own ? claim->right : own;
}

static const char *name_owner(const struct claim *claim, char *buffer, size_t size)
{
	if (claim->owner)
		snprintf(buffer, size, "user:[%ju]", (uintmax_t)claim->owner);
	else
		snprintf(buffer, size, "a user namespace that we cannot see");
	return buffer;
}

static void explain_refusal(const struct plan *plan, const char *what, const struct claim *claim,
			    struct error *err)
{
	char owner[64], hint[96] = "";
	name_owner(claim, owner, sizeof(owner));
	if (claim->owner_uid != (uid_t)-1 && claim->owner_uid != 0)
		snprintf(hint, sizeof(hint), ", or as uid %u, who made it", claim->owner_uid);
	if (claim->right == RIGHT_LACKING)
		error_set(err, EPERM,
			  "%s: it takes CAP_SYS_ADMIN in %s, which we do not have; run as root%s",
			  what, owner, hint);
	else if (claim->own == RIGHT_LACKING)
		error_set(err, EPERM,
			  "%s: it takes CAP_SYS_ADMIN where we are, too; that we have once we "
			  "join %s with it (-U)",
			  what, owner);
	else if (claim->own_chroot == RIGHT_LACKING)
		error_set(err, EPERM, "%s: it takes CAP_SYS_CHROOT too, which we do not have",
			  what);
	else if (plan->caller.filtered)
		error_set(err, EPERM,
			  "%s, although we have CAP_SYS_ADMIN in %s: the seccomp filter that we "
			  "run under may forbid it",
			  what, owner);
	else
		error_set(err, EPERM,
			  "%s, although we may have CAP_SYS_ADMIN in %s: a security module may "
			  "forbid it, or that we lack it where we are",
			  what, owner);
}

void join_explain(const struct plan *plan, enum ns_kind kind, int why, struct error *err)
{
	struct claim claim;
	char what[256];
	claim_read(plan, kind, plan->fds[kind], &claim);
	snprintf(what, sizeof(what), "cannot join %s:[%ju]%s%s: %s", ns_kind_name(kind),
		 (uintmax_t)claim.ino, plan->target.text ? " of " : "",
		 plan->target.text ? plan->target.text : "", strerror(why));
	if (why == EPERM)
		explain_refusal(plan, what, &claim, err);
	else if (why == EINVAL && kind == NS_USER && claim.ino == plan->caller.ino)
		error_set(err, why, "%s: we are in it already", what);
	else if (why == EINVAL && (kind == NS_USER || kind == NS_PID))
		error_set(err, why, "%s: the way leads down only, and it is not below ours", what);
	else
		error_set(err, why, "%s", what);
}

/* The plan as a table. */
struct table {
	FILE *stream;
	const struct plan *plan;
};

static void row(const struct table *table, const char *takes, enum right right, const char *format,
		...) _printf_(4, 5);

static void row(const struct table *table, const char *takes, enum right right, const char *format,
		...)
{
	static const char *const words[] = {
		[RIGHT_UNKNOWN] = "?", [RIGHT_LACKING] = "no", [RIGHT_HELD] = "yes"
	};
	char step[512];
	va_list ap;
	va_start(ap, format);
	vsnprintf(step, sizeof(step), format, ap);
	va_end(ap);
	if (*takes)
		fprintf(table->stream, "%-6s %-32s %s\n", words[right], step, takes);
	else
		fprintf(table->stream, "%-6s %s\n", "-", step);
}

/* Of what is done once the user namespace is joined: there we have them all. */
static void row_inside(const struct table *table, int capability, const char *step)
{
	const struct plan *plan = table->plan;
	enum right right = plan_joins(plan, NS_USER)
				 ? RIGHT_HELD
				 : caller_has(&plan->caller, BIT(capability), plan->caller.userns);
	row(table, capability_name(BIT(capability)), right, "%s", step);
}

static int open_ns(const struct plan *plan, enum ns_kind kind)
{
	struct error ignored;
	int fd = plan->fds[kind];
	return fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3)
		       : target_open_ns(&plan->target, kind, &ignored);
}

static void describe_namespaces(const struct table *table)
{
	const struct plan *plan = table->plan;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		struct claim claim;
		char owner[64], takes[128];
		if (!plan_joins(plan, kind))
			continue;
		_cleanup_(closep) int fd = open_ns(plan, kind);
		claim_read(plan, kind, fd, &claim);
		snprintf(takes, sizeof(takes), "CAP_SYS_ADMIN in %s%s",
			 name_owner(&claim, owner, sizeof(owner)),
			 kind == NS_MNT ? ", CAP_SYS_CHROOT" : "");
		row(table, takes, claim_right(&claim), "join %s:[%ju]", ns_kind_name(kind),
		    (uintmax_t)claim.ino);
	}
}

static void describe_dirs(const struct table *table)
{
	const struct plan *plan = table->plan;
	const struct wish *wish = plan->wish;
	if (plan->root >= 0)
		row_inside(table, CAP_SYS_CHROOT,
			   wish->root.path ? wish->root.path : "set the target's root directory");
	if (wish->cwd_inside)
		row(table, "", RIGHT_HELD, "go to %s in there", wish->cwd_inside);
	else if (plan->cwd >= 0)
		row(table, "", RIGHT_HELD, "go to %s",
		    wish->cwd.path ? wish->cwd.path : "the target's working directory");
}

static void describe_ids(const struct table *table)
{
	const struct ids *ids = &table->plan->ids;
	char text[64];
	snprintf(text, sizeof(text), "set %zu group%s", ids->n_groups,
		 ids->n_groups == 1 ? "" : "s");
	if (ids->set_groups)
		row_inside(table, CAP_SETGID, text);
	else if (ids->groups_denied)
		row(table, "", RIGHT_HELD, "keep our groups (setgroups is denied)");
	snprintf(text, sizeof(text), "become group %u", ids->gid);
	if (ids->set_gid)
		row_inside(table, CAP_SETGID, text);
	snprintf(text, sizeof(text), "become user %u", ids->uid);
	if (ids->set_uid)
		row_inside(table, CAP_SETUID, text);
}

static void describe_confinement(const struct table *table)
{
	const struct confinement *confinement = &table->plan->confinement;
	char text[64];
	if (!table->plan->confine)
		return;
	row_inside(table, CAP_SETPCAP, "drop what its bounding set lacks");
	if (confinement->no_new_privs)
		row(table, "", RIGHT_HELD, "set no_new_privs");
	snprintf(text, sizeof(text), "install %zu seccomp filter%s", confinement->n_filters,
		 confinement->n_filters == 1 ? "" : "s");
	if (confinement->n_filters && confinement->no_new_privs)
		row(table, "", RIGHT_HELD, "%s", text);
	else if (confinement->n_filters)
		row_inside(table, CAP_SYS_ADMIN, text);
}

char *join_describe(struct plan *plan)
{
	char *text = NULL;
	size_t n;
	struct table table = { open_memstream(&text, &n), plan };
	if (!table.stream)
		return NULL;
	caller_read(&plan->caller);
	fprintf(table.stream, "%-6s %-32s %s\n", "MAY WE", "STEP", "TAKES");
	describe_namespaces(&table);
	describe_dirs(&table);
	if (plan->fork)
		row(&table, "", RIGHT_HELD, "fork");
	for (size_t i = 0; i < plan->cgroups.n; i++)
		row(&table, "", RIGHT_HELD, "join the cgroup %s", plan->cgroups.items[i].path);
	if (plan->wish->mount_proc)
		row_inside(&table, CAP_SYS_ADMIN, "mount /proc");
	describe_confinement(&table);
	describe_ids(&table);
	row(&table, "", RIGHT_HELD, "run %s",
	    plan->wish->command[0] ? plan->wish->command[0] : plan->shell);
	fclose(table.stream);
	return text;
}
