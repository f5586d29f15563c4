/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hold HOW [PATH]: makes a namespace that nothing but HOW keeps alive, says what it made, and lets
 * go of it when it is told to. The live tests compare the tools with it, so it shares no code with
 * them.
 *
 * The holder is this very process wherever that can be, so that all goes with it. Its children read
 * from a pipe, the lifeline, whose only writer it is, and exit at its end: PDEATHSIG alone would
 * not reach one that is in another user namespace, and lets nobody take down a mount.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* <sys/mount.h> and <linux/mount.h> exclude each other in older C libraries. */
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
extern int umount2(const char *, int);
enum { BIND = 4096, RECURSIVE = 16384, PRIVATE = 1 << 18, DETACH = 2 };

#define GET_PID_FOR_CHILDREN 0xff06 /* of a pidfd; Linux 6.11 */
#define NS_ID 0x8008b70d	    /* NS_GET_ID of a namespace; 6.18 */

enum { THREAD = 1, DEAD_LEADER = 2, WITH_PATH = 4, MAY_HAVE_PATH = 8 };

struct how {
	const char *name, *kind, *by;
	void (*make)(void), (*release)(void);
	int is; /* THREAD, ... */
};

/* Shared with all children. 0 and -1: does not apply. */
static struct hold {
	ino_t ino;
	uint64_t id; /* 0: this kernel does not tell */
	pid_t pid, tid;
	int fd;
} * hold;

static const struct how *how;
static char *path;	 /* where it is mounted, or a device */
static int home = -1;	 /* a namespace to go back to */
static int outside = -1; /* the root before chroot() */
static int sender = -1;
static pid_t inhabitant;
static int lifeline[2];

/* clang-format off */
static const char help[] =
	"Usage: hold HOW [PATH]\n"
	"Makes a namespace that nothing but HOW keeps, prints kind=... ino=... by=... (as HELDBY\n"
	"has it) and, where they apply, pid=... tid=... fd=... path=..., then \"ready\". Waits\n"
	"for a line on stdin, lets go of the namespace, prints \"released\", and waits for the\n"
	"end of stdin. Exit: 0, or 2 with one line on stderr.\n"
	"\n"
	"HOW:\n"
	"  process, thread       it is in a net namespace\n"
	"  dead-leader           a thread is, whose main thread has exited\n"
	"  pid-for-children      of a process whose first child there has exited\n"
	"  unborn                likewise, without a child yet\n"
	"  time-for-children\n"
	"  fd, path-fd           a descriptor; opened with O_PATH\n"
	"  thread-fd             in the private table of a thread\n"
	"  mount                 at the file PATH, in the mount namespace of the caller\n"
	"  other-mount           at PATH in another mount namespace\n"
	"  empty-mount           in one that nobody is in, which a descriptor keeps\n"
	"  chroot-mount          in one whose only process has another root\n"
	"  detached-mount        in no mount namespace\n"
	"  socket, tun           a descriptor made there (the device is PATH or /dev/net/tun)\n"
	"  child                 a user namespace below it\n"
	"  owned                 a user namespace, by a net namespace that it owns\n"
	"  mnt-fd                a mount namespace, by a descriptor\n"
	"  superblock            a pid namespace that nobody is in, by its procfs at PATH\n"
	"  idmap                 a user namespace, by a mount at PATH\n"
	"  in-flight             a descriptor that nobody has received from the socket fd=\n";
/* clang-format on */

__attribute__((format(printf, 1, 2))) static _Noreturn void fail(const char *format, ...)
{
	int error = errno;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "hold: %s: %s\n", text, strerror(error));
	_exit(2);
}

static int check(int result, const char *what)
{
	if (result < 0)
		fail("%s", what);
	return result;
}

static void wait_for_lifeline(void)
{
	char byte;

	while (read(lifeline[0], &byte, 1) != 0)
		;
}

/* A child without the writing end: it would wait for itself. */
static pid_t start(void)
{
	pid_t pid = check(fork(), "fork");

	if (pid == 0 && lifeline[1] >= 0) {
		close(lifeline[1]);
		lifeline[1] = -1;
	}
	return pid;
}

/* A child that has run RUN and stays. */
static pid_t spawn(void (*run)(int), int argument)
{
	int ready[2];
	char byte;
	pid_t pid;

	check(pipe2(ready, O_CLOEXEC), "pipe2");
	pid = start();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(argument);
		if (write(ready[1], "", 1) == 1)
			wait_for_lifeline();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		_exit(2); /* it has said why */
	close(ready[0]);
	return pid;
}

