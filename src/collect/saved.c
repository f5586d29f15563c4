/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/saved.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "collect/saved-get.h"
#include "collect/saved-load.h"
#include "util/alloc.h"

#define VERSION_KNOWN 1
#define FILE_MAX ((size_t)1 << 30)
#define TAKEN_MAX 253402300799 /* the last second of 9999 */

static int load_gap(struct loader *loader, const cJSON *object)
{
	_cleanup_(freep) char *source = NULL, *name = NULL;
	size_t n;
	if (get_bytes(object, "source", &source, &n, loader->err) < 0 ||
	    get_bytes(object, "error", &name, &n, loader->err) < 0)
		return -EINVAL;
	if (!source || !name)
		return error_set(loader->err, EINVAL, "source or error is missing");
	bool of_holder = false;
	if (get_bool(object, "of_holder", &of_holder, loader->err) < 0)
		return -EINVAL;
	if (of_holder)
		builder_gap_of_holder(loader->builder, load_why(name), "%s", source);
	else
		builder_gap(loader->builder, load_why(name), "%s", source);
	return 0;
}

static int load_text(struct loader *loader, const cJSON *object, const char *key, const char **ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = get_bytes(object, key, &text, &n, loader->err);
	if (r == 0)
		*ret = builder_copy(loader->builder, text, n);
	return r < 0 ? r : 0;
}

static int load_taken(struct loader *loader, const cJSON *host, uint64_t *ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = get_bytes(host, "taken", &text, &n, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	time_t taken = end && *end == 0 ? timegm(&tm) : -1;
	if (taken < 0 || taken > TAKEN_MAX)
		return error_set(loader->err, EINVAL, "taken is not a time");
	*ret = taken;
	return 0;
}

static int load_host(struct loader *loader, const cJSON *root, struct origin *origin)
{
	const cJSON *host;
	int r = get_object(root, "host", &host, loader->err);
	if (r == GET_ABSENT)
		return error_set(loader->err, EINVAL, "host is missing");
	if (r == 0)
		r = load_text(loader, host, "hostname", &origin->hostname);
	if (r == 0)
		r = load_text(loader, host, "boot_id", &origin->boot_id);
	if (r == 0)
		r = load_text(loader, host, "kernel", &origin->release);
	return r < 0 ? r : load_taken(loader, host, &origin->taken);
}

static int load_inodes(struct loader *loader, const cJSON *object, const char *key,
		       ino_t inodes[NS_KIND_COUNT])
{
	const cJSON *list;
	int r = get_object(object, key, &list, loader->err);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && r == 0; kind++) {
		uint64_t ino = 0;
		r = get_number(list, ns_kind_name(kind), UINT32_MAX, &ino, loader->err);
		if (r == GET_ABSENT)
			r = 0;
		if (ino)
			inodes[kind] = ino;
	}
	return r < 0 ? r : 0;
}

