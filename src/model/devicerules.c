/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/devicerules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* See the kernel's Documentation/admin-guide/devices.txt. */
bool device_is_terminal(dev_t rdev)
{
	return major(rdev) >= 136 && major(rdev) <= 143;
}

/* "b 7:0 rwm" */
struct rule {
	char type;
	bool any_major, any_minor, opens;
	unsigned long major, minor;
};

static const char *parse_number(const char *text, bool *ret_any, unsigned long *ret)
{
	char *end = (char *)text;
	*ret_any = *text == '*';
	*ret = *ret_any ? 0 : strtoul(text, &end, 10);
	return *ret_any ? text + 1 : end;
}

static bool parse(const char *line, size_t n, struct rule *ret)
{
	char text[64];
	if (n >= sizeof(text))
		return false;
	memcpy(text, line, n);
	text[n] = 0;
	if (!strchr("abc", text[0]) || n < 2 || text[1] != ' ')
		return false;
	ret->type = text[0];
	const char *rest = parse_number(text + 2, &ret->any_major, &ret->major);
	if (rest == text + 2 || *rest != ':')
		return false;
	const char *minor = rest + 1;
	rest = parse_number(minor, &ret->any_minor, &ret->minor);
	ret->opens = strpbrk(rest, "rw");
	return rest != minor && *rest == ' ';
}

/* The next line that is a rule, from *REST on, which is moved behind it: its length; 0: the end. */
static size_t next(const char **rest, const char **ret_line, struct rule *ret)
{
	while (**rest) {
		const char *line = *rest;
		size_t n = strcspn(line, "\n");
		*rest = line + n + (line[n] == '\n');
		*ret_line = line;
		if (n && parse(line, n, ret))
			return n;
	}
	return 0;
}

static size_t find_disks(const char *list, bool many, const char **ret)
{
	struct rule rule;
	size_t n;
	while ((n = next(&list, ret, &rule)))
		if (rule.opens && rule.type != 'c' && (!many || rule.any_major || rule.any_minor))
			return n;
	return 0;
}

size_t device_rules_find(const char *list, const char **ret)
{
	size_t found = find_disks(list, true, ret);
	return found ? found : find_disks(list, false, ret);
}

bool device_rules_allow(const char *list, char type, unsigned major, unsigned minor)
{
	struct rule rule;
	const char *line;
	while (next(&list, &line, &rule))
		if (rule.opens && (rule.type == 'a' || rule.type == type) &&
		    (rule.any_major || rule.major == major) &&
		    (rule.any_minor || rule.minor == minor))
			return true;
	return false;
}
