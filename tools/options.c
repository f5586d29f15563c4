/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "render/safe.h"

static void print(const struct cli_option *option)
{
	char left[64] = "    ";
	if (option->id < CLI_LONG_ONLY)
		snprintf(left, sizeof(left), "-%c, ", option->id);
	const char *argument = option->argument ? option->argument : "";
	const char *space = *argument && *argument != '[' ? " " : "";
	size_t n = strlen(left);
	snprintf(left + n, sizeof(left) - n, "--%s%s%s", option->name, space, argument);
	printf(" %-27s %s\n", left, option->help);
}

void options_print(const struct cli_option *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print(&options[i]);
}

void option_list_begin(struct option_list *list, const char *begin)
{
	*list = (struct option_list){ 0 };
	strcpy(list->letters, begin);
	opterr = 0;
}

void option_list_add(struct option_list *list, const struct cli_option *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *argument = options[i].argument;
		int has = !argument ? no_argument : required_argument;
		if (argument && *argument == '[')
			has = optional_argument;
		list->longs[list->n++] =
			(struct option){ options[i].name, has, NULL, options[i].id };
		if (options[i].id >= CLI_LONG_ONLY)
			continue;
		size_t end = strlen(list->letters);
		list->letters[end] = options[i].id;
		for (int colons = 0; colons < has; colons++)
			list->letters[++end] = ':';
	}
}

static void explain_unknown(int c, const char *word, struct error *err)
{
	if (c == ':')
		error_set(err, EINVAL, "option '%s' needs an argument", word);
	else if (optopt > 0 && optopt < CLI_LONG_ONLY && strncmp(word, "--", 2) != 0)
		error_set(err, EINVAL, "unknown option '-%c'", optopt);
	else
		error_set(err, EINVAL, "option '%s' is unknown, ambiguous or takes no argument",
			  word);
}

int option_next(const struct option_list *list, int argc, char **argv, struct error *err)
{
	int c = getopt_long(argc, argv, list->letters, list->longs, NULL);
	if (c != '?' && c != ':')
		return c;
	explain_unknown(c, argv[optind - 1], err);
	return '?';
}

int color_parse(const char *when, enum color_when *ret, struct error *err)
{
	if (!when || strcmp(when, "always") == 0)
		*ret = COLOR_ALWAYS;
	else if (strcmp(when, "never") == 0)
		*ret = COLOR_NEVER;
	else if (strcmp(when, "auto") == 0)
		*ret = COLOR_AUTO;
	else
		return error_set(err, EINVAL, "--color: '%s' is none of auto, always, never", when);
	return 0;
}

bool color_choose(enum color_when when, int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	bool fits = isatty(fd) && !(no_color && *no_color) && term &&
		    strcmp(term, "dumb") != 0;
	return when == COLOR_ALWAYS || (fits && when == COLOR_AUTO);
}

void message(const char *tool, const char *line, size_t n, bool utf8)
{
	char *safe = safe_text(line, n, utf8);
	fprintf(stderr, "%s: %s\n", tool, safe);
	free(safe);
}

void hold_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}