static void finish(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Which namespace that is, without keeping it. */
static void remember(int fd)
{
	struct stat st;

	check(fstat(fd, &st), "fstat");
	hold->ino = st.st_ino;
	if (ioctl(fd, NS_ID, &hold->id) < 0)
		hold->id = 0;
}

static int open_link(const char *process, const char *link, int flags)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%s/ns/%s", process, link);
	return check(open(name, flags | O_CLOEXEC), name);
}

static int open_of(pid_t pid, const char *link, int flags)
{
	char process[16];

	snprintf(process, sizeof(process), "%d", pid);
	return open_link(process, link, flags);
}

static void note(const char *process, const char *link)
{
	int fd = open_link(process, link, O_RDONLY);

	remember(fd);
	close(fd);
}

static void write_file(const char *name, const char *text)
{
	int fd = check(open(name, O_WRONLY | O_CLOEXEC), name);

	check((int)write(fd, text, strlen(text)), name);
	close(fd);
}

/* With a map of one id, that anybody may write. */
static void enter_user(int unused)
{
	char uids[32], gids[32];

	(void)unused;
	snprintf(uids, sizeof(uids), "0 %u 1", geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getegid());
	check(unshare(CLONE_NEWUSER), "unshare");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", uids);
	write_file("/proc/self/gid_map", gids);
}

/* An ordinary user needs a user namespace for any other. */
static void enter(int kinds)
{
	check(unshare(geteuid() ? kinds | CLONE_NEWUSER : kinds), "unshare");
	if (kinds & CLONE_NEWNS)
		check(mount("none", "/", NULL, RECURSIVE | PRIVATE, NULL), "mount");
}

/* A descriptor of a new namespace that nobody is in. */
static int make(void (*run)(int), int kinds, const char *link, int flags)
{
	pid_t pid = spawn(run, kinds);
	int fd = open_of(pid, link, flags);

	remember(fd);
	finish(pid);
	return fd;
}

static void hold_fd(int fd)
{
	hold->pid = getpid();
	hold->fd = fd;
}

static void release_fd(void)
{
	close(hold->fd);
}

static void go_home(void)
{
	check(setns(home, 0), "setns");
}

static void make_process(void)
{
	home = open_link("thread-self", "net", O_RDONLY);
	enter(CLONE_NEWNET);
	note("thread-self", "net");
	hold->pid = getpid();
}

static void make_thread(void)
{
	make_process();
	hold->tid = gettid();
}

static void note_own_pid(int unused)
{
	(void)unused;
	note("self", "pid");
}

static void make_pid_for_children(void)
{
	home = open_link("self", "pid", O_RDONLY);
	enter(CLONE_NEWPID);
	finish(spawn(note_own_pid, 0));
	hold->pid = getpid();
}

static void make_unborn(void)
{
	int self = check(pidfd_open(getpid(), 0), "pidfd_open"), fd;

	home = open_link("self", "pid", O_RDONLY);
	enter(CLONE_NEWPID);
	fd = check(ioctl(self, GET_PID_FOR_CHILDREN, 0), "PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE");
	remember(fd);
	close(fd);
	close(self);
	hold->pid = getpid();
}

static void make_time_for_children(void)
{
	home = open_link("self", "time", O_RDONLY);
	enter(CLONE_NEWTIME);
	note("self", "time_for_children");
	hold->pid = getpid();
}

static void make_fd(void)
{
	hold_fd(make(enter, CLONE_NEWNET, "net", O_RDONLY));
}

static void make_path_fd(void)
{
	hold_fd(make(enter, CLONE_NEWNET, "net", O_PATH));
}

static void make_thread_fd(void)
{
	check(unshare(CLONE_FILES), "unshare");
	make_fd();
	hold->tid = gettid();
}

static void make_mnt_fd(void)
{
	hold_fd(make(enter, CLONE_NEWNS, "mnt", O_RDONLY));
}

static void bind_at_path(void)
{
	int fd = make(enter, CLONE_NEWNET, "net", O_RDONLY);
	char source[32];

	close(check(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), path));
	snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
	check(mount(source, path, NULL, BIND, NULL), path);
	close(fd);
}

static void release_mount(void)
{
	check(umount2(path, DETACH), path);
}

