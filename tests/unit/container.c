/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/container.h"

#include "fixture.h"

#define ID "b929bf934f01e0f7a6b5948372615049382716fe0dcba9876543210f1e2d3c4b"

static const struct row_label {
	const char *name;
	struct container container;
	const char *expected;
} label_rows[] = {
	{ "a name", { "docker", ID, "chal", NULL, 0, NULL }, "docker:chal" },
	{ "no name", { "docker", ID, NULL, NULL, 0, NULL }, "docker:b929bf934f01" },
	{ "a short id", { "docker", "b929", NULL, NULL, 0, NULL }, "docker:b929" },
	{ "free text",
	  { "runc", "my-container-of-long-name", NULL, NULL, 0, NULL },
	  "runc:my-container-of-long-name" },
	{ "upper case is free text",
	  { "runc", "ABCDEFABCDEFABCDEF", NULL, NULL, 0, NULL },
	  "runc:ABCDEFABCDEFABCDEF" },
	{ "almost an id",
	  { "oci", "b929bf934f01e0f7-0", NULL, NULL, 0, NULL },
	  "oci:b929bf934f01e0f7-0" },
	{ "a pod has its place elsewhere",
	  { "kubernetes", ID, "web", "shop/web-0", 0, NULL },
	  "kubernetes:web" },
	{ "bytes stay what they are",
	  { "lxc", "\x1b[1m", "\x1b[1m", NULL, 0, NULL },
	  "lxc:\x1b[1m" },
	{ "nothing", { "oci", "", NULL, NULL, 0, NULL }, "oci:" },
};

static void label(void **state)
{
	const struct row_label *row = ROW(struct row_label, state);
	_cleanup_(freep) char *got = container_label(&row->container);
	assert_string_equal(got, row->expected);
}

