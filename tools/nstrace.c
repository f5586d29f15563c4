/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cli.h"
#include "eventfields.h"
#include "trace/filter.h"
#include "trace/trace.h"

static const struct cli_option options[] = {
	{ 'o', "output", "FILE", "write to FILE instead of standard error" },
	{ 'e', "events", "LIST", "only these events: exec, clone, unshare, setns, map, ..." },
	{ 'f', "follow-forks", NULL, "is always on" },
};

struct config {
	const char *file;
	unsigned types; /* bits 1 << enum event_type; 0: all */
};

/* Where events go. */
struct output {
	struct cli *cli;
	const struct config *config;
	FILE *stream;
	struct error err; /* the first write that failed */
};

static int add_types(struct config *config, const char *list, struct error *err)
{
	for (;;) {
		size_t n = strcspn(list, ",");
		enum event_type type = event_type_by_name(list, n);
		if (type == EVENT_TYPE_COUNT)
			return error_set(err, EINVAL, "--events: '%.*s' is no event", (int)n, list);
		config->types |= 1u << type;
		if (!list[n])
			return 0;
		list += n + 1;
	}
}

static int set(void *context, int id, const char *value, struct error *err)
{
	struct config *config = context;
	switch (id) {
	case 'o':
		config->file = value;
		return 0;
	case 'e':
		return add_types(config, value, err);
	default:
		return 0;
	}
}

static void print_event(void *who, const struct event *event)
{
	struct output *output = who;
	if (output->config->types && !(output->config->types & 1u << event->type))
		return;
	if (!output->err.number)
		(void)!report_line(&output->cli->report, output->stream, event, &output->err);
}

/* What ended the command ends us. */
static int hand_on_status(int status)
{
	const struct rlimit none = { 0, 0 };
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &none);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

static int trace(struct cli *cli, struct output *output, struct error *err)
{
	int status, r = report_begin(&cli->report, output->stream, err);
	if (r == 0)
		r = trace_command(cli->operands, print_event, output, &status, err);
	if (r < 0)
		return r;
	if (r == TRACE_NOT_RUN) {
		cli_message(cli, "cannot run %s: %s", cli->operands[0], strerror(status));
		return status == ENOENT ? 127 : 126;
	}
	if (output->err.number)
		cli_message(cli, "%s", output->err.text);
	return hand_on_status(status);
}

static int run(struct cli *cli, void *context, struct error *err)
{
	const struct config *config = context;
	const struct scope scope = { .only_tids = true };
	struct output output = { .cli = cli, .config = config, .stream = stderr };
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	if (!cli->n_operands)
		return error_set(err, EINVAL, "which command? (nstrace -- COMMAND [ARGUMENT...])");
	if (config->file)
		output.stream = fopen(config->file, "we");
	if (!output.stream)
		return error_errno(err, errno, "cannot open %s", config->file);
	if (snapshot_take(&scope, &snapshot, err) < 0)
		return -err->number;
	cli->report.view.snapshot = snapshot;
	if (cli->verbose)
		cli_message(cli, "traced by ptrace(2) and a seccomp filter");
	if (!filter_is_free())
		cli_message(cli, "without root, setuid programs (sudo, newuidmap) get no rights "
				 "below the command");
	int r = trace(cli, &output, err);
	if (config->file && fclose(output.stream) != 0 && r >= 0)
		return error_errno(err, errno, "cannot write %s", config->file);
	return r;
}

int main(int argc, char **argv)
{
	static const struct cli_tool tool = {
		.name = "nstrace",
		.operands = "-- COMMAND [ARGUMENT...]",
		.purpose = "Runs a command, and tells what it and all that it starts do about\n"
			   "namespaces: who makes and joins them, and which PID is which.",
		.options = options,
		.n_options = ARRAY_SIZE(options),
		.fields = event_fields,
		.n_fields = EVENT_FIELD_COUNT,
		.default_columns = "TIME,PID,NSPID,COMMAND,EVENT",
		.stream = true,
		.set = set,
		.run = run,
	};
	struct config config = { 0 };
	return cli_main(&tool, argc, argv, &config);
}
