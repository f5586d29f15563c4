/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "collect/procfs.h"
#include "util/alloc.h"
#include "util/procfile.h"
#include "util/text.h"

#define CGROUP_MAX ((size_t)256 * 1024)
#define MOUNTINFO_MAX ((size_t)16 * 1024 * 1024)

struct bytes {
	const char *text;
	size_t n;
};

static struct bytes word(const char *text, const char *end, unsigned index)
{
	struct bytes ret;
	ret.text = text_word(text, end, index, &ret.n);
	return ret;
}

static bool equals(struct bytes bytes, const char *text)
{
	return bytes.n == strlen(text) && memcmp(bytes.text, text, bytes.n) == 0;
}

/* Whether ITEM is one of LIST, separated by commas. */
static bool is_among(struct bytes item, struct bytes list)
{
	const char *at = list.text, *end = at + list.n;
	while (at < end) {
		const char *comma = memchr(at, ',', end - at);
		size_t n = (comma ? comma : end) - at;
		if (n == item.n && memcmp(at, item.text, n) == 0)
			return true;
		at += n + 1;
	}
	return false;
}

/* "\040" for a blank, as the kernel writes it. */
static char *unescape(struct bytes bytes)
{
	char *ret = xmalloc(bytes.n + 1), *to = ret;
	for (size_t i = 0; i < bytes.n; i++) {
		const char *at = bytes.text + i;
		bool escaped = *at == '\\' && i + 3 < bytes.n;
		for (int k = 1; k <= 3 && escaped; k++)
			escaped = at[k] >= '0' && at[k] <= '7';
		if (escaped)
			i += 3;
		*to++ = escaped ? (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0') : *at;
	}
	*to = 0;
	return ret;
}

/* What is below ROOT in PATH: "/b" for "/a" and "/a/b", "" for a path itself; NULL: it is not. */
static const char *below(const char *root, const char *path)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(root, path, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return strcmp(path + n, "/") == 0 ? "" : path + n;
}

/* A line of mountinfo, if it shows the hierarchy: "ID PARENT DEV ROOT POINT OPTIONS [FIELDS] - TYPE
 * SOURCE SUPEROPTIONS", where those have the controllers. */
static char *folder_at(const char *line, const char *end, struct bytes controllers,
		       const char *path)
{
	const char *dash = memmem(line, end - line, " - ", 3);
	if (!dash)
		return NULL;
	struct bytes type = word(dash + 3, end, 0), options = word(dash + 3, end, 2);
	const char *comma = memchr(controllers.text, ',', controllers.n);
	struct bytes first = { controllers.text,
			       comma ? (size_t)(comma - controllers.text) : controllers.n };
	if (controllers.n ? !equals(type, "cgroup") || !is_among(first, options)
			  : !equals(type, "cgroup2"))
		return NULL;
	_cleanup_(freep) char *root = unescape(word(line, dash, 3));
	_cleanup_(freep) char *point = unescape(word(line, dash, 4));
	const char *rest = *root == '/' && *point == '/' ? below(root, path) : NULL;
	return rest ? xasprintf("%s%s", point, rest) : NULL;
}

char *cgroup_folder(const char *hierarchy, size_t n, const char *mountinfo, size_t n_mountinfo)
{
	const char *colon = memchr(hierarchy, ':', n);
	const char *second = colon ? memchr(colon + 1, ':', hierarchy + n - colon - 1) : NULL;
	if (!second)
		return NULL;
	struct bytes controllers = { colon + 1, second - colon - 1 };
	_cleanup_(freep) char *path =
		xasprintf("%.*s", (int)(hierarchy + n - second - 1), second + 1);
	const char *end = mountinfo + n_mountinfo;
	for (const char *line = mountinfo; line < end;) {
		const char *newline = memchr(line, '\n', end - line);
		const char *line_end = newline ? newline : end;
		char *folder = folder_at(line, line_end, controllers, path);
		if (folder)
			return folder;
		line = line_end + 1;
	}
	return NULL;
}

static bool has_line(const char *text, size_t n_text, const char *line, size_t n)
{
	for (const char *at = text, *end = text + n_text; at < end;) {
		const char *newline = memchr(at, '\n', end - at);
		size_t length = (newline ? newline : end) - at;
		if (length == n && memcmp(at, line, n) == 0)
			return true;
		at += length + 1;
	}
	return false;
}

/* Where a process that joins would not run, nor die of a signal in version 1. LINE is of
 * /proc/PID/cgroup, where version 2 has no controllers. */
static bool is_frozen(const char *line, size_t n, const char *folder)
{
	const char *colon = memchr(line, ':', n);
	const char *file = colon[1] == ':' ? "cgroup.events" : "freezer.state";
	_cleanup_(freep) char *path = xasprintf("%s/%s", folder, file), *text = NULL;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got;
	if (fd < 0 || fd_read_all(fd, 256, &text, &got) < 0)
		return false;
	return memmem(text, got, "frozen 1", 8) || memmem(text, got, "FR", 2);
}

static int open_one(const char *line, size_t n, const char *mountinfo, size_t n_mountinfo,
		    struct cgroups *cgroups, struct error *err)
{
	_cleanup_(freep) char *folder = cgroup_folder(line, n, mountinfo, n_mountinfo);
	if (!folder)
		return error_set(err, ENOENT, "no mount shows its cgroup %.*s", (int)n, line);
	_cleanup_(freep) char *path = xasprintf("%s/cgroup.procs", folder);
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "cannot join its cgroup %s", folder);
	if (is_frozen(line, n, folder))
		return error_set(err, EBUSY,
				 "its cgroup %s is frozen, as by a pause of the container, and so "
				 "would be the command; thaw it, or see --no-join-cgroup",
				 folder);
	cgroups->items = xreallocarray(cgroups->items, cgroups->n + 1, sizeof(*cgroups->items));
	cgroups->items[cgroups->n++] = (struct cgroup){ TAKE_FD(fd), TAKE(folder) };
	return 0;
}

