/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int parse_u64_n(const char *text, size_t n, uint64_t max, uint64_t *ret)
{
	if (n == 0)
		return -EINVAL;
	uint64_t value = 0;
	int r = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, text[i] - '0', &value))
			r = -ERANGE;
	}
	if (r < 0 || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_u64(const char *text, uint64_t max, uint64_t *ret)
{
	return parse_u64_n(text, strlen(text), max, ret);
}

int parse_pid(const char *text, pid_t *ret)
{
	uint64_t value;
	int r = parse_u64(text, INT_MAX, &value);
	if (r < 0)
		return r;
	if (value == 0)
		return -ERANGE;
	*ret = value;
	return 0;
}

bool has_suffix(const char *text, const char *suffix)
{
	size_t n = strlen(text), n_suffix = strlen(suffix);
	return n >= n_suffix && strcmp(text + n - n_suffix, suffix) == 0;
}
