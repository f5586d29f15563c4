/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/runtime.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "procs.h"
#include "util/procfile.h"

static struct procs make_run(const char *name)
{
	struct procs run = { .path = scratch_path(name) };
	_cleanup_(freep) char *command =
		xasprintf("mkdir -p %s/runc/box %s/runc/gone %s/crun/other %s/user/65534/runc/mine",
			  run.path, run.path, run.path, run.path);
	assert_int_equal(system(command), 0);
	run.fd = open(run.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return run;
}

static void put(const struct procs *run, const char *name, const char *text)
{
	_cleanup_(freep) char *path = xasprintf("%s/%s", run->path, name);
	write_file(path, text, strlen(text));
}

static ino_t inode(const struct procs *procs, const char *name)
{
	struct stat st;
	assert_int_equal(fstatat(procs->fd, name, &st, 0), 0);
	return st.st_ino;
}

static void assert_found(const struct runtime_list *list, ino_t mnt, ino_t pid, const char *label)
{
	const struct runtime *found = runtime_list_find(list, mnt, pid);
	if (!label) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	_cleanup_(freep) char *got = container_label(&found->known.container);
	assert_string_equal(got, label);
}

static void by_namespace(void **state _unused_)
{
	_procs_ procs = procs_make("procs");
	_procs_ run = make_run("run");
	_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
	procs_add(&procs, 30, 1, 300, 2, 2, "0::/\n", "sh|");
	procs_add(&procs, 40, 1, 400, 3, 3, "0::/\n", "sh|");
	procs_add(&procs, 50, 1, 500, 4, 4, "0::/\n", "sh|");
	put(&run, "runc/box/state.json",
	    "{\"id\":\"x\",\"init_process_pid\":30,\"init_process_start\":300}");
	put(&run, "runc/gone/state.json", "{\"init_process_pid\":40,\"init_process_start\":399}");
	put(&run, "crun/other/status", "{\"pid\":50,\"process-start-time\":500}");
	put(&run, "crun/file", "x");
	/* An ordinary user says that somebody else's process is theirs. */
	put(&run, "user/65534/runc/mine/state.json",
	    "{\"init_process_pid\":40,\"init_process_start\":400}");
	runtime_list_read(run.fd, procs.fd, &list);
	assert_int_equal(list.n, 4);

	assert_found(&list, inode(&procs, "30/ns/mnt"), 0, "runc:box");
	assert_found(&list, 0, inode(&procs, "30/ns/pid"), "runc:box");
	assert_found(&list, inode(&procs, "50/ns/mnt"), inode(&procs, "50/ns/pid"), "crun:other");
	assert_found(&list, inode(&procs, "40/ns/mnt"), inode(&procs, "40/ns/pid"), NULL);
	assert_found(&list, 0, 0, NULL);
	/* The files that are seen say more than the processes that are. */
	assert_found(&list, inode(&procs, "50/ns/mnt"), inode(&procs, "30/ns/pid"), "crun:other");
}

static void damaged(void **state _unused_)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"7",
		"{\"init_process_pid\":-1}",
		"{\"init_process_pid\":30.5,\"init_process_start\":300.5}",
		"{\"init_process_pid\":\"30\",\"init_process_start\":\"300\"}",
		"{\"Init_process_pid\":30,\"init_process_start\":300}",
		"{\"init_process_pid\":1e300,\"init_process_start\":300}",
		"{\"init_process_pid\":30}",
	};
	_procs_ procs = procs_make("damaged");
	_procs_ run = make_run("run-damaged");
	procs_add(&procs, 30, 1, 300, 2, 2, "0::/\n", "sh|");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
		put(&run, "runc/box/state.json", texts[i]);
		runtime_list_read(run.fd, procs.fd, &list);
		/* Half a number is no number, and half a truth is none. */
		if (i != 5)
			assert_found(&list, inode(&procs, "30/ns/mnt"), 0, NULL);
	}
}

/* Who has runc or crun run a container gives it its name. */
static const struct row_maker {
	const char *name, *file, *text, *label;
} makers[] = {
	{ "podman", "runc/box/state.json",
	  "\"config\":{\"labels\":[7,\"io.kubernetes.cri-o.TTY=false\",\"bundle=/s/"
	  "overlay-containers/box/userdata\"]}",
	  "podman:box" },
	{ "podman with crun", "crun/other/status",
	  "\"bundle\":\"/var/lib/containers/storage/overlay-containers/other/userdata\"",
	  "podman:other" },
	{ "CRI-O", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"io.kubernetes.pod.name=x\",\"bundle=/s/overlay-containers/box/"
	  "userdata\"]}",
	  "kubernetes:box" },
	{ "CRI-O with crun", "crun/other/status",
	  "\"bundle\":\"/run/containers/storage/overlay-containers/other/userdata\"",
	  "kubernetes:other" },
	{ "docker", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"bundle=/run/x/io.containerd.runtime.v2.task/moby/box\"]}",
	  "docker:box" },
	{ "kubernetes", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"bundle=/run/x/io.containerd.runtime.v2.task/k8s.io/box\"]}",
	  "kubernetes:box" },
	{ "nerdctl", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"bundle=/run/x/io.containerd.runtime.v2.task/default/box\","
	  "\"nerdctl/name=y\"]}",
	  "nerdctl:box" },
	{ "containerd", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"bundle=/run/x/io.containerd.runtime.v2.task/default/box\"]}",
	  "containerd:box" },
	{ "another container's bundle", "runc/box/state.json",
	  "\"config\":{\"labels\":[\"bundle=/s/overlay-containers/other/userdata\"]}", "runc:box" },
	{ "nobody", "runc/box/state.json", "\"config\":{\"labels\":[\"bundle=/home/me/x\"]}",
	  "runc:box" },
	{ "no list", "runc/box/state.json", "\"config\":{\"labels\":\"bundle=/x\"},\"bundle\":7",
	  "runc:box" },
};

