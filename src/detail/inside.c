/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/inside.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "uapi/nsfs.h"
#include "util/alloc.h"

/* What is in front of N bytes. The last part of an answer has none, and WHY tells how it ends. */
struct part {
	int why;
	uint32_t n;
};

static void say(int answers, int why, const void *bytes, size_t n)
{
	const struct part part = { .why = why, .n = n };
	if (write(answers, &part, sizeof(part)) != sizeof(part) ||
	    (n && write(answers, bytes, n) != (ssize_t)n))
		_exit(1);
}

void inside_say(int answers, const void *bytes, size_t n)
{
	if (n)
		say(answers, 0, bytes, n);
}

/* JOINED: of child_join(). */
static void answer(const struct inside *inside, int answers, int joined)
{
	int r = joined < 0 ? joined : inside->look(inside->with, answers);
	say(answers, -r, NULL, 0);
}

static void look_into_all(const void *context, int answers)
{
	const struct inside *inside = context;
	for (size_t i = 0; i < inside->n; i++)
		answer(inside, answers, child_join(inside->fds[i], inside->type));
}

static int join_owner(int fd)
{
	int owner = ioctl(fd, NSFS_GET_USERNS);
	return owner < 0 ? -errno : child_join(owner, CLONE_NEWUSER);
}

static void look_by_owner(const void *context, int answers)
{
	const struct inside *inside = context;
	int r = join_owner(*inside->fds);
	answer(inside, answers, r < 0 ? r : child_join(*inside->fds, inside->type));
}

static int start(const struct inside *inside, struct child_patience *patience, child_function *run,
		 struct child *ret)
{
	int keep[INSIDE_MAX + 1];
	size_t n = 0;
	for (; n < inside->n; n++)
		keep[n] = inside->fds[n];
	if (inside->with >= 0)
		keep[n++] = inside->with;
	return child_start(patience, run, inside, keep, n, ret);
}

static int hear(const struct child *child, struct inside_answer *ret)
{
	struct part part;
	int r;
	while ((r = child_read(child, &part, sizeof(part))) == 0 && part.n) {
		ret->bytes = xreallocarray(ret->bytes, ret->n + part.n, 1);
		r = child_read(child, ret->bytes + ret->n, part.n);
		if (r < 0)
			return r;
		ret->n += part.n;
	}
	if (r == 0)
		ret->why = part.why;
	return r;
}

static void ask(const struct inside *inside, struct child_patience *patience, child_function *run,
		struct inside_answer *ret)
{
	_cleanup_(child_end) struct child child = CHILD_NONE;
	int r = start(inside, patience, run, &child);
	for (size_t i = 0; i < inside->n; i++) {
		ret[i] = (struct inside_answer){ .why = -r };
		if (r == 0)
			r = hear(&child, &ret[i]);
		if (r < 0)
			ret[i].why = -r;
	}
}

void inside_ask(const struct inside *inside, struct child_patience *patience,
		struct inside_answer *ret)
{
	struct inside one = *inside;
	if (inside->n)
		ask(inside, patience, look_into_all, ret);
	for (one.n = 1; one.fds < inside->fds + inside->n; one.fds++, ret++)
		if (ret->why == EPERM)
			ask(&one, patience, look_by_owner, ret);
}
