/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "collect/saved.h"
#include "tables.h"
#include "util/alloc.h"

enum {
	OPTION_OUTPUT_ALL = CLI_LONG_ONLY,
	OPTION_COLOR,
	OPTION_SOURCE,
	OPTION_FROM,
	OPTION_COLUMNS,
};

static const struct cli_option common_options[] = {
	{ 'J', "json", NULL, "print JSON" },
	{ 'r', "raw", NULL, "print a raw table, without padding, for scripts" },
	{ 'n', "noheadings", NULL, "do not print the heading" },
	{ 'o', "output", "LIST", "columns to print; +LIST adds to the default ones" },
	{ OPTION_OUTPUT_ALL, "output-all", NULL, "print all columns" },
	{ 'H', "list-columns", NULL, "list the columns" },
	{ 'u', "notruncate", NULL, "do not truncate columns to the width of the terminal" },
	{ 'W', "nowrap", NULL, "print cells of several lines as one, separated by commas" },
	{ OPTION_COLOR, "color", "[=WHEN]", "colors: auto, always or never" },
	{ OPTION_SOURCE, "source", "NAME", "where to read from: auto, proc or bpf" },
	{ OPTION_FROM, "from", "FILE", "read a saved snapshot instead (- is standard input)" },
	{ 'v', "verbose", NULL, "list all that could not be read, and the source" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
};

static const struct cli_option stream_options[] = {
	{ 'J', "json", NULL, "print JSON, an object a line" },
	{ 'r', "raw", NULL, "print lines without padding, for scripts" },
	{ 'n', "noheadings", NULL, "do not print the heading" },
	{ OPTION_COLUMNS, "columns", "LIST", "columns to print; +LIST adds to the default ones" },
	{ OPTION_OUTPUT_ALL, "output-all", NULL, "print all columns" },
	{ 'H', "list-columns", NULL, "list the columns" },
	{ OPTION_COLOR, "color", "[=WHEN]", "colors: auto, always or never" },
	{ 'v', "verbose", NULL, "say how it is traced" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
};

/* Everything that getopt_long() and --help need to know of an invocation. */
struct parsing {
	struct cli *cli;
	void *config;
	bool list_columns, source_given;
	const char *columns;
	bool all_columns;
	struct option_list options;
};

static void print_help(const struct cli_tool *tool)
{
	printf("Usage:\n %s [options] %s\n\n%s\n\nOptions:\n", tool->name, tool->operands,
	       tool->purpose);
	options_print(tool->options, tool->n_options);
	if (tool->stream)
		options_print(stream_options, ARRAY_SIZE(stream_options));
	else
		options_print(common_options, ARRAY_SIZE(common_options));
	tables_print_help(tool);
	printf("\nFor more, see %s(1) and nstools(7).\n", tool->name);
}

static int set_source(struct cli *cli, const char *name, struct error *err)
{
	cli->source = strcmp(name, "auto") == 0 ? NULL : name;
	if (cli->source && !collector_exists(cli->source))
		return error_set(err, EINVAL, "--source: '%s' is none of auto, proc, bpf", name);
	return 0;
}

static int set_format(struct cli *cli, enum report_format format, struct error *err)
{
	if (cli->report.format != REPORT_TABLE && cli->report.format != format)
		return error_set(err, EINVAL, "--json and --raw exclude each other");
	cli->report.format = format;
	return 0;
}

static int set_from(struct cli *cli, const char *name, struct error *err)
{
	bool further = cli->from && cli->tool->two_snapshots;
	if (further && cli->from_too)
		return error_set(err, EINVAL, "two --from are enough");
	if (further && strcmp(name, "-") == 0 && strcmp(cli->from, "-") == 0)
		return error_set(err, EINVAL, "standard input holds one snapshot only");
	*(further ? &cli->from_too : &cli->from) = name;
	return 0;
}

static int set_option(struct parsing *parsing, int id, const char *value, struct error *err)
{
	struct cli *cli = parsing->cli;
	switch (id) {
	case 'J':
		return set_format(cli, REPORT_JSON, err);
	case 'r':
		return set_format(cli, REPORT_RAW, err);
	case 'n':
		cli->report.no_headings = true;
		return 0;
	case 'o':
		if (cli->tool->stream)
			break;
		parsing->columns = value;
		return 0;
	case OPTION_COLUMNS:
		parsing->columns = value;
		return 0;
	case OPTION_OUTPUT_ALL:
		parsing->all_columns = true;
		return 0;
	case 'H':
		parsing->list_columns = true;
		return 0;
	case 'u':
		cli->report.no_truncate = true;
		return 0;
	case 'W':
		return 0; /* no cell of any tool has several lines yet */
	case OPTION_COLOR:
		return color_parse(value, &cli->color, err);
	case OPTION_SOURCE:
		parsing->source_given = true;
		return set_source(cli, value, err);
	case OPTION_FROM:
		return set_from(cli, value, err);
	case 'v':
		cli->verbose = true;
		return 0;
	}
	return cli->tool->set(parsing->config, id, value, err);
}

static int choose_columns(struct parsing *parsing, struct error *err)
{
	struct cli *cli = parsing->cli;
	const struct cli_tool *tool = cli->tool;
	const struct cli_table table =
		table_get(tool, tool->choose ? tool->choose(parsing->config, cli) : 0);
	struct field_list *list = &cli->report.fields;
	cli->columns_chosen = parsing->columns || parsing->all_columns;
	if (parsing->columns && parsing->all_columns)
		return error_set(err, EINVAL, "--output and --output-all exclude each other");
	int r = field_list_parse(list, table.fields, table.n_fields, table.default_columns, err);
	if (r == 0 && parsing->columns)
		r = field_list_parse(list, table.fields, table.n_fields, parsing->columns, err);
	/* Whoever takes events apart wants to ask for any of it. */
	bool all = parsing->all_columns ||
		   (tool->stream && cli->report.format == REPORT_JSON && !parsing->columns);
	if (!all)
		return r;
	list->fields = xreallocarray(list->fields, table.n_fields, sizeof(*list->fields));
	for (list->n = 0; list->n < table.n_fields; list->n++)
		list->fields[list->n] = &table.fields[list->n];
	return r;
}

static int trouble(const struct cli *cli)
{
	return cli->tool->stream ? CLI_FAILED : CLI_TROUBLE;
}

static int usage_error(const struct cli *cli, const struct error *err)
{
	cli_message(cli, "%s", err->text);
	fprintf(stderr, "Try '%s --help' for more information.\n", cli->tool->name);
	return trouble(cli);
}

/* Reads the command line. Returns -1 to go on, else the status to exit with (--help, --version,
 * --list-columns, a mistake). */
static int parse(struct cli *cli, const struct cli_tool *tool, int argc, char **argv, void *config)
{
	*cli = (struct cli){ .tool = tool };
	struct parsing parsing = { .cli = cli, .config = config };
	struct error err = { 0 };
	int c;

	hold_standard_descriptors();
	setlocale(LC_CTYPE, ""); /* each category costs a file at every start */
	setlocale(LC_TIME, "");
	option_list_begin(&parsing.options, tool->stream ? "+:" : ":");
	option_list_add(&parsing.options, tool->options, tool->n_options);
	if (tool->stream)
		option_list_add(&parsing.options, stream_options, ARRAY_SIZE(stream_options));
	else
		option_list_add(&parsing.options, common_options, ARRAY_SIZE(common_options));
	while ((c = option_next(&parsing.options, argc, argv, &err)) != -1) {
		if (c == 'h') {
			print_help(tool);
			return CLI_YES;
		}
		if (c == 'V') {
			printf("%s from nstools %s\n", tool->name, PACKAGE_VERSION);
			return CLI_YES;
		}
		if (c == '?' || set_option(&parsing, c, optarg, &err) < 0)
			return usage_error(cli, &err);
	}
	if (cli->from && parsing.source_given)
		error_set(&err, EINVAL, "--source and --from exclude each other");
	cli->operands = argv + optind;
	cli->n_operands = argc - optind;
	if (err.number || choose_columns(&parsing, &err) < 0)
		return usage_error(cli, &err);
	cli->report.color = color_choose(cli->color, STDOUT_FILENO);
	if (!parsing.list_columns)
		return -1;
	if (cli->n_operands || cli->from || cli->columns_chosen) {
		error_set(&err, EINVAL, "--list-columns takes no reference, no column, no --from");
		return usage_error(cli, &err);
	}
	return tables_list_columns(cli);
}

int cli_load(const struct cli *cli, const char *name, const struct snapshot **ret,
	     const struct details **ret_details, struct error *err)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *stream = standard ? stdin : fopen(name, "re");
	if (!stream)
		return error_errno(err, errno, "cannot open %s", name);
	int r = snapshot_load(stream, cli->from_quick, ret, ret_details, err);
	if (r < 0)
		error_wrap(err, "%s", standard ? "standard input" : name);
	if (!standard)
		fclose(stream);
	return r;
}

int cli_snapshot(const struct cli *cli, const struct scope *scope, const struct snapshot **ret,
		 const struct details **ret_details, struct error *err)
{
	if (cli->from)
		return cli_load(cli, cli->from, ret, ret_details, err);
	struct scope with_source = *scope;
	with_source.source = cli->source;
	return snapshot_take(&with_source, ret, err);
}

void cli_message(const struct cli *cli, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *line = NULL;
	int n = vasprintf(&line, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	message(cli->tool->name, line, n, strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
	free(line);
}

static int run(struct cli *cli, void *config)
{
	struct error err = { 0 };
	int r = cli->tool->run(cli, config, &err);
	if (r >= 0)
		return r;
	cli_message(cli, "%s", err.text);
	return trouble(cli);
}

int cli_main(const struct cli_tool *tool, int argc, char **argv, void *config)
{
	struct cli cli;
	/* Who started us may have ignored it, and then there would be no child to wait for. */
	if (!tool->stream) /* whose command gets what we got */
		signal(SIGCHLD, SIG_DFL);
	int status = parse(&cli, tool, argc, argv, config);
	if (status < 0)
		status = run(&cli, config);
	field_list_clear(&cli.report.fields);
	if (fclose(stdout) == 0)
		return status;
	cli_message(&cli, "cannot write: %s", strerror(errno));
	return trouble(&cli);
}
