/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/ids.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>

#include "model/idmap.h"
#include "util/alloc.h"
#include "util/parse.h"
#include "util/passwd.h"
#include "util/proccred.h"
#include "util/procfile.h"
#include "util/rootfile.h"
#include "util/sort.h"

/* Larger ones nobody has. */
#define PASSWD_MAX ((size_t)16 * 1024 * 1024)

void ids_clear(struct ids *ids)
{
	free(TAKE(ids->groups));
	free(TAKE(ids->home));
	free(TAKE(ids->shell));
	ids->n_groups = 0;
}

static void add_group(struct ids *ids, size_t *capacity, gid_t gid)
{
	ids->groups = xgrow(ids->groups, ids->n_groups, capacity, sizeof(*ids->groups));
	ids->groups[ids->n_groups++] = gid;
}

/* What maps ids of ours into the target's user namespace. */
struct map {
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	struct idmap map;
};

static int read_map(const struct target *target, enum id_type type, struct map *ret,
		    struct error *err)
{
	size_t n;
	int r = proc_read_idmap(target->resolved.dir, idmap_file(type), ret->ranges, &n);
	if (r < 0)
		return error_errno(err, -r, "%s: cannot read its %s", target->text,
				   idmap_file(type));
	ret->map = (struct idmap){ .n = n, .ranges = ret->ranges };
	return 0;
}

static int map_id(const struct target *target, const struct map *map, const char *what, uint32_t id,
		  uint32_t *ret, struct error *err)
{
	if (idmap_inside(&map->map, id, ret) == 0)
		return 0;
	return error_set(err, EPERM,
			 "%s: its %s %u is not mapped in its user namespace; name a user that is, "
			 "by --setuid and --setgid or --as, or keep yours (--preserve-credentials)",
			 target->text, what, id);
}

bool target_denies_groups(const struct target *target)
{
	char text[16];
	ssize_t n = proc_read(target->resolved.dir, "setgroups", text, sizeof(text));
	return n >= 4 && memcmp(text, "deny", 4) == 0;
}

/* From ids as we see them to those inside. */
static int map_all(const struct target *target, const struct proc_cred *cred, struct ids *ids,
		   struct error *err)
{
	struct map uids, gids;
	size_t capacity = 0;
	int r = read_map(target, ID_UID, &uids, err);
	if (r == 0)
		r = read_map(target, ID_GID, &gids, err);
	if (r == 0)
		r = map_id(target, &uids, "uid", cred->uid, &ids->uid, err);
	if (r == 0)
		r = map_id(target, &gids, "gid", cred->gid, &ids->gid, err);
	for (size_t i = 0; i < cred->n_groups && r == 0; i++) {
		gid_t gid;
		if (idmap_inside(&gids.map, cred->groups[i], &gid) == 0)
			add_group(ids, &capacity, gid);
	}
	ids->groups_denied = target_denies_groups(target);
	return r;
}

int ids_outside(const struct ids *ids, const struct target *target, bool joined, uid_t *ret)
{
	struct map map;
	struct error ignored;
	*ret = ids->set_uid ? ids->uid : geteuid();
	if (!joined || !ids->set_uid)
		return 0;
	if (!target_is_process(target) || read_map(target, ID_UID, &map, &ignored) < 0)
		return -ENOENT;
	return idmap_outside(&map.map, ids->uid, ret);
}

static void copy_all(const struct proc_cred *cred, struct ids *ids)
{
	size_t capacity = 0;
	ids->uid = cred->uid;
	ids->gid = cred->gid;
	for (size_t i = 0; i < cred->n_groups; i++)
		add_group(ids, &capacity, cred->groups[i]);
}

static bool are_ours(const struct ids *ids)
{
	int n = getgroups(0, NULL);
	_cleanup_(freep) gid_t *ours = xcalloc(n > 0 ? n : 1, sizeof(*ours));
	if (n < 0 || (size_t)n != ids->n_groups || getgroups(n, ours) != n)
		return false;
	if (n == 0)
		return true;
	qsort(ours, n, sizeof(*ours), compare_ids);
	qsort(ids->groups, n, sizeof(*ids->groups), compare_ids);
	return memcmp(ours, ids->groups, n * sizeof(*ours)) == 0;
}

/* What is so already takes no right to set. */
static void leave_what_is_ours(struct ids *ids)
{
	uid_t real, effective, saved;
	if (getresuid(&real, &effective, &saved) == 0)
		ids->set_uid = real != ids->uid || effective != ids->uid || saved != ids->uid;
	if (getresgid(&real, &effective, &saved) == 0)
		ids->set_gid = real != ids->gid || effective != ids->gid || saved != ids->gid;
	ids->set_groups = !are_ours(ids);
}

int ids_of_target(const struct target *target, bool joined, struct ids *ret, struct error *err)
{
	_cleanup_(proc_cred_clear) struct proc_cred cred = { 0 };
	_cleanup_(ids_clear) struct ids ids = { .set_uid = true, .set_gid = true };
	int r = proc_read_cred(target->resolved.dir, "status", &cred);
	if (r < 0)
		return target_refuse(target, -r, "read as whom it runs", err);
	if (joined) {
		r = map_all(target, &cred, &ids, err);
		if (r < 0)
			return r;
		ids.set_groups = !ids.groups_denied;
	} else {
		copy_all(&cred, &ids);
		leave_what_is_ours(&ids);
	}
	*ret = ids;
	ids = (struct ids){ 0 };
	return 0;
}

/* A file below the root of the target, NULL where there is none. */
static char *read_file(int root, const char *path, size_t *ret_n)
{
	struct stat st;
	char *text = NULL;
	if (root < 0 || rootfile_read(root, path, PASSWD_MAX, &text, ret_n, &st) < 0)
		*ret_n = 0;
	return text;
}

