/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/audit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "query/auditing.h"
#include "util/alloc.h"

static const char *const level_names[LEVEL_COUNT] = {
	[LEVEL_NONE] = "unknown",  [LEVEL_INFO] = "info", [LEVEL_LOW] = "low",
	[LEVEL_MEDIUM] = "medium", [LEVEL_HIGH] = "high", [LEVEL_CRITICAL] = "critical",
};

const char *audit_level_name(enum audit_level level)
{
	return level_names[level];
}

int audit_level_parse(const char *text, enum audit_level *ret, struct error *err)
{
	for (enum audit_level level = LEVEL_INFO; level < LEVEL_COUNT; level++) {
		if (strcmp(text, level_names[level]) == 0) {
			*ret = level;
			return 0;
		}
	}
	return error_set(err, EINVAL, "'%s' is none of info, low, medium, high, critical", text);
}

int audit_check_find(const char *id, size_t *ret, struct error *err)
{
	for (size_t i = 0; audit_check(i); i++) {
		if (strcmp(audit_check(i)->id, id) == 0) {
			*ret = i;
			return 0;
		}
	}
	return error_set(err, EINVAL, "there is no check '%s': --explain all lists them", id);
}

enum answer answer_and(enum answer a, enum answer b)
{
	if (a == ANSWER_NO || b == ANSWER_NO)
		return ANSWER_NO;
	return a == ANSWER_YES && b == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
}

enum answer answer_or(enum answer a, enum answer b)
{
	if (a == ANSWER_YES || b == ANSWER_YES)
		return ANSWER_YES;
	return a == ANSWER_NO && b == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
}

struct grade grade(enum audit_level level)
{
	return (struct grade){ level, level };
}

struct grade grade_by(enum answer answer, enum audit_level yes, enum audit_level no)
{
	if (answer == ANSWER_UNKNOWN)
		return (struct grade){ no, yes };
	return grade(answer == ANSWER_YES ? yes : no);
}

static void add(struct auditing *auditing, struct grade grade, char *text, char *evidence)
{
	struct findings *findings = auditing->findings;
	findings->items =
		xgrow(findings->items, findings->n, &findings->capacity, sizeof(*findings->items));
	findings->items[findings->n++] = (struct finding){
		.check = auditing->check,
		.subject = auditing->subject,
		.process = auditing->process,
		.level = grade.level,
		.worst = grade.worst,
		.text = text,
		.evidence = evidence,
	};
}

/* The words are better than nothing. */
static _printf_(1, 0) char *format_text(const char *format, va_list ap)
{
	char *text = NULL;
	return vasprintf(&text, format, ap) < 0 ? xstrdup(format) : text;
}

void audit_say(struct auditing *auditing, struct grade grade, char *evidence, const char *format,
	       ...)
{
	if (grade.worst == LEVEL_NONE) {
		free(evidence);
		return;
	}
	va_list ap;
	va_start(ap, format);
	char *text = format_text(format, ap);
	va_end(ap);
	if (grade.level != grade.worst) {
		_cleanup_(freep) char *before = text;
		text = xasprintf("%s (%s%s: not all of its users and rights are known; run as root "
				 "of the host to know)",
				 before, grade.level == LEVEL_NONE ? "perhaps " : "perhaps even ",
				 audit_level_name(grade.worst));
	}
	add(auditing, grade, text, evidence);
}

void audit_say_perhaps(struct auditing *auditing, enum audit_level worst, char *evidence,
		       const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *text = format_text(format, ap);
	va_end(ap);
	add(auditing, (struct grade){ LEVEL_NONE, worst }, text, evidence);
}

#define FEW 4

void few_add(struct few *few, const char *word)
{
	if (few->n++ < FEW)
		few->list = xappend(few->list, " ", word);
}

char *few_take(struct few *few)
{
	_cleanup_(freep) char *list = TAKE(few->list);
	return few->n > FEW ? xasprintf("%s and %zu more", list, few->n - FEW) : TAKE(list);
}

/* What it would take to know. */
static const char *advice(int why)
{
	if (error_is_refusal(why))
		return "; run as root of the host to know";
	switch (why) {
	case ENODATA:
		return "; look from the host, as root, to know";
	case EXDEV:
		return "; something is mounted over it in /proc: use another one to know";
	case ETIMEDOUT:
		return "; whoever serves that file system does not answer";
	}
	return "";
}

