/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <ftw.h>
#include <malloc.h>
#include <sys/stat.h>

#include "render/save.h"
#include "util/utf8.h"

static struct CMUnitTest *tests;
static size_t n_tests, size_tests;

/* A name must not break the line, nor hold the sign that begins a directive of TAP. */
static char *tap_name(const char *function, const char *row)
{
	char *name = row ? xasprintf("%s: %s", function, row) : xstrdup(function);
	char *escaped = utf8_escape(name, strlen(name));
	free(name);
	for (char *p = escaped; *p; p++)
		if (*p == '#' || (unsigned char)*p < 0x20)
			*p = '_';
	return escaped;
}

void suite_add(const char *name, void (*test)(void **state), const void *row)
{
	tests = xgrow(tests, n_tests, &size_tests, sizeof(*tests));
	tests[n_tests++] = (struct CMUnitTest){
		.name = tap_name(name, row ? *(const char *const *)row : NULL),
		.test_func = test,
		.initial_state = (void *)row,
	};
}

void suite_add_rows(const char *name, void (*test)(void **state), const void *rows, size_t n,
		    size_t size)
{
	for (size_t i = 0; i < n; i++)
		suite_add(name, test, (const char *)rows + i * size);
}

int suite_run(const char *name)
{
	mallopt(M_PERTURB, 0xa5); /* new memory is not zero by luck */
	int n_failed = _cmocka_run_group_tests(name, tests, n_tests, NULL, NULL);
	for (size_t i = 0; i < n_tests; i++)
		free((char *)tests[i].name);
	free(TAKE(tests));
	return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static uint64_t number_from(const char *text)
{
	char *end;
	errno = 0;
	uint64_t number = strtoull(text, &end, 0);
	if (end == text || *end || errno)
		fail_msg("'%s' is not a number", text);
	return number;
}

static struct edge edge_from(struct builder *builder, enum ns_kind kind, const char *text)
{
	if (strcmp(text, "-") == 0)
		return (struct edge){ .why = 0 };
	int why = error_number(text);
	if (why >= 0)
		return (struct edge){ .why = why };
	return (struct edge){ .to = builder_ns(builder, kind, 4, number_from(text)) };
}

/* Splits "KEY=VALUE"; VALUE is empty where there is none. */
static const char *split(char *word)
{
	char *equals = strchr(word, '=');
	if (!equals)
		return "";
	*equals = 0;
	return equals + 1;
}

/* Ranges INSIDE:OUTSIDE:COUNT between commas, or the name of an errno. */
static struct idmap idmap_from(struct builder *builder, const char *text)
{
	struct idmap_range ranges[8];
	size_t n = 0;
	int why = error_number(text), length = 0;
	if (why >= 0)
		return (struct idmap){ .why = why };
	for (; *text; text += length + (text[length] == ',')) {
		struct idmap_range *range = &ranges[n++];
		if (n > ARRAY_SIZE(ranges) || sscanf(text, "%u:%u:%u%n", &range->inside,
						     &range->outside, &range->count, &length) != 3)
			fail_msg("'%s' is no map of ids", text);
	}
	return builder_copy_idmap(builder, ranges, n);
}

static bool set_ns(struct builder *builder, struct ns *ns, const char *key, const char *value)
{
	if (strcmp(key, "owner") == 0)
		ns->owner = edge_from(builder, NS_USER, value);
	else if (strcmp(key, "parent") == 0)
		ns->parent = edge_from(builder, ns->kind, value);
	else if (strcmp(key, "id") == 0)
		ns->id = number_from(value);
	else if (strcmp(key, "uid") == 0)
		ns->owner_uid = number_from(value);
	else if (strcmp(key, "dev") == 0)
		ns->dev = number_from(value);
	else if (strcmp(key, "uids") == 0)
		ns->uids = idmap_from(builder, value);
	else if (strcmp(key, "gids") == 0)
		ns->gids = idmap_from(builder, value);
	else if (strcmp(key, "unborn") == 0)
		ns->unborn = true;
	else if (strcmp(key, "keep") == 0)
		builder_ns_keep(builder, ns);
	else
		return false;
	return true;
}

static const pid_t *pids_from(struct builder *builder, const char *text, size_t *ret_n)
{
	pid_t pids[64];
	size_t n = 0;
	for (const char *p = text; p && n < ARRAY_SIZE(pids); p = strchr(p, '/')) {
		p += *p == '/';
		pids[n++] = atoi(p);
	}
	*ret_n = n;
	return builder_copy_pids(builder, pids, n);
}

static bool set_edge(struct builder *builder, struct process *process, const char *key,
		     const char *value)
{
	enum ns_kind kind = ns_kind_by_name(key, strlen(key));
	if (kind != NS_KIND_COUNT)
		process->ns[kind] = edge_from(builder, kind, value);
	else if (strcmp(key, "pid_for_children") == 0)
		process->pid_for_children = edge_from(builder, NS_PID, value);
	else if (strcmp(key, "time_for_children") == 0)
		process->time_for_children = edge_from(builder, NS_TIME, value);
	else
		return false;
	return true;
}

static bool set_pids(struct builder *builder, struct process *process, const char *key,
		     const char *value)
{
	size_t n;
	if (strcmp(key, "pids") == 0) {
		process->pids = pids_from(builder, value, &process->n_pids);
		process->pgids = process->sids = process->pids;
	} else if (strcmp(key, "pgids") == 0) {
		process->pgids = pids_from(builder, value, &n);
	} else if (strcmp(key, "sids") == 0) {
		process->sids = pids_from(builder, value, &n);
	} else {
		return false;
	}
	return true;
}

static bool set_fact(struct builder *builder, struct process *process, const char *key,
		     const char *value)
{
	if (strcmp(key, "ppid") == 0)
		process->ppid = number_from(value);
	else if (strcmp(key, "uid") == 0)
		process->uid = number_from(value);
	else if (strcmp(key, "start") == 0)
		process->start = number_from(value);
	else if (strcmp(key, "state") == 0)
		process->state = *value;
	else if (strcmp(key, "comm") == 0)
		process->comm = builder_copy(builder, value, strlen(value));
	else if (strcmp(key, "tasks") == 0)
		process->n_tasks = number_from(value);
	else if (strcmp(key, "unreadable") == 0)
		process->unreadable = true;
	else
		return false;
	return true;
}

static void add_ns(struct builder *builder, char **rest)
{
	const char *kind = strtok_r(NULL, " \t", rest), *ino = strtok_r(NULL, " \t", rest);
	if (!kind || !ino || ns_kind_by_name(kind, strlen(kind)) == NS_KIND_COUNT)
		fail_msg("a namespace without kind or inode");
	struct ns *ns =
		builder_ns(builder, ns_kind_by_name(kind, strlen(kind)), 4, number_from(ino));
	for (char *word; (word = strtok_r(NULL, " \t", rest));) {
		const char *value = split(word);
		if (!set_ns(builder, ns, word, value))
			fail_msg("ns: what is '%s'?", word);
	}
}

static void add_process(struct builder *builder, char **rest, bool thread)
{
	pid_t pid = number_from(strtok_r(NULL, " \t", rest));
	pid_t tgid = thread ? (pid_t)number_from(strtok_r(NULL, " \t", rest)) : pid;
	struct process process = process_blank(pid, tgid);
	for (char *word; (word = strtok_r(NULL, " \t", rest));) {
		const char *value = split(word);
		if (!set_edge(builder, &process, word, value) &&
		    !set_pids(builder, &process, word, value) &&
		    !set_fact(builder, &process, word, value))
			fail_msg("process: what is '%s'?", word);
	}
	builder_add(builder, &process);
}

/* What follows "pin": KIND INO BY, KIND ? BY or ? BY; and where it is. */
static void add_pin(struct builder *builder, char *rest)
{
	struct pin pin = { .fd = -1 };
	const char *kind = strtok_r(NULL, " \t", &rest);
	enum ns_kind number = ns_kind_by_name(kind, strlen(kind));
	const char *ino = number < NS_KIND_COUNT ? strtok_r(NULL, " \t", &rest) : NULL;
	struct ns *ns = NULL;
	pid_t pid = 0;
	if (ino && *ino == '?')
		ns = builder_nameless_ns(builder, number);
	else if (ino)
		ns = builder_ns(builder, number, 4, strtoul(ino, NULL, 10));
	pin.by = held_by_by_name(strtok_r(NULL, " \t", &rest));
	for (char *word; (word = strtok_r(NULL, " \t", &rest));) {
		const char *value = strchr(word, '=') + 1;
		if (strncmp(word, "pid=", 4) == 0)
			pid = atoi(value);
		else if (strncmp(word, "tid=", 4) == 0)
			pin.tid = atoi(value);
		else if (strncmp(word, "fd=", 3) == 0)
			pin.fd = atoi(value);
		else if (strncmp(word, "mnt=", 4) == 0)
			pin.mnt = builder_ns(builder, NS_MNT, 4, strtoul(value, NULL, 10));
		else
			pin.path = builder_copy(builder, value, strlen(value));
	}
	builder_pin(builder, ns, pid, &pin);
}

static void add_thing(struct builder *builder, char *line)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \t", &rest);
	if (!word)
		return;
	if (strcmp(word, "ns") == 0) {
		add_ns(builder, &rest);
	} else if (strcmp(word, "p") == 0 || strcmp(word, "t") == 0) {
		add_process(builder, &rest, *word == 't');
	} else if (strcmp(word, "viewer") == 0 || strcmp(word, "initial") == 0) {
		const char *kind = strtok_r(NULL, " \t", &rest);
		struct origin *origin = builder_origin(builder);
		ino_t *inodes = *word == 'v' ? origin->viewer : origin->initial;
		inodes[ns_kind_by_name(kind, strlen(kind))] =
			strtoul(strtok_r(NULL, " \t", &rest), NULL, 10);
	} else if (strcmp(word, "holders") == 0) {
		builder_origin(builder)->holders = true;
	} else if (strcmp(word, "pin") == 0) {
		add_pin(builder, rest);
	} else if (strcmp(word, "gap") == 0) {
		const char *source = strtok_r(NULL, " \t", &rest);
		builder_gap(builder, error_number(strtok_r(NULL, " \t", &rest)), "%s", source);
	} else {
		fail_msg("what is '%s'?", word);
	}
}