/* It does not go with us: a child is there to see to that. */
static void make_mount(void)
{
	if (start() == 0) {
		signal(SIGINT, SIG_IGN);
		wait_for_lifeline();
		umount2(path, DETACH);
		_exit(0);
	}
	bind_at_path();
}

static void make_other_mount(void)
{
	enter(CLONE_NEWNS);
	bind_at_path();
}

static void enter_and_bind(int kinds)
{
	enter(kinds);
	bind_at_path();
}

static void make_empty_mount(void)
{
	pid_t pid = spawn(enter_and_bind, CLONE_NEWNS);

	home = open_of(pid, "mnt", O_RDONLY);
	finish(pid);
}

static void visit_and_release(int mnt)
{
	check(setns(mnt, CLONE_NEWNS), "setns");
	release_mount();
}

static void release_empty_mount(void)
{
	finish(spawn(visit_and_release, home));
}

/* Into a file system that is mounted there: what is mounted elsewhere is hidden then. */
static void change_root(void)
{
	char root[4096];

	snprintf(root, sizeof(root), "%s.root", path);
	if (mkdir(root, 0755) && errno != EEXIST)
		fail("%s", root);
	check(mount("none", root, "tmpfs", 0, NULL), root);
	check(chroot(root), root);
	check(chdir("/"), root);
}

static void make_chroot_mount(void)
{
	make_other_mount();
	outside = check(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");
	change_root();
}

static void release_chroot_mount(void)
{
	int inside = check(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");

	check(fchdir(outside), "fchdir");
	check(chroot("."), "chroot");
	release_mount();
	check(fchdir(inside), "fchdir");
	check(chroot("."), "chroot");
}

static int clone_tree(int at, const char *name, int flags)
{
	return check(
		(int)syscall(SYS_open_tree, at, name, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
		"open_tree");
}

static void make_detached_mount(void)
{
	int fd = make(enter, CLONE_NEWNET, "net", O_RDONLY);

	hold_fd(clone_tree(fd, "", AT_EMPTY_PATH));
	close(fd);
}

static void make_socket(void)
{
	make_process();
	hold_fd(check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
	go_home();
}

static void make_tun(void)
{
	const char *device = path ? path : "/dev/net/tun";

	make_process();
	hold_fd(check(open(device, O_RDWR | O_CLOEXEC), device));
	go_home();
}

static void enter_user_twice(int unused)
{
	enter_user(unused);
	note("self", "user");
	enter_user(unused);
}

static void make_child(void)
{
	inhabitant = spawn(enter_user_twice, 0);
}

/* There is no way back out of a user namespace. */
static void release_child(void)
{
	finish(inhabitant);
}

static void make_owned(void)
{
	pid_t pid = spawn(enter, CLONE_NEWUSER | CLONE_NEWNET);
	char process[16];

	home = open_of(pid, "net", O_RDONLY);
	snprintf(process, sizeof(process), "%d", pid);
	note(process, "user");
	finish(pid);
}

static void release_owned(void)
{
	close(home);
}

static void mount_proc(int unused)
{
	note_own_pid(unused);
	check(mount("proc", path, "proc", 0, NULL), path);
}

static void enter_and_mount_proc(int kinds)
{
	enter(kinds);
	finish(spawn(mount_proc, 0));
}

static void make_superblock(void)
{
	enter(CLONE_NEWNS);
	finish(spawn(enter_and_mount_proc, CLONE_NEWPID));
}

static void make_idmap(void)
{
	int fd = make(enter_user, 0, "user", O_RDONLY), tree;
	struct mount_attr attributes = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (__u64)fd,
	};

	enter(CLONE_NEWNS);
	tree = clone_tree(AT_FDCWD, path, 0);
	check((int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes,
			   sizeof(attributes)),
	      "mount_setattr");
	check((int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH),
	      "move_mount");
	close(tree);
	close(fd);
}

static void send_fd(int socket, int fd)
{
	struct iovec byte = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	check((int)sendmsg(socket, &message, 0), "sendmsg");
}

static void make_in_flight(void)
{
	int fd = make(enter, CLONE_NEWNET, "net", O_RDONLY), pair[2];

	check(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), "socketpair");
	sender = pair[0];
	send_fd(sender, fd);
	close(fd);
	hold_fd(pair[1]);
}

/* Who takes the message without its descriptors closes them. */
static void release_in_flight(void)
{
	char byte;

	check((int)recv(hold->fd, &byte, 1, 0), "recv");
}

static const struct how hows[] = {
	{ "process", "net", "process", make_process, go_home, 0 },
	{ "thread", "net", "thread", make_thread, go_home, THREAD },
	{ "dead-leader", "net", "thread", make_thread, go_home, THREAD | DEAD_LEADER },
	{ "pid-for-children", "pid", "for-children", make_pid_for_children, go_home, 0 },
	{ "unborn", "pid", "for-children", make_unborn, go_home, 0 },
	{ "time-for-children", "time", "for-children", make_time_for_children, go_home, 0 },
	{ "fd", "net", "fd", make_fd, release_fd, 0 },
	{ "path-fd", "net", "fd", make_path_fd, release_fd, 0 },
	{ "thread-fd", "net", "fd", make_thread_fd, release_fd, THREAD },
	{ "mount", "net", "mount", make_mount, release_mount, WITH_PATH },
	{ "other-mount", "net", "mount", make_other_mount, release_mount, WITH_PATH },
	{ "empty-mount", "net", "mount", make_empty_mount, release_empty_mount, WITH_PATH },
	{ "chroot-mount", "net", "mount", make_chroot_mount, release_chroot_mount, WITH_PATH },
	{ "detached-mount", "net", "detached-mount", make_detached_mount, release_fd, 0 },
	{ "socket", "net", "socket", make_socket, release_fd, 0 },
	{ "tun", "net", "tun", make_tun, release_fd, MAY_HAVE_PATH },
	{ "child", "user", "child", make_child, release_child, 0 },
	{ "owned", "user", "owned", make_owned, release_owned, 0 },
	{ "mnt-fd", "mnt", "fd", make_mnt_fd, release_fd, 0 },
	{ "superblock", "pid", "superblock", make_superblock, release_mount, WITH_PATH },
	{ "idmap", "user", "idmap", make_idmap, release_mount, WITH_PATH },
	{ "in-flight", "net", "in-flight", make_in_flight, release_in_flight, 0 },
};

static void say(const char *word)
{
	puts(word);
	check(fflush(stdout), "stdout");
}

static void describe(void)
{
	printf("kind=%s ino=%ju by=%s", how->kind, (uintmax_t)hold->ino, how->by);
	if (hold->id)
		printf(" id=%ju", (uintmax_t)hold->id);
	if (hold->pid)
		printf(" pid=%d", hold->pid);
	if (hold->tid)
		printf(" tid=%d", hold->tid);
	if (hold->fd >= 0)
		printf(" fd=%d", hold->fd);
	if (how->is & WITH_PATH)
		printf(" path=%s", path);
	putchar('\n');
	say("ready");
}

/* False at the end. */
static bool read_line(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) == 1)
		if (byte == '\n')
			return true;
	return false;
}

