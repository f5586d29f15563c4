/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/snapshot.h"

/*
 * What cJSON does not do by itself: its numbers are doubles, and its strings go out as they came
 * in. These take integers exactly and bytes safely.
 */
void json_add_number(cJSON *object, const char *key, uint64_t number);
void json_add_bytes(cJSON *object, const char *key, const char *bytes, size_t n);
void json_add_text(cJSON *object, const char *key, const char *text); /* NULL: null */
cJSON *json_text(const char *text) _must_check_;

/* {"hostname": …, "boot_id": …, "kernel": …, "taken": …} */
cJSON *json_host(const struct origin *origin) _must_check_;

/* {"source": "/proc/1/ns", "error": "EACCES"} */
cJSON *json_gap(const struct gap *gap) _must_check_;

/* Prints OBJECT behind BEFORE and frees it: 0, or -errno. */
int json_print(FILE *stream, const char *before, cJSON *object) _must_check_;

/* Prints "KEY":[…], an item a line and one at a time, so that memory does not grow with N. */
int json_print_list(FILE *stream, const char *key, size_t n,
		    cJSON *(*item)(void *context, size_t i), void *context) _must_check_;
