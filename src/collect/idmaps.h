/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/idmap.h"

/*
 * The map of whatever user namespace the process is in whose directory is DIR. Anybody may read it,
 * also who may not know which namespace that is. RET has room for IDMAP_RANGES_MAX: 0, or -errno.
 */
int idmap_read(int dir, enum id_type type, struct idmap_range *ret, size_t *ret_n) _must_check_;
