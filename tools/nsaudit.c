/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auditrows.h"
#include "auditwho.h"
#include "cli.h"
#include "detail/exposure.h"
#include "detail/take.h"
#include "util/alloc.h"

enum {
	OPTION_SELF = CLI_TOOL_OPTION,
	OPTION_FAIL_ON,
	OPTION_IGNORE,
	OPTION_EXPLAIN,
};

static const struct cli_option options[] = {
	{ 'a', "all", NULL, "all containers; on a host, what is done without a REFERENCE" },
	{ OPTION_SELF, "self", NULL, "what we are in ourselves; in a container, the default" },
	{ OPTION_FAIL_ON, "fail-on", "LEVEL", "exit status 1 from this level on (high)" },
	{ OPTION_IGNORE, "ignore", "CHECK", "leave this check out" },
	{ OPTION_EXPLAIN, "explain", "CHECK", "say what a check is about; all: list them" },
};

struct config {
	bool all, self;
	enum audit_level fail_on;
	uint64_t ignored;    /* bits 1 << the place of a check */
	const char *explain; /* NULL: nothing */
	size_t explained;    /* the place of that check */
	struct targets targets;
};

static int set_ignored(struct config *config, const char *list, struct error *err)
{
	_cleanup_(freep) char *copy = xstrdup(list);
	for (char *rest = copy, *id; (id = strsep(&rest, ","));) {
		size_t place;
		int r = audit_check_find(id, &place, err);
		if (r < 0) {
			error_wrap(err, "--ignore");
			return r;
		}
		config->ignored |= UINT64_C(1) << place;
	}
	return 0;
}

static int set_explained(struct config *config, const char *id, struct error *err)
{
	config->explain = id;
	int r = strcmp(id, "all") == 0 ? 0 : audit_check_find(id, &config->explained, err);
	if (r < 0)
		error_wrap(err, "--explain");
	return r;
}

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	int r;
	switch (id) {
	case 'a':
		config->all = true;
		return 0;
	case OPTION_SELF:
		config->self = true;
		return 0;
	case OPTION_FAIL_ON:
		r = audit_level_parse(value, &config->fail_on, err);
		if (r < 0)
			error_wrap(err, "--fail-on");
		return r;
	case OPTION_IGNORE:
		return set_ignored(config, value, err);
	case OPTION_EXPLAIN:
		return set_explained(config, value, err);
	}
	return 0;
}

static const struct cli_table others[] = {
	{ "--explain", check_fields, CHECK_FIELD_COUNT, "CHECK,WORST,TITLE" },
};

static size_t choose(const void *from, const struct cli *cli _unused_)
{
	return ((const struct config *)from)->explain ? 1 : 0;
}

#define FOLD 78 /* bytes in a line */

static void print_folded(const char *text)
{
	size_t at = 0;
	for (size_t n; *text; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		bool fits = at + (at > 0) + n <= FOLD;
		printf("%s%.*s", at == 0 ? "" : fits ? " " : "\n", (int)n, text);
		at = at == 0 || !fits ? n : at + 1 + n;
	}
	putchar('\n');
}

static void explain_one(const struct audit_check *check)
{
	_cleanup_(freep) char *remedy = xasprintf("Remedy: %s", check->remedy);
	printf("%s: %s\n\nAt worst %s.\n\n", check->id, check->title,
	       audit_level_name(check->worst));
	print_folded(check->reason);
	putchar('\n');
	print_folded(remedy);
}

static int explain(struct cli *cli, const struct config *config, struct error *err)
{
	struct report *report = &cli->report;
	bool all = strcmp(config->explain, "all") == 0;
	if (config->all || config->self || cli->n_operands)
		return error_set(err, EINVAL, "--explain looks at nobody");
	if (!all && report->format == REPORT_TABLE && !cli->columns_chosen) {
		explain_one(audit_check(config->explained));
		return CLI_YES;
	}
	if (!all && !cli->columns_chosen) {
		int r = field_list_parse(&report->fields, check_fields, CHECK_FIELD_COUNT,
					 "CHECK,WORST,TITLE,REASON,REMEDY", err);
		if (r < 0)
			return r;
	}
	size_t n = 0, first = all ? 0 : config->explained;
	while (audit_check(first + n) && (all || n < 1))
		n++;
	_cleanup_(freep) struct row *rows = xcalloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .item = audit_check(first + i), .parent = ROW_TOP };
	report->noun = "checks";
	report->rows = rows;
	report->n_rows = n;
	return report_print(report, stdout, err);
}

