/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/idmap.h"

#include "fixture.h"
#include "query/query.h"

/*
 * Kernel ids: A = 100000 + 1000 ids, B inside of A = 500 + 100 of those, C beside A. So host root
 * reads them, and so do A and B, see user_namespaces(7): a range whose first id the reader has no
 * id for begins at 4294967295.
 */
#define HOST                                                                                       \
	"ns user 1 parent=- uids=0:0:4294967295 gids=0:0:4294967295 keep;"                         \
	"ns user 2 parent=1 uids=0:100000:1000 gids=0:200000:10,10:300000:10 keep;"                \
	"ns user 3 parent=2 uids=0:100500:100 gids= keep;"                                         \
	"ns user 4 parent=1 uids=0:200000:50,1000:1000:1 keep;"                                    \
	"ns user 5 parent=1 uids=EACCES keep"
#define SEEN_BY_A                                                                                  \
	"ns user 1 parent=- uids=0:4294967295:4294967295 keep;"                                    \
	"ns user 2 parent=1 uids=0:100000:1000 keep;"                                              \
	"ns user 3 parent=2 uids=0:500:100 keep;"                                                  \
	"ns user 4 parent=1 uids=0:4294967295:50,1000:77:100 keep"
#define SEEN_BY_B                                                                                  \
	"ns user 1 parent=- uids=0:4294967295:4294967295 keep;"                                    \
	"ns user 2 parent=1 uids=0:4294967295:1000 keep;"                                          \
	"ns user 3 parent=2 uids=0:500:100 keep"

