/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/passwd.h"

#include "fixture.h"

/* What is read of a text: "0=root 1000=ctf". */
static char *entries(bool (*next)(const char *, size_t, size_t *, struct passwd_entry *),
		     const char *text, size_t n)
{
	_cleanup_(freep) char *bytes = exact_copy(text, n);
	char *all = xstrdup("");
	struct passwd_entry entry;
	for (size_t position = 0; next(bytes, n, &position, &entry);) {
		assert_true(position <= n);
		_cleanup_(freep) char *before = all;
		all = xasprintf("%s%s%u=%.*s", before, *before ? " " : "", entry.id,
				(int)entry.n_name, entry.name);
	}
	return all;
}

static const struct row_text {
	const char *name, *text, *users, *groups;
} text_rows[] = {
	{ "a passwd", "root:x:0:0:root:/root:/bin/bash\nctf:x:1000:1000::/home/ctf:/bin/sh\n",
	  "0=root 1000=ctf", "0=root 1000=ctf" },
	{ "a group", "root:x:0:\nadm:x:4:syslog,user\n", "", "0=root 4=adm" },
	{ "no newline at the end", "root:x:0:0", "0=root", "0=root" },
	{ "no password", "root::0:0:::", "0=root", "0=root" },
	{ "one id twice", "a:x:7:7\nb:x:7:7", "7=a 7=b", "7=a 7=b" },
	{ "blank lines, comments, blanks in front", "\n \t\n#a:x:1:1\n  # b:x:2:2\n \tc:x:3:3\n",
	  "3=c", "3=c" },
	{ "NIS", "+::::::\n-x:x:5:5\n+@admins:x:6:6\nroot:x:0:0", "0=root", "0=root" },
	{ "no name", ":x:0:0\n:::\n", "", "" },
	{ "cut lines", "root\nroot:\nroot:x\nroot:x:\nroot:x:0\nb:x:1:1", "1=b", "0=root 1=b" },
	{ "a gid that is none", "root:x:0:x\na:x:1:-1", "", "0=root 1=a" },
	{ "ids that are none",
	  "a:x:-1:0\nb:x:4294967295:0\nc:x:0x5:0\nd:x: 5:0\ne:x:+5:0\nf:x:5 :0", "", "" },
	{ "the largest id", "a:x:4294967294:4294967294", "4294967294=a", "4294967294=a" },
	{ "leading zeroes", "a:x:007:0", "7=a", "7=a" },
	{ "bytes that are not UTF-8", "\xff\xfe:x:7:7\n\x1b[2J:x:8:8", "7=\xff\xfe 8=\x1b[2J",
	  "7=\xff\xfe 8=\x1b[2J" },
	{ "carriage returns", "a:x:7:7\r\nb:x:8:8:\r\n", "8=b", "7=a 8=b" },
	{ "nothing", "", "", "" },
	{ "only colons", "::::::::::::::::\n:", "", "" },
};

static void a_text(void **state)
{
	const struct row_text *row = ROW(struct row_text, state);
	size_t n = strlen(row->text);
	_cleanup_(freep) char *users = entries(passwd_next, row->text, n);
	_cleanup_(freep) char *groups = entries(group_next, row->text, n);
	assert_string_equal(users, row->users);
	assert_string_equal(groups, row->groups);
}

/* What a line says besides its name and number. */
static const struct row_more {
	const char *name, *text;
	const char *expected; /* gid home shell, of a user; members, of a group */
	bool (*next)(const char *, size_t, size_t *, struct passwd_entry *);
} more_rows[] = {
	{ "a user", "ctf:x:1000:7:The, User:/home/ctf:/bin/sh\n", "7 /home/ctf /bin/sh ",
	  passwd_next },
	{ "an empty home and shell", "a:x:1:2:::\n", "2   ", passwd_next },
	{ "no shell", "a:x:1:2::/a", "2 /a  ", passwd_next },
	{ "neither", "a:x:1:2", "2   ", passwd_next },
	{ "more than there should be", "a:x:1:2::/a:/b:c", "2 /a /b ", passwd_next },
	{ "a group", "adm:x:4:syslog,user\n", "0   syslog,user", group_next },
	{ "a group of nobody", "adm:x:4:\n", "0   ", group_next },
	{ "a group that is cut", "adm:x:4", "0   ", group_next },
};

static void more(void **state)
{
	const struct row_more *row = ROW(struct row_more, state);
	size_t position = 0, n = strlen(row->text);
	_cleanup_(freep) char *bytes = exact_copy(row->text, n);
	struct passwd_entry entry;
	assert_true(row->next(bytes, n, &position, &entry));
	_cleanup_(freep) char *text =
		xasprintf("%u %.*s %.*s %.*s", entry.gid, (int)entry.n_home, entry.home,
			  (int)entry.n_shell, entry.shell, (int)entry.n_members, entry.members);
	assert_string_equal(text, row->expected);
}

static void nul_bytes(void **state _unused_)
{
	static const char text[] = "a\0b:x:7:7\nc:\0:8:8\0\nd:x:9:9:\0\ne:x:1\0:1";
	_cleanup_(freep) char *users = entries(passwd_next, text, sizeof(text) - 1);
	assert_string_equal(users, "9=d");
}

static void a_long_line(void **state _unused_)
{
	enum { N = 900000 };
	_cleanup_(freep) char *text = xmalloc(N + 32);
	memset(text, 'a', N);
	memcpy(text + N, ":x:7:7\nb:x:8:8", 15);
	struct passwd_entry entry;
	size_t position = 0;
	assert_true(passwd_next(text, N + 14, &position, &entry));
	assert_int_equal(entry.n_name, N);
	assert_true(passwd_next(text, N + 14, &position, &entry));
	assert_int_equal(entry.id, 8);
	assert_false(passwd_next(text, N + 14, &position, &entry));
}

static const struct row_subids {
	const char *text, *expected;
} subid_rows[] = {
	{ "user:100000:65536\n1001:165536:65536\n", "user=100000+65536 1001=165536+65536 " },
	{ "a:1:2", "a=1+2 " },
	{ "a:1:2:3", "a=1+2 " },
	{ "# a:1:2\n\na:1\na:1:\na::2\n:1:2\na:1:0\na:x:2\na:1:-2\na:4294967295:1\nb:3:4",
	  "b=3+4 " },
	{ "a:0:4294967295", "a=0+4294967295 " },
	{ "a:0:4294967296", "" },
};

static void subordinate_ids(void **state)
{
	const struct row_subids *row = ROW(struct row_subids, state);
	size_t n = strlen(row->text), position = 0;
	_cleanup_(freep) char *bytes = exact_copy(row->text, n), *all = xstrdup("");
	for (struct subid_entry entry; subid_next(bytes, n, &position, &entry);) {
		_cleanup_(freep) char *before = all;
		all = xasprintf("%s%.*s=%u+%u ", before, (int)entry.n_owner, entry.owner,
				entry.start, entry.count);
	}
	assert_string_equal(all, row->expected);
}

int main(void)
{
	TEST_ROWS(a_text, text_rows);
	TEST_ROWS(more, more_rows);
	TEST(nul_bytes);
	TEST(a_long_line);
	TEST_ROWS(subordinate_ids, subid_rows);
	return suite_run("passwd");
}
