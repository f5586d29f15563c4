/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/save.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "render/json.h"
#include "render/report.h"
#include "util/alloc.h"
#include "util/utf8.h"

/* One text that was replaced, and its place in the order of first appearance. */
struct secret {
	size_t number;
	UT_hash_handle hh;
	size_t n;
	char text[];
};

struct saver {
	FILE *stream;
	const struct snapshot *snapshot;
	const struct details *details;
	bool redact;
	struct secret *secrets; /* uthash */
};

static void forget_secrets(struct saver *saver)
{
	struct secret *secret, *next;
	HASH_ITER (hh, saver->secrets, secret, next) {
		HASH_DEL(saver->secrets, secret);
		free(secret);
	}
}

static size_t secret_number(struct saver *saver, const char *text, size_t n)
{
	struct secret *secret;
	HASH_FIND(hh, saver->secrets, text, n, secret);
	if (!secret) {
		secret = xcalloc(1, sizeof(*secret) + n + 1);
		secret->n = n;
		memcpy(secret->text, text, n);
		secret->number = HASH_COUNT(saver->secrets) + 1;
		HASH_ADD_KEYPTR(hh, saver->secrets, secret->text, n, secret);
	}
	return secret->number;
}

static char *saved_text(const char *bytes, size_t n)
{
	return utf8_escape(bytes, n);
}

/* WORD is what the placeholder begins with: "arg-12". */
static char *secret_text(struct saver *saver, const char *word, const char *bytes, size_t n)
{
	if (saver->redact && n)
		return xasprintf("%s-%zu", word, secret_number(saver, bytes, n));
	return saved_text(bytes, n);
}

static void add_taken(cJSON *object, const char *key, char *text)
{
	json_add_text(object, key, text);
	free(text);
}

static void add_saved(cJSON *object, const char *key, const char *text)
{
	if (text)
		add_taken(object, key, saved_text(text, strlen(text)));
}

static void add_u64(cJSON *object, const char *key, uint64_t number)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	json_add_text(object, key, digits);
}

/* Below 2^53 every JSON reader has them exactly. */
static void add_large(cJSON *object, const char *key, uint64_t number)
{
	if (number < UINT64_C(1) << 53)
		json_add_number(object, key, number);
	else
		add_u64(object, key, number);
}

static void add_why(cJSON *object, const char *key, int why)
{
	if (error_name(why))
		json_add_text(object, key, error_name(why));
	else
		add_u64(object, key, why);
}

static void add_edge(cJSON *object, const char *key, const struct edge *edge)
{
	if (edge->to)
		json_add_number(object, key, edge->to->ino);
	else if (edge->why == 0)
		cJSON_AddNullToObject(object, key);
	else if (edge->why != ENODATA)
		add_why(object, key, edge->why);
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
			add_why(object, key, map->why);
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

static cJSON *ns_object(void *context, size_t i)
{
	const struct saver *saver = context;
	const struct ns *ns = saver->snapshot->namespaces[i];
	cJSON *object = cJSON_CreateObject();
	json_add_text(object, "kind", ns_kind_name(ns->kind));
	add_large(object, "dev", ns->dev);
	json_add_number(object, "ino", ns->ino);
	if (ns->id)
		add_u64(object, "id", ns->id);
	add_edge(object, "owner", &ns->owner);
	if (ns_kind_info(ns->kind)->has_parent)
		add_edge(object, "parent", &ns->parent);
	if (ns->owner_uid != UID_UNKNOWN)
		json_add_number(object, "owner_uid", ns->owner_uid);
	if (ns->kind == NS_USER) {
		add_idmap(object, "uids", &ns->uids);
		add_idmap(object, "gids", &ns->gids);
	}
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
		add_taken(object, "state", saved_text(&process->state, 1));
	if (process->start != START_UNKNOWN)
		add_u64(object, "start", process->start);
	add_saved(object, "comm", process->comm);
}

static void add_cmdline(struct saver *saver, cJSON *object, const struct detail *detail)
{
	cJSON *array = cJSON_AddArrayToObject(object, "cmdline");
	const char *end = detail->cmdline + detail->n_cmdline;
	for (const char *argument = detail->cmdline; detail->n_cmdline && argument <= end;) {
		size_t n = strlen(argument);
		_cleanup_(freep) char *text = secret_text(saver, "arg", argument, n);
		cJSON_AddItemToArray(array, json_text(text));
		argument += n + 1;
	}
}

static void add_psfacts(cJSON *object, const struct psfacts *ps)
{
	cJSON *list = cJSON_AddObjectToObject(object, "ps");
	add_saved(list, "stat", ps->stat);
	add_large(list, "started", ps->started);
	add_saved(list, "tty", ps->tty);
	add_large(list, "rss", ps->rss);
}

static void add_secret(struct saver *saver, cJSON *object, const char *key, const char *word,
		       const char *text)
{
	if (text)
		add_taken(object, key, secret_text(saver, word, text, strlen(text)));
}

static void add_container(struct saver *saver, cJSON *object, const struct container *container)
{
	if (!container) {
		cJSON_AddNullToObject(object, "container");
		return;
	}
	cJSON *list = cJSON_AddObjectToObject(object, "container");
	add_saved(list, "engine", container->engine);
	add_secret(saver, list, "id", "id", container->id);
	add_secret(saver, list, "name", "container", container->name);
	add_secret(saver, list, "pod", "pod", container->pod);
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
		add_cmdline(saver, object, detail);
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

static cJSON *name_object(struct saver *saver, const char *key, const char *word,
			  const struct id_name *item)
{
	cJSON *object = cJSON_CreateObject();
	json_add_number(object, key, item->id);
	if (item->name)
		add_taken(object, "name", secret_text(saver, word, item->name, strlen(item->name)));
	return object;
}

static cJSON *user_object(void *context, size_t i)
{
	struct saver *saver = context;
	return name_object(saver, "uid", "user", &saver->details->users.items[i]);
}

static cJSON *group_object(void *context, size_t i)
{
	struct saver *saver = context;
	return name_object(saver, "gid", "group", &saver->details->groups.items[i]);
}

/* [[0,"root"],…] */
static void add_names(struct saver *saver, cJSON *object, const char *key, const char *word,
		      const struct id_names *names)
{
	if (names->why) {
		add_why(object, key, names->why);
		return;
	}
	cJSON *list = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->items[i].name;
		_cleanup_(freep) char *text = secret_text(saver, word, name, strlen(name));
		cJSON *pair = cJSON_CreateArray();
		cJSON_AddItemToArray(pair, cJSON_CreateNumber(names->items[i].id));
		cJSON_AddItemToArray(pair, json_text(text));
		cJSON_AddItemToArray(list, pair);
	}
}

static cJSON *view_object(void *context, size_t i)
{
	struct saver *saver = context;
	const struct names_view *view = &saver->details->views[i];
	cJSON *object = cJSON_CreateObject();
	add_names(saver, object, "users", "user", &view->users);
	add_names(saver, object, "groups", "group", &view->groups);
	return object;
}

/* [["user",100000,65536],…] */
static void add_subids(struct saver *saver, cJSON *object, const char *key,
		       const struct subids *subids)
{
	if (subids->why) {
		if (subids->why != ENODATA)
			add_why(object, key, subids->why);
		return;
	}
	cJSON *list = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < subids->n; i++) {
		const struct subid *item = &subids->items[i];
		_cleanup_(freep) char *owner =
			secret_text(saver, "user", item->owner, strlen(item->owner));
		cJSON *triple = cJSON_CreateArray();
		cJSON_AddItemToArray(triple, json_text(owner));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(item->start));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(item->count));
		cJSON_AddItemToArray(list, triple);
	}
}

