/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "render/field.h"

/* The columns of nsls, whose items are namespaces. */
#define NSLS_FIELD_COUNT 27
extern const struct field nsls_fields[NSLS_FIELD_COUNT];
