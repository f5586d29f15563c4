/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/compare.h"

#include "fixture.h"

/* Everybody shares the first of each kind; 20 is in a container, 30 in another one, and 40 to 46
 * do not tell. */
#define SYSTEM                                                                                     \
	"viewer pid 4026531836; initial net 4026531833; ns pid 4026531836; ns pid 101 "            \
	"parent=4026531836 keep;"                                                                  \
	"ns pid 102 parent=4026531836 keep; ns net 4026531833; ns net 201 keep; ns uts 301 keep;"  \
	"ns user 4026531837;"                                                                      \
	"p 1 pid=4026531836 net=4026531833 uts=4026531838 user=4026531837 pids=1;"                 \
	"p 7 pid=4026531836 net=4026531833 uts=4026531838 user=4026531837 pids=7;"                 \
	"t 8 7 pid=4026531836 net=201 uts=4026531838 user=EACCES time=EACCES pids=8;"              \
	"p 20 pid=101 net=201 uts=301 user=4026531837 pids=20/1;"                                  \
	"p 30 pid=102 net=201 uts=4026531838 user=4026531837 pids=30/1;"                           \
	"p 40 pid=EACCES net=EACCES uts=EACCES user=EACCES pids=40;"                               \
	"p 41 pid=EACCES net=EACCES uts=EACCES user=EACCES pids=41/1;"                             \
	"p 42 pid=EACCES net=EACCES uts=EACCES user=EACCES pids=42/1;"                             \
	"p 43 pid=EACCES net=EACCES uts=EACCES user=EACCES pids=43/9;"                             \
	"p 44 pid=EACCES pids=44/9; p 45 pid=EACCES pids=45/1/7; p 46 pid=EACCES pids=46/1/8;"     \
	"p 50 pid=4026531836 net=- uts=- user=4026531837 state=Z pids=50;"                         \
	"p 51 pid=4026531836 net=- uts=- user=4026531837 state=Z pids=51; p 60"

#define SAME(kind)                                                                                 \
	{                                                                                          \
		.same = 1u << (kind)                                                               \
	}
#define DIFFERENT(kind)                                                                            \
	{                                                                                          \
		.different = 1u << (kind)                                                          \
	}

