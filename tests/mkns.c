/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mkns LEVEL...: make a described nest of namespaces, say what was made, wait on stdin, take it all down.
 * The live tests compare the tools with it, so it shares no code with them.
 *
 * How all goes when mkns goes, even by SIGKILL: each process reads from a pipe, the lifeline, whose only
 * writer is mkns, and exits at its end. PDEATHSIG alone would not do: it is judged as a kill(2) by the
 * dying parent, who may have become another user, and a credential change clears it. It is armed as well,
 * as it also gets those that are stopped.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct level {
	struct nest *nest;
	int number;                  /* from 1 */
	int kinds;                   /* CLONE_NEW*: all of them, */
	int at_birth, afterwards;    /* those that clone3() makes, and those that unshare() does */
	bool thread, dead_leader, zombie, orphan, for_children, nodump;
	char *name, *argv;           /* decoded; NULL: unchanged */
	long uid, n_threads;         /* uid -1: unchanged */
	pthread_barrier_t all;       /* every thread of the level */
	/* what mkns knows of it */
	pid_t pid, tid;
	int pidfd;
	char *line;
};

struct nest {
	struct level *levels;
	int n_levels;
	char *args, *args_end;       /* the bytes that /proc/PID/cmdline shows */
	int lifeline[2], report[2], signals;
	sigset_t caller_mask;
};

struct report {
	int number;
	pid_t pid, tid;
};

