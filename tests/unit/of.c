/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/of.h"

#include <errno.h>

#include "container/lineage.h"
#include "procs.h"
#include "util/procfile.h"

#define A "26b09fbb76b52f11c7fc24f40a6d6624f6901ad2c12ff472b441cf36cb6d64b6"
#define B "de8fe18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d35983"
#define H32 "359a1008a3aaf77d381dcc8824f92c0b"

/* The processes that follow, all in one system. */
static void make(const struct procs *procs)
{
	/* By cgroup; the shim is nobody's, and its child has no name on disk. */
	procs_add(procs, 10, 1, 10, 1, 1, "0::/system.slice/docker.service\n",
		  "containerd-shim-runc-v2|-namespace|moby|-id|" A "|");
	procs_add(procs, 11, 10, 11, 2, 2, "0::/docker/" A "\n", "sh|");
	procs_add(procs, 12, 10, 12, 2, 2, "0::/docker/" A "\n", "exec|");
	/* It lies about where it is. */
	procs_add(procs, 13, 11, 13, 2, 2, "0::/docker/" A "\n", "conmon|-c|" A "|-n|evil|");
	procs_add(procs, 14, 13, 14, 2, 2, "0::/docker/" A "\n", "sh|");
	/* The cgroup does not tell, and conmon does. */
	procs_add(procs, 20, 1, 20, 1, 1, "0::/\n", "conmon|-c|" B "|-n|web|");
	procs_add(procs, 21, 20, 21, 3, 3, "0::/\n", "sh|");
	procs_add(procs, 22, 21, 22, 3, 3, "0::/\n", "sleep|");
	procs_add(procs, 23, 22, 23, 4, 3, "0::/\n", "a mnt namespace of its own|");
	/* On the host, whoever started it: below conmon, and where the host's files are. */
	procs_add(procs, 24, 20, 24, 1, 1, "0::/\n", "a hook|");
	/* Its cgroup looks like something; so does ours. */
	procs_add(procs, 30, 1, 30, 5, 1, "0::/x/" H32 "\n", "sh|");
	procs_add(procs, 31, 1, 31, 1, 1, "0::/x/" H32 "\n", "on the host|");
	procs_add(procs, 32, 1, 32, 6, 6, "4:memory:/job/359a1008a3aaf77d381dcc8824f92c0a\n",
		  "as we are|");
	procs_add(procs, 33, 1, 33, 7, 7, "0::/\n", "in a sandbox|");
	/* Who does not let us look, with a cgroup that tells, a supervisor, neither. */
	procs_add(procs, 40, 1, 40, 0, 0, "0::/lxc.payload.box\n", "sh|");
	procs_add(procs, 41, 20, 41, 0, 0, "0::/\n", "sh|");
	procs_add(procs, 42, 1, 42, 0, 0, "0::/\n", "sh|");
	procs_add(procs, 43, 1, 43, 0, 0, "0::/x/" H32 "\n", "sh|");
	/* The supervisor has a number that was its father's before. */
	procs_add(procs, 50, 51, 50, 8, 8, "0::/\n", "sh|");
	procs_add(procs, 51, 1, 55, 1, 1, "0::/\n", "conmon|-c|" A "|-n|other|");
	/* The inner one of two supervisors. */
	procs_add(procs, 60, 21, 60, 3, 3, "0::/\n", "conmon|-c|" A "|-n|inner|");
	procs_add(procs, 61, 60, 61, 9, 9, "0::/\n", "sh|");
	/* LXC found a cgroup of that name, and took another one. */
	procs_add(procs, 65, 1, 65, 1, 1, "0::/lxc.monitor.box-1\n", "[lxc monitor] /x my-box|");
	procs_add(procs, 66, 65, 66, 12, 12, "0::/lxc.payload.my-box-1\n", "sh|");
	/* One shim for all of a pod, whose id is not the container's. */
	procs_add(procs, 70, 1, 70, 1, 1, "0::/\n",
		  "containerd-shim-runc-v2|-namespace|k8s.io|-id|" A "|");
	procs_add(procs, 71, 70, 71, 10, 10, "0::/kubepods/poduid/" B "\n", "sh|");
	/* Its cgroup gives an id, and who supervises it the engine. */
	procs_add(procs, 80, 1, 80, 1, 1, "0::/\n", "containerd-shim|-namespace|moby|-id|" B "|");
	procs_add(procs, 81, 80, 81, 11, 11, "0::/ecs/" B "\n", "sh|");
}

