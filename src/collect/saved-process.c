/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "collect/saved-get.h"
#include "collect/saved-load.h"
#include "util/alloc.h"
#include "util/procfile.h"

static int load_comm(struct loader *loader, const cJSON *object, struct process *process)
{
	_cleanup_(freep) char *comm = NULL;
	size_t n;
	int r = get_bytes(object, "comm", &comm, &n, loader->err);
	if (r == 0)
		process->comm = builder_copy(loader->builder, comm, n);
	return r < 0 ? r : 0;
}

static int load_state(struct loader *loader, const cJSON *object, struct process *process)
{
	_cleanup_(freep) char *state = NULL;
	size_t n;
	int r = get_bytes(object, "state", &state, &n, loader->err);
	if (r == 0 && n != 1)
		return error_set(loader->err, EINVAL, "state is not a letter");
	if (r == 0)
		process->state = *state;
	return r < 0 ? r : 0;
}

static int load_stat(struct loader *loader, const cJSON *object, struct process *process)
{
	uint64_t ppid = INT_MAX, uid = UID_UNKNOWN, tasks = 1;
	int r = get_number(object, "ppid", INT_MAX, &ppid, loader->err);
	if (r < 0 || get_number(object, "uid", SAVED_UID_MAX, &uid, loader->err) < 0 ||
	    get_number(object, "tasks", UINT32_MAX, &tasks, loader->err) < 0 ||
	    get_number(object, "start", START_UNKNOWN, &process->start, loader->err) < 0 ||
	    get_bool(object, "unreadable", &process->unreadable, loader->err) < 0)
		return -EINVAL;
	process->ppid = r == GET_ABSENT ? PID_UNASKED : (pid_t)ppid;
	process->uid = uid;
	process->n_tasks = tasks;
	r = load_comm(loader, object, process);
	return r < 0 ? r : load_state(loader, object, process);
}

static int load_process_edges(struct loader *loader, const cJSON *object, struct process *process)
{
	const cJSON *list = NULL;
	int r = get_object(object, "ns", &list, loader->err);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && r == 0; kind++)
		r = load_edge(loader, list, ns_kind_name(kind), kind, &process->ns[kind]);
	if (r < 0)
		return r;
	r = load_edge(loader, object, "pid_for_children", NS_PID, &process->pid_for_children);
	return r < 0 ? r
		     : load_edge(loader, object, "time_for_children", NS_TIME,
				 &process->time_for_children);
}

/* An array of exactly N numbers, or of any number where *N is 0. */
static int load_pids(struct loader *loader, const cJSON *object, const char *key, size_t *n,
		     const pid_t **ret)
{
	const cJSON *array, *item;
	pid_t pids[PID_LEVELS_MAX];
	size_t n_pids = 0;
	int r = get_array(object, key, &array, loader->err);
	if (r != 0)
		return r < 0 || *n == 0 ? r : error_set(loader->err, EINVAL, "%s is missing", key);
	cJSON_ArrayForEach (item, array) {
		uint64_t pid;
		if (n_pids == PID_LEVELS_MAX || as_number(item, INT_MAX, &pid) < 0)
			return error_set(loader->err, EINVAL, "%s is not a list of PIDs", key);
		pids[n_pids++] = pid;
	}
	if (*n && *n != n_pids)
		return error_set(loader->err, EINVAL, "%s is not as long as pids", key);
	*n = n_pids;
	*ret = builder_copy_pids(loader->builder, pids, n_pids);
	return 0;
}

static int load_pid_chains(struct loader *loader, const cJSON *object, struct process *process)
{
	size_t n = 0;
	int r = load_pids(loader, object, "pids", &n, &process->pids);
	if (r != 0 || n == 0)
		return r < 0 ? r : 0;
	if (load_pids(loader, object, "pgids", &n, &process->pgids) < 0 ||
	    load_pids(loader, object, "sids", &n, &process->sids) < 0)
		return -EINVAL;
	process->n_pids = n;
	return 0;
}