static const struct { const char *word; int flag; } kinds[] = {
	{ "mnt", CLONE_NEWNS }, { "net", CLONE_NEWNET }, { "pid", CLONE_NEWPID }, { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC }, { "user", CLONE_NEWUSER }, { "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME },
};

static const char *const links[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts",
};

static const char help[] =
"Usage: mkns LEVEL...\n"
"Makes a nest of namespaces, prints a line for each level and then `ready', waits for the end of stdin\n"
"(or SIGTERM) and takes all down. Exit: 0, or 2 with one line on stderr.\n"
"LEVEL is a comma-separated list of words. Its process is a child of the level's before, so it is in all\n"
"namespaces of the levels before as well; without a kind it is a plain process.\n"
"Kinds: mnt net pid uts ipc user cgroup time. The process is inside, also for pid and time.\n"
"  user maps 0 to the creator's euid and egid; if that is root: 65536 ids from 100000 on, or, where\n"
"  the parent has not got those (nested), all that the parent has from 0 on. The process becomes 0.\n"
"Modifiers:\n"
"  thread        the process stays where it is, a second thread unshares the kinds (not user; pid and\n"
"                time only with for-children). The level below is made by that thread\n"
"  for-children  pid and time are unshared without fork: pid_for_children, time_for_children. A level\n"
"                below is born into them\n"
"  dead-leader   the main thread has exited, another one lives\n"
"  zombie        the process has exited and is not reaped\n"
"  orphan        the process has exited and is reaped, the level below lives (not with pid)\n"
"  threads=N     N more threads\n"
"  name=BYTES    the name (comm), 15 bytes at most; \\xHH is decoded, a comma is \\x2c\n"
"  argv=BYTES    the command line: one argument\n"
"  nodump        PR_SET_DUMPABLE 0\n"
"  uid=N         uid and gid N and no groups, once the level below is made\n"
"Output: LEVEL=1 PID=12675 NSPID=12675/1 cgroup=4026531835 ipc=... ... uts=...\n"
"  TID= after PID= with `thread': then the links are that thread's. Links are read by mkns from /proc:\n"
"  - is ENOENT, ? is EACCES. A zombie's are read after its death, an orphan's before, and its PID is -.\n"
"When a level's process is killed, those below die too.\n";

static int complain(const struct level *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on stderr with errno's text, if there is an errno. Returns -1. */
static int complain(const struct level *l, const char *format, ...)
{
	int error = errno;
	char text[512], where[32] = "";
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (l)
		snprintf(where, sizeof(where), "level %d: ", l->number);
	fprintf(stderr, "mkns: %s%s%s%s\n", where, text, error ? ": " : "", error ? strerror(error) : "");
	return -1;
}

#define fail(...) do { complain(__VA_ARGS__); _exit(2); } while (0)
#define refuse(...) do { errno = 0; fail(__VA_ARGS__); } while (0)

/* Words → struct level */

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

static char *parse_bytes(const struct level *l, const char *text)
{
	char *bytes = strdup(text), *to = bytes;
	unsigned int byte;
	int n;

	for (; *text; to++) {
		n = 0;
		if (sscanf(text, "\\x%2x%n", &byte, &n) == 1 && n == 4) {
			if (!byte)
				refuse(l, "a name cannot hold \\x00");
			*to = (char)byte;
			text += n;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
	return bytes;
}

static bool parse_kind(struct level *l, const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(word, kinds[i].word) == 0) {
			l->kinds |= kinds[i].flag;
			return true;
		}
	}
	return false;
}

static bool parse_flag(struct level *l, const char *word)
{
	const struct { const char *word; bool *set; } flags[] = {
		{ "thread", &l->thread }, { "dead-leader", &l->dead_leader }, { "zombie", &l->zombie },
		{ "orphan", &l->orphan }, { "for-children", &l->for_children }, { "nodump", &l->nodump },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(word, flags[i].word) == 0)
			return *flags[i].set = true;
	}
	return false;
}

static bool parse_setting(struct level *l, const char *word)
{
	const char *value = strchr(word, '=');

	if (!value++)
		return false;
	if (strncmp(word, "name=", 5) == 0)
		l->name = parse_bytes(l, value);
	else if (strncmp(word, "argv=", 5) == 0)
		l->argv = parse_bytes(l, value);
	else if (strncmp(word, "uid=", 4) == 0)
		l->uid = parse_number(l, value, 4294967294);
	else if (strncmp(word, "threads=", 8) == 0)
		l->n_threads = parse_number(l, value, 1000);
	else
		return false;
	return true;
}

static void level_check(const struct level *l)
{
	bool last = l->number == l->nest->n_levels;
	bool dies = l->zombie || l->orphan;

	if (l->thread && !l->kinds)
		refuse(l, "thread needs a kind to unshare");
	if (l->thread && (l->kinds & CLONE_NEWUSER))
		refuse(l, "a thread cannot be alone in a user namespace");
	if (l->thread && (l->kinds & (CLONE_NEWPID | CLONE_NEWTIME)) && !l->for_children)
		refuse(l, "a thread cannot be alone in a pid or time namespace (for-children would do)");
	if (l->for_children && !(l->kinds & (CLONE_NEWPID | CLONE_NEWTIME)))
		refuse(l, "for-children needs pid or time");
	if (l->zombie && (l->orphan || l->thread || l->dead_leader))
		refuse(l, "zombie excludes orphan, thread and dead-leader");
	if (l->orphan && last)
		refuse(l, "orphan needs a level below");
	if (dies && !last && (l->at_birth & CLONE_NEWPID))
		refuse(l, "the kernel kills all levels below when the first process of a pid namespace dies");
	if (!last && (l->afterwards & CLONE_NEWPID) && (l[1].at_birth & CLONE_NEWPID))
		refuse(l, "the level below is born into the pid namespace for children and cannot have its own");
}

static void level_parse(struct level *l, const char *text)
{
	char *copy = strdup(text), *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		if (!parse_kind(l, word) && !parse_flag(l, word) && !parse_setting(l, word))
			refuse(l, "unknown word '%s' (see mkns --help)", word);
	}
	free(copy);
	if (l->thread)
		l->afterwards = l->kinds;
	else if (l->for_children)
		l->afterwards = l->kinds & (CLONE_NEWPID | CLONE_NEWTIME);
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
		nest->levels[i] = (struct level){ .nest = nest, .number = i + 1, .uid = -1, .pidfd = -1 };
		level_parse(&nest->levels[i], argv[i + 1]);
	}
	for (int i = 0; i < nest->n_levels; i++)
		level_check(&nest->levels[i]);
}

/* Ids */

