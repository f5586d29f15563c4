/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/procfile.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "fixture.h"

#define UNTOUCHED 4711

/* What follows the name in the stat file of a real process, up to the start: ppid 1, start 6231. */
#define REST " 1 812 812 0 -1 4194560 1842 0 12 0 33 21 0 0 20 -5 1 0 6231"
#define TAIL " 9764864 1403 18446744073709551615 94 95 96 0 0 0 0 0 17 0 0 0\n"

static const struct row_stat {
	const char *name, *text;
	int r;
	const char *comm;
	char state;
	pid_t pid, ppid;
	uint64_t start;
} stat_rows[] = {
	{ "plain", "812 (cron) S" REST TAIL, 0, "cron", 'S', 812, 1, 6231 },
	{ "a name that goes on like the file", "7 (a) R (b) S" REST TAIL, 0, "a) R (b", 'S', 7, 1,
	  6231 },
	{ "a name with a whole line in it", "7 (x) R 2 3 4) S" REST TAIL, 0, "x) R 2 3 4", 'S', 7,
	  1, 6231 },
	{ "a newline in the name", "7 (a\nb) S" REST TAIL, 0, "a\nb", 'S', 7, 1, 6231 },
	{ "only brackets", "7 ()()() Z" REST TAIL, 0, ")()(", 'Z', 7, 1, 6231 },
	{ "no name", "7 () S" REST TAIL, 0, "", 'S', 7, 1, 6231 },
	{ "bytes that are not UTF-8", "7 (\xff\xfe\x80) S" REST TAIL, 0, "\xff\xfe\x80", 'S', 7, 1,
	  6231 },
	{ "the end is right behind the start", "7 (a) S" REST, 0, "a", 'S', 7, 1, 6231 },
	{ "no parent", "1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 3", 0, "init", 'S',
	  1, 0, 3 },
	{ "largest numbers",
	  "2147483647 (a) t 2147483647 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 18446744073709551615", 0,
	  "a", 't', INT_MAX, INT_MAX, UINT64_MAX },
	{ "empty", "", -EINVAL },
	{ "no brackets", "7 a S" REST TAIL, -EINVAL },
	{ "not closed", "7 (a S" REST TAIL, -EINVAL },
	{ "not opened", "7 a) S" REST TAIL, -EINVAL },
	{ "wrong way round", "7 ) S" REST " (", -EINVAL },
	{ "no state", "7 (a)", -EINVAL },
	{ "a word for a state", "7 (a) SS" REST TAIL, -EINVAL },
	{ "no parent field", "7 (a) S\n", -EINVAL },
	{ "a parent that is no number", "7 (a) S x 812 812 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 3",
	  -EINVAL },
	{ "a negative parent", "7 (a) S -1 812 812 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 3", -EINVAL },
	{ "a parent too large", "7 (a) S 2147483648 8 8 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 3",
	  -EINVAL },
	{ "a start too large",
	  "7 (a) S 1 812 812 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 18446744073709551616", -EINVAL },
	{ "a pid too large", "2147483648 (a) S" REST TAIL, -EINVAL },
	{ "no pid", " (a) S" REST TAIL, -EINVAL },
	{ "one field short", "7 (a) S 1 812 812 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0", -EINVAL },
	{ "the next line does not count", "7 (a) S 1 812 812 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0\n3",
	  -EINVAL },
};

static void stat_file(void **state)
{
	const struct row_stat *row = ROW(struct row_stat, state);
	struct proc_stat parsed = { .pid = UNTOUCHED };
	size_t n = strlen(row->text);
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	assert_int_equal(proc_parse_stat(bytes, n, &parsed), row->r);
	if (row->r < 0) {
		assert_int_equal(parsed.pid, UNTOUCHED);
		return;
	}
	assert_int_equal(parsed.pid, row->pid);
	assert_int_equal(parsed.n_comm, strlen(row->comm));
	assert_memory_equal(parsed.comm, row->comm, parsed.n_comm);
	assert_int_equal(parsed.state, row->state);
	assert_int_equal(parsed.ppid, row->ppid);
	assert_true(parsed.start == row->start);
}

