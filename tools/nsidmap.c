/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "idrows.h"
#include "idviews.h"
#include "targets.h"
#include "util/alloc.h"
#include "util/parse.h"

static const struct cli_option options[] = {
	{ 'U', "uid", NULL, "user ids (the default)" },
	{ 'g', "gid", NULL, "group ids" },
	{ 'i', "in", "WHERE", "print only the number that each ID has in there" },
	{ 'f', "file", "PATH", "whose file that is; PATH@WHERE: a path in there" },
	{ 't', "target", "WHERE", "with --file: as that one sees it, too" },
};

/* In the order of the tables. */
enum mode { MAPS, MAPS_OF_SEVERAL, IDS, IDS_OF_SEVERAL, NUMBERS, FILES };

struct config {
	enum id_type type;
	bool type_given;
	const char *in, *also;
	struct file_query *files;
	struct id_query *queries;
	size_t n_files, size_files, n_queries, size_queries, in_target;
	struct targets targets;
};

static int set_option(void *to, int id, const char *value, struct error *err)
{
	struct config *config = to;
	switch (id) {
	case 'U':
	case 'g':
		config->type = id == 'U' ? ID_UID : ID_GID;
		config->type_given = true;
		return 0;
	case 'i':
	case 't':
		if (*(id == 'i' ? &config->in : &config->also))
			return error_set(err, EINVAL, "-%c is there twice", id);
		*(id == 'i' ? &config->in : &config->also) = value;
		return 0;
	case 'f':
		config->files = xgrow(config->files, config->n_files, &config->size_files,
				      sizeof(*config->files));
		config->files[config->n_files++] =
			(struct file_query){ .text = value, .where = NO_TARGET, .also = NO_TARGET };
		return 0;
	}
	return 0;
}

/* The "@" of ID@WHERE; NULL where the word is a reference. */
static const char *find_at(const char *word)
{
	const char *at = strchr(word, '@');
	return at && !memchr(word, '/', at - word) ? at : NULL;
}

static size_t choose(const void *to, const struct cli *cli)
{
	const struct config *config = to;
	if (config->n_files)
		return FILES;
	if (config->in)
		return NUMBERS;
	bool several = cli->n_operands > 1;
	for (int i = 0; i < cli->n_operands; i++)
		if (find_at(cli->operands[i]))
			return several ? IDS_OF_SEVERAL : IDS;
	return several ? MAPS_OF_SEVERAL : MAPS;
}

static const struct cli_table others[] = {
	[MAPS_OF_SEVERAL - 1] = { NULL, id_map_fields, ID_MAP_FIELD_COUNT,
				  "ASKED,INSIDE,OUTSIDE,COUNT,OWNER" },
	[IDS - 1] = { "ID@WHERE", id_fields, ID_FIELD_COUNT, "VIEW,USERNS,ID,NAME" },
	[IDS_OF_SEVERAL - 1] = { NULL, id_fields, ID_FIELD_COUNT, "ASKED,VIEW,USERNS,ID,NAME" },
	[NUMBERS - 1] = { NULL, id_fields, ID_FIELD_COUNT, "ID" },
	[FILES - 1] = { "--file", id_file_fields, ID_FILE_FIELD_COUNT,
			"FILE,VIEW,USERNS,UID,USER,GID,GROUP" },
};

static int add_target(struct config *config, const char *text, size_t *ret, struct error *err)
{
	*ret = config->targets.n;
	return targets_add(&config->targets, text, false, err);
}

/* "1000@12675", or with --in "1000". */
static int add_query(struct config *config, const char *word, struct error *err)
{
	struct id_query query = { .text = word, .where = NO_TARGET };
	const char *at = find_at(word);
	uint64_t id;
	if (!at && !config->in)
		return error_set(err, EINVAL, "'%s' is not ID@WHERE: ask for maps by themselves",
				 word);
	size_t n = at ? (size_t)(at - word) : strlen(word);
	if (parse_u64_n(word, n, ID_NONE - 1, &id) < 0)
		return error_set(err, EINVAL, "'%.*s' is not an id, a number from 0 to 4294967294",
				 (int)n, word);
	query.id = id;
	config->queries =
		xgrow(config->queries, config->n_queries, &config->size_queries, sizeof(query));
	config->queries[config->n_queries++] = query;
	return at ? add_target(config, at + 1, &config->queries[config->n_queries - 1].where, err)
		  : 0;
}

