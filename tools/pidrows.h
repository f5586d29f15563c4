/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "query/query.h"
#include "render/field.h"

/* The rows of nspidmap and their columns. */

/* A process or thread on one level, or, with --all and as JSON has it, as a whole. */
struct pid_row {
	const struct process *process, *leader; /* LEADER: NULL, it could not be read */
	const struct process *init;		/* PID 1 of the level; NULL: nobody is known */
	struct pid_level level;
	bool whole;
};

#define PID_ROW_FIELD_COUNT 11
extern const struct field pid_row_fields[PID_ROW_FIELD_COUNT];

/* Before the levels of a process comes the row that is the whole of it. */
struct pid_rows {
	size_t n, capacity;
	struct pid_row *items;
};

void pid_rows_clear(struct pid_rows *rows);

/* Adds a process or thread; each of its levels too, if wanted. */
void pid_rows_add(struct pid_rows *rows, const struct snapshot *snapshot,
		  const struct process *process, bool levels_too);

/* Adds the other threads of a process, on all levels. */
void pid_rows_add_threads(struct pid_rows *rows, const struct snapshot *snapshot,
			  const struct process *process);

/* Whether there is a thread among them that is no process. */
bool pid_rows_have_thread(const struct pid_rows *rows);

/* The details that the rows show: as details_take(). */
int pid_rows_take_details(const struct pid_rows *rows, unsigned facts, const struct details **ret,
			  struct error *err) _must_check_;
