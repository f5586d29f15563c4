/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "collect/collector.h"

/* In the place of bpf.c where the build has no BPF. */
int bpf_collect(struct builder *builder _unused_, const struct scope *scope _unused_,
		int proc _unused_, struct error *err)
{
	error_set(err, ENOSYS, "this nstools was built without BPF");
	return COLLECT_UNSUPPORTED;
}
