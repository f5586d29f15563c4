/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/saved-get.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "util/alloc.h"
#include "util/parse.h"
#include "util/utf8.h"

/* Below this a double holds every whole number, and no other one is rounded to it. */
#define EXACT_END ((double)(UINT64_C(1) << 53))

int as_number(const cJSON *value, uint64_t max, uint64_t *ret)
{
	if (cJSON_IsString(value))
		return parse_u64(value->valuestring, max, ret) < 0 ? -EINVAL : 0;
	double number = cJSON_IsNumber(value) ? value->valuedouble : -1;
	if (!(number >= 0 && number < EXACT_END) || number != (double)(uint64_t)number ||
	    (uint64_t)number > max)
		return -EINVAL;
	*ret = number;
	return 0;
}

int as_bytes(const cJSON *value, char **ret, size_t *ret_n)
{
	return cJSON_IsString(value) ? utf8_unescape(value->valuestring, ret, ret_n) : -EINVAL;
}

int get_number(const cJSON *object, const char *key, uint64_t max, uint64_t *ret, struct error *err)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!value)
		return GET_ABSENT;
	if (as_number(value, max, ret) < 0)
		return error_set(err, EINVAL, "%s is not a number from 0 to %" PRIu64, key, max);
	return 0;
}

int get_bool(const cJSON *object, const char *key, bool *ret, struct error *err)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!value)
		return GET_ABSENT;
	if (!cJSON_IsBool(value))
		return error_set(err, EINVAL, "%s is neither true nor false", key);
	*ret = cJSON_IsTrue(value);
	return 0;
}

int get_bytes(const cJSON *object, const char *key, char **ret, size_t *ret_n, struct error *err)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!value || cJSON_IsNull(value))
		return GET_ABSENT;
	if (as_bytes(value, ret, ret_n) < 0)
		return error_set(err, EINVAL, "%s is not a text as we write them", key);
	return 0;
}

static int get_container(const cJSON *object, const char *key, cJSON_bool (*is)(const cJSON *),
			 const char *what, const cJSON **ret, struct error *err)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!value)
		return GET_ABSENT;
	if (!is(value))
		return error_set(err, EINVAL, "%s is not an %s", key, what);
	*ret = value;
	return 0;
}

int get_array(const cJSON *object, const char *key, const cJSON **ret, struct error *err)
{
	return get_container(object, key, cJSON_IsArray, "array", ret, err);
}

int get_object(const cJSON *object, const char *key, const cJSON **ret, struct error *err)
{
	return get_container(object, key, cJSON_IsObject, "object", ret, err);
}

int get_texts(const cJSON *object, const char *key, char **ret, size_t *ret_n, struct error *err)
{
	const cJSON *array, *item;
	int r = get_array(object, key, &array, err);
	if (r != 0)
		return r;
	_cleanup_(freep) char *texts = xcalloc(1, 1);
	size_t n = 0;
	cJSON_ArrayForEach (item, array) {
		_cleanup_(freep) char *text = NULL;
		size_t n_text;
		if (as_bytes(item, &text, &n_text) < 0)
			return error_set(err, EINVAL, "%s is not a list of texts", key);
		texts = xreallocarray(texts, n + n_text + 1, 1);
		memcpy(texts + n, text, n_text + 1);
		n += n_text + 1;
	}
	*ret = TAKE(texts);
	*ret_n = n;
	return 0;
}
