/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "query/query.h"
#include "util/parse.h"
#include "util/procfile.h"

/* No process has a number above PID_MAX_LIMIT (include/linux/threads.h), 4 Mi: what is larger is a
 * namespace's inode. */
#define PID_MAX_LIMIT (4u * 1024 * 1024)

static bool parse_prefixed(const char *text, const char *prefix, uint64_t *ret)
{
	size_t n = strlen(prefix);
	return strncmp(text, prefix, n) == 0 && parse_u64(text + n, UINT64_MAX, ret) == 0;
}

/* "net:[4026532184]" or "net:4026532184" */
static bool parse_ns(const char *text, struct reference *reference)
{
	const char *colon = strchr(text, ':');
	if (!colon)
		return false;
	reference->kind = ns_kind_by_name(text, colon - text);
	const char *number = colon + 1;
	size_t n = strlen(number);
	if (n >= 2 && number[0] == '[' && number[n - 1] == ']') {
		number++;
		n -= 2;
	}
	return reference->kind != NS_KIND_COUNT &&
	       parse_u64_n(number, n, UINT32_MAX, &reference->number) == 0;
}

/* "12675:1234567" */
static bool parse_pid_inode(const char *text, struct reference *reference)
{
	const char *colon = strchr(text, ':');
	uint64_t pid;
	if (!colon || parse_u64_n(text, colon - text, INT_MAX, &pid) < 0 || pid == 0)
		return false;
	reference->pid = pid;
	return parse_u64(colon + 1, UINT64_MAX, &reference->number) == 0;
}

/* "79@WHERE", where WHERE may be such a thing again: deeper than pid namespaces nest makes no
 * sense. */
static bool parse_pid_at(const char *text, struct reference *reference)
{
	const char *at = strchr(text, '@');
	uint64_t pid;
	if (!at || parse_u64_n(text, at - text, INT_MAX, &pid) < 0 || pid == 0)
		return false;
	size_t n = 0;
	for (const char *next = at; next; next = strchr(next + 1, '@'))
		n++;
	struct reference where;
	reference->pid = pid;
	reference->where = at + 1;
	return n < PID_LEVELS_MAX && reference_parse(reference->where, &where, NULL) == 0;
}

static bool parse_number(const char *text, struct reference *reference)
{
	if (parse_u64(text, UINT32_MAX, &reference->number) < 0 || reference->number == 0)
		return false;
	bool is_pid = reference->number <= PID_MAX_LIMIT;
	reference->pid = is_pid ? (pid_t)reference->number : 0;
	reference->type = is_pid ? REFERENCE_PID : REFERENCE_INODE;
	return true;
}

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"

/* "chal", "docker:chal": what engines take as names and ids. A word of digits alone is none, nor is
 * what begins like a namespace or an id. */
static bool is_container(const char *text)
{
	static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER DIGITS "_.+-";
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	size_t n_engine = name - text - (colon ? 1 : 0), n = strspn(name, characters);
	bool reserved = ns_kind_by_name(text, n_engine) != NS_KIND_COUNT ||
			(n_engine == 2 && strncmp(text, "id", 2) == 0);
	if (colon && (n_engine == 0 || reserved || strspn(text, LOWER) != n_engine))
		return false;
	return n > 0 && name[n] == 0 && !strchr("_.+-", name[0]) &&
	       (colon || strspn(name, DIGITS) < n);
}

int reference_parse(const char *text, struct reference *ret, struct error *err)
{
	struct reference reference = { .text = text };
	if (strcmp(text, "self") == 0)
		reference.type = REFERENCE_SELF;
	else if (parse_pid_at(text, &reference))
		reference.type = REFERENCE_PID_AT;
	else if (strchr(text, '/'))
		reference.type = REFERENCE_PATH;
	else if (parse_prefixed(text, "id:", &reference.number))
		reference.type = REFERENCE_ID;
	else if (parse_ns(text, &reference))
		reference.type = REFERENCE_NS;
	else if (parse_pid_inode(text, &reference))
		reference.type = REFERENCE_PID_INODE;
	else if (is_container(text))
		reference.type = REFERENCE_CONTAINER;
	else if (!parse_number(text, &reference))
		return error_set(err, EINVAL,
				 "'%s' is no PID, no namespace and no name of a container (see "
				 "REFERENCES in nstools(7))",
				 text);
	*ret = reference;
	return 0;
}

bool reference_is_process(const struct reference *reference)
{
	return reference->type == REFERENCE_SELF || reference->type == REFERENCE_PID ||
	       reference->type == REFERENCE_PID_INODE || reference->type == REFERENCE_PID_AT ||
	       reference->type == REFERENCE_CONTAINER;
}
