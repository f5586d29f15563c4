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

/* Returns whether the process is still there. */
static bool read_detail(int proc, int64_t tick_offset, unsigned facts, struct detail *detail)
{
	char name[16];
	snprintf(name, sizeof(name), "%d", detail->process->pid);
	_cleanup_(closep) int dir = proc_open_dir(proc, name);
	if (dir < 0 || !is_same(dir, detail->process, tick_offset))
		return false;
	if (facts & DETAIL_CMDLINE)
		read_cmdline(dir, detail);
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

static void read_details(int proc, unsigned facts, struct detail *details, size_t *n)
{
	int64_t tick_offset = proc_own_tick_offset(proc);
	size_t n_alive = 0;
	for (size_t i = 0; i < *n; i++)
		if (read_detail(proc, tick_offset, facts, &details[i]))
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

int details_take(const struct process *const *processes, size_t n, unsigned facts,
		 const struct details **ret, struct error *err)
{
	_cleanup_(details_builder_freep) struct details_builder *builder = details_builder_new();
	if (facts & DETAIL_USERS)
		names_read(builder, processes, n);
	if (facts & (DETAIL_CMDLINE | DETAIL_PS)) {
		_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (proc < 0)
			return error_errno(err, errno, "cannot open /proc");
		size_t n_details;
		_cleanup_(freep) struct detail *details = list_details(processes, n, &n_details);
		read_details(proc, facts, details, &n_details);
		int r = facts & DETAIL_PS ? psfacts_read(details, n_details, err) : 0;
		add_details(builder, details, n_details);
		if (r < 0)
			return r;
	}
	*ret = details_builder_finish(TAKE(builder));
	return 0;
}