/*
 * Raw calls, each for the calling thread alone: glibc's wrappers signal every thread that glibc knows,
 * and after clone3() behind its back it knows threads that are the parent's.
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
	int fd;
	ssize_t n = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		n = write(fd, text, strlen(text));
	if (n < 0)
		complain(l, "cannot write '%s' to its %s", text, name);
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* The kernel wants the range inside one extent of the parent's map, whose columns 1 and 3 tell its ids. */
static int write_map(const struct level *l, pid_t pid, const char *name, unsigned int creator)
{
	char path[32], text[64];
	unsigned long inside, count, first = creator, n = 1;
	FILE *ours;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	ours = fopen(path, "re");
	while (ours && geteuid() == 0 && fscanf(ours, "%lu %*u %lu", &inside, &count) == 2) {
		if (inside <= 100000 && inside + count >= 100000 + 65536) {
			first = 100000;
			n = 65536;
		} else if (inside == 0) {
			first = 0;
			n = count;
		}
	}
	if (ours)
		fclose(ours);
	snprintf(text, sizeof(text), "0 %lu %lu", first, n);
	return write_file(l, pid, name, text);
}

/* Maps can only be written from the parent user namespace, so by the creator; PID is /proc's. */
static int map_ids(const struct level *l, pid_t pid)
{
	/* An ordinary user may map his gid only where groups can no longer be dropped. */
	if (geteuid() != 0 && write_file(l, pid, "setgroups", "deny"))
		return -1;
	return write_map(l, pid, "uid_map", geteuid()) || write_map(l, pid, "gid_map", getegid()) ? -1 : 0;
}

/* In a level's process */

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
 * cmdline shows the bytes from arg_start to arg_end; where the last one is not NUL, the kernel takes the
 * area for a setproctitle(3) text and shows it up to its first NUL. The area holds the escaped text that
 * ours was decoded from, so ours fits.
 */
static void set_argv(const struct nest *nest, const char *text)
{
	memset(nest->args, 'x', nest->args_end - nest->args);
	strcpy(nest->args, text);
}

/* The part of every thread once all is made: what the level below must not inherit, or needs rights for. */
static void thread_finish(struct level *l)
{
	pthread_barrier_wait(&l->all);
	if (l->name && gettid() == getpid())
		prctl(PR_SET_NAME, l->name);
	if (l->uid >= 0)
		set_ids(l, l->uid);
	pthread_barrier_wait(&l->all);
}

static void level_finish(const struct level *l)
{
	if (l->argv)
		set_argv(l->nest, l->argv);
	/* The kernel clears it when the ids change. */
	prctl(PR_SET_DUMPABLE, !l->nodump);
	/* Not below a level that exits: there only the lifeline counts. */
	if (l->number == 1 || !(l[-1].orphan || l[-1].zombie))
		prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void level_hold(const struct level *l, pid_t below)
{
	struct report r = self_report(l);
	char byte;

	if (write(l->nest->report[1], &r, sizeof(r)) != sizeof(r))
		_exit(2);
	close(l->nest->report[1]);
	if (below && l[1].orphan)
		waitpid(below, NULL, 0);
	while (read(l->nest->lifeline[0], &byte, 1) != 0)
		;
	_exit(0);
}

/* Run by the thread that makes the level: the only one, or the second. */
static void *level_build(void *arg)
{
	struct level *l = arg;
	pid_t below = 0;

	if (l->afterwards && unshare(l->afterwards))
		fail(l, "cannot unshare");
	if (l->number < l->nest->n_levels)
		below = level_start(l + 1);
	thread_finish(l);
	level_finish(l);
	level_hold(l, below);
	return NULL;
}

static void *idle_thread(void *arg)
{
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
	bool second = l->thread || l->dead_leader;

	pthread_barrier_init(&l->all, NULL, 1 + second + l->n_threads);
	for (long i = 0; i < l->n_threads; i++)
		thread_start(l, idle_thread);
	if (!second)
		level_build(l);
	thread_start(l, level_build);
	thread_finish(l);
	if (l->dead_leader)
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
		prctl(PR_SET_DUMPABLE, 1);      /* else our /proc files, maps too, are root's */
	}
	level_run(l);
}

