/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "collect/listing.h"

#include <errno.h>

#include "util/alloc.h"
#include "util/folder.h"
#include "util/parse.h"

static int read_folder(struct listing *listing)
{
	_cleanup_(folder_closep) DIR *folder = folder_open(listing->proc, ".");
	if (!folder)
		return errno;
	errno = 0;
	for (const struct dirent *entry; (entry = readdir(folder)); errno = 0) {
		pid_t pid;
		if (parse_pid(entry->d_name, &pid) < 0)
			continue;
		listing->pids = xgrow(listing->pids, listing->n, &listing->capacity,
				      sizeof(*listing->pids));
		listing->pids[listing->n++] = pid;
	}
	return errno;
}

static void *run(void *listing)
{
	((struct listing *)listing)->why = read_folder(listing);
	return NULL;
}

void listing_begin(struct listing *listing, int proc)
{
	*listing = (struct listing){ .proc = proc };
	background_begin(&listing->reading, run, listing);
}

int listing_end(struct listing *listing, struct error *err)
{
	background_end(&listing->reading);
	return listing->why ? error_errno(err, listing->why, "cannot list /proc") : 0;
}

void listing_clear(struct listing *listing)
{
	background_end(&listing->reading);
	free(TAKE(listing->pids));
}
