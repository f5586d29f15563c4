/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/*
 * Values of a saved snapshot, checked. Each returns 0, GET_ABSENT where OBJECT has no such key (RET
 * is left alone), or -EINVAL with a line that begins with the key.
 */
#define GET_ABSENT 1

/* A whole number from 0 to MAX, written as a number or, exact to 64 bits, as a string of digits. */
int get_number(const cJSON *object, const char *key, uint64_t max, uint64_t *ret,
	       struct error *err) _must_check_;
int get_bool(const cJSON *object, const char *key, bool *ret, struct error *err) _must_check_;

/* Bytes that were escaped; *RET has a NUL behind them and is freed by the caller. */
int get_bytes(const cJSON *object, const char *key, char **ret, size_t *ret_n,
	      struct error *err) _must_check_;

/* An array of them: those of all, each with a NUL behind it; freed by the caller. */
int get_texts(const cJSON *object, const char *key, char **ret, size_t *ret_n,
	      struct error *err) _must_check_;

int get_array(const cJSON *object, const char *key, const cJSON **ret,
	      struct error *err) _must_check_;
int get_object(const cJSON *object, const char *key, const cJSON **ret,
	       struct error *err) _must_check_;

/* The same of the value itself. */
int as_number(const cJSON *value, uint64_t max, uint64_t *ret) _must_check_;
int as_bytes(const cJSON *value, char **ret, size_t *ret_n) _must_check_;