static const struct row_process {
	const char *name;
	pid_t pid;
	const char *expected; /* "engine:id name"; NULL: in none */
	int why;
} rows[] = {
	{ "init", 1, NULL, 0 },
	{ "a shim", 10, NULL, 0 },
	{ "docker", 11, "docker:" A " -", 0 },
	{ "executed in docker", 12, "docker:" A " -", 0 },
	{ "below a monitor that is inside", 14, "docker:" A " -", 0 },
	{ "conmon", 20, NULL, 0 },
	{ "podman", 21, "podman:" B " web", 0 },
	{ "below its first process", 22, "podman:" B " web", 0 },
	{ "in namespaces of its own", 23, "podman:" B " web", 0 },
	{ "a hook", 24, NULL, 0 },
	{ "an id of nobody's", 30, "oci:" H32 " -", 0 },
	{ "the same, in the host's namespaces", 31, NULL, 0 },
	{ "a cgroup that we are in too", 32, NULL, 0 },
	{ "a sandbox", 33, NULL, 0 },
	{ "unreadable, with a cgroup", 40, "lxc:box box", 0 },
	{ "unreadable, with a supervisor", 41, "podman:" B " web", 0 },
	{ "unreadable", 42, NULL, -ENOENT },
	{ "unreadable, with what is only a guess", 43, NULL, -ENOENT },
	{ "a supervisor that came later", 50, NULL, 0 },
	{ "the inner one of two", 61, "podman:" A " inner", 0 },
	{ "lxc, a second cgroup", 66, "lxc:my-box-1 my-box", 0 },
	{ "a pod", 71, "kubernetes:" B " -", 0 },
	{ "the engine by the supervisor", 81, "docker:" B " -", 0 },
};

static int ask(struct containers *containers, const struct procs *procs, pid_t pid, bool knows,
	       char **ret)
{
	const struct known *known = NULL;
	_cleanup_(freep) char *name = xasprintf("%d", pid);
	_cleanup_(closep) int dir = proc_open_dir(procs->fd, name);
	/* What the caller knows makes no difference. */
	struct member member = { .dir = dir };
	struct ancestor self;
	if (knows && ancestor_read(dir, &self) == 0) {
		member.ppid = self.ppid;
		member.start = self.start;
	}
	int r = container_of(containers, &member, &known);
	*ret = known ? xasprintf("%s:%s %s", known->container.engine, known->container.id,
				 known->container.name ? known->container.name : "-")
		     : NULL;
	return r;
}

static void check(struct containers *containers, const struct procs *procs,
		  const struct row_process *row, bool knows)
{
	_cleanup_(freep) char *got = NULL;
	int r = ask(containers, procs, row->pid, knows, &got);
	if (r != row->why)
		fail_msg("%s: %d", row->name, r);
	if (!row->expected != !got || (got && strcmp(got, row->expected) != 0))
		fail_msg("%s: %s, not %s", row->name, got, row->expected);
}

/* The answer does not depend on who was asked for before. */
static void in_any_order(void **state _unused_)
{
	_procs_ procs = procs_make("order");
	make(&procs);
	_cleanup_(containers_freep) struct containers *forth = containers_new(procs.fd);
	_cleanup_(containers_freep) struct containers *back = containers_new(procs.fd);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(forth, &procs, &rows[i], true);
	for (size_t i = ARRAY_SIZE(rows); i--;)
		check(back, &procs, &rows[i], true);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(back, &procs, &rows[i], true);
}

static void each_alone(void **state)
{
	const struct row_process *row = ROW(struct row_process, state);
	_cleanup_(freep) char *name = xasprintf("alone-%d", row->pid);
	_procs_ procs = procs_make(name);
	make(&procs);
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	check(containers, &procs, row, false);
}

/* Who says that theirs is the container of somebody else: each is asked for before the container
 * itself, and after it. */