static void stat_with_nul(void **state _unused_)
{
	static const char text[] = "7 (a\0b) S" REST TAIL;
	struct proc_stat parsed;
	assert_int_equal(proc_parse_stat(text, sizeof(text) - 1, &parsed), 0);
	assert_int_equal(parsed.n_comm, 3);
	assert_memory_equal(parsed.comm, "a\0b", 3);
}

/* Cut anywhere before the start, it is no stat file. */
static void stat_truncated(void **state _unused_)
{
	static const char text[] = "812 (a) R (b) S" REST TAIL;
	size_t n_least = strlen("812 (a) R (b) S" REST) - strlen("231");
	for (size_t n = 0; n < sizeof(text); n++) {
		struct proc_stat parsed;
		_cleanup_(freep) char *bytes = exact_copy(text, n);
		assert_int_equal(proc_parse_stat(bytes, n, &parsed), n < n_least ? -EINVAL : 0);
	}
}

#define CHAIN_33                                                                                   \
	"1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t16\t17\t18\t19\t20\t21\t22\t23\t24\t2" \
	"5"                                                                                        \
	"\t26\t27\t28\t29\t30\t31\t32\t33"
#define CHAINS(pids, pgids, sids) "NSpid:\t" pids "\nNSpgid:\t" pgids "\nNSsid:\t" sids "\n"

static const struct row_status {
	const char *name, *text;
	int r;
	pid_t tgid;
	uint64_t cap_effective;
	size_t n_pids;
	pid_t last_pid, last_pgid, last_sid;
	pid_t ppid, tracer;
} status_rows[] = {
	{ "a real one",
	  "Name:\twatch\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t12675\nNgid:\t0\nPid:\t12675\n"
	  "PPid:\t12601\nTracerPid:\t811\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t256\nGroups:"
	  "\t0 \n"
	  "NStgid:\t12675\t79\n" CHAINS(
		  "12675\t79", "12675\t78",
		  "12601\t1") "VmPeak:\t4 kB\n"
			      "CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:"
			      "\t00000000a80425fa\n"
			      "CapBnd:\t00000000a80425fb\nSeccomp:\t2\n",
	  0, 12675, 0xa80425fa, 2, 79, 78, 1, 12601, 811 },
	{ "one level", "Tgid:\t7\n" CHAINS("7", "6", "0"), 0, 7, 0, 1, 7, 6, 0 },
	{ "33 levels", "Tgid:\t7\n" CHAINS(CHAIN_33, CHAIN_33, CHAIN_33), 0, 7, 0, 33, 33, 33, 33 },
	{ "before Linux 4.1", "Name:\tx\nTgid:\t7\nPid:\t7\nCapEff:\tff\n", 0, 7, 0xff, 0 },
	{ "all capabilities", "Tgid:\t7\nCapEff:\tffffffffffffffff\n", 0, 7, UINT64_MAX, 0 },
	{ "no newline at the end", "Tgid:\t7", 0, 7, 0, 0 },
	{ "a name that shows a line of its own", "Name:\t\\nTgid:\\t9\nTgid:\t7\n", 0, 7, 0, 0 },
	{ "keys that only begin or end so", "XTgid:\t1\nTgidX:\t2\nTgi:\t3\nTgid:\t7\n", 0, 7, 0,
	  0 },
	{ "blanks instead of a tab", "Tgid:   7\nNSpid: 7  3\nNSpgid: 7 2\nNSsid: 0 1\n", 0, 7, 0,
	  2, 3, 2, 1 },
	{ "capabilities are those of their own line", "Tgid:\t7\nCapEff:\t\nff\n", 0, 7, 0, 0 },
	{ "no value at the very end", "Tgid:\t7\nCapEff:", 0, 7, 0, 0 },
	{ "a value cut at the very end", "Tgid:\t7\nCapEff:\t0000003", 0, 7, 3, 0 },
	{ "a parent too large", "Tgid:\t7\nPPid:\t2147483648\n", 0, 7, 0, 0 },
	{ "empty", "", -EINVAL },
	{ "no Tgid", "Name:\tx\nPid:\t7\n", -EINVAL },
	{ "a Tgid without value", "Tgid:\n7\n", -EINVAL },
	{ "a Tgid that is no number", "Tgid:\t-7\n", -EINVAL },
	{ "a Tgid too large", "Tgid:\t2147483648\n", -EINVAL },
	{ "groups one column short", "Tgid:\t7\n" CHAINS("7\t3", "7", "7\t3"), -EINVAL },
	{ "sessions one column short", "Tgid:\t7\n" CHAINS("7\t3", "7\t3", "7"), -EINVAL },
	{ "groups one column more", "Tgid:\t7\n" CHAINS("7", "7\t3", "7"), -EINVAL },
	{ "sessions are missing", "Tgid:\t7\nNSpid:\t7\nNSpgid:\t7\n", -EINVAL },
	{ "a word among the numbers", "Tgid:\t7\n" CHAINS("7\tx\t3", "7\t2\t3", "7\t2\t3"),
	  -EINVAL },
};