/* Called in the process (and thread) of the level above; returns the PID as that one sees it. */
static pid_t level_start(struct level *l)
{
	/* One call makes all, owned by the new user namespace, without a helper process left inside. */
	struct clone_args args = { .flags = (unsigned int)l->at_birth, .exit_signal = SIGCHLD };
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
	     (!(l->at_birth & CLONE_NEWUSER) || map_ids(l, seen) == 0) && write(pair[0], "", 1) == 1;
	close(pair[0]);
	if (!ok) {
		waitpid(pid, NULL, 0);
		_exit(2);
	}
	return pid;
}

/* In mkns itself */

static char process_state(pid_t pid)
{
	char path[32], text[512] = "", *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return '-';
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	end = strrchr(text, ')');
	return end ? end[2] : '-';
}

static void wait_for_state(pid_t pid, char state)
{
	while (process_state(pid) != state)
		usleep(1000);
}

static void print_link(FILE *out, const struct level *l, const char *name)
{
	char path[64], target[64] = "", value[16];
	pid_t tid = l->thread ? l->tid : l->pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/%s", l->pid, tid, name);
	if (!l->thread)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", l->pid, name);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		strcpy(value, errno == EACCES ? "?" : "-");
	else if (sscanf(target, "%*[^[][%15[0-9]]", value) != 1)
		strcpy(value, "-");
	fprintf(out, " %s=%s", name, value);
}

/* NSPID=12675/1: the NSpid line of status, from the outermost namespace to the process's own */
static void print_nspid(FILE *out, const struct level *l)
{
	char path[32], line[512];
	const char *separator = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", l->pid);
	f = fopen(path, "re");
	fputs(" NSPID=", out);
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "NSpid:", 6))
			continue;
		for (char *save, *n = strtok_r(line + 6, " \t\n", &save); n; n = strtok_r(NULL, " \t\n", &save)) {
			fprintf(out, "%s%s", separator, n);
			separator = "/";
		}
	}
	if (!*separator)
		fputc('-', out);
	if (f)
		fclose(f);
}

static void level_describe(struct level *l)
{
	size_t size;
	FILE *out = open_memstream(&l->line, &size);

	fprintf(out, "LEVEL=%d", l->number);
	if (l->orphan) {
		fputs(" PID=- NSPID=-", out);
	} else {
		fprintf(out, " PID=%d", l->pid);
		if (l->thread)
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

/* From below upwards, as an orphan is reaped by the level above it, which may be about to exit too. */
static void nest_settle(struct nest *nest)
{
	for (struct level *l = nest->levels + nest->n_levels - 1; l >= nest->levels; l--) {
		if (l->zombie)
			level_kill(l);
		if (l->zombie || l->dead_leader)
			wait_for_state(l->pid, 'Z');
		level_describe(l);
		if (!l->orphan)
			continue;
		level_kill(l);
		waitpid(l->pid, NULL, 0);       /* ours if it is level 1 */
		wait_for_state(l->pid, '-');
		close(l->pidfd);
		l->pidfd = -1;
	}
}

/* False if a signal tells us to stop. */
static bool wait_for_input(const struct nest *nest, int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = nest->signals, .events = POLLIN } };

	while (poll(fds, 2, -1) < 0)
		;
	return !fds[1].revents;
}

/* Every level reports and then closes its end: an early end of file says that one has failed. */
static bool nest_collect(struct nest *nest)
{
	struct report r;

	for (int i = 0; i < nest->n_levels; i++) {
		if (!wait_for_input(nest, nest->report[0]) || read(nest->report[0], &r, sizeof(r)) != sizeof(r))
			return false;
		struct level *l = &nest->levels[r.number - 1];
		l->pid = r.pid;
		l->tid = r.tid;
		l->pidfd = pidfd_open(r.pid, 0);
	}
	return true;
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
	/* What our caller has open must not stay open as long as the nest does (bats waits for its fd 3). */
	close_range(3, ~0U, 0);
	if (pipe2(nest->lifeline, O_CLOEXEC) || pipe2(nest->report, O_CLOEXEC))
		fail(NULL, "cannot make a pipe");
	signal(SIGCHLD, SIG_DFL);               /* ignored, it would reap zombies */
	prctl(PR_SET_CHILD_SUBREAPER, 1);       /* who loses its parent becomes our child, so wait() sees all */
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
