/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "util/alloc.h"

static void free_names(struct newfile *file)
{
	free(TAKE(file->temporary));
	free(TAKE(file->target));
}

static int open_temporary(struct newfile *file)
{
	/* Through a link, it is what that leads to which is replaced. */
	file->target = realpath(file->path, NULL);
	if (!file->target)
		file->target = xstrdup(file->path);
	file->temporary = xasprintf("%s.XXXXXX", file->target);
	return mkostemp(file->temporary, O_CLOEXEC);
}

int newfile_open(struct newfile *file, const char *path, struct error *err)
{
	struct stat st;
	*file = (struct newfile){ .path = path };
	bool direct = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	int fd = direct ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : open_temporary(file);
	if (fd < 0) {
		int number = errno;
		free_names(file);
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
	bool failed = ferror(file->stream); /* earlier, which fclose() does not repeat */
	errno = EIO;
	if (fclose(TAKE(file->stream)) != 0 || failed)
		return error_errno(err, errno, "cannot write %s", file->path);
	if (file->temporary && rename(file->temporary, file->target) < 0)
		return error_errno(err, errno, "cannot rename %s to %s", file->temporary,
				   file->target);
	free_names(file);
	return 0;
}

void newfile_discard(struct newfile *file)
{
	if (file->stream)
		fclose(TAKE(file->stream));
	if (file->temporary)
		unlink(file->temporary);
	free_names(file);
}