static _Noreturn void run(void)
{
	how->make();
	describe();
	if (read_line()) {
		how->release();
		say("released");
		while (read_line())
			;
	}
	close(lifeline[1]);
	while (wait(NULL) > 0)
		;
	_exit(0);
}

/* Who has exited has no links any more. */
static void wait_until_dead(void)
{
	char target[64];

	while (readlink("/proc/self/ns/net", target, sizeof(target)) >= 0)
		usleep(1000);
}

static void *run_thread(void *unused)
{
	(void)unused;
	if (how->is & DEAD_LEADER)
		wait_until_dead();
	run();
}

static void start_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run_thread, NULL);
	if (errno)
		fail("pthread_create");
	if (how->is & DEAD_LEADER)
		syscall(SYS_exit, 0);
	for (;;)
		pause();
}

static bool parse(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(argv[1], hows[i].name) == 0)
			how = &hows[i];
	path = argc > 2 ? argv[2] : NULL;
	if (!how || argc > 3)
		return false;
	return path ? how->is & (WITH_PATH | MAY_HAVE_PATH) : !(how->is & WITH_PATH);
}

int main(int argc, char **argv)
{
	if (!parse(argc, argv))
		return fputs(help, stderr) < 0 ? 1 : 2;
	/* Nobody who keeps us may wait for what the caller has open: bats does for its fd 3. */
	close_range(3, ~0U, 0);
	hold = mmap(NULL, sizeof(*hold), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (hold == MAP_FAILED)
		fail("mmap");
	*hold = (struct hold){ .fd = -1 };
	check(pipe2(lifeline, O_CLOEXEC), "pipe2");
	signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would reap our children */
	if (how->is & THREAD)
		start_thread();
	run();
}
