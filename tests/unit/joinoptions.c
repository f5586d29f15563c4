/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "joinoptions.h"

#include "fixture.h"

/* What is the target, and what the command: "12675 > sh -c x". */
static const struct row_line {
	const char *line;
	const char *expected; /* or the message */
	bool defaults;
} line_rows[] = {
	{ "12675", "12675 >", true },
	{ "12675 sh -c -a", "12675 > sh -c -a", true },
	{ "12675 -- -x", "12675 > -x", true },
	{ "-t 12675 sh", "12675 > sh", true },
	{ "-t 12675 -- sh", "12675 > sh", true },
	{ "-a 12675 sh", "12675 > sh", false },
	{ "-a -t 12675 sh", "12675 > sh", false },
	{ "-n 12675 sh", "12675 > sh", false },
	{ "-mnp -t 7 ps -a", "7 > ps -a", false },
	{ "-n/run/netns/blue ip a", "- > ip a", false },
	{ "--net=/run/netns/blue ip a", "- > ip a", false },
	{ "-n/run/netns/blue -m 7 ip a", "7 > ip a", false },
	{ "-n/f -r 7 ls", "7 > ls", false },
	{ "-n/f -r/ ls", "- > ls", false },
	{ "-n/f -e 7 ls", "7 > ls", false },
	{ "-n/f -S follow 7 ls", "7 > ls", false },
	{ "-N 3 7 ls", "7 > ls", false },
	{ "-S 0 7 ls", "7 > ls", true },
	{ "--as ctf:adm chal id", "chal > id", true },
	{ "", "whom to join? A PID, or the name of a container, goes before the command" },
	{ "-- sh", "whom to join? A PID, or the name of a container, goes before the command" },
	{ "-S x 7", "--setuid: 'x' is no number of a user or group; names are for --as" },
	{ "-S -1 7", "--setuid: '-1' is no number of a user or group; names are for --as" },
	{ "-S 4294967295 7",
	  "--setuid: '4294967295' is no number of a user or group; names are for --as" },
	{ "-N x 7", "--net-socket: 'x' is no number of a descriptor" },
	{ "-w -W/ 7", "--wd and --wdns exclude each other" },
	{ "-e --keep-env 7", "--env and --keep-env exclude each other" },
	{ "-c --no-join-cgroup 7", "--join-cgroup and --no-join-cgroup exclude each other" },
	{ "--as a -S 0 7", "--as excludes --setuid, --setgid and --preserve-credentials" },
	{ "--best-effort 7", "--best-effort goes with --like-target" },
	{ "--like-target --no-join-cgroup 7",
	  "--like-target and --no-join-cgroup exclude each other" },
	{ "-x 7", "unknown option '-x'" },
	{ "-t", "option '-t' needs an argument" },
	{ "--no-such 7", "option '--no-such' is unknown, ambiguous or takes no argument" },
	{ "--color=x 7", "--color: 'x' is none of auto, always, never" },
};

static char *described(const struct wish *wish)
{
	char *text = xasprintf("%s >", wish->target ? wish->target : "-");
	for (size_t i = 0; wish->command[i]; i++) {
		_cleanup_(freep) char *before = text;
		text = xasprintf("%s %s", before, wish->command[i]);
	}
	return text;
}

static void line(void **state)
{
	const struct row_line *row = ROW(struct row_line, state);
	_cleanup_(freep) char *words = xasprintf("nsjoin %s", row->line);
	char *argv[16], *rest = words;
	int argc = 0;
	struct wish wish;
	enum join_ask ask;
	enum color_when color;
	struct error err = { 0 };
	while (rest && *rest)
		argv[argc++] = strsep(&rest, " ");
	argv[argc] = NULL;
	optind = 0; /* from the beginning: getopt(3) */
	if (join_options_parse(argc, argv, &wish, &ask, &color, &err) < 0) {
		assert_string_equal(err.text, row->expected);
		return;
	}
	_cleanup_(freep) char *text = described(&wish);
	assert_string_equal(text, row->expected);
	assert_int_equal(wish.defaults, row->defaults);
	assert_int_equal(ask, JOIN_ASK_RUN);
}

int main(void)
{
	TEST_ROWS(line, line_rows);
	return suite_run("joinoptions");
}
