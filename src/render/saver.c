/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/saver.h"

#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "util/alloc.h"
#include "util/utf8.h"

/* One text that was replaced, and its place in the order of first appearance. */
struct secret {
	size_t number;
	UT_hash_handle hh;
	size_t n;
	char text[];
};

void saver_clear(struct saver *saver)
{
	struct secret *secret, *next;
	HASH_ITER (hh, saver->secrets, secret, next) {
		HASH_DEL(saver->secrets, secret);
		free(secret);
	}
}

static size_t secret_number(struct saver *saver, const char *text, size_t n)
{
	struct secret *secret;
	HASH_FIND(hh, saver->secrets, text, n, secret);
	if (!secret) {
		secret = xcalloc(1, sizeof(*secret) + n + 1);
		secret->n = n;
		memcpy(secret->text, text, n);
		secret->number = HASH_COUNT(saver->secrets) + 1;
		HASH_ADD_KEYPTR(hh, saver->secrets, secret->text, n, secret);
	}
	return secret->number;
}

char *save_escape(const char *bytes, size_t n)
{
	return utf8_escape(bytes, n);
}

char *save_secret(struct saver *saver, const char *word, const char *bytes, size_t n)
{
	if (saver->redact && n)
		return xasprintf("%s-%zu", word, secret_number(saver, bytes, n));
	return save_escape(bytes, n);
}

void save_taken(cJSON *object, const char *key, char *text)
{
	json_add_text(object, key, text);
	free(text);
}

void save_saved(cJSON *object, const char *key, const char *text)
{
	if (text)
		save_taken(object, key, save_escape(text, strlen(text)));
}

void save_u64(cJSON *object, const char *key, uint64_t number)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	json_add_text(object, key, digits);
}

void save_why(cJSON *object, const char *key, int why)
{
	if (error_name(why))
		json_add_text(object, key, error_name(why));
	else
		save_u64(object, key, why);
}
