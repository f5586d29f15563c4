/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/json.h"

#include "fixture.h"

/* A column that shows the value which its item is. */
static struct value get_item(const struct view *view _unused_, const void *item)
{
	return *(const struct value *)item;
}

static struct value get_owned(const struct view *view _unused_, const void *item _unused_)
{
	return value_take(xstrdup("freed by who asked"), 18);
}

static struct value get_depth(const struct view *view _unused_, const void *item)
{
	return value_number((uintptr_t)item);
}

static const struct field value_field = { "VALUE", "", 0, 0, FIELD_LEFT, get_item, NULL };
static const struct field owned_field = { "OwNeD", "", 0, 0, FIELD_LEFT, get_owned, NULL };
static const struct field depth_field = { "N", "", 0, 0, FIELD_LEFT, get_depth, NULL };

/* What must be valid: cJSON reads it. */
static cJSON *parsed(const char *text)
{
	cJSON *json = cJSON_ParseWithOpts(text, NULL, true);
	if (!json)
		fail_msg("not JSON: %s", text);
	return json;
}

static const pid_t chain[] = { 12675, 79, 2147483647 };

static const struct row_value {
	const char *name;
	struct value value;
	const char *json;
} value_rows[] = {
	{ "none", { .type = VALUE_NONE }, "null" },
	{ "unknown", { .type = VALUE_UNKNOWN }, "null" },
	{ "a number", { .type = VALUE_NUMBER, .number = 4026531836 }, "4026531836" },
	{ "0", { .type = VALUE_NUMBER }, "0" },
	{ "below 2^53, where cJSON loses digits",
	  { .type = VALUE_NUMBER, .number = 6000000000000001 },
	  "6000000000000001" },
	{ "2^53 + 1", { .type = VALUE_NUMBER, .number = 9007199254740993 }, "9007199254740993" },
	{ "the largest number",
	  { .type = VALUE_NUMBER, .number = UINT64_MAX },
	  "18446744073709551615" },
	{ "true", { .type = VALUE_BOOL, .number = 1 }, "true" },
	{ "false", { .type = VALUE_BOOL }, "false" },
	{ "a string", { .type = VALUE_STRING, .string = "sh -c", .n = 5 }, "\"sh -c\"" },
	{ "an empty string", { .type = VALUE_STRING, .string = "", .n = 0 }, "\"\"" },
	{ "a string of which less is shown",
	  { .type = VALUE_STRING, .string = "abcdef", .n = 3 },
	  "\"abc\"" },
	{ "a hostile string",
	  { .type = VALUE_STRING, .string = "\x1b\"\xff\0z", .n = 5 },
	  "\"\\u001b\\\"\\ufffd\\u0000z\"" },
	{ "a time", { .type = VALUE_TIME, .number = 1795500000 }, "\"2026-11-24T06:00:00Z\"" },
	{ "a chain", { .type = VALUE_CHAIN, .chain = chain, .n = 3 }, "[12675,79,2147483647]" },
	{ "a chain of one", { .type = VALUE_CHAIN, .chain = chain, .n = 1 }, "[12675]" },
};

static void value(void **state)
{
	const struct row_value *row = ROW(struct row_value, state);
	const struct field *fields[] = { &value_field };
	struct row line = { .item = &row->value, .parent = ROW_TOP };
	struct report report = {
		.noun = "things",
		.fields = { 1, fields },
		.n_rows = 1,
		.rows = &line,
		.format = REPORT_JSON,
	};
	_cleanup_(freep) char *text = printed(&report);
	_cleanup_(freep) char *expected =
		xasprintf("{\"nstools\":1,\n\"things\":[\n{\"value\":%s}\n]}\n", row->json);
	assert_string_equal(text, expected);
	cJSON_Delete(parsed(text));
}

static void no_rows(void **state _unused_)
{
	const struct field *fields[] = { &value_field };
	struct report report = { .noun = "things", .fields = { 1, fields }, .format = REPORT_JSON };
	_cleanup_(freep) char *text = printed(&report);
	assert_string_equal(text, "{\"nstools\":1,\n\"things\":[]}\n");
}

