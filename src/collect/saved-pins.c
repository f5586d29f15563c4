/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "collect/saved-get.h"
#include "collect/saved-load.h"
#include "util/alloc.h"

static int load_by(struct loader *loader, const cJSON *object, enum held_by *ret)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "by");
	*ret = cJSON_IsString(value) ? held_by_by_name(value->valuestring) : HELD_BY_COUNT;
	if (*ret < HELD_BY_FD || *ret == HELD_BY_COUNT || *ret == HELD_BY_CHILD ||
	    *ret == HELD_BY_OWNED)
		return error_set(loader->err, EINVAL, "by is nothing that holds a namespace");
	return 0;
}

/* What it holds: a namespace, one of which only the kind is known, or nobody knows what. */
static int load_held(struct loader *loader, const cJSON *object, struct ns **ret)
{
	uint64_t ino;
	enum ns_kind kind;
	*ret = NULL;
	if (!cJSON_GetObjectItemCaseSensitive(object, "kind"))
		return 0;
	int r = load_kind(loader, object, &kind);
	if (r < 0)
		return r;
	r = get_number(object, "ino", UINT32_MAX, &ino, loader->err);
	if (r < 0)
		return r;
	*ret = r == GET_ABSENT ? builder_nameless_ns(loader->builder, kind)
			       : builder_find_ns(loader->builder, kind, ino);
	return *ret ? 0 : error_set(loader->err, EINVAL, "ino is of no namespace");
}

int load_pin(struct loader *loader, const cJSON *object)
{
	_cleanup_(freep) char *path = NULL;
	struct pin pin = { .fd = -1 };
	struct ns *ns = NULL;
	struct edge mnt = { 0 };
	uint64_t pid = 0, tid = 0, fd = UINT64_MAX;
	size_t n;
	int r = load_by(loader, object, &pin.by);
	if (r == 0)
		r = load_held(loader, object, &ns);
	if (r == 0)
		r = load_edge(loader, object, "mnt", NS_MNT, &mnt);
	if (r < 0)
		return r;
	if (get_number(object, "pid", INT_MAX, &pid, loader->err) < 0 ||
	    get_number(object, "tid", INT_MAX, &tid, loader->err) < 0 ||
	    get_number(object, "fd", INT_MAX, &fd, loader->err) < 0 ||
	    get_bytes(object, "path", &path, &n, loader->err) < 0)
		return -EINVAL;
	pin.tid = tid;
	pin.mnt = mnt.to;
	if (fd <= INT_MAX)
		pin.fd = fd;
	if (path)
		pin.path = builder_copy(loader->builder, path, n);
	builder_pin(loader->builder, ns, pid, &pin);
	return 0;
}
