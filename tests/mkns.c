/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mkns LEVEL...: makes a described nest of namespaces, prints what it made, waits on stdin, takes
 * it down. The live tests compare the tools with it, so it shares no code with them.
 *
 * All goes when mkns goes, even by SIGKILL: each process reads from a pipe, the lifeline, whose
 * only writer is mkns, and exits at its end. PDEATHSIG alone would not do: the kernel judges it
 * like a kill(2) by the dying parent, which may have become another user (uid=) or may exit on
 * purpose (orphan). It is armed nevertheless, as it gets stopped processes, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREAD = 1, DEAD_LEADER = 2, ZOMBIE = 4, ORPHAN = 8, FOR_CHILDREN = 16, NODUMP = 32 };

struct level {
	struct nest *nest;
	int number;		   /* from 1 */
	int kinds;		   /* CLONE_NEW*: all of them, */
	int at_birth, afterwards;  /* those made by clone3(), and those by unshare() */
	int is;			   /* THREAD, ... */
	char *name, *argv;	   /* decoded; NULL: unchanged */
	long uid, n_threads;	   /* uid -1: unchanged */
	pthread_barrier_t threads; /* all that the level has */
	/* what mkns learns of it */
	pid_t pid, tid;
	int pidfd;
	char *line;
};

struct nest {
	struct level *levels;
	int n_levels;
	char *args, *args_end; /* the bytes that /proc/PID/cmdline shows */
	int lifeline[2], report[2], signals;
	sigset_t caller_mask;
};

struct report {
	int number;
	pid_t pid, tid;
};

static const struct {
	const char *word;
	int kind, is;
} words[] = {
	{ "mnt", CLONE_NEWNS, 0 },
	{ "net", CLONE_NEWNET, 0 },
	{ "pid", CLONE_NEWPID, 0 },
	{ "uts", CLONE_NEWUTS, 0 },
	{ "ipc", CLONE_NEWIPC, 0 },
	{ "user", CLONE_NEWUSER, 0 },
	{ "cgroup", CLONE_NEWCGROUP, 0 },
	{ "time", CLONE_NEWTIME, 0 },
	{ "thread", 0, THREAD },
	{ "dead-leader", 0, DEAD_LEADER },
	{ "zombie", 0, ZOMBIE },
	{ "orphan", 0, ORPHAN },
	{ "for-children", 0, FOR_CHILDREN },
	{ "nodump", 0, NODUMP },
};

static const char *const links[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children",
	"user",	  "uts",
};

/* clang-format off */
static const char help[] =
	"Usage: mkns LEVEL...\n"
	"Makes a nest of namespaces, prints a line for each level and then \"ready\", waits for\n"
	"the end of stdin (or SIGTERM, SIGINT, SIGHUP) and takes all down. Exit: 0, or 2 with\n"
	"one line on stderr.\n"
	"\n"
	"LEVEL is a comma-separated list of words. Its process is a child of the one of the\n"
	"level before, so it is in the namespaces of all levels before as well. Without a kind\n"
	"it is a plain process. When it is killed, those of the levels after it die too.\n"
	"\n"
	"Kinds: mnt net pid uts ipc user cgroup time. The process is inside, in pid and time\n"
	"too. user maps id 0 and the process becomes 0. An ordinary user: to his own uid and\n"
	"gid. Root: 65536 ids from 100000 on, or, where his namespace has not got those\n"
	"(nested), all that it has.\n"
	"\n"
	"Modifiers:\n"
	"  thread        the process stays where it is, a second thread unshares the kinds\n"
	"                (not user; pid and time only with for-children) and makes the next\n"
	"                level\n"
	"  for-children  pid and time are unshared without fork: only pid_for_children\n"
	"                (unborn) and time_for_children differ, until the next level is born\n"
	"                into them\n"
	"  dead-leader   the main thread has exited, another one lives (the kernel shows no\n"
	"                argv then)\n"
	"  zombie        the process has exited and is not reaped\n"
	"  orphan        the process has exited and is reaped, the next level lives (not with\n"
	"                pid)\n"
	"  threads=N     N more threads\n"
	"  name=BYTES    its name (comm), 15 bytes at most. \\xHH is decoded; a comma is \\x2c\n"
	"  argv=BYTES    its command line, a single argument\n"
	"  nodump        PR_SET_DUMPABLE 0\n"
	"  uid=N         uid and gid N and no groups, once the next level is made\n"
	"\n"
	"Output, on one line: LEVEL=1 PID=12675 INODE=4711 NSPID=12675/1 cgroup=4026531835\n"
	"ipc=... mnt=... net=... pid=... pid_for_children=... time=... time_for_children=...\n"
	"user=... uts=... INODE is that of a pidfd. thread: TID=... after INODE, and the links\n"
	"are those of TID. mkns reads the links: - is ENOENT, ? is EACCES. Those of a zombie are\n"
	"read after its death, of an orphan before (PID and NSPID are -).\n";