static const struct row_impostor {
	const char *name, *cgroup, *arguments;
	unsigned uids[4];
	int userns;
	const char *inner;    /* the cgroups of the child */
	const char *expected; /* "owner outer engine:id name" of the child; NULL: in none */
} impostors[] = {
	{ "set-user-ID",
	  "0::/\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 1000, 0, 0, 0 },
	  1,
	  "0::/\n",
	  NULL },
	{ "set-user-ID, that gave up its rights",
	  "0::/\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 1000, 0, 1000 },
	  1,
	  "0::/\n",
	  NULL },
	{ "another user's",
	  "0::/\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 1000, 1000, 1000, 1000 },
	  1,
	  "0::/\n",
	  "1000 - podman:" B " evil" },
	{ "root, in the session of a user",
	  "0::/user.slice/user-1000.slice/session-1.scope\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  1,
	  "0::/\n",
	  "1000 - podman:" B " evil" },
	{ "root of another user namespace",
	  "0::/\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  2,
	  "0::/\n",
	  NULL },
	{ "root in a container",
	  "0::/lxc.payload.att\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  1,
	  "0::/\n",
	  "0 lxc:att podman:" B " evil" },
	{ "root in a container, which shares our user namespace, with a cgroup",
	  "0::/lxc.payload.att/init.scope\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  1,
	  "0::/lxc.payload.att/libpod-" B "\n",
	  "0 lxc:att podman:" B " evil" },
	{ "a user in a container, with a cgroup",
	  "0::/lxc.payload.att/init.scope\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 1000, 1000, 1000, 1000 },
	  1,
	  "0::/lxc.payload.att/libpod-" B "\n",
	  "0 lxc:att podman:" B " -" },
	{ "inside of the container",
	  "0::/libpod_parent/libpod-" B "\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  1,
	  "0::/libpod_parent/libpod-" B "\n",
	  "0 - podman:" B " -" },
	{ "inside of one that is in it",
	  "0::/libpod_parent/libpod-" B "/docker/" A "\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 0, 0, 0, 0 },
	  1,
	  "0::/libpod_parent/libpod-" B "\n",
	  "0 - podman:" B " -" },
	{ "a cgroup of a user that looks like root's",
	  "0::/\n",
	  "conmon|-c|" B "|-n|evil|",
	  { 1000, 1000, 1000, 1000 },
	  1,
	  "0::/user.slice/user-1000.slice/user@1000.service/user-0.slice/libpod-" B ".scope\n",
	  "1000 - podman:" B " evil" },
};

static char *ask_all(struct containers *containers, const struct procs *procs, const char *pid)
{
	const struct known *known = NULL;
	_cleanup_(closep) int dir = proc_open_dir(procs->fd, pid);
	int r = container_of(containers, &(struct member){ .dir = dir }, &known);
	if (r < 0)
		return xasprintf("%d", r);
	if (!known)
		return NULL;
	const struct container *its = &known->container;
	return xasprintf("%u %s %s:%s %s", its->owner, its->outer ? its->outer : "-", its->engine,
			 its->id, its->name ? its->name : "-");
}

static void same(const char *got, const char *expected)
{
	if (!expected != !got || (got && strcmp(got, expected) != 0))
		fail_msg("%s, not %s", got, expected);
}

static void impostor(void **state)
{
	static const char victim[] = "0 - podman:" B " web";
	const struct row_impostor *row = ROW(struct row_impostor, state);
	_cleanup_(freep) char *name = xasprintf("impostor-%zu", (size_t)(row - impostors));
	_procs_ procs = procs_make(name);
	procs_add(&procs, 10, 1, 1, 1, 1, row->cgroup, row->arguments);
	procs_set_uids(&procs, 10, row->uids[0], row->uids[1], row->uids[2], row->uids[3]);
	if (row->userns != 1)
		procs_set_userns(&procs, 10, row->userns);
	procs_add(&procs, 11, 10, 2, 2, 2, row->inner, "sh|");
	procs_add(&procs, 20, 1, 20, 1, 1, "0::/libpod_parent/conmon\n", "conmon|-c|" B "|-n|web|");
	procs_add(&procs, 21, 20, 21, 3, 3, "0::/libpod_parent/libpod-" B "\n", "sh|");
	procs_add(&procs, 22, 20, 21, 3, 3, "0::/\n", "sh|");
	bool same_one = strncmp(row->inner, "0::/libpod_parent", 17) == 0;
	_cleanup_(containers_freep) struct containers *forth = containers_new(procs.fd);
	_cleanup_(containers_freep) struct containers *back = containers_new(procs.fd);
	_cleanup_(freep) char *first = ask_all(forth, &procs, "11");
	_cleanup_(freep) char *second = ask_all(forth, &procs, "21");
	_cleanup_(freep) char *third = ask_all(back, &procs, "22");
	_cleanup_(freep) char *fourth = ask_all(back, &procs, "21");
	_cleanup_(freep) char *fifth = ask_all(back, &procs, "11");
	same(first, row->expected);
	same(second, victim);
	same(third, victim);
	same(fourth, victim);
	same(fifth, same_one ? victim : row->expected);
}

