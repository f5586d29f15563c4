/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/overlay.h"

#include <string.h>

#include "util/alloc.h"

/* "/a//b/./c/.." is "/a/b"; links are taken for folders. */
static void normalize(char *path)
{
	char *to = path;
	for (const char *from = path; *from;) {
		size_t n = strcspn(from + 1, "/") + 1;
		if (n == 3 && memcmp(from, "/..", 3) == 0) {
			while (to > path && *--to != '/')
				;
		} else if (n > 1 && !(n == 2 && from[1] == '.')) {
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	if (to == path)
		*to++ = '/';
	*to = 0;
}

static void add(struct overlay_layers *layers, const char *path, size_t n, bool is_upper)
{
	if (n == 0)
		return;
	layers->items = xgrow(layers->items, layers->n, &layers->capacity, sizeof(*layers->items));
	char *copy = xstrndup(path, n);
	if (*copy == '/')
		normalize(copy);
	layers->items[layers->n++] = (struct overlay_layer){ copy, is_upper };
}

/* Octal numbers, by which the kernel keeps commas and blanks apart from its own. */
static void decode(char *text)
{
	char *to = text;
	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = 0;
}

/* "/a:/b\:c"; what is behind a double colon are layers too. */
static void add_list(struct overlay_layers *layers, char *list, bool is_upper)
{
	char *to = list, *start = list;
	for (const char *from = list;; from++) {
		bool escaped = from[0] == '\\' && from[1];
		if (*from && (escaped || *from != ':' || is_upper)) {
			from += escaped;
			*to++ = *from;
			continue;
		}
		add(layers, start, to - start, is_upper);
		start = to;
		if (!*from)
			return;
	}
}

static void add_option(struct overlay_layers *layers, const char *option, size_t n)
{
	static const char *const names[] = { "lowerdir=", "lowerdir+=", "datadir+=", "upperdir=" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n_name = strlen(names[i]);
		if (n < n_name || memcmp(option, names[i], n_name) != 0)
			continue;
		_cleanup_(freep) char *value = xstrndup(option + n_name, n - n_name);
		decode(value);
		add_list(layers, value, names[i][0] == 'u');
	}
}

struct overlay_layers overlay_layers_parse(const char *options)
{
	struct overlay_layers layers = { 0 };
	for (const char *end; *options; options = end + (*end == ',')) {
		end = strchrnul(options, ',');
		add_option(&layers, options, end - options);
	}
	return layers;
}

void overlay_layers_clear(struct overlay_layers *layers)
{
	for (size_t i = 0; i < layers->n; i++)
		free(layers->items[i].path);
	free(layers->items);
}
