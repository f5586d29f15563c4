// SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later

/*
 * What processes do about namespaces, seen where the kernel has tracepoints: nobody is stopped, and
 * nothing is left behind when the reader ends. See watch.h for what goes out.
 *
 * Calls are seen when they end, with their arguments as they were: registers of the caller do not
 * change meanwhile, and the memory that they point to is its own. The programs run with preemption
 * off, so one buffer for each processor is enough.
 */

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "collect/iter.bpf.h"
#include "trace/kernel.bpf.h"
#include "trace/watch.h"

#include "trace/watch.bpf.h"

/* Of the tracepoints of system calls: /sys/kernel/tracing/events/syscalls/sys_exit_…/format. */
struct call_ended {
	__u64 common;
	__s32 number, padding; /* which is not zero */
	__s64 result;
};

static __always_inline __u32 kind_of(struct ns_common *ns)
{
	if (bpf_core_field_exists(ns->ns_type))
		return BPF_CORE_READ(ns, ns_type);
	return BPF_CORE_READ(ns, ops, type);
}

/* Before Linux 6.9, a pidfd is an anonymous inode of this name. */
static __always_inline bool is_old_pidfd(struct file *file, unsigned long magic)
{
	const char pidfd[8] = "[pidfd]";
	char name[8] = "";
	const unsigned char *theirs = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	bpf_probe_read_kernel_str(name, sizeof(name), theirs);
	return magic == ANON_INODE_MAGIC && *(__u64 *)name == *(__u64 *)pidfd;
}

static __always_inline void describe_fd(struct scratch *scratch, struct task_struct *task)
{
	struct watch_record *record = &scratch->record;
	struct file *file = file_of(task, record->args[0]);
	if (!file)
		return;
	void *inside = BPF_CORE_READ(file, f_inode, i_private);
	unsigned long magic = BPF_CORE_READ(file, f_inode, i_sb, s_magic);
	record->fd_kind = WATCH_FD_OTHER;
	if (magic == NSFS_MAGIC) {
		record->fd_kind = WATCH_FD_NS;
		record->fd = kind_of(inside);
		record->fd_ino = inode_of(inside);
	} else if (magic == PIDFS_MAGIC) {
		record->fd_kind = WATCH_FD_PIDFD;
		record->fd_pid = number_of(inside);
	} else if (is_old_pidfd(file, magic)) {
		record->fd_kind = WATCH_FD_PIDFD;
		record->fd_pid = number_of(BPF_CORE_READ(file, private_data));
	}
	put_file(scratch, file);
}

/* Threads are the process that they belong to. */
static __always_inline void follow_child(struct task_struct *child, __u64 flags)
{
	const __u32 how = WATCH_DESCENDANT;
	__s32 process = process_of(child), number = BPF_CORE_READ(child, pid);
	if (flags & CLONE_THREAD)
		return;
	bpf_map_delete_elem(&ended, &number);
	if (everybody)
		return;
	if (bpf_map_update_elem(&followed, &process, &how, BPF_ANY) < 0)
		__sync_fetch_and_add(&n_lost, 1);
	else
		__sync_fetch_and_add(&n_followed, 1);
}

static __always_inline bool is_elsewhere(const __u32 a[WATCH_NS_COUNT],
					 const __u32 b[WATCH_NS_COUNT])
{
	__u32 difference = 0;
	for (int i = 0; i < WATCH_NS_COUNT; i++)
		difference |= a[i] ^ b[i];
	return difference;
}

static __noinline void note_place(struct task_struct *task)
{
	struct place place;
	__s32 thread = BPF_CORE_READ(task, pid);
	read_namespaces(task, place.ns);
	bpf_map_update_elem(&places, &thread, &place, BPF_ANY);
}

/* Tells if the thread is in other namespaces than when it was last seen: execve(2) moves it into
 * the time namespace that was for its children, and that is no news. */
static __noinline void check_place(struct task_struct *task, bool is_exec)
{
	struct place place;
	__s32 thread = BPF_CORE_READ(task, pid);
	struct place *known = bpf_map_lookup_elem(&places, &thread);
	read_namespaces(task, place.ns);
	if (known && is_exec)
		known->ns[WATCH_NS_TIME] = place.ns[WATCH_NS_TIME];
	if (known && is_elsewhere(known->ns, place.ns)) {
		struct scratch *scratch = begin(WATCH_MOVED, task);
		if (!scratch)
			return;
		__builtin_memcpy(scratch->record.before, known, sizeof(*known));
		send(scratch);
	}
	bpf_map_update_elem(&places, &thread, &place, BPF_ANY);
}

