/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "collect/saved-get.h"
#include "collect/saved-load.h"
#include "util/alloc.h"

static int load_name(struct loader *loader, const cJSON *object, const char *key,
		     void (*add)(struct details_builder *builder, uint32_t id, const char *name))
{
	_cleanup_(freep) char *name = NULL;
	uint64_t id;
	size_t n;
	int r = get_number(object, key, SAVED_UID_MAX, &id, loader->err);
	if (r < 0 || get_bytes(object, "name", &name, &n, loader->err) < 0)
		return -EINVAL;
	if (r == GET_ABSENT)
		return error_set(loader->err, EINVAL, "%s is missing", key);
	add(loader->details, id, name);
	return 0;
}

int load_user(struct loader *loader, const cJSON *object)
{
	return load_name(loader, object, "uid", details_builder_add_user);
}

int load_group(struct loader *loader, const cJSON *object)
{
	return load_name(loader, object, "gid", details_builder_add_group);
}

/* The names of a view while they are read: each belongs to us. */
static void names_clear(struct id_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free((char *)names->items[i].name);
	free((struct id_name *)names->items);
}

static int load_pair(const cJSON *pair, struct id_name *ret)
{
	uint64_t id;
	char *name = NULL;
	size_t n;
	if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2 ||
	    as_number(pair->child, SAVED_UID_MAX, &id) < 0 ||
	    (!cJSON_IsNull(pair->child->next) && as_bytes(pair->child->next, &name, &n) < 0))
		return -EINVAL;
	*ret = (struct id_name){ .id = id, .name = name };
	return 0;
}

/* An array of [id, name], or the name of an errno; absent: nobody asked. */
static int load_names(struct loader *loader, const cJSON *object, const char *key,
		      struct id_names *ret)
{
	const cJSON *pair, *list = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!list || cJSON_IsString(list)) {
		ret->why = list ? load_why(list->valuestring) : ENODATA;
		return 0;
	}
	struct id_name *items = xcalloc(cJSON_GetArraySize(list), sizeof(*items));
	ret->items = items;
	cJSON_ArrayForEach (pair, list) {
		if (load_pair(pair, &items[ret->n]) < 0)
			return error_set(loader->err, EINVAL, "%s[%zu] is not an id with its name",
					 key, ret->n);
		ret->n++;
	}
	return cJSON_IsArray(list) ? 0 : error_set(loader->err, EINVAL, "%s is not an array", key);
}

int load_view(struct loader *loader, const cJSON *object)
{
	struct names_view view = { 0 };
	int r = load_names(loader, object, "users", &view.users);
	if (r == 0)
		r = load_names(loader, object, "groups", &view.groups);
	view.users.partial =
		cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "users_partial"));
	view.groups.partial =
		cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "groups_partial"));
	if (r == 0) {
		details_builder_add_view(loader->details, &view);
		loader->n_views++;
	}
	names_clear(&view.users);
	names_clear(&view.groups);
	return r;
}

static int load_subid(const cJSON *triple, struct subid *ret)
{
	uint64_t start, count;
	char *owner;
	size_t n;
	if (!cJSON_IsArray(triple) || cJSON_GetArraySize(triple) != 3 ||
	    as_number(triple->child->next, SAVED_UID_MAX, &start) < 0 ||
	    as_number(triple->child->next->next, UINT32_MAX, &count) < 0 || count == 0 ||
	    as_bytes(triple->child, &owner, &n) < 0)
		return -EINVAL;
	*ret = (struct subid){ .owner = owner, .start = start, .count = count };
	return 0;
}

static void subids_clear(struct subids *subids)
{
	for (size_t i = 0; i < subids->n; i++)
		free((char *)subids->items[i].owner);
	free((struct subid *)subids->items);
}

/* An array of [owner, start, count], or the name of an errno. */
static int load_subids_of(struct loader *loader, const cJSON *object, const char *key,
			  enum id_type type)
{
	_cleanup_(subids_clear) struct subids subids = { 0 };
	const cJSON *triple, *list = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!list)
		return 0;
	if (cJSON_IsString(list)) {
		subids.why = load_why(list->valuestring);
	} else if (!cJSON_IsArray(list)) {
		return error_set(loader->err, EINVAL, "%s is not an array", key);
	}
	struct subid *items = xcalloc(cJSON_GetArraySize(list), sizeof(*items));
	subids.items = items;
	cJSON_ArrayForEach (triple, list) {
		if (load_subid(triple, &items[subids.n]) < 0)
			return error_set(loader->err, EINVAL, "%s[%zu] is not a range of a user",
					 key, subids.n);
		subids.n++;
	}
	details_builder_set_subids(loader->details, type, &subids);
	return 0;
}

int load_subids(struct loader *loader, const cJSON *root)
{
	const cJSON *object;
	int r = get_object(root, "subids", &object, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = load_subids_of(loader, object, "uids", ID_UID);
	return r < 0 ? r : load_subids_of(loader, object, "gids", ID_GID);
}
