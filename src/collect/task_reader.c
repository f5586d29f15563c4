/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/task_reader.h"

#include <errno.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/procfile.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "collect/task_iter.skel.h"
#pragma GCC diagnostic pop

/* The kernel hands out whole records, at most 32 KiB of them at a time (kernel/bpf/bpf_iter.c). */
#define BUFFER_SIZE ((size_t)64 * 1024)

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

/* Calls TAKE for all that DESCRIPTOR has to say. */
static int read_items(int descriptor, void (*take)(void *who, const struct task_item *item),
		      void *who)
{
	_cleanup_(freep) char *buffer = xcalloc(1, BUFFER_SIZE);
	pid_t last = 0;
	for (;;) {
		ssize_t n = read(descriptor, buffer, BUFFER_SIZE);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		struct task_item item;
		for (size_t position = 0; n > 0 && position < (size_t)n;) {
			if (next_item(buffer, n, &position, &item) < 0)
				return -EIO;
			if (item.record->pid > last && item.record->tgid > 0)
				take(who, &item);
			last = item.record->pid;
		}
	}
}

static int refuse(struct error *err, int number, const char *what)
{
	if (number == EPERM || number == EACCES)
		return error_set(err, number, "%s: needs CAP_BPF and CAP_PERFMON, or root", what);
	return error_errno(err, number, "%s", what);
}

static int start(struct task_iter *iter, struct error *err)
{
	int r = task_iter__load(iter);
	if (r < 0)
		return refuse(err, -r, "loading");
	r = task_iter__attach(iter);
	if (r < 0)
		return refuse(err, -r, "attaching");
	union bpf_attr attr = { .iter_create = { .link_fd = iter->links.dump_task_fd } };
	r = skel_sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));
	return r < 0 ? refuse(err, errno, "starting") : r;
}

int task_reader_run(bool all_threads, bool all_facts,
		    void (*take)(void *who, const struct task_item *item), void *who,
		    struct error *err)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return error_errno(err, errno, "/sys/kernel/btf/vmlinux");
	_cleanup_(task_iter_destroyp) struct task_iter *iter = task_iter__open();
	if (!iter)
		return error_errno(err, ENOMEM, "preparing");
	iter->rodata->all_threads = all_threads;
	iter->rodata->all_facts = all_facts;
	_cleanup_(closep) int descriptor = start(iter, err);
	if (descriptor < 0)
		return descriptor;
	int r = read_items(descriptor, take, who);
	return r < 0 ? error_errno(err, -r, "reading") : 0;
}
