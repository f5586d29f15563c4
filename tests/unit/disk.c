/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "container/metafile.h"
#include "fixture.h"

#define A "26b09fbb76b52f11c7fc24f40a6d6624f6901ad2c12ff472b441cf36cb6d64b6"
#define B "de8fe18c932b42e7b984d80c81dc309f0d3518b577aa318e5ea9367ef0d35983"

/* A root of its own for each test. */
struct place {
	char *path;
	int fd;
};

static struct place make_place(const char *name)
{
	struct place place = { .path = scratch_path(name) };
	assert_int_equal(mkdir(place.path, 0700), 0);
	place.fd = open(place.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(place.fd >= 0);
	return place;
}

static void leave(struct place *place)
{
	close(place->fd);
	free(place->path);
}

#define _left_ __attribute__((cleanup(leave)))

/* Texts are written with ' for ". */
static void put(const struct place *place, const char *name, const char *text)
{
	_cleanup_(freep) char *path = xasprintf("%s/%s", place->path, name), *copy = xstrdup(text);
	for (char *slash = path + strlen(place->path) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(path, 0700);
		*slash = '/';
	}
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	write_file(path, copy, strlen(copy));
}

static struct known known_of(const char *engine, const char *id)
{
	struct known known = { .container = { .engine = engine } };
	known.container.id = xstrdup(id);
	return known;
}

static void assert_known(const struct known *known, const char *name, const char *pod, pid_t init)
{
	assert_int_equal(known->container.name != NULL, name != NULL);
	if (name)
		assert_string_equal(known->container.name, name);
	assert_int_equal(known->container.pod != NULL, pod != NULL);
	if (pod)
		assert_string_equal(known->container.pod, pod);
	assert_int_equal(known->init, init);
}

#define _known_ _cleanup_(known_clear) struct known

/* What stands in config.json of a bundle, and what is known then. */
static const struct row_bundle {
	const char *test, *engine, *config, *init;
	const char *name, *pod;
	pid_t pid;
} bundle_rows[] = {
	{ "containerd's CRI", "kubernetes",
	  "{'annotations':{'io.kubernetes.cri.container-name':'web','io.kubernetes.cri.sandbox-"
	  "name':"
	  "'web-0','io.kubernetes.cri.sandbox-namespace':'shop'}}",
	  "77", "web", "shop/web-0", 77 },
	{ "a sandbox", "kubernetes",
	  "{'annotations':{'io.kubernetes.cri.sandbox-name':'web-0',"
	  "'io.kubernetes.cri.sandbox-namespace':'shop'}}",
	  "77\n", NULL, "shop/web-0", 77 },
	{ "CRI-O", "kubernetes",
	  "{'annotations':{'io.kubernetes.container.name':'web','io.kubernetes.pod.name':'web-0',"
	  "'io.kubernetes.pod.namespace':'shop'}}",
	  "", "web", "shop/web-0", 0 },
	{ "nerdctl", "nerdctl", "{'annotations':{'nerdctl/name':'web'}}", "-1", "web", NULL, 0 },
	{ "keys of other case", "kubernetes",
	  "{'Annotations':{'io.kubernetes.cri.container-name':'x'}}", "77x", NULL, NULL, 77 },
	{ "no annotations", "containerd", "{}", "99999999999", NULL, NULL, 0 },
	{ "annotations of other types", "kubernetes",
	  "{'annotations':{'io.kubernetes.cri.container-name':7,'io.kubernetes.cri.sandbox-name':[]"
	  ","
	  "'nerdctl/name':{}}}",
	  "0", NULL, NULL, 0 },
	{ "a list", "kubernetes", "[]", "7", NULL, NULL, 7 },
	{ "no JSON", "kubernetes", "{'annotations':", "7", NULL, NULL, 7 },
	{ "docker", "docker",
	  "{'mounts':[{'destination':'/proc','source':'proc'},{'source':7},7,{},{'destination':"
	  "'/etc/hostname','source':'/data/containers/" A "/hostname'}]}",
	  "7", "chal", NULL, 7 },
	{ "docker, another container's folder", "docker",
	  "{'mounts':[{'source':'/data/containers/" B "/hostname'}]}", "7", NULL, NULL, 7 },
	{ "docker, a folder that says it is another's", "docker",
	  "{'mounts':[{'source':'/liar/containers/" A "/hostname'}]}", "7", NULL, NULL, 7 },
	{ "docker's mounts in another engine's bundle", "podman",
	  "{'mounts':[{'source':'/data/containers/" A "/hostname'}]}", "7", NULL, NULL, 7 },
};

static void bundle(void **state)
{
	const struct row_bundle *row = ROW(struct row_bundle, state);
	_left_ struct place place = make_place(row->test);
	put(&place, "bundles/" A "/config.json", row->config);
	put(&place, "bundles/" A "/init.pid", row->init);
	put(&place, "data/containers/" A "/config.v2.json",
	    "{'ID':'" A "','Name':'/chal','State':{'Pid':88}}");
	put(&place, "liar/containers/" A "/config.v2.json", "{'ID':'" B "','Name':'/other'}");
	_known_ known = known_of(row->engine, A);
	_cleanup_(closep) int bundles = openat(place.fd, "bundles", O_PATH | O_CLOEXEC);
	disk_read_bundle(place.fd, bundles, NULL, &known);
	assert_known(&known, row->name, row->pod, row->pid);
}

static void a_bundle_elsewhere(void **state _unused_)
{
	_left_ struct place place = make_place("elsewhere");
	put(&place, "a/config.json", "{'annotations':{'nerdctl/name':'web'}}");
	put(&place, "a/b/x", "");
	static const char *const ids[] = { "../a", "b/../../a", "..", ".", "", "none" };
	_cleanup_(closep) int bundles = openat(place.fd, "a/b", O_PATH | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		_known_ known = known_of("containerd", ids[i]);
		disk_read_bundle(place.fd, bundles, NULL, &known);
		assert_known(&known, NULL, NULL, 0);
	}
}

/* It is nerdctl's if it says so. */
static void a_bundle_of_nerdctl(void **state _unused_)
{
	_left_ struct place place = make_place("of nerdctl");
	put(&place, "x/config.json", "{'annotations':{'nerdctl/name':'web'}}");
	_known_ known = known_of("containerd", "x");
	disk_read_bundle(place.fd, place.fd, NULL, &known);
	assert_string_equal(known.container.engine, "nerdctl");
}

static void conmon(void **state _unused_)
{
	_left_ struct place place = make_place("conmon");
	put(&place, "s/vfs-containers/containers.json",
	    "[{'id':'" B "','names':['other']},7,{'id':7},{'id':'" A "','names':['web','alias']}]");
	put(&place, "run/pidfile", "5080");
	struct supervisor supervisor = {
		.known = { .container = { "podman", A, "cmdline", NULL, 0, NULL } },
		.bundle = (char *)"/s/vfs-containers/" A "/userdata",
		.pidfile = (char *)"/run/pidfile",
	};
	_known_ told = known_of("podman", A), untold = known_of("podman", A),
		executed = known_of("podman", A);
	known_set_name(&told, "cmdline");
	disk_read_conmon(place.fd, &supervisor, NULL, &told);
	assert_known(&told, "cmdline", NULL, 5080); /* as before: the file is not read for it */
	supervisor.known.container.name = NULL;
	disk_read_conmon(place.fd, &supervisor, NULL, &untold);
	assert_known(&untold, "web", NULL, 5080);
	supervisor.bundle = (char *)"/s/vfs-containers/" A "/userdata/" B; /* of podman exec */
	disk_read_conmon(place.fd, &supervisor, NULL, &executed);
	assert_known(&executed, "web", NULL, 0);
}

static void usual_places(void **state _unused_)
{
	_left_ struct place place = make_place("usual");
	put(&place, "var/lib/docker/containers/" A "/config.v2.json",
	    "{'ID':'" A "','Name':'chal','State':{'Pid':0}}");
	put(&place, "var/lib/containers/storage/overlay-containers/containers.json",
	    "[{'id':'" B "','names':['web']}]");
	put(&place, "home/u/.local/share/docker/containers/" B "/config.v2.json",
	    "{'ID':'" B "','Name':'/mine'}");
	const struct disk_place system = { place.fd, 0, NULL },
				user = { place.fd, 1000, "/home/u" },
				homeless = { place.fd, 1001, NULL };
	_known_ docker = known_of("docker", A), podman = known_of("podman", B),
		mine = known_of("docker", B), none = known_of("docker", B),
		runc = known_of("runc", A);
	disk_look_up(&system, &docker);
	assert_known(&docker, "chal", NULL, 0);
	disk_look_up(&system, &podman);
	assert_known(&podman, "web", NULL, 0);
	disk_look_up(&user, &mine);
	assert_known(&mine, "mine", NULL, 0);
	disk_look_up(&system, &none);
	disk_look_up(&homeless, &none);
	assert_known(&none, NULL, NULL, 0);
	disk_look_up(&system, &runc);
	assert_known(&runc, NULL, NULL, 0);
}

static void everything_that_is_there(void **state _unused_)
{
	_left_ struct place place = make_place("everything");
	put(&place, "var/lib/docker/containers/" A "/config.v2.json",
	    "{'ID':'" A "','Name':'/one'}");
	put(&place, "var/lib/docker/containers/junk/config.v2.json", "{'Name':'/x'}");
	put(&place, "var/lib/docker/containers/file", "x");
	put(&place, "var/lib/containers/storage/vfs-containers/containers.json",
	    "[{'id':'" B "','names':['two']},{'id':'x','names':['k8s_of_crio']},{'id':'y'}]");
	put(&place, "var/lib/containers/storage/vfs-images/containers.json",
	    "[{'id':'z','names':['image']}]");
	put(&place, "var/lib/lxc/three/config", "");
	put(&place, "var/lib/lxc/.hidden/config", "");
	put(&place, "var/lib/machines/four/etc/os-release", "");
	static const char *const expected[] = { "docker:one", "podman:two", "lxc:three",
						"nspawn:four" };
	const struct disk_place system = { place.fd, 0, NULL };
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	disk_list(&system, &list);
	assert_int_equal(list.n, ARRAY_SIZE(expected));
	for (size_t i = 0; i < list.n; i++) {
		_cleanup_(freep) char *label = container_label(&list.items[i].container);
		assert_string_equal(label, expected[i]);
		assert_false(list.items[i].running);
	}
	const struct disk_place user = { place.fd, 1000, "/nowhere" };
	disk_list(&user, &list);
	assert_int_equal(list.n, ARRAY_SIZE(expected));
}

/* Files that are no files, or not where they seem to be. */
static void files(void **state _unused_)
{
	_left_ struct place place = make_place("files");
	_cleanup_(freep) char *fifo = xasprintf("%s/fifo", place.path);
	_cleanup_(freep) char *huge = xasprintf("%s/huge", place.path);
	_cleanup_(freep) char *out = xasprintf("%s/out", place.path);
	_cleanup_(freep) char *loop = xasprintf("%s/loop", place.path);
	_cleanup_(freep) char *in = xasprintf("%s/in", place.path);
	char *text = NULL;
	size_t n;
	put(&place, "pid", "12 x");
	put(&place, "etc/passwd", "ours");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("../../../../../../etc/passwd", out), 0);
	assert_int_equal(symlink("/pid", in), 0);
	assert_int_equal(symlink("loop", loop), 0);
	write_file(huge, "x", 1);
	assert_int_equal(truncate(huge, METAFILE_MAX + 1), 0);
	assert_int_equal(metafile_read(place.fd, "fifo", NULL, &text, &n), -EOPNOTSUPP);
	assert_int_equal(metafile_read(place.fd, "etc", NULL, &text, &n), -EOPNOTSUPP);
	assert_int_equal(metafile_read(place.fd, "huge", NULL, &text, &n), -EFBIG);
	assert_int_equal(metafile_read(place.fd, "loop", NULL, &text, &n), -ELOOP);
	assert_int_equal(metafile_read(place.fd, "none", NULL, &text, &n), -ENOENT);
	assert_int_equal(metafile_read(place.fd, "../../etc/shadow", NULL, &text, &n), -ENOENT);
	assert_null(text);
	assert_int_equal(metafile_read(place.fd, "out", NULL, &text, &n), 0); /* not the host's */
	assert_string_equal(text, "ours");
	free(text);
	assert_int_equal(metafile_pid(place.fd, "/in", NULL), 12);
	assert_int_equal(truncate(huge, METAFILE_MAX), 0);
	assert_int_equal(metafile_read(place.fd, "huge", NULL, &text, &n), 0);
	assert_int_equal(n, METAFILE_MAX);
	free(text);
}

