/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/holders.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/file-list.h"

int holders_collect(struct builder *builder, int proc, struct error *err)
{
	struct origin *origin = builder_origin(builder);
	struct stat nsfs;
	origin->holders = true;
	if (fstatat(proc, "self/ns/user", &nsfs, 0) < 0) {
		builder_gap_of_holder(builder, errno, "/proc/self");
		return 0;
	}
	_cleanup_(file_list_clear) struct file_list files = { 0 };
	bool by_bpf = origin->source && strcmp(origin->source, "bpf") == 0;
	if (by_bpf)
		file_list_begin(&files);
	_cleanup_(mounts_freep) struct mounts *mounts = mounts_new(builder, proc, nsfs.st_dev);
	mounts_read(mounts);
	int r = fds_collect(builder, proc, nsfs.st_dev, by_bpf ? &files : NULL, err);
	/* Descriptors lead to mount namespaces that nobody is in. */
	mounts_read(mounts);
	mounts_note_gaps(mounts);
	return r;
}