static const struct row_share {
	const char *name;
	enum ns_kind kind;
	pid_t a, b;
	enum share share;
	ino_t first, other; /* 0: unknown or none */
	int host_first, host_other;
	struct proof proof;
} share_rows[] = {
	{ "both tell: the same", NS_NET, 1, 7, SHARE_SAME, 4026531833, 4026531833, 1, 1 },
	{ "both tell: others", NS_NET, 1, 20, SHARE_DIFFERENT, 4026531833, 201, 1, 0 },
	{ "two containers share", NS_NET, 20, 30, SHARE_SAME, 201, 201, 0, 0 },
	{ "with itself", NS_UTS, 20, 20, SHARE_SAME, 301, 301, 0, 0 },
	{ "with itself, though it tells nothing", NS_UTS, 40, 40, SHARE_SAME, 0, 0, -ENODATA,
	  -ENODATA },
	{ "what one does not tell", NS_UTS, 1, 40, SHARE_UNKNOWN, 4026531838, 0, 1, -ENODATA },
	{ "what neither tells", NS_UTS, 40, 41, SHARE_UNKNOWN, 0, 0, -ENODATA, -ENODATA },
	{ "nobody asked", NS_NET, 1, 60, SHARE_UNKNOWN, 4026531833, 0, 1, -ENODATA },

	{ "a thread: its user is that of its process", NS_USER, 7, 8, SHARE_SAME, 4026531837,
	  4026531837, 1, 1 },
	{ "a thread: its time too", NS_TIME, 7, 8, SHARE_SAME, 0, 0, -ENODATA, -ENODATA },
	{ "a thread: its net is its own", NS_NET, 7, 8, SHARE_DIFFERENT, 4026531833, 201, 1, 0 },

	{ "one number each", NS_PID, 7, 40, SHARE_SAME, 4026531836, 4026531836, 1, 1 },
	{ "one number and two", NS_PID, 40, 41, SHARE_DIFFERENT, 4026531836, 0, 1, 0 },
	{ "two and two, which tell", NS_PID, 20, 30, SHARE_DIFFERENT, 101, 102, 0, 0 },
	{ "two inits", NS_PID, 41, 42, SHARE_DIFFERENT, 0, 0, 0, 0 },
	{ "an init that tells, and another one", NS_PID, 20, 42, SHARE_DIFFERENT, 101, 0, 0, 0 },
	{ "two and two, which may be anywhere", NS_PID, 41, 43, SHARE_UNKNOWN, 0, 0, 0, 0 },
	{ "one number that may have been given again", NS_PID, 43, 44, SHARE_UNKNOWN, 0, 0, 0, 0 },
	{ "inits one level above", NS_PID, 45, 46, SHARE_DIFFERENT, 0, 0, 0, 0 },
	{ "no numbers", NS_PID, 7, 60, SHARE_UNKNOWN, 4026531836, 0, 1, -ENODATA },

	{ "proven the same, so it is that", NS_NET, 1, 40, SHARE_SAME, 4026531833, 4026531833, 1, 1,
	  SAME(NS_NET) },
	{ "the same from the other side", NS_NET, 40, 1, SHARE_SAME, 4026531833, 4026531833, 1, 1,
	  SAME(NS_NET) },
	{ "proven the same, and neither tells", NS_NET, 40, 41, SHARE_SAME, 0, 0, -ENODATA,
	  -ENODATA, SAME(NS_NET) },
	{ "proven to be others: not the host's", NS_NET, 1, 40, SHARE_DIFFERENT, 4026531833, 0, 1,
	  0, DIFFERENT(NS_NET) },
	{ "the same seen from there", NS_NET, 40, 1, SHARE_DIFFERENT, 0, 4026531833, 0, 1,
	  DIFFERENT(NS_NET) },
	{ "other than a container's: who knows whose", NS_NET, 20, 40, SHARE_DIFFERENT, 201, 0, 0,
	  -ENODATA, DIFFERENT(NS_NET) },
	{ "what is told counts more than a proof", NS_NET, 1, 20, SHARE_DIFFERENT, 4026531833, 201,
	  1, 0, SAME(NS_NET) },
	{ "a proof of another kind proves nothing", NS_UTS, 1, 40, SHARE_UNKNOWN, 4026531838, 0, 1,
	  -ENODATA, SAME(NS_NET) },

	{ "one has ended", NS_NET, 1, 50, SHARE_DIFFERENT, 4026531833, 0, 1, 0 },
	{ "who has ended, and one who does not tell", NS_NET, 50, 40, SHARE_DIFFERENT, 0, 0, 0,
	  -ENODATA },
	{ "both have ended", NS_NET, 50, 51, SHARE_NOTHING, 0, 0, 0, 0 },
	{ "and are still in one pid namespace", NS_PID, 50, 51, SHARE_SAME, 4026531836, 4026531836,
	  1, 1 },
};

