/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "render/field.h"

/* The columns of nstrace; items are of struct event. */
#define EVENT_FIELD_COUNT 15
extern const struct field event_fields[EVENT_FIELD_COUNT];