static int check_options(const struct cli *cli, const struct config *config, struct error *err)
{
	if (config->all + config->self + (cli->n_operands > 0) > 1)
		return error_set(err, EINVAL, "--all, --self and REFERENCE exclude each other");
	if (cli->from)
		return error_set(err, EINVAL,
				 "--from: what is looked at here is in no saved snapshot");
	return 0;
}

/* On the host, in a pid namespace of our own we would see but ourselves. */
static bool is_on_host(void)
{
	struct stat st;
	return stat("/proc/self/ns/pid", &st) == 0 &&
	       st.st_ino == ns_kind_info(NS_PID)->initial_ino;
}

static int take_details(const struct cli *cli, const struct snapshot *snapshot,
			const struct details **ret, struct error *err)
{
	const struct detail_wish wish = {
		.facts = DETAIL_CONTAINER | field_list_details(&cli->report.fields),
	};
	return details_take(snapshot->processes, snapshot->n_processes, &wish, ret, err);
}

/* A process in no container is told apart by its number only; and so is the one, of several in a
 * container, that has what the first one has not. */
static bool needs_pid(const struct whom *whom, const struct findings *findings)
{
	for (size_t i = 0; i < whom->n; i++)
		if (!whom->subjects[i].container && whom->n > 1)
			return true;
	for (size_t i = 0; i < findings->n; i++)
		if (findings->items[i].process != findings->items[i].subject->processes[0])
			return true;
	return false;
}

/* Both of the long columns have no room then. */
static bool is_narrow(void)
{
	struct winsize size;
	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	       size.ws_col > 0 && size.ws_col < 120;
}

static int choose_columns(struct cli *cli, const struct whom *whom, const struct findings *findings,
			  struct error *err)
{
	if (cli->columns_chosen)
		return 0;
	bool evidence = cli->report.format != REPORT_TABLE || !is_narrow();
	_cleanup_(freep) char *list =
		xasprintf("CONTAINER%s,LEVEL,CHECK,FINDING%s",
			  needs_pid(whom, findings) ? ",PID" : "", evidence ? ",EVIDENCE" : "");
	return field_list_parse(&cli->report.fields, finding_fields, FINDING_FIELD_COUNT, list,
				err);
}

static int print(struct cli *cli, const struct findings *findings, const struct view *view,
		 struct error *err)
{
	struct report *report = &cli->report;
	_cleanup_(freep) struct row *rows = xcalloc(findings->n, sizeof(*rows));
	for (size_t i = 0; i < findings->n; i++)
		rows[i] = (struct row){ .item = &findings->items[i], .parent = ROW_TOP };
	report->noun = "findings";
	report->view = *view;
	report->rows = rows;
	report->n_rows = findings->n;
	return report_print(report, stdout, err);
}

/* Who has ended meanwhile has not been looked at. */
static void check_seen(struct config *config, const struct cli *cli,
		       const struct exposures *exposures)
{
	struct targets *targets = &config->targets;
	for (size_t i = 0; i < targets->n; i++) {
		struct target *target = &targets->items[i];
		struct error err = { 0 };
		if (target->failed || exposures_find(exposures, target->found.process))
			continue;
		error_set(&err, ENOENT, "%s: that process has ended", target->reference.text);
		target_fail(targets, target, cli, &err);
	}
}

static void explain_view(const struct cli *cli, const struct whom *whom,
			 const struct findings *findings)
{
	size_t n = 0;
	for (size_t i = 0; i < findings->n; i++)
		n += findings->items[i].level != findings->items[i].worst;
	if (whom->n_unknown)
		cli_message(cli, "%zu process%s may be in a container, which could not be made out",
			    whom->n_unknown, whom->n_unknown == 1 ? "" : "es");
	else if (whom->n == 0)
		cli_message(cli, "there is no container that we know of");
	if (whom->n_unmarked)
		cli_message(cli,
			    "%zu pid namespace%s of no container that we know of: not looked at, "
			    "see nsls -t pid",
			    whom->n_unmarked, whom->n_unmarked == 1 ? "" : "s");
	if (whom->n && findings->n == 0)
		cli_message(cli, "nothing was found");
	if (n)
		cli_message(cli, "%zu thing%s could not be made out", n, n == 1 ? "" : "s");
}

