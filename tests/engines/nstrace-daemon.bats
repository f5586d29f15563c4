#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A daemon that runs already builds containers: the story is told of it, or of the whole system.

load helper

teardown() {
	[ -z "${tracers-}" ] || kill $tracers 2> /dev/null || true
	end_engines
}

daemons() {
	echo "$dockerd_pid" "$(pgrep -P "$dockerd_pid" -x containerd)"
}

# start_trace OPTION...: and all that it tells, in story.json.
start_trace() {
	nstrace -J --output-all --summary --tree "$@" > story.json 2> trace.log < /dev/null 3>&- &
	tracer=$!
	tracers="${tracers-} $tracer"
	wait_for test -s story.json
}

# end_trace JQ: once that is told.
end_trace() {
	local told=$1
	wait_for eval 'tail -n +2 story.json | jq -es "$told"'
	kill -INT "$tracer"
	wait "$tracer"
	cat trace.log
	tail -n +2 story.json | jq -c 'select(.type)' > events.json
	jq 'select(.summary)' story.json > summary.json
	jq 'select(.processes)' story.json > processes.json
}

# The container's init, as both sides number it, from the clone to the program; and its namespaces.
is_whole() { # PID
	local kinds kind
	is "$(jq -r "select(.type == \"clone\" and .child[0] == $1) | .child[-1]" events.json)" 1
	is "$(jq -r "select(.type == \"exec\" and .pid == $1) | .path" events.json | tail -n 1)" /bin/busybox
	is "$(jq -c "select(.type == \"exec\" and .pid == $1) | .nspid" events.json | tail -n 1)" "[$1,1]"
	kinds=$(kinds_apart "$1" self)
	[[ $kinds == *ipc*mnt*net*pid*uts* ]]
	for kind in $kinds; do
		jq -r '.new[]' events.json | grep -Fqx "$(readlink "/proc/$1/ns/$kind")"
	done
	jq -r 'select(.type == "root") | .text' events.json | grep -x pivot_root
	jq -r 'select(.type == "mount") | .text' events.json | grep -x proc
	is_summed_up "$1"
}

# From the daemon, which was there before, to the container's init: the chain that people know.
is_summed_up() { # PID
	local kind
	jq ".summary[] | select(.pid == $1)" summary.json > told.json
	cat told.json
	jq -e --argjson pid "$1" '.nspid == [$pid, 1] and .program == "/bin/busybox" and .program_pid == $pid
		and .after > 0' told.json
	is "$(jq -r .init_of told.json)" "$(readlink "/proc/$1/ns/pid")"
	is "$(jq -r '.lineage[]' told.json | grep -E "^(dockerd\\($dockerd_pid\\)|containerd|runc)" |
		sed -E 's/\([0-9]+\)//' | uniq | xargs)" 'dockerd containerd containerd-shim runc'
	for kind in $(kinds_apart "$1" self); do
		jq -r '.calls[].new[]' told.json | grep -Fqx "$(readlink "/proc/$1/ns/$kind")"
	done
	jq -e --argjson pid "$dockerd_pid" '.processes[] | select(.pid == $pid) | .ppid > 0 and .container == null' \
		processes.json
	jq -e --argjson pid "$1" '.processes[] | select(.pid == $pid) | .container == $pid and .depth > 3' \
		processes.json
}

@test "dockerd: told by BPF, as strace has it at the same time" {
	start_dockerd
	need_bpf
	need strace
	local seconds last
	seconds=$(unique_seconds)
	# shellcheck disable=SC2046 # words
	strace -f -qq -e trace=unshare,setns,clone,clone3 -e signal=none -o by-strace \
		$(printf -- '-p %s ' $(daemons)) < /dev/null > /dev/null 2>&1 3>&- &
	tracers=$!
	wait_for eval 'grep -q "^TracerPid:.'"$tracers"'$" "/proc/$(daemons | cut -d " " -f 2)/status"'
	# shellcheck disable=SC2046 # words
	start_trace --source=bpf -p $(daemons)
	docker_container "told-$seconds" sleep "$seconds"
	last=$pid
	end_trace "any(.type == \"exec\" and .pid == $last and .path == \"/bin/busybox\")"
	kill -INT $tracers
	wait $tracers || true
	is_whole "$last"
	is_as_strace events.json by-strace
}

@test "dockerd: told by ptrace(2), and works on afterwards" {
	start_dockerd
	local seconds first
	seconds=$(unique_seconds)
	# shellcheck disable=SC2046 # words
	start_trace --source=ptrace -p $(daemons)
	docker_container "slow-$seconds" sleep "$seconds"
	first=$pid
	end_trace "any(.type == \"exec\" and .pid == $first and .path == \"/bin/busybox\")"
	is_whole "$first"
	is "$(grep -h ^TracerPid: "/proc/$dockerd_pid/status" "/proc/$first/status" | sort -u | cut -f 2)" 0
	docker_container "next-$seconds" sleep "$seconds"
	[ "$pid" != "$first" ]
}

@test "the whole system: dockerd and a container's own namespaces" {
	start_dockerd
	need_bpf
	local seconds
	seconds=$(unique_seconds)
	start_trace -a
	docker_container "whole-$seconds" sh -c "unshare -n sleep $seconds"
	end_trace 'any(.type == "unshare" and .kinds == ["net"] and .nspid[-1] == 1)'
	is_whole "$pid"
	# Without a filter, and with nobody stopped, a setuid program would be what it is.
	is "$(grep ^TracerPid: "/proc/$pid/status" | cut -f 2)" 0
}
