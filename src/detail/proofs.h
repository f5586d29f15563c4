/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/proof.h"

/*
 * What files that anybody may read tell of two processes, whose directories in /proc are A and B.
 * Nothing is proven by a file that cannot be read, nor about who has exited; whoever calls makes
 * sure afterwards that both have lived on.
 */
void proof_take(int a, int b, struct proof *ret);