/* Whether the "@" of PATH@WHERE, and what follows, are not part of a name: WHERE is there, or the
 * whole is no file of ours either, so that what is wrong with WHERE is what is to be said. */
static bool is_where(const char *text, const char *where)
{
	struct reference reference;
	struct resolved resolved;
	struct stat st;
	if (reference_parse(where, &reference, NULL) < 0 || !reference_is_process(&reference))
		return false;
	if (reference_resolve(&reference, &resolved, NULL) < 0)
		return lstat(text, &st) < 0;
	resolved_clear(&resolved);
	return true;
}

static int add_file(struct config *config, struct file_query *file, struct error *err)
{
	const char *at = strrchr(file->text, '@');
	if (!at || at == file->text || !is_where(file->text, at + 1)) {
		file->path = xstrdup(file->text);
		return 0;
	}
	file->path = xasprintf("%.*s", (int)(at - file->text), file->text);
	return add_target(config, at + 1, &file->where, err);
}

static int add_files(struct config *config, struct error *err)
{
	size_t also = NO_TARGET;
	int r = config->also ? add_target(config, config->also, &also, err) : 0;
	for (size_t i = 0; i < config->n_files && r == 0; i++) {
		config->files[i].also = also;
		r = add_file(config, &config->files[i], err);
	}
	return r;
}

static int check_options(const struct cli *cli, const struct config *config, enum mode mode,
			 struct error *err)
{
	if (config->also && mode != FILES)
		return error_set(err, EINVAL, "--target needs --file");
	if (mode == NUMBERS && cli->n_operands == 0)
		return error_set(err, EINVAL, "--in needs an ID");
	if (mode != FILES)
		return 0;
	if (cli->n_operands || config->in)
		return error_set(err, EINVAL,
				 "--file takes neither ids nor --in; for several files, repeat it");
	if (config->type_given)
		return error_set(err, EINVAL, "--file shows the user and the group");
	if (cli->from)
		return error_set(err, EINVAL,
				 "a saved snapshot has no files: --file needs the "
				 "running system");
	return 0;
}

static int parse_operands(const struct cli *cli, struct config *config, enum mode mode,
			  struct error *err)
{
	size_t unused;
	int r = 0;
	if (mode == FILES)
		return add_files(config, err);
	if (mode == NUMBERS)
		r = add_target(config, config->in, &config->in_target, err);
	bool ids = mode == IDS || mode == IDS_OF_SEVERAL || mode == NUMBERS;
	for (int i = 0; i < cli->n_operands && r == 0; i++)
		r = ids ? add_query(config, cli->operands[i], err)
			: add_target(config, cli->operands[i], &unused, err);
	return r;
}

/* Only what was named is of interest, and whose ids those are that we see. */
static int take_snapshot(const struct cli *cli, struct config *config, const struct snapshot **ret,
			 const struct details **ret_details, struct error *err)
{
	_cleanup_(scope_clear) struct scope scope = {
		.facts = FACT_STAT,
		.first_facts = FACT_IDMAPS,
	};
	targets_resolve(&config->targets, cli, &scope);
	scope.only_tids = targets_are_held(&config->targets);
	int r = cli_snapshot(cli, &scope, ret, ret_details, err);
	if (r == 0)
		targets_find(&config->targets, cli, *ret, *ret_details);
	return r;
}

static int print(struct cli *cli, const struct idviews *views, const char *noun, const void *items,
		 size_t n, size_t size, struct error *err)
{
	_cleanup_(freep) struct row *rows = xcalloc(n, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .item = (const char *)items + i * size, .parent = ROW_TOP };
	if (n == 0 && views->targets->status != CLI_YES)
		return 0;
	struct report *report = &cli->report;
	report->noun = noun;
	report->view = (struct view){ .snapshot = views->snapshot, .details = views->details };
	report->rows = rows;
	report->n_rows = n;
	return report_print(report, stdout, err);
}

