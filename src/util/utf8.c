/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_decode(const char *bytes, size_t n, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };

	size_t length = n ? sequence_length((unsigned char)bytes[0]) : 0;
	if (length == 0 || length > n)
		return 0;
	uint32_t code = (unsigned char)bytes[0] & mask[length];
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return length;
}

char *utf8_escape(const char *bytes, size_t n)
{
	char *string = xmalloc(n * 4 + 1), *out = string;
	for (size_t i = 0, length; i < n; i += length) {
		uint32_t code;
		length = utf8_decode(bytes + i, n - i, &code);
		if (length == 0 || code == 0) {
			length = 1;
			out += sprintf(out, "\\x%02x", (unsigned char)bytes[i]);
			continue;
		}
		if (code == '\\')
			*out++ = '\\';
		memcpy(out, bytes + i, length);
		out += length;
	}
	*out = 0;
	return string;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c) : NULL;
	return found ? (int)(found - digits) : -1;
}

int utf8_unescape(const char *string, char **ret, size_t *ret_n)
{
	_cleanup_(freep) char *bytes = xmalloc(strlen(string) + 1);
	size_t n = 0;
	for (const char *p = string; *p; p++) {
		if (*p != '\\') {
			bytes[n++] = *p;
		} else if (*++p == '\\') {
			bytes[n++] = '\\';
		} else {
			if (*p != 'x' || hex_digit(p[1]) < 0 || hex_digit(p[2]) < 0)
				return -EINVAL;
			bytes[n++] = hex_digit(p[1]) << 4 | hex_digit(p[2]);
			p += 2;
		}
	}
	bytes[n] = 0;
	*ret_n = n;
	*ret = TAKE(bytes);
	return 0;
}