/* What was found counts more than what was not to be seen, and that is trouble as it may be bad. */
static int status_of(const struct config *config, const struct whom *whom,
		     const struct findings *findings)
{
	int verdict = findings_verdict(findings, config->fail_on);
	if (config->targets.status != CLI_YES)
		return CLI_TROUBLE;
	if (verdict == 1)
		return CLI_NO;
	return verdict < 0 || whom->n_unknown ? CLI_TROUBLE : CLI_YES;
}

static int audit(struct cli *cli, struct config *config, const struct snapshot *snapshot,
		 struct whom *whom, const struct details *details, struct error *err)
{
	_cleanup_(exposures_freep) const struct exposures *exposures = NULL;
	_cleanup_(findings_clear) struct findings findings = { 0 };
	int r = exposures_take(snapshot, whom->processes, whom->n_processes, &exposures, err);
	if (r < 0)
		return r;
	check_seen(config, cli, exposures);
	const struct audit_system system = { snapshot, details, exposures };
	audit_run(&system, whom->subjects, whom->n, config->ignored, &findings);
	const struct view view = { snapshot, details };
	r = choose_columns(cli, whom, &findings, err);
	if (r == 0)
		r = print(cli, &findings, &view, err);
	if (r < 0)
		return r;
	explain_view(cli, whom, &findings);
	cli_explain_source(cli, snapshot);
	return status_of(config, whom, &findings);
}

static int choose_whom(struct cli *cli, struct config *config, struct error *err)
{
	if (!config->all && !config->self && !cli->n_operands) {
		config->all = is_on_host();
		config->self = !config->all;
	}
	if (config->self)
		return targets_add(&config->targets, "self", true, err);
	return targets_add_operands(&config->targets, cli, true, err);
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *details = NULL;
	_cleanup_(scope_clear) struct scope scope = { .facts =
							      FACT_STAT | FACT_PIDS | FACT_IDMAPS };
	_cleanup_(whom_clear) struct whom whom = { 0 };
	int r = config->explain ? explain(cli, config, err) : check_options(cli, config, err);
	if (r < 0 || config->explain)
		return r;
	r = choose_whom(cli, config, err);
	if (r < 0)
		return r;
	scope.facts |= field_list_facts(&cli->report.fields);
	targets_resolve(&config->targets, cli, &scope);
	scope.only_tids = config->self && targets_are_held(&config->targets);
	r = cli_snapshot(cli, &scope, &snapshot, &details, err);
	if (r == 0)
		r = take_details(cli, snapshot, &details, err);
	if (r < 0)
		return r;
	targets_find(&config->targets, cli, snapshot, NULL);
	if (config->all)
		whom_add_all(&whom, snapshot, details);
	else
		whom_add_targets(&whom, &config->targets, snapshot, details);
	if (!config->all && !whom.n)
		return CLI_TROUBLE;
	return audit(cli, config, snapshot, &whom, details, err);
}

static const struct cli_tool nsaudit = {
	.name = "nsaudit",
	.operands = "[REFERENCE...]",
	.purpose = "Show what a container shares with its host and what root in there could do "
		   "with it,\n"
		   "from what the kernel says. A REFERENCE is a container (chal, docker:chal), "
		   "which means\n"
		   "all of its processes, or a process (12675, self, 79@chal). Without any, all "
		   "containers\n"
		   "are looked at; in a container, we ourselves.",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.of = "findings",
	.fields = finding_fields,
	.n_fields = FINDING_FIELD_COUNT,
	.default_columns = "CONTAINER,LEVEL,CHECK,FINDING,EVIDENCE",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { .fail_on = LEVEL_HIGH };
	int status = cli_main(&nsaudit, argc, argv, &config);
	targets_clear(&config.targets);
	return status;
}
