/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "detail/rights.h"
#include "util/text.h"

/* No line is no empty set. CapAmb is as old as Linux 4.3. */
static int parse_set(const char *text, const char *end, const char *key, uint64_t *ret)
{
	const char *line_end;
	if (!text_line(text, end, key, &line_end))
		return -EINVAL;
	*ret = text_hex(text, end, key);
	return 0;
}

static int parse_number(const char *text, const char *end, const char *key, unsigned word,
			uint64_t *ret)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	if (!line || text_number(line, line_end, word, UINT32_MAX, ret) < 0)
		return -EINVAL;
	return 0;
}

static int parse_ids(const char *text, const char *end, const char *key, uint32_t ret[4])
{
	for (unsigned i = 0; i < 4; i++) {
		uint64_t id;
		if (parse_number(text, end, key, i, &id) < 0)
			return -EINVAL;
		ret[i] = id;
	}
	return 0;
}

int rights_parse(const char *text, size_t n, struct rights *ret)
{
	const char *end = text + n, *groups_end;
	const char *groups = text_line(text, end, "Groups", &groups_end);
	uint64_t no_new_privs, seccomp;
	struct rights parsed = { .groups = groups };
	if (!groups || parse_ids(text, end, "Uid", parsed.uids) < 0 ||
	    parse_ids(text, end, "Gid", parsed.gids) < 0 ||
	    parse_number(text, end, "NoNewPrivs", 0, &no_new_privs) < 0 ||
	    parse_number(text, end, "Seccomp", 0, &seccomp) < 0 ||
	    parse_set(text, end, "CapEff", &parsed.effective) < 0 ||
	    parse_set(text, end, "CapPrm", &parsed.permitted) < 0 ||
	    parse_set(text, end, "CapInh", &parsed.inheritable) < 0 ||
	    parse_set(text, end, "CapBnd", &parsed.bounding) < 0 ||
	    parse_set(text, end, "CapAmb", &parsed.ambient) < 0)
		return -EINVAL;
	parsed.n_groups = groups_end - groups;
	parsed.no_new_privs = no_new_privs;
	parsed.seccomp = seccomp;
	*ret = parsed;
	return 0;
}
