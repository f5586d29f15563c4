/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "columns.h"

#include <string.h>

#include "util/alloc.h"

struct value process_user(const struct view *view, const struct process *process)
{
	if (process->uid == UID_UNKNOWN)
		return value_unknown();
	const struct id_name *user = details_user(view->details, process->uid);
	if (user && user->name)
		return value_string(user->name);
	char *number = xasprintf("%u", process->uid); /* as ps and ls do for who has no name */
	return value_take(number, strlen(number));
}

struct value process_container(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	if (!detail || !detail->has_container)
		return value_unknown();
	if (!detail->container)
		return value_none();
	char *label = container_label(detail->container);
	return value_take(label, strlen(label));
}

/* Kernel threads and zombies have no command line: their name, in brackets, as ps has it. */
static struct value name_in_brackets(const struct process *process)
{
	if (!process->comm)
		return value_unknown();
	char *text = xasprintf("[%s]%s", process->comm, process->state == 'Z' ? " <defunct>" : "");
	return value_take(text, strlen(text));
}

struct value process_command(const struct view *view, const struct process *process)
{
	const struct detail *detail = details_find(view->details, process);
	if (!detail || !detail->has_cmdline || detail->n_cmdline == 0)
		return name_in_brackets(process);
	char *text = xmalloc(detail->n_cmdline + 1);
	for (size_t i = 0; i < detail->n_cmdline; i++)
		text[i] = detail->cmdline[i] ? detail->cmdline[i] : ' ';
	text[detail->n_cmdline] = 0;
	return value_take(text, detail->n_cmdline);
}
