/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/find.h"

#include "procs.h"

#define A "26b09fbb76b52f11c7fc24f40a6d6624f6901ad2c12ff472b441cf36cb6d64b6"
#define B "26b08fe18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d359"
#define D "d0ffee18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d3598"
#define C "c0ffee18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d3598"

static void make(const struct procs *procs)
{
	procs_add(procs, 20, 1, 20, 1, 1, "0::/\n", "conmon|-c|" A "|-n|web|");
	/* The one with the highest number is its first process: numbers start anew. */
	procs_add(procs, 30, 20, 33, 2, 2, "0::/libpod_parent/libpod-" A "\n", "sh|");
	procs_add(procs, 31, 20, 34, 2, 2, "0::/libpod_parent/libpod-" A "\n", "sh|");
	procs_add(procs, 39, 20, 21, 2, 2, "0::/libpod_parent/libpod-" A "\n", "sh|");
	procs_add(procs, 40, 1, 40, 3, 3, "0::/docker/" B "\n", "sh|");
	procs_add(procs, 50, 1, 50, 4, 4, "0::/lxc.payload.web\n", "sh|");
	procs_add(procs, 60, 1, 60, 5, 5, "0::/lxc.payload.26b0\n", "sh|");
	procs_add(procs, 70, 1, 70, 6, 6, "0::/docker/" C "\n", "sh|");
}

static const struct row_find {
	const char *text, *pids;
	int r;
	const char *message;
} rows[] = {
	{ "podman:web", "39 30 31", 0, NULL },
	{ "lxc:web", "50", 0, NULL },
	{ "web", NULL, -ENOTUNIQ, "web: several containers are called so: " },
	{ A, "39 30 31", 0, NULL },
	{ "26b09", "39 30 31", 0, NULL },
	{ "26b08", "40", 0, NULL },
	{ "26b0", "60", 0, NULL }, /* a name, before prefixes */
	{ "docker:26b0", "40", 0, NULL },
	{ "c0ffee", "70", 0, NULL },
	{ "c0f", NULL, -ENOENT,
	  "c0f: no such container among 5 running, on disk or at engines; 2 have no known name" },
	{ "docker:web", NULL, -ENOENT, "docker:web: no such container" },
	{ "26b09fbc", NULL, -ENOENT, "26b09fbc: no such container" },
	{ "", NULL, -ENOENT, ": no such container" },
	{ "\x1b", NULL, -ENOENT, "\x1b: no such container" },
};

static void find(void **state)
{
	const struct row_find *row = ROW(struct row_find, state);
	_cleanup_(freep) char *name = xasprintf("find-%zu", (size_t)(row - rows));
	_procs_ procs = procs_make(name);
	make(&procs);
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	struct error err = { 0 };
	assert_int_equal(container_find(procs.fd, row->text, &found, &err), row->r);
	if (row->message && strncmp(err.text, row->message, strlen(row->message)) != 0)
		fail_msg("%s", err.text);
	char got[64] = "";
	for (size_t i = 0; i < found.n_pids; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%d", i ? " " : "",
			 found.pids[i]);
	assert_string_equal(got, row->pids ? row->pids : "");
}

static void what_is_found(void **state _unused_)
{
	_procs_ procs = procs_make("what");
	make(&procs);
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	assert_int_equal(container_find(procs.fd, "podman:web", &found, NULL), 0);
	assert_string_equal(found.container.engine, "podman");
	assert_string_equal(found.container.id, A);
	assert_string_equal(found.container.name, "web");
	assert_null(found.container.pod);
	assert_int_equal(found.starts[0], 21);
	assert_int_equal(found.starts[1], 33);
}

/* Users may give theirs the names of others': those of the system count more, and those of users
 * more than what is in a container; nobody can make a name ambiguous by taking it. */
