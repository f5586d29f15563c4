/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "act/wish.h"
#include "options.h"

/* The command line of nsjoin: options up to the first operand, with nsenter's letters. */

enum join_ask { JOIN_ASK_RUN, JOIN_ASK_HELP, JOIN_ASK_VERSION };

/* 0 with what was asked for, or -EINVAL. WISH points into ARGV. */
int join_options_parse(int argc, char **argv, struct wish *ret, enum join_ask *ret_ask,
		       enum color_when *ret_color, struct error *err) _must_check_;

void join_options_help(void);