/* Who joined it from outside, and is met first, is below no supervisor. */
static void who_joined(void **state _unused_)
{
	_procs_ procs = procs_make("joined");
	procs_add(&procs, 15, 1, 15, 3, 3, "0::/libpod_parent/libpod-" B "\n", "joined|");
	procs_add(&procs, 20, 1, 20, 1, 1, "0::/libpod_parent/conmon\n", "conmon|-c|" B "|-n|web|");
	procs_add(&procs, 21, 20, 21, 3, 3, "0::/libpod_parent/libpod-" B "\n", "sh|");
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	_cleanup_(freep) char *before = ask_all(containers, &procs, "15");
	_cleanup_(freep) char *first = ask_all(containers, &procs, "21");
	_cleanup_(freep) char *after = ask_all(containers, &procs, "15");
	same(before, "0 - podman:" B " -");
	same(first, "0 - podman:" B " web");
	same(after, first);
}

/* Processes of one container share what is known of it, which outlives the next questions. */
static void one_container_is_one(void **state _unused_)
{
	_procs_ procs = procs_make("one");
	make(&procs);
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	const struct known *first, *second;
	_cleanup_(closep) int one = proc_open_dir(procs.fd, "21");
	_cleanup_(closep) int other = proc_open_dir(procs.fd, "23");
	assert_int_equal(container_of(containers, &(struct member){ .dir = one }, &first), 0);
	assert_int_equal(container_of(containers, &(struct member){ .dir = other }, &second), 0);
	assert_ptr_equal(first, second);
}

static void who_is_gone(void **state _unused_)
{
	_procs_ procs = procs_make("gone");
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	_cleanup_(closep) int dir = proc_open_dir(procs.fd, "self");
	const struct known *known;
	_cleanup_(freep) char *path = xasprintf("%s/self/cgroup", procs.path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(container_of(containers, &(struct member){ .dir = dir }, &known), -ENOENT);
}

/* What is deep below its supervisor is found; and parents of each other are unknown, rather than
 * in none. */
static void deep(void **state _unused_)
{
	enum { DEPTH = 700 };
	_procs_ procs = procs_make("deep");
	procs_add(&procs, 100, 1, 1, 1, 1, "0::/\n", "conmon|-c|" A "|-n|deep|");
	for (pid_t pid = 101; pid < 100 + DEPTH; pid++)
		procs_add(&procs, pid, pid - 1, pid, 2, 2, "0::/\n", "sh|");
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	_cleanup_(freep) char *near = NULL, *far = NULL;
	assert_int_equal(ask(containers, &procs, 110, true, &near), 0);
	assert_string_equal(near, "podman:" A " deep");
	assert_int_equal(ask(containers, &procs, 100 + DEPTH - 1, true, &far), 0);
	assert_string_equal(far, "podman:" A " deep");
}

static void in_circles(void **state _unused_)
{
	_procs_ procs = procs_make("circle");
	procs_add(&procs, 11, 12, 5, 2, 2, "0::/\n", "sh|");
	procs_add(&procs, 12, 11, 5, 2, 2, "0::/\n", "sh|");
	procs_add(&procs, 13, 12, 6, 2, 2, "0::/\n", "sh|");
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	for (int i = 0; i < 2; i++)
		for (pid_t pid = 11; pid <= 13; pid++) {
			_cleanup_(freep) char *got = NULL;
			assert_int_equal(ask(containers, &procs, pid, true, &got), -E2BIG);
		}
}

/* A supervisor that does not let us look may be one. */
static void unreadable_above(void **state _unused_)
{
	_procs_ procs = procs_make("above");
	procs_add(&procs, 20, 1, 20, 1, 1, "0::/\n", "conmon|-c|" B "|-n|web|");
	procs_add(&procs, 21, 20, 21, 3, 3, "0::/\n", "sh|");
	_cleanup_(freep) char *path = xasprintf("%s/20/cmdline", procs.path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* EISDIR */
	_cleanup_(containers_freep) struct containers *containers = containers_new(procs.fd);
	for (int i = 0; i < 2; i++) {
		_cleanup_(freep) char *got = NULL;
		assert_int_equal(ask(containers, &procs, 21, true, &got), -EISDIR);
	}
	assert_int_equal(rmdir(path), 0); /* gone, as far as that goes */
	_cleanup_(freep) char *got = NULL;
	assert_int_equal(ask(containers, &procs, 21, true, &got), 0);
	assert_null(got);
}

int main(void)
{
	TEST(in_any_order);
	TEST_ROWS(each_alone, rows);
	TEST_ROWS(impostor, impostors);
	TEST(who_joined);
	TEST(one_container_is_one);
	TEST(who_is_gone);
	TEST(deep);
	TEST(in_circles);
	TEST(unreadable_above);
	return suite_run("of");
}