static const struct row_match {
	const char *text;
	struct container container;
	enum container_match expected;
} match_rows[] = {
	{ "chal", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_BY_NAME },
	{ "docker:chal", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_BY_NAME },
	{ "podman:chal", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "dock:chal", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "docker:", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "docker", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "docker:docker:chal", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "cha", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "chall", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "CHAL", { "docker", ID, "chal", NULL, 0, NULL }, CONTAINER_OTHER },
	{ "chal", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ ID, { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_BY_ID },
	{ "docker:" ID, { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_BY_ID },
	{ "b929", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_BY_PREFIX },
	{ "docker:b929bf934f01", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_BY_PREFIX },
	{ "b92", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ "", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ "B929", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ "b92x",
	  { "docker", "b92xyz", NULL, NULL, 0, NULL },
	  CONTAINER_OTHER }, /* not hexadecimal */
	{ ID "0", { "docker", ID, NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ "my-box", { "runc", "my-box", NULL, NULL, 0, NULL }, CONTAINER_BY_ID },
	{ "my-b", { "runc", "my-box", NULL, NULL, 0, NULL }, CONTAINER_OTHER },
	{ "b929", { "docker", ID, "b929", NULL, 0, NULL }, CONTAINER_BY_NAME },
	{ "a:b", { "lxc", "a:b", "a:b", NULL, 0, NULL }, CONTAINER_BY_NAME },
	{ "shop/web-0", { "kubernetes", ID, "web", "shop/web-0", 0, NULL }, CONTAINER_OTHER },
};

static void match(void **state)
{
	const struct row_match *row = ROW(struct row_match, state);
	assert_int_equal(container_match(&row->container, row->text), row->expected);
}

static const struct container some[] = {
	{ "docker", "aaaa1111", "one", NULL, 0, NULL },
	{ "docker", "aaaa2222", "two", NULL, 0, NULL },
	{ "podman", "bbbb1111", "one", NULL, 0, NULL },
	{ "podman", "cccc1111", "aaaa1111", NULL, 0, NULL },
	{ "runc", "two", NULL, NULL, 0, NULL },
	{ "lxc", "three", "three", NULL, 0, NULL },
	{ "docker", "dddd1111", "dddd", NULL, 0, NULL },
	{ "docker", "dddd2222", NULL, NULL, 0, NULL },
	{ "podman", "eeee1111", "\x1b[2J", NULL, 0, NULL },
	{ "docker", "eeee1111", "\x1b[2J", NULL, 0, NULL },
	/* What users, and those inside of containers, call theirs. */
	{ "podman", "bbbb1111", "three", NULL, 1000, NULL },
	{ "lxc", "three", "three", NULL, 0, "lxc:att" },
	{ "docker", "ffff1111", "four", NULL, 0, "lxc:att" },
	{ "docker", "ffff1111", "four", NULL, 1000, NULL },
	{ "docker", "ffff2222", "aaaa2", NULL, 1000, NULL },
	{ "docker", "ffff3333", "six", NULL, 1000, NULL },
	{ "docker", "ffff4444", "six", NULL, 1001, NULL },
};

/* What is picked: its place, or the error. */
static const struct row_pick {
	const char *text;
	int expected;
	const char *message;
} pick_rows[] = {
	{ "docker:one", 0, NULL },
	{ "podman:one", 2, NULL },
	{ "one", -ENOTUNIQ,
	  "one: several containers are called so: docker:one (aaaa1111), podman:one (bbbb1111)" },
	{ "two", 1, NULL }, /* a name, before an id */
	{ "runc:two", 4, NULL },
	{ "aaaa1111", 3, NULL }, /* a name again */
	{ "docker:aaaa1111", 0, NULL },
	{ "aaaa2", 1, NULL },
	{ "aaaa", -ENOTUNIQ,
	  "aaaa: several containers are called so: docker:one (aaaa1111), docker:two (aaaa2222)" },
	{ "podman:aaaa", -ENOENT, "podman:aaaa: no such container" },
	{ "dddd", 6, NULL }, /* a name, before two prefixes */
	{ "docker:dddd2", 7, NULL },
	{ "eeee1111", -ENOTUNIQ, NULL },
	{ "three", 5, NULL },
	{ "four", 13, NULL },
	{ "ffff1111", 13, NULL },
	{ "six", -ENOTUNIQ,
	  "six: several containers are called so: docker:six (ffff3333), docker:six (ffff4444)" },
	{ "five", -ENOENT, "five: no such container" },
	{ "", -ENOENT, ": no such container" },
};

static void pick(void **state)
{
	const struct row_pick *row = ROW(struct row_pick, state);
	const struct container *list[ARRAY_SIZE(some)];
	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		list[i] = &some[i];
	struct error err = { 0 };
	size_t at = 4711;
	int r = container_pick(list, ARRAY_SIZE(some), row->text, &at, &err);
	assert_int_equal(r, row->expected < 0 ? row->expected : 0);
	assert_int_equal(at, row->expected < 0 ? 4711 : row->expected);
	if (row->message)
		assert_string_equal(err.text, row->message);
	assert_int_equal(container_pick(list, 0, row->text, &at, &err), -ENOENT);
}

/* The line has an end, whatever there is to list. */
static void many_candidates(void **state _unused_)
{
	enum { N = 300 };
	_cleanup_(freep) char *name = xmalloc(301);
	memset(name, 'x', 300);
	name[300] = 0;
	struct container all[N];
	const struct container *list[N];
	char ids[N][8];
	for (int i = 0; i < N; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%d", i);
		all[i] = (struct container){ "docker", ids[i], name, NULL, 0, NULL };
		list[i] = &all[i];
	}
	struct error err = { 0 };
	size_t at;
	assert_int_equal(container_pick(list, N, name, &at, &err), -ENOTUNIQ);
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void same(void **state _unused_)
{
	const struct container a = { "docker", "x", "one", NULL, 0, NULL },
			       b = { "docker", "x", NULL, "p", 0, NULL },
			       c = { "podman", "x", "one", NULL, 0, NULL },
			       d = { "docker", "y", "one", NULL, 0, NULL };
	assert_true(container_is_same(&a, &b));
	assert_false(container_is_same(&a, &c));
	assert_false(container_is_same(&a, &d));
}

int main(void)
{
	TEST_ROWS(label, label_rows);
	TEST_ROWS(match, match_rows);
	TEST_ROWS(pick, pick_rows);
	TEST(many_candidates);
	TEST(same);
	return suite_run("container");
}
