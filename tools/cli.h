/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "collect/collect.h"
#include "options.h"
#include "render/report.h"
#include "util/error.h"

/* What the tools have in common: options, help, messages, exit codes. Only this prints errors. */

enum cli_exit {
	CLI_YES = 0,
	CLI_NO = 1,	 /* what was named is not there */
	CLI_TROUBLE = 2, /* a bad option, an ambiguous name, a failed write */
	CLI_FAILED = 125, /* the same, of a tool whose status is that of a command */
};

struct cli;

/* The columns of a table. */
struct cli_table {
	/* Of which rows, "ID@WHERE"; NULL: the columns of the table before, other ones by default.
	 */
	const char *of;
	const struct field *fields;
	size_t n_fields;
	const char *default_columns;
};

struct cli_tool {
	const char *name;
	const char *operands; /* "[REFERENCE...]" */
	const char *purpose;
	const struct cli_option *options; /* its own */
	size_t n_options;
	const struct field *fields;
	size_t n_fields;
	const char *default_columns;
	/* Where it prints several tables: what the columns above are of, the other tables, and,
	 * once the command line is read, which one it will be: 0 the one above, 1 the first other
	 * one. */
	const char *of;
	const struct cli_table *others;
	size_t n_others;
	size_t (*choose)(const void *config, const struct cli *cli);
	bool two_snapshots; /* it takes --from twice */
	/* It prints lines as things happen, and its operands are a command: -o is a file then, as
	 * strace's, columns are chosen by --columns, and trouble is CLI_FAILED. */
	bool stream;
	/* Takes one of its own options: 0, or -EINVAL. */
	int (*set)(void *config, int id, const char *value, struct error *err);
	/* Does what was asked for: the status to exit with, or -errno with the line to print. */
	int (*run)(struct cli *cli, void *config, struct error *err);
};

struct cli {
	const struct cli_tool *tool;
	struct report report; /* how to print; what, the tool says */
	const char *source;   /* NULL: auto */
	const char *from;     /* NULL: the running system */
	const char *from_too; /* a second one, if the tool takes it */
	bool from_quick;      /* of what was saved, only what processes and threads tell */
	enum color_when color; /* what was asked for; the report has it for standard output */
	bool columns_chosen;
	bool verbose;
	char **operands;
	int n_operands;
};

/* All of a tool: reads the command line into CONFIG, runs it, prints what is wrong, closes stdout
 * so that no write error is lost. Returns what to exit with. */
int cli_main(const struct cli_tool *tool, int argc, char **argv, void *config);

/* The snapshot that was asked for: loaded, with its details, or taken (*RET_DETAILS is NULL). */
int cli_snapshot(const struct cli *cli, const struct scope *scope, const struct snapshot **ret,
		 const struct details **ret_details, struct error *err) _must_check_;

/* The saved snapshot in the file NAME; "-" is standard input. */
int cli_load(const struct cli *cli, const char *name, const struct snapshot **ret,
	     const struct details **ret_details, struct error *err) _must_check_;

/* A line on stderr, behind the tool's name, made safe. */
void cli_message(const struct cli *cli, const char *format, ...) _printf_(2, 3);

/* explain.c: what is said of a view on stderr. */

/* A line for each descriptor in flight, as nobody can see whether it is a namespace. */
void cli_explain_in_flight(const struct cli *cli, const struct snapshot *snapshot);

/* Whose view it is, where that is not ours. */
void cli_explain_viewer(const struct cli *cli, const struct snapshot *snapshot);

/* That, and with -v each thing that the view lacks, and the source. */
void cli_explain_source(const struct cli *cli, const struct snapshot *snapshot);

/* Whose view it is, and what the view lacks: a line for what permission hid, with -v each thing and
 * the source. */
void cli_explain_view(const struct cli *cli, const struct snapshot *snapshot);
