/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/lineage.h"

#include <fcntl.h>

#include "fixture.h"
#include "util/procfile.h"

/* The arguments are written with "|" for the NUL behind each. */
static const struct row_command {
	const char *name, *command, *engine, *id, *container_name, *bundle, *pidfile;
	bool of_pod;
} rows[] = {
	{ "a shim",
	  "/usr/bin/containerd-shim-runc-v2|-namespace|moby|-id|b929|-address|/run/x.sock|",
	  "docker", "b929", NULL, NULL, NULL, false },
	{ "the old shim", "containerd-shim|-namespace|moby|-id|b929|", "docker", "b929", NULL, NULL,
	  NULL, false },
	{ "another shim", "/opt/containerd-shim-kata-v2|-id|b929|-namespace|moby|", "docker",
	  "b929", NULL, NULL, NULL, false },
	{ "of a pod", "containerd-shim-runc-v2|-namespace|k8s.io|-id|b929|", "kubernetes", "b929",
	  NULL, NULL, NULL, true },
	{ "of containerd itself", "containerd-shim-runc-v2|-namespace|default|-id|x|", "containerd",
	  "x", NULL, NULL, NULL, false },
	{ "with =", "containerd-shim-runc-v2|-namespace=moby|-id=b929|", "docker", "b929", NULL,
	  NULL, NULL, false },
	{ "no namespace", "containerd-shim-runc-v2|-id|x|", "containerd", "x", NULL, NULL, NULL,
	  false },
	{ "no id", "containerd-shim-runc-v2|-namespace|moby|", NULL, NULL, NULL, NULL, NULL,
	  false },
	{ "an id that was cut off", "containerd-shim-runc-v2|-namespace|moby|-id", NULL, NULL, NULL,
	  NULL, NULL, false },
	{ "an empty id", "containerd-shim-runc-v2|-namespace|moby|-id||", NULL, NULL, NULL, NULL,
	  NULL, false },
	{ "containerd is none", "/usr/bin/containerd|--config|x|", NULL, NULL, NULL, NULL, NULL,
	  false },

	{ "conmon",
	  "/usr/bin/conmon|--api-version|1|-c|de8f|-u|de8f|-r|/usr/bin/runc|-b|/s/vfs-containers/"
	  "de8f/userdata|-p|/r/pidfile|-n|web|--exit-dir|/x|",
	  "podman", "de8f", "web", "/s/vfs-containers/de8f/userdata", "/r/pidfile", false },
	{ "conmon, without a name", "conmon|-c|de8f|", "podman", "de8f", NULL, NULL, NULL, false },
	{ "conmon, an empty name", "conmon|-c|de8f|-n||", "podman", "de8f", NULL, NULL, NULL,
	  false },
	{ "conmon of CRI-O", "conmon|-c|de8f|-n|k8s_web_x|-b|/b|", "kubernetes", "de8f", NULL, "/b",
	  NULL, false },
	{ "conmon, no container", "conmon|--version|", NULL, NULL, NULL, NULL, NULL, false },

	{ "lxc", "[lxc monitor] /var/lib/lxc chal|", "lxc", "chal", "chal", NULL, NULL, false },
	{ "lxc, a blank in the path", "[lxc monitor] /a b chal|", "lxc", "chal", "chal", NULL, NULL,
	  false },
	{ "lxc, no name", "[lxc monitor] |", NULL, NULL, NULL, NULL, NULL, false },

	{ "nspawn", "/usr/bin/systemd-nspawn|-D|/m/deb|-M|web|", "nspawn", "web", "web", NULL, NULL,
	  false },
	{ "nspawn, long", "systemd-nspawn|--machine=web|", "nspawn", "web", "web", NULL, NULL,
	  false },
	{ "nspawn, long and apart", "systemd-nspawn|--machine|web|", "nspawn", "web", "web", NULL,
	  NULL, false },
	{ "nspawn, joined", "systemd-nspawn|-Mweb|", "nspawn", "web", "web", NULL, NULL, false },
	{ "nspawn, a folder", "systemd-nspawn|-bD|/m/deb|", "nspawn", "deb", "deb", NULL, NULL,
	  false },
	{ "nspawn, a folder with a slash", "systemd-nspawn|-D|/m/deb//|", "nspawn", "deb", "deb",
	  NULL, NULL, false },
	{ "nspawn, an image", "systemd-nspawn|-i|/m/deb.raw|", "nspawn", "deb.raw", "deb.raw", NULL,
	  NULL, false },
	{ "nspawn, arguments of the payload", "systemd-nspawn|-D|/m/deb|--|sh|-M|x|", "nspawn",
	  "deb", "deb", NULL, NULL, false },
	{ "nspawn, nothing said", "systemd-nspawn|-b|", NULL, NULL, NULL, NULL, NULL, false },
	{ "nspawn, the root", "systemd-nspawn|-D|/|", NULL, NULL, NULL, NULL, NULL, false },

	{ "a shell", "sh|-c|-id|", NULL, NULL, NULL, NULL, NULL, false },
	{ "a kernel thread", "", NULL, NULL, NULL, NULL, NULL, false },
	{ "a NUL", "|", NULL, NULL, NULL, NULL, NULL, false },
	{ "the name as an argument", "sh|conmon|-c|x|", NULL, NULL, NULL, NULL, NULL, false },
};

