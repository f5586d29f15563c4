/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/calls.h"
#include "trace/task.h"
#include "util/alloc.h"
#include "util/child.h"
#include "util/parse.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "trace/watch.skel.h"
#pragma GCC diagnostic pop

/* The end of each call, and the beginning of two. */
#define EVENTS_MAX (CALL_COUNT + 2)

struct watcher {
	struct watch *programs;
	struct ring_buffer *ring;
	int events[EVENTS_MAX]; /* of perf */
	size_t n_events;
	struct child_patience patience;
	struct child keeper;
	void (*take)(void *who, const struct watch_record *record, const char *bytes);
	void *who;
};

/* What is seen of each call, in the words of watch.h. */
static const struct watch_call shapes[CALL_COUNT] = {
	[CALL_EXECVE] = { .how = WATCH_FAILED, .path = 1 },
	[CALL_EXECVEAT] = { .how = WATCH_FAILED, .path = 2 },
	[CALL_FORK] = { .how = WATCH_FAILED },
	[CALL_VFORK] = { .how = WATCH_FAILED },
	[CALL_CLONE] = { .how = WATCH_FAILED },
	[CALL_CLONE3] = { .how = WATCH_FAILED | WATCH_CLONE3 },
	[CALL_UNSHARE] = { .how = WATCH_MOVES },
	[CALL_SETNS] = { .how = WATCH_MOVES | WATCH_FD },
	[CALL_PIVOT_ROOT] = { .path = 1 },
	[CALL_CHROOT] = { .path = 1 },
	[CALL_SETHOSTNAME] = { .bytes = 1 },
	[CALL_MOUNT] = { .path = 2, .text = 3 },
	[CALL_FSOPEN] = { .text = 1 },
	[CALL_MOVE_MOUNT] = { .path = 4 },
	[CALL_PRCTL] = { .how = WATCH_PRCTL },
};

static int refuse(struct error *err, int number, const char *what)
{
	if (number == EPERM || number == EACCES)
		return error_set(err, number,
				 "%s: needs CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN, or root", what);
	return error_errno(err, number, "%s", what);
}

static int load(struct watcher *watcher, bool everybody, bool forks, struct error *err)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return error_errno(err, errno, "/sys/kernel/btf/vmlinux");
	watcher->programs = watch__open();
	if (!watcher->programs)
		return error_errno(err, ENOMEM, "preparing");
	watcher->programs->rodata->everybody = everybody;
	watcher->programs->rodata->forks = forks;
	for (enum call call = 0; call < CALL_COUNT; call++) {
		int number = call_number(call, CALL_ARCH);
		if (number >= 0 && number < WATCH_CALLS)
			watcher->programs->rodata->calls[number] = shapes[call];
	}
	int r = watch__load(watcher->programs);
	return r < 0 ? refuse(err, -r, "loading BPF") : 0;
}

/* An instance of tracefs that is mounted nowhere: it need not be where people have it. */
static int open_tracefs(struct error *err)
{
	_cleanup_(closep) int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int fd = -1;
	if (context >= 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) >= 0)
		fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	return fd >= 0 ? fd : refuse(err, errno, "mounting tracefs");
}

/* The number of "syscalls/sys_exit_…": -ENOENT where the kernel has no such call. */
static int read_event_id(int tracefs, const char *edge, const char *call, uint64_t *ret)
{
	char path[128], text[32];
	snprintf(path, sizeof(path), "events/syscalls/sys_%s_%s/id", edge, call);
	_cleanup_(closep) int fd = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[text[n - 1] == '\n' ? n - 1 : n] = 0;
	return parse_u64(text, UINT64_MAX, ret);
}

/* One event stands for all processors, as the program is of the tracepoint: libbpf does so, too. */
static int open_event(uint64_t id, int program)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.size = sizeof(attr),
					.config = id };
	_cleanup_(closep) int fd =
		syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, program) < 0 ||
	    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int attach_call(struct watcher *watcher, int tracefs, const char *edge, enum call call,
		       int program, struct error *err)
{
	uint64_t id;
	int r = read_event_id(tracefs, edge, call_name(call), &id);
	if (r == -ENOENT)
		return 0;
	r = r < 0 ? r : open_event(id, program);
	if (r < 0)
		return refuse(err, -r, call_name(call));
	watcher->events[watcher->n_events++] = r;
	return 0;
}

