/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tables.h"

#include <string.h>

#include "util/alloc.h"

static size_t count_tables(const struct cli_tool *tool)
{
	return 1 + tool->n_others;
}

struct cli_table table_get(const struct cli_tool *tool, size_t i)
{
	if (i)
		return tool->others[i - 1];
	return (struct cli_table){ tool->of, tool->fields, tool->n_fields, tool->default_columns };
}

/* As wide as most names, or as the longest one. */
static int names_width(const struct cli_tool *tool)
{
	size_t width = 9;
	for (size_t i = 0; i < count_tables(tool); i++) {
		const struct cli_table table = table_get(tool, i);
		for (size_t j = 0; j < table.n_fields; j++)
			if (strlen(table.fields[j].name) > width)
				width = strlen(table.fields[j].name);
	}
	return width;
}

static void print_table_help(const struct cli_table *table, int width)
{
	printf("\nColumns%s%s (default %s):\n", table->of ? " of " : "", table->of ? table->of : "",
	       table->default_columns);
	for (size_t i = 0; i < table->n_fields; i++)
		printf(" %*s  %s\n", width, table->fields[i].name, table->fields[i].help);
}

void tables_print_help(const struct cli_tool *tool)
{
	for (size_t i = 0; i < count_tables(tool); i++) {
		const struct cli_table table = table_get(tool, i);
		if (i == 0 || table.of)
			print_table_help(&table, names_width(tool));
	}
}

/* A row of --list-columns. */
struct column {
	const char *of;
	const struct field *field;
};

static struct value column_name(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct column *)item)->field->name);
}

static struct value column_of(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct column *)item)->of);
}

static struct value column_help(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct column *)item)->field->help);
}

static const struct field column_fields[] = {
	{ "COLUMN", "name of the column", 0, 0, FIELD_LEFT, column_name, NULL },
	{ "HELP", "what it says", 0, 0, FIELD_LAST, column_help, NULL },
	{ "OF", "of which rows", 0, 0, FIELD_LEFT, column_of, NULL },
};

static void list_columns(const struct cli_tool *tool, struct column **ret, size_t *ret_n)
{
	struct column *columns = NULL;
	size_t n = 0, size = 0;
	for (size_t i = 0; i < count_tables(tool); i++) {
		const struct cli_table table = table_get(tool, i);
		for (size_t j = 0; j < table.n_fields && (i == 0 || table.of); j++) {
			columns = xgrow(columns, n, &size, sizeof(*columns));
			columns[n++] = (struct column){ table.of, &table.fields[j] };
		}
	}
	*ret = columns;
	*ret_n = n;
}

/* The columns are a report like any other. */
int tables_list_columns(const struct cli *cli)
{
	_cleanup_(freep) struct column *columns = NULL;
	size_t n;
	list_columns(cli->tool, &columns, &n);
	_cleanup_(freep) struct row *rows = xcalloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .item = &columns[i], .parent = ROW_TOP };
	const struct field *fields[] = { &column_fields[0], &column_fields[1], &column_fields[2] };
	struct report report = cli->report;
	report.noun = "columns";
	report.fields = (struct field_list){ .n = cli->tool->of ? 3 : 2, .fields = fields };
	report.rows = rows;
	report.n_rows = n;
	struct error err = { 0 };
	if (report_print(&report, stdout, &err) < 0) {
		cli_message(cli, "%s", err.text);
		return CLI_TROUBLE;
	}
	return CLI_YES;
}
