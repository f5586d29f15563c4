/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/file_reader.h"

#include <errno.h>

#include "collect/iter_run.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "collect/file_iter.skel.h"
#pragma GCC diagnostic pop

static void file_iter_destroyp(struct file_iter **iter)
{
	file_iter__destroy(*iter);
}

struct reading {
	void (*take)(void *who, const struct file_record *record);
	void *who;
	__s32 tid, fd; /* of the last record */
};

static int take_bytes(void *who, const char *bytes, size_t n)
{
	struct reading *reading = who;
	const struct file_record *record = (const void *)bytes;
	if (n % sizeof(*record))
		return -EIO;
	for (size_t left = n / sizeof(*record); left > 0; left--, record++) {
		if (record->tid < reading->tid ||
		    (record->tid == reading->tid && record->fd <= reading->fd))
			continue;
		reading->tid = record->tid;
		reading->fd = record->fd;
		reading->take(reading->who, record);
	}
	return 0;
}

int file_reader_run(void (*take)(void *who, const struct file_record *record), void *who,
		    struct error *err)
{
	int r = iter_check(err);
	if (r < 0)
		return r;
	_cleanup_(file_iter_destroyp) struct file_iter *iter = file_iter__open();
	if (!iter)
		return error_errno(err, ENOMEM, "preparing");
	r = file_iter__load(iter);
	if (r < 0)
		return iter_refuse(err, -r, "loading");
	struct reading reading = { .take = take, .who = who };
	return iter_run(iter->progs.dump_file.prog_fd, take_bytes, &reading, err);
}
