/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "collect/proc-walk.h"
#include "util/folder.h"
#include "util/parse.h"
#include "util/procfile.h"

/* clang-format off */
/* The ten links of a process. "user" comes last: it still works for a zombie, so if it does, the
 * process was there while all the others were read. */
static const struct link {
	enum ns_kind kind;
	bool for_children;
} links[PROC_LINKS] = {
	{ NS_CGROUP, false }, { NS_IPC, false },  { NS_MNT, false },  { NS_NET, false },
	{ NS_UTS, false },    { NS_PID, true },   { NS_TIME, false }, { NS_TIME, true },
	{ NS_PID, false },    { NS_USER, false },
};
/* clang-format on */

/* pid and user are common to all threads of a process, so theirs need not be read; time is too,
 * but a leader that has exited no longer shows it. */
#define N_THREAD_LINKS 8

/* A process or a thread on its way into the builder. */
struct visit {
	struct proc_walk *walk;
	int dir;
	struct process process;
};

void proc_note_failure(struct proc_walk *walk, int number)
{
	if (error_is_shortage(number))
		walk->failure = number;
}

static const char *link_name(const struct link *link)
{
	const struct ns_kind_info *info = ns_kind_info(link->kind);
	return link->for_children ? info->children_link : info->link;
}

static struct edge *link_edge(struct process *process, const struct link *link)
{
	if (!link->for_children)
		return &process->ns[link->kind];
	return link->kind == NS_PID ? &process->pid_for_children : &process->time_for_children;
}

static int read_stat(struct visit *visit)
{
	char text[1024];
	struct proc_stat parsed;
	ssize_t n = proc_read(visit->dir, "stat", text, sizeof(text));
	if (n < 0)
		return n;
	if (proc_parse_stat(text, n, &parsed) < 0)
		return -EIO;
	struct process *process = &visit->process;
	process->ppid = parsed.ppid;
	process->state = parsed.state;
	process->start = (int64_t)parsed.start - visit->walk->tick_offset;
	process->comm = builder_copy(visit->walk->builder, parsed.comm, parsed.n_comm);

	/* The directory belongs to the effective uid, also if the process is not dumpable. */
	struct stat st;
	if (fstat(visit->dir, &st) == 0)
		process->uid = st.st_uid;
	return 0;
}

static int read_pids(struct visit *visit)
{
	struct proc_status parsed;
	int r = proc_read_status(visit->dir, "status", &parsed);
	if (r < 0)
		return r;
	struct process *process = &visit->process;
	struct builder *builder = visit->walk->builder;
	process->n_pids = parsed.n_pids;
	process->pids = builder_copy_pids(builder, parsed.pids, parsed.n_pids);
	process->pgids = builder_copy_pids(builder, parsed.pgids, parsed.n_pids);
	process->sids = builder_copy_pids(builder, parsed.sids, parsed.n_pids);
	return 0;
}

/* Who has ended, or refuses all, is no gap, or one already. */
static void note_unread(struct visit *visit, const char *file, int r)
{
	proc_note_failure(visit->walk, -r);
	if (r < 0 && r != -ENOENT && r != -ESRCH && !error_is_refusal(-r) &&
	    !proc_is_gone(visit->dir))
		builder_gap(visit->walk->builder, -r, "/proc/%d/%s", visit->process.pid, file);
}

static void read_facts(struct visit *visit)
{
	const struct proc_walk *walk = visit->walk;
	unsigned facts = collect_facts(walk->builder, walk->scope, &visit->process);
	if (facts & FACT_STAT && visit->process.start == START_UNKNOWN)
		note_unread(visit, "stat", read_stat(visit));
	if (facts & FACT_PIDS)
		note_unread(visit, "status", read_pids(visit));
}

/* Opens what a link leads to, as its number is new to us. It may lead elsewhere by now, so what
 * was opened is what counts. */
static struct edge open_link(struct visit *visit, const struct link *link)
{
	_cleanup_(closep) int fd = openat(visit->dir, link_name(link), O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int why = errno;
		proc_note_failure(visit->walk, why);
		return (struct edge){ .why = why };
	}
	const struct ns *ns = nsfs_add(visit->walk->builder, fd);
	return (struct edge){ .to = ns, .why = ns ? 0 : errno };
}

static struct edge read_link(struct visit *visit, size_t i)
{
	const struct link *link = &links[i];
	const struct ns **last = &visit->walk->last[i];
	ino_t ino;
	int r = proc_read_ns_link(visit->dir, link_name(link), ns_kind_name(link->kind), &ino);
	if (r < 0)
		return (struct edge){ .why = -r };
	if (*last && (*last)->ino == ino)
		return (struct edge){ .to = *last };

	const struct ns *known = builder_find_ns(visit->walk->builder, link->kind, ino);
	struct edge edge = known ? (struct edge){ .to = known } : open_link(visit, link);
	if (edge.to)
		*last = edge.to;
	return edge;
}

/* Reads the first N links; returns 0, -EACCES where all of them are refused to us, -ESRCH. */
static int read_links(struct visit *visit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct edge *edge = link_edge(&visit->process, &links[i]);
		*edge = read_link(visit, i);
		if (error_is_refusal(edge->why))
			return proc_is_gone(visit->dir) ? -ESRCH : -EACCES;
	}
	return 0;
}

static int open_unborn(const struct visit *visit)
{
	const struct process *process = &visit->process;
	if (builder_origin(visit->walk->builder)->foreign_proc)
		return -ENOENT;
	return nsfs_open_unborn(visit->dir, process->pid, process->pid != process->tgid);
}

