/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "query/origins.h"
#include "util/alloc.h"

/* "/…/b929bf93…/…", as the files are called that an engine makes for each container. */
static bool has_long_id(const char *path)
{
	size_t n = 0;
	for (; *path; path++) {
		n = isxdigit((unsigned char)*path) ? n + 1 : 0;
		if (n == 64)
			return true;
	}
	return false;
}

bool is_engines_own(const struct auditing *auditing, const struct mount_entry *mount,
		    const char *path)
{
	const struct container *container = auditing->subject->container;
	bool is_file = mount->why || S_ISREG(mount->mode);
	if (is_file && container && has_long_id(container->id) && strstr(path, container->id))
		return true;
	static const char *const targets[] = { "/etc/hosts",	   "/etc/hostname",
					       "/etc/resolv.conf", "/run/.containerenv",
					       "/dev/shm",	   "/run/secrets" };
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (strcmp(mount->target, targets[i]) == 0)
			return has_long_id(path);
	return false;
}

static char *origin_evidence(const struct origin_of *origin)
{
	char *evidence = mount_evidence(origin->mount);
	return origin->layer
		     ? xappend(evidence,
			       origin->layer[0] == 'u' ? " upperdir=" : " lowerdir=", origin->path)
		     : evidence;
}

/* "writable", but for whom. */
static const char *how(const struct origin_of *origin)
{
	if (!origin->is_writable)
		return "readable";
	return origin->files == ANSWER_NO ? "writable by its owners" : "writable";
}

static void say_host_root(struct auditing *auditing, const struct origin_of *origin)
{
	struct grade grade = grade_path(auditing, "/", origin->is_writable, origin->files);
	if (origin->on_host)
		audit_say(auditing, grade, origin_evidence(origin), "the host's / is %s at %s",
			  how(origin), origin->target);
	else
		audit_say_perhaps(auditing, grade.worst, origin_evidence(origin),
				  "a whole disk is %s at %s: whether it is the host's / is not to "
				  "be seen from here; look from the host, as root, to know",
				  how(origin), origin->target);
}

void check_host_root(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	if (!mounts)
		return;
	const struct origins *origins = audit_origins(auditing, mounts);
	for (size_t i = 0; i < origins->n; i++)
		if (origins->items[i].is_root && origins->items[i].mount->is_seen)
			say_host_root(auditing, &origins->items[i]);
}

static struct grade grade_origin(const struct auditing *auditing, const struct origin_of *origin)
{
	return grade_path(auditing, origin->path, origin->is_writable, origin->files);
}

/* What is behind the first N bytes of a folder, which has a slash at its end only if it is the
 * root. */
static const char *rest_of(const char *path, size_t n)
{
	return path + (n == 1 ? 0 : n);
}

/* Whether ORIGIN is, as seen from UPPER, where it is on the host. */
static bool brings(const struct origin_of *upper, const struct origin_of *origin)
{
	return upper != origin && upper->on_host && !upper->layer && upper->mount->is_seen &&
	       path_is_within(origin->path, upper->path) &&
	       strcmp(rest_of(origin->target, strlen(upper->target)),
		      rest_of(origin->path, strlen(upper->path))) == 0;
}

static const struct origin_of *find_upper_at(const struct origins *origins,
					     const struct origin_of *origin, size_t n)
{
	for (size_t i = origins_first_at(origins, origin->target, n); i < origins->n; i++) {
		const struct origin_of *upper = &origins->items[origins->by_target[i]];
		if (strncmp(upper->target, origin->target, n) != 0 || upper->target[n])
			return NULL;
		if (brings(upper, origin))
			return upper;
	}
	return NULL;
}

/* The mount which a recursive one of it has brought along; NULL: it was mounted by itself. */
static const struct origin_of *find_upper(const struct origins *origins,
					  const struct origin_of *origin)
{
	const struct origin_of *upper = NULL;
	if (origin->layer || !origin->target[1])
		return NULL;
	upper = find_upper_at(origins, origin, 1); /* "/" */
	for (const char *slash = origin->target; !upper && (slash = strchr(slash + 1, '/'));)
		upper = find_upper_at(origins, origin, slash - origin->target);
	return upper;
}