/* clang-format on */

/* One line on stderr with errno's text, if there is an errno. Returns -1. */
__attribute__((format(printf, 2, 3))) static int complain(const struct level *l, const char *format,
							  ...)
{
	int error = errno;
	char text[512], where[32] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (l)
		snprintf(where, sizeof(where), "level %d: ", l->number);
	fprintf(stderr, "mkns: %s%s%s%s\n", where, text, error ? ": " : "",
		error ? strerror(error) : "");
	return -1;
}

#define fail(...)                                                                                  \
	do {                                                                                       \
		complain(__VA_ARGS__);                                                             \
		_exit(2);                                                                          \
	} while (0)
#define refuse(...)                                                                                \
	do {                                                                                       \
		errno = 0;                                                                         \
		fail(__VA_ARGS__);                                                                 \
	} while (0)

static long parse_number(const struct level *l, const char *text, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end || errno || n < 0 || n > max)
		refuse(l, "'%s' is not a number from 0 to %ld", text, max);
	return n;
}

/* In place: what is decoded is never longer. */
static char *parse_bytes(const struct level *l, char *text)
{
	char *from = text, *to = text;
	unsigned int byte;
	int n;

	while (*from) {
		n = 0;
		if (sscanf(from, "\\x%2x%n", &byte, &n) == 1 && n == 4) {
			if (!byte)
				refuse(l, "neither name nor argv can hold \\x00");
			*to++ = (char)byte;
			from += n;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return text;
}

static bool parse_flag(struct level *l, const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].word) == 0) {
			l->kinds |= words[i].kind;
			l->is |= words[i].is;
			return true;
		}
	}
	return false;
}

static bool parse_setting(struct level *l, char *word)
{
	if (strncmp(word, "name=", 5) == 0)
		l->name = parse_bytes(l, word + 5);
	else if (strncmp(word, "argv=", 5) == 0)
		l->argv = parse_bytes(l, word + 5);
	else if (strncmp(word, "uid=", 4) == 0)
		l->uid = parse_number(l, word + 4, 4294967294);
	else if (strncmp(word, "threads=", 8) == 0)
		l->n_threads = parse_number(l, word + 8, 1000);
	else
		return false;
	return true;
}

