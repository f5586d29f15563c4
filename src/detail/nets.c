/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "detail/inside.h"
#include "detail/nsfd.h"
#include "detail/nsid.h"
#include "detail/reader.h"
#include "util/alloc.h"
#include "util/procfile.h"

/* About 30,000 interfaces, of which the kernel writes 130 bytes each. */
#define NET_DEV_MAX ((size_t)4 * 1024 * 1024)

struct nets {
	struct child_patience patience;
	int proc;
	unsigned facts;
	size_t n;
	struct net_detail *items;
	size_t n_pending; /* that have to be joined */
	int fds[INSIDE_MAX];
	struct net_detail *pending[INSIDE_MAX];
};

static void nets_clear(struct nets *nets)
{
	for (size_t i = 0; i < nets->n; i++)
		free((char *)nets->items[i].interfaces);
	free(nets->items);
}

/* As many bytes as we take may not be all there are. */
static bool set_interfaces(struct net_detail *net, const char *text, size_t n)
{
	_cleanup_(freep) char *names = xmalloc(n + 1);
	if (n >= NET_DEV_MAX || proc_parse_net_dev(text, n, names, &net->n_interfaces) < 0)
		return false;
	net->interfaces = TAKE(names);
	net->has_interfaces = true;
	return true;
}

/* That file says what there is where the process is, and asks for no right. */
static bool read_by_member(struct net_detail *net, int member)
{
	_cleanup_(freep) char *text = NULL;
	size_t n;
	return proc_read_all(member, "net/dev", NET_DEV_MAX, &text, &n) == 0 &&
	       proc_inode(member, "ns/net", NULL) == net->ns->ino && set_interfaces(net, text, n);
}

static int say_interfaces(int proc, int answers)
{
	char text[4096];
	size_t size = 0;
	ssize_t n = 0;
	_cleanup_(closep) int fd = openat(proc, "self/net/dev", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && size < NET_DEV_MAX && (n = read(fd, text, sizeof(text))) > 0) {
		inside_say(answers, text, n);
		size += n;
	}
	return fd < 0 || n < 0 ? -errno : 0;
}

static void read_pending(struct nets *nets)
{
	struct inside_answer answers[INSIDE_MAX];
	const struct inside inside = {
		.type = CLONE_NEWNET,
		.fds = nets->fds,
		.n = nets->n_pending,
		.with = nets->proc,
		.look = say_interfaces,
	};
	inside_ask(&inside, &nets->patience, answers);
	for (size_t i = 0; i < inside.n; i++) {
		if (answers[i].why == 0)
			set_interfaces(nets->pending[i], answers[i].bytes, answers[i].n);
		free(answers[i].bytes);
		close(nets->fds[i]);
	}
	nets->n_pending = 0;
}

static void add_pending(struct nets *nets, struct net_detail *net, int fd)
{
	nets->fds[nets->n_pending] = fd;
	nets->pending[nets->n_pending++] = net;
	if (nets->n_pending == INSIDE_MAX)
		read_pending(nets);
}

static void read_net(struct nets *nets, struct net_detail *net)
{
	_cleanup_(closep) int member = -1;
	_cleanup_(closep) int fd = nsfd_open(nets->proc, net->ns, &member);
	if (fd < 0)
		return;
	if (nets->facts & DETAIL_NETNSID)
		net->has_netnsid = nsid_ask(fd, &net->netnsid) == 0;
	if (nets->facts & DETAIL_INTERFACES && (member < 0 || !read_by_member(net, member)))
		add_pending(nets, net, TAKE_FD(fd));
}

static int compare_namespaces(const void *a, const void *b)
{
	const struct net_detail *x = a, *y = b;
	return (x->ns > y->ns) - (x->ns < y->ns);
}

/* Those that are network namespaces and have a number, each once. */
static void list_nets(struct nets *nets, const struct ns *const *namespaces, size_t n)
{
	size_t n_listed = 0;
	nets->items = xcalloc(n, sizeof(*nets->items));
	for (size_t i = 0; i < n; i++)
		if (namespaces[i]->kind == NS_NET && namespaces[i]->ino)
			nets->items[n_listed++].ns = namespaces[i];
	if (n_listed)
		qsort(nets->items, n_listed, sizeof(*nets->items), compare_namespaces);
	for (size_t i = 0; i < n_listed; i++)
		if (i == 0 || nets->items[i].ns != nets->items[i - 1].ns)
			nets->items[nets->n++] = nets->items[i];
}

void nets_read(struct details_builder *builder, int proc, const struct ns *const *namespaces,
	       size_t n, unsigned facts)
{
	_cleanup_(nets_clear) struct nets nets = { .patience = CHILD_PATIENCE,
						   .proc = proc,
						   .facts = facts };
	list_nets(&nets, namespaces, n);
	for (size_t i = 0; i < nets.n; i++)
		read_net(&nets, &nets.items[i]);
	read_pending(&nets);
	for (size_t i = 0; i < nets.n; i++)
		details_builder_add_net(builder, &nets.items[i]);
}
