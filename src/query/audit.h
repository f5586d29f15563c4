/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/details.h"
#include "model/exposure.h"
#include "model/snapshot.h"
#include "util/error.h"

/*
 * What a container, or any process, shares with its host, and what root in there could do with it:
 * judged from what the kernel says. Pure.
 */

enum audit_level {
	LEVEL_NONE, /* of a finding: unknown */
	LEVEL_INFO,
	LEVEL_LOW,
	LEVEL_MEDIUM,
	LEVEL_HIGH,
	LEVEL_CRITICAL,
	LEVEL_COUNT,
};

/* "high"; "unknown" for LEVEL_NONE. */
const char *audit_level_name(enum audit_level level);

/* -EINVAL where TEXT names none. */
int audit_level_parse(const char *text, enum audit_level *ret, struct error *err) _must_check_;

struct auditing;

struct audit_check {
	const char *id;		/* stable: "core-pattern" */
	enum audit_level worst; /* that it may come to */
	const char *title;	/* what is found, in a few words */
	const char *reason;	/* why that matters, and what its level depends on */
	const char *remedy;
	void (*run)(struct auditing *auditing); /* of one process */
};

/* All there are; NULL behind the last. */
const struct audit_check *audit_check(size_t i);

/* -EINVAL where there is none of that name. */
int audit_check_find(const char *id, size_t *ret, struct error *err) _must_check_;

struct audit_system {
	const struct snapshot *snapshot;
	const struct details *details;
	const struct exposures *exposures;
};

/* The processes of a container, or one process by itself. */
struct audit_subject {
	const struct container *container; /* NULL: none that is known */
	bool whole;			   /* all of its processes */
	size_t n;			   /* the first one, which stands for it, in front */
	const struct process *const *processes;
};

/* What was found. Where it depends on what is not known, WORST is more than LEVEL. */
struct finding {
	const struct audit_check *check;
	const struct audit_subject *subject;
	const struct process *process;
	enum audit_level level, worst;
	char *text, *evidence; /* raw bytes */
};

struct findings {
	size_t n, capacity; /* by level, the worst in front */
	struct finding *items;
};

void findings_clear(struct findings *findings);

/* Runs all checks but those whose bit in IGNORED, 1 << their place, is set. */
void audit_run(const struct audit_system *system, const struct audit_subject *subjects, size_t n,
	       uint64_t ignored, struct findings *ret);

/* 1 something is as bad as LEVEL, or worse; -ENODATA something may be; else 0. */
int findings_verdict(const struct findings *findings, enum audit_level level);
