/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cli.h"
#include "ending.h"
#include "eventfields.h"
#include "trace/filter.h"
#include "trace/trace.h"
#include "traced.h"

enum {
	OPTION_SOURCE = CLI_TOOL_OPTION,
	OPTION_FAIL_ON_LOSS,
	OPTION_TREE,
};

static const struct cli_option options[] = {
	{ 'p', "task", "PROC", "follow these processes, and all that they start" },
	{ 'a', "all", NULL, "follow the whole system" },
	{ 'o', "output", "FILE", "write to FILE" },
	{ 'e', "events", "LIST", "only these events: exec, clone, unshare, setns, ...; or none" },
	{ 'C', "summary", NULL, "at the end: how each container came to be" },
	{ 'c', "summary-only", NULL, "the same, and no events" },
	{ OPTION_TREE, "tree", NULL, "at the end: who took part, as a tree" },
	{ 'f', "follow-forks", NULL, "is always on" },
	{ OPTION_SOURCE, "source", "NAME", "how to follow: auto, bpf or ptrace" },
	{ OPTION_FAIL_ON_LOSS, "fail-on-loss", NULL, "exit with 125 if events were lost" },
};

enum source { SOURCE_AUTO, SOURCE_BPF, SOURCE_PTRACE, SOURCE_COUNT };
static const char *const source_names[] = { "auto", "bpf", "ptrace" };

struct config {
	const char *file;
	unsigned types; /* bits 1 << enum event_type; 0: all */
	struct targets targets;
	bool everybody;
	enum source source;
	bool fail_on_loss, no_events;
	struct ending ending;
};

/* Where events go. */
struct output {
	struct cli *cli;
	struct config *config;
	FILE *stream;
	const char *way;  /* how they are followed */
	struct error err; /* the first write that failed */
};

static int refuse_event(const char *word, size_t n, struct error *err)
{
	char words[256] = "";
	for (enum event_type type = 0; type < EVENT_TYPE_COUNT; type++)
		strcat(strcat(words, event_type_name(type)), ", ");
	return error_set(err, EINVAL, "--events: '%.*s' is none of %snone", (int)n, word, words);
}

static int add_types(struct config *config, const char *list, struct error *err)
{
	if (strcmp(list, "none") == 0) {
		config->no_events = true;
		return 0;
	}
	for (;;) {
		size_t n = strcspn(list, ",");
		enum event_type type = event_type_by_name(list, n);
		if (type == EVENT_TYPE_COUNT)
			return refuse_event(list, n, err);
		config->types |= 1u << type;
		if (!list[n])
			return 0;
		list += n + 1;
	}
}

static int set_source(struct config *config, const char *name, struct error *err)
{
	for (enum source source = 0; source < SOURCE_COUNT; source++) {
		if (strcmp(name, source_names[source]) == 0) {
			config->source = source;
			return 0;
		}
	}
	return error_set(err, EINVAL, "--source: '%s' is none of auto, bpf, ptrace", name);
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
	case 'p':
		return targets_add(&config->targets, value, true, err);
	case 'a':
		config->everybody = true;
		return 0;
	case OPTION_SOURCE:
		return set_source(config, value, err);
	case OPTION_FAIL_ON_LOSS:
		config->fail_on_loss = true;
		return 0;
	case 'c':
		config->no_events = true;
		config->ending.summary = true;
		return 0;
	case 'C':
		config->ending.summary = true;
		return 0;
	case OPTION_TREE:
		config->ending.tree = true;
		return 0;
	default:
		return 0;
	}
}

/* Forks are only told to who asks, as there are so many. */
static bool is_printed(const struct config *config, enum event_type type)
{
	unsigned types = config->types ? config->types : ~(1u << EVENT_FORK);
	return !config->no_events && types >> type & 1;
}

/* Whoever reads what we write may be slow, or never read it: then a signal ends it, which we cannot
 * take while we write. */
static bool can_write(struct output *output)
{
	struct pollfd place = { .fd = fileno(output->stream), .events = POLLOUT };
	sigset_t pending;
	while (poll(&place, 1, 100) == 0) {
		sigpending(&pending);
		if (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) ||
		    sigismember(&pending, SIGHUP) || sigismember(&pending, SIGQUIT)) {
			error_set(&output->err, EINTR,
				  "nobody reads what is written: the rest is lost");
			return false;
		}
	}
	return true;
}

