/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/exposure.h"
#include "util/error.h"

/*
 * Reads what bears on how far N processes of a snapshot are kept from the host, and what has to be
 * known of the host for that. The list may repeat itself. A process that has ended since has none;
 * what could not be read is a WHY. -errno where there is no /proc.
 */
int exposures_take(const struct snapshot *snapshot, const struct process *const *processes,
		   size_t n, const struct exposures **ret, struct error *err) _must_check_;
