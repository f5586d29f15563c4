/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/cgroups.h"

#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/procfile.h"

#define CGROUP_TEXT_MAX ((size_t)128 * 1024)

static size_t count_lines(const char *text, size_t n)
{
	size_t lines = 1;
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

/* "4:cpu,cpuacct:/path": names of cgroups may have colons. */
static bool parse_line(struct arena *arena, const char *line, const char *end,
		       struct cgroup_place *ret)
{
	const char *first = memchr(line, ':', end - line);
	const char *second = first ? memchr(first + 1, ':', end - first - 1) : NULL;
	if (!second)
		return false;
	ret->controllers = arena_copy(arena, first + 1, second - first - 1);
	ret->path = arena_copy(arena, second + 1, end - second - 1);
	return true;
}

struct cgroup_places cgroups_parse(struct arena *arena, const char *text, size_t n)
{
	const char *end = text + n;
	struct cgroup_place *items = arena_alloc(arena, count_lines(text, n) * sizeof(*items));
	struct cgroup_places places = { .items = items };
	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', end - line);
		const char *line_end = newline ? newline : end;
		if (parse_line(arena, line, line_end, &items[places.n]))
			places.n++;
		line = line_end + 1;
	}
	return places;
}

struct cgroup_places cgroups_read(struct arena *arena, int dir)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, "cgroup", CGROUP_TEXT_MAX, &text, &n);
	return r < 0 ? (struct cgroup_places){ .why = -r } : cgroups_parse(arena, text, n);
}
