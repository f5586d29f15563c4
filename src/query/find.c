/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>

#include "query/query.h"

static const struct ns *find_inode(const struct snapshot *snapshot, ino_t ino)
{
	const struct ns *found = NULL;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT && !found; kind++)
		found = snapshot_find_ns(snapshot, kind, ino);
	return found;
}

static const struct ns *find_id(const struct snapshot *snapshot, uint64_t id)
{
	for (size_t i = 0; i < snapshot->n_namespaces; i++)
		if (id && snapshot->namespaces[i]->id == id)
			return snapshot->namespaces[i];
	return NULL;
}

int reference_find(const struct snapshot *snapshot, const struct reference *reference,
		   struct found *ret, struct error *err)
{
	struct found found = { 0 };
	switch (reference->type) {
	case REFERENCE_PID:
		found.process = snapshot_find_process(snapshot, reference->pid);
		if (!found.process)
			return error_set(err, ENOENT, "%s: no such process", reference->text);
		break;
	case REFERENCE_NS:
		found.ns = snapshot_find_ns(snapshot, reference->kind, reference->number);
		break;
	case REFERENCE_INODE:
		found.ns = find_inode(snapshot, reference->number);
		break;
	case REFERENCE_ID:
		found.ns = find_id(snapshot, reference->number);
		break;
	default:
		return error_set(err, EINVAL, "%s: this has no meaning in a saved snapshot",
				 reference->text);
	}
	if (!found.process && !found.ns)
		return error_set(err, ENOENT, "%s: no such namespace", reference->text);
	*ret = found;
	return 0;
}
