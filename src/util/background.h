/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* Work that a thread does, on another CPU if there is one, while we do something else. */
struct background {
	bool is_running;
	pthread_t thread;
};

/* Begins RUN with WHO; where there can be no thread, it is all done at once. */
void background_begin(struct background *background, void *(*run)(void *who), void *who);

/* Waits until it is done. One of zeros, which was never begun, is. */
void background_end(struct background *background);