static void print_event(void *who, const struct event *event)
{
	struct output *output = who;
	ending_take(&output->config->ending, event);
	if (!is_printed(output->config, event->type))
		return;
	if (!output->err.number && can_write(output))
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

static void begin(void *who)
{
	struct output *output = who;
	const struct cli *cli = output->cli;
	if (cli->verbose)
		cli_message(cli, "%s", output->way);
	output->config->ending.separate = !output->config->no_events;
	if (!output->config->no_events || cli->report.format == REPORT_JSON)
		(void)!report_begin(&cli->report, output->stream, &output->err);
}

/* Setuid programs are what they are only where the filter takes no right. */
static int trace_by_stops(const struct trace_job *job, struct output *output, struct trace_end *end,
			  struct error *err)
{
	output->way = job->command ? "by ptrace(2) and a seccomp filter" : "by ptrace(2)";
	if (!filter_is_free())
		cli_message(output->cli,
			    "without root, setuid programs (sudo, newuidmap) get no rights %s",
			    job->command ? "below the command" : "as long as they are traced");
	return trace_by_ptrace(job, print_event, output, end, err);
}

/* By whatever disturbs least. */
static int follow(const struct trace_job *job, struct output *output, struct trace_end *end,
		  struct error *err)
{
	const struct config *config = output->config;
	struct error why = { 0 };
	if (config->source == SOURCE_PTRACE)
		return trace_by_stops(job, output, end, err);
	output->way = "by BPF";
	int r = trace_by_bpf(job, print_event, output, end, &why);
	if (r == TRACE_UNSUPPORTED && config->source == SOURCE_AUTO && !config->everybody) {
		if (output->cli->verbose)
			cli_message(output->cli, "not by BPF: %s", why.text);
		return trace_by_stops(job, output, end, err);
	}
	*err = why;
	if (r == TRACE_UNSUPPORTED)
		error_wrap(err, "cannot follow by BPF");
	return r == TRACE_UNSUPPORTED ? -err->number : r;
}

static int conclude(const struct cli *cli, const struct trace_job *job, const struct output *output,
		    const struct trace_end *end)
{
	if (end->n_lost)
		cli_message(cli, "%ju events were lost", (uintmax_t)end->n_lost);
	if (end->not_run) {
		cli_message(cli, "cannot run %s: %s", job->command[0], strerror(end->not_run));
		return end->not_run == ENOENT ? 127 : 126;
	}
	if (output->err.number)
		cli_message(cli, "%s", output->err.text);
	if (output->err.number && !job->command)
		return CLI_FAILED;
	if (end->n_lost && output->config->fail_on_loss)
		return CLI_FAILED;
	return job->command ? hand_on_status(end->status) : CLI_YES;
}

static int trace(struct cli *cli, const struct trace_job *job, struct output *output,
		 struct error *err)
{
	const struct config *config = output->config;
	struct trace_end end;
	if (config->file)
		output->stream = fopen(config->file, "we");
	if (!output->stream)
		return error_errno(err, errno, "cannot open %s", config->file);
	setvbuf(output->stream, NULL, _IOFBF, BUFSIZ);
	cli->report.color = color_choose(cli->color, fileno(output->stream));
	int r = follow(job, output, &end, err);
	/* The status is the command's, whoever reads what we say. */
	if (job->command)
		signal(SIGPIPE, SIG_IGN);
	if (r == 0 && !end.not_run && !output->err.number)
		(void)!ending_print(&output->config->ending, cli, output->stream, end.n_lost,
				    &output->err);
	if (config->file && fclose(output->stream) != 0 && !output->err.number)
		error_errno(&output->err, errno, "cannot write %s", config->file);
	return r < 0 ? r : conclude(cli, job, output, &end);
}

/* A command; the processes that -p names, with more of them where a command would be; or all. */
static int check_whom(struct config *config, const struct cli *cli, struct error *err)
{
	if (config->everybody && (config->targets.n || cli->n_operands))
		return error_set(err, EINVAL, "--all follows everybody: name nobody else");
	if (config->everybody && config->source == SOURCE_PTRACE)
		return error_set(err, EINVAL, "--all takes BPF");
	if (config->targets.n && cli->n_operands && strcmp(cli->operands[-1], "--") == 0)
		return error_set(err, EINVAL, "--task and a command exclude each other");
	if (config->targets.n)
		return targets_add_operands(&config->targets, cli, true, err);
	if (!config->everybody && !cli->n_operands)
		return error_set(err, EINVAL,
				 "whom? (nstrace -- COMMAND [ARGUMENT...], -p PROC, or -a)");
	return 0;
}

static int run(struct cli *cli, void *context, struct error *err)
{
	struct config *config = context;
	struct output output = { .cli = cli, .config = config };
	struct traced traced = { 0 };
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	int r = check_whom(config, cli, err);
	if (r == 0)
		r = traced_find(&config->targets, cli, &snapshot, &traced, err);
	if (r == 0)
		r = ending_begin(&config->ending, err);
	if (r == 0) {
		const struct trace_job job = {
			.command = cli->n_operands && !traced.n ? cli->operands : NULL,
			.targets = traced.targets,
			.n_targets = traced.n,
			.forks = config->ending.teller || is_printed(config, EVENT_FORK),
			.begun = begin,
		};
		cli->report.view.snapshot = snapshot;
		/* A command has standard output for itself. */
		output.stream = job.command ? stderr : stdout;
		r = trace(cli, &job, &output, err);
	}
	ending_clear(&config->ending);
	traced_clear(&traced);
	targets_clear(&config->targets);
	return r < 0 && !err->number ? CLI_FAILED : r;
}

int main(int argc, char **argv)
{
	static const struct cli_tool tool = {
		.name = "nstrace",
		.operands = "-- COMMAND [ARGUMENT...] | -p PROC... | -a",
		.purpose =
			"Tells what a command, processes or the whole system do about namespaces,\n"
			"as it happens: who makes and joins them, and which PID is which.",
		.options = options,
		.n_options = ARRAY_SIZE(options),
		.fields = event_fields,
		.n_fields = EVENT_FIELD_COUNT,
		.default_columns = "TIME,PID,NSPID,COMMAND,EVENT",
		.stream = true,
		.set = set,
		.run = run,
	};
	struct config config = { .ending.proc = -1 };
	return cli_main(&tool, argc, argv, &config);
}
