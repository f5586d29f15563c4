/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/save.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "render/report.h"
#include "render/saver.h"
#include "util/alloc.h"

/* Below 2^53 every JSON reader has them exactly. */
static void add_large(cJSON *object, const char *key, uint64_t number)
{
	if (number < UINT64_C(1) << 53)
		json_add_number(object, key, number);
	else
		save_u64(object, key, number);
}

static void add_edge(cJSON *object, const char *key, const struct edge *edge)
{
	if (edge->to)
		json_add_number(object, key, edge->to->ino);
	else if (edge->why == 0)
		cJSON_AddNullToObject(object, key);
	else if (edge->why != ENODATA)
		save_why(object, key, edge->why);
}

static void add_inodes(cJSON *object, const char *key, const ino_t inodes[NS_KIND_COUNT])
{
	cJSON *list = cJSON_AddObjectToObject(object, key);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (inodes[kind])
			json_add_number(list, ns_kind_name(kind), inodes[kind]);
}

/* [[0,100000,65536],…] */
static void add_idmap(cJSON *object, const char *key, const struct idmap *map)
{
	if (map->n == 0 && map->why) {
		if (map->why != ENODATA)
			save_why(object, key, map->why);
		return;
	}
	cJSON *list = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_range *range = &map->ranges[i];
		cJSON *triple = cJSON_CreateArray();
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(range->inside));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(range->outside));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(range->count));
		cJSON_AddItemToArray(list, triple);
	}
}

/* Texts with a NUL behind each. */
static void add_texts(struct saver *saver, cJSON *object, const char *key, const char *word,
		      const char *texts, size_t n)
{
	cJSON *array = cJSON_AddArrayToObject(object, key);
	for (size_t at = 0; at < n;) {
		size_t n_text = strlen(texts + at);
		_cleanup_(freep) char *text = save_secret(saver, word, texts + at, n_text);
		cJSON_AddItemToArray(array, json_text(text));
		at += n_text + 1;
	}
}

static void add_net(struct saver *saver, cJSON *object, const struct ns *ns)
{
	const struct net_detail *net = details_find_net(saver->details, ns);
	if (net && net->has_netnsid && net->netnsid == NETNSID_NONE)
		cJSON_AddNullToObject(object, "netnsid");
	else if (net && net->has_netnsid)
		json_add_number(object, "netnsid", net->netnsid);
	if (net && net->has_interfaces)
		add_texts(saver, object, "interfaces", "interface", net->interfaces,
			  net->n_interfaces);
}

static cJSON *ns_object(void *context, size_t i)
{
	struct saver *saver = context;
	const struct ns *ns = saver->snapshot->namespaces[saver->n_nameless + i];
	cJSON *object = cJSON_CreateObject();
	json_add_text(object, "kind", ns_kind_name(ns->kind));
	add_large(object, "dev", ns->dev);
	json_add_number(object, "ino", ns->ino);
	if (ns->id)
		save_u64(object, "id", ns->id);
	add_edge(object, "owner", &ns->owner);
	if (ns_kind_info(ns->kind)->has_parent)
		add_edge(object, "parent", &ns->parent);
	if (ns->unborn)
		cJSON_AddTrueToObject(object, "unborn");
	if (ns->owner_uid != UID_UNKNOWN)
		json_add_number(object, "owner_uid", ns->owner_uid);
	if (ns->kind == NS_USER) {
		add_idmap(object, "uids", &ns->uids);
		add_idmap(object, "gids", &ns->gids);
	}
	add_net(saver, object, ns);
	return object;
}

static void add_pids(cJSON *object, const char *key, const pid_t *pids, size_t n)
{
	cJSON *array = n ? cJSON_AddArrayToObject(object, key) : NULL;
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(array, cJSON_CreateNumber(pids[i]));
}

static void add_stat(cJSON *object, const struct process *process)
{
	if (process->ppid != PID_UNASKED)
		json_add_number(object, "ppid", process->ppid);
	if (process->uid != UID_UNKNOWN)
		json_add_number(object, "uid", process->uid);
	if (process->state)
		save_taken(object, "state", save_escape(&process->state, 1));
	if (process->start != START_UNKNOWN)
		save_u64(object, "start", process->start);
	save_saved(object, "comm", process->comm);
}

static void add_psfacts(cJSON *object, const struct psfacts *ps)
{
	cJSON *list = cJSON_AddObjectToObject(object, "ps");
	save_saved(list, "stat", ps->stat);
	add_large(list, "started", ps->started);
	save_saved(list, "tty", ps->tty);
	add_large(list, "rss", ps->rss);
}

static void add_secret(struct saver *saver, cJSON *object, const char *key, const char *word,
		       const char *text)
{
	if (text)
		save_taken(object, key, save_secret(saver, word, text, strlen(text)));
}

static void add_container(struct saver *saver, cJSON *object, const struct container *container)
{
	if (!container) {
		cJSON_AddNullToObject(object, "container");
		return;
	}
	cJSON *list = cJSON_AddObjectToObject(object, "container");
	save_saved(list, "engine", container->engine);
	add_secret(saver, list, "id", "id", container->id);
	add_secret(saver, list, "name", "container", container->name);
	add_secret(saver, list, "pod", "pod", container->pod);
	if (container->owner)
		cJSON_AddNumberToObject(list, "owner", container->owner);
	add_secret(saver, list, "outer", "outer", container->outer);
}

static void add_view(cJSON *object, const struct detail *detail)
{
	if (detail->view == VIEW_OURS)
		json_add_text(object, "view", "viewer");
	else if (detail->view != VIEW_UNASKED)
		json_add_number(object, "view", detail->view - VIEW_FIRST);
	if (detail->has_nsuid && detail->nsuid != UID_UNKNOWN)
		json_add_number(object, "nsuid", detail->nsuid);
	else if (detail->has_nsuid)
		cJSON_AddNullToObject(object, "nsuid");
}

