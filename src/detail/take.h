/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "detail/psfacts.h"
#include "model/details.h"
#include "model/snapshot.h"
#include "util/error.h"

enum detail_fact {
	DETAIL_CMDLINE = 1 << 0,
	DETAIL_PS = 1 << 1,    /* STAT START TTY RSS */
	DETAIL_USERS = 1 << 2, /* names of their uids, as getpwuid(3) of the viewer knows them */
	DETAIL_CONTAINER = 1 << 3,
	DETAIL_CGROUP = 1 << 4,
	DETAIL_HOSTNAME = 1 << 5, /* what its uts namespace calls the host */
	/* Which uid each of them sees itself, and which name that has in there: of processes whose
	 * FACT_STAT and FACT_IDMAPS were collected. */
	DETAIL_NSUSERS = 1 << 6,
	DETAIL_SUBIDS = 1 << 7,	     /* the viewer's /etc/subuid and /etc/subgid */
	DETAIL_SAVED = 1 << 8,	     /* more of command lines and names than is shown */
	DETAIL_NETNSID = 1 << 9,     /* of network namespaces: which id ours has for them */
	DETAIL_INTERFACES = 1 << 10, /* and which interfaces are in there */
	DETAIL_ALL = (1 << 11) - 1,
	DETAIL_VIEWNAMES = 1 << 11, /* all names of their views, and not only those of processes */
};

/* What is wanted of some processes and namespaces. */
struct detail_wish {
	unsigned facts;
	/* What is wanted of each of them besides, in their order; NULL: nothing. Not for DETAIL_PS,
	 * which is of all or none, nor for what is no fact of a process. */
	const unsigned *of_each;
	/* psfacts_read() where DETAIL_PS is among them: whoever never asks for that need not be
	 * linked with libproc2, whose libraries take 0.6 ms at each start. */
	psfacts_reader *psfacts;
	/* Ids of the viewer whose names are wanted besides those of the processes. */
	size_t n_uids, n_gids;
	const uid_t *uids;
	const gid_t *gids;
	/* Of the network namespaces among these DETAIL_NETNSID and DETAIL_INTERFACES are wanted;
	 * the list may repeat itself. */
	size_t n_namespaces;
	const struct ns *const *namespaces;
};

/*
 * Reads what WISH says of N processes of a snapshot from the running system; the list may repeat
 * itself. A process that has ended since, or whose number means another one (its start is
 * compared), has no details, nor has a namespace that is gone: that is no error. -errno where /proc
 * cannot be opened or libproc2 does not work.
 */
int details_take(const struct process *const *processes, size_t n, const struct detail_wish *wish,
		 const struct details **ret, struct error *err) _must_check_;