static void status_file(void **state)
{
	const struct row_status *row = ROW(struct row_status, state);
	struct proc_status parsed = { .tgid = UNTOUCHED };
	size_t n = strlen(row->text);
	_cleanup_(freep) char *bytes = xasprintf("%s0123456789", row->text); /* not to be read */
	assert_int_equal(proc_parse_status(bytes, n, &parsed), row->r);
	if (row->r < 0) {
		assert_int_equal(parsed.tgid, UNTOUCHED);
		return;
	}
	assert_int_equal(parsed.tgid, row->tgid);
	assert_int_equal(parsed.ppid, row->ppid);
	assert_int_equal(parsed.tracer, row->tracer);
	assert_true(parsed.cap_effective == row->cap_effective);
	assert_int_equal(parsed.n_pids, row->n_pids);
	if (row->n_pids == 0)
		return;
	assert_int_equal(parsed.pids[row->n_pids - 1], row->last_pid);
	assert_int_equal(parsed.pgids[row->n_pids - 1], row->last_pgid);
	assert_int_equal(parsed.sids[row->n_pids - 1], row->last_sid);
}

static void status_columns_are_in_order(void **state _unused_)
{
	static const char text[] = "Tgid:\t1\n" CHAINS(CHAIN_33, CHAIN_33, CHAIN_33);
	struct proc_status parsed;
	assert_int_equal(proc_parse_status(text, sizeof(text) - 1, &parsed), 0);
	for (int i = 0; i < PID_LEVELS_MAX; i++) {
		assert_int_equal(parsed.pids[i], i + 1);
		assert_int_equal(parsed.pgids[i], i + 1);
		assert_int_equal(parsed.sids[i], i + 1);
	}
}

/* More than a kernel has: refused or cut, but not written past the end (a sanitizer sees that). */
static void status_of_too_many_levels(void **state _unused_)
{
	static const char text[] =
		"Tgid:\t1\n" CHAINS(CHAIN_33 "\t34", CHAIN_33 "\t34", CHAIN_33 "\t34");
	struct {
		struct proc_status parsed;
		pid_t guard;
	} box = { .guard = UNTOUCHED };
	if (proc_parse_status(text, sizeof(text) - 1, &box.parsed) == 0)
		assert_in_range(box.parsed.n_pids, 1, PID_LEVELS_MAX);
	assert_int_equal(box.guard, UNTOUCHED);
}

/* A process may be in 65,536 groups, and those come before the numbers. */
static void status_with_many_groups(void **state _unused_)
{
	_cleanup_(freep) char *text = xmalloc(65536 * 11 + 256);
	char *out = text + sprintf(text, "Tgid:\t7\nGroups:\t");
	for (unsigned i = 0; i < 65536; i++)
		out += sprintf(out, "%u ", 4294900000u + i);
	out += sprintf(out, "\n" CHAINS("7\t3", "7\t2", "7\t1") "CapEff:\t1\n");
	struct proc_status parsed;
	assert_int_equal(proc_parse_status(text, out - text, &parsed), 0);
	assert_int_equal(parsed.n_pids, 2);
	assert_int_equal(parsed.pids[1], 3);
	assert_true(parsed.cap_effective == 1);
}

