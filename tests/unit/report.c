/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/report.h"

#include <time.h>

#include "fixture.h"

static struct value get_text(const struct view *view _unused_, const void *item)
{
	return value_string(item);
}

static const struct field text_field = { "TEXT", "", 0, 0, FIELD_LEFT, get_text, NULL };
static const struct field *const fields[] = { &text_field };

/* A report of N rows of some length. */
static struct report report_of(struct row *rows, size_t n, enum report_format format)
{
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .item = "0123456789", .parent = ROW_TOP };
	return (struct report){
		.noun = "rows",
		.fields = { 1, (const struct field **)fields },
		.n_rows = n,
		.rows = rows,
		.format = format,
	};
}

static void the_format_decides(void **state _unused_)
{
	struct row rows[1];
	struct report report = report_of(rows, 1, REPORT_TABLE);
	_cleanup_(freep) char *table = printed(&report);
	report.format = REPORT_RAW;
	_cleanup_(freep) char *raw = printed(&report);
	report.format = REPORT_JSON;
	_cleanup_(freep) char *json = printed(&report);
	assert_string_equal(table, "TEXT\n0123456789\n");
	assert_string_equal(raw, "TEXT\n0123456789\n");
	assert_string_equal(json, "{\"nstools\":1,\n\"rows\":[\n{\"text\":\"0123456789\"}\n]}\n");
}

static struct value get_span(const struct view *view _unused_, const void *item)
{
	return value_span(strlen(item) * 100200300400);
}

/* What ends a stream is one more line of it, with seconds as exactly as they are known. */
static void the_end(void **state _unused_)
{
	static const struct field span_field = { "SPAN", "", 0, 0, FIELD_RIGHT, get_span, NULL };
	static const struct field *const both[] = { &text_field, &span_field };
	struct row rows[2];
	struct error err = { 0 };
	struct report report = report_of(rows, 2, REPORT_JSON);
	report.fields = (struct field_list){ 2, (const struct field **)both };
	rows[1].item = "";
	for (int table = 0; table < 2; table++) {
		_cleanup_(freep) char *text = NULL;
		size_t n;
		FILE *stream = open_memstream(&text, &n);
		report.format = table ? REPORT_TABLE : REPORT_JSON;
		assert_int_equal(report_end(&report, stream, true, &err), 0);
		report.n_rows = 0;
		assert_int_equal(report_end(&report, stream, false, &err), 0);
		report.n_rows = 2;
		fclose(stream);
		assert_string_equal(text,
				    table ? "TEXT           SPAN\n"
					    "0123456789 1002.003\n"
					    "              0.000\n"
					  : "{\"rows\":[{\"text\":\"0123456789\","
					    "\"span\":1002.003004000},{\"text\":\"\",\"span\":"
					    "0.000000000}],\"complete\":true}\n"
					    "{\"rows\":[],\"complete\":false}\n");
	}
}

/* Some rows fit into stdio's buffer, more do not; both are lost on a full disk, and it says so. */
static const struct row_full {
	const char *name;
	enum report_format format;
	size_t n;
} full_rows[] = {
	{ "a small table", REPORT_TABLE, 1 },	{ "a large table", REPORT_TABLE, 2000 },
	{ "a small raw table", REPORT_RAW, 1 }, { "a large raw table", REPORT_RAW, 2000 },
	{ "small JSON", REPORT_JSON, 1 },	{ "large JSON", REPORT_JSON, 2000 },
};

static void no_space_left(void **state)
{
	const struct row_full *row = ROW(struct row_full, state);
	static struct row rows[2000];
	struct report report = report_of(rows, row->n, row->format);
	struct error err = { 0 };
	FILE *full = fopen("/dev/full", "we");
	assert_non_null(full);
	errno = 0;
	assert_true(report_print(&report, full, &err) < 0);
	fclose(full);
	assert_int_equal(err.number, ENOSPC);
	assert_non_null(strstr(err.text, "No space left on device"));
}

/* A stream that has failed before, and since then does not say why. */
static void an_error_of_before(void **state _unused_)
{
	struct row rows[1];
	struct report report = report_of(rows, 1, REPORT_TABLE);
	struct error err = { 0 };
	FILE *stream = fopen("/dev/null", "re"); /* cannot be written to at all */
	assert_non_null(stream);
	assert_true(report_print(&report, stream, &err) < 0);
	assert_true(err.number == EIO || err.number == EBADF);
	fclose(stream);
}

#define NOV_24_2026 1795500000 /* Tuesday, 24 November 2026, 06:00:00 UTC */
#define DAY 86400

static const struct row_start {
	const char *name;
	uint64_t seconds, now;
	const char *zone, *expected;
} start_rows[] = {
	{ "now", NOV_24_2026, NOV_24_2026, "UTC0", "06:00" },
	{ "just before", NOV_24_2026 - 60, NOV_24_2026, "UTC0", "05:59" },
	{ "yesterday, and not yet a day ago", NOV_24_2026 - DAY + 1, NOV_24_2026, "UTC0", "06:00" },
	{ "a day ago", NOV_24_2026 - DAY, NOV_24_2026, "UTC0", "Nov23" },
	{ "long ago this year", NOV_24_2026 - 300 * DAY, NOV_24_2026, "UTC0", "Jan28" },
	{ "last year", NOV_24_2026 - 400 * DAY, NOV_24_2026, "UTC0", "2025" },
	{ "last year, and not yet a day ago", 1798740000, 1798740000 + DAY / 2, "UTC0", "18:00" },
	{ "the clock was set back", NOV_24_2026 + DAY, NOV_24_2026, "UTC0", "Nov25" },
	{ "the clock was set back a little", NOV_24_2026 + 1, NOV_24_2026, "UTC0", "Nov24" },
	{ "the clock was set back by years", NOV_24_2026 + 400 * DAY, NOV_24_2026, "UTC0", "2027" },
	{ "1970", 0, NOV_24_2026, "UTC0", "1970" },
	{ "in local time", NOV_24_2026, NOV_24_2026, "EST5", "01:00" },
	{ "a day of local time", NOV_24_2026 - 2 * DAY, NOV_24_2026, "XXX12", "Nov21" },
	{ "beyond all calendars", UINT64_MAX / 2, NOV_24_2026, "UTC0", "?" },
	{ "from beyond all calendars", NOV_24_2026, UINT64_MAX / 2, "UTC0", "?" },
};

static void start(void **state)
{
	const struct row_start *row = ROW(struct row_start, state);
	char buffer[32];
	setenv("TZ", row->zone, 1);
	tzset();
	format_start(row->seconds, row->now, buffer, sizeof(buffer));
	assert_string_equal(buffer, row->expected);
}

static const struct row_utc {
	const char *expected;
	uint64_t seconds;
} utc_rows[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2026-11-24T06:00:00Z", NOV_24_2026 },
	{ "2038-01-19T03:14:08Z", (uint64_t)INT32_MAX + 1 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
	{ "?", UINT64_MAX / 2 },
};

static void utc(void **state)
{
	const struct row_utc *row = ROW(struct row_utc, state);
	char buffer[32];
	setenv("TZ", "EST5", 1); /* has no say */
	tzset();
	format_utc(row->seconds, buffer, sizeof(buffer));
	assert_string_equal(buffer, row->expected);
}

int main(void)
{
	TEST(the_format_decides);
	TEST(the_end);
	TEST_ROWS(no_space_left, full_rows);
	TEST(an_error_of_before);
	TEST_ROWS(start, start_rows);
	TEST_ROWS(utc, utc_rows);
	return suite_run("report");
}
