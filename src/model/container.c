/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/container.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

/* As many digits as docker and podman show of an id. */
#define SHORT_ID 12

#define PREFIX_MIN 4

/* Lower case only, as engines write them. */
static size_t hex_length(const char *text)
{
	return strspn(text, "0123456789abcdef");
}

char *container_label(const struct container *container)
{
	if (container->name)
		return xasprintf("%s:%s", container->engine, container->name);
	bool is_hex = hex_length(container->id) == strlen(container->id);
	return xasprintf("%s:%.*s", container->engine,
			 is_hex ? SHORT_ID : (int)strlen(container->id), container->id);
}

bool container_is_same(const struct container *a, const struct container *b)
{
	const char *x = a->outer ? a->outer : "", *y = b->outer ? b->outer : "";
	return a->owner == b->owner && strcmp(a->engine, b->engine) == 0 &&
	       strcmp(a->id, b->id) == 0 && strcmp(x, y) == 0;
}

enum container_rank container_rank(const struct container *container)
{
	if (container->outer)
		return CONTAINER_NESTED;
	return container->owner ? CONTAINER_OF_USER : CONTAINER_OF_SYSTEM;
}

static enum container_match match(const struct container *container, const char *text)
{
	size_t n = strlen(text);
	if (container->name && strcmp(container->name, text) == 0)
		return CONTAINER_BY_NAME;
	if (strcmp(container->id, text) == 0)
		return CONTAINER_BY_ID;
	if (n >= PREFIX_MIN && hex_length(text) == n && strncmp(container->id, text, n) == 0)
		return CONTAINER_BY_PREFIX;
	return CONTAINER_OTHER;
}

enum container_match container_match(const struct container *container, const char *text)
{
	size_t n = strlen(container->engine);
	if (strncmp(text, container->engine, n) == 0 && text[n] == ':')
		return match(container, text + n + 1);
	return match(container, text);
}

/* How good a match it is: by its rank, then by what was matched; 0: none. */
static unsigned score(const struct container *container, const char *text)
{
	enum container_match match = container_match(container, text);
	return match ? container_rank(container) * (CONTAINER_BY_NAME + 1) + match : 0;
}

/* "docker:chal (b929bf934f01), podman:chal (17c2…)": as much as fits the line. */
static int not_unique(const struct container *const *list, size_t n, const char *text,
		      unsigned best, struct error *err)
{
	char candidates[sizeof(err->text)] = "";
	for (size_t i = 0, end = 0; i < n && end < sizeof(candidates); i++) {
		if (score(list[i], text) != best)
			continue;
		_cleanup_(freep) char *label = container_label(list[i]);
		end += snprintf(candidates + end, sizeof(candidates) - end, "%s%s (%.12s)",
				end ? ", " : "", label, list[i]->id);
	}
	return error_set(err, ENOTUNIQ, "%s: several containers are called so: %.400s", text,
			 candidates);
}

int container_pick(const struct container *const *list, size_t n, const char *text, size_t *ret,
		   struct error *err)
{
	unsigned best = 0;
	size_t at = 0, n_best = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned this = score(list[i], text);
		if (this > best) {
			best = this;
			at = i;
			n_best = 0;
		}
		n_best += this == best;
	}
	if (best == 0)
		return error_set(err, ENOENT, "%s: no such container", text);
	if (n_best > 1)
		return not_unique(list, n, text, best, err);
	*ret = at;
	return 0;
}
