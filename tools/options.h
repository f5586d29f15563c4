/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* What a command line is made of, in every tool, with a table or without. */

struct cli_option {
	int id; /* its letter; from CLI_LONG_ONLY on it has none */
	const char *name;
	const char *argument; /* how --help calls it; "[=WHEN]" where it is optional; NULL: none */
	const char *help;
};

#define CLI_LONG_ONLY 256
#define CLI_TOOL_OPTION 512 /* where a tool's own long-only options begin */

/* For --help: a line each. */
void options_print(const struct cli_option *options, size_t n);

/* As getopt_long(3) wants them. */
struct option_list {
	char letters[160];
	struct option longs[64];
	size_t n;
};

/* BEGIN: "+:" where options end at the first operand, else ":". */
void option_list_begin(struct option_list *list, const char *begin);
void option_list_add(struct option_list *list, const struct cli_option *options, size_t n);

/* The id of the next option, its argument being OPTARG; -1 at their end; '?' with ERR where it is
 * wrong. */
int option_next(const struct option_list *list, int argc, char **argv, struct error *err);

/* --color[=WHEN] */
enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
int color_parse(const char *when, enum color_when *ret, struct error *err) _must_check_;

/* Whether what is written to FD gets colors: see NO_COLOR in nstools(7). */
bool color_choose(enum color_when when, int fd);

/* A line of N bytes on stderr, behind the tool's name, made safe. */
void message(const char *tool, const char *line, size_t n, bool utf8);

/* A descriptor of 0 to 2 that is closed would be given to the next file that we open, and output
 * would go there. Opened so, writing to it fails as it did. */
void hold_standard_descriptors(void);
