#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The story of how real engines build a container.

load helper

trace() {
	timeout -k 5 90 nstrace -J --output-all -o story.json -- "$@" < /dev/null > trace.log 2>&1 ||
		{ cat trace.log; cannot_run "$1 cannot run a container here"; }
	tail -n +2 story.json > events.json
}

# of JQ: of all events.
of() {
	jq -r "$1" events.json
}

# PID 1 of the container has both numbers, and runs its program in the end.
is_whole() { # PROGRAM
	local first
	first=$(of 'select(.type == "clone" and (.child | length) > 1 and .child[-1] == 1) | .child[0]' | tail -n 1)
	[ "$first" ]
	is "$(of "select(.type == \"exec\" and .pid == $first and .error == null) | .path" | tail -n 1)" "$1"
	is "$(of "select(.type == \"exec\" and .pid == $first and .error == null) | .nspid[-1]" | tail -n 1)" 1
	is "$(of "select(.type == \"exit\" and .pid == $first) | .status")" 0
}

@test "runc" {
	make_bundle sh /story
	echo 'readlink /proc/self/ns/pid; readlink /proc/self/ns/net; readlink /proc/self/ns/mnt; hostname' \
		> bundle/rootfs/story
	runc_id=box-$(unique_seconds)
	trace runc run -b bundle "$runc_id"
	is_whole /bin/busybox
	# What it says of itself is what was told.
	local link
	for link in $(grep -E '^(pid|net|mnt):' trace.log); do
		of '.new[]' | grep -Fqx "$link"
	done
	grep -x box trace.log
	of 'select(.type == "hostname") | .text' | grep -x box
	of 'select(.type == "mount") | .text' | grep -x proc
	of 'select(.type == "root") | .text' | grep -x pivot_root
	of 'select(.type == "rights") | .text' | grep -x seccomp || of 'select(.type == "rights") | .text' | grep -x capset
	of 'select(.type == "name") | .text' | grep -F 'runc:['
}

@test "bubblewrap" {
	need_root
	need bwrap
	make_rootfs "$scratch/sandbox"
	trace bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sh -c 'readlink /proc/self/ns/net'
	local first
	first=$(of 'select(.type == "clone" and (.child | length) > 1) | .child[-1]' | head -n 1)
	is "$first" 1
	of '.new[]' | grep -Fqx "$(grep '^net:' trace.log)"
	of 'select(.type == "exec") | .path' | grep -x /bin/busybox
	of 'select(.type == "root") | .text' | grep -x pivot_root
}