static void level_check(const struct level *l)
{
	const int pid_time = CLONE_NEWPID | CLONE_NEWTIME;
	bool last = l->number == l->nest->n_levels;

	if ((l->is & THREAD) && !l->kinds)
		refuse(l, "thread needs a kind");
	if ((l->is & THREAD) && (l->at_birth || (l->kinds & CLONE_NEWUSER)))
		refuse(l, "a thread cannot be alone in a user, pid or time namespace");
	if ((l->is & FOR_CHILDREN) && !(l->kinds & pid_time))
		refuse(l, "for-children needs pid or time");
	if ((l->is & ZOMBIE) && (l->is & (ORPHAN | THREAD | DEAD_LEADER)))
		refuse(l, "zombie excludes orphan, thread and dead-leader");
	if ((l->is & ORPHAN) && last)
		refuse(l, "orphan needs a next level");
	if ((l->is & (ORPHAN | ZOMBIE)) && !last && (l->at_birth & CLONE_NEWPID))
		refuse(l, "the next levels would die with the init of their pid namespace");
	if (!last && (l->afterwards & CLONE_NEWPID) && (l[1].at_birth & CLONE_NEWPID))
		refuse(l, "the next level is born into pid_for_children and cannot make pid");
}

static void level_parse(struct level *l, const char *text)
{
	char *rest = strdup(text), *word;

	while ((word = strsep(&rest, ","))) {
		if (!parse_flag(l, word) && !parse_setting(l, word))
			refuse(l, "unknown word '%s' (see mkns --help)", word);
	}
	if (l->is & FOR_CHILDREN)
		l->afterwards |= l->kinds & (CLONE_NEWPID | CLONE_NEWTIME);
	if (l->is & THREAD)
		l->afterwards |= l->kinds & ~(CLONE_NEWPID | CLONE_NEWTIME);
	l->at_birth = l->kinds & ~l->afterwards;
}

static void nest_parse(struct nest *nest, int argc, char **argv)
{
	if (argc < 2)
		refuse(NULL, "no LEVEL (see mkns --help)");
	nest->args = argv[0];
	nest->args_end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
	nest->n_levels = argc - 1;
	nest->levels = calloc(argc - 1, sizeof(*nest->levels));
	for (int i = 0; i < nest->n_levels; i++) {
		nest->levels[i] = (struct level){
			.nest = nest,
			.number = i + 1,
			.uid = -1,
			.pidfd = -1,
		};
		level_parse(&nest->levels[i], argv[i + 1]);
	}
	for (int i = 0; i < nest->n_levels; i++)
		level_check(&nest->levels[i]);
}

/*
 * Raw calls, for the calling thread alone: glibc's wrappers signal all threads that glibc knows of,
 * and after a clone3() that it has not seen, these are the parent's.
 */
static void set_ids(const struct level *l, long id)
{
	/* EPERM: setgroups is denied in this user namespace; there is nothing to be done then. */
	if (syscall(SYS_setgroups, 0, NULL) && errno != EPERM)
		fail(l, "cannot drop the groups");
	if (syscall(SYS_setresgid, id, id, id) || syscall(SYS_setresuid, id, id, id))
		fail(l, "cannot become uid and gid %ld", id);
}