static char *copy_text(const char *text, size_t n)
{
	return n ? xasprintf("%.*s", (int)n, text) : NULL;
}

/* The entry with that name; of a user also one with that uid, where NAME is NULL. */
static bool find_entry(bool (*next)(const char *, size_t, size_t *, struct passwd_entry *),
		       const char *text, size_t n, const char *name, uint32_t id,
		       struct passwd_entry *ret)
{
	size_t position = 0;
	while (text && next(text, n, &position, ret))
		if (name ? strlen(name) == ret->n_name && memcmp(name, ret->name, ret->n_name) == 0
			 : ret->id == id)
			return true;
	return false;
}

static bool has_member(const struct passwd_entry *group, const struct passwd_entry *user)
{
	const char *at = group->members, *end = at + group->n_members;
	while (at && at < end) {
		const char *comma = memchr(at, ',', end - at);
		size_t n = (comma ? comma : end) - at;
		if (n == user->n_name && memcmp(at, user->name, n) == 0)
			return true;
		at += n + 1;
	}
	return false;
}

static void add_memberships(const char *text, size_t n, const struct passwd_entry *user,
			    struct ids *ids)
{
	struct passwd_entry group;
	size_t position = 0, capacity = 0;
	while (text && group_next(text, n, &position, &group) && ids->n_groups < 65536)
		if (has_member(&group, user))
			add_group(ids, &capacity, group.id);
}

static bool is_number(const char *text, uint32_t *ret)
{
	uint64_t id;
	if (parse_u64(text, ID_NONE - 1, &id) < 0)
		return false;
	*ret = id;
	return true;
}

static int unknown(const char *what, const char *name, const char *file, bool there,
		   struct error *err)
{
	return error_set(err, ENOENT, "--as: there is no %s '%s' in the target's %s%s", what, name,
			 file, there ? "" : ", which cannot be read");
}

static int find_group(const char *name, const char *text, size_t n, struct ids *ids,
		      struct error *err)
{
	struct passwd_entry group;
	if (find_entry(group_next, text, n, name, 0, &group))
		ids->gid = group.id;
	else if (!is_number(name, &ids->gid))
		return unknown("group", name, "/etc/group", text, err);
	return 0;
}

static void take_user(const struct passwd_entry *user, struct ids *ids)
{
	ids->uid = user->id;
	ids->gid = user->gid;
	ids->home = copy_text(user->home, user->n_home);
	ids->shell = copy_text(user->shell, user->n_shell);
}

int ids_of_user(int root, const char *as, struct ids *ret, struct error *err)
{
	size_t n_passwd, n_group;
	_cleanup_(freep) char *name = xasprintf("%s", as);
	_cleanup_(freep) char *passwd = read_file(root, "/etc/passwd", &n_passwd);
	_cleanup_(freep) char *groups = read_file(root, "/etc/group", &n_group);
	_cleanup_(ids_clear) struct ids ids = { .set_uid = true,
						.set_gid = true,
						.set_groups = true };
	struct passwd_entry user = { 0 };
	char *group = strchr(name, ':');
	if (group)
		*group++ = 0;
	/* As for chown(1) and docker(1): a name that looks like a number is a name if it is one. */
	bool known = find_entry(passwd_next, passwd, n_passwd, name, 0, &user);
	if (!known && !is_number(name, &ids.uid))
		return unknown("user", name, "/etc/passwd", passwd, err);
	known = known || find_entry(passwd_next, passwd, n_passwd, NULL, ids.uid, &user);
	if (known)
		take_user(&user, &ids);
	if (group) {
		int r = find_group(group, groups, n_group, &ids, err);
		if (r < 0)
			return r;
	} else if (known) {
		add_memberships(groups, n_group, &user, &ids);
	}
	*ret = ids;
	ids = (struct ids){ 0 };
	return 0;
}

void ids_find_shell(int root, struct ids *ids)
{
	size_t n;
	struct passwd_entry user;
	_cleanup_(freep) char *passwd = read_file(root, "/etc/passwd", &n);
	if (ids->shell || !find_entry(passwd_next, passwd, n, NULL, ids->uid, &user))
		return;
	free(ids->home);
	ids->home = copy_text(user.home, user.n_home);
	ids->shell = copy_text(user.shell, user.n_shell);
}

void ids_begin(struct ids *ids)
{
	if (ids->groups_first && setgroups(0, NULL) < 0)
		ids->groups_lenient = false;
}

/* What the kernel means, user_namespaces(7). */
static int refuse(const char *what, uint32_t id, int why, struct error *err)
{
	return error_errno(err, why, "cannot become %s %u%s", what, id,
			   why == EINVAL  ? ", which is not mapped in the user namespace"
			   : why == EPERM ? " (takes CAP_SETUID, CAP_SETGID)"
					  : "");
}

int ids_apply(const struct ids *ids, struct error *err)
{
	if (ids->set_groups && setgroups(ids->n_groups, ids->groups) < 0 && !ids->groups_lenient)
		return error_errno(err, errno, "cannot set %zu groups%s", ids->n_groups,
				   errno == EINVAL ? ", as not all are mapped in the user namespace"
				   : errno == EPERM ? " (takes CAP_SETGID, and a user namespace "
						      "that does not deny setgroups)"
						    : "");
	if (ids->set_gid && setresgid(ids->gid, ids->gid, ids->gid) < 0)
		return refuse("group", ids->gid, errno, err);
	if (ids->set_uid && setresuid(ids->uid, ids->uid, ids->uid) < 0)
		return refuse("user", ids->uid, errno, err);
	return 0;
}
