/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "util/alloc.h"
#include "util/parse.h"
#include "util/text.h"

/*
 * Opens what /proc itself has there, and nothing that somebody has mounted over it: -EXDEV. A
 * kernel without openat2() (before Linux 5.6) and a filter that refuses it cannot keep us from
 * that; but a pipe then does not make us wait.
 */
static int open_below(int dir, const char *name, int flags)
{
	const struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV,
	};
	int fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir, name, flags | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int proc_open_dir(int dir, const char *name)
{
	return open_below(dir, name, O_PATH | O_DIRECTORY);
}

int proc_open_pid(int proc, pid_t pid)
{
	char name[16];
	snprintf(name, sizeof(name), "%d", pid);
	return proc_open_dir(proc, name);
}

int fd_reopen(int look, int flags)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", look);
	int fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Files of /proc may come in pieces: the end is where read() says 0. */
static ssize_t read_fully(int fd, char *buffer, size_t size)
{
	size_t n = 0;
	while (n < size) {
		ssize_t r = read(fd, buffer + n, size - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += r;
	}
	return n;
}

ssize_t proc_read(int dir, const char *name, char *buffer, size_t size)
{
	_cleanup_(closep) int fd = open_below(dir, name, O_RDONLY);
	if (fd < 0)
		return fd;
	ssize_t n = read_fully(fd, buffer, size - 1);
	if (n >= 0)
		buffer[n] = 0;
	return n;
}

int fd_read_all(int fd, size_t max, char **ret, size_t *ret_n)
{
	_cleanup_(freep) char *buffer = NULL;
	size_t n = 0, size = 0;
	while (n == size && size < max) {
		size = size ? size * 2 : 4096;
		if (size > max)
			size = max;
		buffer = xreallocarray(buffer, size, 1);
		ssize_t r = read_fully(fd, buffer + n, size - n);
		if (r < 0)
			return r;
		n += r;
	}
	/* Most files are far smaller than a page, and thousands of them may be kept. */
	*ret = xreallocarray(TAKE(buffer), n ? n : 1, 1);
	*ret_n = n;
	return 0;
}

int proc_read_all(int dir, const char *name, size_t max, char **ret, size_t *ret_n)
{
	_cleanup_(closep) int fd = open_below(dir, name, O_RDONLY);
	return fd < 0 ? fd : fd_read_all(fd, max, ret, ret_n);
}

int proc_parse_stat(const char *text, size_t n, struct proc_stat *ret)
{
	/* The name is raw and may itself hold ") R": what follows it starts at the last ")". */
	const char *end = text + n;
	const char *open = memchr(text, '(', n);
	const char *close = memrchr(text, ')', n);
	if (!open || !close || close < open)
		return -EINVAL;

	uint64_t pid, ppid, start;
	size_t n_state;
	const char *state = text_word(close + 1, end, 0, &n_state);
	if (n_state != 1 || text_number(text, open, 0, INT_MAX, &pid) < 0 ||
	    text_number(close + 1, end, 1, INT_MAX, &ppid) < 0 ||
	    text_number(close + 1, end, 19, UINT64_MAX, &start) < 0)
		return -EINVAL;
	*ret = (struct proc_stat){
		.pid = pid,
		.comm = open + 1,
		.n_comm = close - open - 1,
		.state = *state,
		.ppid = ppid,
		.start = start,
	};
	return 0;
}

int proc_read_stat(int dir, struct proc_stat *ret)
{
	char text[1024];
	ssize_t n = proc_read(dir, "stat", text, sizeof(text));
	if (n < 0)
		return n;
	if (proc_parse_stat(text, n, ret) < 0)
		return -EIO;
	ret->comm = NULL; /* it pointed into the text */
	ret->n_comm = 0;
	return 0;
}

bool proc_is_gone(int dir)
{
	char byte[2];
	ssize_t n = proc_read(dir, "stat", byte, sizeof(byte));
	return n == -ENOENT || n == -ESRCH;
}

bool proc_is_same(int dir, uint64_t start, int64_t tick_offset, struct proc_stat *ret)
{
	return proc_read_stat(dir, ret) == 0 && ret->start - tick_offset == start;
}

static size_t status_pids(const char *text, const char *end, const char *key, pid_t *pids)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	uint64_t value;
	size_t n = 0;
	while (line && n < PID_LEVELS_MAX && text_number(line, line_end, n, INT_MAX, &value) == 0)
		pids[n++] = value;
	return n;
}

/* 0 where it is not there. */
static pid_t status_pid(const char *text, const char *end, const char *key)
{
	const char *line_end, *line = text_line(text, end, key, &line_end);
	uint64_t value;
	return line && text_number(line, line_end, 0, INT_MAX, &value) == 0 ? (pid_t)value : 0;
}

int proc_parse_status(const char *text, size_t n, struct proc_status *ret)
{
	const char *end = text + n, *line_end;
	const char *tgid = text_line(text, end, "Tgid", &line_end);
	uint64_t value;
	if (!tgid || text_number(tgid, line_end, 0, INT_MAX, &value) < 0)
		return -EINVAL;
	struct proc_status status = { .tgid = value };
	status.ppid = status_pid(text, end, "PPid");
	status.tracer = status_pid(text, end, "TracerPid");
	status.cap_effective = text_hex(text, end, "CapEff");
	status.n_pids = status_pids(text, end, "NSpid", status.pids);
	if (status_pids(text, end, "NSpgid", status.pgids) != status.n_pids ||
	    status_pids(text, end, "NSsid", status.sids) != status.n_pids)
		return -EINVAL;
	*ret = status;
	return 0;
}

