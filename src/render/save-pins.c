/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "render/saver.h"
#include "util/alloc.h"

/* What holds NS, which may be NULL: what is in flight. */
struct saved_pin {
	const struct ns *ns;
	const struct pin *pin;
};

static cJSON *pin_object(void *context, size_t i)
{
	struct saver *saver = context;
	const struct saved_pin *saved = &saver->pins[i];
	const struct pin *pin = saved->pin;
	cJSON *object = cJSON_CreateObject();
	if (saved->ns) {
		json_add_text(object, "kind", ns_kind_name(saved->ns->kind));
		if (saved->ns->ino)
			json_add_number(object, "ino", saved->ns->ino);
	}
	json_add_text(object, "by", held_by_name(pin->by));
	if (pin->process)
		json_add_number(object, "pid", pin->process->pid);
	if (pin->tid)
		json_add_number(object, "tid", pin->tid);
	if (pin->fd >= 0)
		json_add_number(object, "fd", pin->fd);
	if (pin->mnt)
		json_add_number(object, "mnt", pin->mnt->ino);
	if (pin->path)
		save_taken(object, "path",
			   save_secret(saver, "path", pin->path, strlen(pin->path)));
	return object;
}

static size_t count(const struct snapshot *snapshot)
{
	size_t n = snapshot->n_in_flight;
	for (size_t i = 0; i < snapshot->n_namespaces; i++)
		n += snapshot->namespaces[i]->n_pins;
	return n;
}

int save_pins(struct saver *saver)
{
	const struct snapshot *snapshot = saver->snapshot;
	size_t n = 0;
	_cleanup_(freep) struct saved_pin *pins = xcalloc(count(snapshot), sizeof(*pins));
	for (size_t i = 0; i < snapshot->n_in_flight; i++)
		pins[n++] = (struct saved_pin){ NULL, &snapshot->in_flight[i] };
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		const struct ns *ns = snapshot->namespaces[i];
		for (size_t j = 0; j < ns->n_pins; j++)
			pins[n++] = (struct saved_pin){ ns, &ns->pins[j] };
	}
	saver->pins = pins;
	return json_print_list(saver->stream, "pins", n, pin_object, saver);
}
