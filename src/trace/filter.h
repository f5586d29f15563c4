/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "util/error.h"

/*
 * The seccomp filter that makes the kernel stop a program at the calls that are followed, and at no
 * other, whatever architecture they are made for. It cannot be taken away again, is inherited, and
 * answers ENOSYS to who has no tracer (seccomp(2)).
 */

struct filter; /* libseccomp's */

struct filter *filter_make(struct error *err) _must_check_;
struct filter *filter_free(struct filter *filter);
DEFINE_CLEANUP(struct filter *, filter_free)

/* Installs it in the calling process: 0, or -errno. Without CAP_SYS_ADMIN it takes no_new_privs,
 * which is set then: see filter_is_free(). */
int filter_install(struct filter *filter) _must_check_;

/* Whether we may install one without no_new_privs, under which setuid programs get no rights. */
bool filter_is_free(void);
