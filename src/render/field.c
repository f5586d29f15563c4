/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/field.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"

struct value value_none(void)
{
	return (struct value){ .type = VALUE_NONE };
}

struct value value_unknown(void)
{
	return (struct value){ .type = VALUE_UNKNOWN };
}

struct value value_number(uint64_t number)
{
	return (struct value){ .type = VALUE_NUMBER, .number = number };
}

struct value value_bool(bool truth)
{
	return (struct value){ .type = VALUE_BOOL, .number = truth };
}

struct value value_time(uint64_t seconds)
{
	return (struct value){ .type = VALUE_TIME, .number = seconds };
}

struct value value_moment(uint64_t ns)
{
	return (struct value){ .type = VALUE_MOMENT, .number = ns };
}

struct value value_span(uint64_t ns)
{
	return (struct value){ .type = VALUE_SPAN, .number = ns };
}

struct value value_string(const char *string)
{
	if (!string)
		return value_unknown();
	return (struct value){ .type = VALUE_STRING, .string = string, .n = strlen(string) };
}

struct value value_take(char *string, size_t n)
{
	return (struct value){ .type = VALUE_STRING, .string = string, .n = n, .owned = string };
}

struct value value_chain(const pid_t *numbers, size_t n)
{
	if (n == 0)
		return value_unknown();
	return (struct value){ .type = VALUE_CHAIN, .chain = numbers, .n = n };
}

struct value value_array(struct value *items, size_t n)
{
	return (struct value){ .type = VALUE_ARRAY, .items = items, .n = n };
}

struct value field_get(const struct field *field, const struct view *view, const void *item)
{
	return field->get ? field->get(view, item) : field->get_at(view, item, field->place);
}

void value_clear(struct value *value)
{
	for (size_t i = 0; i < value->n && value->items; i++)
		value_clear(&value->items[i]);
	free(value->items);
	free(value->owned);
	*value = value_none();
}

static const struct field *find_field(const struct field *known, size_t n, const char *name,
				      size_t n_name)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(known[i].name) == n_name &&
		    strncasecmp(known[i].name, name, n_name) == 0)
			return &known[i];
	return NULL;
}

static int add_field(struct field_list *list, const struct field *field, struct error *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->fields[i] == field)
			return error_set(err, EINVAL, "column %s is there twice", field->name);
	list->fields = xreallocarray(list->fields, list->n + 1, sizeof(*list->fields));
	list->fields[list->n++] = field;
	return 0;
}

int field_list_parse(struct field_list *list, const struct field *known, size_t n, const char *text,
		     struct error *err)
{
	if (*text == '+')
		text++;
	else
		list->n = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		const struct field *field = find_field(known, n, text, length);
		if (!field)
			return error_set(err, EINVAL, "no column '%.*s'", (int)length, text);
		int r = add_field(list, field, err);
		if (r < 0)
			return r;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

bool field_list_has(const struct field_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->fields[i]->name, name) == 0)
			return true;
	return false;
}

void field_list_clear(struct field_list *list)
{
	free(list->fields);
	*list = (struct field_list){ 0 };
}

unsigned field_list_facts(const struct field_list *list)
{
	unsigned facts = 0;
	for (size_t i = 0; i < list->n; i++)
		facts |= list->fields[i]->facts;
	return facts;
}

unsigned field_list_details(const struct field_list *list)
{
	unsigned details = 0;
	for (size_t i = 0; i < list->n; i++)
		details |= list->fields[i]->details;
	return details;
}