int proc_read_status(int dir, const char *name, struct proc_status *ret)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	int r = proc_read_all(dir, name, PROC_STATUS_MAX, &text, &n);
	if (r < 0)
		return r;
	return proc_parse_status(text, n, ret) < 0 ? -EIO : 0;
}

ino_t proc_inode(int dir, const char *link, int *ret_why)
{
	struct stat st;
	if (fstatat(dir, link, &st, 0) == 0)
		return st.st_ino;
	if (ret_why)
		*ret_why = errno;
	return 0;
}

int proc_parse_ns_link(const char *text, size_t n, const char *type, ino_t *ret)
{
	size_t n_type = strlen(type);
	if (n < n_type + 4 || memcmp(text, type, n_type) != 0 || text[n_type] != ':' ||
	    text[n_type + 1] != '[' || text[n - 1] != ']')
		return -EINVAL;
	uint64_t value;
	int r = parse_u64_n(text + n_type + 2, n - n_type - 3, UINT32_MAX, &value);
	if (r < 0)
		return r;
	*ret = value;
	return 0;
}

int proc_parse_boottime_offset(const char *text, size_t n, int64_t *ret)
{
	/* "boottime   -7   500000000": seconds may be negative, nanoseconds never are. */
	static const char key[] = "boottime";
	const char *line = memmem(text, n, key, sizeof(key) - 1);
	if (!line)
		return -EINVAL;
	const char *end = text + n;
	size_t n_seconds;
	const char *seconds = text_word(line, end, 1, &n_seconds);
	bool negative = n_seconds && *seconds == '-';
	uint64_t s, ns;
	if (parse_u64_n(seconds + negative, n_seconds - negative, INT64_MAX / 2000000000, &s) < 0 ||
	    text_number(line, end, 2, 999999999, &ns) < 0)
		return -EINVAL;
	*ret = (negative ? -(int64_t)s : (int64_t)s) * 1000000000 + (int64_t)ns;
	return 0;
}

/* The id -1 means "none" to system calls, so no range goes as far as that. */
static int parse_range(const char *line, const char *end, struct idmap_range *ret)
{
	uint64_t inside, outside, count;
	size_t n_rest;
	if (text_number(line, end, 0, UINT32_MAX, &inside) < 0 ||
	    text_number(line, end, 1, UINT32_MAX, &outside) < 0 ||
	    text_number(line, end, 2, UINT32_MAX, &count) < 0)
		return -EINVAL;
	text_word(line, end, 3, &n_rest);
	if (n_rest || count == 0 || inside + count > UINT32_MAX)
		return -EINVAL;
	*ret = (struct idmap_range){ .inside = inside, .outside = outside, .count = count };
	return 0;
}

int proc_parse_idmap(const char *text, size_t n, struct idmap_range *ret, size_t *ret_n)
{
	const char *end = text + n;
	size_t n_ranges = 0;
	while (text < end) {
		const char *newline = memchr(text, '\n', end - text);
		const char *line_end = newline ? newline : end;
		if (n_ranges == IDMAP_RANGES_MAX || parse_range(text, line_end, &ret[n_ranges]) < 0)
			return -EINVAL;
		n_ranges++;
		text = line_end + 1;
	}
	*ret_n = n_ranges;
	return 0;
}

int proc_read_idmap(int dir, const char *name, struct idmap_range *ret, size_t *ret_n)
{
	char text[PROC_IDMAP_MAX];
	ssize_t n = proc_read(dir, name, text, sizeof(text));
	if (n < 0)
		return n;
	return proc_parse_idmap(text, n, ret, ret_n) < 0 ? -EIO : 0;
}

/* "  eth0: 1 2 …": the kernel lets neither blanks nor ":" into a name, and any other byte but "/"
 * (dev_valid_name() in net/core/dev.c). */
static int parse_interface(const char *line, const char *end, char *ret, size_t *n)
{
	while (line < end && *line == ' ')
		line++;
	const char *colon = memchr(line, ':', end - line);
	if (!colon || colon == line || memchr(line, 0, colon - line))
		return -EINVAL;
	memcpy(ret + *n, line, colon - line);
	*n += colon - line;
	ret[(*n)++] = 0;
	return 0;
}

/* Below two lines of headings. */
int proc_parse_net_dev(const char *text, size_t n, char *ret, size_t *ret_n)
{
	const char *end = text + n;
	size_t n_lines = 0, n_names = 0;
	for (const char *newline; text < end; text = newline + 1) {
		newline = memchr(text, '\n', end - text);
		if (!newline ||
		    (n_lines++ >= 2 && parse_interface(text, newline, ret, &n_names) < 0))
			return -EINVAL;
	}
	if (n_lines < 2)
		return -EINVAL;
	*ret_n = n_names;
	return 0;
}

int64_t proc_own_tick_offset(int proc)
{
	char text[256];
	int64_t ns;
	ssize_t n = proc_read(proc, "self/timens_offsets", text, sizeof(text));
	if (n <= 0 || proc_parse_boottime_offset(text, n, &ns) < 0)
		return 0;
	return ns / (1000000000 / sysconf(_SC_CLK_TCK));
}
