/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * population PROCESSES SETS [THREADS [FDS]] -- COMMAND [ARG...]
 * population PROCESSES chain -- COMMAND [ARG...]
 *
 * Makes PROCESSES sleeping processes of THREADS threads each, spread evenly over SETS sets of
 * namespaces, runs COMMAND among them, takes all of them down again and hands on COMMAND's exit
 * status (128 + N where signal N ended it; 125: we failed; 126, 127: COMMAND could not run).
 *
 * A set is what a container has: a mnt, uts, ipc, net, pid and cgroup namespace; user and time
 * stay the caller's. Its first process is the init of its pid namespace, the others are that
 * one's children. Set 0 counts: it is the outer set, whose pid namespace holds the other ones,
 * whose /proc shows all of them, and in which COMMAND runs. So COMMAND sees exactly SETS
 * namespaces of each of the six kinds, one user and one time namespace, and PROCESSES processes
 * besides its own. A chain is one set, in which each process is the child of the one before it. All
 * hold FDS descriptors, 3 unless told, on /dev/null and every second one from the fourth on a
 * socket; PID 1 alone keeps ours.
 *
 * Limits that are too low (kernel.pid_max, kernel.threads-max, user.max_*_namespaces) are raised
 * and put back at the end, after SIGINT and SIGTERM too. SIGKILL also takes everything down, but
 * nobody is left then to put the limits back. Run one population at a time: a second one's limits
 * would be put back by the first.
 *
 * A process costs some 110 KiB of kernel memory, a set 250 KiB more. 10,000 in 1,000 are made in
 * a second and gone in half of one, but for their net namespaces: the kernel dismantles those in
 * the background, 1,000 within half a second, 20,000 within some ten, and keeps the memory of the
 * last of them until the next one is dismantled.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TASKS_MAX = 100000,
	SETS_MAX = 20000,
	FDS_MAX = 1000,
	SPARE = 16384, /* for all else that lives on this machine meanwhile */
	PATIENCE_MS = 60000,
	STACK_SIZE = 4096,
	LINK_STACK_SIZE = 16384,
	EXIT_OURS = 125,
};

static const uint64_t one_set = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
				CLONE_NEWPID | CLONE_NEWCGROUP;

struct population {
	unsigned long n_processes, n_sets, n_threads, n_fds;
	bool chain;
	char **command;
	sigset_t caller_mask;
};

/* Since Linux 6.14 pid_max is a pid namespace's own: this is the caller's, and a new one starts
 * with the highest there is. */
static const char *const limits[] = {
	"/proc/sys/kernel/pid_max",
	"/proc/sys/kernel/threads-max",
	"/proc/sys/user/max_cgroup_namespaces",
	"/proc/sys/user/max_ipc_namespaces",
	"/proc/sys/user/max_mnt_namespaces",
	"/proc/sys/user/max_net_namespaces",
	"/proc/sys/user/max_pid_namespaces",
	"/proc/sys/user/max_uts_namespaces",
};

enum { LIMIT_COUNT = sizeof(limits) / sizeof(limits[0]) };

