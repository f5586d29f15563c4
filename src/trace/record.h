/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"
#include "trace/watch.h"

/* Tells SINK what RECORD and the BYTES behind it are about, unless it is nothing that is told.
 * OFFSET: what has to be added to its time, ns. */
void record_tell(const struct watch_record *record, const char *bytes, int64_t offset,
		 event_sink *sink, void *who);
