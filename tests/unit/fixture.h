/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the unit tests share. cmocka.h wants the first four. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/builder.h"
#include "model/details.h"
#include "render/report.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/macro.h"

/*
 * A program is one suite. TEST adds a function; TEST_ROWS adds it once for each row of a table, the
 * first member of a row being its name, so that each row is a test of its own in the output. The
 * function finds its row by ROW.
 */
#define TEST(function) suite_add(#function, function, NULL)
#define TEST_ROWS(function, rows)                                                                  \
	suite_add_rows(#function, function, rows, ARRAY_SIZE(rows), sizeof((rows)[0]))
#define ROW(type, state) ((const type *)*(state))

void suite_add(const char *name, void (*test)(void **state), const void *row);
void suite_add_rows(const char *name, void (*test)(void **state), const void *rows, size_t n,
		    size_t size);
int suite_run(const char *name);

/*
 * A snapshot from some text: a thing a line (or between semicolons), its words apart by blanks.
 *
 *	ns net 40 owner=5 id=77           the namespace net:[40]
 *	p 7 ppid=1 user=5 net=40 comm=sh  process 7
 *	t 8 7 net=41                      thread 8 of process 7
 *	gap /proc/1/ns EACCES
 *	viewer pid 100                    whoever looks is in pid:[100]
 *	initial net 4026531833            that is the host's own
 *
 * An edge (owner, parent, a kind, pid_for_children, time_for_children) is an inode, "-" for
 * nothing, or the name of an errno; what is not mentioned was not asked for. Numbers in all pid
 * namespaces: pids=7/1 (pgids, sids: the same if not mentioned). Also: ns id= uid= dev= unborn
 * keep, and uids=0:100000:65536,70000:1000:1 gids=EACCES; p and t uid= start= state= tasks=
 * unreadable.
 */
struct builder *builder_from(const char *text) _must_check_;
const struct snapshot *snapshot_from(const char *text) _must_check_;

/* Also:
 *	pin net 40 fd pid=7 tid=8 fd=3 path=/a mnt=50    what holds net:[40], of a process there is
 *	pin pid ? superblock path=/proc                  what holds one without a name
 *	pin ? in-flight pid=7 fd=3                       what may hold any
 */

/* The details of nobody. */
const struct details *details_none(void) _must_check_;

/* These fail the test where there is none. */
const struct ns *the_ns(const struct snapshot *snapshot, enum ns_kind kind, ino_t ino);
const struct process *the_process(const struct snapshot *snapshot, pid_t pid);

/* Whether these are the processes with the numbers in EXPECTED: "1 7 9". */
void assert_pids(const struct process *const *processes, size_t n, const char *expected);

/* The same of namespaces: "net:40 uts:7". */
void assert_namespaces(const struct ns *const *list, size_t n, const char *expected);

/* N bytes with nothing behind them, so that a sanitizer sees who reads on. */
char *exact_copy(const char *bytes, size_t n) _must_check_;

/* What snapshot_save() and report_print() write, with a NUL behind it. */
char *saved_text(const struct snapshot *snapshot, const struct details *details, bool redact,
		 size_t *ret_n) _must_check_;
char *printed(const struct report *report) _must_check_;

/* A directory for the files of a test, gone when the program ends; and a file in it. */
const char *scratch_dir(void);
char *scratch_path(const char *name) _must_check_;
void write_file(const char *path, const char *bytes, size_t n);
char *read_file(const char *path, size_t *ret_n) _must_check_;

/* A column with an array of as many values as the item, a size_t, says: none, but where it is 4,
 * all sorts of things. */
extern const struct field array_field;