/* The arguments, joined by NULs as the kernel has them. */
static int load_cmdline(struct loader *loader, const cJSON *object, struct detail *detail)
{
	char *text;
	size_t n;
	int r = get_texts(object, "cmdline", &text, &n, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	detail->has_cmdline = true;
	detail->cmdline = text;
	detail->n_cmdline = n ? n - 1 : 0;
	return 0;
}

static int load_psfacts(struct loader *loader, const cJSON *object, struct psfacts *ps)
{
	const cJSON *list;
	int r = get_object(object, "ps", &list, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	_cleanup_(freep) char *stat = NULL, *tty = NULL;
	size_t n = 0, n_tty;
	if (get_bytes(list, "stat", &stat, &n, loader->err) < 0 ||
	    get_bytes(list, "tty", &tty, &n_tty, loader->err) < 0 ||
	    get_number(list, "started", INT64_MAX, &ps->started, loader->err) < 0 ||
	    get_number(list, "rss", UINT64_MAX, &ps->rss, loader->err) < 0)
		return -EINVAL;
	if (!stat || n >= sizeof(ps->stat))
		return error_set(loader->err, EINVAL, "ps.stat is not as ps has it");
	memcpy(ps->stat, stat, n + 1);
	ps->tty = TAKE(tty);
	ps->known = true;
	return 0;
}

static int get_text(struct loader *loader, const cJSON *object, const char *key, const char **ret)
{
	char *text = NULL;
	size_t n;
	int r = get_bytes(object, key, &text, &n, loader->err);
	if (r == 0)
		*ret = text;
	return r < 0 ? r : 0;
}

/* null: it is in none. */
static int load_container(struct loader *loader, const cJSON *object, struct detail *detail,
			  struct container *container)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "container");
	detail->has_container = list != NULL;
	if (!list || cJSON_IsNull(list))
		return 0;
	if (get_object(object, "container", &list, loader->err) < 0 ||
	    get_text(loader, list, "engine", &container->engine) < 0 ||
	    get_text(loader, list, "id", &container->id) < 0 ||
	    get_text(loader, list, "name", &container->name) < 0 ||
	    get_text(loader, list, "pod", &container->pod) < 0 ||
	    get_text(loader, list, "outer", &container->outer) < 0)
		return -EINVAL;
	const cJSON *owner = cJSON_GetObjectItemCaseSensitive(list, "owner");
	uint64_t uid = 0;
	if (owner && as_number(owner, SAVED_UID_MAX, &uid) < 0)
		return error_set(loader->err, EINVAL, "owner of a container is not a user id");
	container->owner = uid;
	if (!container->engine || !container->id)
		return error_set(loader->err, EINVAL, "container has no engine or no id");
	detail->container = container;
	return 0;
}

/* The place of its view, and its uid in there: null is not mapped. */
static int load_nsuid(struct loader *loader, const cJSON *object, struct detail *detail)
{
	const cJSON *view = cJSON_GetObjectItemCaseSensitive(object, "view");
	const cJSON *nsuid = cJSON_GetObjectItemCaseSensitive(object, "nsuid");
	uint64_t number;
	if (cJSON_IsString(view) && strcmp(view->valuestring, "viewer") == 0)
		detail->view = VIEW_OURS;
	else if (view && (as_number(view, SIZE_MAX, &number) < 0 || number >= loader->n_views))
		return error_set(loader->err, EINVAL, "view leads nowhere");
	else if (view)
		detail->view = VIEW_FIRST + number;
	if (!nsuid)
		return 0;
	number = UID_UNKNOWN;
	if (!cJSON_IsNull(nsuid) && as_number(nsuid, SAVED_UID_MAX, &number) < 0)
		return error_set(loader->err, EINVAL, "nsuid is not a user id");
	detail->has_nsuid = true;
	detail->nsuid = number;
	return 0;
}

static bool is_worth_adding(const struct detail *detail)
{
	return detail->has_cmdline || detail->ps.known || detail->has_container || detail->cgroup ||
	       detail->hostname || detail->has_nsuid || detail->view != VIEW_UNASKED;
}

static int load_details(struct loader *loader, const cJSON *object, const struct process *process)
{
	struct detail detail = { .process = process };
	struct container container = { 0 };
	int r = load_cmdline(loader, object, &detail);
	if (r == 0)
		r = load_psfacts(loader, object, &detail.ps);
	if (r == 0)
		r = load_container(loader, object, &detail, &container);
	if (r == 0)
		r = get_text(loader, object, "cgroup", &detail.cgroup);
	if (r == 0)
		r = get_text(loader, object, "hostname", &detail.hostname);
	if (r == 0)
		r = load_nsuid(loader, object, &detail);
	if (r == 0 && is_worth_adding(&detail))
		details_builder_add(loader->details, &detail);
	const char *texts[] = { detail.cmdline,	 detail.ps.tty,	   detail.cgroup,
				detail.hostname, container.engine, container.id,
				container.name,	 container.pod,	   container.outer };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free((char *)texts[i]);
	return r;
}

int load_process(struct loader *loader, const cJSON *object)
{
	uint64_t pid, tgid = 0;
	int r = get_number(object, "pid", INT_MAX, &pid, loader->err);
	if (r == 0)
		r = get_number(object, "tgid", INT_MAX, &tgid, loader->err);
	if (r < 0)
		return r;
	if (r == GET_ABSENT || pid == 0 || tgid == 0)
		return error_set(loader->err, EINVAL, "pid or tgid is missing");
	struct process process = process_blank(pid, tgid);
	r = load_stat(loader, object, &process);
	if (r == 0)
		r = load_process_edges(loader, object, &process);
	if (r == 0)
		r = load_pid_chains(loader, object, &process);
	if (r < 0)
		return r;
	return load_details(loader, object, builder_add(loader->builder, &process));
}