static void arrays(void **state _unused_)
{
	const struct field *fields[] = { &array_field };
	const size_t sizes[] = { 4, 1, 0 };
	struct row rows[] = { { &sizes[0], ROW_TOP, 0 },
			      { &sizes[1], ROW_TOP, 0 },
			      { &sizes[2], ROW_TOP, 0 } };
	struct report report = { .noun = "things",
				 .fields = { 1, fields },
				 .n_rows = 3,
				 .rows = rows,
				 .format = REPORT_JSON };
	_cleanup_(freep) char *text = printed(&report);
	assert_string_equal(text, "{\"nstools\":1,\n\"things\":[\n"
				  "{\"array\":[18446744073709551615,null,true,\"a\\u001b\"]},\n"
				  "{\"array\":[null]},\n{\"array\":[]}\n]}\n");
	cJSON_Delete(parsed(text));
}

/* What it is compared with, and another list in front. */
static void two_lists_of_two_systems(void **state _unused_)
{
	const struct field *fields[] = { &depth_field };
	struct row row = { (void *)7, ROW_TOP, 0 };
	struct builder *builder = builder_from("gap /proc/1/ns EACCES");
	builder_origin(builder)->hostname = "first";
	_cleanup_(snapshot_freep) const struct snapshot *first = builder_finish(builder);
	builder = builder_from("gap /proc/2/ns EPERM");
	builder_origin(builder)->hostname = "second";
	_cleanup_(snapshot_freep) const struct snapshot *second = builder_finish(builder);
	_cleanup_(snapshot_freep) const struct snapshot *complete = snapshot_from("p 1");
	const struct report before = {
		.noun = "more", .fields = { 1, fields }, .n_rows = 1, .rows = &row
	};
	struct report report = { .noun = "things",
				 .view = { .snapshot = second },
				 .before = &before,
				 .compared_with = first,
				 .format = REPORT_JSON };
	_cleanup_(freep) char *text = printed(&report);
	assert_non_null(strstr(text, "\"host\":{\"hostname\":\"second\""));
	assert_non_null(strstr(text, "\"before\":{\"hostname\":\"first\""));
	assert_non_null(strstr(text, "\"more\":[\n{\"n\":7}\n],\n\"things\":[],\n"));
	assert_non_null(strstr(text, "\"gaps\":[\n{\"source\":\"/proc/1/ns\",\"error\":"
				     "\"EACCES\"},\n{\"source\":\"/proc/2/ns\",\"error\":"
				     "\"EPERM\"}\n]}\n"));
	cJSON_Delete(parsed(text));
	report.view.snapshot = complete;
	_cleanup_(freep) char *half = printed(&report);
	assert_non_null(strstr(half, "\"complete\":false"));
	report.compared_with = complete;
	_cleanup_(freep) char *whole = printed(&report);
	assert_non_null(strstr(whole, "\"complete\":true,\"gaps\":[]}"));
}

/* Keys are in lower case, and what get() hands out is freed (a sanitizer sees that). */
static void several_columns(void **state _unused_)
{
	const struct field *fields[] = { &owned_field, &value_field };
	struct value none = { .type = VALUE_NONE };
	struct row rows[] = { { &none, ROW_TOP, 0 }, { &none, ROW_TOP, 0 } };
	struct report report = {
		.noun = "things",
		.fields = { 2, fields },
		.n_rows = 2,
		.rows = rows,
		.format = REPORT_JSON,
	};
	_cleanup_(freep) char *text = printed(&report);
	assert_string_equal(text, "{\"nstools\":1,\n\"things\":[\n"
				  "{\"owned\":\"freed by who asked\",\"value\":null},\n"
				  "{\"owned\":\"freed by who asked\",\"value\":null}\n]}\n");
}

/* Flat, in tree order, whatever the depth. */
static void trees_say_the_depth(void **state _unused_)
{
	enum { N = 1000 };
	const struct field *fields[] = { &depth_field };
	static struct row rows[N];
	for (size_t i = 0; i < N; i++)
		rows[i] = (struct row){ .item = (void *)i,
					.parent = i ? i - 1 : ROW_TOP,
					.depth = i };
	struct report report = {
		.noun = "things",
		.fields = { 1, fields },
		.n_rows = N,
		.rows = rows,
		.format = REPORT_JSON,
		.tree = true,
	};
	_cleanup_(freep) char *text = printed(&report);
	cJSON *json = parsed(text);
	const cJSON *item;
	size_t n = 0;
	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(json, "things")) {
		assert_int_equal(cJSON_GetObjectItemCaseSensitive(item, "n")->valuedouble, n);
		assert_int_equal(cJSON_GetObjectItemCaseSensitive(item, "depth")->valuedouble, n);
		n++;
	}
	assert_int_equal(n, N);
	cJSON_Delete(json);
	report.tree = false;
	_cleanup_(freep) char *flat = printed(&report);
	assert_null(strstr(flat, "depth"));
}

