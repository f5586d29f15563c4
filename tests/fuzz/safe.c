/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/safe.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "fuzz.h"
#include "util/alloc.h"
#include "util/utf8.h"

/* What must never reach a terminal, by the names of Unicode. */
static bool is_dangerous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e ||
	       code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

static void check_printable(const char *text, bool utf8)
{
	uint32_t code;
	for (size_t n = strlen(text), length; n; n -= length, text += length) {
		length = utf8_decode(text, n, &code);
		CHECK(length && !is_dangerous(code));
		CHECK(utf8 || length == 1);
	}
}

/* Bytes that are UTF-8 come back from JSON as they were; a NUL ends what cJSON can tell. */
static void check_json(const char *bytes, size_t n)
{
	_cleanup_(freep) char *json = safe_json(bytes, n);
	cJSON *parsed = cJSON_ParseWithOpts(json, NULL, true);
	CHECK(cJSON_IsString(parsed));
	check_printable(json, true);
	const char *back = parsed->valuestring;
	size_t i = 0, length;
	uint32_t code;
	for (; i < n && bytes[i]; i += length, back += length) {
		length = utf8_decode(bytes + i, n - i, &code);
		if (length == 0)
			break;
		CHECK(memcmp(back, bytes + i, length) == 0);
	}
	CHECK(i < n || *back == 0);
	cJSON_Delete(parsed);
}

static void check_escape(const char *bytes, size_t n)
{
	_cleanup_(freep) char *escaped = utf8_escape(bytes, n), *back = NULL;
	uint32_t code;
	size_t n_back;
	for (size_t i = 0, end = strlen(escaped), length; i < end; i += length) {
		length = utf8_decode(escaped + i, end - i, &code);
		CHECK(length);
	}
	CHECK(utf8_unescape(escaped, &back, &n_back) == 0);
	CHECK(n_back == n && (n == 0 || memcmp(back, bytes, n) == 0));
}

/* Whatever can be unescaped is stable from then on. */
static void check_unescape(const char *bytes, size_t n)
{
	_cleanup_(freep) char *text = xcalloc(1, n + 1), *back = NULL;
	size_t n_back;
	if (n)
		memcpy(text, bytes, n);
	if (utf8_unescape(text, &back, &n_back) < 0)
		return;
	CHECK(n_back <= strlen(text) && back[n_back] == 0);
	check_escape(back, n_back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *bytes = (const char *)data;
	_cleanup_(freep) char *utf8 = safe_text(bytes, n, true);
	_cleanup_(freep) char *ascii = safe_text(bytes, n, false);
	check_printable(utf8, true);
	check_printable(ascii, false);
	check_json(bytes, n);
	check_escape(bytes, n);
	check_unescape(bytes, n);
	return 0;
}
