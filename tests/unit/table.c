/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <time.h>

#include "fixture.h"

static struct value get_item(const struct view *view _unused_, const void *item)
{
	return *(const struct value *)item;
}

static struct value get_last(const struct view *view _unused_, const void *item _unused_)
{
	return value_string("z");
}

static struct value get_number(const struct view *view _unused_, const void *item)
{
	char *text = xasprintf("n%zu", (size_t)item);
	return value_take(text, strlen(text));
}

static const char *red_if_number(const struct view *view _unused_, const void *item)
{
	return ((const struct value *)item)->type == VALUE_NUMBER ? "red" : NULL;
}

static struct value get_place(const struct view *view _unused_, const void *item _unused_,
			      size_t place)
{
	return value_number(place);
}

static const struct field left_field = { "LEFT", "", 0, 0, FIELD_LEFT, get_item, NULL };
static const struct field right_field = { "RIGHT", "", 0, 0, FIELD_RIGHT, get_item, NULL };
static const struct field last_field = { "LAST", "", 0, 0, FIELD_LAST, get_last, NULL };
static const struct field long_field = { "LONG", "", 0, 0, FIELD_LAST, get_item, NULL };
static const struct field number_field = { "NUMBER", "", 0, 0, FIELD_LEFT, get_number, NULL };
static const struct field color_field = { "COLOR", "", 0, 0, FIELD_LEFT, get_item, red_if_number };

/* libsmartcols looks whether standard output is a terminal, and how wide, wherever it prints: here
 * it is FD, which is closed. */
static char *printed_beside(int fd, const struct report *report)
{
	fflush(stdout);
	int out = dup(STDOUT_FILENO);
	assert_true(out >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	struct error err = { 0 };
	int r = report_print(report, stream, &err);
	fclose(stream);
	dup2(out, STDOUT_FILENO);
	close(out);
	assert_int_equal(r, 0);
	assert_string_equal(err.text, "");
	return text;
}

static char *printed_off_terminal(const struct report *report)
{
	return printed_beside(open("/dev/null", O_WRONLY | O_CLOEXEC), report);
}

static char *printed_on_terminal(const struct report *report, unsigned short width)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size = { .ws_col = width, .ws_row = 24 };
	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
	char *text = printed_beside(open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC), report);
	close(terminal);
	return text;
}

static void use_locale(const char *name)
{
	if (!setlocale(LC_ALL, name))
		fail_msg("there is no locale %s", name);
}

static const pid_t chain[] = { 2147483647, 2147483647, 1 };

/* A value in the second column of three, as a table and raw. */
static const struct row_cell {
	const char *name;
	struct value value;
	const char *locale, *table, *raw;
} cell_rows[] = {
#define STRING(text)                                                                               \
	{                                                                                          \
		.type = VALUE_STRING, .string = text, .n = sizeof(text) - 1                        \
	}
	{ "none", { .type = VALUE_NONE }, "C", "z    -    z\n", "z - z\n" },
	{ "unknown", { .type = VALUE_UNKNOWN }, "C", "z    ?    z\n", "z ? z\n" },
	{ "a number",
	  { .type = VALUE_NUMBER, .number = UINT64_MAX },
	  "C",
	  "z    18446744073709551615 z\n",
	  "z 18446744073709551615 z\n" },
	{ "0", { .type = VALUE_NUMBER }, "C", "z    0    z\n", "z 0 z\n" },
	{ "yes", { .type = VALUE_BOOL, .number = 1 }, "C", "z    yes  z\n", "z yes z\n" },
	{ "no", { .type = VALUE_BOOL }, "C", "z    no   z\n", "z no z\n" },
	{ "a time",
	  { .type = VALUE_TIME, .number = 1795500000 - 60 },
	  "C",
	  "z    05:59 z\n",
	  "z 05:59 z\n" },
	{ "a chain",
	  { .type = VALUE_CHAIN, .chain = chain, .n = 3 },
	  "C",
	  "z    2147483647/2147483647/1 z\n",
	  "z 2147483647/2147483647/1 z\n" },
	{ "a string", STRING("sh"), "C", "z    sh   z\n", "z sh z\n" },
	{ "blanks", STRING("a b"), "C", "z    a b  z\n", "z a\\x20b z\n" },
	{ "an escape sequence", STRING("\x1b[2J"), "C", "z    \\x1b[2J z\n", "z \\x1b[2J z\n" },
	{ "an escape sequence in UTF-8", STRING("\x1b[2J"), "C.UTF-8", "z    \\x1b[2J z\n",
	  "z \\x1b[2J z\n" },
	{ "CSI of C1 in UTF-8", STRING("\xc2\x9bz"), "C.UTF-8", "z    \\xc2\\x9bz z\n",
	  "z \\xc2\\x9bz z\n" },
	{ "an override in UTF-8", STRING("\xe2\x80\xaez"), "C.UTF-8", "z    \\xe2\\x80\\xaez z\n",
	  "z \\xe2\\x80\\xaez z\n" },
	{ "a newline", STRING("a\nb"), "C", "z    a\\x0ab z\n", "z a\\x0ab z\n" },
	{ "a tab in UTF-8", STRING("a\tb"), "C.UTF-8", "z    a\\x09b z\n", "z a\\x09b z\n" },
	{ "a letter in ASCII", STRING("h\xc3\xa9"), "C", "z    h\\xc3\\xa9 z\n",
	  "z h\\xc3\\xa9 z\n" },
	{ "a letter in UTF-8", STRING("h\xc3\xa9"), "C.UTF-8", "z    h\xc3\xa9   z\n",
	  "z h\\xc3\\xa9 z\n" },
	{ "Latin 1 in UTF-8", STRING("h\xe9"), "C.UTF-8", "z    h\\xe9 z\n", "z h\\xe9 z\n" },
	{ "a NUL", STRING("a\0b"), "C", "z    a\\x00b z\n", NULL },
	{ "a backslash", STRING("a\\b"), "C", "z    a\\b  z\n", "z a\\x5cb z\n" },
};