static void the_envelope(void **state _unused_)
{
	struct builder *builder = builder_from("p 1");
	struct origin *origin = builder_origin(builder);
	origin->hostname = "h\xff\"";
	origin->boot_id = "b0";
	origin->release = NULL;
	origin->taken = 1795500000;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	struct report report = {
		.noun = "namespaces",
		.scope = "quick",
		.view = { .snapshot = snapshot },
		.format = REPORT_JSON,
	};
	_cleanup_(freep) char *text = printed(&report);
	assert_string_equal(
		text, "{\"nstools\":1,\"host\":{\"hostname\":\"h\\ufffd\\\"\",\"boot_id\":\"b0\","
		      "\"kernel\":null,\"taken\":\"2026-11-24T06:00:00Z\"},\"scope\":\"quick\",\n"
		      "\"namespaces\":[],\n\"complete\":true,\"gaps\":[]}\n");
	cJSON_Delete(parsed(text));
}

static void gaps_make_it_incomplete(void **state _unused_)
{
	struct builder *builder = builder_from("gap /proc/1/ns EACCES; gap \x1b]0:\xff ESRCH");
	builder_gap(builder, ECHILD, "has no name of ours");
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	struct report report = {
		.noun = "namespaces",
		.view = { .snapshot = snapshot },
		.format = REPORT_JSON,
	};
	_cleanup_(freep) char *text = printed(&report);
	const char *end = strstr(text, "\"complete\"");
	assert_non_null(end);
	assert_string_equal(
		end, "\"complete\":false,\"gaps\":[\n"
		     "{\"source\":\"/proc/1/ns\",\"error\":\"EACCES\"},\n"
		     "{\"source\":\"\\u001b]0:\\ufffd\",\"error\":\"ESRCH\"},\n"
		     "{\"source\":\"has no name of ours\",\"error\":\"No child processes\"}\n]}\n");
	cJSON_Delete(parsed(text));
}

static void pieces(void **state _unused_)
{
	cJSON *object = cJSON_CreateObject();
	json_add_number(object, "most", UINT64_MAX);
	json_add_bytes(object, "bytes", "a\0b\xff", 4);
	json_add_text(object, "text", "x\n");
	json_add_text(object, "none", NULL);
	cJSON_AddItemToObject(object, "item", json_text("\xe2\x80\xae"));
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	assert_int_equal(json_print(stream, "before: ", object), 0); /* frees it */
	fclose(stream);
	assert_string_equal(text,
			    "before: {\"most\":18446744073709551615,\"bytes\":\"a\\u0000b\\ufffd\","
			    "\"text\":\"x\\n\",\"none\":null,\"item\":\"\\u202e\"}");
	free(text);
}

static cJSON *make_item(void *context, size_t i)
{
	(*(size_t *)context)++;
	return cJSON_CreateNumber((double)i);
}

static void lists_come_an_item_a_line(void **state _unused_)
{
	static const char *const expected[] = { "\"k\":[]", "\"k\":[\n0\n]", "\"k\":[\n0,\n1\n]" };
	for (size_t n = 0; n < ARRAY_SIZE(expected); n++) {
		char *text = NULL;
		size_t size, n_made = 0;
		FILE *stream = open_memstream(&text, &size);
		assert_int_equal(json_print_list(stream, "k", n, make_item, &n_made), 0);
		fclose(stream);
		assert_string_equal(text, expected[n]);
		assert_int_equal(n_made, n);
		free(text);
	}
}

/* Once a write has failed, the rest is not even made. */
static void lists_stop_at_an_error(void **state _unused_)
{
	size_t n_made = 0;
	FILE *full = fopen("/dev/full", "we");
	assert_true(json_print_list(full, "k", 1000000, make_item, &n_made) < 0);
	fclose(full);
	assert_in_range(n_made, 1, 10000);
}

int main(void)
{
	TEST_ROWS(value, value_rows);
	TEST(no_rows);
	TEST(arrays);
	TEST(two_lists_of_two_systems);
	TEST(several_columns);
	TEST(trees_say_the_depth);
	TEST(the_envelope);
	TEST(gaps_make_it_incomplete);
	TEST(pieces);
	TEST(lists_come_an_item_a_line);
	TEST(lists_stop_at_an_error);
	return suite_run("json");
}