static int attach_calls(struct watcher *watcher, struct error *err)
{
	static const enum call ended[] = {
		CALL_FORK,	  CALL_VFORK,	   CALL_EXECVE, CALL_EXECVEAT, CALL_CLONE,
		CALL_CLONE3,	  CALL_UNSHARE,	   CALL_SETNS,	CALL_CHROOT,   CALL_PIVOT_ROOT,
		CALL_SETHOSTNAME, CALL_MOUNT,	   CALL_FSOPEN, CALL_PRCTL,    CALL_CAPSET,
		CALL_SECCOMP,	  CALL_MOVE_MOUNT,
	};
	const struct watch *programs = watcher->programs;
	_cleanup_(closep) int tracefs = open_tracefs(err);
	if (tracefs < 0)
		return tracefs;
	int call = programs->progs.at_call.prog_fd, move = programs->progs.at_move.prog_fd;
	int r = attach_call(watcher, tracefs, "enter", CALL_UNSHARE, move, err);
	if (r == 0)
		r = attach_call(watcher, tracefs, "enter", CALL_SETNS, move, err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(ended); i++)
		r = attach_call(watcher, tracefs, "exit", ended[i], call, err);
	if (r == 0)
		r = attach_call(watcher, tracefs, "exit", CALL_WRITE,
				programs->progs.at_write.prog_fd, err);
	return r;
}

/* Nothing is written until the programs know in which pid namespace the reader is. */
static int look(struct watcher *watcher, struct error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int r = bpf_prog_test_run_opts(watcher->programs->progs.look.prog_fd, &options);
	return r < 0 ? refuse(err, -r, "running BPF") : 0;
}

static void keep(const void *nothing _unused_, int answers _unused_)
{
}

/* The kernel waits for all processors each time that a tracepoint is closed, which takes a second
 * in all. So a child has them open, too, and dies after us, when nobody waits. */
static int start_keeper(struct watcher *watcher, struct error *err)
{
	const struct watch *programs = watcher->programs;
	int fds[EVENTS_MAX + 3] = {
		programs->links.at_child_fd,
		programs->links.at_exec_fd,
		programs->links.at_exit_fd,
	};
	memcpy(fds + 3, watcher->events, watcher->n_events * sizeof(*fds));
	watcher->patience = CHILD_PATIENCE;
	int r = child_start(&watcher->patience, keep, NULL, fds, watcher->n_events + 3,
			    &watcher->keeper);
	return r < 0 ? error_errno(err, -r, "cannot fork") : 0;
}

static int take_record(void *who, void *bytes, size_t n)
{
	const struct watcher *watcher = who;
	const struct watch_record *record = bytes;
	if (n < sizeof(*record))
		return -EIO;
	watcher->take(watcher->who, record, (const char *)(record + 1));
	return 0;
}

int watcher_open(bool everybody, bool forks, struct watcher **ret, struct error *err)
{
	_cleanup_(watcher_freep) struct watcher *watcher = xcalloc(1, sizeof(*watcher));
	int r = load(watcher, everybody, forks, err);
	if (r < 0)
		return r;
	watcher->ring = ring_buffer__new(watcher->programs->maps.records.map_fd, take_record,
					 watcher, NULL);
	if (!watcher->ring)
		return error_errno(err, errno, "mapping the ring buffer");
	r = watch__attach(watcher->programs);
	if (r < 0)
		return refuse(err, -r, "attaching BPF");
	r = attach_calls(watcher, err);
	if (r == 0)
		r = start_keeper(watcher, err);
	if (r == 0)
		r = look(watcher, err);
	if (r == 0)
		*ret = TAKE(watcher);
	return r;
}

struct watcher *watcher_free(struct watcher *watcher)
{
	if (!watcher)
		return NULL;
	for (size_t i = 0; i < watcher->n_events; i++)
		close(watcher->events[i]);
	ring_buffer__free(watcher->ring);
	watch__destroy(watcher->programs);
	free(watcher);
	return NULL;
}

static int64_t *count_of_followed(const struct watcher *watcher)
{
	return (int64_t *)&watcher->programs->bss->n_followed;
}

int watcher_follow(struct watcher *watcher, pid_t pid, int pidfd, enum watch_how how)
{
	const __u32 value = how;
	int map = watcher->programs->maps.followed.map_fd;
	__atomic_add_fetch(count_of_followed(watcher), 1, __ATOMIC_SEQ_CST);
	int r = bpf_map_update_elem(map, &pid, &value, BPF_NOEXIST);
	/* Its end may have come before it was followed: then nobody takes it out. */
	bool ended = r == 0 && task_has_ended(pidfd) && bpf_map_delete_elem(map, &pid) == 0;
	if (r == 0 && !ended)
		return 1;
	__atomic_sub_fetch(count_of_followed(watcher), 1, __ATOMIC_SEQ_CST);
	return ended || r == -EEXIST ? 0 : r;
}

int watcher_fd(const struct watcher *watcher)
{
	return ring_buffer__epoll_fd(watcher->ring);
}

int watcher_read(struct watcher *watcher,
		 void (*take)(void *who, const struct watch_record *record, const char *bytes),
		 void *who)
{
	watcher->take = take;
	watcher->who = who;
	int n = ring_buffer__consume(watcher->ring);
	return n < 0 ? n : 0;
}

uint64_t watcher_lost(const struct watcher *watcher)
{
	return __atomic_load_n(&watcher->programs->bss->n_lost, __ATOMIC_SEQ_CST);
}

int64_t watcher_followed(const struct watcher *watcher)
{
	return __atomic_load_n(count_of_followed(watcher), __ATOMIC_SEQ_CST);
}
