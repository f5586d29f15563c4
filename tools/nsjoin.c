/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "act/join.h"
#include "act/own-file.h"
#include "act/run.h"
#include "finder.h"
#include "joinoptions.h"
#include "render/safe.h"

/* The environment says it as well as setlocale(3), which opens files; inside, those would be
 * somebody else's, as the environment will be: this is called first while it is ours. */
static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	static enum { UNKNOWN, NO, YES } answer;
	for (size_t i = 0; i < ARRAY_SIZE(names) && answer == UNKNOWN; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			answer = strcasestr(value, "utf-8") || strcasestr(value, "utf8") ? YES : NO;
	}
	if (answer == UNKNOWN)
		answer = NO;
	return answer == YES;
}

static void say(const struct error *line)
{
	message("nsjoin", line->text, strlen(line->text), is_utf8());
}

static int usage_error(const struct error *err)
{
	say(err);
	fputs("Try 'nsjoin --help' for more information.\n", stderr);
	return RUN_FAILED;
}

/* To STREAM, each line behind PREFIX; those with a right that we lack in red. */
static void print_plan(struct plan *plan, FILE *stream, const char *prefix, bool color)
{
	char *text = join_describe(plan), *rest = text, *line;
	while ((line = strsep(&rest, "\n")) && (*line || rest)) {
		char *safe = safe_text(line, strlen(line), is_utf8());
		bool lacking = color && strncmp(line, "no ", 3) == 0;
		fprintf(stream, "%s%s%s%s\n", prefix, lacking ? "\033[31m" : "", safe,
			lacking ? "\033[m" : "");
		free(safe);
	}
	free(text);
}

static int dry_run(struct plan *plan, bool color)
{
	print_plan(plan, stdout, "", color);
	for (size_t i = 0; i < plan->n_warnings; i++)
		say(&plan->warnings[i]);
	return 0;
}

static int close_output(int status)
{
	struct error err = { 0 };
	if (fclose(stdout) == 0)
		return status;
	error_errno(&err, errno, "cannot write");
	say(&err);
	return RUN_FAILED;
}

static int run(const struct wish *wish, bool color)
{
	static struct plan plan; /* the child frees nothing of it, as exec(2) does */
	struct error err = { 0 };
	int status = RUN_FAILED;
	bool planned = plan_make(wish, finder_find, &plan, &err) == 0;
	if (!planned)
		say(&err);
	else if (wish->dry_run)
		status = dry_run(&plan, color);
	else if (wish->verbose)
		print_plan(&plan, stderr, "nsjoin: ", false);
	if (planned && !wish->dry_run)
		status = run_plan(&plan, say);
	plan_clear(&plan);
	return status;
}

int main(int argc, char **argv)
{
	struct wish wish;
	enum join_ask ask;
	enum color_when color;
	struct error err = { 0 };
	hold_standard_descriptors();
	if (join_options_parse(argc, argv, &wish, &ask, &color, &err) < 0)
		return usage_error(&err);
	if (ask == JOIN_ASK_HELP)
		join_options_help();
	if (ask == JOIN_ASK_VERSION)
		printf("nsjoin from nstools %s\n", PACKAGE_VERSION);
	if (ask != JOIN_ASK_RUN)
		return close_output(0);
	own_file_find();
	if (!wish.dry_run && own_file_leave(argv, &err) < 0) {
		say(&err);
		return RUN_FAILED;
	}
	prctl(PR_SET_NAME, "nsjoin", 0, 0, 0);
	(void)is_utf8();
	int status = run(&wish, color_choose(color, STDOUT_FILENO));
	/* Where we have joined, nothing more runs of what libraries do at the end. */
	_exit(wish.dry_run ? close_output(status) : status);
}
