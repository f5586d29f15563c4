/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "render/saver.h"
#include "util/alloc.h"

static cJSON *name_object(struct saver *saver, const char *key, const char *word,
			  const struct id_name *item)
{
	cJSON *object = cJSON_CreateObject();
	json_add_number(object, key, item->id);
	if (item->name)
		save_taken(object, "name",
			   save_secret(saver, word, item->name, strlen(item->name)));
	return object;
}

cJSON *saved_user(void *context, size_t i)
{
	struct saver *saver = context;
	return name_object(saver, "uid", "user", &saver->details->users.items[i]);
}

cJSON *saved_group(void *context, size_t i)
{
	struct saver *saver = context;
	return name_object(saver, "gid", "group", &saver->details->groups.items[i]);
}

/* [[0,"root"],[7,null],…] */
static void add_names(struct saver *saver, cJSON *object, const char *key, const char *word,
		      const struct id_names *names)
{
	if (names->why) {
		save_why(object, key, names->why);
		return;
	}
	cJSON *list = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->items[i].name;
		_cleanup_(freep) char *text =
			name ? save_secret(saver, word, name, strlen(name)) : NULL;
		cJSON *pair = cJSON_CreateArray();
		cJSON_AddItemToArray(pair, cJSON_CreateNumber(names->items[i].id));
		cJSON_AddItemToArray(pair, text ? json_text(text) : cJSON_CreateNull());
		cJSON_AddItemToArray(list, pair);
	}
}

cJSON *saved_view(void *context, size_t i)
{
	struct saver *saver = context;
	const struct names_view *view = &saver->details->views[i];
	cJSON *object = cJSON_CreateObject();
	add_names(saver, object, "users", "user", &view->users);
	add_names(saver, object, "groups", "group", &view->groups);
	if (view->users.partial)
		cJSON_AddTrueToObject(object, "users_partial");
	if (view->groups.partial)
		cJSON_AddTrueToObject(object, "groups_partial");
	return object;
}

/* [["user",100000,65536],…] */
static void add_subids(struct saver *saver, cJSON *object, const char *key,
		       const struct subids *subids)
{
	if (subids->why) {
		if (subids->why != ENODATA)
			save_why(object, key, subids->why);
		return;
	}
	cJSON *list = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < subids->n; i++) {
		const struct subid *item = &subids->items[i];
		_cleanup_(freep) char *owner =
			save_secret(saver, "user", item->owner, strlen(item->owner));
		cJSON *triple = cJSON_CreateArray();
		cJSON_AddItemToArray(triple, json_text(owner));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(item->start));
		cJSON_AddItemToArray(triple, cJSON_CreateNumber(item->count));
		cJSON_AddItemToArray(list, triple);
	}
}

cJSON *saved_subids(struct saver *saver)
{
	cJSON *object = cJSON_CreateObject();
	add_subids(saver, object, "uids", &saver->details->subuids);
	add_subids(saver, object, "gids", &saver->details->subgids);
	return object;
}
