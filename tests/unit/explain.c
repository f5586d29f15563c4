/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "query/compare.h"

/* 100 is the viewer's pid namespace and 500 its user namespace; 20 is PID 1 of a container, 21 in
 * there, 30 in one beside it, and 22 in one inside. */
#define SYSTEM                                                                                     \
	"viewer pid 100; viewer user 500; viewer uts 600; viewer net 700;"                         \
	"ns pid 100; ns pid 101 parent=100; ns pid 102 parent=101; ns pid 103 parent=100;"         \
	"ns user 500 parent=- uids=0:0:4294967295; ns user 501 parent=500 uids=0:100000:65536;"    \
	"ns user 502 parent=501 uids=5:101005:10; ns user 503 parent=500 uids=0:200000:10;"        \
	"ns user 504 parent=500 uids=; ns user 505 parent=500 uids=EACCES;"                        \
	"p 7 pid=100 user=500 uts=600 pids=7 net=700; p 8 pid=100 user=500 uts=600 pids=8 "        \
	"net=700;"                                                                                 \
	"p 20 pid=101 user=501 uts=601 pids=20/1 net=701; p 21 pid=101 user=504 pids=21/9 "        \
	"net=701;"                                                                                 \
	"p 22 pid=102 user=502 pids=22/10/1 net=701; p 30 pid=103 user=503 pids=30/1 net=701;"     \
	"p 40 pid=EACCES user=505 net=EACCES uts=EACCES pids=40/1; p 50 net=- uts=- state=Z;"      \
	"p 51 net=- state=Z; p 60 time=- state=S; p 61 time=- state=S; p 31 pid=103 pids=31/7"

static const struct row_explain {
	const char *expected;
	enum ns_kind kind;
	pid_t a, b;
} explain_rows[] = {
	{ "they see the same network: a port bound by one is reachable by the other on localhost",
	  NS_NET, 7, 8 },
	{ "each has interfaces, addresses, routes and ports of its own: localhost is another "
	  "network for each",
	  NS_NET, 7, 20 },
	{ "unknown: the namespaces of P40 could not be read", NS_NET, 7, 40 },
	{ "unknown: the namespaces of P40 could not be read", NS_NET, 40, 7 },
	{ "P50 has ended, and left it", NS_NET, 50, 7 },
	{ "P50 has ended, and left it", NS_NET, 7, 50 },
	{ "both have ended, and left it", NS_NET, 51, 50 },
	{ "this kernel has no time namespaces", NS_TIME, 60, 61 },
	{ "processes have the same numbers for both", NS_PID, 7, 8 },
	{ "PID 1 in C20 is 20 here; who is outside has no number in there", NS_PID, 7, 20 },
	{ "PID 1 in C20 is 20 here; who is outside has no number in there", NS_PID, 20, 7 },
	{ "PID 1 in pid:[101] is 20 here; who is outside has no number in there", NS_PID, 7, 21 },
	{ "PID 1 in pid:[102] is 10 for C20; who is outside has no number in there", NS_PID, 20,
	  22 },
	{ "PID 1 in pid:[102] is 22 here; who is outside has no number in there", NS_PID, 22, 7 },
	{ "neither has numbers for the processes of the other", NS_PID, 20, 30 },
	{ "processes have other numbers for each", NS_PID, 7, 40 },
	{ "an id is the same user or group for both, and capabilities count towards the same "
	  "namespaces",
	  NS_USER, 7, 8 },
	{ "uid 0 in C20 is uid 100000 here", NS_USER, 7, 20 },
	{ "uid 0 in C20 is uid 100000 here", NS_USER, 20, 7 },
	{ "uid 0 in user:[503] is uid 200000 here", NS_USER, 7, 30 },
	{ "uid 5 in user:[502] is uid 1005 for C20", NS_USER, 20, 22 },
	{ "uid 0 in user:[503] is no user for C20", NS_USER, 20, 30 },
	{ "no id is mapped in user:[504]", NS_USER, 7, 21 },
	{ "each has user and group ids and capabilities of its own", NS_USER, 7, 40 },
	{ "they have one host name and domain name: who sets it sets it for both", NS_UTS, 7, 8 },
	{ "the host name is 'outer' here, and 'b929' for C20", NS_UTS, 7, 20 },
	{ "the host name is 'b929' for C20, and 'outer' for P7", NS_UTS, 20, 7 },
};

static struct called called_of(pid_t pid)
{
	bool container = pid == 20;
	return (struct called){ xasprintf("%c%d", container ? 'C' : 'P', pid), container };
}

static void explain(void **state)
{
	const struct row_explain *row = ROW(struct row_explain, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(SYSTEM);
	struct details_builder *builder = details_builder_new();
	const struct detail outer = { .process = the_process(snapshot, 7), .hostname = "outer" };
	const struct detail inner = { .process = the_process(snapshot, 20), .hostname = "b929" };
	details_builder_add(builder, &outer);
	details_builder_add(builder, &inner);
	_cleanup_(details_freep) const struct details *details = details_builder_finish(builder);
	const struct process *processes[] = { the_process(snapshot, row->a),
					      the_process(snapshot, row->b) };
	_cleanup_(comparison_clear) struct comparison comparison = {
		.snapshot = snapshot, .kinds = 1u << row->kind, .n = 2, .processes = processes
	};
	comparison_make(&comparison);
	const struct called first = called_of(row->a), other = called_of(row->b);
	_cleanup_(freep) char *text =
		comparison_explain(&comparison, details, row->kind, 1, &first, &other);
	assert_string_equal(text, row->expected);
	free((char *)first.name);
	free((char *)other.name);
}

/* Each kind has a sentence for both. */
static void all_kinds(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from("p 7 cgroup=1 ipc=2 mnt=3 net=4 pid=5 time=6 user=7 uts=8;"
			      "p 8 cgroup=11 ipc=12 mnt=13 net=14 pid=15 time=16 user=17 uts=18");
	_cleanup_(details_freep) const struct details *details = details_none();
	const struct called first = { "a", false }, other = { "b", false };
	char *texts[2][NS_KIND_COUNT];
	for (int same = 0; same < 2; same++) {
		const struct process *processes[] = { the_process(snapshot, 7),
						      the_process(snapshot, same ? 7 : 8) };
		_cleanup_(comparison_clear) struct comparison comparison = {
			.snapshot = snapshot, .n = 2, .processes = processes
		};
		comparison_make(&comparison);
		for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
			texts[same][kind] =
				comparison_explain(&comparison, details, kind, 1, &first, &other);
	}
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		assert_true(strlen(texts[0][kind]) > 20 && strlen(texts[1][kind]) > 20);
		assert_string_not_equal(texts[0][kind], texts[1][kind]);
		for (enum ns_kind other_kind = 0; other_kind < kind; other_kind++)
			assert_string_not_equal(texts[0][kind], texts[0][other_kind]);
	}
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		free(texts[0][kind]);
		free(texts[1][kind]);
	}
}

int main(void)
{
	TEST_ROWS(explain, explain_rows);
	TEST(all_kinds);
	return suite_run("explain");
}