static void fill(const struct place *place, const char *name, size_t n)
{
	_cleanup_(freep) char *path = xasprintf("%s/%s", place->path, name);
	_cleanup_(freep) char *text = xcalloc(1, n);
	memset(text, ' ', n);
	memcpy(text, "[]", 2);
	put(place, name, "");
	write_file(path, text, n);
}

static void budgets(void **state _unused_)
{
	_left_ struct place place = make_place("budgets");
	struct budget budget = BUDGET_WHOLE, many = BUDGET_WHOLE;
	fill(&place, "small", 2);
	fill(&place, "whole", METAFILE_MAX);
	fill(&place, "list", 2 * METAFILE_MAX);
	for (int i = 0; i < 4; i++) {
		_cleanup_(json_deletep) cJSON *json = NULL;
		assert_int_equal(metafile_json(place.fd, "whole", &budget, &json), 0);
	}
	cJSON *none = NULL;
	assert_int_equal(metafile_json(place.fd, "small", &budget, &none), -E2BIG);
	assert_int_equal(metafile_json(place.fd, "none", &many, &none), -ENOENT);
	for (int i = 0; i < 64; i++) {
		_cleanup_(json_deletep) cJSON *json = NULL;
		assert_int_equal(metafile_json(place.fd, "small", &many, &json), 0);
	}
	assert_int_equal(metafile_json(place.fd, "small", &many, &none), -E2BIG);
	for (int i = 0; i < 100; i++) {
		_cleanup_(json_deletep) cJSON *json = NULL;
		assert_int_equal(metafile_json(place.fd, "whole", NULL, &json), 0);
	}

	/* Lists may be longer, if nobody but root could make them so. */
	_cleanup_(freep) char *path = xasprintf("%s/list", place.path);
	budget = BUDGET_WHOLE;
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(metafile_json(place.fd, "list", NULL, &none), -EFBIG);
	assert_int_equal(metafile_json_list(place.fd, "list", &budget, &none), -EFBIG);
	if (geteuid() == 0) {
		_cleanup_(json_deletep) cJSON *json = NULL;
		assert_int_equal(metafile_json_list(place.fd, "list", NULL, &json), 0);
	}
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(metafile_json_list(place.fd, "list", NULL, &none), -EFBIG);
	assert_null(none);
}

