/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/*
 * Strict decimal numbers: digits only (no sign, no space, no leading "0x"), the whole text or
 * nothing. All return 0, -EINVAL (not a number) or -ERANGE (more than fits), and leave *RET alone
 * unless they return 0.
 */
int parse_u64(const char *text, uint64_t max, uint64_t *ret) _must_check_;
int parse_u64_n(const char *text, size_t n, uint64_t max, uint64_t *ret) _must_check_;
int parse_pid(const char *text, pid_t *ret) _must_check_; /* 1 … INT_MAX */

/* Whether TEXT ends in SUFFIX. */
bool has_suffix(const char *text, const char *suffix);
