/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/json.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "render/report.h"
#include "render/safe.h"
#include "util/alloc.h"

void json_add_number(cJSON *object, const char *key, uint64_t number)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	cJSON_AddRawToObject(object, key, digits);
}

void json_add_bytes(cJSON *object, const char *key, const char *bytes, size_t n)
{
	_cleanup_(freep) char *quoted = safe_json(bytes, n);
	cJSON_AddRawToObject(object, key, quoted);
}

void json_add_text(cJSON *object, const char *key, const char *text)
{
	if (text)
		json_add_bytes(object, key, text, strlen(text));
	else
		cJSON_AddNullToObject(object, key);
}

cJSON *json_text(const char *text)
{
	_cleanup_(freep) char *quoted = safe_json(text, strlen(text));
	return cJSON_CreateRaw(quoted);
}

int json_print(FILE *stream, const char *before, cJSON *object)
{
	_cleanup_(freep) char *text = cJSON_PrintUnformatted(object);
	cJSON_Delete(object);
	if (!text)
		return -ENOMEM;
	return fprintf(stream, "%s%s", before, text) < 0 ? -errno : 0;
}

int json_print_list(FILE *stream, const char *key, size_t n,
		    cJSON *(*item)(void *context, size_t i), void *context)
{
	int r = fprintf(stream, "\"%s\":[", key) < 0 ? -errno : 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = json_print(stream, i ? ",\n" : "\n", item(context, i));
	fputs(n ? "\n]" : "]", stream);
	return r;
}

cJSON *json_host(const struct origin *origin)
{
	char taken[32];
	format_utc(origin->taken, taken, sizeof(taken));
	cJSON *host = cJSON_CreateObject();
	json_add_text(host, "hostname", origin->hostname);
	json_add_text(host, "boot_id", origin->boot_id);
	json_add_text(host, "kernel", origin->release);
	json_add_text(host, "taken", origin->taken ? taken : NULL);
	return host;
}

cJSON *json_gap(const struct gap *gap)
{
	const char *name = error_name(gap->why);
	cJSON *object = cJSON_CreateObject();
	json_add_text(object, "source", gap->source);
	json_add_text(object, "error", name ? name : strerror(gap->why));
	return object;
}

static void add_chain(cJSON *object, const char *key, const struct value *value)
{
	cJSON *array = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < value->n; i++)
		cJSON_AddItemToArray(array, cJSON_CreateNumber(value->chain[i]));
}

static void add_value(cJSON *object, const char *key, const struct value *value);

/* cJSON has no other way to put what has been made for a key into an array. */
static void add_array(cJSON *object, const char *key, const struct value *value)
{
	cJSON *array = cJSON_AddArrayToObject(object, key);
	for (size_t i = 0; i < value->n; i++) {
		cJSON *holder = cJSON_CreateObject();
		add_value(holder, "item", &value->items[i]);
		cJSON_AddItemToArray(array, cJSON_DetachItemFromObject(holder, "item"));
		cJSON_Delete(holder);
	}
}

static void add_value(cJSON *object, const char *key, const struct value *value)
{
	char time[48];
	switch (value->type) {
	case VALUE_NONE:
	case VALUE_UNKNOWN:
		cJSON_AddNullToObject(object, key);
		break;
	case VALUE_NUMBER:
		json_add_number(object, key, value->number);
		break;
	case VALUE_BOOL:
		cJSON_AddBoolToObject(object, key, value->number);
		break;
	case VALUE_STRING:
		json_add_bytes(object, key, value->string, value->n);
		break;
	case VALUE_TIME:
		format_utc(value->number, time, sizeof(time));
		json_add_text(object, key, time);
		break;
	case VALUE_MOMENT:
		format_utc_ns(value->number, time, sizeof(time));
		json_add_text(object, key, time);
		break;
	case VALUE_SPAN:
		snprintf(time, sizeof(time), "%" PRIu64 ".%09u", value->number / 1000000000,
			 (unsigned)(value->number % 1000000000));
		cJSON_AddRawToObject(object, key, time);
		break;
	case VALUE_CHAIN:
		add_chain(object, key, value);
		break;
	case VALUE_ARRAY:
		add_array(object, key, value);
		break;
	}
}

static void field_key(const struct field *field, char *key, size_t size)
{
	size_t i = 0;
	for (; field->name[i] && i < size - 1; i++)
		key[i] = tolower((unsigned char)field->name[i]);
	key[i] = 0;
}