static int write_file(const struct level *l, pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd, failed;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	failed = fd < 0 || write(fd, text, strlen(text)) < 0;
	if (failed)
		complain(l, "cannot write '%s' to its %s", text, name);
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

/*
 * What is mapped must lie in one extent of the creator's own map, which column 1 and 3 describe; an
 * ordinary user can map only himself.
 */
static int write_map(const struct level *l, pid_t pid, const char *name, unsigned int creator)
{
	char path[32], text[64];
	unsigned long inside, n_ids, first = creator, n = 1;
	FILE *ours;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	ours = geteuid() == 0 ? fopen(path, "re") : NULL;
	while (ours && first != 100000 && fscanf(ours, "%lu %*u %lu", &inside, &n_ids) == 2) {
		if (inside <= 100000 && inside + n_ids >= 100000 + 65536) {
			first = 100000;
			n = 65536;
		} else if (inside == 0) {
			first = 0;
			n = n_ids;
		}
	}
	if (ours)
		fclose(ours);
	snprintf(text, sizeof(text), "0 %lu %lu", first, n);
	return write_file(l, pid, name, text);
}

/* By the creator, as the kernel takes maps only from the parent user namespace; PID is /proc's. */
static int map_ids(const struct level *l, pid_t pid)
{
	/* An ordinary user may map his gid only where nobody can drop groups any more. */
	if (geteuid() != 0 && write_file(l, pid, "setgroups", "deny"))
		return -1;
	if (write_map(l, pid, "uid_map", geteuid()))
		return -1;
	return write_map(l, pid, "gid_map", getegid());
}

/* Our numbers as mkns knows them: /proc is still that of its pid namespace, whichever we are in. */
static struct report self_report(const struct level *l)
{
	struct report r = { .number = l->number };
	char target[64] = "";

	if (readlink("/proc/thread-self", target, sizeof(target) - 1) < 0 ||
	    sscanf(target, "%d/task/%d", &r.pid, &r.tid) != 2)
		fail(l, "cannot read /proc/thread-self");
	return r;
}

static pid_t level_start(struct level *l);

/*
 * cmdline shows the bytes from arg_start to arg_end. If the last one is not NUL, the kernel takes
 * them for a setproctitle(3) text and shows it up to its first NUL. They contain the escaped text
 * that ours was decoded from, so ours fits.
 */
static void set_argv(const struct nest *nest, const char *text)
{
	memset(nest->args, 'x', nest->args_end - nest->args);
	strcpy(nest->args, text);
}

/* Waits for all other threads of the level. */
static void meet(struct level *l)
{
	pthread_barrier_wait(&l->threads);
}

/* By every thread, once the next level is made: that one must not inherit it, and needs rights. */
static void thread_finish(struct level *l)
{
	meet(l);
	if (l->name && gettid() == getpid())
		prctl(PR_SET_NAME, l->name);
	if (l->uid >= 0)
		set_ids(l, l->uid);
	meet(l);
}

static void level_finish(const struct level *l)
{
	struct report r = self_report(l);

	if (l->argv)
		set_argv(l->nest, l->argv);
	prctl(PR_SET_DUMPABLE, !(l->is & NODUMP)); /* a change of ids has cleared it */
	if (l->number == 1 || !(l[-1].is & (ORPHAN | ZOMBIE)))
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(l->nest->report[1], &r, sizeof(r)) != sizeof(r))
		_exit(2);
	close(l->nest->report[1]);
}

static _Noreturn void level_hold(const struct level *l, pid_t next)
{
	char byte;

	if (next && (l[1].is & ORPHAN))
		waitpid(next, NULL, 0);
	while (read(l->nest->lifeline[0], &byte, 1) != 0)
		;
	_exit(0);
}

/* Run by the thread that makes the level: the only one, or the second. */
static void *level_build(void *arg)
{
	struct level *l = arg;
	pid_t next = 0;

	/* The next level gets a copy of our locks: no starting thread may hold one. */
	meet(l);
	if (l->afterwards && unshare(l->afterwards))
		fail(l, "cannot unshare");
	if (l->number < l->nest->n_levels)
		next = level_start(l + 1);
	thread_finish(l);
	level_finish(l);
	level_hold(l, next);
}

static void *idle_thread(void *arg)
{
	meet(arg);
	thread_finish(arg);
	while (pause())
		;
	return NULL;
}

static void thread_start(struct level *l, void *(*run)(void *))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, l);
	if (errno)
		fail(l, "cannot start a thread");
}

/* Threads come before unshare(CLONE_NEWPID), after which the kernel refuses new ones. */
static _Noreturn void level_run(struct level *l)
{
	bool second = l->is & (THREAD | DEAD_LEADER);

	pthread_barrier_init(&l->threads, NULL, 1 + second + l->n_threads);
	for (long i = 0; i < l->n_threads; i++)
		thread_start(l, idle_thread);
	if (!second)
		level_build(l);
	thread_start(l, level_build);
	meet(l);
	thread_finish(l);
	if (l->is & DEAD_LEADER)
		syscall(SYS_exit, 0);
	for (;;)
		pause();
}

