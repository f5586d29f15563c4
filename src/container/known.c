/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/known.h"

#include "util/alloc.h"

void known_clear(struct known *known)
{
	free((char *)known->container.id);
	free((char *)known->container.name);
	free((char *)known->container.pod);
	free((char *)known->container.outer);
	*known = (struct known){ 0 };
}

char *known_chain(const struct known *known)
{
	const struct container *container = &known->container;
	return container->outer
		     ? xasprintf("%s/%s:%s", container->outer, container->engine, container->id)
		     : xasprintf("%s:%s", container->engine, container->id);
}

void known_list_add(struct known_list *list, struct known *known)
{
	list->items = xgrow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = *known;
	*known = (struct known){ 0 };
}

void known_list_clear(struct known_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		known_clear(&list->items[i]);
	free(list->items);
	*list = (struct known_list){ 0 };
}

static void set_text(const char **text, const char *to)
{
	if (!to || !*to)
		return;
	free((char *)*text);
	*text = xstrdup(to);
}

void known_set_name(struct known *known, const char *name)
{
	set_text(&known->container.name, name);
}

void known_set_pod(struct known *known, const char *pod)
{
	set_text(&known->container.pod, pod);
}
