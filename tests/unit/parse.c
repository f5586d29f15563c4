/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>

#include "fixture.h"
#include "util/parse.h"

#define UNTOUCHED 4711

static const struct row_u64 {
	const char *name, *text;
	size_t n;
	uint64_t max;
	int r;
	uint64_t value;
} u64_rows[] = {
#define TEXT(string) string, string, sizeof(string) - 1
	{ TEXT("0"), UINT64_MAX, 0, 0 },
	{ TEXT("1"), UINT64_MAX, 0, 1 },
	{ TEXT("9"), UINT64_MAX, 0, 9 },
	{ TEXT("10"), UINT64_MAX, 0, 10 },
	{ TEXT("4026531836"), UINT32_MAX, 0, 4026531836 },
	{ TEXT("00000000000000000000000000007"), UINT64_MAX, 0, 7 },
	{ TEXT("9007199254740993"), UINT64_MAX, 0, 9007199254740993 },
	{ TEXT("18446744073709551615"), UINT64_MAX, 0, UINT64_MAX },
	{ TEXT("18446744073709551616"), UINT64_MAX, -ERANGE, 0 },  /* the sum is too much */
	{ TEXT("18446744073709551620"), UINT64_MAX, -ERANGE, 0 },  /* the product is */
	{ TEXT("184467440737095516160"), UINT64_MAX, -ERANGE, 0 }, /* wraps around to 0 */
	{ TEXT("99999999999999999999999999999"), UINT64_MAX, -ERANGE, 0 },
	{ TEXT("10"), 10, 0, 10 },
	{ TEXT("11"), 10, -ERANGE, 0 },
	{ TEXT("0"), 0, 0, 0 },
	{ TEXT("1"), 0, -ERANGE, 0 },
	{ TEXT(""), UINT64_MAX, -EINVAL, 0 },
	{ TEXT(" 1"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("1 "), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("1\n"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("+1"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("-1"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("0x10"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("1e3"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("1.0"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("a"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("1/"), UINT64_MAX, -EINVAL, 0 }, /* the neighbours of 0 and 9 */
	{ TEXT("1:"), UINT64_MAX, -EINVAL, 0 },
	{ TEXT("\xd9\xa1"), UINT64_MAX, -EINVAL, 0 }, /* ARABIC-INDIC DIGIT ONE */
	{ TEXT("99999999999999999999999999999x"), UINT64_MAX, -EINVAL, 0 },
#undef TEXT
	{ "only N bytes", "1234", 2, UINT64_MAX, 0, 12 },
	{ "no bytes", "1234", 0, UINT64_MAX, -EINVAL, 0 },
	{ "a NUL", "1\0002", 3, UINT64_MAX, -EINVAL, 0 },
};

static void u64(void **state)
{
	const struct row_u64 *row = ROW(struct row_u64, state);
	uint64_t value = UNTOUCHED, expected = row->r == 0 ? row->value : UNTOUCHED;
	_cleanup_(freep) char *bytes = exact_copy(row->text, row->n);
	assert_int_equal(parse_u64_n(bytes, row->n, row->max, &value), row->r);
	assert_true(value == expected);
	if (strlen(row->text) != row->n)
		return;
	value = UNTOUCHED;
	assert_int_equal(parse_u64(row->text, row->max, &value), row->r);
	assert_true(value == expected);
}

static const struct row_pid {
	const char *text;
	int r;
	pid_t pid;
} pid_rows[] = {
	{ "1", 0, 1 },
	{ "4194304", 0, 4194304 },
	{ "2147483647", 0, INT_MAX },
	{ "2147483648", -ERANGE, 0 },
	{ "4294967297", -ERANGE, 0 }, /* 1, if it were cut to 32 bits */
	{ "0", -ERANGE, 0 },
	{ "000", -ERANGE, 0 },
	{ "-1", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
	{ "self", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
};

static void pid(void **state)
{
	const struct row_pid *row = ROW(struct row_pid, state);
	pid_t value = UNTOUCHED;
	assert_int_equal(parse_pid(row->text, &value), row->r);
	assert_int_equal(value, row->r == 0 ? row->pid : UNTOUCHED);
}

static const struct row_suffix {
	const char *text, *suffix;
	bool has;
} suffix_rows[] = {
	{ "overlay-containers", "-containers", true },
	{ "-containers", "-containers", true },
	{ "containers", "-containers", false },
	{ "overlay-containers2", "-containers", false },
	{ "", "x", false },
	{ "x", "", true },
};

static void suffix(void **state)
{
	const struct row_suffix *row = ROW(struct row_suffix, state);
	assert_int_equal(has_suffix(row->text, row->suffix), row->has);
}

int main(void)
{
	TEST_ROWS(u64, u64_rows);
	TEST_ROWS(pid, pid_rows);
	TEST_ROWS(suffix, suffix_rows);
	return suite_run("parse");
}
