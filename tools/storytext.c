/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "storytext.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "util/alloc.h"

/* What a row says of one process; JSON has all. */
#define STEPS_MAX 8

char *story_ns_name(const struct story_ns *ns)
{
	return ns->ino ? xasprintf("%s:[%ju]", ns_kind_name(ns->kind), (uintmax_t)ns->ino)
		       : xasprintf("%s:[?]", ns_kind_name(ns->kind));
}

char *story_name(const struct story_process *process)
{
	return xasprintf("%s(%d)", process->comm ? process->comm : "?", process->pid);
}

bool story_is_init(const struct story_process *process)
{
	return process->n_pids > 1 && process->pids[process->n_pids - 1] == 1;
}

static void put_ns(FILE *out, const struct story_ns *ns)
{
	_cleanup_(freep) char *name = story_ns_name(ns);
	fputs(name, out);
}

static void put_init(FILE *out, const struct story_process *process)
{
	fputs("PID 1 of ", out);
	put_ns(out, &(struct story_ns){ .kind = NS_PID, .ino = process->pid_ns });
}

static const char *path_of(const struct story_step *step)
{
	return step->path ? step->path : "?";
}

static const char *call_of(const struct story_step *step)
{
	return step->type == EVENT_MOVED ? "a call that was not seen" : event_type_name(step->type);
}

static void put_container(FILE *out, const struct story_container *container)
{
	const struct story_step *program = container->program;
	if (story_is_init(container->first)) {
		put_init(out, container->first);
		fprintf(out, " is %d, ", container->first->pid);
	}
	if (!program)
		fputs("has run no program", out);
	else if (program->process == container->first)
		fprintf(out, "runs %s", path_of(program));
	else
		fprintf(out, "runs %s as %d", path_of(program), program->tid);
}

static void put_lineage(FILE *out, const struct story_process *process)
{
	const struct story_process **ancestors;
	size_t n = story_lineage(process, &ancestors);
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *name = story_name(ancestors[i]);
		fprintf(out, "%s%s", i ? " -> " : "from ", name);
	}
	free(ancestors);
}

static void put_call(FILE *out, const struct summary_row *row)
{
	fprintf(out, "%s: new", call_of(row->step));
	for (size_t i = 0; i < row->n_ns; i++) {
		fputc(' ', out);
		put_ns(out, row->ns[i]);
	}
}

static void put_summary(FILE *out, const void *of)
{
	const struct summary_row *row = of;
	if (row->step)
		put_call(out, row);
	else if (row->is_lineage)
		put_lineage(out, row->container->first);
	else if (row->container)
		put_container(out, row->container);
	else
		fputs("for no container", out);
}

static void put_end(FILE *out, int status)
{
	if (WIFSIGNALED(status))
		fprintf(out, "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	else
		fprintf(out, "exit %d", WEXITSTATUS(status));
}

static void put_step(FILE *out, const struct story_step *step)
{
	if (step->type == EVENT_EXEC)
		fprintf(out, "ran %s", path_of(step));
	else if (step->type == EVENT_EXIT)
		put_end(out, step->status);
	else
		fputs(step->was_made ? "new" : "joined", out);
	for (size_t i = 0; i < step->n_ns; i++) {
		fputc(' ', out);
		put_ns(out, &step->ns[i]);
	}
	if (step->n_ns)
		fprintf(out, " by %s", call_of(step));
}

/* A call that led nowhere else is nothing to tell. */
static bool is_told(const struct story_step *step)
{
	return step->n_ns || step->type == EVENT_EXEC || step->type == EVENT_EXIT;
}

static void put_member(FILE *out, const void *of)
{
	const struct story_process *process = of;
	const char *before = "";
	size_t n = 0;
	if (story_is_init(process)) {
		put_init(out, process);
		before = "; ";
	}
	for (const struct story_step *step = process->steps; step; step = step->next) {
		if (!is_told(step) || n++ >= STEPS_MAX)
			continue;
		fputs(before, out);
		put_step(out, step);
		before = "; ";
	}
	if (n > STEPS_MAX)
		fprintf(out, "; %zu more", n - STEPS_MAX);
}

static char *compose(void (*put)(FILE *out, const void *of), const void *of)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (!out)
		return xstrdup("?");
	put(out, of);
	fclose(out);
	return text;
}

char *story_summary_text(const struct summary_row *row)
{
	return compose(put_summary, row);
}

char *story_member_text(const struct story_process *process)
{
	return compose(put_member, process);
}
