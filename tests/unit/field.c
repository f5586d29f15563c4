/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/field.h"

#include "fixture.h"

static const struct field known[] = {
	{ "NS", "", 1 << 0, 1 << 4, FIELD_RIGHT, NULL, NULL },
	{ "NSPID", "", 1 << 1, 0, FIELD_LEFT, NULL, NULL },
	{ "PID", "", 0, 0, FIELD_RIGHT, NULL, NULL },
	{ "COMMAND", "", 1 << 1 | 1 << 2, 1 << 5, FIELD_LAST, NULL, NULL },
};

static void assert_columns(const struct field_list *list, const char *expected)
{
	char text[256] = "";
	for (size_t i = 0; i < list->n; i++) {
		strcat(text, i ? "," : "");
		strcat(text, list->fields[i]->name);
		assert_in_range(list->fields[i] - known, 0, ARRAY_SIZE(known) - 1);
	}
	assert_string_equal(text, expected);
}

/* What -o TEXT makes of a list that holds BEFORE. */
static const struct row_parse {
	const char *text, *before, *expected, *message;
} parse_rows[] = {
	{ "NS", "", "NS", NULL },
	{ "NS,PID", "", "NS,PID", NULL },
	{ "PID,NS", "", "PID,NS", NULL },
	{ "NS,NSPID,PID,COMMAND", "", "NS,NSPID,PID,COMMAND", NULL },
	{ "ns,Pid,cOmMaNd", "", "NS,PID,COMMAND", NULL },
	{ "PID", "NS,COMMAND", "PID", NULL },
	{ "+PID", "NS,COMMAND", "NS,COMMAND,PID", NULL },
	{ "+pid,nspid", "NS", "NS,PID,NSPID", NULL },
	{ "+PID", "", "PID", NULL },
	{ "NS", "NS", "NS", NULL },
	{ "", "", NULL, "no column ''" },
	{ "+", "NS", NULL, "no column ''" },
	{ ",", "", NULL, "no column ''" },
	{ "NS,", "", NULL, "no column ''" },
	{ ",NS", "", NULL, "no column ''" },
	{ "NS,,PID", "", NULL, "no column ''" },
	{ "N", "", NULL, "no column 'N'" },
	{ "NSP", "", NULL, "no column 'NSP'" },
	{ "NSPIDS", "", NULL, "no column 'NSPIDS'" },
	{ "NS PID", "", NULL, "no column 'NS PID'" },
	{ " NS", "", NULL, "no column ' NS'" },
	{ "NS,what,PID", "", NULL, "no column 'what'" },
	{ "NS,+PID", "", NULL, "no column '+PID'" },
	{ "++PID", "NS", NULL, "no column '+PID'" },
	{ "NS,PID,NS", "", NULL, "column NS is there twice" },
	{ "NS,ns", "", NULL, "column NS is there twice" },
	{ "+PID", "NS,PID", NULL, "column PID is there twice" },
};

static void parse(void **state)
{
	const struct row_parse *row = ROW(struct row_parse, state);
	struct field_list list = { 0 };
	struct error err = { 0 };
	if (*row->before)
		assert_int_equal(
			field_list_parse(&list, known, ARRAY_SIZE(known), row->before, &err), 0);
	int r = field_list_parse(&list, known, ARRAY_SIZE(known), row->text, &err);
	assert_int_equal(r, row->message ? -EINVAL : 0);
	if (row->message)
		assert_string_equal(err.text, row->message);
	else
		assert_columns(&list, row->expected);
	field_list_clear(&list);
	assert_int_equal(list.n, 0);
	assert_null(list.fields);
}

