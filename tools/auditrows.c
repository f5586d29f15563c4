/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auditrows.h"

#include <string.h>

#include "collect/collect.h"
#include "columns.h"
#include "detail/take.h"

static struct value get_container(const struct view *view, const void *item)
{
	return process_container(view, ((const struct finding *)item)->process);
}

static struct value get_level(const struct view *view _unused_, const void *item)
{
	return value_string(audit_level_name(((const struct finding *)item)->level));
}

static const char *level_color(const struct view *view _unused_, const void *item)
{
	static const char *const colors[LEVEL_COUNT] = {
		[LEVEL_NONE] = "magenta",
		[LEVEL_MEDIUM] = "yellow",
		[LEVEL_HIGH] = "red",
		[LEVEL_CRITICAL] = "red",
	};
	return colors[((const struct finding *)item)->level];
}

static struct value get_check(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct finding *)item)->check->id);
}

static struct value get_finding(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct finding *)item)->text);
}

static struct value get_evidence(const struct view *view _unused_, const void *item)
{
	const char *evidence = ((const struct finding *)item)->evidence;
	return evidence ? value_string(evidence) : value_none();
}

static struct value get_pid(const struct view *view _unused_, const void *item)
{
	return value_number(((const struct finding *)item)->process->pid);
}

static struct value get_worst(const struct view *view _unused_, const void *item)
{
	return value_string(audit_level_name(((const struct finding *)item)->worst));
}

static struct value get_command(const struct view *view, const void *item)
{
	return process_command(view, ((const struct finding *)item)->process);
}

static struct value get_reason(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct finding *)item)->check->reason);
}

static struct value get_remedy(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct finding *)item)->check->remedy);
}

/* clang-format off */
const struct field finding_fields[FINDING_FIELD_COUNT] = {
	{ "CONTAINER", "the container that it is found in", FACT_STAT, DETAIL_CONTAINER, FIELD_LEFT,
	  get_container, NULL },
	{ "LEVEL", "how bad that is: info, low, medium, high, critical; unknown", 0, 0, FIELD_LEFT,
	  get_level, level_color },
	{ "CHECK", "what was looked for, see --explain", 0, 0, FIELD_LEFT, get_check, NULL },
	{ "FINDING", "what was found, or could not be read", 0, 0, FIELD_LAST, get_finding, NULL },
	{ "EVIDENCE", "what the kernel says: a line of /proc, or a part of it", 0, 0, FIELD_LAST,
	  get_evidence, NULL },
	{ "PID", "the process that it is true of; of several in a container, the first", 0, 0,
	  FIELD_RIGHT, get_pid, NULL },
	{ "WORST", "how bad it may be, where not all is known", 0, 0, FIELD_LEFT, get_worst, NULL },
	{ "COMMAND", "the command line of the process, or [name]", FACT_STAT, DETAIL_CMDLINE,
	  FIELD_LAST, get_command, NULL },
	{ "REASON", "why that matters", 0, 0, FIELD_LAST, get_reason, NULL },
	{ "REMEDY", "what to do", 0, 0, FIELD_LAST, get_remedy, NULL },
};
/* clang-format on */

static struct value get_id(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct audit_check *)item)->id);
}

static struct value get_check_worst(const struct view *view _unused_, const void *item)
{
	return value_string(audit_level_name(((const struct audit_check *)item)->worst));
}

static struct value get_title(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct audit_check *)item)->title);
}

static struct value get_check_reason(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct audit_check *)item)->reason);
}

static struct value get_check_remedy(const struct view *view _unused_, const void *item)
{
	return value_string(((const struct audit_check *)item)->remedy);
}

/* clang-format off */
const struct field check_fields[CHECK_FIELD_COUNT] = {
	{ "CHECK", "its name", 0, 0, FIELD_LEFT, get_id, NULL },
	{ "WORST", "how bad it may come out", 0, 0, FIELD_LEFT, get_check_worst, NULL },
	{ "TITLE", "what is found", 0, 0, FIELD_LAST, get_title, NULL },
	{ "REASON", "why that matters", 0, 0, FIELD_LAST, get_check_reason, NULL },
	{ "REMEDY", "what to do", 0, 0, FIELD_LAST, get_check_remedy, NULL },
};
/* clang-format on */