static void cell(void **state)
{
	const struct row_cell *row = ROW(struct row_cell, state);
	const struct field *fields[] = { &last_field, &left_field, &last_field };
	struct builder *builder = builder_new();
	builder_origin(builder)->taken = 1795500000;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = builder_finish(builder);
	struct row line = { .item = &row->value, .parent = ROW_TOP };
	struct report report = {
		.view = { .snapshot = snapshot },
		.fields = { 3, fields },
		.n_rows = 1,
		.rows = &line,
	};
	setenv("TZ", "UTC0", 1);
	tzset();
	use_locale(row->locale);
	_cleanup_(freep) char *table = printed_off_terminal(&report);
	report.format = REPORT_RAW;
	_cleanup_(freep) char *raw = printed_off_terminal(&report);
	assert_non_null(strchr(table, '\n'));
	assert_string_equal(strchr(table, '\n') + 1, row->table);
	if (row->raw)
		assert_string_equal(strchr(raw, '\n') + 1, row->raw);
}

static void headings_and_alignment(void **state _unused_)
{
	const struct field *fields[] = { &right_field, &left_field, &last_field };
	struct value small = { .type = VALUE_NUMBER, .number = 7 };
	struct value large = { .type = VALUE_NUMBER, .number = 4026531836 };
	struct row rows[] = { { &small, ROW_TOP, 0 }, { &large, ROW_TOP, 0 } };
	struct report report = { .fields = { 3, fields }, .n_rows = 2, .rows = rows };
	use_locale("C");
	_cleanup_(freep) char *table = printed_off_terminal(&report);
	assert_string_equal(table, "     RIGHT LEFT       LAST\n"
				   "         7 7          z\n"
				   "4026531836 4026531836 z\n");
	report.format = REPORT_RAW;
	_cleanup_(freep) char *raw = printed_off_terminal(&report);
	assert_string_equal(raw, "RIGHT LEFT LAST\n7 7 z\n4026531836 4026531836 z\n");
	report.no_headings = true;
	_cleanup_(freep) char *bare_raw = printed_off_terminal(&report);
	assert_string_equal(bare_raw, "7 7 z\n4026531836 4026531836 z\n");
	report.format = REPORT_TABLE;
	_cleanup_(freep) char *bare = printed_off_terminal(&report);
	assert_string_equal(bare, "         7 7          z\n4026531836 4026531836 z\n");
}

static void arrays(void **state _unused_)
{
	const struct field *fields[] = { &array_field };
	const size_t sizes[] = { 4, 1, 0 };
	struct row rows[] = { { &sizes[0], ROW_TOP, 0 },
			      { &sizes[1], ROW_TOP, 0 },
			      { &sizes[2], ROW_TOP, 0 } };
	struct report report = { .fields = { 1, fields }, .n_rows = 3, .rows = rows };
	use_locale("C");
	_cleanup_(freep) char *table = printed_off_terminal(&report);
	assert_string_equal(table, "ARRAY\n18446744073709551615,?,yes,a\\x1b\n-\n-\n");
}

/* Names of processes are headings, and made safe as cells are. */
static void columns_of_things(void **state _unused_)
{
	const struct field matrix[] = {
		{ .name = "1 a\x1b[2J", .get_at = get_place, .place = 5 },
		{ .name = "1 a\x1b[2J", .get_at = get_place, .place = 6 },
	};
	const struct field *fields[] = { &matrix[0], &matrix[1] };
	struct row row = { NULL, ROW_TOP, 0 };
	struct report report = { .fields = { 2, fields }, .n_rows = 1, .rows = &row };
	use_locale("C.UTF-8");
	_cleanup_(freep) char *table = printed_off_terminal(&report);
	assert_string_equal(table, "1 a\\x1b[2J 1 a\\x1b[2J\n5          6\n");
	report.format = REPORT_RAW;
	_cleanup_(freep) char *raw = printed_off_terminal(&report);
	assert_string_equal(raw, "1\\x20a\\x1b[2J 1\\x20a\\x1b[2J\n5 6\n");
}

