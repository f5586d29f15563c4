/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/event.h"

#include <string.h>

static const char *const names[EVENT_TYPE_COUNT] = {
	[EVENT_EXEC] = "exec",	     [EVENT_CLONE] = "clone",	[EVENT_FORK] = "fork",
	[EVENT_UNSHARE] = "unshare", [EVENT_SETNS] = "setns",	[EVENT_MOVED] = "moved",
	[EVENT_MAP] = "map",	     [EVENT_ROOT] = "root",	[EVENT_HOSTNAME] = "hostname",
	[EVENT_MOUNT] = "mount",     [EVENT_RIGHTS] = "rights", [EVENT_NAME] = "name",
	[EVENT_EXIT] = "exit",
};

const char *event_type_name(enum event_type type)
{
	return names[type];
}

enum event_type event_type_by_name(const char *name, size_t n)
{
	enum event_type type = 0;
	while (type < EVENT_TYPE_COUNT &&
	       (strlen(names[type]) != n || memcmp(names[type], name, n) != 0))
		type++;
	return type;
}
