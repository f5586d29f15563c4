#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The story of how real engines build a container: its events, and what --summary and --tree make of
# them.

load helper

# trace COMMAND...: events.json, and the last lines summary.json and processes.json. It has 90 seconds.
trace() {
	timeout -k 5 90 nstrace -J --output-all --summary --tree ${tracing-} -o story.json -- "$@" \
		< /dev/null > trace.log 2>&1 || { cat trace.log; cannot_run "$1 cannot run a container here"; }
	cat trace.log
	tail -n +2 story.json | jq -c 'select(.type)' > events.json
	is "$(tail -n 2 story.json | jq -c 'del(.complete) | keys' | xargs)" '[summary] [processes]'
	jq 'select(.summary)' story.json > summary.json
	jq 'select(.processes)' story.json > processes.json
	jq -e '.complete' summary.json processes.json
}

# of JQ: of all events.
of() {
	jq -r "$1" events.json
}

# PID 1 of the last container that was begun.
last_init() {
	of 'select(.type == "clone" and (.child | length) > 1 and .child[-1] == 1) | .child[0]' | tail -n 1
}

# PID 1 of the container has both numbers, and runs its program in the end.
is_whole() { # PROGRAM
	local first
	first=$(last_init)
	[ "$first" ]
	is "$(of "select(.type == \"exec\" and .pid == $first and .error == null) | .path" | tail -n 1)" "$1"
	is "$(of "select(.type == \"exec\" and .pid == $first and .error == null) | .nspid[-1]" | tail -n 1)" 1
	is "$(of "select(.type == \"exit\" and .pid == $first) | .status")" 0
}

# What a container says of its namespaces, for is_told.
say='for kind in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$kind; done'

# is_told PROGRAM NAME...: the summary has the container with all its new namespaces, as it says itself
# and each by one call; and whom it descends from, by names, some of which may be left out. The tree has
# all of it, too.
is_told() {
	local first link program=$1
	first=$(last_init)
	jq ".summary[] | select(.pid == $first)" summary.json > told.json
	cat told.json
	jq -e --arg program "$program" --argjson first "$first" '.nspid == [$first, 1] and .program == $program
		and (.init_of | startswith("pid:[")) and .after > 0 and .after < 90
		and all(.calls[]; .pid and .command and .call and .after >= 0 and .after < 90)' told.json
	for link in $(grep -E '^[a-z]+:\[[0-9]+\]$' trace.log | sort -u); do
		[ "$(readlink "/proc/self/ns/${link%%:*}")" = "$link" ] || echo "$link"
	done | sort > theirs
	[ -s theirs ]
	diff theirs <(jq -r '.calls[].new[]' told.json | sort)
	grep -Fx "$(jq -r .init_of told.json)" theirs
	shift
	jq -r '.lineage[]' told.json | sed -E 's/\([0-9]+\)$//' > lineage
	for link; do
		echo "$link"
	done | diff - <(grep -Fx "$(printf '%s\n' "$@")" lineage)
	is "$(jq -r '.lineage[-1]' told.json)" "$(jq -r '"\(.command)(\(.pid))"' told.json)"
	# The way up in the tree is the same one.
	jq -r --argjson first "$first" '(.processes | map({(.pid | tostring): .}) | add) as $by
		| [$first | recurse($by[tostring].ppid | select($by[tostring]))]
		| reverse | .[] | "\($by[tostring].command)(\(.))"' processes.json |
		diff - <(jq -r '.lineage[]' told.json)
	jq -e --argjson first "$first" '.processes[] | select(.pid == $first)
		| .container == $first and .nspid == [$first, 1] and .init_of' processes.json
	# Everybody is there who did more than to run something.
	is "$(of 'select(.error == null and (.type | IN("exec", "fork", "name", "rights", "exit") | not)) | .tgid' |
		sort -u | comm -23 - <(jq '.processes[] | select(.ancestor | not) | .pid' processes.json | sort -u))" ''
}

