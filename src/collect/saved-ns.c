/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "collect/saved-get.h"
#include "collect/saved-load.h"
#include "util/parse.h"
#include "util/procfile.h"

int load_why(const char *name)
{
	int number = error_number(name);
	uint64_t unnamed;
	if (number < 0)
		number = parse_u64(name, INT_MAX, &unnamed) == 0 && unnamed ? (int)unnamed : EIO;
	return number;
}

int load_edge(struct loader *loader, const cJSON *object, const char *key, enum ns_kind kind,
	      struct edge *ret)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	uint64_t ino;
	if (!value) {
		*ret = (struct edge){ .why = ENODATA };
	} else if (cJSON_IsNull(value)) {
		*ret = (struct edge){ .why = 0 };
	} else if (cJSON_IsString(value)) {
		*ret = (struct edge){ .why = load_why(value->valuestring) };
	} else {
		if (as_number(value, UINT32_MAX, &ino) < 0)
			return error_set(loader->err, EINVAL, "%s leads nowhere", key);
		*ret = (struct edge){ .to = builder_find_ns(loader->builder, kind, ino) };
		if (!ret->to)
			return error_set(loader->err, EINVAL, "%s is %s:[%ju], which is not there",
					 key, ns_kind_name(kind), (uintmax_t)ino);
	}
	return 0;
}

int load_kind(struct loader *loader, const cJSON *object, enum ns_kind *ret)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "kind");
	*ret = cJSON_IsString(value)
		     ? ns_kind_by_name(value->valuestring, strlen(value->valuestring))
		     : NS_KIND_COUNT;
	if (*ret == NS_KIND_COUNT)
		return error_set(loader->err, EINVAL, "kind is not a kind of namespace");
	return 0;
}

static int load_range(struct loader *loader, const cJSON *triple, const char *key,
		      struct idmap_range *ret)
{
	uint64_t numbers[3];
	bool good = cJSON_IsArray(triple) && cJSON_GetArraySize(triple) == ARRAY_SIZE(numbers);
	for (int i = 0; good && i < (int)ARRAY_SIZE(numbers); i++)
		good = as_number(cJSON_GetArrayItem(triple, i), UINT32_MAX, &numbers[i]) == 0;
	if (!good || numbers[2] == 0 || numbers[0] + numbers[2] > UINT32_MAX)
		return error_set(loader->err, EINVAL, "%s is not a map of ids", key);
	*ret = (struct idmap_range){ numbers[0], numbers[1], numbers[2] };
	return 0;
}

/* An array of [inside, outside, count], or the name of an errno. */
static int load_idmap(struct loader *loader, const cJSON *object, const char *key,
		      struct idmap *ret)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n = 0;
	const cJSON *triple, *list = cJSON_GetObjectItemCaseSensitive(object, key);
	if (cJSON_IsString(list))
		*ret = (struct idmap){ .why = load_why(list->valuestring) };
	if (!list || cJSON_IsString(list))
		return 0;
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > IDMAP_RANGES_MAX)
		return error_set(loader->err, EINVAL, "%s is not a map of ids", key);
	cJSON_ArrayForEach (triple, list) {
		int r = load_range(loader, triple, key, &ranges[n++]);
		if (r < 0)
			return r;
	}
	*ret = builder_copy_idmap(loader->builder, ranges, n);
	return 0;
}

/* A number, or null: it has none. */
static int load_netnsid(struct loader *loader, const cJSON *object, struct net_detail *net)
{
	uint64_t number;
	net->netnsid = NETNSID_NONE;
	net->has_netnsid = cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, "netnsid"));
	if (net->has_netnsid)
		return 0;
	int r = get_number(object, "netnsid", INT32_MAX, &number, loader->err);
	net->has_netnsid = r == 0;
	if (r == 0)
		net->netnsid = number;
	return r < 0 ? r : 0;
}

static int load_net(struct loader *loader, const cJSON *object, const struct ns *ns)
{
	_cleanup_(freep) char *interfaces = NULL;
	struct net_detail net = { .ns = ns };
	int r = load_netnsid(loader, object, &net);
	if (r == 0)
		r = get_texts(object, "interfaces", &interfaces, &net.n_interfaces, loader->err);
	if (r < 0)
		return r;
	net.has_interfaces = r == 0;
	net.interfaces = interfaces;
	if (net.has_netnsid || net.has_interfaces)
		details_builder_add_net(loader->details, &net);
	return 0;
}

int load_ns(struct loader *loader, const cJSON *object)
{
	enum ns_kind kind;
	uint64_t ino, dev = 0, owner_uid = UID_UNKNOWN;
	int r = load_kind(loader, object, &kind);
	if (r < 0)
		return r;
	r = get_number(object, "ino", UINT32_MAX, &ino, loader->err);
	if (r == GET_ABSENT)
		return error_set(loader->err, EINVAL, "ino is missing");
	if (r < 0 || get_number(object, "dev", UINT64_MAX, &dev, loader->err) < 0 ||
	    get_number(object, "owner_uid", SAVED_UID_MAX, &owner_uid, loader->err) < 0)
		return -EINVAL;
	if (ino == 0)
		return error_set(loader->err, EINVAL, "ino is 0");
	if (builder_find_ns(loader->builder, kind, ino))
		return error_set(loader->err, EINVAL, "%s:[%ju] is there twice", ns_kind_name(kind),
				 (uintmax_t)ino);
	struct ns *ns = builder_ns(loader->builder, kind, dev, ino);
	ns->owner_uid = owner_uid;
	builder_ns_keep(loader->builder, ns);
	if (kind == NS_USER) {
		r = load_idmap(loader, object, "uids", &ns->uids);
		if (r == 0)
			r = load_idmap(loader, object, "gids", &ns->gids);
	}
	if (kind == NS_NET && r == 0)
		r = load_net(loader, object, ns);
	if (r < 0)
		return r;
	if (get_number(object, "id", UINT64_MAX, &ns->id, loader->err) < 0 ||
	    get_bool(object, "unborn", &ns->unborn, loader->err) < 0)
		return -EINVAL;
	return 0;
}

int load_ns_edges(struct loader *loader, const cJSON *object)
{
	enum ns_kind kind;
	uint64_t ino;
	int r = load_kind(loader, object, &kind);
	if (r < 0 || get_number(object, "ino", UINT32_MAX, &ino, loader->err) != 0)
		return -EINVAL;
	struct ns *ns = builder_find_ns(loader->builder, kind, ino);
	r = load_edge(loader, object, "owner", NS_USER, &ns->owner);
	if (r == 0 && ns_kind_info(kind)->has_parent)
		r = load_edge(loader, object, "parent", kind, &ns->parent);
	return r;
}

/* In the kernel they nest at most 32 deep, so what is deeper runs in a circle. */
int load_ns_check(struct loader *loader, const cJSON *object)
{
	enum ns_kind kind;
	uint64_t ino;
	if (load_kind(loader, object, &kind) < 0 ||
	    get_number(object, "ino", UINT32_MAX, &ino, loader->err) != 0)
		return -EINVAL;
	const struct ns *ns = builder_find_ns(loader->builder, kind, ino);
	for (size_t level = 0; level <= PID_LEVELS_MAX; level++)
		if (!(ns = ns->parent.to))
			return 0;
	return error_set(loader->err, EINVAL, "parent leads in a circle");
}