/* Cut anywhere: what follows makes no difference. */
static void status_truncated(void **state _unused_)
{
	static const char text[] =
		"Name:\tx\nTgid:\t7\n" CHAINS("7\t3", "7\t2", "7\t1") "CapEff:\t00000000000000ff\n";
	size_t n_least = strlen("Name:\tx\nTgid:\t7");
	for (size_t n = 0; n < sizeof(text); n++) {
		struct proc_status alone = { .tgid = UNTOUCHED }, followed = { .tgid = UNTOUCHED };
		_cleanup_(freep) char *bytes = exact_copy(text, n);
		int r = proc_parse_status(bytes, n, &alone);
		assert_int_equal(proc_parse_status(text, n, &followed), r);
		assert_true(r == 0 ? n >= n_least : r == -EINVAL);
		assert_int_equal(alone.tgid, r == 0 ? 7 : UNTOUCHED);
		assert_int_equal(followed.tgid, alone.tgid);
		assert_int_equal(followed.n_pids, alone.n_pids);
		assert_true(followed.cap_effective == alone.cap_effective);
	}
}

static const struct row_link {
	const char *text, *type;
	int r;
	ino_t ino;
} link_rows[] = {
	{ "net:[4026531833]", "net", 0, 4026531833 },
	{ "pid:[1]", "pid", 0, 1 },
	{ "cgroup:[4294967295]", "cgroup", 0, 4294967295 },
	{ "net:[4294967296]", "net", -ERANGE, 0 },
	{ "net:[]", "net", -EINVAL, 0 },
	{ "net:[1", "net", -EINVAL, 0 },
	{ "net:1]", "net", -EINVAL, 0 },
	{ "net:(1]", "net", -EINVAL, 0 },
	{ "net:[1)", "net", -EINVAL, 0 },
	{ "net;[1]", "net", -EINVAL, 0 },
	{ "net[1]]", "net", -EINVAL, 0 },
	{ "net:[1]x", "net", -EINVAL, 0 },
	{ "net:[-1]", "net", -EINVAL, 0 },
	{ "net:[1 ]", "net", -EINVAL, 0 },
	{ "net:[0x1]", "net", -EINVAL, 0 },
	{ "mnt:[1]", "net", -EINVAL, 0 },
	{ "nets:[1]", "net", -EINVAL, 0 },
	{ "ne:[1]", "net", -EINVAL, 0 },
	{ "net", "net", -EINVAL, 0 },
	{ "net:", "net", -EINVAL, 0 },
	{ "net:[", "net", -EINVAL, 0 },
	{ "", "net", -EINVAL, 0 },
	{ "/proc/7/ns/net", "net", -EINVAL, 0 },
};

static void ns_link(void **state)
{
	const struct row_link *row = ROW(struct row_link, state);
	ino_t ino = UNTOUCHED;
	size_t n = strlen(row->text);
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	assert_int_equal(proc_parse_ns_link(bytes, n, row->type, &ino), row->r);
	assert_int_equal(ino, row->r == 0 ? row->ino : UNTOUCHED);
}

static const struct row_offset {
	const char *name, *text;
	int r;
	int64_t ns;
} offset_rows[] = {
	{ "none", "monotonic           0         0\nboottime            0         0\n", 0, 0 },
	{ "ahead", "monotonic           1         2\nboottime        86400 500000000\n", 0,
	  86400500000000 },
	{ "behind", "monotonic           0         0\nboottime           -7         0\n", 0,
	  -7000000000 },
	{ "behind by 6.5 s", "monotonic           0         0\nboottime           -7 500000000\n",
	  0, -6500000000 },
	{ "behind by 1 ns", "monotonic 0 0\nboottime -1 999999999\n", 0, -1 },
	{ "no newline at the end", "monotonic 0 0\nboottime 1 2", 0, 1000000002 },
	{ "the largest offset that the kernel takes", "boottime 4611686018 0\n", 0,
	  4611686018000000000 },
	{ "no boottime", "monotonic 0 0\n", -EINVAL, 0 },
	{ "nothing", "", -EINVAL, 0 },
	{ "no numbers", "boottime\n", -EINVAL, 0 },
	{ "no nanoseconds", "boottime 7\n", -EINVAL, 0 },
	{ "nanoseconds on the next line", "boottime 7\n8\n", -EINVAL, 0 },
	{ "only a sign", "boottime - 0\n", -EINVAL, 0 },
	{ "two signs", "boottime --7 0\n", -EINVAL, 0 },
	{ "negative nanoseconds", "boottime 7 -1\n", -EINVAL, 0 },
	{ "a whole second of nanoseconds", "boottime 7 1000000000\n", -EINVAL, 0 },
	{ "more than 64 bits hold", "boottime 9223372037 0\n", -EINVAL, 0 },
	{ "fewer than 64 bits hold", "boottime -9223372037 0\n", -EINVAL, 0 },
};

