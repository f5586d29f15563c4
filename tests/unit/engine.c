/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/engine.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "fixture.h"
#include "util/clock.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define GOOD                                                                                       \
	"[{\"Id\":\"b929\",\"Names\":[\"/chal\",\"/other/alias\"],\"State\":\"running\"},"         \
	"{\"Id\":\"17c2\",\"Names\":[\"web\"],\"State\":\"exited\"}]"

/* An engine: what it answers, or how it does not. */
struct server {
	const char *answer; /* NULL: it accepts, and says nothing */
	size_t n_zeros;	    /* "0," so many times behind it */
	bool slow;	    /* a byte at a time, for ever */
};

static void write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t written = write(fd, text, n);
		if (written <= 0)
			_exit(0);
		text += written;
		n -= written;
	}
}

static void answer(int fd, const struct server *server)
{
	char request[4096];
	if (read(fd, request, sizeof(request)) <= 0)
		return;
	if (!server->answer)
		pause();
	write_all(fd, server->answer, strlen(server->answer));
	for (size_t i = 0; i < server->n_zeros; i++)
		write_all(fd, "0,0,0,0,0,0,0,0,", 16);
	while (server->slow) {
		write_all(fd, " ", 1);
		usleep(10000);
	}
}

static pid_t start(const char *path, const struct server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	assert_true(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	pid_t pid = fork();
	if (pid == 0) {
		for (;;) {
			int client = accept(fd, NULL, NULL);
			answer(client, server);
			close(client);
		}
	}
	close(fd);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static const struct row_engine {
	const char *name;
	struct server server;
	size_t expected;
	bool hangs;
} rows[] = {
	{ "good", { HEAD "Connection: close\r\n\r\n" GOOD, 0, false }, 2, false },
	{ "chunked",
	  { HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n", 0, false },
	  0,
	  false },
	{ "hung", { NULL, 0, false }, 0, true },
	{ "slow", { HEAD "\r\n[", 0, true }, 0, true },
	{ "no HTTP", { "hello\n", 0, false }, 0, false },
	{ "nothing", { "", 0, false }, 0, false },
	{ "an error", { "HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n" GOOD, 0, false }, 0, false },
	{ "not found",
	  { "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n" GOOD, 0, false },
	  0,
	  false },
	{ "elsewhere",
	  { "HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n" GOOD,
	    0, false },
	  0,
	  false },
	{ "no JSON", { HEAD "Connection: close\r\n\r\n[{\"Id\":", 0, false }, 0, false },
	{ "an object", { HEAD "Connection: close\r\n\r\n{\"Id\":\"x\"}", 0, false }, 0, false },
	{ "other types",
	  { HEAD "Connection: close\r\n\r\n[7,null,{},{\"Id\":7,\"Names\":[\"x\"]},{\"Id\":\"x\","
		 "\"Names\":\"x\"},{\"Id\":\"x\",\"Names\":[7]},{\"id\":\"x\",\"names\":[\"x\"]},"
		 "{\"Id\":\"\",\"Names\":[\"x\"]}]",
	    0, false },
	  0,
	  false },
	{ "more than it should be", { HEAD "\r\n[", 2 * 1024 * 1024, false }, 0, false },
	{ "less than it says", { HEAD "Content-Length: 4000\r\n\r\n" GOOD, 0, false }, 0, false },
};

static void use(const char *docker, const char *podman)
{
	_cleanup_(freep) char *first = xasprintf("unix://%s", docker);
	_cleanup_(freep) char *second = xasprintf("unix://%s", podman);
	setenv("DOCKER_HOST", first, 1);
	setenv("CONTAINER_HOST", second, 1);
}

static void engine(void **state)
{
	const struct row_engine *row = ROW(struct row_engine, state);
	_cleanup_(freep) char *path = scratch_path("e.sock");
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	const uid_t owner = 0;
	pid_t server = start(path, &row->server);
	use(path, "/nowhere");
	int64_t before = clock_ms();
	engine_ask(&owner, 1, &list);
	int64_t took = clock_ms() - before;
	stop(server);
	assert_int_equal(list.n, row->expected);
	/* Its own time, some of ours, and a slow machine. */
	assert_true(took < 3000);
	if (row->hangs)
		assert_true(took >= 250);
	if (!row->expected)
		return;
	assert_string_equal(list.items[0].container.engine, "docker");
	assert_string_equal(list.items[0].container.id, "b929");
	assert_string_equal(list.items[0].container.name, "chal");
	assert_true(list.items[0].running);
	assert_int_equal(list.items[0].container.owner, getuid());
	assert_string_equal(list.items[1].container.name, "web");
	assert_false(list.items[1].running);
}

/* One that hangs does not keep another one from being heard, and both together take no longer. */
static void two_at_once(void **state _unused_)
{
	static const struct server hung = { NULL, 0, false },
				   good = { HEAD "Connection: close\r\n\r\n" GOOD, 0, false };
	_cleanup_(freep) char *one = scratch_path("hung.sock"), *other = scratch_path("good.sock");
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	const uid_t owners[] = { 0, 0, getuid() };
	pid_t first = start(one, &hung), second = start(other, &good);
	use(one, other);
	engine_ask(owners, ARRAY_SIZE(owners), &list);
	stop(first);
	stop(second);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.items[0].container.engine, "podman");
}

/* A socket that nobody listens at, a file, a FIFO, nothing. */
static void nobody_there(void **state _unused_)
{
	static const struct server good = { HEAD "Connection: close\r\n\r\n" GOOD, 0, false };
	_cleanup_(freep) char *closed = scratch_path("closed.sock"), *file = scratch_path("file");
	_cleanup_(freep) char *fifo = scratch_path("fifo");
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	const uid_t owner = 0;
	stop(start(closed, &good));
	write_file(file, "x", 1);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	const char *const paths[] = { closed, file, fifo, "/nowhere", "", scratch_dir() };
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		use(paths[i], paths[i]);
		engine_ask(&owner, 1, &list);
		assert_int_equal(list.n, 0);
	}
}

#define USER 3999999999u /* nobody's */

static char *user_path(const char *name)
{
	return xasprintf("/run/user/%u%s%s", USER, *name ? "/" : "", name);
}

static size_t ask_user(void)
{
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	const uid_t owner = USER;
	engine_ask(&owner, 1, &list);
	for (size_t i = 0; i < list.n; i++)
		assert_int_equal(list.items[i].container.owner, USER);
	return list.n;
}

/* An ordinary user's engine is asked at a socket that is theirs, in their folder, and no link. */
static void of_a_user(void **state _unused_)
{
	static const struct server good = { HEAD "Connection: close\r\n\r\n" GOOD, 0, false };
	_cleanup_(freep) char *folder = user_path(""), *docker = user_path("docker.sock");
	_cleanup_(freep) char *podman = user_path("podman"), *link_path = user_path("link");
	_cleanup_(freep) char *other = scratch_path("other.sock");
	unsetenv("DOCKER_HOST");
	unsetenv("CONTAINER_HOST");
	if (geteuid() != 0)
		skip();
	bool made = mkdir("/run/user", 0755) == 0;
	assert_int_equal(mkdir(folder, 0700), 0);
	size_t answers[5];
	answers[0] = ask_user();
	pid_t server = start(docker, &good), another = start(other, &good);
	answers[1] = ask_user(); /* root's */
	int r = chown(docker, USER, USER);
	answers[2] = ask_user();
	r |= rename(docker, link_path) | symlink("link", docker);
	answers[3] = ask_user();
	r |= mkdir(podman, 0700);
	_cleanup_(freep) char *inner = xasprintf("%s/podman.sock", podman);
	r |= chown(other, USER, USER) | symlink(other, inner);
	answers[4] = ask_user();
	stop(server);
	stop(another);
	_cleanup_(freep) char *command = xasprintf("rm -r %s", folder);
	r |= system(command);
	if (made)
		rmdir("/run/user");
	assert_int_equal(r, 0);
	const size_t expected[5] = { 0, 0, 2, 0, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(answers[i], expected[i]);
}

/* The system's may say more than an ordinary user's. */
static void much(void **state _unused_)
{
	enum { BLANKS = 600 * 1024 };
	_cleanup_(freep) char *path = scratch_path("much.sock");
	_cleanup_(freep) char *blanks = xcalloc(1, BLANKS + 1);
	memset(blanks, ' ', BLANKS);
	_cleanup_(freep) char *text =
		xasprintf("%sConnection: close\r\n\r\n%s%s", HEAD, blanks, GOOD);
	const struct server server = { text, 0, false };
	const uid_t owner = 0;
	if (geteuid() != 0)
		skip();
	pid_t pid = start(path, &server);
	use(path, "/nowhere");
	_cleanup_(known_list_clear) struct known_list list = { 0 };
	engine_ask(&owner, 1, &list);
	size_t of_root = list.n;
	int r = chown(path, 65534, 65534);
	engine_ask(&owner, 1, &list);
	stop(pid);
	assert_int_equal(r, 0);
	assert_int_equal(of_root, 2);
	assert_int_equal(list.n, 2);
}

static void who_can_be_asked(void **state _unused_)
{
	const struct known docker = { .container = { "docker", "x", NULL, NULL, 0, NULL } },
			   podman = { .container = { "podman", "x", NULL, NULL, 0, NULL } },
			   lxc = { .container = { "lxc", "x", NULL, NULL, 0, NULL } },
			   kubernetes = { .container = { "kubernetes", "x", NULL, NULL, 0, NULL } };
	assert_true(engine_knows(&docker));
	assert_true(engine_knows(&podman));
	assert_false(engine_knows(&lxc));
	assert_false(engine_knows(&kubernetes));
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	TEST_ROWS(engine, rows);
	TEST(two_at_once);
	TEST(nobody_there);
	TEST(of_a_user);
	TEST(much);
	TEST(who_can_be_asked);
	return suite_run("engine");
}