/* By who made the mounts of its mount namespace himself. */
static void say_covered(struct auditing *auditing, const struct origin_of *origin)
{
	enum audit_level worst = grade_origin(auditing, origin).worst;
	audit_say_perhaps(
		auditing, worst, origin_evidence(origin),
		"the host's %s is covered at %s, and whether it may be unmounted in there "
		"the kernel does not tell",
		origin->path, origin->target);
}

static void say_mount(struct auditing *auditing, const struct origin_of *origin)
{
	if (!origin->mount->is_seen) {
		say_covered(auditing, origin);
		return;
	}
	audit_say(auditing, grade_origin(auditing, origin), origin_evidence(origin),
		  "%s %s%s is %s at %s", origin->on_host ? "the host's" : "something from outside,",
		  origin->path, origin->on_host ? "" : " of its file system,", how(origin),
		  origin->target);
}

/* What came along with another mount, and is worse than that: one line for each level. */
struct brought {
	const struct origin_of *first, *upper;
	struct few targets;
};

static void say_brought(struct auditing *auditing, struct brought *brought)
{
	if (!brought->first)
		return;
	_cleanup_(freep) char *targets = few_take(&brought->targets);
	audit_say(auditing, grade_origin(auditing, brought->first), origin_evidence(brought->first),
		  "mounted below the host's %s, and %s: %s", brought->upper->path,
		  how(brought->first), targets);
}

static void look_at_origin(struct auditing *auditing, const struct origins *origins,
			   const struct origin_of *origin, struct brought brought[LEVEL_COUNT])
{
	bool is_seen = origin->mount->is_seen;
	const struct origin_of *upper =
		origin->on_host && is_seen ? find_upper(origins, origin) : NULL;
	enum audit_level level = grade_origin(auditing, origin).worst;
	bool is_more = upper && origin->is_writable && !upper->is_writable;
	if (!upper) {
		say_mount(auditing, origin);
	} else if (is_more || level > grade_origin(auditing, upper).worst) {
		brought[level].first = brought[level].first ? brought[level].first : origin;
		brought[level].upper = brought[level].upper ? brought[level].upper : upper;
		few_add(&brought[level].targets, origin->target);
	}
}

void check_host_mount(struct auditing *auditing)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	struct brought brought[LEVEL_COUNT] = { 0 };
	_cleanup_(freep) char *engines = NULL;
	if (!mounts)
		return;
	const struct origins *origins = audit_origins(auditing, mounts);
	for (size_t i = 0; i < origins->n; i++) {
		const struct origin_of *origin = &origins->items[i];
		if (origin->is_root && origin->mount->is_seen)
			continue;
		if (is_engines_own(auditing, origin->mount, origin->path))
			engines = xappend(engines, " ", origin->target);
		else
			look_at_origin(auditing, origins, origin, brought);
	}
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		say_brought(auditing, &brought[i]);
	if (engines)
		audit_say(auditing, grade(LEVEL_INFO), NULL,
			  "has files that the engine keeps for it: %s", engines);
}

/* Where it may leave its chroot, the other checks look at all of its mount namespace. */
void check_chroot(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	enum answer leaves = may_leave_root(auditing);
	if (!exposure->outer)
		return;
	if (leaves != ANSWER_NO && exposure->outer->mounts.why)
		audit_unknown(auditing, exposure->outer->mounts.why,
			      "what is outside of its chroot could not be read");
	else
		audit_say(auditing, grade_by(leaves, LEVEL_LOW, LEVEL_INFO),
			  xasprintf("root %s", exposure->root),
			  leaves == ANSWER_NO
				  ? "its root directory is a chroot"
				  : "its root directory is a chroot, which it may leave");
}