static void boottime_offset(void **state)
{
	const struct row_offset *row = ROW(struct row_offset, state);
	int64_t ns = UNTOUCHED;
	size_t n = strlen(row->text);
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	assert_int_equal(proc_parse_boottime_offset(bytes, n, &ns), row->r);
	assert_true(ns == (row->r == 0 ? row->ns : UNTOUCHED));
}

#define RANGE_3                                                                                    \
	"         0     100000      65536\n      1000       1000          1\n70000 4294967295 9\n"

static const struct row_idmap {
	const char *name, *text;
	int r;
	size_t n;
	struct idmap_range last;
} idmap_rows[] = {
	{ "the host's", "         0          0 4294967295\n", 0, 1, { 0, 0, 4294967295 } },
	{ "three ranges", RANGE_3, 0, 3, { 70000, 4294967295, 9 } },
	{ "nothing is mapped", "", 0, 0, { 0 } },
	{ "no newline at the end", "1 2 3", 0, 1, { 1, 2, 3 } },
	{ "up to the last id", "4294967294 7 1\n", 0, 1, { 4294967294, 7, 1 } },
	{ "the id that is none", "4294967295 7 1\n", -EINVAL },
	{ "as far as the id that is none", "1 0 4294967295\n", -EINVAL },
	{ "a count of none", "0 0 0\n", -EINVAL },
	{ "two columns", "0 0\n", -EINVAL },
	{ "four columns", "0 0 1 1\n", -EINVAL },
	{ "a second line that is none", "0 0 1\nx\n", -EINVAL },
	{ "an empty line", "0 0 1\n\n", -EINVAL },
	{ "a negative id", "0 -1 1\n", -EINVAL },
	{ "more than 32 bits", "0 4294967296 1\n", -EINVAL },
	{ "a count in the next line", "0 0\n1\n", -EINVAL },
};

static void a_map(void **state)
{
	const struct row_idmap *row = ROW(struct row_idmap, state);
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t n = strlen(row->text), n_ranges = UNTOUCHED;
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	assert_int_equal(proc_parse_idmap(bytes, n, ranges, &n_ranges), row->r);
	assert_int_equal(n_ranges, row->r == 0 ? row->n : UNTOUCHED);
	if (row->r == 0 && n_ranges)
		assert_memory_equal(&ranges[n_ranges - 1], &row->last, sizeof(row->last));
}

/* The kernel takes 340 of them. */
static void idmap_of_many_ranges(void **state _unused_)
{
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	_cleanup_(freep) char *text = xmalloc(PROC_IDMAP_MAX + 64);
	size_t n = 0, n_ranges = 0;
	for (unsigned i = 0; i <= IDMAP_RANGES_MAX; i++) {
		n += sprintf(text + n, "%10u %10u %10u\n", i, 4294960000u + i, 1u);
		assert_int_equal(proc_parse_idmap(text, n, ranges, &n_ranges),
				 i < IDMAP_RANGES_MAX ? 0 : -EINVAL);
		assert_int_equal(n_ranges, i < IDMAP_RANGES_MAX ? i + 1 : IDMAP_RANGES_MAX);
	}
	assert_int_equal(ranges[339].outside, 4294960339);
	assert_true(n < PROC_IDMAP_MAX);
}

