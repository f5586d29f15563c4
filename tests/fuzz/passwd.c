/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/passwd.h"

#include <string.h>

#include "fuzz.h"

/* A name lies inside of the text, in front of a colon, and is no more than a name. */
static void check_name(const char *text, size_t n, const char *name, size_t n_name)
{
	CHECK(n_name && name >= text && name + n_name < text + n);
	CHECK(name[n_name] == ':' && *name != '+' && *name != '-');
	CHECK(!memchr(name, 0, n_name) && !memchr(name, ':', n_name) &&
	      !memchr(name, '\n', n_name));
}

static size_t check_entries(bool (*next)(const char *, size_t, size_t *, struct passwd_entry *),
			    const char *text, size_t n)
{
	struct passwd_entry entry;
	size_t n_entries = 0, position = 0, before = 0;
	for (; next(text, n, &position, &entry); before = position, n_entries++) {
		CHECK(position > before && position <= n);
		CHECK(entry.id != UINT32_MAX);
		check_name(text, n, entry.name, entry.n_name);
	}
	CHECK(position == n || n == 0);
	return n_entries;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *text = (const char *)bytes;
	/* A line of passwd has what one of group has, and more. */
	CHECK(check_entries(passwd_next, text, n) <= check_entries(group_next, text, n));
	struct subid_entry entry;
	for (size_t position = 0; subid_next(text, n, &position, &entry);) {
		CHECK(entry.count && entry.start != UINT32_MAX);
		check_name(text, n, entry.owner, entry.n_owner);
	}
	return 0;
}
