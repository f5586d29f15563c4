/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <langinfo.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "render/cell.h"
#include "render/report.h"
#include "util/alloc.h"

struct drawing {
	const struct report *report;
	struct libscols_table *table;
	struct libscols_line **lines; /* of the rows that can still be parents, by place */
	bool tree;		      /* drawn as one: not in raw mode */
	size_t tree_field;
	bool utf8;
};

static int add_columns(struct drawing *drawing)
{
	const struct report *report = drawing->report;
	for (size_t i = 0; i < report->fields.n; i++) {
		const struct field *field = report->fields.fields[i];
		int flags = 0;
		if (drawing->tree && i == drawing->tree_field)
			flags |= SCOLS_FL_TREE;
		else if (field->align == FIELD_RIGHT)
			flags |= SCOLS_FL_RIGHT;
		if (field->align == FIELD_LAST && !report->no_truncate)
			flags |= SCOLS_FL_TRUNC;
		_cleanup_(freep) char *name =
			cell_string(report, drawing->utf8, field->name, strlen(field->name));
		if (!scols_table_new_column(drawing->table, name, 0, flags))
			return -ENOMEM;
	}
	return 0;
}

/* "… +37 levels 4026532901" */
static char *fold_text(const struct drawing *drawing, char *text, size_t depth)
{
	_cleanup_(freep) char *plain = text;
	return xasprintf("%s+%zu levels %s", drawing->utf8 ? "… " : "", depth - ROW_DEPTH_DRAWN,
			 plain);
}

static int fill_cell(const struct drawing *drawing, struct libscols_line *line,
		     const struct row *row, size_t i)
{
	const struct report *report = drawing->report;
	const struct field *field = report->fields.fields[i];
	struct value value = field_get(field, &report->view, row->item);
	char *text = cell_text(report, drawing->utf8, &value);
	value_clear(&value);
	if (drawing->tree && i == drawing->tree_field && row->depth > ROW_DEPTH_DRAWN)
		text = fold_text(drawing, text, row->depth);
	const char *color =
		report->color && field->color ? field->color(&report->view, row->item) : NULL;
	if (color)
		scols_cell_set_color(scols_line_get_cell(line, i), color);
	return scols_line_refer_data(line, i, text);
}

static int add_rows(struct drawing *drawing)
{
	const struct report *report = drawing->report;
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct row *row = &report->rows[i];
		bool child = drawing->tree && row->parent != ROW_TOP;
		struct libscols_line *parent = child ? drawing->lines[row->parent] : NULL;
		struct libscols_line *line = scols_table_new_line(drawing->table, parent);
		if (!line)
			return -ENOMEM;
		/* On the last level that is drawn, children hang from where their parent does. */
		if (drawing->lines)
			drawing->lines[i] = row->depth >= ROW_DEPTH_DRAWN ? parent : line;
		for (size_t j = 0; j < report->fields.n; j++) {
			int r = fill_cell(drawing, line, row, j);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static size_t find_tree_field(const struct report *report)
{
	for (size_t i = 0; i < report->fields.n; i++)
		if (report->tree_field &&
		    strcmp(report->fields.fields[i]->name, report->tree_field) == 0)
			return i;
	return 0;
}

/* libsmartcols looks at standard output, wherever it prints to. */
static void set_width(struct libscols_table *table, FILE *stream)
{
	struct winsize size = { 0 };
	int fd = fileno(stream);
	if (fd < 0 || fd == STDOUT_FILENO)
		return;
	bool is_terminal = isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0;
	scols_table_set_termforce(table,
				  is_terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (is_terminal && size.ws_col)
		scols_table_set_termwidth(table, size.ws_col);
}

int report_print_table(const struct report *report, FILE *stream, struct error *err)
{
	struct drawing drawing = {
		.report = report,
		.table = scols_new_table(),
		.tree = report->tree && report->format != REPORT_RAW,
		.tree_field = find_tree_field(report),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
	if (!drawing.table)
		return error_errno(err, ENOMEM, "libsmartcols");
	if (drawing.tree)
		drawing.lines = xcalloc(report->n_rows, sizeof(struct libscols_line *));
	scols_table_set_stream(drawing.table, stream);
	set_width(drawing.table, stream);
	scols_table_enable_raw(drawing.table, report->format == REPORT_RAW);
	scols_table_enable_noencoding(drawing.table, report->format != REPORT_RAW);
	scols_table_enable_noheadings(drawing.table, report->no_headings);
	scols_table_enable_colors(drawing.table, report->color);

	int r = add_columns(&drawing);
	if (r == 0)
		r = add_rows(&drawing);
	if (r == 0 && report->n_rows)
		r = scols_print_table(drawing.table);
	scols_unref_table(drawing.table);
	free(drawing.lines);
	return r < 0 ? error_errno(err, -r, "cannot print the table") : 0;
}
