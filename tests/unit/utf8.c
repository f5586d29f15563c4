/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/utf8.h"

#include "fixture.h"

#define UNTOUCHED 4711

static const struct row_decode {
	const char *name, *bytes;
	size_t n, length;
	uint32_t code;
} decode_rows[] = {
#define BYTES(string) string, sizeof(string) - 1
	{ "nothing", BYTES(""), 0, 0 },
	{ "NUL", BYTES("\0"), 1, 0 },
	{ "A", BYTES("A"), 1, 'A' },
	{ "last of one byte", BYTES("\x7f"), 1, 0x7f },
	{ "first of two", BYTES("\xc2\x80"), 2, 0x80 },
	{ "last of two", BYTES("\xdf\xbf"), 2, 0x7ff },
	{ "first of three", BYTES("\xe0\xa0\x80"), 3, 0x800 },
	{ "before the surrogates", BYTES("\xed\x9f\xbf"), 3, 0xd7ff },
	{ "behind the surrogates", BYTES("\xee\x80\x80"), 3, 0xe000 },
	{ "last of three", BYTES("\xef\xbf\xbf"), 3, 0xffff },
	{ "first of four", BYTES("\xf0\x90\x80\x80"), 4, 0x10000 },
	{ "last of all", BYTES("\xf4\x8f\xbf\xbf"), 4, 0x10ffff },
	{ "only the first character", BYTES("\xc3\xa9zz"), 2, 0xe9 },
	{ "a continuation byte", BYTES("\x80"), 0, 0 },
	{ "overlong NUL", BYTES("\xc0\x80"), 0, 0 },
	{ "overlong slash", BYTES("\xc0\xaf"), 0, 0 },
	{ "overlong of two", BYTES("\xc1\xbf"), 0, 0 },
	{ "overlong of three", BYTES("\xe0\x9f\xbf"), 0, 0 },
	{ "overlong of four", BYTES("\xf0\x8f\xbf\xbf"), 0, 0 },
	{ "first surrogate", BYTES("\xed\xa0\x80"), 0, 0 },
	{ "last surrogate", BYTES("\xed\xbf\xbf"), 0, 0 },
	{ "above U+10FFFF", BYTES("\xf4\x90\x80\x80"), 0, 0 },
	{ "F5", BYTES("\xf5\x80\x80\x80"), 0, 0 },
	{ "five bytes", BYTES("\xf8\x88\x80\x80\x80"), 0, 0 },
	{ "FE", BYTES("\xfe"), 0, 0 },
	{ "FF", BYTES("\xff"), 0, 0 },
	{ "cut after one of two", BYTES("\xc2"), 0, 0 },
	{ "cut after one of three", BYTES("\xe2"), 0, 0 },
	{ "cut after two of three", BYTES("\xe2\x82"), 0, 0 },
	{ "cut after three of four", BYTES("\xf0\x9f\x98"), 0, 0 },
	{ "second byte is a letter", BYTES("\xc2\x41"), 0, 0 },
	{ "second byte begins another", BYTES("\xc2\xc2\x80"), 0, 0 },
	{ "third byte is a letter", BYTES("\xe2\x82\x41"), 0, 0 },
	{ "fourth byte is a letter", BYTES("\xf0\x9f\x98\x41"), 0, 0 },
};

static void decode(void **state)
{
	const struct row_decode *row = ROW(struct row_decode, state);
	uint32_t code = UNTOUCHED;
	_cleanup_(freep) char *bytes = exact_copy(row->bytes, row->n);
	assert_int_equal(utf8_decode(bytes, row->n, &code), row->length);
	assert_int_equal(code, row->length ? row->code : UNTOUCHED);
}

/* An encoder of our own, of RFC 3629's table. */
static size_t encode(uint32_t code, unsigned char bytes[4])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; code >>= 6)
		bytes[i] = 0x80 | (code & 0x3f);
	bytes[0] = first[n] | code;
	return n;
}

static void every_character(void **state _unused_)
{
	for (uint32_t code = 0; code <= 0x110000; code++) {
		unsigned char bytes[4];
		size_t n = encode(code, bytes);
		uint32_t decoded = UNTOUCHED;
		bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
		assert_int_equal(utf8_decode((char *)bytes, n, &decoded), valid ? n : 0);
		if (valid)
			assert_int_equal(decoded, code);
	}
}

/* Each pair of bytes, and behind it what may and may not continue a character: of well-formed ones
 * there are as many as RFC 3629 has, and nothing else gets through. */
