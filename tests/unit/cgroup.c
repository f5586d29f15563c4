/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/cgroup.h"

#include "fixture.h"

#define A "26b09fbb76b52f11c7fc24f40a6d6624f6901ad2c12ff472b441cf36cb6d64b6"
#define B "de8fe18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d35983"
#define H32 "359a1008a3aaf77d381dcc8824f92c0a"
#define U "0b5d1c3e-7b1a-4d5e-8f3a-2c1b0a998877"
#define U_ "0b5d1c3e_7b1a_4d5e_8f3a_2c1b0a998877"

/* The file, and what it tells; an engine of NULL: nothing, "oci": a guess. */
static const struct row_file {
	const char *name, *text, *engine, *id, *pod;
	uid_t owner;
	const char *outer;
} rows[] = {
	/* Docker. */
	{ "docker, v2", "0::/docker/" A "\n", "docker", A, NULL, 0 },
	{ "docker, v1", "9:name=systemd:/docker/" A "\n8:pids:/docker/" A "\n0::/\n", "docker", A,
	  NULL, 0 },
	{ "docker, hybrid the other way", "8:pids:/\n0::/docker/" A "\n", "docker", A, NULL, 0 },
	{ "docker, systemd", "0::/system.slice/docker-" A ".scope\n", "docker", A, NULL, 0 },
	{ "systemd in it", "0::/system.slice/docker-" A ".scope/system.slice/ssh.service", "docker",
	  A, NULL, 0 },
	{ "docker, rootless",
	  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" A ".scope\n",
	  "docker", A, NULL, 1000 },
	{ "docker in docker", "0::/docker/" A "/docker/" B "\n", "docker", B, NULL, 0,
	  "docker:" A },
	{ "docker in lxc in docker", "0::/docker/" A "/lxc.payload.a/docker/" B "\n", "docker", B,
	  NULL, 0, "docker:" A "/lxc:a" },
	{ "who makes cgroups below a user's",
	  "0::/user.slice/user-1000.slice/user@1000.service/user-0.slice/docker-" A ".scope\n",
	  "docker", A, NULL, 1000 },
	{ "ten in each other",
	  "0::/lxc.payload.1/lxc.payload.2/lxc.payload.3/lxc.payload.4/lxc.payload.5/lxc.payload.6"
	  "/lxc.payload.7/lxc.payload.8/lxc.payload.9/lxc.payload.10",
	  "lxc", "10", NULL, 0, "lxc:1/lxc:2/lxc:3/lxc:4/lxc:5/lxc:6/lxc:7/lxc:9" },
	{ "docker in docker, one line tells less",
	  "2:cpu:/docker/" A "\n0::/docker/" A "/docker/" B, "docker", B, NULL, 0 },
	{ "a user inside is not the owner",
	  "0::/docker/" A "/user.slice/user-1000.slice/session-1.scope\n", "docker", A, NULL, 0 },
	{ "podman in docker", "0::/docker/" A "/libpod_parent/libpod-" B "\n", "podman", B, NULL,
	  0 },
	{ "its conmon is in docker's", "0::/docker/" A "/libpod_parent/conmon\n", "docker", A, NULL,
	  0 },
	{ "the daemon itself", "0::/system.slice/docker.service\n", NULL, NULL, NULL, 0 },
	{ "its socket", "0::/docker\n", NULL, NULL, NULL, 0 },
	{ "another folder named so", "0::/docker/init\n", NULL, NULL, NULL, 0 },
	{ "63 digits are none",
	  "0::/system.slice/docker-6b09fbb76b52f11c7fc24f40a6d6624f6901ad2c12ff"
	  "472b441cf36cb6d64b6.scope\n",
	  NULL, NULL, NULL, 0 },
	{ "buildkit", "0::/docker/buildkit/t2k4a8uj3f5mnvq2l9p0x1c7z\n", "buildkit",
	  "t2k4a8uj3f5mnvq2l9p0x1c7z", NULL, 0 },

	/* Podman. */
	{ "podman, cgroupfs", "8:pids:/libpod_parent/libpod-" A "\n0::/", "podman", A, NULL, 0 },
	{ "podman, systemd", "0::/machine.slice/libpod-" A ".scope/container\n", "podman", A, NULL,
	  0 },
	{ "podman, systemd, old", "0::/machine.slice/libpod-" A ".scope\n", "podman", A, NULL, 0 },
	{ "podman, in a pod",
	  "0::/machine.slice/machine-libpod_pod_" B ".slice/libpod-" A ".scope/container\n",
	  "podman", A, NULL, 0 },
	{ "podman, rootless",
	  "0::/user.slice/user-1001.slice/user@1001.service/user.slice/libpod-" A
	  ".scope/container\n",
	  "podman", A, NULL, 1001 },
	{ "podman, split", "0::/system.slice/web.service/libpod-payload-" A "\n", "podman", A, NULL,
	  0 },
	{ "conmon, cgroupfs", "8:pids:/libpod_parent/conmon\n0::/\n", NULL, NULL, NULL, 0 },
	{ "conmon, systemd", "0::/machine.slice/libpod-conmon-" A ".scope\n", NULL, NULL, NULL, 0 },
	{ "conmon, rootless",
	  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-conmon-" A ".scope\n",
	  NULL, NULL, NULL, 0 },

	/* Kubernetes and what is like it. */
	{ "kubernetes, cgroupfs", "0::/kubepods/burstable/pod" U "/" A "\n", "kubernetes", A, U,
	  0 },
	{ "kubernetes, guaranteed", "0::/kubepods/pod" U "/" A "\n", "kubernetes", A, U, 0 },
	{ "kubernetes, systemd, containerd",
	  "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" U_
	  ".slice/cri-containerd-" A ".scope\n",
	  "kubernetes", A, U, 0 },
	{ "kubernetes, systemd, guaranteed",
	  "0::/kubepods.slice/kubepods-pod" U_ ".slice/cri-containerd-" A ".scope\n", "kubernetes",
	  A, U, 0 },
	{ "kubernetes, CRI-O",
	  "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_ ".slice/crio-" A
	  ".scope\n",
	  "kubernetes", A, U, 0 },
	{ "its conmon",
	  "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_
	  ".slice/crio-conmon-" A ".scope\n",
	  NULL, NULL, NULL, 0 },
	{ "names of systemd under cgroupfs",
	  "0::/system.slice/containerd.service/kubepods-burstable-pod" U_ ".slice:cri-containerd:" A
	  "\n",
	  "kubernetes", A, NULL, 0 },
	{ "kubernetes with docker",
	  "0::/kubepods.slice/kubepods-pod" U_ ".slice/docker-" A ".scope\n", "docker", A, U, 0 },
	{ "a pod and nothing more", "0::/kubepods/burstable/pod" U "\n", NULL, NULL, NULL, 0 },
	{ "kubelet", "0::/system.slice/kubelet.service\n", NULL, NULL, NULL, 0 },
	{ "nerdctl", "0::/system.slice/nerdctl-" A ".scope\n", "nerdctl", A, NULL, 0 },

	/* LXC, systemd-nspawn. */
	{ "lxc", "0::/lxc.payload.chal\n", "lxc", "chal", NULL, 0 },
	{ "its monitor", "0::/lxc.monitor.chal\n", NULL, NULL, NULL, 0 },
	{ "lxc 3", "4:memory:/lxc/chal\n", "lxc", "chal", NULL, 0 },
	{ "lxc 3.1", "4:memory:/lxc.payload/chal/init.scope\n", "lxc", "chal", NULL, 0 },
	{ "lxc, with dots and a colon", "0::/lxc.payload.a.b:c/init.scope\n", "lxc", "a.b:c", NULL,
	  0 },
	{ "lxc in lxc", "0::/lxc.payload.a/lxc.payload.b\n", "lxc", "b", NULL, 0, "lxc:a" },
	{ "lxc without a name", "0::/lxc.payload.\n", NULL, NULL, NULL, 0 },
	{ "nspawn", "0::/machine.slice/machine-deb\\x2d12.scope/payload\n", "nspawn", "deb-12",
	  NULL, 0 },
	{ "its supervisor", "0::/machine.slice/machine-deb.scope/supervisor\n", NULL, NULL, NULL,
	  0 },
	{ "nspawn, as a service",
	  "0::/machine.slice/systemd-nspawn@deb.service/payload/init.scope\n", "nspawn", "deb",
	  NULL, 0 },
	{ "the service's supervisor", "0::/machine.slice/systemd-nspawn@deb.service/supervisor\n",
	  NULL, NULL, NULL, 0 },
	{ "nspawn, v1", "1:name=systemd:/machine.slice/machine-deb.scope\n", "nspawn", "deb", NULL,
	  0 },
	{ "nspawn in docker, and its supervisor",
	  "0::/docker/" A "/machine.slice/machine-x.scope/supervisor\n", "docker", A, NULL, 0 },
	{ "an escape that is none", "0::/machine-a\\x2.scope\n", "nspawn", "a\\x2", NULL, 0 },
	{ "a virtual machine",
	  "0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator\n", NULL, NULL, NULL,
	  0 },

	/* What only looks like one. */
	{ "an id of nobody's", "0::/ecs/task/" A "\n", "oci", A, NULL, 0 },
	{ "a short one", "0::/garden/" H32 "\n", "oci", H32, NULL, 0 },
	{ "a part of a name", "0::/x-" A "-y\n", "oci", A, NULL, 0 },
	{ "in most hierarchies", "2:cpu:/x/" H32 "\n3:pids:/x/" H32 "\n4:rdma:/\n", "oci", H32,
	  NULL, 0 },
	{ "in one of many", "2:cpu:/\n3:pids:/\n4:memory:/x/" H32 "\n", NULL, NULL, NULL, 0 },
	{ "31 digits", "0::/x/59a1008a3aaf77d381dcc8824f92c0a\n", NULL, NULL, NULL, 0 },
	{ "what is sure counts more", "0::/docker/" A "/x/" B "\n", "docker", A, NULL, 0 },
	{ "a transient unit", "0::/system.slice/run-r" H32 ".scope\n", NULL, NULL, NULL, 0 },
	{ "a transient service", "0::/system.slice/run-r" H32 ".service\n", NULL, NULL, NULL, 0 },

	/* No containers. */
	{ "the root", "0::/\n", NULL, NULL, NULL, 0 },
	{ "a service", "0::/system.slice/ssh.service\n", NULL, NULL, NULL, 0 },
	{ "a session", "0::/user.slice/user-1000.slice/session-3.scope\n", NULL, NULL, NULL, 0 },
	{ "an application",
	  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
	  "app-flatpak-org.x-123.scope\n",
	  NULL, NULL, NULL, 0 },
	{ "snap",
	  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/snap.x.y-"
	  "0b5d1c3e-7b1a-4d5e-8f3a-2c1b0a998877.scope\n",
	  NULL, NULL, NULL, 0 },

	/* Damaged. */
	{ "nothing", "", NULL, NULL, NULL, 0 },
	{ "no newline", "0::/docker/" A, "docker", A, NULL, 0 },
	{ "no path", "0::\n1:\n2\n:\n::\n", NULL, NULL, NULL, 0 },
	{ "no slash", "0::docker/" A "\n", NULL, NULL, NULL, 0 },
	{ "a colon in the path", "0::/a:b/docker/" A "\n", "docker", A, NULL, 0 },
	{ "many slashes", "0:://docker///" A "//\n", "docker", A, NULL, 0 },
	{ "removed", "0::/docker/" A " (deleted)\n", "docker", A, NULL, 0 },
	{ "outside of our cgroup namespace", "0::/../../docker/" A "\n", "docker", A, NULL, 0 },
};

