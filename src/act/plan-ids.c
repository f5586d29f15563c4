/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>

#include "act/plan.h"

/* Where files of the target are. */
static int open_root(const struct plan *plan)
{
	return target_is_process(&plan->target)
		     ? openat(plan->target.resolved.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC)
		     : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int set_id(const struct plan *plan, const struct wish_id *wish, bool *set, uint32_t *id,
		  uint32_t of_target, struct error *err)
{
	if (!wish->given)
		return 0;
	if (wish->follow && !target_is_process(&plan->target))
		return error_set(err, EINVAL, "'follow' takes a target that is a process");
	*set = true;
	*id = wish->follow ? of_target : wish->id;
	return 0;
}

/* What --setuid and --setgid say, over what is in IDS. */
static int choose_numbers(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	struct ids *ids = &plan->ids;
	_cleanup_(ids_clear) struct ids theirs = { 0 };
	int r = 0;
	if (wish->gid.given) {
		ids_clear(ids);
		ids->set_groups = ids->groups_lenient = true;
	}
	if ((wish->uid.follow || wish->gid.follow) && target_is_process(&plan->target))
		r = ids_of_target(&plan->target, plan_joins(plan, NS_USER), &theirs, err);
	if (r == 0)
		r = set_id(plan, &wish->uid, &ids->set_uid, &ids->uid, theirs.uid, err);
	if (r == 0)
		r = set_id(plan, &wish->gid, &ids->set_gid, &ids->gid, theirs.gid, err);
	return r;
}

/* As nsenter(1): root in the user namespace that is joined. */
static void choose_root(struct ids *ids)
{
	ids->set_uid = ids->set_gid = ids->set_groups = true;
	ids->groups_first = ids->groups_lenient = true;
}

int plan_choose_ids(struct plan *plan, struct error *err)
{
	const struct wish *wish = plan->wish;
	bool joined = plan_joins(plan, NS_USER), process = target_is_process(&plan->target);
	_cleanup_(closep) int root = -1;
	int r = 0;
	if (wish->as || (wish->defaults && process))
		root = open_root(plan);
	if (wish->as)
		r = ids_of_user(root, wish->as, &plan->ids, err);
	else if (wish->defaults && process && !wish->preserve_credentials &&
		 !(wish->uid.given && wish->gid.given))
		r = ids_of_target(&plan->target, joined, &plan->ids, err);
	else if (joined && !wish->preserve_credentials)
		choose_root(&plan->ids);
	if (r == 0)
		r = choose_numbers(plan, err);
	if (r < 0)
		return r;
	if (wish->as && joined && process) {
		plan->ids.groups_denied = target_denies_groups(&plan->target);
		plan->ids.set_groups = !plan->ids.groups_denied;
	}
	if (wish->defaults && process && !wish->command[0])
		ids_find_shell(root, &plan->ids);
	return 0;
}
