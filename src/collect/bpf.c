/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "collect/collector.h"
#include "collect/task_reader.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"
#include "util/procfile.h"

_Static_assert((int)TASK_NS_CGROUP == NS_CGROUP && (int)TASK_NS_UTS == NS_UTS &&
		       (int)TASK_NS_PID_FOR_CHILDREN == NS_KIND_COUNT,
	       "a record lists namespaces in the order of enum ns_kind");

/* Where a namespace was first seen: the way to its descriptor, if one is needed. */
struct sighting {
	struct ns *ns;
	pid_t pid;
	size_t link;
};

/* What the links of a task lead to. */
struct links {
	struct edge to[TASK_NS_COUNT];
};

struct scan {
	struct builder *builder;
	const struct scope *scope;
	int proc;
	dev_t nsfs;
	uint64_t tick; /* in ns */
	struct links *slots;
	struct sighting *sightings;
	size_t n_sightings, size_sightings;
	const struct process **processes; /* thread group leaders, by pid */
	size_t n_processes, size_processes;
	struct process *threads; /* not yet in the builder */
	size_t n_threads, size_threads;
};

static void scan_clear(struct scan *scan)
{
	free(scan->sightings);
	free(scan->processes);
	free(scan->threads);
	free(scan->slots);
}

static enum ns_kind link_kind(size_t link)
{
	if (link == TASK_NS_PID_FOR_CHILDREN)
		return NS_PID;
	return link == TASK_NS_TIME_FOR_CHILDREN ? NS_TIME : (enum ns_kind)link;
}

static const char *link_path(size_t link)
{
	const struct ns_kind_info *info = ns_kind_info(link_kind(link));
	return link < NS_KIND_COUNT ? info->link : info->children_link;
}

/* As TASK_REPORT and task_state_index() in the kernel's include/linux/sched.h have it. */
static char state_letter(uint32_t state)
{
	static const struct {
		uint32_t bits;
		char letter;
	} states[] = {
		{ 0x40, 'P' }, { 0x20, 'Z' }, { 0x10, 'X' }, { 0x8, 't' },
		{ 0x4, 'T' },  { 0x2, 'D' },  { 0x1, 'S' },
	};
	enum { IDLE = 0x402, RTLOCK_WAIT = 0x1000, FROZEN = 0x8000 };
	if (state == IDLE)
		return 'I';
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (state & states[i].bits)
			return states[i].letter;
	return state & (RTLOCK_WAIT | FROZEN) ? 'D' : 'R';
}

static struct edge edge_to(struct scan *scan, enum ns_kind kind, uint32_t ino)
{
	if (!ino)
		return (struct edge){ .why = 0 };
	return (struct edge){ .to = builder_ns(scan->builder, kind, scan->nsfs, ino) };
}

/* NS_GET_PARENT does not lead out of the reader's pid namespace, so neither do we. */
static struct edge parent_edge(struct scan *scan, const struct ns *ns, uint32_t ino)
{
	const struct origin *origin = builder_origin(scan->builder);
	if (ns->kind == NS_PID && ino && ns->ino == origin->viewer[NS_PID])
		return nsfs_refuse_parent(scan->builder, ns, EPERM);
	return edge_to(scan, ns->kind, ino);
}

static void describe(struct scan *scan, struct ns *ns, const struct task_ns *about)
{
	ns->id = about->id;
	nsfs_note_initial(scan->builder, ns);
	ns->owner = edge_to(scan, NS_USER, about->owner);
	if (ns_kind_info(ns->kind)->has_parent)
		ns->parent = parent_edge(scan, ns, about->parent);
	if (ns->kind == NS_USER)
		ns->owner_uid = about->owner_uid;
}

