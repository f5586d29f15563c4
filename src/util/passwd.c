/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/passwd.h"

#include <string.h>

#include "util/parse.h"

#define ID_MAX ((uint64_t)UINT32_MAX - 1) /* -1 is never a valid id */

struct line {
	const char *start, *end;
};

/* The next line that is not blank and no comment, without what is blank in front. */
static bool next_line(const char *text, size_t n, size_t *position, struct line *ret)
{
	while (*position < n) {
		const char *start = text + *position;
		const char *end = memchr(start, '\n', n - *position);
		if (!end)
			end = text + n;
		*position = end - text + (end < text + n);
		while (start < end && (*start == ' ' || *start == '\t'))
			start++;
		if (start == end || *start == '#')
			continue;
		*ret = (struct line){ start, end };
		return true;
	}
	return false;
}

/* The part number INDEX between colons; NULL where the line ends before. */
static const char *part(const struct line *line, unsigned index, size_t *ret_n)
{
	const char *start = line->start;
	for (;; index--) {
		const char *colon = memchr(start, ':', line->end - start);
		if (index == 0) {
			*ret_n = (colon ? colon : line->end) - start;
			return start;
		}
		if (!colon) {
			*ret_n = 0;
			return NULL;
		}
		start = colon + 1;
	}
}

static bool part_id(const struct line *line, unsigned index, uint64_t max, uint32_t *ret)
{
	size_t n;
	uint64_t id;
	const char *text = part(line, index, &n);
	if (!text || parse_u64_n(text, n, max, &id) < 0)
		return false;
	*ret = id;
	return true;
}

static bool part_name(const struct line *line, const char **ret, size_t *ret_n)
{
	*ret = part(line, 0, ret_n);
	return *ret_n && !memchr(*ret, 0, *ret_n) && **ret != '+' && **ret != '-';
}

bool passwd_next(const char *text, size_t n, size_t *position, struct passwd_entry *ret)
{
	struct line line;
	struct passwd_entry entry = { 0 };
	while (next_line(text, n, position, &line)) {
		if (!part_name(&line, &entry.name, &entry.n_name) ||
		    !part_id(&line, 2, ID_MAX, &entry.id) || !part_id(&line, 3, ID_MAX, &entry.gid))
			continue;
		entry.home = part(&line, 5, &entry.n_home);
		entry.shell = part(&line, 6, &entry.n_shell);
		*ret = entry;
		return true;
	}
	return false;
}

bool group_next(const char *text, size_t n, size_t *position, struct passwd_entry *ret)
{
	struct line line;
	struct passwd_entry entry = { 0 };
	while (next_line(text, n, position, &line)) {
		if (!part_name(&line, &entry.name, &entry.n_name) ||
		    !part_id(&line, 2, ID_MAX, &entry.id))
			continue;
		entry.members = part(&line, 3, &entry.n_members);
		*ret = entry;
		return true;
	}
	return false;
}

bool subid_next(const char *text, size_t n, size_t *position, struct subid_entry *ret)
{
	struct line line;
	struct subid_entry entry;
	while (next_line(text, n, position, &line)) {
		if (!part_name(&line, &entry.owner, &entry.n_owner) ||
		    !part_id(&line, 1, ID_MAX, &entry.start) ||
		    !part_id(&line, 2, UINT32_MAX, &entry.count) || entry.count == 0)
			continue;
		*ret = entry;
		return true;
	}
	return false;
}