/*
 * What it means that a link could not be followed, the process being alive or a zombie. An exiting
 * process leaves all its namespaces but pid and user before it becomes a zombie; a kernel built
 * without a kind has no link for it. Neither is unknown: there is nothing. But an alive process
 * without pid_for_children has unshared its pid namespace, and the first child is still to come.
 */
static void explain_link(struct visit *visit, const struct link *link, bool exited)
{
	struct builder *builder = visit->walk->builder;
	struct edge *edge = link_edge(&visit->process, link);
	if (!edge->why)
		return;
	if (edge->why == ENOENT || edge->why == ESRCH) {
		bool unborn = !exited && link->for_children && link->kind == NS_PID;
		edge->why = 0;
		if (!unborn)
			return;
		_cleanup_(closep) int fd = open_unborn(visit);
		struct ns *ns = fd >= 0 ? (struct ns *)nsfs_add(builder, fd) : NULL;
		if (ns)
			ns->unborn = true;
		edge->to = ns;
		if (edge->to || fd == -ESRCH) /* or it has exited since */
			return;
		edge->why = fd >= 0 ? errno : -fd;
	}
	builder_gap(builder, edge->why, "/proc/%d/%s", visit->process.pid, link_name(link));
}

static void explain_links(struct visit *visit)
{
	int uts = visit->process.ns[NS_UTS].why;
	bool exited = uts == ENOENT || uts == ESRCH;
	for (size_t i = 0; i < PROC_LINKS; i++)
		explain_link(visit, &links[i], exited);
}

/* Refused: what we know is that it exists, and that a zombie has left all but two namespaces. */
static void note_refusal(struct visit *visit)
{
	struct process *process = &visit->process;
	(void)read_stat(visit);
	bool exited = process->state == 'Z' && process->n_tasks <= 1;
	for (size_t i = 0; i < PROC_LINKS; i++) {
		bool kept = links[i].kind == NS_USER ||
			    (links[i].kind == NS_PID && !links[i].for_children);
		*link_edge(process, &links[i]) =
			(struct edge){ .why = exited && !kept ? 0 : EACCES };
	}
	process->unreadable = true;
}

/* kthreadd is in the initial namespaces: on kernels that do not give those of all kinds a fixed
 * number it is who tells them. In any other pid namespace PID 2 may be anybody. */
static void note_kthreadd(const struct visit *visit)
{
	struct origin *origin = builder_origin(visit->walk->builder);
	const struct process *process = &visit->process;
	if (visit->process.pid != 2 || origin->viewer[NS_PID] != origin->initial[NS_PID])
		return;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (!origin->initial[kind] && process->ns[kind].to)
			origin->initial[kind] = process->ns[kind].to->ino;
}

static uint32_t count_tasks(int dir)
{
	struct stat st;
	return fstatat(dir, "task", &st, 0) == 0 && st.st_nlink > 3 ? st.st_nlink - 2 : 1;
}

/* Reads the first N links and says what those mean that cannot be read: 0, or -ESRCH. */
static int visit_links(struct visit *visit, size_t n)
{
	int r = read_links(visit, n);
	if (r == -EACCES)
		note_refusal(visit);
	else if (r < 0 || (!visit->process.ns[NS_USER].to && proc_is_gone(visit->dir)))
		return -ESRCH;
	else
		explain_links(visit);
	return 0;
}

static const struct process *add_process(struct visit *visit)
{
	struct builder *builder = visit->walk->builder;
	if (visit->process.unreadable)
		builder_gap(builder, EACCES, "/proc/%d/ns", visit->process.pid);
	read_facts(visit);
	return builder_add(builder, &visit->process);
}

/* The gap of a leader covers its threads, but one that became another user may be readable. */
static void visit_thread(struct proc_walk *walk, const struct process *leader, int task,
			 const char *name)
{
	_cleanup_(closep) int dir = proc_open_dir(task, name);
	pid_t tid;
	proc_note_failure(walk, -dir);
	if (dir < 0 || parse_pid(name, &tid) < 0 || tid == leader->pid)
		return;
	struct visit visit = { walk, dir, process_blank(tid, leader->pid) };
	visit.process.ns[NS_PID] = leader->ns[NS_PID];
	visit.process.ns[NS_USER] = leader->ns[NS_USER];
	size_t n_links = leader->unreadable ? PROC_LINKS : N_THREAD_LINKS;
	if (visit_links(&visit, n_links) < 0)
		return;
	bool exited = !visit.process.unreadable && !visit.process.ns[NS_UTS].to;
	if (!exited && collect_keeps_thread(walk->scope, &visit.process, leader))
		add_process(&visit);
}

static void visit_threads(struct proc_walk *walk, const struct process *leader, int dir)
{
	_cleanup_(folder_closep) DIR *task = folder_open(dir, "task");
	if (!task) {
		proc_note_failure(walk, errno);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(task));)
		visit_thread(walk, leader, dirfd(task), entry->d_name);
}

void proc_visit(struct proc_walk *walk, pid_t pid)
{
	_cleanup_(closep) int dir = proc_open_pid(walk->proc, pid);
	if (dir < 0) {
		proc_note_failure(walk, -dir);
		if (dir == -EXDEV)
			builder_gap(walk->builder, EXDEV, "/proc/%d", pid);
		return;
	}
	struct visit visit = { walk, dir, process_blank(pid, pid) };
	visit.process.n_tasks = count_tasks(dir);
	if (visit_links(&visit, PROC_LINKS) < 0)
		return;
	note_kthreadd(&visit);
	const struct process *process = add_process(&visit);
	if (process->n_tasks > 1)
		visit_threads(walk, process, dir);
}
