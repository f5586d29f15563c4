/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later */
#pragma once

/*
 * How watch.bpf.c makes a record: who is followed, and what a task, a file, a call is. Include it
 * behind kernel.bpf.h and watch.h.
 */

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

/* Processes whose end has been told: several threads that end at once may each take itself for the
 * last one. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16 * 1024);
	__type(key, __s32);
	__type(value, __u32);
} ended SEC(".maps");

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
	bool is_whole; /* it has come to the root */
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
		if (up == mount) {
			walk->is_whole = true;
			return 1;
		}
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
	walk->is_whole = walk->dentry == dentry;
	return walk->is_whole;
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
	bpf_loop(4096, put_name, &walk, 0);
	scratch->record.is_path_cut = !walk.is_whole;
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
