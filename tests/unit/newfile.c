/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/newfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
	char text[512] = "";
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
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

/* Through links, what they lead to is replaced; they stay. */
static void a_link_stays(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *file_dir = fresh_dir();
	_cleanup_(freep) char *path = xasprintf("%s/link", dir),
			      *target = xasprintf("%s/file", file_dir);
	struct newfile file;
	struct error err = { 0 };
	struct stat st;
	write_file(target, "old", 3);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	fflush(file.stream);
	assert_content(target, "old");
	assert_int_equal(newfile_commit(&file, &err), 0);
	assert_content(target, "new");
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_files(dir, "link");
	assert_files(file_dir, "file");
}

/* A link to what is not there yet: COMMIT makes that, and else nothing is left of it. */
static void write_through_dangling_link(bool commit, const char *expected)
{
	_cleanup_(freep) char *dir = fresh_dir(), *file_dir = fresh_dir();
	_cleanup_(freep) char *path = xasprintf("%s/link", dir),
			      *target = xasprintf("%s/file", file_dir);
	struct newfile file;
	struct error err = { 0 };
	struct stat st;
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	if (commit)
		assert_int_equal(newfile_commit(&file, &err), 0);
	newfile_discard(&file);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_files(dir, "link");
	assert_files(file_dir, expected);
	if (!commit)
		return;
	assert_content(path, "new");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void a_dangling_link_gets_its_file(void **state _unused_)
{
	write_through_dangling_link(true, "file");
}

static void a_dangling_link_stays_so_if_discarded(void **state _unused_)
{
	write_through_dangling_link(false, "");
}

static void the_longest_name(void **state _unused_)
{
	char name[NAME_MAX + 1];
	memset(name, 'x', NAME_MAX);
	name[NAME_MAX] = 0;
	_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/%s", dir, name);
	struct newfile file;
	struct error err = { 0 };
	assert_int_equal(newfile_open(&file, path, &err), 0);
	fputs("new", file.stream);
	assert_int_equal(newfile_commit(&file, &err), 0);
	assert_content(path, "new");
	assert_files(dir, name);
}

/* Writes "new" to PATH while descriptor FD of ours is that of OUTPUT, and then more to FD. */
static void write_beside(int fd, const char *output, const char *path)
{
	struct newfile file;
	struct error err = { 0 };
	fflush(NULL);
	int before = dup(fd), opened = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	dup2(opened, fd);
	int r = newfile_open(&file, path, &err);
	if (r == 0) {
		fputs("new", file.stream);
		r = newfile_commit(&file, &err);
	}
	ssize_t n = write(fd, ", more", 6);
	dup2(before, fd);
	close(before);
	close(opened);
	assert_int_equal(r, 0);
	assert_int_equal(n, 6);
}

/* "nsls --save FILE >FILE": the descriptor and the name must go on meaning one file. */
static void what_a_standard_descriptor_is(void **state _unused_)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		_cleanup_(freep) char *dir = fresh_dir(), *path = xasprintf("%s/file", dir);
		write_beside(fd, path, path);
		assert_content(path, "new, more");
		assert_files(dir, "file");
	}
}

/* It is the file that counts, not the disk it is on. */
static void what_lies_beside_standard_output(void **state _unused_)
{
	_cleanup_(freep) char *dir = fresh_dir(), *output_dir = fresh_dir();
	_cleanup_(freep) char *path = xasprintf("%s/file", dir);
	_cleanup_(freep) char *output = xasprintf("%s/output", output_dir);
	write_file(path, "old", 3);
	write_beside(STDOUT_FILENO, output, path);
	assert_content(path, "new");
	assert_content(output, ", more");
	assert_files(dir, "file");
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

static bool says_that_it_is_full(void)
{
	_cleanup_(newfile_discard) struct newfile file = { 0 };
	struct error err = { 0 };
	if (newfile_open(&file, "/dev/full", &err) != 0)
		return false;
	fputs("new", file.stream);
	return newfile_commit(&file, &err) == -ENOSPC &&
	       strcmp(err.text, "cannot write /dev/full: No space left on device") == 0;
}

/* By nobody: if this should ever be broken, root must not find a file where the device was. */
static void a_full_device(void **state _unused_)
{
	int status;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(2);
		_exit(says_that_it_is_full() ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
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
	TEST(a_link_stays);
	TEST(a_dangling_link_gets_its_file);
	TEST(a_dangling_link_stays_so_if_discarded);
	TEST(the_longest_name);
	TEST(what_a_standard_descriptor_is);
	TEST(what_lies_beside_standard_output);
	TEST(a_fifo_is_written_to);
	TEST(discard_keeps_a_fifo);
	TEST(a_full_device);
	TEST(a_failed_rename);
	TEST(whole_or_not_at_all);
	return suite_run("newfile");
}
