/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "model/row.h"
#include "render/field.h"

/* Deeper rows of a tree are drawn at this depth, with a note of how far down they really are:
 * libsmartcols takes time that grows with the square of the depth, and no terminal is so wide. */
#define ROW_DEPTH_DRAWN 64

/* Rows that are parts of one thing: ITEM, of the same type as theirs, stands for the whole. */
struct row_group {
	const void *item;
	size_t first, n; /* of the rows */
};

struct report {
	const char *noun;  /* of the list in JSON: "namespaces" */
	const char *scope; /* what the rows were chosen from; NULL where that needs no word */
	struct view view;  /* without a snapshot, JSON has neither host nor gaps */
	struct field_list fields;
	size_t n_rows;
	const struct row *rows;
	size_t n_groups;
	const struct row_group *groups; /* NULL: JSON has an object for each row, and else one for
					 * each of these */
	const char *parts;		/* that has its rows in an array of this name */
	const struct report *before;	/* JSON has this one's list in front; NULL */
	/* JSON has this one's host as "before", and its gaps too; NULL */
	const struct snapshot *compared_with;
	bool tree;
	const char *tree_field; /* the column that is drawn as a tree; else the first one is */
	enum report_format { REPORT_TABLE, REPORT_RAW, REPORT_JSON } format;
	bool no_headings, no_truncate, color;
};

/* Writes all of it to STREAM: 0, or -errno, EIO where the stream does not say more. */
int report_print(const struct report *report, FILE *stream, struct error *err) _must_check_;

/* The two halves of report_print(). */
int report_print_table(const struct report *report, FILE *stream, struct error *err) _must_check_;
int report_print_json(const struct report *report, FILE *stream, struct error *err) _must_check_;

/*
 * A stream of items that come one by one: each is a line, with columns of a fixed width, or a JSON
 * object; and at once, so that whoever reads sees it as it happens. report_begin() prints the
 * heading, or the object that JSON has in front.
 */
int report_begin(const struct report *report, FILE *stream, struct error *err) _must_check_;
int report_line(const struct report *report, FILE *stream, const void *item,
		struct error *err) _must_check_;

/* What a stream comes to, behind it: REPORT as a table, or as one more line of JSON with its list
 * and whether that is COMPLETE. */
int report_end(const struct report *report, FILE *stream, bool complete,
	       struct error *err) _must_check_;

/* Their parts for JSON. */
int report_begin_json(const struct report *report, FILE *stream) _must_check_;
int report_line_json(const struct report *report, FILE *stream, const void *item) _must_check_;

int report_end_json(const struct report *report, FILE *stream, bool complete) _must_check_;

/* A time as in ps's START: "14:05" within the day before NOW, else "Nov24", "2025" of older years.
 * Local time. */
void format_start(uint64_t seconds, uint64_t now, char *buffer, size_t size);

/* "14:05:07.123": local time of a moment in nanoseconds since 1970. */
void format_clock(uint64_t ns, char *buffer, size_t size);

/* "2026-11-24T14:05:00Z", "2026-11-24T14:05:00.123456789Z" */
void format_utc(uint64_t seconds, char *buffer, size_t size);
void format_utc_ns(uint64_t ns, char *buffer, size_t size);
