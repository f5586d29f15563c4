/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <langinfo.h>
#include <string.h>

#include "render/cell.h"
#include "render/report.h"

static bool is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The names are libsmartcols'. */
static const char *color_sequence(const char *name)
{
	return name && strcmp(name, "red") == 0 ? "\033[31m" : NULL;
}

/* As libsmartcols encodes cells of a raw table. */
static void print_raw(FILE *stream, const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at <= ' ' || *at == '\\' || *at == '"' || *at > '~')
			fprintf(stream, "\\x%02x", *at);
		else
			fputc(*at, stream);
}

/* The last column is as long as it is. What is longer than its column pushes the others, and only
 * in its own line. */
static void print_cell(const struct report *report, FILE *stream, size_t i, const char *text,
		       const char *color)
{
	const struct field *field = report->fields.fields[i];
	bool last = i + 1 == report->fields.n;
	int width = last ? 0 : (int)field->width;
	fputs(color ? color : "", stream);
	if (report->format == REPORT_RAW)
		print_raw(stream, text);
	else if (field->align == FIELD_RIGHT)
		fprintf(stream, "%*s", width, text);
	else
		fprintf(stream, "%-*s", width, text);
	fputs(color ? "\033[m" : "", stream);
	fputs(last ? "\n" : " ", stream);
}

static int flush(FILE *stream, int r, struct error *err)
{
	errno = EIO;
	if (r < 0 || fflush(stream) != 0 || ferror(stream))
		return error_errno(err, r < 0 ? -r : errno, "cannot write");
	return 0;
}

int report_begin(const struct report *report, FILE *stream, struct error *err)
{
	int r = 0;
	if (report->format == REPORT_JSON)
		r = report_begin_json(report, stream);
	for (size_t i = 0;
	     report->format != REPORT_JSON && !report->no_headings && i < report->fields.n; i++)
		print_cell(report, stream, i, report->fields.fields[i]->name, NULL);
	return flush(stream, r, err);
}

int report_end(const struct report *report, FILE *stream, bool complete, struct error *err)
{
	if (report->format == REPORT_JSON)
		return flush(stream, report_end_json(report, stream, complete), err);
	int r = report_print_table(report, stream, err);
	return r < 0 ? r : flush(stream, 0, err);
}

int report_line(const struct report *report, FILE *stream, const void *item, struct error *err)
{
	int r = 0;
	if (report->format == REPORT_JSON)
		r = report_line_json(report, stream, item);
	for (size_t i = 0; report->format != REPORT_JSON && i < report->fields.n; i++) {
		const struct field *field = report->fields.fields[i];
		struct value value = field_get(field, &report->view, item);
		_cleanup_(freep) char *text = cell_text(report, is_utf8(), &value);
		value_clear(&value);
		const char *color = report->color && field->color
					  ? color_sequence(field->color(&report->view, item))
					  : NULL;
		print_cell(report, stream, i, text, color);
	}
	return flush(stream, r, err);
}
