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

int found_ns(const struct snapshot *snapshot, const struct found *found, enum ns_kind kind,
	     const char *text, const struct ns **ret, struct error *err)
{
	const struct process *process = found->process;
	const struct ns *ns = process ? process_ns(snapshot, process, kind) : found->ns;
	if (!ns && process->ns[kind].why == 0)
		return error_set(err, ENOENT, "%s: that process has left its %s namespace", text,
				 ns_kind_name(kind));
	if (!ns)
		return error_set(err, EACCES,
				 "%s: the %s namespace of that process could not be read", text,
				 ns_kind_name(kind));
	if (ns->kind != kind)
		return error_set(err, EINVAL, "%s is no %s namespace", text, ns_kind_name(kind));
	*ret = ns;
	return 0;
}

/* The earliest started of a container is its first process. */
static int find_container(const struct snapshot *snapshot, const struct details *details,
			  const char *text, struct found *ret, struct error *err)
{
	const struct container *container;
	int r = details_find_container(details, text, &container, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		const struct detail *detail = details_find(details, process);
		if (detail && detail->container == container &&
		    (!ret->process || process->start < ret->process->start))
			ret->process = process;
	}
	return 0;
}

static int find_pid_at(const struct snapshot *snapshot, const struct details *details,
		       const struct reference *reference, struct found *ret, struct error *err)
{
	struct reference where;
	struct found found;
	const struct ns *ns;
	int r = reference_parse(reference->where, &where, err);
	if (r == 0)
		r = reference_find(snapshot, details, &where, &found, err);
	if (r == 0)
		r = found_ns(snapshot, &found, NS_PID, reference->where, &ns, err);
	if (r < 0)
		return r;
	switch (pid_find(snapshot, ns, reference->pid, &ret->process)) {
	case 0:
		return 0;
	case -ENOENT:
		return error_set(err, ENOENT, "%s: no process has PID %d in pid:[%ju]",
				 reference->text, reference->pid, (uintmax_t)ns->ino);
	default:
		return error_set(err, EACCES,
				 "%s: no process has PID %d in pid:[%ju], as far as could be read",
				 reference->text, reference->pid, (uintmax_t)ns->ino);
	}
}

int reference_find(const struct snapshot *snapshot, const struct details *details,
		   const struct reference *reference, struct found *ret, struct error *err)
{
	int r = 0;
	struct found found = { 0 };
	switch (reference->type) {
	case REFERENCE_PID:
		found.process = snapshot_find_process(snapshot, reference->pid);
		if (!found.process)
			return error_set(err, ENOENT, "%s: no such process", reference->text);
		break;
	case REFERENCE_PID_AT:
		r = find_pid_at(snapshot, details, reference, &found, err);
		break;
	case REFERENCE_CONTAINER:
		r = find_container(snapshot, details, reference->text, &found, err);
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
	if (r < 0)
		return r;
	if (!found.process && !found.ns)
		return error_set(err, ENOENT, "%s: no such namespace", reference->text);
	*ret = found;
	return 0;
}