static void one_name_of_two_users(void **state _unused_)
{
	_procs_ procs = procs_make("users");
	make(&procs);
	procs_add(&procs, 80, 1, 5, 7, 7,
		  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/lxc.payload.web\n",
		  "sh|");
	procs_add(&procs, 81, 1, 4, 8, 8, "0::/lxc.payload.x/docker/" C "\n", "sh|");
	procs_add(&procs, 82, 1, 4, 9, 9,
		  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" C
		  ".scope\n",
		  "sh|");
	procs_add(&procs, 83, 1, 4, 10, 10, "0::/lxc.payload.x/lxc.payload.mine\n", "sh|");
	procs_add(&procs, 84, 1, 4, 11, 11,
		  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/lxc.payload.mine\n",
		  "sh|");
	procs_add(&procs, 85, 1, 4, 12, 12,
		  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/lxc.payload.our\n",
		  "sh|");
	procs_add(&procs, 86, 1, 4, 13, 13,
		  "0::/user.slice/user-1001.slice/user@1001.service/user.slice/lxc.payload.our\n",
		  "sh|");
	/* Somebody calls theirs as the id of another one begins. */
	procs_add(&procs, 87, 1, 4, 14, 14,
		  "0::/user.slice/user-1001.slice/user@1001.service/user.slice/"
		  "lxc.payload.c0ffee18\n",
		  "sh|");
	static const struct {
		const char *text;
		pid_t pid;
		int r;
	} cases[] = { { "lxc:web", 50, 0 },
		      { C, 70, 0 },
		      { "c0ffee18", 70, 0 },
		      { "mine", 84, 0 },
		      { "our", 0, -ENOTUNIQ } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(container_found_clear) struct container_found found = { 0 };
		assert_int_equal(container_find(procs.fd, cases[i].text, &found, NULL), cases[i].r);
		if (cases[i].r == 0) {
			assert_int_equal(found.n_pids, 1);
			assert_int_equal(found.pids[0], cases[i].pid);
		}
	}
}

/* Zombies are in no namespace, and with its last process a container is gone. */
static void zombies_do_not_count(void **state _unused_)
{
	static const char stat[] = "40 (x) Z 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 40 0\n";
	_procs_ procs = procs_make("zombies");
	make(&procs);
	procs_write(&procs, 40, "stat", stat, strlen(stat));
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	assert_int_equal(container_find(procs.fd, "docker:26b0", &found, NULL), -ENOENT);
}

/* What a pidfile says counts if that process is in the container. */
static void the_recorded_init(void **state _unused_)
{
	_procs_ procs = procs_make("init");
	_cleanup_(freep) char *pidfile = scratch_path("pidfile");
	_cleanup_(freep) char *conmon =
		xasprintf("conmon|-c|" A "|-n|web|-b|/x-containers/" A "/userdata|-p|%s|", pidfile);
	_cleanup_(freep) char *root = xasprintf("%s/20/root", procs.path);
	procs_add(&procs, 20, 1, 20, 1, 1, "0::/\n", conmon);
	assert_int_equal(symlink("/", root), 0);
	procs_add(&procs, 30, 20, 30, 2, 2, "0::/libpod_parent/libpod-" A "\n", "sh|");
	procs_add(&procs, 31, 20, 31, 2, 2, "0::/libpod_parent/libpod-" A "\n", "sh|");
	procs_add(&procs, 40, 1, 5, 1, 1, "0::/\n", "another|");
	static const struct {
		const char *pid;
		pid_t first;
	} cases[] = { { "31", 31 }, { "30", 30 }, { "40", 30 }, { "77", 30 }, { "", 30 } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(container_found_clear) struct container_found found = { 0 };
		write_file(pidfile, cases[i].pid, strlen(cases[i].pid));
		assert_int_equal(container_find(procs.fd, "web", &found, NULL), 0);
		assert_int_equal(found.n_pids, 2);
		assert_int_equal(found.pids[0], cases[i].first);
		assert_int_equal(found.pids[1], 61 - cases[i].first);
	}
}