static _Noreturn void level_born(struct level *l, int creator)
{
	struct nest *nest = l->nest;
	struct report r = self_report(l);
	char go;

	if (l->number == 1) {
		close(nest->lifeline[1]);
		close(nest->report[0]);
	}
	sigprocmask(SIG_SETMASK, &nest->caller_mask, NULL);
	if (write(creator, &r.pid, sizeof(r.pid)) != sizeof(r.pid) || read(creator, &go, 1) != 1)
		_exit(2);
	close(creator);
	if (l->at_birth & CLONE_NEWUSER) {
		set_ids(l, 0);
		prctl(PR_SET_DUMPABLE, 1); /* else our /proc files, maps too, are root's */
	}
	level_run(l);
}

/* Called in the process (and thread) of the level above; returns the PID as that one sees it. */
static pid_t level_start(struct level *l)
{
	/* With unshare() and fork() there would be one more process, half in the namespaces. */
	struct clone_args args = { .flags = l->at_birth, .exit_signal = SIGCHLD };
	pid_t pid, seen;
	int pair[2];
	bool ok;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		fail(l, "cannot make a socket pair");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		fail(l, "cannot make the process and its namespaces");
	if (pid == 0) {
		close(pair[0]);
		level_born(l, pair[1]);
	}
	close(pair[1]);
	ok = read(pair[0], &seen, sizeof(seen)) == sizeof(seen) &&
	     (!(l->at_birth & CLONE_NEWUSER) || map_ids(l, seen) == 0) &&
	     write(pair[0], "", 1) == 1;
	close(pair[0]);
	if (!ok) {
		waitpid(pid, NULL, 0);
		_exit(2);
	}
	return pid;
}