@test "runc" {
	make_bundle sh /story
	echo "$say; hostname" > bundle/rootfs/story
	runc_id=box-$(unique_seconds)
	trace runc run -b bundle "$runc_id"
	is_whole /bin/busybox
	is_told /bin/busybox runc
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

@test "runc by ptrace(2)" {
	make_bundle sh /story
	echo "$say" > bundle/rootfs/story
	runc_id=box-$(unique_seconds)
	tracing=--source=ptrace
	trace runc run -b bundle "$runc_id"
	is_whole /bin/busybox
	is_told /bin/busybox runc
}

@test "crun" {
	need crun
	make_bundle sh /story
	echo "$say" > bundle/rootfs/story
	crun_id=box-$(unique_seconds)
	declare -f run_crun > crun.sh
	echo 'run_crun "$@"' >> crun.sh
	trace bash crun.sh run -b bundle "$crun_id"
	is_whole /bin/busybox
	is_told /bin/busybox bash crun
	# Before it there was the mount namespace in which it does not see all cgroups.
	jq -e '.summary[0] | (.program | endswith("sh")) and .init_of == null
		and (.calls | map(.new[] | split(":")[0])) == ["mnt"]' summary.json
}

@test "bubblewrap" {
	need_root
	need bwrap
	make_rootfs "$scratch/sandbox"
	trace bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sh -c "$say"
	local first
	first=$(of 'select(.type == "clone" and (.child | length) > 1) | .child[-1]' | head -n 1)
	is "$first" 1
	of '.new[]' | grep -Fqx "$(grep '^net:' trace.log)"
	of 'select(.type == "exec") | .path' | grep -x /bin/busybox
	of 'select(.type == "root") | .text' | grep -x pivot_root
	# Its PID 1 is itself, and runs nothing.
	is_told /bin/busybox bwrap bwrap
	jq -e '.program_pid != .pid and .command == "bwrap"' told.json
}

@test "podman" {
	start_podman
	declare -p scratch > podman.sh
	declare -f run_podman >> podman.sh
	echo 'run_podman "$@"' >> podman.sh
	trace bash podman.sh run --rm --network none --ulimit nofile=512:512 --ulimit nproc=512:512 rootfs sh -c "$say"
	is_whole /bin/busybox
	is_told /bin/busybox bash podman conmon conmon runc
}

@test "lxc" {
	need_root
	need lxc-start lxc-stop
	make_rootfs "$scratch/lxc/rootfs"
	lxc_name=story-$(unique_seconds)
	mkdir "$scratch/lxc/$lxc_name"
	echo "$say" > "$scratch/lxc/rootfs/story"
	printf '%s\n' "lxc.rootfs.path = dir:$scratch/lxc/rootfs" 'lxc.net.0.type = empty' \
		'lxc.apparmor.profile = unconfined' 'lxc.mount.auto = proc:rw' 'lxc.init.cmd = /bin/sh /story' \
		'lxc.console.path = none' > "$scratch/lxc/$lxc_name/config"
	trace lxc-start -F -P "$scratch/lxc" -n "$lxc_name" -o lxc.log
	is_whole /bin/busybox
	is_told /bin/busybox lxc-start
}

# strace of it, and we of both, at the same time.
trace_strace() {
	need_bpf
	need strace
	timeout -k 5 90 nstrace --source=bpf -J --output-all -e clone,fork,unshare,setns -o story.json -- \
		strace -f -qq --decode-pids=pidns -e trace=unshare,setns,clone,clone3,fork,vfork -e signal=none \
		-o by-strace "$@" < /dev/null > trace.log 2>&1 ||
		{ cat trace.log; cannot_run "$1 cannot run a container here"; }
	tail -n +2 story.json > events.json
	is_as_strace events.json by-strace
}

@test "as strace has it: unshare" {
	need_unshare -U -r -p -f --mount-proc
	trace_strace unshare -Urpf --mount-proc sh -c 'true; (true); sleep 0'
	[ "$(wc -l < inner)" -ge 2 ]
}

@test "as strace has it: bubblewrap" {
	need_root
	need bwrap
	make_rootfs "$scratch/sandbox"
	trace_strace bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sh -c '(true); sleep 0'
	[ "$(wc -l < inner)" -ge 2 ]
}

@test "as strace has it: runc, and a network namespace that it joins" {
	make_bundle sh /story
	echo '(true); sleep 0' > bundle/rootfs/story
	mk net
	jq --arg path "/proc/$(made 1 PID)/ns/net" '(.linux.namespaces[] | select(.type == "network")).path = $path' \
		< bundle/config.json > config.json
	mv config.json bundle/config.json
	runc_id=box-$(unique_seconds)
	trace_strace runc run -b bundle "$runc_id"
	grep -x '[0-9]* setns net' theirs
	[ "$(wc -l < inner)" -ge 2 ]
}
