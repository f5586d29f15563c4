/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/event.h"

/* What happened, as a sentence: raw bytes of others are in it. Freed by the caller. */
char *event_text(const struct event *event) _must_check_;