/* proc_own_tick_offset() in a /proc of our making. */
static void own_tick_offset(void **state _unused_)
{
	static const struct {
		const char *text;
		double seconds;
	} rows[] = {
		{ "monotonic 1 0\nboottime 0 0\n", 0 },
		{ "monotonic 0 0\nboottime 3 500000000\n", 3.5 },
		{ "monotonic 0 0\nboottime -7 500000000\n", -6.5 },
		{ "no such thing\n", 0 },
		{ "", 0 },
	};
	_cleanup_(freep) char *dir = scratch_path("proc"), *self = scratch_path("proc/self");
	_cleanup_(freep) char *path = scratch_path("proc/self/timens_offsets");
	assert_int_equal(mkdir(dir, 0700), 0);
	_cleanup_(closep) int proc = open(dir, O_RDONLY | O_CLOEXEC);
	assert_true(proc_own_tick_offset(proc) == 0); /* a kernel without time namespaces */
	assert_int_equal(mkdir(self, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		write_file(path, rows[i].text, strlen(rows[i].text));
		assert_true(proc_own_tick_offset(proc) == rows[i].seconds * sysconf(_SC_CLK_TCK));
	}
}

static int open_scratch(void)
{
	int dir = open(scratch_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	return dir;
}

static void read_fits_or_is_cut(void **state _unused_)
{
	static const struct {
		size_t n, size, expected;
	} rows[] = { { 0, 8, 0 }, { 1, 8, 1 },	  { 7, 8, 7 },
		     { 8, 8, 7 }, { 9000, 8, 7 }, { 9000, 9001, 9000 } };
	_cleanup_(freep) char *path = scratch_path("read"), *content = xmalloc(9000);
	_cleanup_(closep) int dir = open_scratch();
	for (size_t i = 0; i < 9000; i++)
		content[i] = 'a' + i % 26;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(freep) char *buffer = xmalloc(rows[i].size);
		write_file(path, content, rows[i].n);
		assert_int_equal(proc_read(dir, "read", buffer, rows[i].size), rows[i].expected);
		assert_memory_equal(buffer, content, rows[i].expected);
		assert_int_equal(buffer[rows[i].expected], 0);
	}
}

static void read_all_of_any_size(void **state _unused_)
{
	static const struct {
		size_t n, max, expected;
	} rows[] = {
		{ 0, 4096, 0 },
		{ 1, 4096, 1 },
		{ 4095, 131072, 4095 },
		{ 4096, 131072, 4096 },
		{ 4097, 131072, 4097 },
		{ 8192, 131072, 8192 },
		{ 131071, 131072, 131071 },
		{ 131072, 131072, 131072 },
		{ 131073, 131072, 131072 },
		{ 5000, 10, 10 },
		{ 5000, 4096, 4096 },
		{ 5000, 4999, 4999 },
	};
	_cleanup_(freep) char *path = scratch_path("all"), *content = xmalloc(131073);
	_cleanup_(closep) int dir = open_scratch();
	for (size_t i = 0; i < 131073; i++)
		content[i] = i * 7 / 5;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(freep) char *text = NULL;
		size_t n = UNTOUCHED;
		write_file(path, content, rows[i].n);
		assert_int_equal(proc_read_all(dir, "all", rows[i].max, &text, &n), 0);
		assert_int_equal(n, rows[i].expected);
		assert_memory_equal(text, content, n);
	}
}

static void ignore(int number _unused_)
{
}

/* Writes what belongs into the file in two pieces, the second one long after the first. */
static pid_t write_in_pieces(int fd)
{
	pid_t pid = fork();
	if (pid == 0) {
		bool ok = write(fd, "one, ", 5) == 5;
		usleep(100000);
		_exit(ok && write(fd, "two", 3) == 3 ? 0 : 1);
	}
	return pid;
}

/* Files of /proc come in pieces, and signals get in between. */
static void pieces_are_joined(void **state _unused_)
{
	static const struct itimerval often = { { 0, 10000 }, { 0, 10000 } }, never;
	struct sigaction action = { .sa_handler = ignore }, before;
	char text[9] = "";
	int status;
	_cleanup_(freep) char *path = scratch_path("fifo");
	_cleanup_(closep) int dir = open_scratch();
	assert_int_equal(mkfifo(path, 0600), 0);
	_cleanup_(closep) int fd =
		open(path, O_RDWR | O_CLOEXEC); /* so that open() does not wait */
	pid_t pid = write_in_pieces(fd);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	ssize_t n = proc_read(dir, "fifo", text, sizeof(text));
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(n, 8);
	assert_string_equal(text, "one, two");
}

