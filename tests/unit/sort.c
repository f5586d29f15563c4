/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/sort.h"

#include "fixture.h"

static const struct row_ids {
	const char *name;
	size_t n;
	uint32_t ids[6];
	size_t n_expected;
	uint32_t expected[6];
} ids_rows[] = {
	{ "none", 0, { 0 }, 0, { 0 } },
	{ "one", 1, { 7 }, 1, { 7 } },
	{ "sorted", 3, { 1, 2, 3 }, 3, { 1, 2, 3 } },
	{ "repeated", 6, { 9, 1, 9, 1, 5, 9 }, 3, { 1, 5, 9 } },
	{ "all the same", 3, { 4, 4, 4 }, 1, { 4 } },
	{ "beyond INT_MAX", 3, { 4294967295, 0, 2147483648 }, 3, { 0, 2147483648, 4294967295 } },
};

static void ids(void **state)
{
	const struct row_ids *row = ROW(struct row_ids, state);
	uint32_t list[6];
	memcpy(list, row->ids, sizeof(list));
	assert_int_equal(sort_ids(list, row->n), row->n_expected);
	assert_memory_equal(list, row->expected, row->n_expected * sizeof(*list));
}

static void pids(void **state _unused_)
{
	pid_t list[] = { 2147483647, 1, 79 };
	const pid_t expected[] = { 1, 79, 2147483647 };
	qsort(list, ARRAY_SIZE(list), sizeof(*list), compare_pids);
	assert_memory_equal(list, expected, sizeof(list));
}

int main(void)
{
	TEST_ROWS(ids, ids_rows);
	TEST(pids);
	return suite_run("sort");
}