static void add_details(struct saver *saver, cJSON *object, const struct process *process)
{
	const struct detail *detail = details_find(saver->details, process);
	if (detail && detail->has_cmdline)
		add_texts(saver, object, "cmdline", "arg", detail->cmdline,
			  detail->n_cmdline ? detail->n_cmdline + 1 : 0);
	if (detail && detail->ps.known)
		add_psfacts(object, &detail->ps);
	if (detail && detail->has_container)
		add_container(saver, object, detail->container);
	if (detail) {
		add_secret(saver, object, "cgroup", "cgroup", detail->cgroup);
		add_secret(saver, object, "hostname", "host", detail->hostname);
		add_view(object, detail);
	}
}

static cJSON *process_object(void *context, size_t i)
{
	struct saver *saver = context;
	const struct process *process = saver->snapshot->processes[i];
	cJSON *object = cJSON_CreateObject();
	json_add_number(object, "pid", process->pid);
	json_add_number(object, "tgid", process->tgid);
	add_stat(object, process);
	json_add_number(object, "tasks", process->n_tasks);
	if (process->unreadable)
		cJSON_AddTrueToObject(object, "unreadable");
	cJSON *list = cJSON_AddObjectToObject(object, "ns");
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		add_edge(list, ns_kind_name(kind), &process->ns[kind]);
	add_edge(object, "pid_for_children", &process->pid_for_children);
	add_edge(object, "time_for_children", &process->time_for_children);
	add_pids(object, "pids", process->pids, process->n_pids);
	add_pids(object, "pgids", process->pgids, process->n_pids);
	add_pids(object, "sids", process->sids, process->n_pids);
	add_details(saver, object, process);
	return object;
}

static cJSON *gap_object(void *context, size_t i)
{
	const struct saver *saver = context;
	const struct gap *gap = &saver->snapshot->gaps[i];
	cJSON *object = cJSON_CreateObject();
	save_saved(object, "source", gap->source);
	save_why(object, "error", gap->why);
	if (gap->of_holder)
		cJSON_AddTrueToObject(object, "of_holder");
	return object;
}

/* The keys of json_host(), without loss. */
static cJSON *host_object(struct saver *saver)
{
	const struct origin *origin = &saver->snapshot->origin;
	char taken[32];
	format_utc(origin->taken, taken, sizeof(taken));
	cJSON *object = cJSON_CreateObject();
	add_secret(saver, object, "hostname", "host", origin->hostname);
	save_saved(object, "boot_id", origin->boot_id);
	save_saved(object, "kernel", origin->release);
	if (origin->taken)
		json_add_text(object, "taken", taken);
	return object;
}

static cJSON *origin_object(struct saver *saver)
{
	const struct origin *origin = &saver->snapshot->origin;
	cJSON *object = cJSON_CreateObject();
	save_saved(object, "source", origin->source);
	cJSON_AddBoolToObject(object, "foreign_proc", origin->foreign_proc);
	if (origin->holders)
		cJSON_AddTrueToObject(object, "holders");
	add_inodes(object, "viewer", origin->viewer);
	add_inodes(object, "initial", origin->initial);
	return object;
}

static int save(struct saver *saver)
{
	const struct details *details = saver->details;
	const struct {
		const char *key;
		size_t n;
		cJSON *(*item)(void *context, size_t i);
		bool if_any;
	} lists[] = {
		{ "users", details->users.n, saved_user, false },
		{ "groups", details->groups.n, saved_group, true },
		{ "views", details->n_views, saved_view, true },
		{ "namespaces", saver->snapshot->n_namespaces - saver->n_nameless, ns_object,
		  false },
		{ "processes", saver->snapshot->n_processes, process_object, false },
		{ "gaps", saver->snapshot->n_gaps, gap_object, false },
	};
	fprintf(saver->stream, "{\"nstools\":1,\"snapshot\":%d", SNAPSHOT_VERSION);
	int r = json_print(saver->stream, ",\n\"host\":", host_object(saver));
	if (r == 0)
		r = json_print(saver->stream, ",\n\"origin\":", origin_object(saver));
	if (r == 0 && (details->subuids.why != ENODATA || details->subgids.why != ENODATA))
		r = json_print(saver->stream, ",\n\"subids\":", saved_subids(saver));
	for (size_t i = 0; i < ARRAY_SIZE(lists) && r == 0; i++) {
		if (lists[i].if_any && lists[i].n == 0)
			continue;
		fputs(",\n", saver->stream);
		r = json_print_list(saver->stream, lists[i].key, lists[i].n, lists[i].item, saver);
	}
	if (r == 0 && saver->snapshot->origin.holders) {
		fputs(",\n", saver->stream);
		r = save_pins(saver);
	}
	fputs("}\n", saver->stream);
	return r;
}

int snapshot_save(const struct snapshot *snapshot, const struct details *details, bool redact,
		  FILE *stream, struct error *err)
{
	struct saver saver = {
		.stream = stream, .snapshot = snapshot, .details = details, .redact = redact
	};
	/* They come first, and are told by what holds them. */
	while (saver.n_nameless < snapshot->n_namespaces &&
	       !snapshot->namespaces[saver.n_nameless]->ino)
		saver.n_nameless++;
	errno = EIO;
	int r = save(&saver);
	saver_clear(&saver);
	if (r == 0 && (fflush(stream) != 0 || ferror(stream)))
		r = -errno;
	return r < 0 ? error_errno(err, -r, "cannot save the snapshot") : 0;
}
