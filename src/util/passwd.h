/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * passwd(5), group(5), subuid(5) and subgid(5), read as text. A container's files are its own, and
 * anything may be in them. Pure: they look at N bytes, trust nothing and call nothing.
 */

/* A line of passwd or group: the name of a uid or gid, raw bytes inside the text, without NUL; of
 * a user besides that its group, home and shell, where the line has them; of a group its members,
 * separated by commas. */
struct passwd_entry {
	uint32_t id, gid;
	const char *name, *home, *shell, *members;
	size_t n_name, n_home, n_shell, n_members;
};

/* The next one from *POSITION on, which moves behind it; false where there is none. What getpwuid()
 * and getgrgid() of glibc pass by is passed by: comments, "+" and "-" of NIS, lines that are cut.
 */
bool passwd_next(const char *text, size_t n, size_t *position, struct passwd_entry *ret);
bool group_next(const char *text, size_t n, size_t *position, struct passwd_entry *ret);

/* A line of subuid or subgid: COUNT ids from START on, for a user by name or by number. */
struct subid_entry {
	const char *owner;
	size_t n_owner;
	uint32_t start, count;
};

bool subid_next(const char *text, size_t n, size_t *position, struct subid_entry *ret);