static void maker(void **state)
{
	const struct row_maker *row = ROW(struct row_maker, state);
	_cleanup_(freep) char *name = xasprintf("maker-%zu", (size_t)(row - makers));
	_cleanup_(freep) char *run_name = xasprintf("run-%s", name);
	_procs_ procs = procs_make(name);
	_procs_ run = make_run(run_name);
	_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
	procs_add(&procs, 30, 1, 300, 2, 2, "0::/\n", "sh|");
	_cleanup_(freep) char *text =
		xasprintf("{\"init_process_pid\":30,\"init_process_start\":300,\"pid\":30,"
			  "\"process-start-time\":300,%s}",
			  row->text);
	put(&run, row->file, text);
	runtime_list_read(run.fd, procs.fd, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.n_unread, 0);
	assert_found(&list, inode(&procs, "30/ns/mnt"), 0, row->label);
}

/* An ordinary user has many, and large ones: no more of them than fit the budget; what is left out
 * is unknown for them, and says nothing of others. */
static void too_much(void **state _unused_)
{
	static char text[400 * 1024];
	_procs_ procs = procs_make("much");
	_procs_ run = make_run("run-much");
	_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{}", 2);
	text[200 * 1024] = 0;
	put(&run, "user/65534/runc/mine/state.json", text);
	_cleanup_(freep) char *command =
		xasprintf("cd %s/user/65534/runc && for i in $(seq 200); do mkdir $i && "
			  "ln mine/state.json $i; done",
			  run.path);
	assert_int_equal(system(command), 0);
	runtime_list_read(run.fd, procs.fd, &list);
	assert_int_equal(list.n, 5);
	assert_true(list.n_unread >= 1 && list.n_unread <= 64);
	for (size_t i = 0; i < list.n_unread; i++)
		assert_int_equal(list.unread[i].owner, 65534);
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(runtime_list_unread(&list, self), 0);

	/* The system's own counts for everybody. */
	runtime_list_clear(&list);
	text[200 * 1024] = ' ';
	put(&run, "runc/box/state.json", text);
	runtime_list_read(run.fd, procs.fd, &list);
	assert_int_equal(runtime_list_unread(&list, self), -EFBIG);
}

static void refused(void **state _unused_)
{
	_procs_ procs = procs_make("refused");
	_procs_ run = make_run("run-refused");
	_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(freep) char *path = xasprintf("%s/runc", run.path);
	assert_int_equal(chmod(run.path, 0755) | chmod(path, 0), 0);
	bool is_root = geteuid() == 0;
	if (is_root && seteuid(65534) < 0)
		skip();
	runtime_list_read(run.fd, procs.fd, &list);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(list.n, 0);
	assert_int_equal(runtime_list_unread(&list, self), -EACCES);
}

/* A process in a user namespace that UID 65534 made, and a mount namespace. */
static pid_t start_rootless(int fd)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	char done = setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0 &&
		    unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
	if (write(fd, &done, 1) == 1)
		pause();
	_exit(0);
}

static void of_a_user(void **state _unused_)
{
	int fds[2];
	char done = 0;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = geteuid() == 0 ? start_rootless(fds[1]) : -1;
	if (pid > 0)
		assert_int_equal(read(fds[0], &done, 1), 1);
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(freep) char *name = xasprintf("%d", pid),
			      *link_name = xasprintf("%d/ns/mnt", pid);
	struct stat st = { 0 };
	_procs_ run = make_run("run-user");
	_cleanup_(runtime_list_clear) struct runtime_list list = { 0 };
	if (done) {
		char text[1024];
		struct proc_stat stat;
		_cleanup_(closep) int dir = proc_open_dir(proc, name);
		ssize_t n = proc_read(dir, "stat", text, sizeof(text));
		assert_int_equal(proc_parse_stat(text, n, &stat), 0);
		_cleanup_(freep) char *json =
			xasprintf("{\"init_process_pid\":%d,\"init_process_start\":%llu}", pid,
				  (unsigned long long)stat.start);
		put(&run, "user/65534/runc/mine/state.json", json);
		done = fstatat(proc, link_name, &st, 0) == 0;
		runtime_list_read(run.fd, proc, &list);
	}
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close(fds[0]);
	close(fds[1]);
	if (!done)
		skip(); /* not root, or user namespaces are refused here */
	assert_found(&list, st.st_ino, 0, "runc:mine");
	assert_int_equal(runtime_list_find(&list, st.st_ino, 0)->known.container.owner, 65534);
}

int main(void)
{
	TEST(by_namespace);
	TEST(damaged);
	TEST_ROWS(maker, makers);
	TEST(too_much);
	TEST(refused);
	TEST(of_a_user);
	return suite_run("runtime");
}
