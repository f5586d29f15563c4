/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/glance.h"

#include <stdatomic.h>

#include "container/of.h"
#include "util/background.h"

/* Enough for a thread to pay. With these, all that is open stays below 64: there the kernel
 * enlarges the table of descriptors, and while threads share that it takes milliseconds. */
#define GLANCES_MAX 32
#define DESCRIPTORS_SHARE 16

size_t glances_max(void)
{
	long share = sysconf(_SC_OPEN_MAX) / DESCRIPTORS_SHARE;
	if (share < 0 || share > GLANCES_MAX) /* below 0: there is no limit */
		return GLANCES_MAX;
	return share ? (size_t)share : 1;
}

static void take(struct glance *glance, const struct glance_way *way)
{
	const struct process *process = glance->process;
	_cleanup_(closep) int dir = proc_open_pid(way->proc, process->pid);
	glance->dir = -1;
	if (dir < 0 || !proc_is_same(dir, process->start, way->tick_offset, &glance->stat))
		return;
	if (glance->facts & DETAIL_CMDLINE &&
	    proc_read_all(dir, "cmdline", way->cmdline_max, &glance->cmdline, &glance->n_cmdline) <
		    0)
		glance->cmdline = NULL;
	if (glance->facts & (DETAIL_CONTAINER | DETAIL_CGROUP) &&
	    proc_read_all(dir, "cgroup", CGROUP_MAX, &glance->cgroups, &glance->n_cgroups) < 0)
		glance->cgroups = NULL;
	if (glance->facts & DETAIL_NSUSERS)
		glance->has_our_names = views_is_ours(way->views, dir, process);
	glance->dir = TAKE_FD(dir);
}

struct queue {
	struct glance *glances;
	size_t n;
	atomic_size_t next;
	const struct glance_way *way;
};

static void *take_next_ones(void *of)
{
	struct queue *queue = of;
	for (size_t i; (i = atomic_fetch_add(&queue->next, 1)) < queue->n;)
		take(&queue->glances[i], queue->way);
	return NULL;
}

/* Each takes the next one, so that nobody waits for a thread that got no CPU. */
void glances_take(struct glance *glances, size_t n, const struct glance_way *way)
{
	struct queue queue = { .glances = glances, .n = n, .way = way };
	struct background help = { 0 };
	if (n > 1)
		background_begin(&help, take_next_ones, &queue);
	take_next_ones(&queue);
	background_end(&help);
}

void glance_clear(struct glance *glance)
{
	closep(&glance->dir);
	free(glance->cmdline);
	free(glance->cgroups);
	*glance = (struct glance){ .dir = -1 };
}