static int load_origin(struct loader *loader, const cJSON *root, struct origin *origin)
{
	const cJSON *object;
	int r = get_object(root, "origin", &object, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = load_text(loader, object, "source", &origin->source);
	if (r == 0 && get_bool(object, "foreign_proc", &origin->foreign_proc, loader->err) < 0)
		r = -EINVAL;
	if (r == 0 && get_bool(object, "holders", &origin->holders, loader->err) < 0)
		r = -EINVAL;
	if (r == 0)
		r = load_inodes(loader, object, "viewer", origin->viewer);
	return r < 0 ? r : load_inodes(loader, object, "initial", origin->initial);
}

/* Calls LOAD for each object of the array KEY; an error names the place. */
static int load_list(struct loader *loader, const cJSON *root, const char *key,
		     int (*load)(struct loader *loader, const cJSON *object))
{
	const cJSON *array, *item;
	size_t i = 0;
	int r = get_array(root, key, &array, loader->err);
	if (r != 0)
		return r < 0 ? r : 0;
	cJSON_ArrayForEach (item, array) {
		r = cJSON_IsObject(item) ? load(loader, item)
					 : error_set(loader->err, EINVAL, "not an object");
		if (r < 0) {
			error_wrap(loader->err, "%s[%zu]", key, i);
			return r;
		}
		i++;
	}
	return 0;
}

static int check_version(const cJSON *root, struct error *err)
{
	uint64_t version;
	if (!cJSON_IsObject(root) || get_number(root, "snapshot", UINT32_MAX, &version, NULL) != 0)
		return error_set(err, EINVAL, "this is not a saved snapshot of nstools");
	if (version != VERSION_KNOWN)
		return error_set(err, EINVAL,
				 "format %" PRIu64 " of saved snapshots is not known here, only %d",
				 version, VERSION_KNOWN);
	return 0;
}

static int load_all(struct loader *loader, const cJSON *root)
{
	struct origin *origin = builder_origin(loader->builder);
	const struct {
		const char *key;
		int (*load)(struct loader *loader, const cJSON *object);
	} lists[] = {
		{ "namespaces", load_ns },	 { "namespaces", load_ns_edges },
		{ "namespaces", load_ns_check }, { "users", load_user },
		{ "groups", load_group },	 { "views", load_view },
		{ "processes", load_process },	 { "pins", load_pin },
		{ "gaps", load_gap },
	};
	int r = load_host(loader, root, origin);
	if (r == 0)
		r = load_origin(loader, root, origin);
	if (r == 0)
		r = load_subids(loader, root);
	for (size_t i = 0; i < ARRAY_SIZE(lists) && r == 0; i++)
		r = load_list(loader, root, lists[i].key, lists[i].load);
	return r;
}

static int syntax_error(const char *text, const char *end, struct error *err)
{
	size_t line = 1;
	const char *line_start = text;
	for (const char *p = text; p < end; p++) {
		if (*p != '\n')
			continue;
		line++;
		line_start = p + 1;
	}
	return error_set(err, EINVAL, "line %zu, column %zu: this is not JSON", line,
			 (size_t)(end - line_start) + 1);
}

static void delete_json(cJSON **json)
{
	cJSON_Delete(*json);
}

int snapshot_parse(const char *text, size_t n, bool quick, const struct snapshot **ret,
		   const struct details **ret_details, struct error *err)
{
	/* To cJSON a NUL is white space. */
	const char *end = memchr(text, 0, n);
	if (end)
		return syntax_error(text, end, err);
	end = text;
	_cleanup_(delete_json) cJSON *root = cJSON_ParseWithLengthOpts(text, n + 1, &end, true);
	if (!root)
		return syntax_error(text, end, err);
	int r = check_version(root, err);
	if (r < 0)
		return r;
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	_cleanup_(details_builder_freep) struct details_builder *details = details_builder_new();
	struct loader loader = { .builder = builder, .details = details, .err = err };
	r = load_all(&loader, root);
	if (r < 0)
		return r;
	if (quick && builder_origin(builder)->holders)
		builder_forget_pins(builder);
	*ret = builder_finish(TAKE(builder));
	*ret_details = details_builder_finish(TAKE(details));
	return 0;
}

int snapshot_load(FILE *stream, bool quick, const struct snapshot **ret,
		  const struct details **ret_details, struct error *err)
{
	_cleanup_(freep) char *text = NULL;
	size_t n = 0, size = 0;
	do {
		size = size ? size * 2 : 65536;
		if (size > FILE_MAX)
			return error_set(err, EFBIG, "more than 1 GiB is no snapshot");
		text = xreallocarray(text, size, 1);
		n += fread(text + n, 1, size - n - 1, stream);
	} while (n == size - 1);
	if (ferror(stream))
		return error_errno(err, errno, "cannot read");
	text[n] = 0;
	return snapshot_parse(text, n, quick, ret, ret_details, err);
}