/* A bundle may lead to one file of docker's, and not to as many as it has mounts. */
static void many_mounts(void **state _unused_)
{
	_left_ struct place place = make_place("mounts");
	put(&place, "bundles/" A "/config.json",
	    "{'mounts':[{'source':'/one/containers/" A "/x'},{'source':'/two/containers/" A
	    "/x'}]}");
	put(&place, "one/containers/" A "/config.v2.json", "{'ID':'" B "','Name':'/other'}");
	put(&place, "two/containers/" A "/config.v2.json", "{'ID':'" A "','Name':'/chal'}");
	_known_ known = known_of("docker", A);
	_cleanup_(closep) int bundles = openat(place.fd, "bundles", O_PATH | O_CLOEXEC);
	disk_read_bundle(place.fd, bundles, NULL, &known);
	assert_known(&known, NULL, NULL, 0);
}

/* What is refused is not the same as what is not there. */
static void refused(void **state _unused_)
{
	_left_ struct place place = make_place("refused");
	_cleanup_(freep) char *path = xasprintf("%s/var/lib/docker", place.path);
	put(&place, "var/lib/docker/containers/" A "/config.v2.json", "{'ID':'" A "'}");
	assert_int_equal(chmod(place.path, 0755) | chmod(path, 0), 0);
	_known_ known = known_of("docker", A), other = known_of("podman", A);
	const struct disk_place system = { .root = place.fd };
	bool is_root = geteuid() == 0;
	if (is_root && seteuid(65534) < 0)
		skip();
	disk_look_up(&system, &known);
	disk_look_up(&system, &other);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_true(known.refused);
	assert_true(is_root || !other.refused); /* the folder above is for its owner only */
}

int main(void)
{
	TEST_ROWS(bundle, bundle_rows);
	TEST(a_bundle_elsewhere);
	TEST(a_bundle_of_nerdctl);
	TEST(conmon);
	TEST(usual_places);
	TEST(everything_that_is_there);
	TEST(files);
	TEST(budgets);
	TEST(many_mounts);
	TEST(refused);
	return suite_run("disk");
}
