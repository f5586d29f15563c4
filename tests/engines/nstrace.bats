#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The story of how real engines build a container.

load helper

trace() {
	timeout -k 5 90 nstrace -J --output-all --summary -o story.json -- "$@" < /dev/null > trace.log 2>&1 ||
		{ cat trace.log; cannot_run "$1 cannot run a container here"; }
	tail -n +2 story.json | jq -c 'select(.type)' > events.json
	tail -n 1 story.json > summary.json
}

# trace_function NAME ARGUMENT...: one of those in helper.bash.
trace_function() {
	trace bash -c "scratch='$scratch'; $(declare -f "$1"); \"\$@\"" - "$@"
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
	is_summed_up "$first" "$1"
}

# The container is one of those in the summary, with all that it says it is in.
is_summed_up() { # PID PROGRAM
	local link
	jq -e ".containers[] | select(.pid == $1) | .nspid[-1] == 1 and .program == \"$2\" and .took > 0" summary.json
	while read -r link; do
		jq -e --arg ns "$link" ".containers[] | select(.pid == $1) | .namespaces | index(\$ns)" summary.json
		jq -e --arg ns "$link" '.namespaces[] | select("\(.type):[\(.ns)]" == $ns)' summary.json
	done < <(grep -E '^(pid|net|mnt|uts|ipc|user):\[[0-9]*\]$' trace.log)
	lineage=$(jq -r ".containers[] | select(.pid == $1) | .lineage | join(\" \")" summary.json)
	[[ $lineage == 'nstrace '* ]]
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

@test "podman" {
	start_podman
	trace_function run_podman run --rm --network none --ulimit nofile=512:512 --ulimit nproc=512:512 rootfs \
		sh -c 'readlink /proc/self/ns/pid; readlink /proc/self/ns/net; readlink /proc/self/ns/mnt; true'
	is "$(grep -c '^[a-z]*:\[' trace.log)" 3
	is_whole /bin/busybox
	[[ $lineage == *podman*conmon*runc* ]]
}

@test "crun" {
	need crun
	make_bundle sh /story
	echo 'readlink /proc/self/ns/pid; readlink /proc/self/ns/net; readlink /proc/self/ns/uts; true' > bundle/rootfs/story
	crun_id=box-$(unique_seconds)
	cd bundle
	trace_function run_crun run "$crun_id"
	is_whole /bin/busybox
	[[ $lineage == *crun* ]]
}

@test "lxc" {
	need_root
	need lxc-start
	local name
	name=told-$(unique_seconds)
	make_rootfs "$scratch/lxc/rootfs"
	mkdir "$scratch/lxc/$name"
	echo 'readlink /proc/self/ns/pid; readlink /proc/self/ns/mnt; true' > "$scratch/lxc/rootfs/story"
	printf '%s\n' "lxc.rootfs.path = dir:$scratch/lxc/rootfs" 'lxc.net.0.type = empty' \
		'lxc.apparmor.profile = unconfined' 'lxc.mount.auto = proc:rw' 'lxc.init.cmd = /bin/sh /story' \
		> "$scratch/lxc/$name/config"
	lxc_name=$name
	trace lxc-start -F -P "$scratch/lxc" -n "$name" -o "$scratch/lxc.log"
	is_whole /bin/busybox
	[[ $lineage == *lxc-start* ]]
}
