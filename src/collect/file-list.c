/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/file-list.h"

#include "util/alloc.h"

static void add(void *who, const struct file_record *record)
{
	struct file_list *list = who;
	list->records = xgrow(list->records, list->n, &list->capacity, sizeof(*list->records));
	list->records[list->n++] = *record;
}

static void *run(void *who)
{
	struct file_list *list = who;
	list->result = file_reader_run(add, list, &list->err);
	return NULL;
}

void file_list_begin(struct file_list *list)
{
	*list = (struct file_list){ 0 };
	background_begin(&list->reading, run, list);
}

int file_list_end(struct file_list *list)
{
	background_end(&list->reading);
	return list->result;
}

void file_list_clear(struct file_list *list)
{
	(void)!file_list_end(list);
	free(list->records);
}