/* The columns of ITEM but for those that are only of WITHOUT. */
static cJSON *item_object(const struct report *report, const void *item, int without)
{
	cJSON *object = cJSON_CreateObject();
	for (size_t i = 0; i < report->fields.n; i++) {
		const struct field *field = report->fields.fields[i];
		char key[32];
		if ((int)field->of == without)
			continue;
		field_key(field, key, sizeof(key));
		struct value value = field_get(field, &report->view, item);
		add_value(object, key, &value);
		value_clear(&value);
	}
	return object;
}

static cJSON *row_object(void *context, size_t row_index)
{
	const struct report *report = context;
	const struct row *row = &report->rows[row_index];
	cJSON *object = item_object(report, row->item, -1);
	if (report->tree)
		json_add_number(object, "depth", row->depth);
	return object;
}

static cJSON *group_object(void *context, size_t i)
{
	const struct report *report = context;
	const struct row_group *group = &report->groups[i];
	cJSON *object = item_object(report, group->item, FIELD_OF_PART);
	cJSON *parts = cJSON_AddArrayToObject(object, report->parts);
	for (size_t row = group->first; row < group->first + group->n; row++)
		cJSON_AddItemToArray(parts,
				     item_object(report, report->rows[row].item, FIELD_OF_WHOLE));
	return object;
}

/* Those of both snapshots, one behind the other. */
static cJSON *gap_object(void *context, size_t i)
{
	const struct report *report = context;
	const struct snapshot *first = report->compared_with, *snapshot = report->view.snapshot;
	size_t n_first = first ? first->n_gaps : 0;
	return json_gap(i < n_first ? &first->gaps[i] : &snapshot->gaps[i - n_first]);
}

static int print_hosts(const struct report *report, FILE *stream)
{
	const struct snapshot *first = report->compared_with;
	int r = json_print(stream, ",\"host\":", json_host(&report->view.snapshot->origin));
	return r == 0 && first ? json_print(stream, ",\"before\":", json_host(&first->origin)) : r;
}

static int print_gaps(const struct report *report, FILE *stream)
{
	const struct snapshot *first = report->compared_with, *snapshot = report->view.snapshot;
	bool complete = snapshot_is_complete(snapshot) && (!first || snapshot_is_complete(first));
	fprintf(stream, ",\n\"complete\":%s,", complete ? "true" : "false");
	return json_print_list(stream, "gaps", snapshot->n_gaps + (first ? first->n_gaps : 0),
			       gap_object, (void *)report);
}

static int print_rows(const struct report *report, FILE *stream)
{
	fputs(",\n", stream);
	return report->groups ? json_print_list(stream, report->noun, report->n_groups,
						group_object, (void *)report)
			      : json_print_list(stream, report->noun, report->n_rows, row_object,
						(void *)report);
}

int report_print_json(const struct report *report, FILE *stream, struct error *err)
{
	const struct snapshot *snapshot = report->view.snapshot;
	int r = 0;
	fputs("{\"nstools\":1", stream);
	if (snapshot)
		r = print_hosts(report, stream);
	if (report->scope)
		fprintf(stream, ",\"scope\":\"%s\"", report->scope);
	if (r == 0 && report->before)
		r = print_rows(report->before, stream);
	if (r == 0)
		r = print_rows(report, stream);
	if (r == 0 && snapshot)
		r = print_gaps(report, stream);
	fputs("}\n", stream);
	return r < 0 ? error_errno(err, -r, "cannot print JSON") : 0;
}

int report_end_json(const struct report *report, FILE *stream, bool complete)
{
	const size_t n = report->groups ? report->n_groups : report->n_rows;
	int r = fprintf(stream, "{\"%s\":[", report->noun) < 0 ? -errno : 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = json_print(stream, i ? "," : "",
			       report->groups ? group_object((void *)report, i)
					      : row_object((void *)report, i));
	fprintf(stream, "],\"complete\":%s}\n", complete ? "true" : "false");
	return r;
}

int report_begin_json(const struct report *report, FILE *stream)
{
	fputs("{\"nstools\":1", stream);
	int r = print_hosts(report, stream);
	fputs("}\n", stream);
	return r;
}

int report_line_json(const struct report *report, FILE *stream, const void *item)
{
	int r = json_print(stream, "", item_object(report, item, -1));
	fputs("\n", stream);
	return r;
}
