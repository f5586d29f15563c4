/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/proofs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/kind.h"
#include "util/alloc.h"
#include "util/procfile.h"

/*
 * Reading a link in /proc/PID/ns takes the right to trace the process; these files do not, and each
 * of them belongs to a namespace. Two of them are never read at one moment: so that of the first
 * process is read before and after that of the second one, and only what it says both times counts.
 */
enum { BEFORE, BESIDE, AFTER, READINGS };

/* /proc/PID/net/dev is a file of the network namespace: each has a tree of such files, with inode
 * numbers of its own (proc_net_ns_init() and get_proc_task_net() in fs/proc/proc_net.c). */
static void prove_net(const int dirs[READINGS], struct proof *proof)
{
	struct stat st[READINGS];
	for (int i = 0; i < READINGS; i++)
		if (fstatat(dirs[i], "net/dev", &st[i], 0) < 0)
			return;
	if (st[BEFORE].st_ino != st[AFTER].st_ino || st[BEFORE].st_dev != st[BESIDE].st_dev)
		return;
	if (st[BEFORE].st_ino == st[BESIDE].st_ino)
		proof->same |= 1u << NS_NET;
	else
		proof->different |= 1u << NS_NET;
}

/* Each of these is of the user namespace, and changes once at most: maps are empty before they are
 * written, and setgroups cannot be allowed again, see user_namespaces(7). So what is the same at
 * two times has been so in between. Equal maps prove nothing. */
static bool user_file_differs(const int dirs[READINGS], const char *name)
{
	char text[READINGS][PROC_IDMAP_MAX];
	ssize_t n[READINGS];
	for (int i = 0; i < READINGS; i++) {
		n[i] = proc_read(dirs[i], name, text[i], sizeof(text[i]));
		if (n[i] < 0)
			return false;
	}
	return strcmp(text[BEFORE], text[AFTER]) == 0 && strcmp(text[BEFORE], text[BESIDE]) != 0;
}

static void prove_user(const int dirs[READINGS], struct proof *proof)
{
	static const char *const names[] = { "uid_map", "gid_map", "projid_map", "setgroups" };
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (user_file_differs(dirs, names[i]))
			proof->different |= 1u << NS_USER;
}

/* More than the text of 100,000 mounts, the default of /proc/sys/fs/mount-max. */
#define MOUNTINFO_MAX ((size_t)32 * 1024 * 1024)

/* Of each mount "ID PARENT MAJOR:MINOR ROOT", as in proc_pid_mountinfo(5): what follows depends on
 * the root directory of the process, and on remounts. */
struct mounts {
	char *text;
	char **lines; /* sorted */
	size_t n;
};

static void mounts_clear(struct mounts *mounts)
{
	free(mounts->text);
	free(mounts->lines);
}

static bool cut_behind_root(char *line)
{
	for (int i = 0; i < 4 && line; i++)
		line = strchr(line + (i > 0), ' ');
	if (line)
		*line = 0;
	return line;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int mounts_read(int dir, struct mounts *ret)
{
	size_t n, capacity = 0;
	int r = proc_read_all(dir, "mountinfo", MOUNTINFO_MAX, &ret->text, &n);
	if (r < 0)
		return r;
	/* The last line ends in a newline, or the text has been cut in it. */
	char *next = ret->text, *end;
	for (; (end = memchr(next, '\n', ret->text + n - next)); next = end + 1) {
		*end = 0;
		if (!cut_behind_root(next))
			continue;
		ret->lines = xgrow(ret->lines, ret->n, &capacity, sizeof(*ret->lines));
		ret->lines[ret->n++] = next;
	}
	if (ret->n)
		qsort(ret->lines, ret->n, sizeof(*ret->lines), compare_lines);
	return 0;
}

static bool mounts_have(const struct mounts *mounts, const char *line)
{
	return mounts->n &&
	       bsearch(&line, mounts->lines, mounts->n, sizeof(*mounts->lines), compare_lines);
}

/*
 * A mount is in one mount namespace, and its id is no other mount's as long as it is there: copies
 * that a new namespace gets, and those that propagation makes, have ids of their own. That no mount
 * is common proves nothing: each sees those below its root directory only.
 */
static void prove_mnt(const int dirs[READINGS], struct proof *proof)
{
	_cleanup_(mounts_clear) struct mounts before = { 0 };
	_cleanup_(mounts_clear) struct mounts beside = { 0 };
	_cleanup_(mounts_clear) struct mounts after = { 0 };
	if (mounts_read(dirs[BEFORE], &before) < 0 || mounts_read(dirs[BESIDE], &beside) < 0 ||
	    mounts_read(dirs[AFTER], &after) < 0)
		return;
	for (size_t i = 0; i < beside.n; i++)
		if (mounts_have(&before, beside.lines[i]) && mounts_have(&after, beside.lines[i]))
			proof->same |= 1u << NS_MNT;
}

void proof_take(int a, int b, struct proof *ret)
{
	const int dirs[READINGS] = { [BEFORE] = a, [BESIDE] = b, [AFTER] = a };
	*ret = (struct proof){ 0 };
	prove_net(dirs, ret);
	prove_user(dirs, ret);
	prove_mnt(dirs, ret);
}
