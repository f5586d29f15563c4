/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* For qsort(3) and bsearch(3): numbers of users and groups, and of processes (pid_t). */
int compare_ids(const void *a, const void *b);
int compare_pids(const void *a, const void *b);

/* Sorts N ids, and keeps each once: how many are left, at the beginning of the array. */
size_t sort_ids(uint32_t *ids, size_t n);
