/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"

static void free_names(struct newfile *file)
{
	free(TAKE(file->temporary));
	free(TAKE(file->target));
}

/* A descriptor of the same file as one of 0 to 2, which the caller has redirected to it: whatever
 * is its name (/dev/stdout), putting another file in its place would not be what is meant. -1:
 * none. */
static int same_as_standard(const struct stat *st)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat other;
		int flags = fcntl(fd, F_GETFL);
		if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(fd, &other) == 0 &&
		    other.st_dev == st->st_dev && other.st_ino == st->st_ino)
			return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	}
	return -1;
}

/* Through a link, it is what that leads to which is replaced, or made. */
static int open_temporary(struct newfile *file)
{
	file->target = realpath(file->path, NULL);
	struct stat st;
	if (!file->target && lstat(file->path, &st) == 0) {
		int fd = open(file->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		file->target = fd >= 0 ? realpath(file->path, NULL) : NULL;
		return fd;
	}
	if (!file->target)
		file->target = xstrdup(file->path);
	const char *slash = strrchr(file->target, '/');
	int n_folder = slash ? (int)(slash - file->target) + 1 : 0;
	file->temporary = xasprintf("%.*s.nstools-XXXXXX", n_folder, file->target);
	return mkostemp(file->temporary, O_CLOEXEC);
}

int newfile_open(struct newfile *file, const char *path, struct error *err)
{
	struct stat st;
	*file = (struct newfile){ .path = path };
	bool exists = stat(path, &st) == 0;
	int fd = exists ? same_as_standard(&st) : -1;
	if (fd < 0)
		fd = exists && !S_ISREG(st.st_mode) ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
						    : open_temporary(file);
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
	else if (file->target)
		unlink(file->target); /* made through a link that led nowhere */
	free_names(file);
}
