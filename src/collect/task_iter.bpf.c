// SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later

/*
 * A task iterator: the kernel runs dump_task() for each task that the reader's pid namespace shows
 * when the iterator's descriptor is read, see Documentation/bpf/bpf_iterators.rst. Records go out
 * as task_iter.h says.
 *
 * Only the fields that are read are declared; the kernel puts in their offsets at load time. All
 * reads are probe reads: with direct loads the verifier has to search the kernel's types at each
 * one, which costs more than it saves below some 30,000 tasks.
 */

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "collect/iter.bpf.h"
#include "collect/task_iter.h"

#define PF_KTHREAD 0x00200000

/* enum pid_type, since Linux 4.19 */
enum { PID_OF_PROCESS = 1, PID_OF_GROUP = 2, PID_OF_SESSION = 3 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__u32 val;
} kuid_t;

struct ns_common {
	unsigned int inum;
	__u64 ns_id; /* since Linux 6.18 */
};

struct user_namespace {
	struct user_namespace *parent;
	kuid_t owner;
	struct ns_common ns;
};

struct pid_namespace {
	struct pid_namespace *parent;
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct cgroup_namespace {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct ipc_namespace {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct mnt_namespace {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct net {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct time_namespace {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct uts_namespace {
	struct user_namespace *user_ns;
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns;
	struct time_namespace *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};

struct signal_struct {
	int nr_threads;
	struct pid *pids[4];
};

struct cred {
	kuid_t euid;
	struct user_namespace *user_ns;
};

struct task_struct {
	unsigned int __state; /* "state" before Linux 5.14 */
	unsigned int flags;
	int exit_state;
	struct task_struct *real_parent, *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	const struct cred *real_cred;
	char comm[16];
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

struct inodes {
	__u32 of[TASK_NS_COUNT];
};

/* Set before the program is loaded: whether threads are wanted that share all with their leader;
 * whether facts are wanted of all tasks, or only of those whose namespaces are described. */
const volatile bool all_threads, all_facts;

/* The inodes that were last described in each slot. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TASK_SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct inodes);
} slots SEC(".maps");

/* The reader's own pid namespace. */
static volatile struct {
	__u64 ns;
	__u32 level;
} view;

/* Too big for the stack of a program, 512 bytes. */
static struct task_facts facts;
static struct task_ns about[TASK_NS_COUNT];
/* The nsproxy of a task, as one read of it costs what one of a field does; it has had 72 bytes
 * since Linux 5.6. The verifier refuses a kernel where there is too little room. */
static char proxy_copy[256] __attribute__((aligned(8)));
/* Volatile, or clang 14 splits the array and gives each part the type of the whole, which the
 * kernel refuses. */
static volatile struct place {
	struct ns_common *ns;
	struct user_namespace **owner;
} places[TASK_NS_COUNT];

/*
 * The verifier walks every path, so loading is fast where there are few branches. A probe read of
 * what NULL points to fails and leaves zeros, so NULL needs none of its own.
 */

/*
 * Where a namespace has what all kinds have. Each kind is looked up here and nowhere else: the
 * kernel searches all its types for one of that name, and remembers 31 of them by a hash.
 */
#define PLACE(index, namespace, owner_field)                                                       \
	({                                                                                         \
		__auto_type placed_ = (namespace);                                                 \
		places[index].ns = __builtin_preserve_access_index(&placed_->ns);                  \
		places[index].owner = __builtin_preserve_access_index(&placed_->owner_field);      \
	})

/* A field of the nsproxy that was copied. */
#define PROXY(field)                                                                               \
	(*(typeof(((struct nsproxy *)0)->field) *)(proxy_copy +                                    \
						   bpf_core_field_offset(struct nsproxy, field)))

static __always_inline void find_places(struct nsproxy *proxy, struct user_namespace *user,
					struct pid_namespace *pid)
{
	bpf_probe_read_kernel(proxy_copy, bpf_core_type_size(struct nsproxy), proxy);
	PLACE(TASK_NS_CGROUP, PROXY(cgroup_ns), user_ns);
	PLACE(TASK_NS_IPC, PROXY(ipc_ns), user_ns);
	PLACE(TASK_NS_MNT, PROXY(mnt_ns), user_ns);
	PLACE(TASK_NS_NET, PROXY(net_ns), user_ns);
	PLACE(TASK_NS_TIME, PROXY(time_ns), user_ns);
	PLACE(TASK_NS_TIME_FOR_CHILDREN, PROXY(time_ns_for_children), user_ns);
	PLACE(TASK_NS_UTS, PROXY(uts_ns), user_ns);
	PLACE(TASK_NS_PID, pid, user_ns);
	PLACE(TASK_NS_PID_FOR_CHILDREN, PROXY(pid_ns_for_children), user_ns);
	PLACE(TASK_NS_USER, user, parent);
}

/* By way of a parameter, or the kernel would look for a type of ours, struct place. */
static __always_inline __u32 inode_of(struct ns_common *ns)
{
	return BPF_CORE_READ(ns, inum);
}

static __always_inline void read_inodes(struct inodes *ret)
{
	for (int i = 0; i < TASK_NS_COUNT; i++)
		ret->of[i] = inode_of(places[i].ns);
}

/* 0 where they are the same. */
static __always_inline __u32 compare_inodes(const struct inodes *a, const struct inodes *b)
{
	__u32 difference = 0;
	for (int i = 0; i < TASK_NS_COUNT; i++)
		difference |= a->of[i] ^ b->of[i];
	return difference;
}

static __always_inline __u32 choose_slot(const struct nsproxy *proxy)
{
	return ((__u64)proxy * 0x9e3779b97f4a7c15) >> (64 - TASK_SLOT_BITS);
}

static __always_inline __u32 user_inode(struct user_namespace *ns)
{
	return BPF_CORE_READ(ns, ns.inum);
}

static __always_inline __u64 read_id(struct ns_common *ns)
{
	return bpf_core_field_exists(ns->ns_id) ? BPF_CORE_READ(ns, ns_id) : 0;
}

static __always_inline long write_namespaces(struct seq_file *seq, const struct inodes *inodes,
					     struct nsproxy *proxy, struct user_namespace *user,
					     struct pid_namespace *pid)
{
	struct user_namespace *owner;
	for (int i = 0; i < TASK_NS_COUNT; i++) {
		bpf_probe_read_kernel(&owner, sizeof(owner), places[i].owner);
		about[i] = (struct task_ns){
			.id = read_id(places[i].ns),
			.ino = inodes->of[i],
			.owner = user_inode(owner),
		};
	}
	about[TASK_NS_USER].parent = about[TASK_NS_USER].owner;
	about[TASK_NS_USER].owner_uid = BPF_CORE_READ(user, owner.val);
	about[TASK_NS_PID].parent = BPF_CORE_READ(pid, parent, ns.inum);
	struct pid_namespace *children = BPF_CORE_READ(proxy, pid_ns_for_children);
	about[TASK_NS_PID_FOR_CHILDREN].parent = BPF_CORE_READ(children, parent, ns.inum);
	return bpf_seq_write(seq, about, sizeof(about));
}

struct levels {
	struct seq_file *seq;
	struct pid *pid, *group, *session;
	long result;
};

static long write_level(__u32 i, struct levels *levels)
{
	__u32 level = view.level + i;
	struct number number = number_at(levels->pid, level);
	struct task_numbers numbers = {
		.pid = number.nr,
		.pgid = number_in(levels->group, level, number.ns),
		.sid = number_in(levels->session, level, number.ns),
	};
	levels->result |= bpf_seq_write(levels->seq, &numbers, sizeof(numbers));
	return 0;
}

static __always_inline long write_facts(struct seq_file *seq, struct task_struct *task,
					const struct cred *cred, struct signal_struct *signal,
					struct pid *pid, __u32 n_levels)
{
	struct pid *parent = BPF_CORE_READ(task, real_parent, signal, pids[PID_OF_PROCESS]);
	facts = (struct task_facts){
		.start_ns = BPF_CORE_READ(task, start_boottime),
		.ppid = number_in(parent, view.level, (struct pid_namespace *)view.ns),
		.euid = BPF_CORE_READ(cred, euid.val),
		.state = BPF_CORE_READ(task, __state) | BPF_CORE_READ(task, exit_state),
		.kthread = BPF_CORE_READ(task, flags) & PF_KTHREAD,
		.n_levels = n_levels,
	};
	BPF_CORE_READ_INTO(&facts.comm, task, comm);
	struct levels levels = {
		.seq = seq,
		.pid = pid,
		.group = BPF_CORE_READ(signal, pids[PID_OF_GROUP]),
		.session = BPF_CORE_READ(signal, pids[PID_OF_SESSION]),
	};
	long r = bpf_seq_write(seq, &facts, sizeof(facts));
	bpf_loop(n_levels, write_level, &levels, 0);
	return r | levels.result;
}

static __always_inline void find_view(void)
{
	struct task_struct *reader = (struct task_struct *)bpf_get_current_task();
	struct pid *own = BPF_CORE_READ(reader, thread_pid);
	view.level = BPF_CORE_READ(own, level);
	view.ns = (__u64)number_at(own, view.level).ns;
}

/* A thread that surely is where its leader is: proc.c keeps none of those either. */
static __always_inline bool is_like_leader(struct task_struct *task, struct nsproxy *proxy)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	return leader != task && BPF_CORE_READ(leader, nsproxy) == proxy;
}

SEC("iter/task")
int dump_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	if (!task)
		return 0;
	struct nsproxy *proxy = BPF_CORE_READ(task, nsproxy);
	if (!all_threads && is_like_leader(task, proxy))
		return 0;
	if (!view.ns)
		find_view();
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	if (!pid || level < view.level) /* reaped meanwhile */
		return 0;
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	const struct cred *cred = BPF_CORE_READ(task, real_cred);
	struct user_namespace *user = BPF_CORE_READ(cred, user_ns);
	struct pid_namespace *pid_ns = number_at(pid, level).ns;

	struct inodes inodes;
	find_places(proxy, user, pid_ns);
	read_inodes(&inodes);
	__u32 index = choose_slot(proxy);
	struct inodes *slot = bpf_map_lookup_elem(&slots, &index);
	if (!slot)
		return 0;

	struct pid *process = BPF_CORE_READ(signal, pids[PID_OF_PROCESS]);
	__s32 number = number_at(pid, view.level).nr;
	struct task_record record = {
		.pid = number,
		.tgid = process == pid
			      ? number
			      : number_in(process, view.level, (struct pid_namespace *)view.ns),
		.n_tasks = BPF_CORE_READ(signal, nr_threads),
		.slot = index,
	};
	/* Arithmetic, as each branch would be one more for the verifier. */
	__u32 thread = record.pid ^ record.tgid;
	record.has = compare_inodes(&inodes, slot) | thread ? TASK_NAMESPACES | TASK_FACTS
							    : all_facts * TASK_FACTS;
	struct seq_file *seq = ctx->meta->seq;
	long r = bpf_seq_write(seq, &record, sizeof(record));
	if (record.has & TASK_FACTS)
		r |= write_facts(seq, task, cred, signal, pid, level - view.level + 1);
	if (record.has & TASK_NAMESPACES)
		r |= write_namespaces(seq, &inodes, proxy, user, pid_ns);
	/* What did not fit into the reader's buffer is asked for again. */
	if (!(r | thread))
		*slot = inodes;
	return 0;
}

/* bpf_seq_write() and bpf_probe_read_kernel() are for such programs only. */
const char licence[] SEC("license") = "GPL";