/* Descriptor of what the link of a process leads to, if that still is NS; else -1, and errno. */
static int open_sighting(struct scan *scan, const struct sighting *seen)
{
	char path[64];
	snprintf(path, sizeof(path), "%d/%s", seen->pid, link_path(seen->link));
	_cleanup_(closep) int fd = openat(scan->proc, path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (st.st_ino != seen->ns->ino) {
		errno = ESRCH;
		return -1;
	}
	return TAKE_FD(fd);
}

static bool is_vanished(int why)
{
	return why == ENOENT || why == ESRCH;
}

static struct edge find_ns(struct scan *scan, pid_t pid, size_t link, const struct task_ns *about)
{
	enum ns_kind kind = link_kind(link);
	/* A kernel built without a kind has no link for it, and may still have the field. */
	if (!about->ino || !builder_origin(scan->builder)->viewer[kind])
		return (struct edge){ .why = 0 };
	struct ns *ns = builder_ns(scan->builder, kind, scan->nsfs, about->ino);
	if (!builder_ns_describe(scan->builder, ns))
		return (struct edge){ .to = ns };
	describe(scan, ns, about);
	scan->sightings = xgrow(scan->sightings, scan->n_sightings, &scan->size_sightings,
				sizeof(*scan->sightings));
	scan->sightings[scan->n_sightings++] = (struct sighting){ ns, pid, link };
	return (struct edge){ .to = ns };
}

/* Of a kernel thread, stat shows more than the 15 bytes that a task has room for. */
static const char *read_kthread_comm(struct scan *scan, pid_t pid)
{
	char path[32], text[1024];
	struct proc_stat stat;
	snprintf(path, sizeof(path), "%d/stat", pid);
	ssize_t n = proc_read(scan->proc, path, text, sizeof(text));
	if (n < 0 || proc_parse_stat(text, n, &stat) < 0)
		return NULL;
	return builder_copy(scan->builder, stat.comm, stat.n_comm);
}

static void set_stat(struct scan *scan, const struct task_facts *facts, struct process *process)
{
	process->ppid = facts->ppid;
	process->uid = facts->euid;
	process->state = state_letter(facts->state);
	process->start = facts->start_ns / scan->tick;
	process->comm = facts->kthread ? read_kthread_comm(scan, process->pid) : NULL;
	if (!process->comm)
		process->comm = builder_copy(scan->builder, facts->comm,
					     strnlen(facts->comm, sizeof(facts->comm)));
}

static void set_pids(struct scan *scan, const struct task_item *item, struct process *process)
{
	pid_t pids[PID_LEVELS_MAX], pgids[PID_LEVELS_MAX], sids[PID_LEVELS_MAX];
	size_t n = item->facts->n_levels;
	for (size_t i = 0; i < n; i++) {
		pids[i] = item->numbers[i].pid;
		pgids[i] = item->numbers[i].pgid;
		sids[i] = item->numbers[i].sid;
	}
	process->n_pids = n;
	process->pids = builder_copy_pids(scan->builder, pids, n);
	process->pgids = builder_copy_pids(scan->builder, pgids, n);
	process->sids = builder_copy_pids(scan->builder, sids, n);
}

static void keep_process(struct scan *scan, const struct process *process)
{
	scan->processes = xgrow(scan->processes, scan->n_processes, &scan->size_processes,
				sizeof(*scan->processes));
	scan->processes[scan->n_processes++] = builder_add(scan->builder, process);
}

/* Until its leader is known. */
static void keep_thread(struct scan *scan, const struct process *thread)
{
	scan->threads =
		xgrow(scan->threads, scan->n_threads, &scan->size_threads, sizeof(*scan->threads));
	scan->threads[scan->n_threads++] = *thread;
}

static void set_facts(struct scan *scan, const struct task_item *item, unsigned facts,
		      struct process *process)
{
	if (item->facts && facts & FACT_STAT)
		set_stat(scan, item->facts, process);
	if (item->facts && facts & FACT_PIDS)
		set_pids(scan, item, process);
}

static void add_item(void *who, const struct task_item *item)
{
	struct scan *scan = who;
	const struct task_record *record = item->record;
	const struct scope *scope = scan->scope;
	bool thread = record->pid != record->tgid;
	struct links links = { 0 };
	for (size_t link = 0; item->about && link < TASK_NS_COUNT; link++)
		links.to[link] = find_ns(scan, record->pid, link, &item->about[link]);
	struct links *slot = &scan->slots[record->slot];
	if (!item->about)
		links = *slot;
	else if (!thread)
		*slot = links;

	struct process process = process_blank(record->pid, record->tgid);
	memcpy(process.ns, links.to, sizeof(process.ns));
	process.pid_for_children = links.to[TASK_NS_PID_FOR_CHILDREN];
	process.time_for_children = links.to[TASK_NS_TIME_FOR_CHILDREN];
	if (!thread) {
		set_facts(scan, item, collect_facts(scan->builder, scope, &process), &process);
		process.n_tasks = record->n_tasks > 1 ? record->n_tasks : 1;
		keep_process(scan, &process);
	} else if (process.ns[NS_MNT].to) { /* it has not exited */
		set_facts(scan, item, scope->facts | scope->first_facts, &process);
		keep_thread(scan, &process);
	}
}

static int compare_pids(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = (*(const struct process *const *)b)->pid;
	return (x > y) - (x < y);
}

static const struct process *find_process(const struct scan *scan, pid_t pid)
{
	const struct process *const *found =
		scan->n_processes ? bsearch(&pid, scan->processes, scan->n_processes,
					    sizeof(*scan->processes), compare_pids)
				  : NULL;
	return found ? *found : NULL;
}

static bool is_known(const void *scan, pid_t pid)
{
	return find_process(scan, pid);
}

static void add_threads(struct scan *scan)
{
	for (size_t i = 0; i < scan->n_threads; i++) {
		const struct process *thread = &scan->threads[i];
		const struct process *leader = find_process(scan, thread->tgid);
		if (!leader || collect_keeps_thread(scan->scope, thread, leader))
			builder_add(scan->builder, thread);
	}
}

/* Where who was seen in it has ended, somebody else may still be there: a descriptor; else -1, and
 * errno. */
static int open_seen(struct scan *scan, const struct sighting *seen)
{
	int fd = open_sighting(scan, seen);
	for (size_t i = 0; i < scan->n_processes && fd < 0 && is_vanished(errno); i++) {
		const struct process *process = scan->processes[i];
		const struct sighting other = { seen->ns, process->pid, seen->ns->kind };
		errno = ESRCH;
		if (process->pid != seen->pid && process->ns[seen->ns->kind].to == seen->ns)
			fd = open_sighting(scan, &other);
	}
	return fd;
}

/* Asks the kernel about what the namespace leads to and nobody is in. Where all have ended who were
 * in it, that is nothing to report. */
static void complete_edge(struct scan *scan, const struct sighting *seen, const struct ns *to,
			  unsigned request)
{
	if (!to || !builder_ns_is_new(scan->builder, to))
		return;
	_cleanup_(closep) int fd = open_seen(scan, seen);
	if (fd < 0 && is_vanished(errno))
		return;
	_cleanup_(closep) int above = fd >= 0 ? ioctl(fd, request) : -1;
	if (above < 0 || !nsfs_add(scan->builder, above))
		builder_gap(scan->builder, errno, "owner of %s:[%ju]", ns_kind_name(to->kind),
			    (uintmax_t)to->ino);
}

/* /proc has no link to where the first child is still to come. */
static bool is_unborn(struct scan *scan, const struct sighting *seen)
{
	_cleanup_(closep) int fd = open_sighting(scan, seen);
	return fd < 0 && errno == ENOENT;
}

static void complete_namespaces(struct scan *scan)
{
	for (size_t i = 0; i < scan->n_sightings; i++) {
		const struct sighting *seen = &scan->sightings[i];
		complete_edge(scan, seen, seen->ns->owner.to, NSFS_GET_USERNS);
		if (seen->ns->kind == NS_PID)
			complete_edge(scan, seen, seen->ns->parent.to, NSFS_GET_PARENT);
		if (seen->link == TASK_NS_PID_FOR_CHILDREN)
			seen->ns->unborn = is_unborn(scan, seen);
		/* Before Linux 6.18 this id is in another field, and an ioctl tells it. */
		if (seen->ns->kind == NS_MNT && !seen->ns->id) {
			_cleanup_(closep) int fd = open_sighting(scan, seen);
			seen->ns->id = fd >= 0 ? nsfs_read_id(fd, NS_MNT) : 0;
		}
	}
}

int bpf_collect(struct builder *builder, const struct scope *scope, int proc, struct error *err)
{
	const struct origin *origin = builder_origin(builder);
	if (origin->foreign_proc) {
		error_set(err, EXDEV, "BPF sees our own pid namespace, and /proc shows another");
		return COLLECT_UNSUPPORTED;
	}
	struct stat st;
	if (fstatat(proc, "self/ns/user", &st, 0) < 0) {
		error_errno(err, errno, "/proc/self/ns/user");
		return COLLECT_UNSUPPORTED;
	}
	_cleanup_(scan_clear) struct scan scan = {
		.builder = builder,
		.scope = scope,
		.proc = proc,
		.nsfs = st.st_dev,
		.slots = xcalloc(TASK_SLOT_COUNT, sizeof(*scan.slots)),
		.tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK),
	};
	_cleanup_(listing_clear) struct listing listing;
	listing_begin(&listing, proc);
	bool threads = scope->n_tids > 0 || scope->all_threads;
	bool facts = (scope->facts & ~FACT_IDMAPS) != 0;
	int r = task_reader_run(threads, facts, add_item, &scan, err);
	if (r < 0) {
		error_wrap(err, "cannot run the BPF task iterator");
		return COLLECT_UNSUPPORTED;
	}
	add_threads(&scan);
	complete_namespaces(&scan);
	/* Whom the iterator left out, on some kernels PID 1. They may stand for a namespace. */
	struct scope rest = *scope;
	rest.facts |= rest.first_facts;
	r = listing_end(&listing, err);
	return r < 0 ? r
		     : proc_collect_others(builder, &rest, proc, &listing, is_known, &scan, err);
}
