/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/take.h"

#include <errno.h>
#include <fcntl.h>

#include "container/cgroup.h"
#include "container/of.h"
#include "detail/glance.h"
#include "detail/hostnames.h"
#include "detail/reader.h"
#include "util/alloc.h"
#include "util/procfile.h"

/* A process can have 6 MiB of them (3/4 of _STK_LIM in fs/exec.c), which children share with it and
 * we would not. After some that are long, only the beginning of all others is read. */
#define CMDLINE_SHOWN ((size_t)64 * 1024)
#define CMDLINE_SAVED ((size_t)128 * 1024)
#define CMDLINES_MAX ((size_t)32 * 1024 * 1024)
#define CMDLINE_BEGINNING ((size_t)4 * 1024)

/* What is read of each process, and what has to be there for that. */
struct work {
	int proc;
	int64_t tick_offset;
	unsigned facts; /* of any of them */
	struct containers *containers;
	struct hostnames *hostnames;
	struct views *views;
	size_t n;
	struct detail *details;
	size_t n_cmdlines; /* bytes of all command lines */
	unsigned *wanted;  /* of the processes of DETAILS, as they were listed */
	ino_t *uts;	   /* their uts namespaces; 0 unknown */
};

static void work_clear(struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		free((char *)work->details[i].cmdline);
		free((char *)work->details[i].ps.tty);
		free((char *)work->details[i].cgroup);
	}
	free(work->details);
	free(work->wanted);
	free(work->uts);
	containers_free(work->containers);
	hostnames_free(work->hostnames);
	views_free(work->views);
}

static size_t cmdline_max(const struct work *work)
{
	if (work->n_cmdlines > CMDLINES_MAX)
		return CMDLINE_BEGINNING;
	return work->facts & DETAIL_SAVED ? CMDLINE_SAVED : CMDLINE_SHOWN;
}

static void set_cmdline(struct work *work, struct glance *glance, struct detail *detail)
{
	size_t n = glance->n_cmdline;
	work->n_cmdlines += n;
	/* Each argument ends in a NUL; what setproctitle() leaves behind is more of them. */
	while (n && glance->cmdline[n - 1] == 0)
		n--;
	detail->has_cmdline = true;
	detail->cmdline = TAKE(glance->cmdline);
	detail->n_cmdline = n;
}

static ino_t ns_inode(const struct process *process, enum ns_kind kind)
{
	return process->ns[kind].to ? process->ns[kind].to->ino : 0;
}

static void find_container(struct work *work, const struct glance *glance, struct detail *detail)
{
	const struct known *known = NULL;
	const struct member member = {
		.dir = glance->dir,
		.mnt = ns_inode(detail->process, NS_MNT),
		.pid = ns_inode(detail->process, NS_PID),
		.ppid = glance->stat.ppid,
		.start = glance->stat.start,
		.cgroups = glance->cgroups,
		.n_cgroups = glance->n_cgroups,
	};
	detail->has_container = container_of(work->containers, &member, &known) == 0;
	detail->container = known ? &known->container : NULL;
}

/* Returns the inode number of its uts namespace where its name is wanted. */
static ino_t read_detail(struct work *work, struct glance *glance, struct detail *detail)
{
	const unsigned facts = glance->facts;
	if (glance->cmdline)
		set_cmdline(work, glance, detail);
	if (facts & DETAIL_CONTAINER)
		find_container(work, glance, detail);
	if (facts & DETAIL_CGROUP && glance->cgroups)
		detail->cgroup = cgroup_path(glance->cgroups, glance->n_cgroups);
	if (facts & DETAIL_NSUSERS)
		views_read(work->views, glance->dir, glance->has_our_names, detail);
	return facts & DETAIL_HOSTNAME ? hostnames_add(work->hostnames, glance->dir) : 0;
}

/* The facts of a network namespace. */
#define OF_NET (DETAIL_NETNSID | DETAIL_INTERFACES)

/* The facts that make it worth to look into the directory of a process. */
#define OF_PROCESS (DETAIL_ALL & ~(DETAIL_USERS | DETAIL_SUBIDS | DETAIL_SAVED | OF_NET))

struct wanted {
	const struct process *process;
	unsigned facts;
};

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	return (x->process > y->process) - (x->process < y->process);
}

/* By address, those of one process together. */
static struct wanted *sort_wanted(const struct process *const *processes, size_t n,
				  const struct detail_wish *wish)
{
	struct wanted *list = xcalloc(n, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct wanted){
			.process = processes[i],
			.facts =
				(wish->facts | (wish->of_each ? wish->of_each[i] : 0)) & OF_PROCESS,
		};
	if (n)
		qsort(list, n, sizeof(*list), compare_wanted);
	return list;
}