static void no_rows_no_table(void **state _unused_)
{
	const struct field *fields[] = { &left_field };
	struct report report = { .fields = { 1, fields }, .tree = true };
	_cleanup_(freep) char *text = printed_off_terminal(&report);
	assert_string_equal(text, "");
}

/* What is not a terminal has no width. */
static void files_get_all_of_it(void **state _unused_)
{
	const struct field *fields[] = { &long_field };
	char text[2001];
	memset(text, 'x', 2000);
	text[2000] = 0;
	struct value value = value_string(text);
	struct row line = { &value, ROW_TOP, 0 };
	struct report report = { .fields = { 1, fields }, .n_rows = 1, .rows = &line };
	use_locale("C");
	_cleanup_(freep) char *table = printed_off_terminal(&report);
	assert_int_equal(strlen(table), strlen("LONG\n") + 2000 + 1);
}

/* The last column gives way to the width of a terminal, unless it must not. */
static void terminals_get_what_fits(void **state _unused_)
{
	const struct field *fields[] = { &last_field, &long_field };
	struct value value = value_string("0123456789abcdefghijklmnopqrstuvwxyz");
	struct row line = { &value, ROW_TOP, 0 };
	struct report report = { .fields = { 2, fields }, .n_rows = 1, .rows = &line };
	use_locale("C");
	_cleanup_(freep) char *cut = printed_on_terminal(&report, 20);
	assert_string_equal(cut, "LAST LONG\nz    0123456789abcde\n");
	report.no_truncate = true;
	_cleanup_(freep) char *whole = printed_on_terminal(&report, 20);
	assert_string_equal(whole, "LAST LONG\nz    0123456789abcdefghijklmnopqrstuvwxyz\n");
}

/* What is needed to know the row does not. */
static void other_columns_are_not_cut(void **state _unused_)
{
	const struct field *fields[] = { &left_field, &last_field };
	struct value value = value_string("0123456789abcdefghijklmnopqrstuvwxyz");
	struct row line = { &value, ROW_TOP, 0 };
	struct report report = { .fields = { 2, fields }, .n_rows = 1, .rows = &line };
	use_locale("C");
	_cleanup_(freep) char *text = printed_on_terminal(&report, 20);
	assert_non_null(strstr(text, "0123456789abcdefghijklmnopqrstuvwxyz"));
}

static void colors(void **state _unused_)
{
	const struct field *fields[] = { &color_field, &last_field };
	struct value number = value_number(7), none = value_none();
	struct row rows[] = { { &number, ROW_TOP, 0 }, { &none, ROW_TOP, 0 } };
	struct report report = { .fields = { 2, fields }, .n_rows = 2, .rows = rows };
	use_locale("C");
	_cleanup_(freep) char *plain = printed_off_terminal(&report);
	assert_string_equal(plain, "COLOR LAST\n7     z\n-     z\n");
	report.color = true;
	_cleanup_(freep) char *colored = printed_off_terminal(&report);
	assert_string_equal(colored, "COLOR LAST\n\x1b[31m7    \x1b[0m z\n-     z\n");
}

/* Rows n0, n1, … of the given depths in the second column; the C locale draws in ASCII. */
static char *printed_tree(const size_t *depths, size_t n, enum report_format format)
{
	const struct field *fields[] = { &last_field, &number_field };
	_cleanup_(freep) struct row *rows = xcalloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++) {
		size_t parent = i;
		while (parent > 0 && depths[--parent] >= depths[i])
			;
		rows[i] = (struct row){ .item = (void *)i,
					.parent = depths[i] ? parent : ROW_TOP,
					.depth = depths[i] };
	}
	struct report report = {
		.fields = { 2, fields },
		.n_rows = n,
		.rows = rows,
		.tree = true,
		.tree_field = "NUMBER",
		.format = format,
	};
	return printed_off_terminal(&report);
}

static void a_tree(void **state _unused_)
{
	static const size_t depths[] = { 0, 1, 2, 1, 0 };
	use_locale("C");
	_cleanup_(freep) char *ascii = printed_tree(depths, ARRAY_SIZE(depths), REPORT_TABLE);
	assert_string_equal(ascii,
			    "LAST NUMBER\nz    n0\nz    |-n1\nz    | `-n2\nz    `-n3\nz    n4\n");
	use_locale("C.UTF-8");
	_cleanup_(freep) char *utf8 = printed_tree(depths, ARRAY_SIZE(depths), REPORT_TABLE);
	assert_string_equal(utf8,
			    "LAST NUMBER\nz    n0\nz    ├─n1\nz    │ └─n2\nz    └─n3\nz    n4\n");
}