/* Who has joined from outside may have been there before the container was. */
static void who_joined(void **state _unused_)
{
	_procs_ procs = procs_make("joined");
	procs_add(&procs, 40, 1, 5, 3, 1, "0::/docker/" B "\n", "joined by nsenter|");
	procs_add(&procs, 41, 1, 41, 3, 3, "0::/docker/" B "\n", "sh|");
	procs_add(&procs, 42, 1, 42, 3, 3, "0::/docker/" B "\n", "sh|");
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	assert_int_equal(container_find(procs.fd, "docker:26b0", &found, NULL), 0);
	assert_int_equal(found.n_pids, 3);
	assert_int_equal(found.pids[0], 41);
}

/* A name that only others may read is not one that is not there. */
static void names_that_are_refused(void **state _unused_)
{
	_procs_ procs = procs_make("names");
	make(&procs);
	_cleanup_(freep) char *bundle = scratch_path("locked");
	_cleanup_(freep) char *root = xasprintf("%s/75/root", procs.path);
	_cleanup_(freep) char *cwd = xasprintf("%s/75/cwd", procs.path);
	_cleanup_(freep) char *inner = xasprintf("%s/" D, bundle);
	assert_int_equal(mkdir(bundle, 0700) | mkdir(inner, 0700), 0);
	procs_add(&procs, 75, 1, 75, 1, 1, "0::/\n", "containerd-shim|-namespace|moby|-id|" D "|");
	procs_add(&procs, 76, 75, 76, 7, 7, "0::/docker/" D "\n", "sh|");
	assert_int_equal(symlink("/", root) | symlink(inner, cwd), 0);
	_cleanup_(freep) char *config = xasprintf("%s/config.json", inner);
	write_file(config, "{}", 2);
	assert_int_equal(chmod(config, 0), 0);
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	struct error err = { 0 };
	bool is_root = geteuid() == 0;
	/* procs.fd is open, and what is below has to be read. */
	_cleanup_(freep) char *command =
		xasprintf("chmod -R a+rX %s && chmod 755 %s %s", procs.path, bundle, inner);
	assert_int_equal(system(command), 0);
	if (is_root && (chmod(scratch_dir(), 0755) < 0 || seteuid(65534) < 0))
		skip();
	int r = container_find(procs.fd, "docker:none", &found, &err);
	int other = container_find(procs.fd, "podman:none", &found, NULL);
	int third = container_find(procs.fd, "lxc:none", &found, NULL);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -EACCES);
	assert_string_equal(err.text,
			    "docker:none: no such container among those whose names may be read (1 "
			    "may not): use root, or its id");
	assert_int_equal(other, -ENOENT);
	assert_int_equal(third, -ENOENT);
}

/* Nor is what could not be made out. */
static void what_is_unknown(void **state _unused_)
{
	_procs_ procs = procs_make("unknown");
	make(&procs);
	procs_add(&procs, 90, 91, 5, 8, 8, "0::/\n", "sh|");
	procs_add(&procs, 91, 90, 5, 8, 8, "0::/\n", "each other's parents|");
	_cleanup_(container_found_clear) struct container_found found = { 0 };
	struct error err = { 0 };
	assert_int_equal(container_find(procs.fd, "none", &found, &err), -E2BIG);
	assert_non_null(
		strstr(err.text, "none: no such container; of 2 processes that is unknown"));
	assert_int_equal(container_find(procs.fd, "podman:web", &found, NULL), 0);
}

int main(void)
{
	/* No engine of this machine is asked. */
	setenv("DOCKER_HOST", "unix:///nowhere", 1);
	setenv("CONTAINER_HOST", "unix:///nowhere", 1);
	TEST_ROWS(find, rows);
	TEST(what_is_found);
	TEST(one_name_of_two_users);
	TEST(zombies_do_not_count);
	TEST(the_recorded_init);
	TEST(who_joined);
	TEST(names_that_are_refused);
	TEST(what_is_unknown);
	return suite_run("container-find");
}
