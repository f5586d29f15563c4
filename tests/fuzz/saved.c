/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/saved.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "fields.h"
#include "fuzz.h"
#include "idrows.h"
#include "query/query.h"
#include "render/report.h"
#include "render/save.h"
#include "util/alloc.h"
#include "util/utf8.h"

struct both {
	const struct snapshot *snapshot;
	const struct details *details;
};

static void forget(struct both *both)
{
	snapshot_free(both->snapshot);
	details_free(both->details);
}

static char *save(const struct both *both, bool redact, size_t *ret_n)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_n);
	CHECK(snapshot_save(both->snapshot, both->details, redact, stream, NULL) == 0);
	fclose(stream);
	return text;
}

/* load(save(x)) = x, as far as saving tells. */
static void check_round_trip(const struct both *both, bool redact)
{
	__attribute__((cleanup(forget))) struct both again = { NULL, NULL };
	size_t n, n_again;
	struct error err = { 0 };
	_cleanup_(freep) char *text = save(both, redact, &n), *text_again = NULL;
	if (snapshot_parse(text, n, false, &again.snapshot, &again.details, &err) < 0) {
		fprintf(stderr, "%s in\n%s\n", err.text, text);
		CHECK(!"what we saved can be loaded");
	}
	text_again = save(&again, false, &n_again);
	if (n != n_again || memcmp(text, text_again, n) != 0) {
		fprintf(stderr, "%s\nhas become\n%s\n", text, text_again);
		CHECK(!"what we saved and loaded has stayed the same");
	}
}

/* What the model promises: lists in order, links that lead somewhere, no endless lineage. */
static void check_model(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_namespaces; i++) {
		const struct ns *ns = snapshot->namespaces[i], *next = snapshot->namespaces[i];
		CHECK(snapshot_find_ns(snapshot, ns->kind, ns->ino) == (ns->ino ? ns : NULL));
		next = i + 1 < snapshot->n_namespaces ? snapshot->namespaces[i + 1] : NULL;
		CHECK(!next || ns->ino < next->ino ||
		      (ns->ino == next->ino && ns->kind < next->kind) ||
		      (next->ino == 0 && ns->kind == next->kind));
		CHECK(!ns->owner.to || (ns->owner.to->kind == NS_USER && ns->owner.why == 0));
		CHECK(!ns->parent.to || (ns->parent.to->kind == ns->kind && ns->parent.why == 0));
		for (size_t j = 0; j < ns->n_members; j++)
			CHECK(ns->members[j]->ns[ns->kind].to == ns);
		for (size_t j = 0; j < ns->n_thread_members; j++)
			CHECK(ns->thread_members[j]->ns[ns->kind].to == ns);
	}
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = snapshot->processes[i];
		CHECK(snapshot_find_process(snapshot, process->pid) == process);
		CHECK(process->pid > 0 && process->tgid > 0);
		size_t n_steps = 0;
		for (; process; process = process->parent)
			CHECK(n_steps++ < snapshot->n_processes);
	}
}

static bool is_safe(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f)
			return false;
	return true;
}

static void check_json(const char *text, size_t n)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(text, n + 1, &end, true);
	CHECK(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(json, "namespaces")));
	cJSON_Delete(json);
	uint32_t code;
	for (size_t length; n; n -= length, text += length) {
		length = utf8_decode(text, n, &code);
		CHECK(length);
	}
}

static void check_report(struct report *report, enum report_format format)
{
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	report->format = format;
	CHECK(report_print(report, stream, NULL) == 0);
	fclose(stream);
	CHECK(is_safe(text, n));
	if (format == REPORT_JSON)
		check_json(text, n);
	free(text);
}