/* How far row INDEX is indented, behind the first column; *RET is what stands there. */
static size_t cell_of(char *table, size_t index, const char **ret)
{
	char *line = table;
	for (size_t i = 0; i <= index; i++)
		line = strchr(line, '\n') + 1;
	line += strlen("z    ");
	size_t indent = strspn(line, " |`-");
	*strchr(line, '\n') = 0;
	*ret = line + indent;
	return indent;
}

static void assert_rows(const size_t *depths, size_t n, const char *fold)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *table = printed_tree(depths, n, REPORT_TABLE);
		_cleanup_(freep) char *expected =
			depths[i] <= 64 ? xasprintf("n%zu", i)
					: xasprintf("%s+%zu levels n%zu", fold, depths[i] - 64, i);
		const char *text;
		size_t indent = cell_of(table, i, &text);
		assert_string_equal(text, expected);
		assert_int_equal(indent, 2 * (depths[i] <= 64 ? depths[i] : 64));
	}
}

/* Down to level 70, up to 63 and to 1, and down again: 64 levels are drawn, the rest is said. */
static void deep_trees_fold(void **state _unused_)
{
	size_t depths[80], n = 0;
	for (size_t depth = 0; depth <= 70; depth++)
		depths[n++] = depth;
	depths[n++] = 63;
	depths[n++] = 64;
	depths[n++] = 65;
	depths[n++] = 1;
	depths[n++] = 2;
	use_locale("C");
	assert_rows(depths, n, "");
}

static void the_fold_in_utf8(void **state _unused_)
{
	size_t depths[67];
	for (size_t depth = 0; depth < ARRAY_SIZE(depths); depth++)
		depths[depth] = depth;
	use_locale("C.UTF-8");
	_cleanup_(freep) char *table = printed_tree(depths, ARRAY_SIZE(depths), REPORT_TABLE);
	assert_null(strstr(table, "+0 levels"));
	assert_non_null(strstr(table, "─n64\n"));
	assert_non_null(strstr(table, "─… +1 levels n65\n"));
	assert_non_null(strstr(table, "─… +2 levels n66\n"));
}

/* Without a drawing there is nothing to fold. */
static void raw_trees_are_flat(void **state _unused_)
{
	static const size_t depths[] = { 0, 1, 2, 1 };
	use_locale("C");
	_cleanup_(freep) char *raw = printed_tree(depths, ARRAY_SIZE(depths), REPORT_RAW);
	assert_string_equal(raw, "LAST NUMBER\nz n0\nz n1\nz n2\nz n3\n");
}

static void the_first_column_unless_named(void **state _unused_)
{
	const struct field *fields[] = { &number_field, &last_field };
	struct row rows[] = { { (void *)0, ROW_TOP, 0 }, { (void *)1, 0, 1 } };
	struct report report = {
		.fields = { 2, fields },
		.n_rows = 2,
		.rows = rows,
		.tree = true,
		.tree_field = "GONE",
	};
	use_locale("C");
	_cleanup_(freep) char *gone = printed_off_terminal(&report);
	assert_string_equal(gone, "NUMBER LAST\nn0     z\n`-n1   z\n");
	report.tree_field = NULL;
	_cleanup_(freep) char *none = printed_off_terminal(&report);
	assert_string_equal(none, gone);
}

/* A right-aligned column, drawn as a tree, is aligned by its drawing. */
static void a_tree_of_numbers(void **state _unused_)
{
	const struct field *fields[] = { &right_field };
	struct value small = value_number(7), large = value_number(4026531836);
	struct row rows[] = { { &small, ROW_TOP, 0 }, { &large, 0, 1 } };
	struct report report = { .fields = { 1, fields }, .n_rows = 2, .rows = rows, .tree = true };
	use_locale("C");
	_cleanup_(freep) char *text = printed_off_terminal(&report);
	assert_string_equal(text, "RIGHT\n7\n`-4026531836\n");
}

int main(void)
{
	TEST_ROWS(cell, cell_rows);
	TEST(headings_and_alignment);
	TEST(arrays);
	TEST(columns_of_things);
	TEST(no_rows_no_table);
	TEST(files_get_all_of_it);
	TEST(terminals_get_what_fits);
	TEST(other_columns_are_not_cut);
	TEST(colors);
	TEST(a_tree);
	TEST(deep_trees_fold);
	TEST(the_fold_in_utf8);
	TEST(raw_trees_are_flat);
	TEST(the_first_column_unless_named);
	TEST(a_tree_of_numbers);
	return suite_run("table");
}