static void what_cannot_be_read(void **state _unused_)
{
	char buffer[8], *text = buffer;
	size_t n = UNTOUCHED;
	_cleanup_(freep) char *path = scratch_path("a-directory"), *file = scratch_path("a-file");
	_cleanup_(closep) int dir = open_scratch();
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(file, "x", 1);
	assert_int_equal(proc_read(dir, "nothing", buffer, sizeof(buffer)), -ENOENT);
	assert_int_equal(proc_read(dir, "a-directory", buffer, sizeof(buffer)), -EISDIR);
	assert_int_equal(proc_read(dir, "a-file/x", buffer, sizeof(buffer)), -ENOTDIR);
	assert_int_equal(proc_read_all(dir, "nothing", 8, &text, &n), -ENOENT);
	assert_int_equal(proc_read_all(dir, "a-directory", 8, &text, &n), -EISDIR);
	assert_ptr_equal(text, buffer);
	assert_int_equal(n, UNTOUCHED);
	assert_int_equal(proc_open_dir(dir, "nothing"), -ENOENT);
	assert_int_equal(proc_open_dir(dir, "a-file"), -ENOTDIR);
}

static void directories_are_not_inherited(void **state _unused_)
{
	char buffer[8];
	_cleanup_(freep) char *path = scratch_path("open-me"), *file = scratch_path("open-me/file");
	_cleanup_(closep) int dir = open_scratch();
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(file, "inside", 6);
	_cleanup_(closep) int fd = proc_open_dir(dir, "open-me");
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(proc_read(fd, "file", buffer, sizeof(buffer)), 6);
	assert_string_equal(buffer, "inside");
}

#define NET_DEV "Inter-|   Receive\n face |bytes\n"

static const struct row_net_dev {
	const char *name, *text, *names; /* NULL: it is none */
} net_dev_rows[] = {
	{ "two interfaces", NET_DEV "    lo: 1 2\n  eth0:  0\n", "lo eth0 " },
	{ "no interface", NET_DEV, "" },
	{ "no blank behind the colon", NET_DEV "eth0:7\n", "eth0 " },
	{ "odd bytes", NET_DEV "  a\x1b[31m\xff: 0\n", "a\x1b[31m\xff " },
	{ "an empty file", "", NULL },
	{ "one heading", "Inter-|\n", NULL },
	{ "no name", NET_DEV "   : 0\n", NULL },
	{ "no colon", NET_DEV "  eth0 0\n", NULL },
	{ "an empty line", NET_DEV "\n", NULL },
	{ "a line that is cut", NET_DEV "  lo: 0\n  eth0: 1", NULL },
};

static void net_dev_file(void **state)
{
	const struct row_net_dev *row = ROW(struct row_net_dev, state);
	size_t n = strlen(row->text), n_names = UNTOUCHED;
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	_cleanup_(freep) char *names = xmalloc(n + 1);
	assert_int_equal(proc_parse_net_dev(bytes, n, names, &n_names), row->names ? 0 : -EINVAL);
	assert_int_equal(n_names, row->names ? strlen(row->names) : UNTOUCHED);
	for (size_t i = 0; row->names && i < n_names; i++)
		assert_int_equal(names[i] ? names[i] : ' ', row->names[i]);
}

int main(void)
{
	TEST_ROWS(stat_file, stat_rows);
	TEST(stat_with_nul);
	TEST(stat_truncated);
	TEST_ROWS(status_file, status_rows);
	TEST(status_columns_are_in_order);
	TEST(status_of_too_many_levels);
	TEST(status_with_many_groups);
	TEST(status_truncated);
	TEST_ROWS(ns_link, link_rows);
	TEST_ROWS(boottime_offset, offset_rows);
	TEST_ROWS(a_map, idmap_rows);
	TEST(idmap_of_many_ranges);
	TEST_ROWS(net_dev_file, net_dev_rows);
	TEST(own_tick_offset);
	TEST(read_fits_or_is_cut);
	TEST(read_all_of_any_size);
	TEST(pieces_are_joined);
	TEST(what_cannot_be_read);
	TEST(directories_are_not_inherited);
	return suite_run("procfile");
}