/* Empty if there is no such process. */
static void read_proc(pid_t pid, const char *name, char *text, size_t size)
{
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	text[f ? fread(text, 1, size - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
}

static void wait_until_dead(const struct level *l, bool reaped)
{
	char stat[512], *name_end;

	for (;; usleep(1000)) {
		read_proc(l->pid, "stat", stat, sizeof(stat));
		name_end = strrchr(stat, ')');
		if (!name_end || (!reaped && strncmp(name_end, ") Z", 3) == 0))
			return;
	}
}

/* NSPID=12675/1: from /proc's namespace to the process's own */
static void print_nspid(FILE *out, const struct level *l)
{
	char status[4096], *pids;

	read_proc(l->pid, "status", status, sizeof(status));
	pids = strstr(status, "\nNSpid:\t");
	if (!pids) {
		fputs(" NSPID=-", out);
		return;
	}
	pids += strlen("\nNSpid:\t");
	pids[strcspn(pids, "\n")] = '\0';
	for (char *tab = pids; (tab = strchr(tab, '\t'));)
		*tab = '/';
	fprintf(out, " NSPID=%s", pids);
}

static void print_link(FILE *out, const struct level *l, const char *name)
{
	char path[64], target[64] = "", value[16] = "-";

	if (l->is & THREAD)
		snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/%s", l->pid, l->tid, name);
	else
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", l->pid, name);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		strcpy(value, errno == EACCES ? "?" : "-");
	else
		sscanf(target, "%*[^[][%15[0-9]", value);
	fprintf(out, " %s=%s", name, value);
}

/* Unique to the process since Linux 6.9. */
static uintmax_t pidfd_inode(const struct level *l)
{
	struct stat st;

	return fstat(l->pidfd, &st) == 0 ? st.st_ino : 0;
}

static void level_describe(struct level *l)
{
	size_t size;
	FILE *out = open_memstream(&l->line, &size);

	fprintf(out, "LEVEL=%d", l->number);
	if (l->is & ORPHAN) {
		fputs(" PID=- NSPID=-", out);
	} else {
		fprintf(out, " PID=%d INODE=%ju", l->pid, pidfd_inode(l));
		if (l->is & THREAD)
			fprintf(out, " TID=%d", l->tid);
		print_nspid(out, l);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		print_link(out, l, links[i]);
	fclose(out);
}

static void level_kill(struct level *l)
{
	if (l->pidfd >= 0)
		pidfd_send_signal(l->pidfd, SIGKILL, NULL, 0);
}

/* From the last level on: an orphan is reaped by the level before, which may have to exit too. */
static void nest_settle(struct nest *nest)
{
	for (struct level *l = nest->levels + nest->n_levels - 1; l >= nest->levels; l--) {
		if (l->is & ZOMBIE)
			level_kill(l);
		if (l->is & (ZOMBIE | DEAD_LEADER))
			wait_until_dead(l, false);
		level_describe(l);
		if (!(l->is & ORPHAN))
			continue;
		level_kill(l);
		waitpid(l->pid, NULL, 0); /* level 1 is our own child */
		wait_until_dead(l, true);
		close(l->pidfd);
		l->pidfd = -1;
	}
}

/* False if a signal tells us to stop. */
static bool wait_for_input(const struct nest *nest, int fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = nest->signals, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		;
	return !fds[1].revents;
}

/*
 * Each level reports once and closes its end, so at the end of file all are as described; if that
 * comes early, one has failed.
 */
static bool nest_collect(struct nest *nest)
{
	struct report r;
	int n = 0;

	while (wait_for_input(nest, nest->report[0])) {
		if (read(nest->report[0], &r, sizeof(r)) != sizeof(r))
			return n == nest->n_levels;
		struct level *l = &nest->levels[r.number - 1];
		l->pid = r.pid;
		l->tid = r.tid;
		l->pidfd = pidfd_open(r.pid, 0);
		n++;
	}
	return false;
}

static bool nest_print(const struct nest *nest)
{
	for (int i = 0; i < nest->n_levels; i++)
		puts(nest->levels[i].line);
	puts("ready");
	return fflush(stdout) == 0 || complain(NULL, "cannot write") == 0;
}

static void nest_open(struct nest *nest)
{
	char self[32] = "";
	sigset_t stop;

	if (readlink("/proc/self", self, sizeof(self) - 1) < 0 || atoi(self) != getpid())
		refuse(NULL, "needs the /proc of its own pid namespace");
	/* The nest must not hold what the caller has open: bats waits for the end of its fd 3. */
	close_range(3, ~0U, 0);
	if (pipe2(nest->lifeline, O_CLOEXEC) || pipe2(nest->report, O_CLOEXEC))
		fail(NULL, "cannot make a pipe");
	signal(SIGCHLD, SIG_DFL);	  /* inherited as ignored, it would reap zombies */
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* wait() then sees those without parent, too */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	sigprocmask(SIG_BLOCK, &stop, &nest->caller_mask);
	level_start(&nest->levels[0]);
	close(nest->lifeline[0]);
	close(nest->report[1]);
	nest->signals = signalfd(-1, &stop, SFD_CLOEXEC);
}

static void nest_close(struct nest *nest)
{
	close(nest->lifeline[1]);
	for (int i = 0; i < nest->n_levels; i++)
		level_kill(&nest->levels[i]);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void wait_for_end(const struct nest *nest)
{
	char bytes[512];

	while (wait_for_input(nest, STDIN_FILENO) && read(STDIN_FILENO, bytes, sizeof(bytes)) > 0)
		;
}

int main(int argc, char **argv)
{
	struct nest nest = { 0 };
	bool ok;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return fputs(help, stdout) < 0 || fflush(stdout) ? 2 : 0;
	nest_parse(&nest, argc, argv);
	nest_open(&nest);
	ok = nest_collect(&nest);
	if (ok) {
		nest_settle(&nest);
		ok = nest_print(&nest);
	}
	if (ok)
		wait_for_end(&nest);
	nest_close(&nest);
	return ok ? 0 : 2;
}