/* Calls open_one() for each line of theirs that is none of ours. */
static int open_all(const struct bytes *theirs, const struct bytes *ours, int proc,
		    struct cgroups *cgroups, struct error *err)
{
	_cleanup_(freep) char *mountinfo = NULL;
	size_t n_mountinfo = 0;
	int first = 0;
	for (const char *line = theirs->text, *end = line + theirs->n; line < end;) {
		const char *newline = memchr(line, '\n', end - line);
		size_t n = (newline ? newline : end) - line;
		struct error why = { 0 };
		int r = 0;
		if (n && !has_line(ours->text, ours->n, line, n)) {
			if (!mountinfo)
				r = proc_read_all(proc, "self/mountinfo", MOUNTINFO_MAX, &mountinfo,
						  &n_mountinfo);
			if (r < 0)
				return error_errno(err, -r, "cannot read our mounts");
			r = open_one(line, n, mountinfo, n_mountinfo, cgroups, &why);
		}
		if (r < 0 && (first == 0 || r == -EBUSY)) {
			first = r;
			*err = why;
		}
		line += n + 1;
	}
	return first;
}

int cgroups_open(const struct target *target, struct cgroups *ret, struct error *err)
{
	_cleanup_(closep) int proc = proc_open(err);
	_cleanup_(freep) char *theirs = NULL, *ours = NULL;
	size_t n_theirs, n_ours;
	if (proc < 0)
		return proc;
	int r = proc_read_all(target->resolved.dir, "cgroup", CGROUP_MAX, &theirs, &n_theirs);
	if (r < 0)
		return target_refuse(target, -r, "read its cgroups", err);
	r = proc_read_all(proc, "self/cgroup", CGROUP_MAX, &ours, &n_ours);
	if (r < 0)
		return error_errno(err, -r, "cannot read our cgroups");
	return open_all(&(struct bytes){ theirs, n_theirs }, &(struct bytes){ ours, n_ours }, proc,
			ret, err);
}

void cgroups_clear(struct cgroups *cgroups)
{
	for (size_t i = 0; i < cgroups->n; i++) {
		closep(&cgroups->items[i].procs);
		free(cgroups->items[i].path);
	}
	free(TAKE(cgroups->items));
	cgroups->n = 0;
}

int cgroups_join(const struct cgroups *cgroups, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < cgroups->n; i++) {
		bool joined = write(cgroups->items[i].procs, "0", 1) == 1;
		if (!joined && r == 0)
			r = error_errno(err, errno, "cannot join its cgroup %s",
					cgroups->items[i].path);
	}
	return r;
}
