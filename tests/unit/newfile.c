/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/newfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "fixture.h"

/* A directory of its own for each test, so that what is left over is seen. */
static char *fresh_dir(void)
{
	char *dir = scratch_path("dir-XXXXXX");
	assert_non_null(mkdtemp(dir));
	return dir;
}

/* The only name in there, or "" for none. */
static void assert_files(const char *path, const char *expected)
{
	char text[256] = "";
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s",
				 entry->d_name);
	closedir(dir);
	assert_string_equal(text, expected);
}

static void assert_content(const char *path, const char *expected)
{
	size_t n;
	_cleanup_(freep) char *content = read_file(path, &n);
	assert_int_equal(n, strlen(expected));
	assert_string_equal(content, expected);
}

static void commit_makes_it(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	struct error err = { 0 };
	struct stat st;
	mode_t mask = umask(0);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	umask(mask);
	assert_int_equal(fcntl(fileno(file.stream), F_GETFD), FD_CLOEXEC);
	fputs("new", file.stream);
	assert_int_equal(stat(path, &st), -1); /* not there before it is whole */
	assert_int_equal(newfile_commit(&file, &err), 0);
	assert_content(path, "new");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_files(dir, "file");
}

static void commit_replaces(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
	struct newfile file;
	struct error err = { 0 };
	struct stat st;
	write_file(path, "old and longer", 14);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	fflush(file.stream);
	assert_content(path, "old and longer");
	assert_int_equal(newfile_commit(&file, &err), 0);
	newfile_discard(&file); /* nothing is left to drop */
	assert_content(path, "new");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_files(dir, "file");
}

static void discard_keeps_the_old(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
	struct newfile file;
	struct error err = { 0 };
	write_file(path, "old", 3);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	newfile_discard(&file);
	assert_content(path, "old");
	assert_files(dir, "file");
	newfile_discard(&file); /* again */
	assert_content(path, "old");
}

static void discard_leaves_nothing(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
	struct newfile file;
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, path, &err), 0);
	newfile_discard(&file);
	assert_files(dir, "");
	struct newfile empty = { 0 };
	newfile_discard(&empty);
}

static void no_such_directory(void **state _unused_)
{
	_cleanup_(freep) char *path = scratch_path("nowhere/file");
	_cleanup_(freep) char *text = xasprintf("cannot write %s: No such file or directory", path);
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, path, &err), -ENOENT);
	assert_string_equal(err.text, text);
	assert_null(file.stream);
}

static void a_directory(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir();
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, dir, &err), -EISDIR);
	assert_files(dir, "");
}

/* A FIFO stays one, and what is written comes out of it. */
static void a_fifo_is_written_to(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/fifo", dir);
	struct newfile file;
	struct error err = { 0 };
	struct stat st;
	char text[8] = "";
	assert_int_equal(mkfifo(path, 0600), 0);
	_cleanup_(closep) int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	assert_int_equal(newfile_commit(&file, &err), 0);
	assert_int_equal(read(reader, text, sizeof(text) - 1), 3);
	assert_string_equal(text, "new");
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_files(dir, "fifo");
}

static void discard_keeps_a_fifo(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/fifo", dir);
	struct newfile file;
	struct error err = { 0 };
	assert_int_equal(mkfifo(path, 0600), 0);
	_cleanup_(closep) int reader _unused_ = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	newfile_discard(&file);
	assert_files(dir, "fifo");
}

static void a_full_device(void **state _unused_)
{
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, "/dev/full", &err), 0);
	fputs("new", file.stream);
	assert_int_equal(newfile_commit(&file, &err), -ENOSPC);
	assert_string_equal(err.text, "cannot write /dev/full: No space left on device");
}

/* Something took the path's place meanwhile that cannot be replaced. */
static void a_failed_rename(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
	struct newfile file;
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, path, &err), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(newfile_commit(&file, &err), -EISDIR);
	newfile_discard(&file);
	assert_files(dir, "file");
}

/* Writes N bytes in one go where no file may get longer than 4 KiB; returns what commit says. */
static int commit_in_little_space(const char *path, size_t n)
{
	struct rlimit old, little;
	struct newfile file;
	struct error err = { 0 };
	_cleanup_(freep) char *content = xcalloc(1, n);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	little = (struct rlimit){ .rlim_cur = 4096, .rlim_max = old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	int r = newfile_open(&file, path, &err);
	fwrite(content, 1, n, file.stream);
	if (r == 0)
		r = newfile_commit(&file, &err);
	newfile_discard(&file);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	return r;
}

/* 6,000 bytes fail when the rest is flushed; of 65,536, stdio has kept nothing back by then. */
static void whole_or_not_at_all(void **state _unused_)
{
	static const size_t sizes[] = { 6000, 65536 };
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
		write_file(path, "old", 3);
		assert_int_equal(commit_in_little_space(path, sizes[i]) < 0, 1);
		assert_content(path, "old");
		assert_files(dir, "file");
	}
}

int main(void)
{
	TEST(commit_makes_it);
	TEST(commit_replaces);
	TEST(discard_keeps_the_old);
	TEST(discard_leaves_nothing);
	TEST(no_such_directory);
	TEST(a_directory);
	TEST(a_fifo_is_written_to);
	TEST(discard_keeps_a_fifo);
	TEST(a_full_device);
	TEST(a_failed_rename);
	TEST(whole_or_not_at_all);
	return suite_run("newfile");
}
