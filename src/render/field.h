/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

/* What a cell holds. In a table none is "-" and unknown "?"; in JSON both are null. */
struct value {
	enum value_type {
		VALUE_NONE,    /* there is nothing */
		VALUE_UNKNOWN, /* there may be something, and we may not or could not see it */
		VALUE_NUMBER,
		VALUE_BOOL,
		VALUE_STRING, /* raw bytes: whoever prints them makes them safe */
		VALUE_TIME,   /* seconds since 1970; a table shows it as ps's START */
		VALUE_MOMENT, /* nanoseconds since 1970; a line shows the time of day */
		VALUE_SPAN,   /* nanoseconds that something took; seconds, in JSON exactly */
		VALUE_CHAIN,  /* 12675/79: an array of numbers in JSON */
		VALUE_ARRAY,  /* of values: with commas between them, an array in JSON */
	} type;
	uint64_t number;
	const char *string;
	size_t n; /* bytes of STRING, numbers of CHAIN, items of ARRAY */
	const pid_t *chain;
	struct value *items; /* of ARRAY; freed by value_clear(), and so is what they own */
	char *owned;	     /* freed by value_clear() */
};

struct value value_none(void);
struct value value_unknown(void);
struct value value_number(uint64_t number);
struct value value_bool(bool truth);
struct value value_time(uint64_t seconds);
struct value value_moment(uint64_t ns);
struct value value_span(uint64_t ns);
struct value value_string(const char *string);		  /* borrowed; NULL is unknown */
struct value value_take(char *string, size_t n);	  /* owned from here on */
struct value value_chain(const pid_t *numbers, size_t n); /* borrowed; empty is unknown */
struct value value_array(struct value *items, size_t n);  /* owned from here on */
void value_clear(struct value *value);

/* What fields look at: both parts of what was collected. */
struct view {
	const struct snapshot *snapshot;
	const struct details *details;
};

/* The one place that says what a column is. */
struct field {
	const char *name; /* upper case; JSON has it in lower case */
	const char *help; /* one line, no full stop */
	unsigned facts;	  /* of collect/collect.h */
	unsigned details; /* of detail/take.h */
	enum field_align { FIELD_LEFT, FIELD_RIGHT, FIELD_LAST } align; /* last: may be truncated */
	struct value (*get)(const struct view *view, const void *item);
	const char *(*color)(const struct view *view, const void *item); /* NULL: plain */
	/* Where JSON puts rows together: of what is it said? */
	enum field_of { FIELD_OF_WHOLE, FIELD_OF_PART, FIELD_OF_BOTH } of;
	/* Where the columns are as many as there are things (a matrix), GET is NULL, NAME is
	 * untrusted bytes, and this is asked for what stands in column PLACE. */
	struct value (*get_at)(const struct view *view, const void *item, size_t place);
	size_t place;
	size_t width; /* in a line of a stream, whose other lines nobody knows yet */
};

struct value field_get(const struct field *field, const struct view *view, const void *item);

struct field_list {
	size_t n;
	const struct field **fields;
};

/* Adds the columns that TEXT names ("NS,PID", in either case) of the N known ones; a leading "+"
 * keeps what LIST had, else it begins anew. -EINVAL for a name that does not exist or is there
 * twice. */
int field_list_parse(struct field_list *list, const struct field *known, size_t n, const char *text,
		     struct error *err) _must_check_;
bool field_list_has(const struct field_list *list, const char *name);
void field_list_clear(struct field_list *list);

/* What has to be read for them. */
unsigned field_list_facts(const struct field_list *list);
unsigned field_list_details(const struct field_list *list);
