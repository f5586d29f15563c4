// SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0-or-later

/*
 * A file iterator: the kernel runs dump_file() for each open descriptor of each task that the
 * reader's pid namespace shows, by task and number, when the iterator's descriptor is read. Threads
 * that share the table of their leader are left out. Records go out as file_iter.h says.
 *
 * Most files are no namespace and no socket, so little is read before that is known, and by direct
 * loads: each saves a tenth of what a descriptor costs, and loading the program takes no longer, as
 * they are few. For what is declared, and for the probe reads of all else, see task_iter.bpf.c.
 * There is no map: the reader's namespace is looked up for each record, as those are few.
 */

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "collect/file_iter.h"
#include "collect/iter.bpf.h"

#define NSFS_MAGIC 0x6e736673
#define AF_UNIX 1
#define TCP_LISTEN 10 /* not of TCP alone */
/* drivers/net/tun.c; the kernel's own dev_t has 20 bits of minor */
#define TUN_DEVICE (10 << 20 | 200)

/* enum pid_type, since Linux 4.19 */
enum { PID_OF_PROCESS = 1 };

#define KIND_MASK 0170000
enum { KIND_SOCKET = 0140000, KIND_REGULAR = 0100000, KIND_CHARACTER_DEVICE = 0020000 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	unsigned long s_magic;
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_rdev;
};

struct file {
	struct inode *f_inode;
	void *private_data;
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	unsigned short skc_family;
	unsigned char skc_state;
	possible_net_t skc_net;
};

struct sk_buff {
	struct sk_buff *next;
	struct sock *sk;
};

struct sk_buff_head {
	struct sk_buff *next;
	__u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
};

struct socket {
	struct sock *sk;
};

typedef struct {
	int counter;
} atomic_t;

struct scm_stat {
	atomic_t nr_fds;
};

struct unix_sock {
	struct scm_stat scm_stat; /* since Linux 5.6 */
};

struct nsproxy {
	struct net *net_ns;
};

struct signal_struct {
	struct pid *pids[4];
};

struct task_struct {
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* What PID is where the reader is: 0 where it is not visible. */
static __always_inline __s32 number_in_view(struct pid *pid)
{
	struct task_struct *reader = (struct task_struct *)bpf_get_current_task();
	struct pid *own = BPF_CORE_READ(reader, thread_pid);
	__u32 level = BPF_CORE_READ(own, level);
	return number_in(pid, level, number_at(own, level).ns);
}

static __always_inline __u32 net_inode(struct net *net)
{
	return BPF_CORE_READ(net, ns.inum);
}

/* Where unix sockets are a module, and the kernel does not know their type, nobody can tell. */
static __always_inline __u32 count_own(struct sock *sock)
{
	struct unix_sock *unix_sock = (struct unix_sock *)sock;
	if (!bpf_core_field_exists(unix_sock->scm_stat.nr_fds.counter))
		return 0;
	return BPF_CORE_READ(unix_sock, scm_stat.nr_fds.counter);
}

static __always_inline bool is_unix(struct sock *sock)
{
	return BPF_CORE_READ(sock, __sk_common.skc_family) == AF_UNIX;
}

struct queue {
	struct sk_buff *end, *next;
	__u32 in_flight;
};

static long count_queued(__u32 i __attribute__((unused)), struct queue *queue)
{
	/* A variable, or the kernel would look for a type of ours, struct queue. */
	struct sk_buff *buffer = queue->next;
	struct sock *sock = BPF_CORE_READ(buffer, sk);
	/* Nobody has locked the queue. */
	if (buffer == queue->end || !is_unix(sock))
		return 1;
	queue->in_flight += count_own(sock);
	queue->next = BPF_CORE_READ(buffer, next);
	return 0;
}

/*
 * As fdinfo has it: of a socket that listens, those sent to connections that nobody has accepted,
 * which no descriptor leads to. Its queue has a buffer for each, which belongs to the other sock.
 */
static __always_inline __u32 count_in_flight(struct sock *sock)
{
	if (!is_unix(sock))
		return 0;
	if (BPF_CORE_READ(sock, __sk_common.skc_state) != TCP_LISTEN)
		return count_own(sock);
	struct queue queue = {
		.end = __builtin_preserve_access_index((void *)&sock->sk_receive_queue),
		.next = BPF_CORE_READ(sock, sk_receive_queue.next),
	};
	bpf_loop(BPF_CORE_READ(sock, sk_receive_queue.qlen), count_queued, &queue, 0);
	return queue.in_flight;
}

/*
 * The sock of a socket or tun device, and which of them it is; NULL of other files. An O_PATH
 * descriptor has no private data, and what is read from there is NULL too.
 */
static __always_inline struct sock *find_sock(struct file *file, struct inode *inode, __u32 kind,
					      __u32 *what)
{
	if (kind == KIND_SOCKET) {
		struct socket *socket = file->private_data;
		*what = FILE_SOCKET;
		return BPF_CORE_READ(socket, sk);
	}
	if (kind != KIND_CHARACTER_DEVICE || inode->i_rdev != TUN_DEVICE)
		return NULL;
	/* A struct tun_file, which begins with its sock. Its type may be in a module. */
	*what = FILE_TUN;
	return file->private_data;
}

/* Whether FILE may hold a namespace that TASK is not in: then what it is goes to RECORD. */
static __always_inline bool look_at(struct file *file, struct task_struct *task,
				    struct file_record *record)
{
	struct inode *inode = file->f_inode;
	__u32 kind = inode->i_mode & KIND_MASK;
	if (kind == KIND_REGULAR) {
		record->what = FILE_NSFS;
		record->ino = inode->i_ino;
		return inode->i_sb->s_magic == NSFS_MAGIC;
	}
	struct sock *sock = find_sock(file, inode, kind, &record->what);
	if (!sock)
		return false;
	struct net *net = BPF_CORE_READ(sock, __sk_common.skc_net.net);
	struct net *own = task->nsproxy->net_ns;
	if (record->what == FILE_SOCKET) {
		record->socket = inode->i_ino;
		record->in_flight = count_in_flight(sock);
	}
	if (net == own && !record->in_flight)
		return false;
	record->ino = net_inode(net);
	return net && own; /* a task that exits has none */
}

SEC("iter/task_file")
int dump_file(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct file_record record = { .fd = ctx->fd };
	if (!task || !file || !look_at(file, task, &record))
		return 0;
	struct pid *process = BPF_CORE_READ(task, signal, pids[PID_OF_PROCESS]);
	record.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record.tid = number_in_view(BPF_CORE_READ(task, thread_pid));
	record.tgid = number_in_view(process);
	/* It may have been reaped meanwhile. */
	if (record.tid && record.tgid)
		bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

/* bpf_seq_write() and bpf_probe_read_kernel() are for such programs only. */
const char licence[] SEC("license") = "GPL";
