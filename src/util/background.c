/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/background.h"

void background_begin(struct background *background, void *(*run)(void *who), void *who)
{
	background->is_running = pthread_create(&background->thread, NULL, run, who) == 0;
	if (!background->is_running)
		run(who);
}

void background_end(struct background *background)
{
	if (background->is_running)
		pthread_join(background->thread, NULL);
	background->is_running = false;
}