/* All columns, as a list or a tree; all rows of the list are in the tree. */
static void check_reports(const struct both *both, enum ns_tree by, unsigned kinds)
{
	_cleanup_(freep) const struct ns *const *list = NULL;
	_cleanup_(freep) struct row *rows = NULL;
	const struct field *fields[NSLS_FIELD_COUNT];
	struct ns_filter filter = { .kinds = kinds, .no_host = kinds != 0 };
	struct report report = {
		.noun = "namespaces",
		.scope = "quick",
		.view = { both->snapshot, both->details },
		.fields = { NSLS_FIELD_COUNT, fields },
		.tree = by != NS_TREE_NONE,
		.tree_field = "NS",
	};
	for (size_t i = 0; i < NSLS_FIELD_COUNT; i++)
		fields[i] = &nsls_fields[i];
	ns_list(both->snapshot, &filter, &list, &report.n_rows);
	ns_tree(list, report.n_rows, by, &rows);
	for (size_t i = 0; i < report.n_rows; i++)
		CHECK(rows[i].parent == ROW_TOP ? rows[i].depth == 0 : rows[i].parent < i);
	report.rows = rows;
	check_report(&report, REPORT_JSON);
	check_report(&report, REPORT_TABLE);
	check_report(&report, REPORT_RAW);
}

/* Ids can be translated and shown with their names, whatever the file says. */
static void check_ids(const struct both *both, const struct ns *viewer, const struct ns *ns,
		      const struct detail *detail)
{
	static const uint32_t ids[] = { 0, 1000, 65534, 100000, ID_NONE - 1, ID_NONE };
	const struct field *fields[ID_FIELD_COUNT];
	for (size_t i = 0; i < ID_FIELD_COUNT; i++)
		fields[i] = &id_fields[i];
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct id_row row = {
			.asked = "x",
			.side = { ID_SIDE_USERNS, ns, NULL, detail ? detail->view : VIEW_OURS },
		};
		row.seen.outcome = id_translate(viewer, viewer, ns, row.type, ids[i], &row.seen.id);
		CHECK(row.seen.outcome || row.seen.id != ID_NONE);
		const struct row item = { .item = &row, .parent = ROW_TOP };
		struct report report = {
			.noun = "namespaces",
			.view = { both->snapshot, both->details },
			.fields = { ID_FIELD_COUNT, fields },
			.n_rows = 1,
			.rows = &item,
		};
		check_report(&report, REPORT_JSON);
	}
}

static void check_all_ids(const struct both *both)
{
	const struct snapshot *snapshot = both->snapshot;
	const struct ns *viewer =
		snapshot_find_ns(snapshot, NS_USER, snapshot->origin.viewer[NS_USER]);
	for (size_t i = 0; viewer && i < snapshot->n_namespaces && i < 20; i++)
		if (snapshot->namespaces[i]->kind == NS_USER)
			check_ids(both, viewer, snapshot->namespaces[i], NULL);
	for (size_t i = 0; viewer && i < snapshot->n_processes && i < 20; i++) {
		const struct process *process = snapshot->processes[i];
		const struct detail *detail = details_find(both->details, process);
		if (process->ns[NS_USER].to && detail)
			check_ids(both, viewer, process->ns[NS_USER].to, detail);
	}
}

static void check_quick(const char *text, size_t n)
{
	__attribute__((cleanup(forget))) struct both quick = { NULL, NULL };
	CHECK(snapshot_parse(text, n, true, &quick.snapshot, &quick.details, NULL) == 0);
	check_model(quick.snapshot);
	check_round_trip(&quick, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	__attribute__((cleanup(forget))) struct both both = { NULL, NULL };
	struct error err = { 0 };
	_cleanup_(freep) char *text = xmalloc(n + 1);
	if (n)
		memcpy(text, bytes, n);
	text[n] = 0;
	int r = snapshot_parse(text, n, false, &both.snapshot, &both.details, &err);
	CHECK(r == 0 || (r == -EINVAL && *err.text && !both.snapshot && !both.details));
	if (r < 0)
		return 0;
	check_model(both.snapshot);
	check_quick(text, n);
	check_round_trip(&both, false);
	check_round_trip(&both, true);
	check_reports(&both, NS_TREE_NONE, 0);
	check_reports(&both, NS_TREE_PROCESS, 0);
	check_reports(&both, NS_TREE_PARENT, 1u << NS_USER | 1u << NS_PID);
	check_reports(&both, NS_TREE_OWNER, 0);
	check_all_ids(&both);
	return 0;
}