/* The parent is the caller; the child has not run yet. */
SEC("tp_btf/task_newtask")
int at_child(__u64 *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx[0], *parent = current();
	if (!view.ns || !is_followed(parent))
		return 0;
	follow_child(child, ctx[1]);
	check_place(parent, false);
	note_place(child);
	bool is_near =
		BPF_CORE_READ(child, nsproxy) == BPF_CORE_READ(parent, nsproxy) &&
		BPF_CORE_READ(child, real_cred, user_ns) ==
			BPF_CORE_READ(parent, real_cred, user_ns) &&
		BPF_CORE_READ(child, thread_pid, level) == BPF_CORE_READ(parent, thread_pid, level);
	bool is_told = forks && !(ctx[1] & CLONE_THREAD);
	if (is_near && !is_told)
		return 0;
	struct scratch *scratch = begin(WATCH_CHILD, parent);
	if (!scratch)
		return 0;
	struct watch_record *record = &scratch->record;
	record->flags = ctx[1];
	__builtin_memcpy(record->before, record->task.ns, sizeof(record->before));
	read_task(child, &record->child);
	bool is_apart = is_elsewhere(record->before, record->child.ns);
	if (!is_apart)
		record->what = WATCH_FORK;
	if (is_apart || is_told)
		send(scratch);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int at_exec(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct linux_binprm *program = (struct linux_binprm *)ctx[2];
	if (!view.ns || !is_followed(task))
		return 0;
	check_place(task, true);
	struct scratch *scratch = begin(WATCH_EXEC, task);
	if (!scratch)
		return 0;
	put_file(scratch, BPF_CORE_READ(program, file));
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u64 start = BPF_CORE_READ(mm, arg_start), n = BPF_CORE_READ(mm, arg_end) - start;
	scratch->record.is_cut = n > WATCH_TEXT_MAX - 1;
	scratch->record.n_args = put_user_bytes(scratch, start, n);
	send(scratch);
	return 0;
}

/* As wait(2) will have it. */
static __always_inline int status_of(struct task_struct *task)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	if (BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT)
		return BPF_CORE_READ(signal, group_exit_code);
	return BPF_CORE_READ(task, group_leader, exit_code);
}

static __always_inline bool is_init(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, signal, pids[PID_OF_PROCESS]);
	__u32 level = BPF_CORE_READ(pid, level);
	return level > view.level && number_at(pid, level).nr == 1;
}

static __always_inline bool is_first_end(struct task_struct *task)
{
	const __u32 yes = 1;
	__s32 process = BPF_CORE_READ(task, group_leader, pid);
	return bpf_map_update_elem(&ended, &process, &yes, BPF_NOEXIST) == 0;
}

static __always_inline void forget(struct task_struct *task, __s32 process)
{
	bpf_map_delete_elem(&followed, &process);
	if (__sync_fetch_and_add(&n_followed, -1) != 1)
		return;
	struct scratch *scratch = begin(WATCH_END, task);
	if (scratch)
		send(scratch);
}

static __always_inline void tell_exit(struct task_struct *task)
{
	struct scratch *scratch = begin(WATCH_EXIT, BPF_CORE_READ(task, group_leader));
	if (!scratch)
		return;
	scratch->record.result = status_of(task);
	send(scratch);
}

/* Runs before the task leaves its namespaces. */
SEC("tp_btf/sched_process_exit")
int at_exit(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	if (!view.ns)
		return 0;
	__s32 process = process_of(task), thread = BPF_CORE_READ(task, pid);
	__u32 how = how_followed(process);
	if (!how && !everybody)
		return 0;
	check_place(task, false);
	bpf_map_delete_elem(&places, &thread);
	if (BPF_CORE_READ(task, signal, live.counter) != 0 || !is_first_end(task))
		return 0;
	if (how == WATCH_TARGET || is_init(task))
		tell_exit(task);
	if (how)
		forget(task, process);
	return 0;
}

/* Of unshare(2) and setns(2). */
SEC("tracepoint")
int at_move(void *ctx __attribute__((unused)))
{
	struct task_struct *task = current();
	struct place place;
	__s32 thread = BPF_CORE_READ(task, pid);
	if (!view.ns || !is_followed(task))
		return 0;
	read_namespaces(task, place.ns);
	bpf_map_update_elem(&befores, &thread, &place, BPF_ANY);
	return 0;
}