/* The processes of the list whose start is known and of which something is wanted, each once. */
static void list_details(struct work *work, const struct process *const *processes, size_t n,
			 const struct detail_wish *wish)
{
	_cleanup_(freep) struct wanted *list = sort_wanted(processes, n, wish);
	work->details = xcalloc(n, sizeof(*work->details));
	work->wanted = xcalloc(n, sizeof(*work->wanted));
	work->uts = xcalloc(n, sizeof(*work->uts));
	for (size_t i = 0; i < n; i++) {
		const struct process *process = list[i].process;
		if (process->start == START_UNKNOWN || !list[i].facts)
			continue;
		if (work->n == 0 || work->details[work->n - 1].process != process)
			work->details[work->n++].process = process;
		work->wanted[work->n - 1] |= list[i].facts;
	}
}

/* Of N processes from FIRST on. Who is still there moves up to *N_ALIVE. */
static void read_some(struct work *work, size_t first, size_t n, size_t *n_alive)
{
	const struct glance_way way = { work->proc, work->tick_offset, cmdline_max(work),
					work->views };
	_cleanup_(freep) struct glance *glances = xcalloc(n, sizeof(*glances));
	for (size_t i = 0; i < n; i++) {
		glances[i].process = work->details[first + i].process;
		glances[i].facts = work->wanted[first + i];
	}
	glances_take(glances, n, &way);
	for (size_t i = 0; i < n; i++) {
		struct detail *detail = &work->details[first + i];
		if (glances[i].dir >= 0) {
			work->uts[*n_alive] = read_detail(work, &glances[i], detail);
			work->details[(*n_alive)++] = *detail;
		}
		glance_clear(&glances[i]);
	}
}

static void read_details(struct work *work)
{
	size_t n_alive = 0, step = glances_max();
	for (size_t first = 0; first < work->n; first += step)
		read_some(work, first, work->n - first < step ? work->n - first : step, &n_alive);
	work->n = n_alive;
	if (work->facts & DETAIL_CONTAINER)
		containers_name(work->containers);
	if (work->facts & DETAIL_HOSTNAME)
		hostnames_read(work->hostnames);
	for (size_t i = 0; i < work->n && work->facts & DETAIL_HOSTNAME; i++)
		work->details[i].hostname = hostnames_get(work->hostnames, work->uts[i]);
}

/* What is in the directories of processes; FACTS: of any of them. */
static int take_processes(struct details_builder *builder, int proc,
			  const struct process *const *processes, size_t n, unsigned facts,
			  const struct detail_wish *wish, struct error *err)
{
	_cleanup_(work_clear) struct work work = { .facts = facts, .proc = proc };
	work.tick_offset = proc_own_tick_offset(work.proc);
	if (facts & DETAIL_CONTAINER)
		work.containers = containers_new(work.proc);
	if (facts & DETAIL_HOSTNAME)
		work.hostnames = hostnames_new(work.proc);
	list_details(&work, processes, n, wish);
	if (facts & DETAIL_NSUSERS)
		work.views = views_new(builder, work.proc, facts, work.details, work.n);
	read_details(&work);
	int r = facts & DETAIL_PS ? wish->psfacts(work.details, work.n, err) : 0;
	for (size_t i = 0; i < work.n && r == 0; i++)
		details_builder_add(builder, &work.details[i]);
	return r;
}

/* What is read below /proc. */
static int take_below_proc(struct details_builder *builder, const struct process *const *processes,
			   size_t n, unsigned facts, const struct detail_wish *wish,
			   struct error *err)
{
	_cleanup_(closep) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return error_errno(err, errno, "cannot open /proc");
	if (facts & OF_NET)
		nets_read(builder, proc, wish->namespaces, wish->n_namespaces, facts);
	if (!(facts & OF_PROCESS))
		return 0;
	return take_processes(builder, proc, processes, n, facts, wish, err);
}

static void take_users(struct details_builder *builder, const struct process *const *processes,
		       size_t n)
{
	_cleanup_(freep) uid_t *uids = xcalloc(n, sizeof(*uids));
	for (size_t i = 0; i < n; i++)
		uids[i] = processes[i]->uid;
	names_add_users(builder, uids, n);
}

int details_take(const struct process *const *processes, size_t n, const struct detail_wish *wish,
		 const struct details **ret, struct error *err)
{
	_cleanup_(details_builder_freep) struct details_builder *builder = details_builder_new();
	unsigned facts = wish->facts;
	for (size_t i = 0; i < n && wish->of_each; i++)
		facts |= wish->of_each[i];
	if (facts & (DETAIL_USERS | DETAIL_NSUSERS))
		take_users(builder, processes, n);
	names_add_users(builder, wish->uids, wish->n_uids);
	names_add_groups(builder, wish->gids, wish->n_gids);
	if (wish->facts & DETAIL_SUBIDS)
		subids_read(builder);
	int r = 0;
	if (facts & (OF_PROCESS | OF_NET))
		r = take_below_proc(builder, processes, n, facts, wish, err);
	if (r < 0)
		return r;
	*ret = details_builder_finish(TAKE(builder));
	return 0;
}
