/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "collect/collector.h"
#include "collect/file_reader.h"

/* In the place of bpf.c and file_reader.c where the build has no BPF. */

int bpf_collect(struct builder *builder _unused_, const struct scope *scope _unused_,
		int proc _unused_, struct error *err)
{
	error_set(err, ENOSYS, "this nstools was built without BPF");
	return COLLECT_UNSUPPORTED;
}

int file_reader_run(void (*take)(void *who, const struct file_record *record) _unused_,
		    void *who _unused_, struct error *err)
{
	return error_set(err, ENOSYS, "this nstools was built without BPF");
}
