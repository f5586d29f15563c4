/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "trace/trace.h"

/* A build without BPF. */
int trace_by_bpf(const struct trace_job *job _unused_, event_sink *sink _unused_,
		 void *who _unused_, struct trace_end *ret _unused_, struct error *err)
{
	error_set(err, ENOSYS, "built without BPF");
	return TRACE_UNSUPPORTED;
}
