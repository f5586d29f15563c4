/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/details.h"

#include <errno.h>
#include <string.h>
#include <uthash.h>

#include "util/alloc.h"
#include "util/arena.h"

/* A container by all that it consists of. */
struct container_entry {
	const struct container *container;
	char *key;
	UT_hash_handle hh;
};

/* Names on their way to struct id_names: those of one id stay in the order in which they came. */
struct name_list {
	struct id_name *items;
	size_t n, size;
};

struct details_builder {
	struct container_entry *containers; /* uthash */
	struct arena *arena;
	struct detail *details;
	size_t n_details, size_details;
	struct net_detail *nets;
	size_t n_nets, size_nets;
	struct name_list users, groups;
	struct names_view *views;
	size_t n_views, size_views;
	struct subids subuids, subgids;
};

const struct details *details_free(const struct details *details)
{
	if (details)
		arena_free(details->arena);
	return NULL;
}

static int compare_details(const void *a, const void *b)
{
	const struct detail *x = a, *y = b;
	return (x->process > y->process) - (x->process < y->process);
}

static int compare_nets(const void *a, const void *b)
{
	const struct net_detail *x = a, *y = b;
	return (x->ns > y->ns) - (x->ns < y->ns);
}

static int compare_names(const void *a, const void *b)
{
	const struct id_name *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

const struct detail *details_find(const struct details *details, const struct process *process)
{
	const struct detail key = { .process = process };
	return bsearch(&key, details->details, details->n_details, sizeof(key), compare_details);
}

const struct net_detail *details_find_net(const struct details *details, const struct ns *ns)
{
	const struct net_detail key = { .ns = ns };
	return bsearch(&key, details->nets, details->n_nets, sizeof(key), compare_nets);
}

int details_find_container(const struct details *details, const char *text,
			   const struct container **ret, struct error *err)
{
	size_t at;
	int r = details ? container_pick(details->containers, details->n_containers, text, &at, err)
			: -ENOENT;
	if (r == -ENOENT)
		return error_set(err, ENOENT, "%s: no such container in the saved snapshot", text);
	if (r == 0)
		*ret = details->containers[at];
	return r;
}

static const struct id_name *find_name(const struct id_names *names, uint32_t id)
{
	const struct id_name key = { .id = id };
	return bsearch(&key, names->items, names->n, sizeof(key), compare_names);
}

const struct id_name *details_user(const struct details *details, uid_t uid)
{
	return find_name(&details->users, uid);
}

static int our_name(const struct details *details, enum id_type type, uint32_t id, const char **ret)
{
	const struct id_name *found =
		find_name(type == ID_UID ? &details->users : &details->groups, id);
	if (!found)
		return ENODATA;
	*ret = found->name;
	return 0;
}

int details_name(const struct details *details, size_t view, enum id_type type, uint32_t id,
		 const char **ret)
{
	if (view == VIEW_OURS)
		return our_name(details, type, id, ret);
	if (view < VIEW_FIRST || view - VIEW_FIRST >= details->n_views)
		return ENODATA;
	const struct names_view *names = &details->views[view - VIEW_FIRST];
	const struct id_names *list = type == ID_UID ? &names->users : &names->groups;
	if (list->why)
		return list->why;
	const struct id_name *found = find_name(list, id);
	if (!found && list->partial)
		return ENODATA;
	*ret = found ? found->name : NULL;
	return 0;
}

const char *subids_owner(const struct subids *subids, uint32_t start, uint32_t count)
{
	for (size_t i = 0; i < subids->n; i++) {
		const struct subid *item = &subids->items[i];
		if (start >= item->start && count <= item->count &&
		    start - item->start <= item->count - count)
			return item->owner;
	}
	return NULL;
}

struct details_builder *details_builder_new(void)
{
	struct details_builder *builder = xcalloc(1, sizeof(*builder));
	builder->arena = arena_new();
	builder->subuids.why = builder->subgids.why = ENODATA;
	return builder;
}

static void forget_containers(struct details_builder *builder)
{
	struct container_entry *entry, *next;
	HASH_ITER (hh, builder->containers, entry, next) {
		HASH_DEL(builder->containers, entry);
		free(entry->key);
		free(entry);
	}
}

struct details_builder *details_builder_free(struct details_builder *builder)
{
	if (!builder)
		return NULL;
	arena_free(builder->arena);
	forget_containers(builder);
	free(builder->details);
	free(builder->nets);
	free(builder->users.items);
	free(builder->groups.items);
	free(builder->views);
	free(builder);
	return NULL;
}

static const char *copy_text(struct details_builder *builder, const char *text)
{
	return text ? arena_copy(builder->arena, text, strlen(text)) : NULL;
}

/* "4:text", "-" for NULL: behind each other, no two lists of texts look the same. */
static char *key_part(const char *text)
{
	return text ? xasprintf("%zu:%s", strlen(text), text) : xstrdup("-");
}

static char *container_key(const struct container *container)
{
	_cleanup_(freep) char *engine = key_part(container->engine), *id = key_part(container->id);
	_cleanup_(freep) char *name = key_part(container->name), *pod = key_part(container->pod);
	_cleanup_(freep) char *outer = key_part(container->outer);
	return xasprintf("%u,%s,%s,%s,%s,%s", container->owner, engine, id, name, pod, outer);
}

static const struct container *settle_container(struct details_builder *builder,
						const struct container *container)
{
	_cleanup_(freep) char *key = container_key(container);
	struct container_entry *entry;
	HASH_FIND_STR(builder->containers, key, entry);
	if (entry)
		return entry->container;
	struct container *copy = arena_alloc(builder->arena, sizeof(*copy));
	copy->engine = copy_text(builder, container->engine);
	copy->id = copy_text(builder, container->id);
	copy->name = copy_text(builder, container->name);
	copy->pod = copy_text(builder, container->pod);
	copy->owner = container->owner;
	copy->outer = copy_text(builder, container->outer);
	entry = xcalloc(1, sizeof(*entry));
	entry->container = copy;
	entry->key = TAKE(key);
	HASH_ADD_KEYPTR(hh, builder->containers, entry->key, strlen(entry->key), entry);
	return copy;
}

void details_builder_add(struct details_builder *builder, const struct detail *detail)
{
	struct detail copy = *detail;
	if (detail->has_cmdline)
		copy.cmdline = arena_copy(builder->arena, detail->cmdline, detail->n_cmdline);
	copy.ps.tty = copy_text(builder, detail->ps.tty);
	copy.cgroup = copy_text(builder, detail->cgroup);
	copy.hostname = copy_text(builder, detail->hostname);
	if (detail->container)
		copy.container = settle_container(builder, detail->container);
	builder->details = xgrow(builder->details, builder->n_details, &builder->size_details,
				 sizeof(*builder->details));
	builder->details[builder->n_details++] = copy;
}

void details_builder_add_net(struct details_builder *builder, const struct net_detail *net)
{
	builder->nets =
		xgrow(builder->nets, builder->n_nets, &builder->size_nets, sizeof(*builder->nets));
	struct net_detail *copy = &builder->nets[builder->n_nets++];
	*copy = *net;
	copy->interfaces = arena_copy(builder->arena, net->interfaces, net->n_interfaces);
}

static void add_name(struct details_builder *builder, struct name_list *list, uint32_t id,
		     const char *name)
{
	list->items = xgrow(list->items, list->n, &list->size, sizeof(*list->items));
	list->items[list->n++] = (struct id_name){ .id = id, .name = copy_text(builder, name) };
}

void details_builder_add_user(struct details_builder *builder, uid_t uid, const char *name)
{
	add_name(builder, &builder->users, uid, name);
}

void details_builder_add_group(struct details_builder *builder, gid_t gid, const char *name)
{
	add_name(builder, &builder->groups, gid, name);
}

/* Those of one id in the order of the list. */
static int compare_places(const void *a, const void *b)
{
	const struct id_name *x = *(const struct id_name *const *)a;
	const struct id_name *y = *(const struct id_name *const *)b;
	return x->id != y->id ? compare_names(x, y) : (x > y) - (x < y);
}

/* Sorted copies in the arena, of each id the first one. */
static struct id_names settle_names(struct arena *arena, const struct id_name *list, size_t n)
{
	struct id_name *items = arena_alloc(arena, n * sizeof(*items));
	_cleanup_(freep) const struct id_name **places = xcalloc(n, sizeof(*places));
	for (size_t i = 0; i < n; i++)
		places[i] = &list[i];
	if (n)
		qsort(places, n, sizeof(*places), compare_places);
	size_t n_kept = 0;
	for (size_t i = 0; i < n; i++)
		if (n_kept == 0 || items[n_kept - 1].id != places[i]->id)
			items[n_kept++] = *places[i];
	return (struct id_names){ .n = n_kept, .items = items };
}

static struct id_names copy_names(struct details_builder *builder, const struct id_names *names)
{
	struct id_names copy = settle_names(builder->arena, names->items, names->n);
	for (size_t i = 0; i < copy.n; i++)
		((struct id_name *)copy.items)[i].name = copy_text(builder, copy.items[i].name);
	copy.why = names->why;
	copy.partial = names->partial;
	return copy;
}

size_t details_builder_add_view(struct details_builder *builder, const struct names_view *view)
{
	builder->views =
		xgrow(builder->views, builder->n_views, &builder->size_views, sizeof(*view));
	builder->views[builder->n_views] = (struct names_view){
		.users = copy_names(builder, &view->users),
		.groups = copy_names(builder, &view->groups),
	};
	return VIEW_FIRST + builder->n_views++;
}

void details_builder_set_subids(struct details_builder *builder, enum id_type type,
				const struct subids *subids)
{
	struct subid *items = arena_alloc(builder->arena, subids->n * sizeof(*items));
	for (size_t i = 0; i < subids->n; i++) {
		items[i] = subids->items[i];
		items[i].owner = copy_text(builder, subids->items[i].owner);
	}
	*(type == ID_UID ? &builder->subuids : &builder->subgids) =
		(struct subids){ .n = subids->n, .items = items, .why = subids->why };
}

/* A copy, sorted where COMPARE is not NULL. */
static void *settle(struct arena *arena, const void *items, size_t n, size_t size,
		    int (*compare)(const void *, const void *))
{
	void *copy = arena_alloc(arena, n * size);
	if (n)
		memcpy(copy, items, n * size);
	if (n && compare)
		qsort(copy, n, size, compare);
	return copy;
}

static void list_containers(const struct details_builder *builder, struct details *details)
{
	size_t n = HASH_COUNT(builder->containers), i = 0;
	const struct container **list = arena_alloc(builder->arena, n * sizeof(struct container *));
	for (const struct container_entry *entry = builder->containers; entry;
	     entry = entry->hh.next)
		list[i++] = entry->container;
	details->n_containers = n;
	details->containers = list;
}

static void name_nsuser(const struct details *details, struct detail *detail)
{
	detail->nsuser = NULL;
	detail->nsuser_why = ENODATA;
	if (detail->has_nsuid && detail->nsuid != UID_UNKNOWN)
		detail->nsuser_why =
			details_name(details, detail->view, ID_UID, detail->nsuid, &detail->nsuser);
}

const struct details *details_builder_finish(struct details_builder *builder)
{
	struct arena *arena = builder->arena;
	struct details *details = arena_alloc(arena, sizeof(*details));
	struct detail *list =
		settle(arena, builder->details, builder->n_details, sizeof(*list), compare_details);
	*details = (struct details){
		.n_details = builder->n_details,
		.details = list,
		.n_nets = builder->n_nets,
		.nets = settle(arena, builder->nets, builder->n_nets, sizeof(*builder->nets),
			       compare_nets),
		.users = settle_names(arena, builder->users.items, builder->users.n),
		.groups = settle_names(arena, builder->groups.items, builder->groups.n),
		.n_views = builder->n_views,
		.views = settle(arena, builder->views, builder->n_views, sizeof(*builder->views),
				NULL),
		.subuids = builder->subuids,
		.subgids = builder->subgids,
	};
	list_containers(builder, details);
	details->arena = TAKE(builder->arena);
	for (size_t i = 0; i < details->n_details; i++)
		name_nsuser(details, &list[i]);
	details_builder_free(builder);
	return details;
}
