/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/collect.h"

#include <errno.h>
#include <string.h>

#include "collect/collector.h"

static const struct collector {
	const char *name;
	int (*collect)(struct builder *builder, const struct scope *scope, struct error *err);
} collectors[] = {
	{ "proc", proc_collect }, /* in order of preference */
};

bool collector_exists(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++)
		if (strcmp(collectors[i].name, name) == 0)
			return true;
	return false;
}

int snapshot_take(const struct scope *scope, const struct snapshot **ret, struct error *err)
{
	_cleanup_(builder_freep) struct builder *builder = builder_new();
	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++) {
		if (scope->source && strcmp(scope->source, collectors[i].name) != 0)
			continue;
		int r = collectors[i].collect(builder, scope, err);
		if (r < 0)
			return r;
		if (r == COLLECT_UNSUPPORTED)
			continue;
		builder_origin(builder)->source = collectors[i].name;
		*ret = builder_finish(TAKE(builder));
		return 0;
	}
	return error_set(err, ENOSYS, "no source of namespaces works on this system");
}
