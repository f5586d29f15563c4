/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/safe.h"

#include <cjson/cJSON.h>

#include "fixture.h"
#include "util/utf8.h"

/* BYTES on a UTF-8 terminal, on another one, and in JSON. */
static const struct row_safe {
	const char *name, *bytes;
	size_t n;
	const char *utf8, *ascii, *json;
} safe_rows[] = {
#define BYTES(string) string, sizeof(string) - 1
#define SAME(string) string, string
	{ "nothing", BYTES(""), SAME(""), "\"\"" },
	{ "plain", BYTES("sh -c ~"), SAME("sh -c ~"), "\"sh -c ~\"" },
	{ "NUL", BYTES("a\0b"), SAME("a\\x00b"), "\"a\\u0000b\"" },
	{ "an escape sequence", BYTES("\x1b[31mred"), SAME("\\x1b[31mred"), "\"\\u001b[31mred\"" },
	{ "a window title", BYTES("\x1b]0;x\x07"), SAME("\\x1b]0;x\\x07"),
	  "\"\\u001b]0;x\\u0007\"" },
	{ "newline and tab", BYTES("a\nb\tc\r"), SAME("a\\x0ab\\x09c\\x0d"),
	  "\"a\\nb\\tc\\u000d\"" },
	{ "the last control character", BYTES("\x1f "), SAME("\\x1f "), "\"\\u001f \"" },
	{ "DEL", BYTES("\x7f"), SAME("\\x7f"), "\"\\u007f\"" },
	{ "CSI of C1",
	  BYTES("\xc2\x9b"
		"31m"),
	  SAME("\\xc2\\x9b31m"), "\"\\u009b31m\"" },
	{ "first of C1", BYTES("\xc2\x80"), SAME("\\xc2\\x80"), "\"\\u0080\"" },
	{ "last of C1", BYTES("\xc2\x9f"), SAME("\\xc2\\x9f"), "\"\\u009f\"" },
	{ "behind C1", BYTES("\xc2\xa0"), "\xc2\xa0", "\\xc2\\xa0", "\"\xc2\xa0\"" },
	{ "CSI as a bare byte",
	  BYTES("\x9b"
		"31m"),
	  SAME("\\x9b31m"), "\"\\ufffd31m\"" },
	{ "quotes and backslashes", BYTES("\"a\\b/"), SAME("\"a\\b/"), "\"\\\"a\\\\b/\"" },
	{ "letters", BYTES("h\xc3\xa9"), "h\xc3\xa9", "h\\xc3\\xa9", "\"h\xc3\xa9\"" },
	{ "Chinese", BYTES("\xe4\xb8\xad"), "\xe4\xb8\xad", "\\xe4\\xb8\\xad", "\"\xe4\xb8\xad\"" },
	{ "a face", BYTES("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80", "\\xf0\\x9f\\x98\\x80",
	  "\"\xf0\x9f\x98\x80\"" },
	{ "Latin 1", BYTES("h\xe9!"), SAME("h\\xe9!"), "\"h\\ufffd!\"" },
	{ "a cut character", BYTES("a\xe4\xb8"), SAME("a\\xe4\\xb8"), "\"a\\ufffd\\ufffd\"" },
	{ "a surrogate", BYTES("\xed\xa0\x80"), SAME("\\xed\\xa0\\x80"),
	  "\"\\ufffd\\ufffd\\ufffd\"" },
	{ "overlong ESC", BYTES("\xc0\x9b"), SAME("\\xc0\\x9b"), "\"\\ufffd\\ufffd\"" },
	{ "above U+10FFFF", BYTES("\xf4\x90\x80\x80"), SAME("\\xf4\\x90\\x80\\x80"),
	  "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ "ARABIC LETTER MARK", BYTES("\xd8\x9c"), SAME("\\xd8\\x9c"), "\"\\u061c\"" },
	{ "before it", BYTES("\xd8\x9b"), "\xd8\x9b", "\\xd8\\x9b", "\"\xd8\x9b\"" },
	{ "ZERO WIDTH JOINER", BYTES("\xe2\x80\x8d"), "\xe2\x80\x8d", "\\xe2\\x80\\x8d",
	  "\"\xe2\x80\x8d\"" },
	{ "LEFT-TO-RIGHT MARK", BYTES("\xe2\x80\x8e"), SAME("\\xe2\\x80\\x8e"), "\"\\u200e\"" },
	{ "RIGHT-TO-LEFT MARK", BYTES("\xe2\x80\x8f"), SAME("\\xe2\\x80\\x8f"), "\"\\u200f\"" },
	{ "HYPHEN", BYTES("\xe2\x80\x90"), "\xe2\x80\x90", "\\xe2\\x80\\x90", "\"\xe2\x80\x90\"" },
	{ "HYPHENATION POINT", BYTES("\xe2\x80\xa7"), "\xe2\x80\xa7", "\\xe2\\x80\\xa7",
	  "\"\xe2\x80\xa7\"" },
	{ "LINE SEPARATOR", BYTES("\xe2\x80\xa8"), SAME("\\xe2\\x80\\xa8"), "\"\\u2028\"" },
	{ "PARAGRAPH SEPARATOR", BYTES("\xe2\x80\xa9"), SAME("\\xe2\\x80\\xa9"), "\"\\u2029\"" },
	{ "LEFT-TO-RIGHT EMBEDDING", BYTES("\xe2\x80\xaa"), SAME("\\xe2\\x80\\xaa"),
	  "\"\\u202a\"" },
	{ "RIGHT-TO-LEFT OVERRIDE", BYTES("a\xe2\x80\xaegpj"), SAME("a\\xe2\\x80\\xaegpj"),
	  "\"a\\u202egpj\"" },
	{ "NARROW NO-BREAK SPACE", BYTES("\xe2\x80\xaf"), "\xe2\x80\xaf", "\\xe2\\x80\\xaf",
	  "\"\xe2\x80\xaf\"" },
	{ "before the isolates", BYTES("\xe2\x81\xa5"), "\xe2\x81\xa5", "\\xe2\\x81\\xa5",
	  "\"\xe2\x81\xa5\"" },
	{ "LEFT-TO-RIGHT ISOLATE", BYTES("\xe2\x81\xa6"), SAME("\\xe2\\x81\\xa6"), "\"\\u2066\"" },
	{ "POP DIRECTIONAL ISOLATE", BYTES("\xe2\x81\xa9"), SAME("\\xe2\\x81\\xa9"),
	  "\"\\u2069\"" },
	{ "behind the isolates", BYTES("\xe2\x81\xaa"), "\xe2\x81\xaa", "\\xe2\\x81\\xaa",
	  "\"\xe2\x81\xaa\"" },
	{ "BYTE ORDER MARK", BYTES("\xef\xbb\xbf"), SAME("\\xef\\xbb\\xbf"), "\"\\ufeff\"" },
	{ "behind it", BYTES("\xef\xbc\x80"), "\xef\xbc\x80", "\\xef\\xbc\\x80",
	  "\"\xef\xbc\x80\"" },
	{ "bad, good, bad", BYTES("\xff\xc3\xa9\xff"), "\\xff\xc3\xa9\\xff", "\\xff\\xc3\\xa9\\xff",
	  "\"\\ufffd\xc3\xa9\\ufffd\"" },
};

static void safe(void **state)
{
	const struct row_safe *row = ROW(struct row_safe, state);
	_cleanup_(freep) char *bytes = exact_copy(row->bytes, row->n);
	_cleanup_(freep) char *utf8 = safe_text(bytes, row->n, true);
	_cleanup_(freep) char *ascii = safe_text(bytes, row->n, false);
	_cleanup_(freep) char *json = safe_json(bytes, row->n);
	assert_string_equal(utf8, row->utf8);
	assert_string_equal(ascii, row->ascii);
	assert_string_equal(json, row->json);
}

/* What must not reach a terminal, said a second time: by the names of Unicode. */
static bool is_dangerous(uint32_t code)
{
	static const uint32_t bidi_and_separators[] = {
		0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c,
		0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff,
	};
	for (size_t i = 0; i < ARRAY_SIZE(bidi_and_separators); i++)
		if (code == bidi_and_separators[i])
			return true;
	return code < 0x20 || code == 0x7f || (code >= 0x80 && code <= 0x9f);
}

static size_t encode(uint32_t code, char bytes[5])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3f));
	bytes[0] = (char)(first[n] | code);
	bytes[n] = 0;
	return n;
}

