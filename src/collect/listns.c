/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "collect/holders.h"
#include "uapi/nsfs.h"
#include "util/alloc.h"

void listns_read(struct ns_ids *ids)
{
	struct nsfs_list_request request = { .size = sizeof(request) };
	uint64_t some[512];
	for (;;) {
		long n = syscall(SYS_listns, &request, some, ARRAY_SIZE(some), 0);
		if (n < 0)
			ids->why = errno;
		if (n <= 0)
			return;
		for (long i = 0; i < n; i++) {
			ids->ids = xgrow(ids->ids, ids->n, &ids->capacity, sizeof(*ids->ids));
			ids->ids[ids->n++] = some[i];
		}
		/* Else an answer that does not go on would never end. */
		if (some[n - 1] <= request.after)
			return;
		request.after = some[n - 1];
	}
}

void ns_ids_clear(struct ns_ids *ids)
{
	free(ids->ids);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The ids of what has been found; sorted. */
static void read_found(struct builder *builder, struct ns_ids *ret)
{
	for (struct ns *ns = builder_next_ns(builder, NULL); ns;
	     ns = builder_next_ns(builder, ns)) {
		if (!ns->id)
			continue;
		ret->ids = xgrow(ret->ids, ret->n, &ret->capacity, sizeof(*ret->ids));
		ret->ids[ret->n++] = ns->id;
	}
	if (ret->n)
		qsort(ret->ids, ret->n, sizeof(*ret->ids), compare);
}

/* Not every source tells ids, so that a number may be found where the id was not. */
static bool is_found(struct builder *builder, int fd)
{
	struct stat st;
	int flag = ioctl(fd, NSFS_GET_NSTYPE);
	enum ns_kind kind = flag < 0 ? NS_KIND_COUNT : ns_kind_by_flag(flag);
	return kind != NS_KIND_COUNT && fstat(fd, &st) == 0 &&
	       builder_find_ns(builder, kind, st.st_ino);
}

/* What has ended since is not there to be opened: ESTALE. */
static void note(struct builder *builder, uint64_t id)
{
	_cleanup_(closep) int fd = nsfs_open_handle(id, 0, 0);
	if (fd < 0 ? errno == ESTALE : is_found(builder, fd))
		return;
	const struct ns *ns = fd < 0 ? NULL : nsfs_add(builder, fd);
	if (!ns) {
		builder_gap_of_holder(builder, errno, "namespace id:%ju", (uintmax_t)id);
		return;
	}
	builder_ns_keep(builder, ns);
	builder_gap_of_holder(builder, ENODATA, "holder of %s:[%ju]", ns_kind_name(ns->kind),
			      (uintmax_t)ns->ino);
}

void listns_note_unheld(struct builder *builder, const struct ns_ids *ids)
{
	_cleanup_(ns_ids_clear) struct ns_ids found = { 0 };
	/* An older kernel, or a sandbox that does not know the call. */
	if (ids->why && ids->why != ENOSYS && ids->why != EPERM)
		builder_gap_of_holder(builder, ids->why, "listns(2)");
	if (ids->n == 0)
		return;
	read_found(builder, &found);
	for (size_t i = 0; i < ids->n; i++)
		if (!found.n ||
		    !bsearch(&ids->ids[i], found.ids, found.n, sizeof(*found.ids), compare))
			note(builder, ids->ids[i]);
}
