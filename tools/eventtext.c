/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "eventtext.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "util/alloc.h"

static const char *or_unknown(const char *text)
{
	return text ? text : "?";
}

/* "pid,net" */
static void put_kinds(FILE *out, int flags)
{
	const char *comma = "";
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		if (!(flags & ns_kind_info(kind)->clone_flag))
			continue;
		fprintf(out, "%s%s", comma, ns_kind_name(kind));
		comma = ",";
	}
	if (!flags)
		fputs("any", out);
}

/* The command line as a shell would show it, less its first word where that is the program's name
 * anyway. */
static void put_exec(FILE *out, const struct event *event)
{
	const char *path = or_unknown(event->path), *slash = strrchr(path, '/');
	fprintf(out, "exec %s", path);
	for (size_t i = 0; i < event->n_args; i++)
		if (i || strcmp(event->args[0], slash ? slash + 1 : path) != 0)
			fprintf(out, " %s", event->args[i]);
}

/* Whether the namespace was made by this call, and not joined because of one before. */
static bool is_new(const struct event *event, enum ns_kind kind)
{
	const struct event_task *child = &event->child;
	if (kind == NS_PID)
		return child->n_pids && child->pids[child->n_pids - 1] == 1;
	return event->flags & ns_kind_info(kind)->clone_flag;
}

/* "; new mnt:[4026532471] net:[…]": those of the child that its parent is not in. */
static void put_apart(FILE *out, const struct event *event, bool new)
{
	const char *before = new ? "; new" : "; in";
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		ino_t ino = event->child.ns[kind];
		if (!ino || ino == event->before[kind] || is_new(event, kind) != new)
			continue;
		fprintf(out, "%s %s:[%ju]", before, ns_kind_name(kind), (uintmax_t)ino);
		before = "";
	}
}

/* ": 29866 is PID 2 of pid:[…]" */
static void put_child(FILE *out, const struct event_task *child)
{
	fprintf(out, ": %d", child->pid);
	if (child->n_pids > 1)
		fprintf(out, " is PID %d of pid:[%ju]", child->pids[child->n_pids - 1],
			(uintmax_t)child->ns[NS_PID]);
}

static void put_clone(FILE *out, const struct event *event)
{
	const struct event_task *child = &event->child;
	fputs("clone", out);
	if (event->flags) {
		fputc(' ', out);
		put_kinds(out, event->flags);
	}
	if (!child->pid)
		return;
	put_child(out, child);
	put_apart(out, event, true);
	put_apart(out, event, false);
}

/* "mnt:[4026531841] -> [4026532467]" */
static void put_moves(FILE *out, const struct event *event)
{
	const char *before = ": ";
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++) {
		ino_t from = event->before[kind], to = event->task.ns[kind];
		bool unknown = !from && !(event->flags & ns_kind_info(kind)->clone_flag);
		if (event->why || !to || from == to || unknown)
			continue;
		fprintf(out, "%s%s:[%ju] -> [%ju]", before, ns_kind_name(kind), (uintmax_t)from,
			(uintmax_t)to);
		before = ", ";
	}
	if (event->why == 0 && event->flags & ns_kind_info(NS_PID)->clone_flag)
		fprintf(out, "%spid for its children", before);
}

static void put_moved(FILE *out, const struct event *event, const char *call)
{
	fprintf(out, "%s ", call);
	put_kinds(out, event->flags);
	if (event->text && event->type == EVENT_SETNS)
		fprintf(out, " by %s", event->text);
	put_moves(out, event);
}

/* Its lines are put one behind the other. */
static void put_map(FILE *out, const struct event *event)
{
	fprintf(out, "write %s: ", or_unknown(event->path));
	for (const char *at = or_unknown(event->text); *at; at++)
		fputs(*at == '\n' ? ", " : (char[]){ *at, 0 }, out);
}

static void put_mount(FILE *out, const struct event *event)
{
	if (!event->path)
		fprintf(out, "open a new %s", or_unknown(event->text));
	else if (!event->text)
		fprintf(out, "move a mount to %s", event->path);
	else
		fprintf(out, "mount %s on %s", event->text, event->path);
}

static void put_exit(FILE *out, const struct event *event)
{
	const struct event_task *task = &event->task;
	if (task->n_pids > 1 && task->pids[task->n_pids - 1] == 1)
		fprintf(out, "PID 1 of pid:[%ju] ", (uintmax_t)task->ns[NS_PID]);
	const char *signal =
		WIFSIGNALED(event->status) ? sigabbrev_np(WTERMSIG(event->status)) : NULL;
	if (signal)
		fprintf(out, "killed by SIG%s", signal);
	else if (WIFSIGNALED(event->status)) /* those for real time have no names */
		fprintf(out, "killed by signal %d", WTERMSIG(event->status));
	else
		fprintf(out, "exit %d", WEXITSTATUS(event->status));
}

static void put(FILE *out, const struct event *event)
{
	switch (event->type) {
	case EVENT_EXEC:
		put_exec(out, event);
		break;
	case EVENT_CLONE:
		put_clone(out, event);
		break;
	case EVENT_FORK:
		fputs("fork", out);
		put_child(out, &event->child);
		break;
	case EVENT_UNSHARE:
		put_moved(out, event, "unshare");
		break;
	case EVENT_SETNS:
		put_moved(out, event, "setns");
		break;
	case EVENT_MOVED:
		fputs("is elsewhere, by a call that was not seen", out);
		put_moves(out, event);
		break;
	case EVENT_MAP:
		put_map(out, event);
		break;
	case EVENT_ROOT:
		fprintf(out, "%s %s", or_unknown(event->text), or_unknown(event->path));
		break;
	case EVENT_HOSTNAME:
		fprintf(out, "sethostname %s", or_unknown(event->text));
		break;
	case EVENT_MOUNT:
		put_mount(out, event);
		break;
	case EVENT_RIGHTS:
		fprintf(out, "%s", or_unknown(event->text));
		break;
	case EVENT_NAME:
		fprintf(out, "is called %s", or_unknown(event->text));
		break;
	case EVENT_EXIT:
		put_exit(out, event);
		break;
	case EVENT_TYPE_COUNT:
		break;
	}
	if (event->why)
		fprintf(out, ": %s", strerror(event->why));
}

char *event_text(const struct event *event)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	if (!out)
		return xstrdup("?");
	put(out, event);
	fclose(out);
	return text;
}