static void share(void **state)
{
	const struct row_share *row = ROW(struct row_share, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	const struct process *processes[] = { the_process(snapshot, row->a),
					      the_process(snapshot, row->b) };
	const struct proof proofs[] = { { 0 }, row->proof };
	_cleanup_(comparison_clear) struct comparison comparison = {
		.snapshot = snapshot,
		.kinds = 1u << row->kind,
		.n = 2,
		.processes = processes,
		.proofs = proofs,
	};
	comparison_make(&comparison);
	const struct shared *first = comparison_cell(&comparison, row->kind, 0);
	const struct shared *other = comparison_cell(&comparison, row->kind, 1);
	assert_int_equal(first->share, SHARE_SAME);
	assert_int_equal(other->share, row->share);
	assert_int_equal(first->ns ? first->ns->ino : 0, row->first);
	assert_int_equal(other->ns ? other->ns->ino : 0, row->other);
	assert_int_equal(first->host, row->host_first);
	assert_int_equal(other->host, row->host_other);
	static const int verdicts[] = { [SHARE_UNKNOWN] = -ENODATA,
					[SHARE_SAME] = 1,
					[SHARE_DIFFERENT] = 0,
					[SHARE_NOTHING] = 1 };
	assert_int_equal(comparison_verdict(&comparison), verdicts[row->share]);
}

/* Before Linux 6.17 only kthreadd tells which mnt and net are the host's. */
static void no_fixed_numbers(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("ns mnt 4026531841; ns mnt 4026532200 keep; p 1 mnt=4026531841;"
			      "p 2 mnt=4026531841; p 3 mnt=4026532200");
	const struct process *processes[] = { the_process(snapshot, 1), the_process(snapshot, 2),
					      the_process(snapshot, 3) };
	_cleanup_(comparison_clear) struct comparison comparison = {
		.snapshot = snapshot, .kinds = 1u << NS_MNT, .n = 3, .processes = processes
	};
	comparison_make(&comparison);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(comparison_cell(&comparison, NS_MNT, i)->host, -ENODATA);
	assert_int_equal(comparison_cell(&comparison, NS_MNT, 1)->share, SHARE_SAME);
	assert_int_equal(comparison_cell(&comparison, NS_MNT, 2)->share, SHARE_DIFFERENT);
}

/* A known column names what the first one shares with it, and so all that share with that. */
static void knowledge_spreads(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	const struct process *processes[] = { the_process(snapshot, 40), the_process(snapshot, 41),
					      the_process(snapshot, 20), the_process(snapshot, 1) };
	const struct proof proofs[] = { { 0 }, SAME(NS_NET), SAME(NS_NET), DIFFERENT(NS_NET) };
	_cleanup_(comparison_clear) struct comparison comparison = { .snapshot = snapshot,
								     .kinds = 1u << NS_NET,
								     .n = 4,
								     .processes = processes,
								     .proofs = proofs };
	comparison_make(&comparison);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(comparison_cell(&comparison, NS_NET, i)->ns->ino, 201);
		assert_int_equal(comparison_cell(&comparison, NS_NET, i)->host, 0);
	}
	assert_int_equal(comparison_verdict(&comparison), 0);
}

static const struct row_verdict {
	const char *name;
	unsigned kinds;
	pid_t pids[3];
	int verdict;
} verdict_rows[] = {
	{ "all the same", 1u << NS_NET | 1u << NS_UTS, { 1, 7, 1 }, 1 },
	{ "one that is unknown", 1u << NS_NET | 1u << NS_PID, { 1, 7, 40 }, -ENODATA },
	{ "a difference counts more", 1u << NS_NET | 1u << NS_PID, { 1, 40, 20 }, 0 },
	{ "wherever it is", 1u << NS_NET | 1u << NS_PID, { 1, 20, 40 }, 0 },
	{ "what is unknown does not count", 1u << NS_PID, { 1, 7, 40 }, 1 },
	{ "two differ, wherever the first one is", 1u << NS_NET, { 40, 1, 20 }, 0 },
	{ "two do not", 1u << NS_NET, { 40, 1, 7 }, -ENODATA },
	{ "nor what differs", 1u << NS_USER, { 1, 7, 20 }, 1 },
};

static void verdict(void **state)
{
	const struct row_verdict *row = ROW(struct row_verdict, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	const struct process *processes[3];
	for (size_t i = 0; i < 3; i++)
		processes[i] = the_process(snapshot, row->pids[i]);
	_cleanup_(comparison_clear) struct comparison comparison = {
		.snapshot = snapshot, .kinds = row->kinds, .n = 3, .processes = processes
	};
	comparison_make(&comparison);
	assert_int_equal(comparison_verdict(&comparison), row->verdict);
}

int main(void)
{
	TEST_ROWS(share, share_rows);
	TEST(no_fixed_numbers);
	TEST(knowledge_spreads);
	TEST_ROWS(verdict, verdict_rows);
	return suite_run("compare");
}
