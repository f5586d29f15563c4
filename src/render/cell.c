/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/cell.h"

#include <inttypes.h>
#include <string.h>

#include "render/safe.h"
#include "util/alloc.h"

static char *chain_text(const struct value *value)
{
	char *text = xmalloc(value->n * 12 + 1), *out = text;
	for (size_t i = 0; i < value->n; i++)
		out += sprintf(out, i ? "/%d" : "%d", value->chain[i]);
	return text;
}

/* What libsmartcols encodes itself in raw mode (and without ambiguity) it gets as it is; what it
 * would print to a terminal has to be safe before. */
char *cell_string(const struct report *report, bool utf8, const char *bytes, size_t n)
{
	if (report->format != REPORT_RAW)
		return safe_text(bytes, n, utf8);
	char *text = xmalloc(n + 1);
	memcpy(text, bytes, n);
	text[n] = 0;
	return text;
}

static char *array_text(const struct report *report, bool utf8, const struct value *value)
{
	char *text = xstrdup(value->n ? "" : "-");
	size_t n = 0;
	for (size_t i = 0; i < value->n; i++) {
		_cleanup_(freep) char *item = cell_text(report, utf8, &value->items[i]);
		text = xreallocarray(text, n + strlen(item) + sizeof(","), 1);
		n += sprintf(text + n, "%s%s", i ? "," : "", item);
	}
	return text;
}

char *cell_text(const struct report *report, bool utf8, const struct value *value)
{
	char buffer[32];
	switch (value->type) {
	case VALUE_NONE:
		return xstrdup("-");
	case VALUE_UNKNOWN:
		return xstrdup("?");
	case VALUE_NUMBER:
		return xasprintf("%" PRIu64, value->number);
	case VALUE_BOOL:
		return xstrdup(value->number ? "yes" : "no");
	case VALUE_TIME:
		format_start(value->number, report->view.snapshot->origin.taken, buffer,
			     sizeof(buffer));
		return xstrdup(buffer);
	case VALUE_MOMENT:
		format_clock(value->number, buffer, sizeof(buffer));
		return xstrdup(buffer);
	case VALUE_SPAN:
		return xasprintf("%" PRIu64 ".%03u", value->number / 1000000000,
				 (unsigned)(value->number / 1000000 % 1000));
	case VALUE_CHAIN:
		return chain_text(value);
	case VALUE_STRING:
		return cell_string(report, utf8, value->string, value->n);
	case VALUE_ARRAY:
		return array_text(report, utf8, value);
	}
	return xstrdup("?");
}
