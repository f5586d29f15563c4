/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/saved-get.h"

#include <errno.h>
#include <inttypes.h>

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
