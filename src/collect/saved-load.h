/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cjson/cJSON.h>

#include "model/builder.h"
#include "model/details.h"
#include "util/error.h"

/* Between the files that load a saved snapshot: nothing else includes this. All of them return 0,
 * or -EINVAL with a line that says what is wrong with OBJECT. */

#define SAVED_UID_MAX ((uint64_t)UINT32_MAX - 1)

struct loader {
	struct builder *builder;
	struct details_builder *details;
	size_t n_views; /* so far */
	struct error *err;
};

/* An errno by its name, or by its number if it has none; what means nothing here is EIO. */
int load_why(const char *name);

/* An edge to a namespace that has been loaded before. */
int load_edge(struct loader *loader, const cJSON *object, const char *key, enum ns_kind kind,
	      struct edge *ret) _must_check_;

/* A namespace; its edges, once all namespaces are there; whether those run in a circle, at last. */
int load_ns(struct loader *loader, const cJSON *object) _must_check_;
int load_ns_edges(struct loader *loader, const cJSON *object) _must_check_;
int load_ns_check(struct loader *loader, const cJSON *object) _must_check_;

/* Names: of the viewer's users and groups, those of a view, and the viewer's subordinate ids. */
int load_user(struct loader *loader, const cJSON *object) _must_check_;
int load_group(struct loader *loader, const cJSON *object) _must_check_;
int load_view(struct loader *loader, const cJSON *object) _must_check_;
int load_subids(struct loader *loader, const cJSON *root) _must_check_;

/* What "kind" of OBJECT says. */
int load_kind(struct loader *loader, const cJSON *object, enum ns_kind *ret) _must_check_;

/* What holds a namespace, once those and processes are there. */
int load_pin(struct loader *loader, const cJSON *object) _must_check_;

/* A process with its details, once all namespaces are there. */
int load_process(struct loader *loader, const cJSON *object) _must_check_;