static cJSON *subids_object(struct saver *saver)
{
	cJSON *object = cJSON_CreateObject();
	add_subids(saver, object, "uids", &saver->details->subuids);
	add_subids(saver, object, "gids", &saver->details->subgids);
	return object;
}

static cJSON *gap_object(void *context, size_t i)
{
	const struct saver *saver = context;
	const struct gap *gap = &saver->snapshot->gaps[i];
	cJSON *object = cJSON_CreateObject();
	add_saved(object, "source", gap->source);
	add_why(object, "error", gap->why);
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
	add_saved(object, "boot_id", origin->boot_id);
	add_saved(object, "kernel", origin->release);
	if (origin->taken)
		json_add_text(object, "taken", taken);
	return object;
}

static cJSON *origin_object(struct saver *saver)
{
	const struct origin *origin = &saver->snapshot->origin;
	cJSON *object = cJSON_CreateObject();
	add_saved(object, "source", origin->source);
	cJSON_AddBoolToObject(object, "foreign_proc", origin->foreign_proc);
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
		{ "users", details->users.n, user_object, false },
		{ "groups", details->groups.n, group_object, true },
		{ "views", details->n_views, view_object, true },
		{ "namespaces", saver->snapshot->n_namespaces, ns_object, false },
		{ "processes", saver->snapshot->n_processes, process_object, false },
		{ "gaps", saver->snapshot->n_gaps, gap_object, false },
	};
	fprintf(saver->stream, "{\"nstools\":1,\"snapshot\":%d", SNAPSHOT_VERSION);
	int r = json_print(saver->stream, ",\n\"host\":", host_object(saver));
	if (r == 0)
		r = json_print(saver->stream, ",\n\"origin\":", origin_object(saver));
	if (r == 0 && (details->subuids.why != ENODATA || details->subgids.why != ENODATA))
		r = json_print(saver->stream, ",\n\"subids\":", subids_object(saver));
	for (size_t i = 0; i < ARRAY_SIZE(lists) && r == 0; i++) {
		if (lists[i].if_any && lists[i].n == 0)
			continue;
		fputs(",\n", saver->stream);
		r = json_print_list(saver->stream, lists[i].key, lists[i].n, lists[i].item, saver);
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
	errno = EIO;
	int r = save(&saver);
	forget_secrets(&saver);
	if (r == 0 && (fflush(stream) != 0 || ferror(stream)))
		r = -errno;
	return r < 0 ? error_errno(err, -r, "cannot save the snapshot") : 0;
}