static void file(void **state)
{
	const struct row_file *row = ROW(struct row_file, state);
	size_t n = strlen(row->text);
	_cleanup_(freep) char *text = exact_copy(row->text, n);
	_cleanup_(known_clear) struct known known = { 0 };
	int r = cgroup_recognize(text, n, &known), guess = 0;
	if (row->engine && strcmp(row->engine, "oci") == 0)
		guess = CGROUP_GUESS;
	assert_int_equal(r, row->engine ? guess : CGROUP_NONE);
	if (!row->engine) {
		assert_null(known.container.id);
		return;
	}
	assert_string_equal(known.container.engine, row->engine);
	assert_string_equal(known.container.id, row->id);
	assert_int_equal(known.container.owner, row->owner);
	if (row->outer)
		assert_string_equal(known.container.outer, row->outer);
	if (row->pod)
		assert_string_equal(known.container.pod, row->pod);
	else
		assert_null(known.container.pod);
}

static void users(void **state _unused_)
{
	static const struct {
		const char *text;
		uid_t user; /* 0: none */
	} cases[] = {
		{ "0::/user.slice/user-1000.slice/session-3.scope\n", 1000 },
		{ "4:memory:/\n1:name=systemd:/user.slice/user-1000.slice/session-3.scope\n0::/\n",
		  1000 },
		{ "0::/user.slice/user-0.slice/session-3.scope\n", 0 },
		{ "0::/user.slice/user-1000.slice/user-0.slice\n", 1000 },
		{ "0::/system.slice/docker.service\n", 0 },
		{ "", 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uid_t got = 0;
		bool found = cgroup_user(cases[i].text, strlen(cases[i].text), &got);
		assert_int_equal(found, cases[i].user != 0);
		assert_int_equal(got, cases[i].user);
	}
}

static const struct row_path {
	const char *text, *expected;
} path_rows[] = {
	{ "0::/a\n", "/a" },
	{ "0::/\n", "/" },
	{ "8:pids:/longest\n4:memory:/long\n0::/a\n", "/a" },
	{ "8:pids:/long\n4:memory:/longest\n0::/\n", "/longest" },
	{ "8:pids:/\n0::/\n", "/" },
	{ "8:pids:/a:b\n", "/a:b" },
	{ "8:pids:/\n", "/" },
	{ "", NULL },
	{ "0::", NULL },
	{ "0::/a (deleted)\n", "/a" },
};

static void path(void **state)
{
	const struct row_path *row = ROW(struct row_path, state);
	size_t n = strlen(row->text);
	_cleanup_(freep) char *text = exact_copy(row->text, n), *got = cgroup_path(text, n);
	if (row->expected)
		assert_string_equal(got, row->expected);
	else
		assert_null(got);
}

/* Who gives a name to a container of its own has a name; ids are none. */
static void names(void **state _unused_)
{
	_cleanup_(known_clear) struct known lxc = { 0 }, docker = { 0 };
	assert_int_equal(cgroup_recognize("0::/lxc/a", 9, &lxc), 0);
	assert_string_equal(lxc.container.name, "a");
	assert_int_equal(cgroup_recognize("0::/docker/" A, 11 + 64, &docker), 0);
	assert_null(docker.container.name);
	assert_true(docker.running);
}

int main(void)
{
	TEST_ROWS(file, rows);
	TEST_ROWS(path, path_rows);
	TEST(users);
	TEST(names);
	return suite_run("cgroup");
}
