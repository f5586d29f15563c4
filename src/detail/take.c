/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/take.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "detail/reader.h"
#include "util/alloc.h"
#include "util/procfile.h"

/* More than any process has: execve(2) takes 6 MiB at most (3/4 of _STK_LIM in fs/exec.c). */
#define CMDLINE_MAX ((size_t)8 * 1024 * 1024)

/* Whether DIR, the directory of a number, is still that of the process in the snapshot. */
static bool is_same(int dir, const struct process *process, int64_t tick_offset)
{
	char text[1024];
	struct proc_stat stat;
	ssize_t n = proc_read(dir, "stat", text, sizeof(text));
	return n >= 0 && proc_parse_stat(text, n, &stat) == 0 &&
	       (int64_t)stat.start - tick_offset == (int64_t)process->start;
}

static void read_cmdline(int dir, struct detail *detail)
{
	char *text = NULL;
	size_t n;
	if (proc_read_all(dir, "cmdline", CMDLINE_MAX, &text, &n) < 0)
		return;
	/* Each argument ends in a NUL; what setproctitle() leaves behind is more of them. */
	while (n && text[n - 1] == 0)
		n--;
	detail->has_cmdline = true;
	detail->cmdline = text;
	detail->n_cmdline = n;
}

struct taking {
	unsigned facts;
	int proc;
	int64_t tick_offset;
	struct views *views;
};

/* Returns whether the process is still there. */
static bool read_detail(const struct taking *taking, struct detail *detail)
{
	char name[16];
	snprintf(name, sizeof(name), "%d", detail->process->pid);
	_cleanup_(closep) int dir = proc_open_dir(taking->proc, name);
	if (dir < 0 || !is_same(dir, detail->process, taking->tick_offset))
		return false;
	if (taking->facts & DETAIL_CMDLINE)
		read_cmdline(dir, detail);
	if (taking->facts & DETAIL_NSUSERS)
		views_read(taking->views, dir, detail);
	return true;
}

static int compare_pointers(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a;
	const struct process *y = *(const struct process *const *)b;
	return (x > y) - (x < y);
}

/* The processes of the list whose start is known, each once. */
static struct detail *list_details(const struct process *const *processes, size_t n, size_t *ret_n)
{
	_cleanup_(freep) const struct process **sorted = xcalloc(n, sizeof(*sorted));
	if (n) {
		memcpy(sorted, processes, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_pointers);
	}
	struct detail *details = xcalloc(n, sizeof(*details));
	size_t n_details = 0;
	for (size_t i = 0; i < n; i++)
		if (sorted[i]->start != START_UNKNOWN && (i == 0 || sorted[i] != sorted[i - 1]))
			details[n_details++].process = sorted[i];
	*ret_n = n_details;
	return details;
}

static void read_details(const struct taking *taking, struct detail *details, size_t *n)
{
	size_t n_alive = 0;
	for (size_t i = 0; i < *n; i++)
		if (read_detail(taking, &details[i]))
			details[n_alive++] = details[i];
	*n = n_alive;
}

static void add_details(struct details_builder *builder, struct detail *details, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		details_builder_add(builder, &details[i]);
		free((char *)details[i].cmdline);
		free((char *)details[i].ps.tty);
	}
}

/* What is in the directories of processes. */
static int take_processes(struct details_builder *builder, const struct process *const *processes,
			  size_t n, unsigned facts, struct error *err)
{
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return error_errno(err, errno, "cannot open /proc");
	_cleanup_(views_freep) struct views *views =
		facts & DETAIL_NSUSERS ? views_new(builder, proc) : NULL;
	const struct taking taking = {
		.facts = facts,
		.proc = proc,
		.tick_offset = proc_own_tick_offset(proc),
		.views = views,
	};
	size_t n_details;
	_cleanup_(freep) struct detail *details = list_details(processes, n, &n_details);
	read_details(&taking, details, &n_details);
	int r = facts & DETAIL_PS ? psfacts_read(details, n_details, err) : 0;
	add_details(builder, details, n_details);
	return r;
}

static void take_users(struct details_builder *builder, const struct process *const *processes,
		       size_t n)
{
	_cleanup_(freep) uid_t *uids = xcalloc(n, sizeof(*uids));
	for (size_t i = 0; i < n; i++)
		uids[i] = processes[i]->uid;
	names_add_users(builder, uids, n);
}

int details_take_with_ids(const struct process *const *processes, size_t n, unsigned facts,
			  const struct detail_ids *ids, const struct details **ret,
			  struct error *err)
{
	_cleanup_(details_builder_freep) struct details_builder *builder = details_builder_new();
	if (facts & (DETAIL_USERS | DETAIL_NSUSERS))
		take_users(builder, processes, n);
	names_add_users(builder, ids->uids, ids->n_uids);
	names_add_groups(builder, ids->gids, ids->n_gids);
	if (facts & DETAIL_SUBIDS)
		subids_read(builder);
	if (facts & (DETAIL_CMDLINE | DETAIL_PS | DETAIL_NSUSERS)) {
		int r = take_processes(builder, processes, n, facts, err);
		if (r < 0)
			return r;
	}
	*ret = details_builder_finish(TAKE(builder));
	return 0;
}

int details_take(const struct process *const *processes, size_t n, unsigned facts,
		 const struct details **ret, struct error *err)
{
	const struct detail_ids none = { 0 };
	return details_take_with_ids(processes, n, facts, &none, ret, err);
}
