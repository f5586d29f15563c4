/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/text.h"

#include <ctype.h>
#include <string.h>

#include "util/parse.h"

const char *text_word(const char *p, const char *end, unsigned index, size_t *ret_n)
{
	for (;; index--) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		const char *start = p;
		while (p < end && *p != ' ' && *p != '\t' && *p != '\n')
			p++;
		*ret_n = p - start;
		if (index == 0 || p == start)
			return start;
	}
}

int text_number(const char *p, const char *end, unsigned index, uint64_t max, uint64_t *ret)
{
	size_t n;
	const char *text = text_word(p, end, index, &n);
	return parse_u64_n(text, n, max, ret);
}

const char *text_line(const char *text, const char *end, const char *key, const char **ret_end)
{
	size_t n_key = strlen(key);
	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', end - line);
		const char *line_end = newline ? newline : end;
		if ((size_t)(line_end - line) > n_key && memcmp(line, key, n_key) == 0 &&
		    line[n_key] == ':') {
			*ret_end = line_end;
			return line + n_key + 1;
		}
		line = line_end + 1;
	}
	return NULL;
}

uint64_t text_hex(const char *text, const char *end, const char *key)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	uint64_t value = 0;
	size_t n = 0;
	const char *digits = line ? text_word(line, line_end, 0, &n) : NULL;
	for (size_t i = 0; i < n && isxdigit((unsigned char)digits[i]); i++)
		value = value << 4 |
			(isdigit((unsigned char)digits[i]) ? digits[i] - '0'
							   : (digits[i] | 0x20) - 'a' + 10);
	return value;
}

bool text_has_item(const char *list, const char *item)
{
	size_t n_item = strlen(item);
	for (const char *end; *list; list = end + (*end == ',')) {
		end = strchrnul(list, ',');
		if ((size_t)(end - list) == n_item && memcmp(list, item, n_item) == 0)
			return true;
	}
	return false;
}