void audit_unknown(struct auditing *auditing, int why, const char *what)
{
	const struct grade unknown = { LEVEL_NONE, auditing->check->worst };
	const char *said = why == ENODATA    ? "not to be seen from here"
			 : why == EOPNOTSUPP ? "the kernel does not tell"
					     : strerror(why);
	add(auditing, unknown, xasprintf("%s: %s%s", what, said, advice(why)), NULL);
}

static bool is_ignored(const struct auditing *auditing, void (*run)(struct auditing *auditing))
{
	for (size_t i = 0; audit_check(i); i++)
		if (audit_check(i)->run == run)
			return auditing->ignored >> i & 1;
	return false;
}

const struct mount_table *audit_mounts(struct auditing *auditing)
{
	const struct mount_table *mounts = &auditing->view->mounts;
	if (is_host_ns(auditing, NS_MNT) == ANSWER_YES && !is_ignored(auditing, check_mnt_host))
		return NULL;
	if (mounts->why) {
		audit_unknown(auditing, mounts->why, "its mounts could not be read");
		return NULL;
	}
	return mounts;
}

char *mount_evidence(const struct mount_entry *mount)
{
	return xasprintf("mountinfo %u:%u %s %s %s %s", major(mount->dev), minor(mount->dev),
			 mount->root, mount->target, mount->type,
			 mount_is_writable(mount) ? "rw" : "ro");
}

static void run_checks(struct auditing *auditing)
{
	const struct exposure *exposure = auditing->exposure;
	power_make(auditing);
	auditing->view = exposure->outer && may_leave_root(auditing) != ANSWER_NO ? exposure->outer
										  : exposure->view;
	for (size_t i = 0; (auditing->check = audit_check(i)); i++)
		if (!(auditing->ignored >> i & 1))
			auditing->check->run(auditing);
	origins_free(auditing->origins);
}

static int compare_texts(const char *a, const char *b)
{
	return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

/* What is known comes before what may be as bad. Items that differ in their process only are
 * together, in the order in which they came: qsort() need not keep it, so their places do. */
static int compare(const struct finding *x, const struct finding *y)
{
	enum audit_level x_level = x->level ? x->level : x->worst;
	enum audit_level y_level = y->level ? y->level : y->worst;
	if (x_level != y_level)
		return x_level > y_level ? -1 : 1;
	if (!x->level != !y->level)
		return x->level ? -1 : 1;
	if (x->subject != y->subject)
		return x->subject < y->subject ? -1 : 1;
	if (x->check != y->check)
		return x->check < y->check ? -1 : 1;
	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	int by_text = strcmp(x->text, y->text);
	return by_text ? by_text : compare_texts(x->evidence, y->evidence);
}

/* A finding and its place. */
struct placed {
	struct finding finding;
	size_t place;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int by_finding = compare(&x->finding, &y->finding);
	return by_finding ? by_finding : (x->place > y->place) - (x->place < y->place);
}

static void clear(struct finding *finding)
{
	free(finding->text);
	free(finding->evidence);
}

/* Sorts, and says once what is the same of several processes of a subject. */
static void sort(struct findings *findings)
{
	_cleanup_(freep) struct placed *placed = xcalloc(findings->n, sizeof(*placed));
	size_t n = 0;
	for (size_t i = 0; i < findings->n; i++)
		placed[i] = (struct placed){ findings->items[i], i };
	if (findings->n)
		qsort(placed, findings->n, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < findings->n; i++) {
		if (i && compare(&placed[i].finding, &findings->items[n - 1]) == 0)
			clear(&placed[i].finding);
		else
			findings->items[n++] = placed[i].finding;
	}
	findings->n = n;
}

void audit_run(const struct audit_system *system, const struct audit_subject *subjects, size_t n,
	       uint64_t ignored, struct findings *ret)
{
	_cleanup_(storages_clear) struct storages storages =
		storages_find(&system->exposures->host);
	*ret = (struct findings){ 0 };
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < subjects[i].n; j++) {
			struct auditing auditing = {
				.system = system,
				.subject = &subjects[i],
				.process = subjects[i].processes[j],
				.storages = &storages,
				.ignored = ignored,
				.findings = ret,
			};
			auditing.exposure = exposures_find(system->exposures, auditing.process);
			if (auditing.exposure)
				run_checks(&auditing);
		}
	}
	sort(ret);
}

int findings_verdict(const struct findings *findings, enum audit_level level)
{
	int verdict = 0;
	for (size_t i = 0; i < findings->n; i++) {
		if (findings->items[i].level >= level)
			return 1;
		if (findings->items[i].worst >= level)
			verdict = -ENODATA;
	}
	return verdict;
}

void findings_clear(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		clear(&findings->items[i]);
	free(TAKE(findings->items));
	findings->n = 0;
}
