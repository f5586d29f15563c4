/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/insideview.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "detail/mountinfo.h"
#include "detail/survey.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/procfile.h"

/* A view that was read, and by what its next process is recognized. */
struct known_view {
	struct inside_view *view;
	char *mountinfo;
	size_t n_mountinfo;
	struct statx root;
	int root_why;
};

struct known_outer {
	ino_t mnt;
	const struct inside_view *view;
};

void inside_views_clear(struct inside_views *views)
{
	for (size_t i = 0; i < views->n; i++)
		free(views->known[i].mountinfo);
	free(views->known);
	free(views->outers);
}

static bool is_same_root(const struct known_view *a, const struct known_view *b)
{
	if (a->root_why || b->root_why)
		return a->root_why == b->root_why;
	return a->root.stx_ino == b->root.stx_ino &&
	       a->root.stx_dev_major == b->root.stx_dev_major &&
	       a->root.stx_dev_minor == b->root.stx_dev_minor;
}

static const struct known_view *find(const struct inside_views *views,
				     const struct known_view *wanted)
{
	for (size_t i = 0; i < views->n; i++) {
		const struct known_view *known = &views->known[i];
		if (known->n_mountinfo == wanted->n_mountinfo && is_same_root(known, wanted) &&
		    memcmp(known->mountinfo, wanted->mountinfo, wanted->n_mountinfo) == 0)
			return known;
	}
	return NULL;
}

static const struct inside_view *add(struct inside_views *views, int root,
				     const struct known_view *wanted)
{
	_cleanup_(freep) char *text = xmalloc(wanted->n_mountinfo + 1);
	struct inside_view *view = arena_alloc(views->arena, sizeof(*view));
	memcpy(text, wanted->mountinfo, wanted->n_mountinfo);
	view->mounts = mountinfo_parse(views->arena, text, wanted->n_mountinfo);
	if (wanted->root_why)
		survey_refused(views->arena, wanted->root_why, view);
	else
		survey_take(views->arena, views->patience, root, view);
	views->known = xgrow(views->known, views->n, &views->capacity, sizeof(*views->known));
	views->known[views->n] = *wanted;
	views->known[views->n++].view = view;
	return view;
}

/* One that shows no mounts at all. */
static const struct inside_view *blank(struct inside_views *views, int why)
{
	struct inside_view *view = arena_alloc(views->arena, sizeof(*view));
	view->mounts.why = why;
	view->nodes.why = why;
	view->sockets.why = why;
	return view;
}

const struct inside_view *inside_view_read(struct inside_views *views, int dir)
{
	struct known_view wanted = { 0 };
	int r = proc_read_all(dir, "mountinfo", MOUNTINFO_MAX, &wanted.mountinfo,
			      &wanted.n_mountinfo);
	if (r < 0)
		return blank(views, -r);
	_cleanup_(closep) int root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 ||
	    statx(root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &wanted.root) < 0)
		wanted.root_why = errno;
	const struct known_view *known = find(views, &wanted);
	if (!known)
		return add(views, root, &wanted);
	free(wanted.mountinfo);
	return known->view;
}

/* The child, whose root directory is that of the mount namespace then. */
static void enter(const void *context, int answers)
{
	int r = child_join(*(const int *)context, CLONE_NEWNS);
	if (write(answers, &r, sizeof(r)) != sizeof(r))
		_exit(1);
}

static const struct inside_view *read_by_child(struct inside_views *views, int proc, int mnt)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	int joined = 0, r = child_start(views->patience, enter, &mnt, &mnt, 1, &child);
	if (r == 0)
		r = child_read(&child, &joined, sizeof(joined));
	if (r == 0)
		r = joined;
	_cleanup_(closep) int dir = r < 0 ? r : proc_open_pid(proc, child.pid);
	return dir < 0 ? blank(views, -dir) : inside_view_read(views, dir);
}

const struct inside_view *inside_view_read_outer(struct inside_views *views, int proc, int dir)
{
	int why;
	ino_t mnt = proc_inode(dir, "ns/mnt", &why);
	for (size_t i = 0; i < views->n_outers; i++)
		if (mnt && views->outers[i].mnt == mnt)
			return views->outers[i].view;
	_cleanup_(closep) int fd = openat(dir, "ns/mnt", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return blank(views, errno);
	const struct inside_view *view = read_by_child(views, proc, fd);
	views->outers = xgrow(views->outers, views->n_outers, &views->outers_capacity,
			      sizeof(*views->outers));
	views->outers[views->n_outers++] = (struct known_outer){ mnt, view };
	return view;
}
