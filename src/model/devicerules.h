/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Which devices the cgroups of a process let it open, however it comes by a node of one. */
struct device_rules {
	bool has_rules;	  /* it is in a hierarchy of version 1 that has rules */
	const char *list; /* its devices.list: a line for each, as "b 7:0 rwm" */
	int rules_why;
	unsigned n_programs; /* of version 2: BPF programs, which say no one knows what */
	int programs_why;
};

/* Of a character device: whether it is a terminal of a devpts. */
bool device_is_terminal(dev_t rdev);

/* Pure: they look at a devices.list, see the kernel's
 * Documentation/admin-guide/cgroup-v1/devices.rst, and trust nothing. What only may be made (m) may
 * not be opened. */

/* The line that lets a disk be read or written, rather many than one: its length, at *RET; 0: there
 * is none. */
size_t device_rules_find(const char *list, const char **ret);

/* Whether that device, of TYPE b or c, may be read or written. */
bool device_rules_allow(const char *list, char type, unsigned major, unsigned minor);
