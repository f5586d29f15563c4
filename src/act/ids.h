/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/target.h"

/* As whom the command will run: ids as they are in the user namespace where it does. */
struct ids {
	bool set_uid, set_gid, set_groups;
	uid_t uid;
	gid_t gid;
	size_t n_groups;
	gid_t *groups;
	char *home, *shell; /* of a user whom the target's files know; NULL */
	/* The user namespace forbids setgroups(2) (user_namespaces(7)): groups stay as they are. */
	bool groups_denied;
	/* As nsenter(1) does: groups are dropped before and after the join, and it is enough if one
	 * of the two succeeds; without a user namespace, if none does. */
	bool groups_first, groups_lenient;
};

void ids_clear(struct ids *ids);

/* Whether /proc/PID/setgroups says "deny", since Linux 3.19. */
bool target_denies_groups(const struct target *target);

/*
 * The effective user, group and groups of the target, inside the user namespace that it is in if
 * that is to be joined, else as we see them. -EPERM where it has no such id inside. Groups that
 * have none are left out.
 */
int ids_of_target(const struct target *target, bool joined, struct ids *ret,
		  struct error *err) _must_check_;

/* The user AS, "NAME[:GROUP]" or numbers, of /etc/passwd and /etc/group below ROOT, a fd, with the
 * groups whose member he is if no GROUP is given. -ENOENT where they know no such name. */
int ids_of_user(int root, const char *as, struct ids *ret, struct error *err) _must_check_;

/* Who IDS's user is as we see him. JOINED: he is in the target's user namespace. -ENOENT where he
 * is nobody that we see. */
int ids_outside(const struct ids *ids, const struct target *target, bool joined,
		uid_t *ret) _must_check_;

/* Fills in home and shell of IDS's uid, if the file below ROOT knows it. */
void ids_find_shell(int root, struct ids *ids);

/* ids_begin() before the join, ids_apply() once all is joined takes them: 0, or -errno. */
void ids_begin(struct ids *ids);
int ids_apply(const struct ids *ids, struct error *err) _must_check_;
