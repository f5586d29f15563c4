/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/run.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "act/join.h"
#include "act/ward.h"

struct run {
	struct plan *plan;
	run_say *say;
	bool bound; /* we end with who waits for us */
	int parent; /* a pidfd of his; -1 before Linux 5.3 */
};

static int fail(const struct run *run, const struct error *err)
{
	run->say(err);
	return RUN_FAILED;
}

static void say_warnings(const struct run *run, size_t from)
{
	for (size_t i = from; i < run->plan->n_warnings; i++)
		run->say(&run->plan->warnings[i]);
}

/* Each change of user or user namespace makes the kernel forget this (commit_creds()). The parent
 * can have died before. */
static int end_with_parent(const struct run *run, struct error *err)
{
	struct pollfd fd = { .fd = run->parent, .events = POLLIN };
	if (!run->bound)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_errno(err, errno,
				   "cannot end with our parent; --no-kill-child lets "
				   "the command go on");
	if (poll(&fd, 1, 0) == 0) /* also where there is no pidfd */
		return 0;
	return error_set(err, ESRCH, "nsjoin has ended");
}

/* Becomes the command. */
static int become(const struct run *run)
{
	struct error err = { 0 };
	size_t n = run->plan->n_warnings;
	int r = join_become(run->plan, &err);
	say_warnings(run, n);
	if (r == 0)
		r = end_with_parent(run, &err);
	if (r < 0)
		return fail(run, &err);
	int status = join_exec(run->plan, &err);
	run->say(&err);
	return status;
}

/* A pid namespace has had its PID 1, and that has ended: nobody can be born there. */
static int explain_fork(const struct plan *plan, int why, struct error *err)
{
	bool dead = why == ENOMEM && plan_joins(plan, NS_PID);
	return error_errno(err, why, "cannot fork%s",
			   dead ? ": the pid namespace is dead, as its PID 1 has ended" : "");
}

/*
 * Forks CHILD and waits for it, APART or not. A child that was forked sees our memory as it was, so
 * that what it frees is its own.
 */
static int attend(const struct run *run, int (*child)(const struct run *, struct terminal *),
		  struct terminal *terminal, struct terminal *served, bool apart)
{
	struct error err = { 0 };
	struct ward ward;
	struct run inside = *run;
	int r = ward_begin(&ward);
	if (r < 0)
		return fail(run, (error_errno(&err, -r, "cannot wait for signals"), &err));
	ward.apart = apart;
	inside.bound = !run->plan->wish->outlive;
	inside.parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	ward.pid = fork();
	if (ward.pid < 0)
		return fail(run, (explain_fork(run->plan, errno, &err), &err));
	if (ward.pid == 0) {
		if (apart && !served)
			terminal_take_foreground(terminal);
		ward_release(&ward);
		_exit(child(&inside, terminal));
	}
	closep(&inside.parent);
	return ward_attend(&ward, served);
}

static int become_child(const struct run *run, struct terminal *terminal _unused_)
{
	return become(run);
}

static int enter(const struct run *run)
{
	struct error err = { 0 };
	size_t n = run->plan->n_warnings;
	int r = join_enter(run->plan, &err);
	say_warnings(run, n);
	return r < 0 ? fail(run, &err) : 0;
}

/* The command may open /dev/stderr and its like. What the kernel refuses it goes without. */
static void give_terminal(const struct plan *plan, const struct terminal *terminal)
{
	const struct wish *wish = plan->wish;
	uid_t uid;
	if (wish->files[NS_USER] || wish->user_parent ||
	    ids_outside(&plan->ids, &plan->target, plan_joins(plan, NS_USER), &uid) < 0)
		return;
	(void)!fchown(terminal->slave, uid, -1);
}

/* The leader of the private terminal's session. It stays outside of the pid namespace, so that the
 * command has a parent in its session, without which it could not be stopped by a key. */
static int lead(const struct run *run, struct terminal *terminal)
{
	struct error err = { 0 };
	if (terminal_enter(terminal, &err) < 0)
		return fail(run, &err);
	give_terminal(run->plan, terminal);
	int status = enter(run);
	if (status == 0 && end_with_parent(run, &err) < 0)
		status = fail(run, &err);
	if (status != 0)
		return status;
	if (run->plan->wish->no_fork)
		return become(run);
	return attend(run, become_child, terminal, NULL, true);
}

int run_plan(struct plan *plan, run_say *say)
{
	struct run run = { .plan = plan, .say = say, .parent = -1 };
	struct error err = { 0 };
	int wanted = plan->wish->terminal;
	say_warnings(&run, 0);
	if (wanted < 0 ? terminal_is_there() : wanted) {
		_cleanup_(terminal_close) struct terminal terminal;
		int r = terminal_open(&terminal, wanted > 0, &err);
		return r < 0 ? fail(&run, &err) : attend(&run, lead, &terminal, &terminal, true);
	}
	int status = enter(&run);
	if (status != 0)
		return status;
	return plan->fork ? attend(&run, become_child, NULL, NULL, false) : become(&run);
}