static const struct row_translate {
	const char *name, *text;
	ino_t viewer, from, to;
	enum id_type type;
	uint32_t id;
	int r;
	uint32_t expected;
} translate_rows[] = {
	{ "down", HOST, 1, 1, 2, ID_UID, 100007, 0, 7 },
	{ "down, the first", HOST, 1, 1, 2, ID_UID, 100000, 0, 0 },
	{ "down, the last", HOST, 1, 1, 2, ID_UID, 100999, 0, 999 },
	{ "down, behind the last", HOST, 1, 1, 2, ID_UID, 101000, ID_UNMAPPED, 0 },
	{ "down, before the first", HOST, 1, 1, 2, ID_UID, 99999, ID_UNMAPPED, 0 },
	{ "down two levels", HOST, 1, 1, 3, ID_UID, 100507, 0, 7 },
	{ "down, the second range", HOST, 1, 1, 2, ID_GID, 300003, 0, 13 },
	{ "down, between the ranges", HOST, 1, 1, 2, ID_GID, 200010, ID_UNMAPPED, 0 },
	{ "down, nothing is mapped", HOST, 1, 1, 3, ID_GID, 0, ID_UNMAPPED, 0 },
	{ "down, not readable", HOST, 1, 1, 5, ID_UID, 0, ID_UNKNOWN, 0 },
	{ "down, not asked", HOST, 1, 1, 5, ID_GID, 0, ID_UNKNOWN, 0 },
	{ "up", HOST, 1, 2, 1, ID_UID, 7, 0, 100007 },
	{ "up two levels", HOST, 1, 3, 1, ID_UID, 99, 0, 100599 },
	{ "up, not mapped", HOST, 1, 3, 1, ID_UID, 100, ID_UNMAPPED, 0 },
	{ "up, not readable", HOST, 1, 5, 1, ID_UID, 0, ID_UNKNOWN, 0 },
	{ "between two levels", HOST, 1, 3, 2, ID_UID, 7, 0, 507 },
	{ "between two levels, down", HOST, 1, 2, 3, ID_UID, 507, 0, 7 },
	{ "between two levels, not mapped", HOST, 1, 2, 3, ID_UID, 7, ID_UNMAPPED, 0 },
	{ "sideways, nothing in common", HOST, 1, 2, 4, ID_UID, 7, ID_UNMAPPED, 0 },
	{ "here", HOST, 1, 1, 1, ID_UID, 4294967294, 0, 4294967294 },
	{ "the id that is none", HOST, 1, 1, 1, ID_UID, 4294967295, ID_UNMAPPED, 0 },
	{ "the id that is none, down", HOST, 1, 1, 2, ID_UID, 4294967295, ID_UNMAPPED, 0 },
	{ "within one", HOST, 1, 2, 2, ID_UID, 999, 0, 999 },
	{ "within one, not mapped", HOST, 1, 2, 2, ID_UID, 1000, ID_UNMAPPED, 0 },
	{ "within one, not readable", HOST, 1, 5, 5, ID_UID, 1000, 0, 1000 },

	{ "from A: its own", SEEN_BY_A, 2, 2, 2, ID_UID, 7, 0, 7 },
	{ "from A: not its own", SEEN_BY_A, 2, 2, 2, ID_UID, 1000, ID_UNMAPPED, 0 },
	{ "from A: B", SEEN_BY_A, 2, 2, 3, ID_UID, 507, 0, 7 },
	{ "from A: up by its own map", SEEN_BY_A, 2, 2, 1, ID_UID, 7, 0, 100007 },
	{ "from A: what the host calls so", SEEN_BY_A, 2, 1, 2, ID_UID, 100007, 0, 7 },
	{ "from A: a host id it has not got", SEEN_BY_A, 2, 1, 2, ID_UID, 7, ID_UNMAPPED, 0 },
	{ "from A: the host's to B", SEEN_BY_A, 2, 1, 3, ID_UID, 100507, 0, 7 },
	{ "from A: a host id nobody below has", SEEN_BY_A, 2, 1, 3, ID_UID, 7, ID_UNMAPPED, 0 },
	{ "from A: the first of a range of C", SEEN_BY_A, 2, 4, 2, ID_UID, 1000, 0, 77 },
	{ "from A: and that one back", SEEN_BY_A, 2, 2, 4, ID_UID, 77, 0, 1000 },
	{ "from A: the second of that range", SEEN_BY_A, 2, 4, 2, ID_UID, 1001, ID_UNKNOWN, 0 },
	{ "from A: and that one back", SEEN_BY_A, 2, 2, 4, ID_UID, 78, ID_UNKNOWN, 0 },
	{ "from A: C's first, which A lacks", SEEN_BY_A, 2, 4, 2, ID_UID, 0, ID_UNMAPPED, 0 },
	{ "from A: C's second", SEEN_BY_A, 2, 4, 2, ID_UID, 1, ID_UNKNOWN, 0 },
	{ "from A: what C lacks", SEEN_BY_A, 2, 4, 2, ID_UID, 50, ID_UNMAPPED, 0 },
	{ "from A: C's to the host", SEEN_BY_A, 2, 4, 1, ID_UID, 1000, 0, 100077 },
	{ "from A: C's to the host, whom A lacks", SEEN_BY_A, 2, 4, 1, ID_UID, 0, ID_UNKNOWN, 0 },
	{ "from A: C's to B", SEEN_BY_A, 2, 4, 3, ID_UID, 0, ID_UNMAPPED, 0 },
	/* Though B has 100 of A's ids, the file says -1 for all of them. */
	{ "from B: A by B's own map", SEEN_BY_B, 3, 3, 2, ID_UID, 7, 0, 507 },
	{ "from B: A's id by B's own map", SEEN_BY_B, 3, 2, 3, ID_UID, 507, 0, 7 },
	{ "from B: the host", SEEN_BY_B, 3, 3, 1, ID_UID, 7, ID_UNKNOWN, 0 },
	{ "from B: of the host", SEEN_BY_B, 3, 1, 3, ID_UID, 100507, ID_UNKNOWN, 0 },
	{ "no viewer", HOST, 9, 1, 2, ID_UID, 100007, ID_UNKNOWN, 0 },
};

