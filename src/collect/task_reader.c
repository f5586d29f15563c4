/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/task_reader.h"

#include <errno.h>

#include "collect/iter_run.h"
#include "util/procfile.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "collect/task_iter.skel.h"
#pragma GCC diagnostic pop

static void task_iter_destroyp(struct task_iter **iter)
{
	task_iter__destroy(*iter);
}

/* N elements of SIZE at *POSITION, which moves on; NULL where there are not that many bytes. */
static const void *next(const char *bytes, size_t n_bytes, size_t *position, size_t n, size_t size)
{
	if (n_bytes - *position < n * size)
		return NULL;
	const void *found = bytes + *position;
	*position += n * size;
	return found;
}

/* Takes what begins at *POSITION out of N bytes: 0, or -EIO where it is cut. */
static int next_item(const char *bytes, size_t n, size_t *position, struct task_item *ret)
{
	struct task_item item = { .record = next(bytes, n, position, 1, sizeof(*item.record)) };
	if (!item.record || item.record->slot >= TASK_SLOT_COUNT)
		return -EIO;
	if (item.record->has & TASK_FACTS) {
		item.facts = next(bytes, n, position, 1, sizeof(*item.facts));
		if (!item.facts || item.facts->n_levels > PID_LEVELS_MAX)
			return -EIO;
		item.numbers =
			next(bytes, n, position, item.facts->n_levels, sizeof(*item.numbers));
		if (!item.numbers)
			return -EIO;
	}
	if (item.record->has & TASK_NAMESPACES) {
		item.about = next(bytes, n, position, TASK_NS_COUNT, sizeof(*item.about));
		if (!item.about)
			return -EIO;
	}
	*ret = item;
	return 0;
}

struct reading {
	void (*take)(void *who, const struct task_item *item);
	void *who;
	pid_t last;
};

static int take_bytes(void *who, const char *bytes, size_t n)
{
	struct reading *reading = who;
	struct task_item item;
	for (size_t position = 0; position < n;) {
		if (next_item(bytes, n, &position, &item) < 0)
			return -EIO;
		if (item.record->pid > reading->last && item.record->tgid > 0)
			reading->take(reading->who, &item);
		reading->last = item.record->pid;
	}
	return 0;
}

int task_reader_run(bool all_threads, bool all_facts,
		    void (*take)(void *who, const struct task_item *item), void *who,
		    struct error *err)
{
	int r = iter_check(err);
	if (r < 0)
		return r;
	_cleanup_(task_iter_destroyp) struct task_iter *iter = task_iter__open();
	if (!iter)
		return error_errno(err, ENOMEM, "preparing");
	iter->rodata->all_threads = all_threads;
	iter->rodata->all_facts = all_facts;
	r = task_iter__load(iter);
	if (r < 0)
		return iter_refuse(err, -r, "loading");
	struct reading reading = { .take = take, .who = who };
	return iter_run(iter->progs.dump_task.prog_fd, take_bytes, &reading, err);
}
