/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/audit.h"
#include "render/field.h"

/* The rows of nsaudit, each a struct finding; and those of --explain, each a struct audit_check. */
#define FINDING_FIELD_COUNT 10
#define CHECK_FIELD_COUNT 5
extern const struct field finding_fields[FINDING_FIELD_COUNT];
extern const struct field check_fields[CHECK_FIELD_COUNT];