/* A character is printed as it is, or not at all. */
static void every_character(void **state _unused_)
{
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char bytes[5];
		size_t n = encode(code, bytes);
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		_cleanup_(freep) char *text = safe_text(bytes, n, true);
		_cleanup_(freep) char *json = safe_json(bytes, n);
		bool as_it_is = memcmp(text, bytes, n) == 0 && text[n] == 0;
		assert_int_equal(as_it_is, !is_dangerous(code));
		if (is_dangerous(code) || code == '"' || code == '\\')
			assert_int_equal(json[1], '\\');
		else
			assert_memory_equal(json + 1, bytes, n);
	}
}

/* What cJSON reads back is what was put in, but for what is not UTF-8. */
static void assert_json(const char *bytes, size_t n, const char *expected)
{
	_cleanup_(freep) char *json = safe_json(bytes, n);
	cJSON *parsed = cJSON_ParseWithOpts(json, NULL, true);
	assert_non_null(parsed);
	assert_true(cJSON_IsString(parsed));
	if (expected)
		assert_string_equal(parsed->valuestring, expected);
	cJSON_Delete(parsed);
}

static void json_reads_back(void **state _unused_)
{
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char bytes[5];
		size_t n = encode(code, bytes);
		if (code < 0xd800 || code > 0xdfff)
			assert_json(bytes, n, bytes);
	}
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

/* Each pair of bytes: valid JSON in UTF-8, and on a terminal without UTF-8 pure ASCII. */
static void every_pair_of_bytes(void **state _unused_)
{
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)pair };
		_cleanup_(freep) char *text = safe_text(bytes, 2, false);
		_cleanup_(freep) char *json = safe_json(bytes, 2);
		assert_true(is_printable(text));
		assert_json(bytes, 2, NULL);
		for (const char *p = json; *p;) {
			uint32_t code;
			size_t length = utf8_decode(p, strlen(p), &code);
			assert_true(length && !is_dangerous(code));
			p += length;
		}
	}
}

/* Nothing but what takes the most room: a sanitizer sees who writes past the end. */
static void the_longest_results(void **state _unused_)
{
	static const char fillers[] = { 0, 0x1b, '"', '\\', (char)0xff };
	char bytes[1000];
	for (size_t i = 0; i < sizeof(fillers); i++) {
		memset(bytes, fillers[i], sizeof(bytes));
		_cleanup_(freep) char *text = safe_text(bytes, sizeof(bytes), true);
		_cleanup_(freep) char *json = safe_json(bytes, sizeof(bytes));
		bool plain = fillers[i] == '"' || fillers[i] == '\\';
		assert_int_equal(strlen(text), sizeof(bytes) * (plain ? 1 : 4));
		assert_int_equal(strlen(json), sizeof(bytes) * (plain ? 2 : 6) + 2);
	}
}

int main(void)
{
	TEST_ROWS(safe, safe_rows);
	TEST(every_character);
	TEST(json_reads_back);
	TEST(every_pair_of_bytes);
	TEST(the_longest_results);
	return suite_run("safe");
}