static void nothing_else(void **state _unused_)
{
	static const unsigned char ends[] = { 0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff };
	enum { N = sizeof(ends), GOOD = 2 };
	size_t n_found[5] = { 0 };
	for (uint32_t i = 0; i < 0x10000 * N * N; i++) {
		uint32_t pair = i / N / N, code;
		char bytes[4] = { pair >> 8, pair, ends[i / N % N], ends[i % N] };
		n_found[utf8_decode(bytes, 4, &code)]++;
	}
	assert_int_equal(n_found[1], 128 * 256 * N * N);
	assert_int_equal(n_found[2], 1920 * N * N);
	assert_int_equal(n_found[3], (0x10000 - 0x800 - 0x800) / 64 * GOOD * N);
	assert_int_equal(n_found[4], 0x100000 / (64 * 64) * GOOD * GOOD);
}

static const struct row_escape {
	const char *name, *bytes;
	size_t n;
	const char *escaped;
} escape_rows[] = {
	{ "nothing", BYTES(""), "" },
	{ "plain", BYTES("sh -c true"), "sh -c true" },
	{ "backslash", BYTES("a\\b"), "a\\\\b" },
	{ "what looks escaped", BYTES("\\x41"), "\\\\x41" },
	{ "NUL", BYTES("a\0b"), "a\\x00b" },
	{ "control characters stay", BYTES("\x01\x1b\n\x7f"), "\x01\x1b\n\x7f" },
	{ "UTF-8 stays", BYTES("h\xc3\xa9 \xf0\x9f\x98\x80"), "h\xc3\xa9 \xf0\x9f\x98\x80" },
	{ "Latin 1", BYTES("h\xe9!"), "h\\xe9!" },
	{ "cut character", BYTES("\xe2\x82"), "\\xe2\\x82" },
	{ "surrogate", BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
	{ "overlong", BYTES("\xc0\xaf"), "\\xc0\\xaf" },
	{ "good behind bad", BYTES("\xff\xc3\xa9"), "\\xff\xc3\xa9" },
};

static void escape(void **state)
{
	const struct row_escape *row = ROW(struct row_escape, state);
	_cleanup_(freep) char *bytes = xmalloc(row->n + 3), *back = NULL;
	memcpy(bytes, row->bytes, row->n);
	memcpy(bytes + row->n, "\x80\x80\x80", 3); /* would end what is cut */
	_cleanup_(freep) char *escaped = utf8_escape(bytes, row->n);
	size_t n;
	assert_string_equal(escaped, row->escaped);
	assert_int_equal(utf8_unescape(escaped, &back, &n), 0);
	assert_int_equal(n, row->n);
	assert_memory_equal(back, row->bytes, n + 1); /* with a NUL behind it */
}

static const struct row_refused {
	const char *text;
} refused_rows[] = {
	{ "\\" },  { "a\\" },	{ "\\x" },    { "\\x1" },   { "\\xg0" }, { "\\x0g" },
	{ "\\n" }, { "\\X00" }, { "\\\\\\" }, { "\\ x00" }, { "\\x 0" },
};

static void unescape_refuses(void **state)
{
	_cleanup_(freep) char *text = exact_copy(ROW(struct row_refused, state)->text,
						 strlen(ROW(struct row_refused, state)->text) + 1);
	char *bytes = (char *)"untouched";
	size_t n = UNTOUCHED;
	assert_int_equal(utf8_unescape(text, &bytes, &n), -EINVAL);
	assert_string_equal(bytes, "untouched");
	assert_int_equal(n, UNTOUCHED);
}

static bool is_valid(const char *text)
{
	uint32_t code;
	for (size_t n = strlen(text), length; n; n -= length, text += length)
		if (!(length = utf8_decode(text, n, &code)))
			return false;
	return true;
}

/* Each pair of bytes, between letters. */
static void no_loss(void **state _unused_)
{
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		char bytes[4] = { 'a', (char)(pair >> 8), (char)pair, 'z' };
		_cleanup_(freep) char *escaped = utf8_escape(bytes, 4), *back = NULL;
		size_t n;
		assert_true(is_valid(escaped));
		assert_int_equal(utf8_unescape(escaped, &back, &n), 0);
		assert_int_equal(n, 4);
		assert_memory_equal(back, bytes, 4);
	}
}

int main(void)
{
	TEST_ROWS(decode, decode_rows);
	TEST(every_character);
	TEST(nothing_else);
	TEST_ROWS(escape, escape_rows);
	TEST_ROWS(unescape_refuses, refused_rows);
	TEST(no_loss);
	return suite_run("utf8");
}
