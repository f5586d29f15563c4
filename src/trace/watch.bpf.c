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
#include "trace/watch.h"

#define CLONE_THREAD 0x00010000
#define SIGNAL_GROUP_EXIT 4

#define NSFS_MAGIC 0x6e736673
#define PROC_MAGIC 0x9fa0
#define PIDFS_MAGIC 0x50494446 /* since Linux 6.9 */

enum { PID_OF_PROCESS = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct proc_ns_operations {
	int type; /* until Linux 6.17 */
};

struct ns_common {
	__u32 ns_type; /* since Linux 6.18 */
	const struct proc_ns_operations *ops;
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct time_namespace {
	struct ns_common ns;
};

struct uts_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
	struct time_namespace *time_ns;
	struct cgroup_namespace *cgroup_ns;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	struct pid *pids[4];
	int group_exit_code;
	unsigned int flags;
};

struct cred {
	struct user_namespace *user_ns;
};

struct qstr {
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
	void *i_private;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
};

struct linux_binprm {
	struct file *file;
};

struct task_struct {
	struct mm_struct *mm;
	int exit_code, pid;
	struct task_struct *real_parent, *group_leader;
	struct pid *thread_pid;
	const struct cred *real_cred;
	char comm[16];
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
};

/* The registers of a caller, on the machines that we know: the kernel has one of both. */
struct pt_regs___x86 {
	unsigned long di, si, dx, r10, r8, r9;
};

struct user_pt_regs {
	__u64 regs[31];
};

struct pt_regs___arm64 {
	struct user_pt_regs user_regs;
	__u64 orig_x0; /* the first argument, as x0 is the result */
};

#pragma clang attribute pop

/* Of the tracepoints of system calls: /sys/kernel/tracing/events/syscalls/sys_exit_…/format. */
struct call_ended {
	__u64 common;
	__s32 number, padding; /* which is not zero */
	__s64 result;
};

struct scratch {
	struct watch_record record;
	char bytes[WATCH_BYTES_MAX];
};

struct place {
	__u32 ns[WATCH_NS_COUNT];
};

/* Set before the programs are loaded: whether everybody is followed, and forks are told. */
const volatile bool everybody, forks;
const volatile struct watch_call calls[WATCH_CALLS];

/* For the reader: records that found no room; those who are followed, and who could not be. */
__u64 n_lost;
__s64 n_followed;

/* The reader's own pid namespace. */
static volatile struct {
	__u64 ns;
	__u32 level;
} view;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* PID as the viewer has it → enum watch_how. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128 * 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __s32);
	__type(value, __u32);
} followed SEC(".maps");

/* Threads in a call that changes where they are: where they were. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __s32);
	__type(value, struct place);
} befores SEC(".maps");

/* Where threads were when they were last seen. There are calls that nobody sees: those of 32-bit
 * programs have no tracepoint of their own (arch_trace_is_compat_syscall() in the kernel). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64 * 1024);
	__type(key, __s32);
	__type(value, struct place);
} places SEC(".maps");

static __always_inline struct scratch *get_scratch(void)
{
	const __u32 only = 0;
	return bpf_map_lookup_elem(&scratches, &only);
}

static __always_inline struct task_struct *current(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

/* As the viewer has it. */
static __always_inline __s32 number_of(struct pid *pid)
{
	return number_in(pid, view.level, (struct pid_namespace *)view.ns);
}

static __always_inline __s32 process_of(struct task_struct *task)
{
	return number_of(BPF_CORE_READ(task, signal, pids[PID_OF_PROCESS]));
}

/* Whether it is followed, and that is so. */
static __always_inline __u32 how_followed(__s32 process)
{
	__u32 *how = bpf_map_lookup_elem(&followed, &process);
	return how ? *how : 0;
}

static __always_inline bool is_followed(struct task_struct *task)
{
	return everybody || how_followed(process_of(task));
}

/* By way of a parameter, see task_iter.bpf.c. */
static __always_inline __u32 inode_of(struct ns_common *ns)
{
	return BPF_CORE_READ(ns, inum);
}

#define INODE(namespace)                                                                           \
	({                                                                                         \
		__auto_type ns_ = (namespace);                                                     \
		inode_of(__builtin_preserve_access_index(&ns_->ns));                               \
	})