static int show_maps(struct cli *cli, struct idviews *views, struct error *err)
{
	_cleanup_(freep) struct id_map_row *rows = NULL;
	size_t n = 0;
	int r = idviews_maps(views, &rows, &n, err);
	return r < 0 ? r : print(cli, views, "maps", rows, n, sizeof(*rows), err);
}

static int show_ids(struct cli *cli, const struct config *config, struct idviews *views,
		    struct error *err)
{
	_cleanup_(freep) struct id_row *rows = NULL;
	size_t n = 0;
	int r = idviews_ids(views, config->queries, config->n_queries, &rows, &n, err);
	return r < 0 ? r : print(cli, views, "ids", rows, n, sizeof(*rows), err);
}

/* For scripts: nothing but numbers, unless columns are asked for. */
static int show_numbers(struct cli *cli, const struct config *config, struct idviews *views,
			struct error *err)
{
	_cleanup_(freep) struct id_row *rows = NULL;
	size_t n = 0;
	int r = idviews_numbers(views, config->queries, config->n_queries, config->in_target, &rows,
				&n, err);
	if (r == 0 && !cli->columns_chosen && cli->report.format != REPORT_JSON) {
		cli->report.format = REPORT_RAW;
		cli->report.no_headings = true;
	}
	return r < 0 ? r : print(cli, views, "ids", rows, n, sizeof(*rows), err);
}

static int show_files(struct cli *cli, const struct config *config, struct idviews *views,
		      struct error *err)
{
	_cleanup_(freep) struct id_file_row *rows = NULL;
	size_t n = 0;
	int r = idviews_files(views, config->files, config->n_files, &rows, &n, err);
	return r < 0 ? r : print(cli, views, "files", rows, n, sizeof(*rows), err);
}

static int show(struct cli *cli, const struct config *config, enum mode mode, struct idviews *views,
		struct error *err)
{
	int r = idviews_init(views, mode == MAPS || mode == MAPS_OF_SEVERAL, err);
	if (r < 0)
		return r;
	if (mode == FILES)
		return show_files(cli, config, views, err);
	if (mode == NUMBERS)
		return show_numbers(cli, config, views, err);
	return mode == IDS || mode == IDS_OF_SEVERAL ? show_ids(cli, config, views, err)
						     : show_maps(cli, views, err);
}

static int run(struct cli *cli, void *to, struct error *err)
{
	struct config *config = to;
	_cleanup_(snapshot_freep) const struct snapshot *snapshot = NULL;
	_cleanup_(details_freep) const struct details *loaded = NULL;
	enum mode mode = choose(config, cli);
	int r = check_options(cli, config, mode, err);
	if (r == 0)
		r = parse_operands(cli, config, mode, err);
	if (r == 0)
		r = take_snapshot(cli, config, &snapshot, &loaded, err);
	if (r < 0)
		return r;
	_cleanup_(idviews_clear) struct idviews views = {
		.cli = cli,
		.snapshot = snapshot,
		.targets = &config->targets,
		.details = loaded,
		.type = config->type,
	};
	r = show(cli, config, mode, &views, err);
	if (r == 0)
		cli_explain_view(cli, snapshot);
	return r < 0 ? r : config->targets.status;
}

static void config_clear(struct config *config)
{
	for (size_t i = 0; i < config->n_files; i++)
		free(config->files[i].path);
	free(config->files);
	free(config->queries);
	targets_clear(&config->targets);
}

static const struct cli_tool nsidmap = {
	.name = "nsidmap",
	.operands = "[REFERENCE... | ID@WHERE... | ID... -i WHERE | -f PATH]",
	.purpose =
		"Translate user and group ids between user namespaces: the maps of a process, a\n"
		"container or a user namespace (12675, chal, user:[4026532251]; none: ours), who\n"
		"ID is to everybody between here and there (1000@chal), only the number (1000 -i\n"
		"chal), or whose file that is (-f PATH, -f PATH@chal).",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.of = "REFERENCE",
	.fields = id_map_fields,
	.n_fields = ID_MAP_FIELD_COUNT,
	.default_columns = "INSIDE,OUTSIDE,COUNT,OWNER",
	.others = others,
	.n_others = ARRAY_SIZE(others),
	.choose = choose,
	.set = set_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct config config = { 0 };
	int status = cli_main(&nsidmap, argc, argv, &config);
	config_clear(&config);
	return status;
}
