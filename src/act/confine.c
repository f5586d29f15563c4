/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "collect/procfs.h"
#include "util/alloc.h"
#include "util/child.h"
#include "util/proccred.h"
#include "util/procfile.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

/* More cannot be attached: MAX_INSNS_PER_PATH in the kernel's kernel/seccomp.c is 32,768
 * instructions, and each filter costs four more. */
#define FILTERS_MAX ((size_t)32768 / 5)

void confinement_clear(struct confinement *confinement)
{
	for (size_t i = 0; i < confinement->n_filters; i++)
		free(confinement->filters[i].filter);
	free(TAKE(confinement->filters));
	free(TAKE(confinement->profile));
	confinement->n_filters = 0;
}

/* The child's answer: the length of a filter, which follows, for each; then 0, or -errno. */
static int answer(int answers, const void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = write(answers, (const char *)bytes + done, n - done);
		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? r : 0;
	}
	return 0;
}

/* ENOENT behind the last one. */
static int send_filters(pid_t pid, int answers)
{
	struct sock_filter code[BPF_MAXINSNS];
	for (size_t i = 0; i < FILTERS_MAX; i++) {
		int n = ptrace((enum __ptrace_request)PTRACE_SECCOMP_GET_FILTER, pid, i, NULL);
		if (n < 0)
			return errno == ENOENT && i > 0 ? 0 : -errno;
		if (n > BPF_MAXINSNS ||
		    ptrace((enum __ptrace_request)PTRACE_SECCOMP_GET_FILTER, pid, i, code) != n)
			return -EIO;
		if (answer(answers, &n, sizeof(n)) < 0 ||
		    answer(answers, code, n * sizeof(*code)) < 0)
			return -EIO;
	}
	return -E2BIG;
}

/* Stops it for that: PTRACE_SEIZE sends no signal, so that nobody sees one. If we die meanwhile, it
 * goes on. */
static int trace(const struct target *target, int answers)
{
	pid_t pid = target->resolved.plain.pid;
	int status;
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return -errno;
	/* Until here the number could have become another's. */
	int r = resolved_is_alive(&target->resolved) ? 0 : -ESRCH;
	if (r == 0 && ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		r = -errno;
	if (r < 0)
		return r;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	r = send_filters(pid, answers);
	/* A signal that came first is handed on. */
	int signal = status >> 16 ? 0 : WSTOPSIG(status);
	ptrace(PTRACE_DETACH, pid, NULL, signal);
	return r;
}

static void run_tracer(const void *target, int answers)
{
	int r = trace(target, answers);
	(void)!answer(answers, &r, sizeof(r));
}

static int receive_filters(const struct child *child, struct confinement *confinement)
{
	size_t capacity = 0;
	for (;;) {
		int n;
		int r = child_read(child, &n, sizeof(n));
		if (r < 0 || n <= 0)
			return r < 0 ? r : n;
		_cleanup_(freep) struct sock_filter *code = xcalloc(n, sizeof(*code));
		r = child_read(child, code, n * sizeof(*code));
		if (r < 0)
			return r;
		size_t at = confinement->n_filters++;
		confinement->filters =
			xgrow(confinement->filters, at, &capacity, sizeof(*confinement->filters));
		confinement->filters[at] = (struct sock_fprog){ .len = n, .filter = TAKE(code) };
	}
}

/* A process that waits for a child of vfork(2), say, does not stop before that has run: so a child
 * of ours asks, which can be given up. What it traces goes on when it ends. */
static int copy_filters(const struct target *target, struct confinement *confinement)
{
	struct child_patience patience = { .left = 2000 };
	struct child child = CHILD_NONE;
	if (target->pidfd < 0)
		return -EXDEV; /* its number is none of our pid namespace */
	int r = child_start(&patience, run_tracer, target, &target->resolved.dir, 1, &child);
	if (r == 0)
		r = receive_filters(&child, confinement);
	child_end(&child);
	return r;
}

static char *read_profile(int dir, const char *name)
{
	char text[4096];
	ssize_t n = proc_read(dir, name, text, sizeof(text));
	if (n <= 0)
		return NULL;
	text[strcspn(text, "\n")] = 0;
	return xstrdup(text);
}

/* Where no module that has profiles runs, neither can be read. */
static char *find_profile(const struct target *target)
{
	struct error ignored;
	_cleanup_(closep) int proc = proc_open(&ignored);
	_cleanup_(freep) char *theirs = read_profile(target->resolved.dir, "attr/current");
	_cleanup_(freep) char *ours = read_profile(proc, "self/attr/current");
	return theirs && (!ours || strcmp(ours, theirs) != 0) ? TAKE(theirs) : NULL;
}

int confinement_read(const struct target *target, struct confinement *ret, struct error *err)
{
	_cleanup_(proc_cred_clear) struct proc_cred cred = { 0 };
	int r = proc_read_cred(target->resolved.dir, "status", &cred);
	if (r < 0)
		return target_refuse(target, -r, "read what it may do", err);
	ret->bounding = cred.bounding;
	ret->no_new_privs = cred.no_new_privs;
	ret->profile = find_profile(target);
	r = cred.filtered ? copy_filters(target, ret) : 0;
	if (r < 0)
		return error_errno(err, -r, "%s: cannot copy its seccomp filter%s", target->text,
				   r == -EPERM || r == -EACCES
					   ? " (takes CAP_SYS_ADMIN in the initial user namespace, "
					     "and no filter on us)"
				   : r == -ETIMEDOUT ? " (it does not stop for that)"
						     : "");
	if (ret->profile)
		return error_set(err, EOPNOTSUPP,
				 "%s: its security profile '%s' cannot be taken over", target->text,
				 ret->profile);
	return 0;
}

/* EINVAL behind the last one that this kernel knows. */
int confine_bounding(const struct confinement *confinement, struct error *err)
{
	for (int capability = 0; capability < 64; capability++) {
		int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
		if (held < 0)
			return 0;
		if (held == 0 || confinement->bounding & 1ull << capability)
			continue;
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return error_errno(err, errno, "cannot drop capability %d", capability);
	}
	return 0;
}

int confine_filters(const struct confinement *confinement, struct error *err)
{
	for (size_t i = 0; i < confinement->n_filters; i++)
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &confinement->filters[i]) < 0)
			return error_errno(err, errno, "cannot install its seccomp filter");
	return 0;
}