static __noinline void read_namespaces(struct task_struct *task, __u32 ret[WATCH_NS_COUNT])
{
	struct nsproxy *proxy = BPF_CORE_READ(task, nsproxy);
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	ret[WATCH_NS_CGROUP] = INODE(BPF_CORE_READ(proxy, cgroup_ns));
	ret[WATCH_NS_IPC] = INODE(BPF_CORE_READ(proxy, ipc_ns));
	ret[WATCH_NS_MNT] = INODE(BPF_CORE_READ(proxy, mnt_ns));
	ret[WATCH_NS_NET] = INODE(BPF_CORE_READ(proxy, net_ns));
	ret[WATCH_NS_PID] = INODE(number_at(pid, BPF_CORE_READ(pid, level)).ns);
	ret[WATCH_NS_TIME] = INODE(BPF_CORE_READ(proxy, time_ns));
	ret[WATCH_NS_USER] = INODE(BPF_CORE_READ(task, real_cred, user_ns));
	ret[WATCH_NS_UTS] = INODE(BPF_CORE_READ(proxy, uts_ns));
}

struct numbering {
	struct pid *pid;
	struct watch_task *task;
};

static long put_number(__u32 i, struct numbering *numbering)
{
	__u32 level = view.level + i;
	if (i < WATCH_LEVELS)
		numbering->task->pids[i] = number_at(numbering->pid, level).nr;
	return 0;
}

static __noinline void read_task(struct task_struct *task, struct watch_task *ret)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct numbering numbering = { .pid = pid, .task = ret };
	ret->pid = number_of(pid);
	ret->tgid = process_of(task);
	ret->ppid = process_of(BPF_CORE_READ(task, real_parent));
	ret->n_pids = ret->pid ? BPF_CORE_READ(pid, level) - view.level + 1 : 0;
	bpf_loop(ret->n_pids, put_number, &numbering, 0);
	BPF_CORE_READ_INTO(&ret->comm, task, comm);
	read_namespaces(task, ret->ns);
}

/* Begins a record about TASK. */
static __always_inline struct scratch *begin(enum watch_what what, struct task_struct *task)
{
	struct scratch *scratch = get_scratch();
	if (!scratch)
		return NULL;
	struct watch_record *record = &scratch->record;
	__builtin_memset(record, 0, __builtin_offsetof(struct watch_record, task));
	__builtin_memset(&record->child, 0, sizeof(record->child));
	record->what = what;
	record->time = bpf_ktime_get_boot_ns();
	read_task(task, &record->task);
	return scratch;
}

static __always_inline __u32 count_bytes(const struct watch_record *record)
{
	return record->n_names + record->n_path + record->n_text + record->n_args;
}

static __always_inline void send(struct scratch *scratch)
{
	__u64 n = sizeof(scratch->record) + count_bytes(&scratch->record);
	if (n > sizeof(*scratch))
		n = sizeof(*scratch);
	if (bpf_ringbuf_output(&records, scratch, n, 0) < 0)
		__sync_fetch_and_add(&n_lost, 1);
}

/* Where the next bytes go; NULL where a text might not fit. */
static __always_inline char *room_for(struct scratch *scratch, __u32 max)
{
	__u32 at = count_bytes(&scratch->record);
	return at <= WATCH_BYTES_MAX - max ? scratch->bytes + at : NULL;
}

/* Puts a text of the caller's memory behind the others: how many bytes that takes, with its NUL; 0
 * where it cannot be read. */
static __always_inline __u32 put_user_text(struct scratch *scratch, __u64 address)
{
	char *room = room_for(scratch, WATCH_TEXT_MAX);
	if (!room || !address)
		return 0;
	long n = bpf_probe_read_user_str(room, WATCH_TEXT_MAX, (void *)address);
	return n > 0 ? n : 0;
}

/* The same of N bytes, and a NUL. */
static __always_inline __u32 put_user_bytes(struct scratch *scratch, __u64 address, __u64 n)
{
	char *room = room_for(scratch, WATCH_TEXT_MAX);
	if (n > WATCH_TEXT_MAX - 1)
		n = WATCH_TEXT_MAX - 1;
	if (!room || bpf_probe_read_user(room, n, (void *)address) < 0)
		return 0;
	room[n] = 0;
	return n + 1;
}

struct walk {
	struct dentry *dentry;
	struct mount *mount;
};

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (struct mount *)((char *)mnt - bpf_core_field_offset(struct mount, mnt));
}

