/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/procfile.h"

#include <limits.h>
#include <string.h>

#include "fuzz.h"
#include "util/alloc.h"
#include "util/proccred.h"

static void check_stat(const char *text, size_t n)
{
	struct proc_stat stat;
	if (proc_parse_stat(text, n, &stat) < 0)
		return;
	CHECK(stat.pid >= 0 && stat.ppid >= 0);
	CHECK(stat.comm > text && stat.comm + stat.n_comm < text + n);
	CHECK(stat.comm[-1] == '(' && stat.comm[stat.n_comm] == ')');
	CHECK(!memchr(stat.comm + stat.n_comm + 1, ')', text + n - stat.comm - stat.n_comm - 1));
}

/* The sanitizer does not see what libc reads: so the same once more, with digits behind it. */
static void check_status_end(const char *text, size_t n, const struct proc_status *expected)
{
	struct proc_status status;
	_cleanup_(freep) char *longer = xmalloc(n + 4);
	memcpy(longer, text, n);
	memcpy(longer + n, "7 7\n", 4);
	CHECK(proc_parse_status(longer, n, &status) == 0);
	CHECK(status.tgid == expected->tgid && status.n_pids == expected->n_pids);
	CHECK(status.cap_effective == expected->cap_effective);
}

static void check_status(const char *text, size_t n)
{
	struct proc_status status;
	if (proc_parse_status(text, n, &status) < 0)
		return;
	CHECK(status.tgid >= 0 && status.n_pids <= PID_LEVELS_MAX);
	for (size_t i = 0; i < status.n_pids; i++)
		CHECK(status.pids[i] >= 0 && status.pgids[i] >= 0 && status.sids[i] >= 0);
	check_status_end(text, n, &status);
}

static void check_cred(const char *text, size_t n)
{
	_cleanup_(proc_cred_clear) struct proc_cred cred = { 0 };
	if (proc_parse_cred(text, n, &cred) < 0)
		CHECK(!cred.groups && cred.n_groups == 0);
	else
		CHECK(cred.n_groups * 2 <= n);
}

/* What is taken for a link is one, to the letter but for zeroes in front. */
static void check_ns_link(const char *text, size_t n)
{
	ino_t ino;
	char again[64];
	if (proc_parse_ns_link(text, n, "net", &ino) < 0)
		return;
	CHECK(ino <= UINT32_MAX);
	size_t n_again = snprintf(again, sizeof(again), "%ju]", (uintmax_t)ino);
	CHECK(n >= 5 + n_again && memcmp(text, "net:[", 5) == 0);
	CHECK(memcmp(text + n - n_again, again, n_again) == 0);
	for (size_t i = 5; i < n - n_again; i++)
		CHECK(text[i] == '0');
}

static void check_offset(const char *text, size_t n)
{
	int64_t ns;
	if (proc_parse_boottime_offset(text, n, &ns) == 0)
		CHECK(ns >= -INT64_MAX / 2 - 1000000000 && ns <= INT64_MAX / 2 + 1000000000);
}

static void check_idmap(const char *text, size_t n)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n_ranges;
	if (proc_parse_idmap(text, n, ranges, &n_ranges) < 0)
		return;
	CHECK(n_ranges <= IDMAP_RANGES_MAX && n_ranges * 5 <= n + 1);
	for (size_t i = 0; i < n_ranges; i++)
		CHECK(ranges[i].count && UINT32_MAX - ranges[i].count >= ranges[i].inside);
}

static void check_net_dev(const char *text, size_t n)
{
	char *names = malloc(n ? n : 1);
	size_t n_names;
	if (names && proc_parse_net_dev(text, n, names, &n_names) == 0)
		CHECK(n_names <= n && (n_names == 0 || (names[0] && !names[n_names - 1])));
	free(names);
}

/* BYTES is exactly as long as N says, so that the sanitizer sees who reads on. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *text = (const char *)bytes;
	check_stat(text, n);
	check_status(text, n);
	check_cred(text, n);
	check_ns_link(text, n);
	check_offset(text, n);
	check_idmap(text, n);
	check_net_dev(text, n);
	return 0;
}