/* Where it was before a call that has ended: false where that never began, as a filter of its own
 * has refused it, or before we looked. */
static __always_inline bool read_before(struct task_struct *task, struct watch_record *record)
{
	__s32 thread = BPF_CORE_READ(task, pid);
	struct place *before = bpf_map_lookup_elem(&befores, &thread);
	if (before)
		__builtin_memcpy(record->before, before, sizeof(record->before));
	bpf_map_delete_elem(&befores, &thread);
	if (before)
		note_place(task);
	return before;
}

enum { SET_NAME = 15, SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };

/* Before anything is read of the task: most calls that come here succeed, and are told by a
 * tracepoint of their own. */
static __always_inline bool is_told(__u32 how, __u64 option, __s64 result)
{
	if (how & WATCH_FAILED && result >= 0)
		return false;
	return !(how & WATCH_PRCTL) || option == SET_NAME || option == SET_SECCOMP ||
	       option == SET_NO_NEW_PRIVS;
}

/* Of a set that the verifier knows to be one. */
static __always_inline __u64 argument(const struct watch_record *record, __u32 number)
{
	return number >= 1 && number <= 6 ? record->args[number - 1] : 0;
}

/* Of the calls that are followed. */
SEC("tracepoint")
int at_call(struct call_ended *ctx)
{
	struct task_struct *task = current();
	__u32 number = ctx->number;
	__u64 args[6];
	if (!view.ns || number >= WATCH_CALLS || !is_followed(task))
		return 0;
	struct watch_call call = calls[number];
	read_arguments(args);
	if (!is_told(call.how, args[0], ctx->result))
		return 0;
	struct scratch *scratch = begin(WATCH_CALL, task);
	if (!scratch)
		return 0;
	struct watch_record *record = &scratch->record;
	record->number = number;
	record->result = ctx->result;
	__builtin_memcpy(record->args, args, sizeof(args));
	if (call.how & WATCH_MOVES && !read_before(task, record) && ctx->result >= 0) {
		check_place(task, false);
		return 0;
	}
	if (call.how & WATCH_CLONE3)
		bpf_probe_read_user(&record->flags, sizeof(record->flags), (void *)record->args[0]);
	if (call.how & WATCH_FD)
		describe_fd(scratch, task);
	if (call.path)
		record->n_path = put_user_text(scratch, argument(record, call.path));
	if (call.text)
		record->n_text = put_user_text(scratch, argument(record, call.text));
	if (call.bytes)
		record->n_text = put_user_bytes(scratch, argument(record, call.bytes),
						argument(record, call.bytes + 1));
	send(scratch);
	return 0;
}

/* Whether it is one of the files of a process that map users or clocks. */
static __always_inline bool is_map(struct file *file)
{
	static const volatile char names[][16] = { "uid_map", "gid_map", "setgroups",
						   "timens_offsets" };
	char name[16] = "";
	const unsigned char *theirs = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	bpf_probe_read_kernel_str(name, sizeof(name), theirs);
	for (int i = 0; i < 4; i++) {
		__u32 difference = 0;
		for (__u32 j = 0; j < sizeof(name); j++)
			difference |= name[j] ^ names[i][j];
		if (!difference)
			return true;
	}
	return false;
}

/* Of write(2), which is called often: nearly all that it is not about goes no further than to the
 * file system. */
SEC("tracepoint")
int at_write(struct call_ended *ctx)
{
	struct task_struct *task = current();
	__u64 args[6];
	if (!view.ns || !is_followed(task))
		return 0;
	read_arguments(args);
	struct file *file = file_of(task, args[0]);
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) != PROC_MAGIC || !is_map(file))
		return 0;
	struct scratch *scratch = begin(WATCH_MAP, task);
	if (!scratch)
		return 0;
	struct watch_record *record = &scratch->record;
	record->result = ctx->result;
	put_file(scratch, file);
	record->n_text = put_user_bytes(scratch, args[1], args[2]);
	send(scratch);
	return 0;
}

/* Run by the reader itself. */
SEC("syscall")
int look(void *ctx __attribute__((unused)))
{
	struct pid *own = BPF_CORE_READ(current(), thread_pid);
	view.level = BPF_CORE_READ(own, level);
	view.ns = (__u64)number_at(own, view.level).ns;
	return 0;
}

/* Probe reads are for such programs only. */
const char licence[] SEC("license") = "GPL";
