/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "render/json.h"
#include "render/save.h"

/* Between the files that save a snapshot: nothing else includes this. */

struct secret;
struct saved_pin;

struct saver {
	FILE *stream;
	const struct snapshot *snapshot;
	const struct details *details;
	bool redact;
	struct secret *secrets; /* uthash: what was replaced so far */
	const struct saved_pin *pins;
	size_t n_nameless; /* namespaces of which only the kind is known */
};

void saver_clear(struct saver *saver);

/* Bytes as they are saved, escaped; or, if SAVER redacts, a placeholder that begins with WORD
 * ("arg-12"). */
char *save_escape(const char *bytes, size_t n) _must_check_;
char *save_secret(struct saver *saver, const char *word, const char *bytes, size_t n) _must_check_;

/* TEXT, which is freed; bytes, if there are any; a number as a string; an errno. */
void save_taken(cJSON *object, const char *key, char *text);
void save_saved(cJSON *object, const char *key, const char *text);
void save_u64(cJSON *object, const char *key, uint64_t number);
void save_why(cJSON *object, const char *key, int why);

/* save-pins.c: the list of what holds namespaces: 0, or as json_print_list(). */
int save_pins(struct saver *saver) _must_check_;

/* save-names.c: items of the lists of names, and the subordinate ids. */
cJSON *saved_user(void *context, size_t i) _must_check_;
cJSON *saved_group(void *context, size_t i) _must_check_;
cJSON *saved_view(void *context, size_t i) _must_check_;
cJSON *saved_subids(struct saver *saver) _must_check_;
