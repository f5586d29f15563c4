/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "util/alloc.h"

int newfile_open(struct newfile *file, const char *path, struct error *err)
{
	struct stat st;
	*file = (struct newfile){ .path = path };
	int fd;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		file->temporary = xasprintf("%s.XXXXXX", path);
		fd = mkostemp(file->temporary, O_CLOEXEC);
	}
	if (fd < 0) {
		int number = errno;
		free(TAKE(file->temporary));
		return error_errno(err, number, "cannot write %s", path);
	}
	file->stream = fdopen(fd, "w");
	if (!file->stream) {
		close(fd);
		newfile_discard(file);
		return error_errno(err, ENOMEM, "cannot write %s", path);
	}
	return 0;
}

int newfile_commit(struct newfile *file, struct error *err)
{
	bool failed =
		ferror(file->stream); /* of an earlier write, which fclose() does not repeat */
	errno = EIO;
	if (fclose(TAKE(file->stream)) != 0 || failed)
		return error_errno(err, errno, "cannot write %s", file->path);
	if (file->temporary && rename(file->temporary, file->path) < 0)
		return error_errno(err, errno, "cannot rename %s to %s", file->temporary,
				   file->path);
	free(TAKE(file->temporary));
	return 0;
}

void newfile_discard(struct newfile *file)
{
	if (file->stream)
		fclose(TAKE(file->stream));
	if (file->temporary)
		unlink(file->temporary);
	free(TAKE(file->temporary));
}
