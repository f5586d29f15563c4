/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "util/macro.h"

/*
 * What went wrong, for a person: one line, without the program's name and without a full stop.
 *
 * A function that can fail returns 0, -errno, or a positive outcome that its header names. The
 * negative ones are passed on unchanged, and the line travels beside them in struct error: whoever
 * knows the object writes it, whoever knows the purpose puts that in front. src/ prints nothing.
 */
struct error {
	int number; /* errno; 0 while nothing has gone wrong */
	char text[512];
};

/* Both set the line and return -NUMBER; error_errno() adds what the C library says about NUMBER.
 * ERR may be NULL where nobody wants the line. */
int error_set(struct error *err, int number, const char *format, ...) _printf_(3, 4);
int error_errno(struct error *err, int number, const char *format, ...) _printf_(3, 4);

/* Puts "FORMAT: " in front of the line. */
void error_wrap(struct error *err, const char *format, ...) _printf_(2, 3);

/* "EACCES" for EACCES, and back; NULL and -1 for what the table lacks. The names are those of
 * errno(3) and stand in saved snapshots and in JSON, where numbers would depend on the CPU. */
const char *error_name(int number);
int error_number(const char *name);

/* Whether NUMBER, an errno, says that we, and nobody else, are out of descriptors or memory. */
bool error_is_shortage(int number);

/* Whether NUMBER, an errno, says that the kernel refused us (and not that a thing is gone). */
bool error_is_refusal(int number);
