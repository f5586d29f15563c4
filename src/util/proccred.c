/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/proccred.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/procfile.h"
#include "util/text.h"

/* "Uid:	0	0	0	0": real, effective, saved, file system. */
static int parse_effective(const char *text, const char *end, const char *key, uint32_t *ret)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	uint64_t id;
	if (!line || text_number(line, line_end, 1, UINT32_MAX, &id) < 0)
		return -EINVAL;
	*ret = id;
	return 0;
}

/* The line is walked once: it may have 65,536 numbers (NGROUPS_MAX). */
static int parse_groups(const char *text, const char *end, struct proc_cred *cred)
{
	const char *line_end, *line = text_line(text, end, "Groups", &line_end);
	size_t capacity = 0, n_word;
	if (!line)
		return -EINVAL;
	for (;;) {
		uint64_t gid;
		const char *word = text_word(line, line_end, 0, &n_word);
		if (n_word == 0)
			return 0;
		if (text_number(word, line_end, 0, UINT32_MAX, &gid) < 0)
			return -EINVAL;
		cred->groups =
			xgrow(cred->groups, cred->n_groups, &capacity, sizeof(*cred->groups));
		cred->groups[cred->n_groups++] = gid;
		line = word + n_word;
	}
}

static bool has_number(const char *text, const char *end, const char *key, uint64_t wanted)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	uint64_t value;
	return line && text_number(line, line_end, 0, UINT32_MAX, &value) == 0 && value == wanted;
}

int proc_parse_cred(const char *text, size_t n, struct proc_cred *ret)
{
	const char *end = text + n;
	struct proc_cred cred = { 0 };
	if (parse_effective(text, end, "Uid", &cred.uid) < 0 ||
	    parse_effective(text, end, "Gid", &cred.gid) < 0 ||
	    parse_groups(text, end, &cred) < 0) {
		proc_cred_clear(&cred);
		return -EINVAL;
	}
	cred.effective = text_hex(text, end, "CapEff");
	cred.bounding = text_hex(text, end, "CapBnd");
	cred.no_new_privs = has_number(text, end, "NoNewPrivs", 1);
	cred.filtered = has_number(text, end, "Seccomp", 2);
	*ret = cred;
	return 0;
}

int proc_read_cred(int dir, const char *name, struct proc_cred *ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, name, PROC_STATUS_MAX, &text, &n);
	if (r < 0)
		return r;
	return proc_parse_cred(text, n, ret) < 0 ? -EIO : 0;
}

void proc_cred_clear(struct proc_cred *cred)
{
	free(TAKE(cred->groups));
	cred->n_groups = 0;
}
