/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "act/cgroups.h"
#include "container/cgroup.h"
#include "container/lineage.h"
#include "fuzz.h"
#include "util/alloc.h"

static void check_text(const char *text, const char *whole, size_t n)
{
	CHECK(!text || strlen(text) <= n);
	/* Nothing is made up, but for what systemd's escapes stand for. */
	CHECK(!text || !*text || memchr(whole, '\\', n) || memchr(whole, '_', n) ||
	      memmem(whole, n, text, strlen(text)));
}

/* /proc/PID/cgroup, and what is in no process at all. */
static void check_cgroup(const char *bytes, size_t n)
{
	_cleanup_(known_clear) struct known known = { 0 };
	int r = cgroup_recognize(bytes, n, &known);
	CHECK(r == 0 || r == CGROUP_NONE || r == CGROUP_GUESS);
	CHECK((r == CGROUP_NONE) == !known.container.id);
	CHECK(r != CGROUP_GUESS || strcmp(known.container.engine, "oci") == 0);
	CHECK(r == CGROUP_NONE || known.container.engine);
	check_text(known.container.id, bytes, n);
	check_text(known.container.pod, bytes, n);

	_cleanup_(freep) char *path = cgroup_path(bytes, n);
	CHECK(!path || *path == '/');
	CHECK(path || r == CGROUP_NONE);
	check_text(path, bytes, n);
}

/* The first line as one of cgroup, what is behind it as mountinfo. */
static void check_folder(const char *bytes, size_t n)
{
	const char *newline = n ? memchr(bytes, '\n', n) : NULL;
	if (!newline)
		return;
	size_t line = newline - bytes;
	_cleanup_(freep) char *folder = cgroup_folder(bytes, line, newline + 1, n - line - 1);
	CHECK(!folder || strlen(folder) <= n);
}

/* The same bytes as a command line. */
static void check_command(const char *bytes, size_t n)
{
	_cleanup_(supervisor_clear) struct supervisor supervisor = { 0 };
	int r = supervisor_parse(bytes, n, &supervisor);
	CHECK(r == 0 || r == SUPERVISOR_NOT);
	CHECK((r == 0) == (supervisor.known.container.id && *supervisor.known.container.id));
	CHECK((r == 0) == (supervisor.known.container.engine != NULL));
	CHECK(!supervisor.bundle || memmem(bytes, n, supervisor.bundle, strlen(supervisor.bundle)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* A copy of its own size, as the caller's may be a part of something larger. */
	_cleanup_(freep) char *text = xmalloc(n + !n);
	if (n)
		memcpy(text, bytes, n);
	check_cgroup(text, n);
	check_folder(text, n);
	check_command(text, n);
	return 0;
}
