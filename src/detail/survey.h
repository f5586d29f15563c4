/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/child.h"

/* Between the readers: nothing outside detail/ includes this. */

/*
 * Looks at what is below the root of a process, which may be on any file system, also on one that
 * never answers: in a child with a deadline, where what is likely to hang comes last. ROOT is a
 * descriptor of it. VIEW has the mounts; what is at their targets is filled in, and the rest of
 * VIEW is added, with all strings in ARENA. What was not told in time has ETIMEDOUT.
 */
void survey_take(struct arena *arena, struct child_patience *patience, int root,
		 struct inside_view *view);

/* The same where the root may not be opened: WHY, an errno. */
void survey_refused(struct arena *arena, int why, struct inside_view *view);