struct builder *builder_from(const char *text)
{
	struct builder *builder = builder_new();
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = NULL;
	for (char *line = strtok_r(copy, "\n;", &rest); line; line = strtok_r(NULL, "\n;", &rest))
		add_thing(builder, line);
	return builder;
}

const struct snapshot *snapshot_from(const char *text)
{
	return builder_finish(builder_from(text));
}

const struct details *details_none(void)
{
	return details_builder_finish(details_builder_new());
}

const struct ns *the_ns(const struct snapshot *snapshot, enum ns_kind kind, ino_t ino)
{
	const struct ns *ns = snapshot_find_ns(snapshot, kind, ino);
	if (!ns)
		fail_msg("no %s:[%ju] in the snapshot", ns_kind_name(kind), (uintmax_t)ino);
	return ns;
}

const struct process *the_process(const struct snapshot *snapshot, pid_t pid)
{
	const struct process *process = snapshot_find_process(snapshot, pid);
	if (!process)
		fail_msg("no process %d in the snapshot", pid);
	return process;
}

void assert_pids(const struct process *const *processes, size_t n, const char *expected)
{
	_cleanup_(freep) char *text = xmalloc(n * 12 + 1);
	char *out = text;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		out += sprintf(out, i ? " %d" : "%d", processes[i]->pid);
	assert_string_equal(text, expected);
}