static pid_t spawn(uint64_t namespaces)
{
	struct clone_args args = { .flags = namespaces, .exit_signal = SIGCHLD };

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static _Noreturn int sleep_on(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

/* Threads without a thread library: they share everything, and never run more than pause(2). */
static int start_threads(unsigned long n)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM;
	char *stacks;

	if (!n)
		return 0;
	stacks = mmap(NULL, n * STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (stacks == MAP_FAILED)
		return errno;
	for (unsigned long i = 1; i <= n; i++)
		if (clone(sleep_on, stacks + i * STACK_SIZE, flags, NULL) < 0)
			return errno;
	return 0;
}

/* A byte a process goes to PID 1: 0, or the errno of what went wrong. */
static void report(int ready, int outcome)
{
	const unsigned char byte = (unsigned char)outcome;

	if (write(ready, &byte, 1) != 1)
		_exit(EXIT_OURS);
}

/* The first three are there. Where there are no more to be had, they are fewer. */
static void open_fds(unsigned long n)
{
	for (unsigned long fd = STDERR_FILENO + 1; fd < n; fd++)
		if ((fd % 2 ? socket(AF_UNIX, SOCK_STREAM, 0) : dup(0)) < 0)
			return;
}

static _Noreturn void live(const struct population *p, int ready)
{
	int outcome = start_threads(p->n_threads - 1);
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			outcome = errno;
	report(ready, outcome);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	open_fds(p->n_fds);
	sleep_on(NULL);
}

static int add_members(const struct population *p, unsigned long n, int ready)
{
	while (n--) {
		pid_t pid = spawn(0);

		if (pid < 0)
			return errno;
		if (!pid)
			live(p, ready);
	}
	return 0;
}

struct chain {
	const struct population *p;
	unsigned long left;
	int ready;
	char *stack; /* the end of the next one's */
};

static int add_link(struct chain *chain);

/* Nobody touches the chain who has made the next link, so that all can share it. */
static int live_as_link(void *arg)
{
	struct chain *chain = arg;
	const struct population *p = chain->p;
	int ready = chain->ready, r = add_link(chain);

	if (r)
		report(ready, r);
	live(p, ready);
}

static int add_link(struct chain *chain)
{
	if (!chain->left)
		return 0;
	chain->left--;
	chain->stack += LINK_STACK_SIZE;
	return clone(live_as_link, chain->stack, CLONE_VM | SIGCHLD, chain) < 0 ? errno : 0;
}

/*
 * They share their memory: a copy of a copy keeps a record (struct anon_vma_chain) for each of
 * those that it comes from, so that ten thousand in a row would take the kernel many minutes and
 * gigabytes.
 */
static int add_chain(const struct population *p, unsigned long n, int ready)
{
	struct chain *chain = malloc(sizeof(*chain));
	char *stacks = mmap(NULL, n * LINK_STACK_SIZE + 1, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (!chain || stacks == MAP_FAILED)
		return ENOMEM;
	*chain = (struct chain){ .p = p, .left = n, .ready = ready, .stack = stacks };
	return add_link(chain);
}

static _Noreturn void live_as_init(const struct population *p, unsigned long size, int ready)
{
	int r = add_members(p, size - 1, ready);

	if (r)
		report(ready, r);
	live(p, ready);
}

static unsigned long set_size(const struct population *p, unsigned long set)
{
	return p->n_processes / p->n_sets + (set < p->n_processes % p->n_sets);
}

static int add_sets(const struct population *p, int ready)
{
	for (unsigned long set = 1; set < p->n_sets; set++) {
		pid_t pid = spawn(one_set);

		if (pid < 0)
			return errno;
		if (!pid)
			live_as_init(p, set_size(p, set), ready);
	}
	return add_members(p, set_size(p, 0) - 1, ready);
}

/* One that the kernel killed for want of memory never reports: hence the patience. */
static int await_all(unsigned long n, int ready)
{
	struct pollfd fd = { .fd = ready, .events = POLLIN };
	unsigned char outcomes[4096];

	while (n) {
		ssize_t got;

		if (poll(&fd, 1, PATIENCE_MS) <= 0)
			return ETIMEDOUT;
		got = read(ready, outcomes, sizeof(outcomes));
		if (got < 0)
			return errno;
		for (ssize_t i = 0; i < got; i++, n--)
			if (outcomes[i])
				return outcomes[i];
	}
	return 0;
}

static int populate(const struct population *p)
{
	int ready[2], r;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return errno;
	r = start_threads(p->n_threads - 1);
	if (!r)
		r = p->chain ? add_chain(p, p->n_processes - 1, ready[1])
			     : add_sets(p, ready[1]);
	if (!r)
		r = await_all(p->n_processes - 1, ready[0]);
	close(ready[0]);
	close(ready[1]);
	return r;
}

static int run(const struct population *p)
{
	pid_t pid = spawn(0), got;
	int status;

	if (pid < 0) {
		warn("cannot run %s", p->command[0]);
		return EXIT_OURS;
	}
	if (!pid) {
		sigprocmask(SIG_SETMASK, &p->caller_mask, NULL);
		execvp(p->command[0], p->command);
		warn("cannot run %s", p->command[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	do {
		got = wait(&status);
	} while (got != pid && (got > 0 || errno == EINTR));
	if (got < 0)
		return EXIT_OURS;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Our parent lives in another pid namespace, so getppid() is 0 and tells nothing; but it closes
 * its end of the pipe before the kernel looks for children to signal. */
static bool is_orphan(int lifeline)
{
	struct pollfd fd = { .fd = lifeline };

	return poll(&fd, 1, 0) != 0;
}

/* PID 1 of the outer set: when it ends, for whatever reason, the kernel kills all the others and
 * lets nobody see it gone before they are. */
static int live_as_outer_init(const struct population *p, int lifeline)
{
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || is_orphan(lifeline))
		return EXIT_OURS;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) {
		warn("cannot mount /proc");
		return EXIT_OURS;
	}
	r = populate(p);
	if (r) {
		warnx("cannot make the population: %s%s", strerror(r),
		      r == EAGAIN ? " (pids.max of the cgroup, or an outer pid_max?)" : "");
		return EXIT_OURS;
	}
	return run(p);
}

/* Returns the exit status to hand on, or less than 0: the signal that ended it all, negated. */
static int supervise(pid_t init, const sigset_t *signals)
{
	for (;;) {
		int signal = sigwaitinfo(signals, NULL), status;

		if (signal < 0)
			continue;
		if (signal != SIGCHLD)
			kill(init, SIGKILL);
		if (waitpid(init, &status, signal == SIGCHLD ? WNOHANG : 0) != init)
			continue;
		if (signal != SIGCHLD)
			return -signal;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		warnx("the population's init was killed by signal %d", WTERMSIG(status));
		return EXIT_OURS;
	}
}

static int start(const struct population *p, const sigset_t *signals)
{
	int lifeline[2];
	pid_t init;

	if (pipe2(lifeline, O_CLOEXEC) < 0 || (init = spawn(one_set)) < 0) {
		warn("cannot make the outer set");
		return EXIT_OURS;
	}
	if (!init) {
		close(lifeline[1]);
		_exit(live_as_outer_init(p, lifeline[0]));
	}
	return supervise(init, signals);
}

static unsigned long read_limit(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long n = 0;

	if (file && fscanf(file, "%lu", &n) != 1)
		n = 0;
	if (file)
		fclose(file);
	return n;
}

static bool write_limit(const char *path, unsigned long n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && dprintf(fd, "%lu\n", n) > 0;

	if (!ok)
		warn("cannot set %s to %lu", path, n);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Leaves 0 in ret_before for a limit that was high enough, or that this kernel does not have. */
static bool raise_limits(const struct population *p, unsigned long *ret_before)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		unsigned long before = read_limit(limits[i]), needed = SPARE;

		needed += strstr(limits[i], "/user/") ? p->n_sets : p->n_processes * p->n_threads;
		if (!before || before >= needed)
			continue;
		if (!write_limit(limits[i], needed))
			return false;
		ret_before[i] = before;
	}
	return true;
}

static int start_with_limits(const struct population *p, const sigset_t *signals)
{
	unsigned long before[LIMIT_COUNT] = { 0 };
	int r = raise_limits(p, before) ? start(p, signals) : EXIT_OURS;

	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (before[i])
			write_limit(limits[i], before[i]);
	return r;
}

/* They stay blocked from here on, in the population too, and are waited for, so that none comes
 * between two steps. COMMAND alone gets the caller's mask back. */
static void block_signals(sigset_t *ret_signals, sigset_t *ret_before)
{
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGCHLD);
	sigaddset(ret_signals, SIGHUP);
	sigaddset(ret_signals, SIGINT);
	sigaddset(ret_signals, SIGQUIT);
	sigaddset(ret_signals, SIGTERM);
	sigprocmask(SIG_BLOCK, ret_signals, ret_before);
}

static unsigned long parse_count(const char *what, const char *text, unsigned long max)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n || n > max)
		errx(EXIT_OURS, "%s must be a number from 1 to %lu, not '%s'", what, max, text);
	return n;
}

static void parse(struct population *p, int argc, char **argv)
{
	int n = 1;

	while (n < argc && strcmp(argv[n], "--"))
		n++;
	if (n < 3 || n > 5 || n + 1 >= argc)
		errx(EXIT_OURS, "usage: population PROCESSES SETS|chain [THREADS [FDS]] -- "
				"COMMAND [ARG...]");
	p->n_processes = parse_count("PROCESSES", argv[1], TASKS_MAX);
	p->chain = strcmp(argv[2], "chain") == 0;
	p->n_sets = p->chain ? 1 : parse_count("SETS", argv[2], SETS_MAX);
	p->n_threads = n >= 4 ? parse_count("THREADS", argv[3], TASKS_MAX / p->n_processes) : 1;
	p->n_fds = n == 5 ? parse_count("FDS", argv[4], FDS_MAX) : 3;
	p->command = argv + n + 1;
	if (p->n_sets > p->n_processes)
		errx(EXIT_OURS, "each of the %lu SETS needs a process", p->n_sets);
}

int main(int argc, char **argv)
{
	struct population p;
	sigset_t signals;
	int r;

	parse(&p, argc, argv);
	if (geteuid() != 0)
		errx(EXIT_OURS, "only root can make namespaces of all kinds");
	block_signals(&signals, &p.caller_mask);
	r = start_with_limits(&p, &signals);
	if (r >= 0)
		return r;
	signal(-r, SIG_DFL);
	sigprocmask(SIG_SETMASK, &p.caller_mask, NULL);
	raise(-r);
	return 128 - r;
}
