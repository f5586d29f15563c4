/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "query/query.h"
#include "util/alloc.h"

/* A reference written out in the plainest way, or NULL where only the text itself says it. */
static char *plain_text(const struct reference *reference)
{
	switch (reference->type) {
	case REFERENCE_PID:
		return xasprintf("%d", reference->pid);
	case REFERENCE_PID_INODE:
		return xasprintf("%d:%ju", reference->pid, (uintmax_t)reference->number);
	case REFERENCE_NS:
		return xasprintf("%s:[%ju]", ns_kind_name(reference->kind),
				 (uintmax_t)reference->number);
	case REFERENCE_INODE:
		return xasprintf("%ju", (uintmax_t)reference->number);
	case REFERENCE_ID:
		return xasprintf("id:%ju", (uintmax_t)reference->number);
	case REFERENCE_PID_AT:
		return xasprintf("%d@%s", reference->pid, reference->where);
	case REFERENCE_CONTAINER:
	case REFERENCE_SELF:
	case REFERENCE_PATH:
		break;
	}
	return NULL;
}

static void check_range(const struct reference *reference)
{
	bool has_pid = reference->type == REFERENCE_PID || reference->type == REFERENCE_PID_INODE ||
		       reference->type == REFERENCE_PID_AT;
	struct reference where;
	CHECK(!has_pid || reference->pid > 0);
	CHECK(reference->type != REFERENCE_PID_AT ||
	      reference_parse(reference->where, &where, NULL) == 0);
	CHECK(reference->type != REFERENCE_NS ||
	      (reference->kind < NS_KIND_COUNT && reference->number <= UINT32_MAX));
	CHECK(reference->type != REFERENCE_INODE || reference->number <= UINT32_MAX);
	CHECK(reference_is_process(reference) == (has_pid || reference->type == REFERENCE_SELF ||
						  reference->type == REFERENCE_CONTAINER));
}

static void check_again(const struct reference *reference)
{
	struct reference again;
	_cleanup_(freep) char *plain = plain_text(reference);
	if (!plain) {
		bool path = strchr(reference->text, '/') != NULL;
		CHECK(path == (reference->type == REFERENCE_PATH));
		CHECK(path || reference->type == REFERENCE_CONTAINER ||
		      strcmp(reference->text, "self") == 0);
		return;
	}
	CHECK(reference_parse(plain, &again, NULL) == 0);
	CHECK(again.type == reference->type);
	CHECK(again.pid == reference->pid || reference->type == REFERENCE_NS);
	CHECK(again.number == reference->number);
	CHECK(again.kind == reference->kind || reference->type != REFERENCE_NS);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error err = { 0 };
	struct reference reference;
	_cleanup_(freep) char *text = xcalloc(1, n + 1);
	if (n)
		memcpy(text, bytes, n);
	int r = reference_parse(text, &reference, &err);
	CHECK(r == 0 || (r == -EINVAL && *err.text));
	if (r < 0)
		return 0;
	CHECK(reference.text == text);
	check_range(&reference);
	check_again(&reference);
	return 0;
}