void assert_namespaces(const struct ns *const *list, size_t n, const char *expected)
{
	_cleanup_(freep) char *text = xmalloc(n * 32 + 1);
	char *out = text;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		out += sprintf(out, i ? " %s:%ju" : "%s:%ju", ns_kind_name(list[i]->kind),
			       (uintmax_t)list[i]->ino);
	assert_string_equal(text, expected);
}

char *exact_copy(const char *bytes, size_t n)
{
	char *copy = xmalloc(n);
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

char *saved_text(const struct snapshot *snapshot, const struct details *details, bool redact,
		 size_t *ret_n)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_n);
	struct error err = { 0 };
	if (snapshot_save(snapshot, details, redact, stream, &err) != 0)
		fail_msg("snapshot_save: %s", err.text);
	assert_string_equal(err.text, "");
	fclose(stream);
	return text;
}

char *printed(const struct report *report)
{
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	struct error err = { 0 };
	if (report_print(report, stream, &err) != 0)
		fail_msg("report_print: %s", err.text);
	assert_string_equal(err.text, "");
	fclose(stream);
	return text;
}

static char *scratch;

static int remove_one(const char *path, const struct stat *st _unused_, int flag _unused_,
		      struct FTW *ftw _unused_)
{
	return remove(path);
}

static void remove_scratch(void)
{
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(scratch);
}

const char *scratch_dir(void)
{
	const char *tmpdir = getenv("TMPDIR");
	if (scratch)
		return scratch;
	scratch = xasprintf("%s/nstools-unit-XXXXXX", tmpdir ? tmpdir : "/tmp");
	if (!mkdtemp(scratch))
		fail_msg("cannot make %s", scratch);
	atexit(remove_scratch);
	return scratch;
}

char *scratch_path(const char *name)
{
	return xasprintf("%s/%s", scratch_dir(), name);
}

void write_file(const char *path, const char *bytes, size_t n)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

char *read_file(const char *path, size_t *ret_n)
{
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	char *text = xcalloc(1, 1 << 20);
	*ret_n = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return text;
}

static struct value get_array(const struct view *view _unused_, const void *item)
{
	size_t n = *(const size_t *)item;
	struct value *items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = value_none();
	if (n == 4) {
		items[0] = value_number(UINT64_MAX);
		items[1] = value_unknown();
		items[2] = value_bool(true);
		items[3] = value_take(xstrdup("a\x1b"), 2);
	}
	return value_array(items, n);
}

const struct field array_field = { "ARRAY", "", 0, 0, FIELD_LEFT, get_array, NULL };
