/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "container/known.h"

/* Whether it is of an engine that can be asked: docker or podman. */
bool engine_knows(const struct known *known);

/*
 * Asks the engines of these users (0: the system's) for all their containers, over their unix
 * sockets and all at once: GET /containers/json?all=1, which Docker and Podman answer alike. Takes
 * 300 ms at most; who hangs, refuses, talks nonsense or too much (4 MiB, an ordinary user's 512
 * KiB) has said nothing. Without libcurl, nobody is asked.
 */
void engine_ask(const uid_t *owners, size_t n, struct known_list *ret);
