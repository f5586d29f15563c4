/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The folders that an overlay shows as one, as its mount options name them. */
struct overlay_layer {
	char *path; /* as whoever mounted it called it; raw bytes */
	bool is_upper;
};

struct overlay_layers {
	size_t n, capacity;
	struct overlay_layer *items;
};

/* OPTIONS are those that mountinfo has of the file system. Pure. */
struct overlay_layers overlay_layers_parse(const char *options);
void overlay_layers_clear(struct overlay_layers *layers);