static void needs_are_united(void **state _unused_)
{
	struct field_list list = { 0 };
	assert_int_equal(field_list_facts(&list), 0);
	assert_int_equal(field_list_details(&list), 0);
	assert_int_equal(field_list_parse(&list, known, ARRAY_SIZE(known), "NSPID,PID", NULL), 0);
	assert_int_equal(field_list_facts(&list), 1 << 1);
	assert_int_equal(field_list_details(&list), 0);
	assert_int_equal(field_list_parse(&list, known, ARRAY_SIZE(known), "NS,PID", NULL), 0);
	assert_int_equal(field_list_facts(&list), 1 << 0);
	assert_int_equal(field_list_details(&list), 1 << 4);
	assert_int_equal(field_list_parse(&list, known, ARRAY_SIZE(known), "NSPID,PID", NULL), 0);
	assert_int_equal(field_list_parse(&list, known, ARRAY_SIZE(known), "+COMMAND,NS", NULL), 0);
	assert_int_equal(field_list_facts(&list), 1 << 0 | 1 << 1 | 1 << 2);
	assert_int_equal(field_list_details(&list), 1 << 4 | 1 << 5);
	assert_true(field_list_has(&list, "COMMAND"));
	assert_false(field_list_has(&list, "PIDS") || field_list_has(&list, "NSP"));
	field_list_clear(&list);
}

static void values(void **state _unused_)
{
	static const pid_t chain[] = { 7, 1 };
	assert_int_equal(value_none().type, VALUE_NONE);
	assert_int_equal(value_unknown().type, VALUE_UNKNOWN);
	assert_int_equal(value_number(UINT64_MAX).type, VALUE_NUMBER);
	assert_true(value_number(UINT64_MAX).number == UINT64_MAX);
	assert_int_equal(value_bool(true).type, VALUE_BOOL);
	assert_int_equal(value_bool(true).number, 1);
	assert_int_equal(value_bool(false).number, 0);
	assert_int_equal(value_time(7).type, VALUE_TIME);
	assert_int_equal(value_time(7).number, 7);
	assert_int_equal(value_string("abc").type, VALUE_STRING);
	assert_int_equal(value_string("abc").n, 3);
	assert_int_equal(value_string("").type, VALUE_STRING); /* empty, and known */
	assert_int_equal(value_string(NULL).type, VALUE_UNKNOWN);
	assert_int_equal(value_chain(chain, 2).type, VALUE_CHAIN);
	assert_ptr_equal(value_chain(chain, 2).chain, chain);
	assert_int_equal(value_chain(chain, 2).n, 2);
	assert_int_equal(value_chain(NULL, 0).type, VALUE_UNKNOWN);
	assert_int_equal(value_array(NULL, 0).type, VALUE_ARRAY); /* empty, and known */
}

static void clear_frees_what_it_owns(void **state _unused_)
{
	struct value taken = value_take(xstrdup("a\0b"), 3), borrowed = value_string("abc");
	assert_int_equal(taken.type, VALUE_STRING);
	assert_int_equal(taken.n, 3);
	assert_ptr_equal(taken.string, taken.owned);
	value_clear(&taken);
	value_clear(&taken);
	value_clear(&borrowed);
	assert_int_equal(taken.type, VALUE_NONE);
	assert_null(taken.owned);
}

static struct value get_place(const struct view *view _unused_, const void *item, size_t place)
{
	return value_number(*(const size_t *)item + place);
}

static struct value get_seven(const struct view *view _unused_, const void *item _unused_)
{
	return value_number(7);
}

static void columns_of_things(void **state _unused_)
{
	const struct field fields[] = { { .name = "A", .get = get_seven },
					{ .name = "B", .get_at = get_place, .place = 3 } };
	const struct view view = { 0 };
	const size_t item = 40;
	assert_int_equal(field_get(&fields[0], &view, &item).number, 7);
	assert_int_equal(field_get(&fields[1], &view, &item).number, 43);
}

/* A sanitizer sees what is not freed, and what twice. */
static void arrays_own_their_items(void **state _unused_)
{
	struct value *items = xcalloc(2, sizeof(*items));
	items[0] = value_take(xstrdup("ab"), 2);
	items[1] = value_array(xcalloc(1, sizeof(*items)), 1);
	struct value array = value_array(items, 2);
	assert_int_equal(array.type, VALUE_ARRAY);
	assert_int_equal(array.n, 2);
	value_clear(&array);
	assert_int_equal(array.type, VALUE_NONE);
	assert_null(array.items);
	value_clear(&array);
}

int main(void)
{
	TEST_ROWS(parse, parse_rows);
	TEST(needs_are_united);
	TEST(values);
	TEST(clear_frees_what_it_owns);
	TEST(columns_of_things);
	TEST(arrays_own_their_items);
	return suite_run("field");
}
