/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "collect/file_reader.h"
#include "util/background.h"

/* What the BPF iterator over descriptors tells, see file_reader_run(). */
struct file_list {
	size_t n, capacity;
	struct file_record *records;
	struct background reading;
	int result; /* 0, or -errno with ERR saying why */
	struct error err;
};

/* Begins to read it, in a thread if there can be one: mounts, which take as long, are read
 * meanwhile. file_list_end() waits for it: 0, or -errno. */
void file_list_begin(struct file_list *list);
int file_list_end(struct file_list *list) _must_check_;
void file_list_clear(struct file_list *list);