static long put_name(__u32 i __attribute__((unused)), struct walk *walk)
{
	struct scratch *scratch = get_scratch();
	if (!scratch)
		return 1;
	struct dentry *dentry = walk->dentry;
	struct mount *mount = walk->mount;
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		struct mount *up = BPF_CORE_READ(mount, mnt_parent);
		if (up == mount)
			return 1;
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = up;
		return 0;
	}
	char *room = room_for(scratch, WATCH_NAME_MAX);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	long n = room ? bpf_probe_read_kernel_str(room, WATCH_NAME_MAX, name) : 0;
	if (n <= 0)
		return 1;
	scratch->record.n_names += n;
	walk->dentry = BPF_CORE_READ(dentry, d_parent);
	return walk->dentry == dentry;
}

/* The names of the way to a file, up to the root of its mount namespace. Before all other bytes. */
static __noinline void put_file(struct scratch *scratch, struct file *file)
{
	struct walk walk = {
		.dentry = BPF_CORE_READ(file, f_path.dentry),
		.mount = mount_of(BPF_CORE_READ(file, f_path.mnt)),
	};
	struct dentry *dentry = walk.dentry, *root = BPF_CORE_READ(file, f_path.mnt, mnt_root);
	bool is_hashed = BPF_CORE_READ(dentry, d_hash.pprev);
	scratch->record.has_file = true;
	/* A file that is mounted somewhere by itself has no other place to be deleted from. */
	scratch->record.is_deleted = !is_hashed && dentry != root;
	bpf_loop(128, put_name, &walk, 0);
}

static __always_inline struct file *file_of(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;
	struct file **files = BPF_CORE_READ(table, fd);
	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* Of the call that the caller is in. */
static __always_inline void read_arguments(__u64 ret[6])
{
	void *registers = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	struct pt_regs___x86 *x86 = registers;
	struct pt_regs___arm64 *arm64 = registers;
	if (bpf_core_field_exists(x86->di)) {
		ret[0] = BPF_CORE_READ(x86, di);
		ret[1] = BPF_CORE_READ(x86, si);
		ret[2] = BPF_CORE_READ(x86, dx);
		ret[3] = BPF_CORE_READ(x86, r10);
		ret[4] = BPF_CORE_READ(x86, r8);
		ret[5] = BPF_CORE_READ(x86, r9);
	} else {
		ret[0] = BPF_CORE_READ(arm64, orig_x0);
		ret[1] = BPF_CORE_READ(arm64, user_regs.regs[1]);
		ret[2] = BPF_CORE_READ(arm64, user_regs.regs[2]);
		ret[3] = BPF_CORE_READ(arm64, user_regs.regs[3]);
		ret[4] = BPF_CORE_READ(arm64, user_regs.regs[4]);
		ret[5] = BPF_CORE_READ(arm64, user_regs.regs[5]);
	}
}

static __always_inline __u32 kind_of(struct ns_common *ns)
{
	if (bpf_core_field_exists(ns->ns_type))
		return BPF_CORE_READ(ns, ns_type);
	return BPF_CORE_READ(ns, ops, type);
}

/* Before Linux 6.9 a pidfd was an anonymous inode, with the pid as private data of the file. */
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
	}
	put_file(scratch, file);
}

/* Threads are the process that they belong to. */
static __always_inline void follow_child(struct task_struct *child, __u64 flags)
{
	const __u32 how = WATCH_DESCENDANT;
	__s32 process = process_of(child);
	if (everybody || flags & CLONE_THREAD)
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
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
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

static __always_inline void read_before(struct task_struct *task, struct watch_record *record)
{
	__s32 thread = BPF_CORE_READ(task, pid);
	struct place *before = bpf_map_lookup_elem(&befores, &thread);
	if (before)
		__builtin_memcpy(record->before, before, sizeof(record->before));
	bpf_map_delete_elem(&befores, &thread);
	note_place(task);
}

enum { SET_NAME = 15, SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };

static __always_inline bool is_told(const struct watch_record *record, __u32 how)
{
	__u64 option = record->args[0];
	if (how & WATCH_FAILED && record->result >= 0)
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
	if (!view.ns || number >= WATCH_CALLS || !is_followed(task))
		return 0;
	struct watch_call call = calls[number];
	struct scratch *scratch = begin(WATCH_CALL, task);
	if (!scratch)
		return 0;
	struct watch_record *record = &scratch->record;
	record->number = number;
	record->result = ctx->result;
	read_arguments(record->args);
	if (call.how & WATCH_MOVES)
		read_before(task, record);
	if (!is_told(record, call.how))
		return 0;
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
