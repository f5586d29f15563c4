/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

/* The tables that a tool can print, for cli.c. */

/* The one at place I, as tool->choose() counts. */
struct cli_table table_get(const struct cli_tool *tool, size_t i);

/* The columns of all of them, for --help; and as a table, for --list-columns: the exit status. */
void tables_print_help(const struct cli_tool *tool);
int tables_list_columns(const struct cli *cli);