static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void command(void **state)
{
	const struct row_command *row = ROW(struct row_command, state);
	size_t n = strlen(row->command);
	_cleanup_(freep) char *text = exact_copy(row->command, n);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '|')
			text[i] = 0;
	_cleanup_(supervisor_clear) struct supervisor supervisor = { 0 };
	int r = supervisor_parse(text, n, &supervisor);
	assert_int_equal(r, row->engine ? 0 : SUPERVISOR_NOT);
	same_text(supervisor.known.container.engine, row->engine);
	same_text(supervisor.known.container.id, row->id);
	same_text(supervisor.known.container.name, row->container_name);
	same_text(supervisor.bundle, row->bundle);
	same_text(supervisor.pidfile, row->pidfile);
	assert_int_equal(supervisor.of_pod, row->of_pod);
}

/* A process of a folder that looks like /proc. */
static void make_process(pid_t pid, pid_t ppid, unsigned long long start)
{
	_cleanup_(freep) char *dir = xasprintf("mkdir -p %s/%d", scratch_dir(), pid);
	assert_int_equal(system(dir), 0);
	_cleanup_(freep) char *name = xasprintf("%d/stat", pid), *path = scratch_path(name);
	_cleanup_(freep) char *text = xasprintf(
		"%d (x) S %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %llu 0\n", pid, ppid, start);
	write_file(path, text, strlen(text));
}

static void climbing(void **state _unused_)
{
	make_process(1, 0, 10);
	make_process(5, 1, 20);
	make_process(9, 5, 20); /* started within the same tick */
	make_process(7, 8, 30);
	make_process(8, 1, 31);	 /* has the number of 7's parent, and is younger than 7 */
	make_process(11, 12, 5); /* two that are each other's parents: a race of many reuses */
	make_process(12, 11, 5);
	_cleanup_(closep) int proc = open(scratch_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ancestor at;
	assert_int_equal(ancestor_open(proc, 9, &at), 0);
	assert_int_equal(ancestor_climb(proc, &at), 0);
	assert_int_equal(at.pid, 5);
	assert_int_equal(ancestor_climb(proc, &at), -ESRCH);
	assert_int_equal(at.pid, 5); /* it stays where it was */
	ancestor_close(&at);

	assert_int_equal(ancestor_open(proc, 7, &at), 0);
	assert_int_equal(ancestor_climb(proc, &at), -ESRCH);
	ancestor_close(&at);
	assert_int_equal(ancestor_open(proc, 4711, &at), -ENOENT);
}

int main(void)
{
	TEST_ROWS(command, rows);
	TEST(climbing);
	return suite_run("lineage");
}
