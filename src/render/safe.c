/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/safe.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/utf8.h"

static bool is_harmless(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	if (code == 0x61c || code == 0x200e || code == 0x200f) /* marks of direction */
		return false;
	if (code >= 0x2028 && code <= 0x202e) /* separators, embeddings, overrides */
		return false;
	return !(code >= 0x2066 && code <= 0x2069) && code != 0xfeff; /* isolates, BOM */
}

/* The bytes in front that stay as they are, which mostly are all: ASCII, and nothing that looks
 * like an escape. */
static size_t plain_length(const char *bytes, size_t n)
{
	size_t i = 0;
	while (i < n && bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\')
		i++;
	return i;
}

char *safe_text(const char *bytes, size_t n, bool utf8)
{
	const size_t n_plain = plain_length(bytes, n);
	char *text = xmalloc(n_plain + (n - n_plain) * 4 + 1), *out = text + n_plain;
	if (n_plain)
		memcpy(text, bytes, n_plain);
	for (size_t i = n_plain, length; i < n; i += length) {
		uint32_t code = 0;
		length = utf8_decode(bytes + i, n - i, &code);
		bool looks_escaped = code == '\\' && i + 1 < n && bytes[i + 1] == 'x';
		if (length && is_harmless(code) && (utf8 || length == 1) && !looks_escaped) {
			memcpy(out, bytes + i, length);
			out += length;
			continue;
		}
		length = length ? length : 1;
		for (size_t j = 0; j < length; j++)
			out += sprintf(out, "\\x%02x", (unsigned char)bytes[i + j]);
	}
	*out = 0;
	return text;
}

static char *put_json(char *out, uint32_t code, const char *bytes, size_t length)
{
	if (length == 0)
		return out + sprintf(out, "\\ufffd");
	if (code == '\n')
		return out + sprintf(out, "\\n");
	if (code == '\t')
		return out + sprintf(out, "\\t");
	if (!is_harmless(code))
		return out + sprintf(out, "\\u%04x", code);
	if (code == '"' || code == '\\')
		*out++ = '\\';
	memcpy(out, bytes, length);
	return out + length;
}

char *safe_json(const char *bytes, size_t n)
{
	char *text = xmalloc(n * 6 + 3), *out = text;
	*out++ = '"';
	for (size_t i = 0, length; i < n; i += length ? length : 1) {
		uint32_t code = 0;
		length = utf8_decode(bytes + i, n - i, &code);
		out = put_json(out, code, bytes + i, length);
	}
	*out++ = '"';
	*out = 0;
	return text;
}