static void translated(void **state)
{
	const struct row_translate *row = ROW(struct row_translate, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(row->text);
	const struct ns *viewer = snapshot_find_ns(snapshot, NS_USER, row->viewer);
	uint32_t id = 4711;
	assert_int_equal(id_translate(viewer, the_ns(snapshot, NS_USER, row->from),
				      the_ns(snapshot, NS_USER, row->to), row->type, row->id, &id),
			 row->r);
	assert_int_equal(id, row->r == 0 ? row->expected : 4711); /* untouched */
}

/* What goes down comes up again, whoever looks. */
static void there_and_back(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(HOST);
	const struct ns *host = the_ns(snapshot, NS_USER, 1);
	for (ino_t ino = 1; ino <= 4; ino++) {
		const struct ns *ns = the_ns(snapshot, NS_USER, ino);
		for (uint32_t id = 0; id < 1200; id++) {
			uint32_t outside, inside;
			if (id_to_viewer(host, ns, ID_UID, id, &outside) != 0)
				continue;
			assert_int_equal(id_from_viewer(host, ns, ID_UID, outside, &inside), 0);
			assert_int_equal(inside, id);
		}
	}
}

/* A damaged file may hold ranges that end beyond all ids. */
static void ids_do_not_wrap(void **state _unused_)
{
	static const struct idmap_range range = { 10, 4294967290u, 100 };
	static const struct idmap_range inverse = { 4294967000u, 10, 400 };
	const struct idmap map = { 1, &range, 0 }, back = { 1, &inverse, 0 };
	uint32_t id = 4711;
	assert_int_equal(idmap_outside(&map, 14, &id), 0);
	assert_int_equal(id, 4294967294u);
	assert_int_equal(idmap_outside(&map, 15, &id), ID_UNKNOWN);
	assert_int_equal(idmap_outside(&map, 109, &id), ID_UNKNOWN);
	assert_int_equal(idmap_outside(&map, 110, &id), ID_UNMAPPED);
	assert_int_equal(idmap_inside(&back, 304, &id), 0);
	assert_int_equal(id, 4294967294u);
	assert_int_equal(idmap_inside(&back, 305, &id), ID_UNKNOWN);
}

static void within(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(HOST);
	const struct ns *host = the_ns(snapshot, NS_USER, 1), *a = the_ns(snapshot, NS_USER, 2);
	const struct ns *b = the_ns(snapshot, NS_USER, 3), *c = the_ns(snapshot, NS_USER, 4);
	assert_true(ns_is_within(host, host) && ns_is_within(b, host) && ns_is_within(b, a));
	assert_false(ns_is_within(host, a) || ns_is_within(c, a) || ns_is_within(a, b));
	assert_false(ns_is_within(host, NULL) || ns_is_within(NULL, host));
}

static void who_maps_all(void **state _unused_)
{
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from(HOST ";ns user 6 parent=1 uids=0:0:4294967295 keep;"
				   "ns user 7 parent=EPERM uids=0:0:4294967295 keep");
	assert_true(ns_maps_all(the_ns(snapshot, NS_USER, 1), ID_UID));
	assert_false(ns_maps_all(the_ns(snapshot, NS_USER, 2), ID_UID));
	/* All that its parent has, and who knows what that lacks. */
	assert_false(ns_maps_all(the_ns(snapshot, NS_USER, 6), ID_UID));
	assert_false(ns_maps_all(the_ns(snapshot, NS_USER, 7), ID_UID));
}

/* Which uid a process sees itself, whose viewer is in the user namespace 1. */
static const struct row_nsuid {
	const char *name, *process;
	int r;
	uid_t expected;
} nsuid_rows[] = {
	{ "the viewer's own", "p 7 user=1 uid=1000", 0, 1000 },
	{ "below", "p 7 user=2 uid=100007", 0, 7 },
	{ "two levels below", "p 7 user=3 uid=100500", 0, 0 },
	{ "not mapped there", "p 7 user=2 uid=1000", ID_UNMAPPED, UID_UNKNOWN },
	{ "a map that was refused", "p 7 user=5 uid=1000", ID_UNKNOWN, UID_UNKNOWN },
	{ "a namespace that was refused", "p 7 user=EACCES uid=0", ID_UNKNOWN, UID_UNKNOWN },
	{ "nobody asked for the uid", "p 7 user=2", ID_UNKNOWN, UID_UNKNOWN },
	{ "65534 is somebody, where all are mapped", "p 7 user=1 uid=65534", 0, 65534 },
	{ "65534, who may be anybody", "p 7 user=7 uid=65534", ID_UNKNOWN, UID_UNKNOWN },
};

static void nsuid(void **state)
{
	const struct row_nsuid *row = ROW(struct row_nsuid, state);
	_cleanup_(freep) char *text =
		xasprintf(HOST ";ns user 7 parent=EPERM uids=0:0:4294967295 keep;%s", row->process);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = snapshot_from(text);
	uid_t uid = UID_UNKNOWN;
	assert_int_equal(process_nsuid(the_process(snapshot, 7), 1, &uid), row->r);
	assert_int_equal(uid, row->expected);
}

static const struct row_between {
	const char *name;
	ino_t viewer, ns;
	const char *expected;
} between_rows[] = {
	{ "itself", 1, 1, "" },
	{ "a child", 1, 2, "" },
	{ "a grandchild", 1, 3, "user:2" },
	{ "four levels down", 1, 9, "user:2 user:3 user:8" },
	{ "from the middle", 2, 9, "user:3 user:8" },
	{ "not below", 2, 4, "" },
	{ "above", 3, 1, "" },
};

static void between(void **state)
{
	const struct row_between *row = ROW(struct row_between, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from(HOST "; ns user 8 parent=3 keep; ns user 9 parent=8 keep");
	const struct ns *list[NS_LEVELS_MAX];
	size_t n = ns_between(the_ns(snapshot, NS_USER, row->viewer),
			      the_ns(snapshot, NS_USER, row->ns), list);
	assert_namespaces(list, n, row->expected);
}

static const struct row_userns {
	const char *name;
	pid_t pid;
	enum ns_kind kind;
	ino_t ino; /* 0: a process */
	int r;
	ino_t expected;
	const char *message;
} userns_rows[] = {
	{ "a user namespace", 0, NS_USER, 2, 0, 2, "" },
	{ "a process", 7, 0, 0, 0, 3, "" },
	{ "a process that refused", 8, 0, 0, -EACCES, 0,
	  "X: the user namespace of that process could not be read" },
	{ "another kind", 0, NS_NET, 40, -EINVAL, 0, "X is no user namespace" },
};

static void userns(void **state)
{
	const struct row_userns *row = ROW(struct row_userns, state);
	_cleanup_(snapshot_freep) const struct snapshot *snapshot =
		snapshot_from(HOST "; ns net 40 keep; p 7 user=3; p 8 user=EACCES");
	struct found found = { .process = row->pid ? the_process(snapshot, row->pid) : NULL,
			       .ns = row->ino ? the_ns(snapshot, row->kind, row->ino) : NULL };
	const struct ns *ns = NULL;
	struct error err = { 0 };
	assert_int_equal(found_ns(snapshot, &found, NS_USER, "X", &ns, &err), row->r);
	assert_string_equal(err.text, row->message);
	assert_int_equal(ns ? ns->ino : 0, row->expected);
}

int main(void)
{
	TEST_ROWS(translated, translate_rows);
	TEST(there_and_back);
	TEST(ids_do_not_wrap);
	TEST(within);
	TEST(who_maps_all);
	TEST_ROWS(nsuid, nsuid_rows);
	TEST_ROWS(between, between_rows);
	TEST_ROWS(userns, userns_rows);
	return suite_run("idmap");
}
