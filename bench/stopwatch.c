/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * stopwatch ROUNDS -- COMMAND [ARG...] [::: COMMAND [ARG...]]...
 *
 * Runs the commands in turn, ROUNDS times over, so that what disturbs the machine disturbs all of
 * them, with standard output to /dev/null. Then prints a line a command, in their order: median
 * ms, least ms, peak resident KiB, number of runs. A command whose first run took over 5 s gets
 * 3 rounds at most. One that fails ends it all: exit status 1.
 *
 * The time is from before posix_spawn() to after wait4(): what a user waits for.
 * The peak is never less than our own (some 1.5 MiB): the kernel counts what the process
 * occupied before execve(), and there it was us.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 1000, SLOW_MS = 5000, SLOW_ROUNDS = 3 };

struct contender {
	char **argv;
	size_t n_runs;
	double *ms;
	long peak_kib;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void check_status(const char *name, int status)
{
	if (WIFSIGNALED(status))
		errx(1, "%s was killed by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status))
		errx(1, "%s exited with %d", name, WEXITSTATUS(status));
}

static void run_once(struct contender *c, const posix_spawn_file_actions_t *silent)
{
	double start = now_ms();
	struct rusage usage;
	int status;
	pid_t pid;
	int r = posix_spawnp(&pid, c->argv[0], silent, NULL, c->argv, environ);

	if (r)
		errx(1, "cannot run %s: %s", c->argv[0], strerror(r));
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			err(1, "cannot wait for %s", c->argv[0]);
	c->ms[c->n_runs++] = now_ms() - start;
	check_status(c->argv[0], status);
	if (usage.ru_maxrss > c->peak_kib)
		c->peak_kib = usage.ru_maxrss;
}

static bool is_done(const struct contender *c)
{
	return c->n_runs >= SLOW_ROUNDS && c->ms[0] > SLOW_MS;
}

static int compare_ms(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_result(struct contender *c)
{
	size_t n = c->n_runs;

	qsort(c->ms, n, sizeof(c->ms[0]), compare_ms);
	printf("%.2f\t%.2f\t%ld\t%zu\n", (c->ms[(n - 1) / 2] + c->ms[n / 2]) / 2, c->ms[0],
	       c->peak_kib, n);
}

/* Cuts argv at each ":::". Returns how many commands there are; 0 where one of them is empty. */
static size_t split_commands(char **argv, struct contender *contenders, size_t n_rounds)
{
	size_t n = 0;

	do {
		struct contender *c = &contenders[n++];

		*c = (struct contender){ .argv = argv, .ms = calloc(n_rounds, sizeof(*c->ms)) };
		if (!c->ms)
			err(1, NULL);
		while (*argv && strcmp(*argv, ":::"))
			argv++;
		if (argv == c->argv)
			return 0;
	} while (*argv && (*argv++ = NULL, true));
	return n;
}

int main(int argc, char **argv)
{
	unsigned long n_rounds = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	struct contender *contenders = calloc((size_t)argc, sizeof(*contenders));
	posix_spawn_file_actions_t silent;
	size_t n = 0;

	if (!contenders)
		err(1, NULL);
	if (n_rounds && n_rounds <= ROUNDS_MAX && !strcmp(argv[2], "--"))
		n = split_commands(argv + 3, contenders, n_rounds);
	if (!n)
		errx(2, "usage: stopwatch ROUNDS -- COMMAND [ARG...] [::: COMMAND [ARG...]]...");
	if (posix_spawn_file_actions_init(&silent) ||
	    posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0))
		err(1, NULL);
	for (size_t round = 0; round < n_rounds; round++)
		for (size_t i = 0; i < n; i++)
			if (!is_done(&contenders[i]))
				run_once(&contenders[i], &silent);
	for (size_t i = 0; i < n; i++)
		print_result(&contenders[i]);
	return 0;
}
