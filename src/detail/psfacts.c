/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/psfacts.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <string.h>
#include <time.h>

#include "model/snapshot.h"
#include "util/alloc.h"
#include "util/procfile.h"

/*
 * libproc2 opens by number and answers 0 for what it could not read, so its word counts only where
 * the start that it saw is that of the process in the snapshot.
 */

enum {
	AT_PID,
	AT_BEGAN,
	AT_STATE,
	AT_NICE,
	AT_LOCKED,
	AT_SESSION,
	AT_THREADS,
	AT_GROUP,
	AT_TTY_GROUP,
	AT_TTY,
	AT_RSS,
	AT_COUNT,
};

/* clang-format off */
static const enum pids_item items[AT_COUNT] = {
	[AT_PID] = PIDS_ID_PID,
	[AT_BEGAN] = PIDS_TICS_BEGAN,
	[AT_STATE] = PIDS_STATE,
	[AT_NICE] = PIDS_NICE,
	[AT_LOCKED] = PIDS_VM_RSS_LOCKED,
	[AT_SESSION] = PIDS_ID_SESSION,
	[AT_THREADS] = PIDS_NLWP,
	[AT_GROUP] = PIDS_ID_PGRP,
	[AT_TTY_GROUP] = PIDS_ID_TPGID,
	[AT_TTY] = PIDS_TTY_NAME,
	[AT_RSS] = PIDS_VM_RSS,
};
/* clang-format on */

/* The library takes no more numbers at once (FILL_ID_MAX in its pids.c). */
#define BATCH ((size_t)255)

struct clock {
	int64_t boot;	     /* when the system started, seconds since 1970 */
	int64_t tick_offset; /* of our own time namespace */
	int64_t tick_rate;
};

static struct clock read_clock(void)
{
	struct clock result = { .tick_rate = sysconf(_SC_CLK_TCK) };
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result.tick_offset = proc >= 0 ? proc_own_tick_offset(proc) : 0;

	struct timespec now, up;
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up); /* as shifted as the starts that we read */
	result.boot = now.tv_sec - up.tv_sec - (now.tv_nsec < up.tv_nsec) +
		      result.tick_offset / result.tick_rate;
	return result;
}

/* The letters of ps's STAT column, see "PROCESS STATE CODES" in ps(1). */
static void format_stat(const struct pids_result *at, char stat[8])
{
	*stat++ = at[AT_STATE].result.s_ch;
	if (at[AT_NICE].result.s_int < 0)
		*stat++ = '<';
	if (at[AT_NICE].result.s_int > 0)
		*stat++ = 'N';
	if (at[AT_LOCKED].result.ul_int)
		*stat++ = 'L';
	if (at[AT_SESSION].result.s_int == at[AT_PID].result.s_int)
		*stat++ = 's';
	if (at[AT_THREADS].result.s_int > 1)
		*stat++ = 'l';
	if (at[AT_TTY_GROUP].result.s_int == at[AT_GROUP].result.s_int)
		*stat++ = '+';
	*stat = 0;
}

static void take_facts(const struct pids_result *at, const struct clock *clock,
		       struct detail *detail)
{
	struct psfacts *ps = &detail->ps;
	const char *tty = at[AT_TTY].result.str;
	ps->known = true;
	format_stat(at, ps->stat);
	ps->started = clock->boot + (int64_t)detail->process->start / clock->tick_rate;
	ps->tty = tty && strcmp(tty, "?") != 0 ? xstrdup(tty) : NULL;
	ps->rss = at[AT_RSS].result.ul_int;
}

static int compare_by_pid(const void *a, const void *b)
{
	const struct detail *x = *(struct detail *const *)a, *y = *(struct detail *const *)b;
	return (x->process->pid > y->process->pid) - (x->process->pid < y->process->pid);
}

static struct detail *find(struct detail **by_pid, size_t n, pid_t pid)
{
	const struct process key = { .pid = pid };
	struct detail detail = { .process = &key }, *detail_pointer = &detail;
	struct detail **found =
		bsearch(&detail_pointer, by_pid, n, sizeof(*by_pid), compare_by_pid);
	return found ? *found : NULL;
}

static int read_batch(struct pids_info *info, const struct clock *clock, struct detail **by_pid,
		      size_t n)
{
	unsigned pids[BATCH];
	for (size_t i = 0; i < n; i++)
		pids[i] = by_pid[i]->process->pid;
	struct pids_fetch *fetched = procps_pids_select(info, pids, n, PIDS_SELECT_PID);
	if (!fetched)
		return -errno;
	for (int i = 0; i < fetched->counts->total; i++) {
		const struct pids_result *at = fetched->stacks[i]->head;
		struct detail *detail = find(by_pid, n, at[AT_PID].result.s_int);
		if (detail && (int64_t)at[AT_BEGAN].result.ull_int - clock->tick_offset ==
				      (int64_t)detail->process->start)
			take_facts(at, clock, detail);
	}
	return 0;
}

int psfacts_read(struct detail *details, size_t n, struct error *err)
{
	struct pids_info *info = NULL;
	enum pids_item wanted[AT_COUNT];
	memcpy(wanted, items, sizeof(items));
	int r = procps_pids_new(&info, wanted, AT_COUNT);
	if (r < 0)
		return error_errno(err, -r, "libproc2 does not work here");
	const struct clock clock = read_clock();
	_cleanup_(freep) struct detail **by_pid = xcalloc(n, sizeof(struct detail *));
	for (size_t i = 0; i < n; i++)
		by_pid[i] = &details[i];
	if (n)
		qsort(by_pid, n, sizeof(struct detail *), compare_by_pid);
	for (size_t done = 0; done < n && r >= 0; done += BATCH)
		r = read_batch(info, &clock, by_pid + done, n - done < BATCH ? n - done : BATCH);
	procps_pids_unref(&info);
	return r < 0 ? error_errno(err, -r, "libproc2 cannot read processes") : 0;
}
