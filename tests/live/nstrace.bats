#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nstrace on the running kernel.

load helper

# Nothing here may hang.
trace() {
	timeout -k 5 60 nstrace "$@" < /dev/null
}

# events JQ COMMAND...: of all its events, those and that.
events() {
	local what=$1
	shift
	trace -J --output-all -o story.json -- "$@"
	tail -n +2 story.json | jq -r "$what"
}

@test "clone, unshare, maps, mount, exec, exit: who is which" {
	need_root
	need_unshare -U -r -p -f --mount-proc
	events 'select(.type == "clone" and .child[1] == 1) | .new[]' \
		unshare -Urpf --mount-proc sh -c 'readlink /proc/self/ns/pid > link; true' > told
	is "$(cat told)" "$(cat link)"
	is "$(tail -n +2 story.json | jq -r 'select(.type == "map") | "\(.path | split("/")[-1]) \(.text)"' | sort)" \
		"gid_map 0 0 1
setgroups deny
uid_map 0 0 1"
	is "$(tail -n +2 story.json | jq -r 'select(.type == "mount") | "\(.text) \(.path)"')" 'proc /proc'
	is "$(tail -n +2 story.json | jq -c 'select(.type == "unshare") | .kinds')" '["mnt","pid","user"]'
	is "$(tail -n +2 story.json | jq -r 'select(.type == "exit") | "\(.nspid | length) \(.status)"' | xargs)" \
		'2 0 1 0'
	is "$(head -n 1 story.json | jq -c '[.nstools, (.host | keys)]')" \
		'[1,["boot_id","hostname","kernel","taken"]]'
}

@test "the numbers and namespaces are those that the kernel tells" {
	need_root
	events 'select(.type == "clone") | "\(.child | join("/")) \(.new[0])"' \
		unshare -pf sh -c 'grep NSpid /proc/self/status | tr -s "\t" / | cut -d : -f 2 > numbers; sleep 0' > told
	# grep is the second one in there.
	is "$(cut -d ' ' -f 1 told | cut -d / -f 2)" 1
	[[ $(cat numbers) == /*/2 ]]
	events 'select(.type == "unshare") | .new[]' unshare -n -u sh -c 'readlink /proc/self/ns/net /proc/self/ns/uts > links' > told
	is "$(sort told)" "$(sort links)"
}

@test "every way to make a child in another namespace" {
	need_root
	mk net,pid
	events 'select(.type == "clone" or .type == "setns") | "\(.type) \(.kinds | join(",")) \(.new | join(" "))"' \
		nsenter -t "$(made 1 PID)" -n -p true > told
	is "$(grep '^setns net' told)" "setns net net:[$(made 1 net)]"
	is "$(grep '^clone' told)" "clone  pid:[$(made 1 pid)]"
	events 'select(.type == "setns") | .text' nsenter --net="/proc/$(made 1 PID)/ns/net" true > told
	[[ $(cat told) == "net:[$(made 1 net)]" || $(cat told) == /proc/*/ns/net ]]
}

@test "calls that fail" {
	need_root
	need setpriv
	events 'select(.error) | "\(.type) \(.error) \(.kinds | join(","))"' \
		sh -c 'setpriv --reuid 65534 unshare -n true; chroot /no/such; true' > told 2> /dev/null || true
	grep -x 'unshare EPERM net' told
	grep -x 'root ENOENT ' told
}

@test "it ends as the command does" {
	run trace -o /dev/null -- sh -c 'exit 7'
	[ "$status" = 7 ]
	run trace -o /dev/null -- sh -c 'kill -KILL $$'
	[ "$status" = 137 ]
	run -127 trace -o /dev/null -- no-such-command
	[[ $output == *'nstrace: cannot run no-such-command: No such file or directory' ]]
	touch plain
	run -126 trace -o /dev/null -- ./plain
	run trace
	[ "$status" = 125 ]
	run trace -e nothing true
	[ "$status" = 125 ]
	[[ $output == *"'nothing' is no event"* ]]
	run trace -o /no/such/file true
	[ "$status" = 125 ]
	is "$(echo hi | timeout 20 nstrace -o /dev/null cat)" hi
}

@test "a write that fails is said" {
	run bash -c 'nstrace -o /dev/full true; echo "status $?"'
	[[ $output == *'No space left on device'* ]]
}

@test "killed, it leaves nobody stopped, and nobody with broken calls" {
	nstrace -o /dev/null -- sh -c 'sleep 1000 & sleep 1000' < /dev/null 3>&- &
	local tracer=$! _
	for _ in $(seq 100); do
		[ "$(pgrep -P "$(pgrep -P $tracer || echo 0)" -c sleep || true)" != 2 ] || break
		sleep 0.05
	done
	shell=$(pgrep -P $tracer)
	sleepers=$(pgrep -P "$shell")
	is "$(wc -w <<< "$sleepers")" 2
	kill -KILL $tracer
	wait $tracer || true
	local pid
	for pid in $shell $sleepers; do
		for _ in $(seq 100); do
			[ -e "/proc/$pid" ] || break
			sleep 0.05
		done
		[ ! -e "/proc/$pid" ]
	done
}

@test "signals reach the command" {
	nstrace -o /dev/null -- sh -c 'trap "exit 33" TERM; touch ready; while :; do sleep 0.05; done' < /dev/null 3>&- &
	local _ status=0
	for _ in $(seq 100); do [ ! -e ready ] || break; sleep 0.05; done
	kill -TERM $!
	wait $! || status=$?
	is $status 33
}

@test "threads, exec by a thread, vfork, stops: nothing is lost and nothing hangs" {
	need_root
	need_unshare -n
	# mkns has threads with namespaces of their own. A sanitizer that traces it cannot.
	export ASAN_OPTIONS=detect_leaks=0
	events 'select(.type == "unshare") | select(.pid != .tgid) | .kinds[0]' \
		sh -c "mkns net,thread < /dev/null > /dev/null" > told
	grep -x net told
	is "$(events 'select(.type == "exec") | .path' sh -c 'sh -c "kill -STOP \$\$; true" & sleep 0.3; kill -CONT $!; wait; true' | grep -c sleep)" 1
	is "$(trace -o /dev/null -- bash -c 'for i in {1..200}; do (:); done; echo went')" went
}

@test "a storm of children: each once, in the order of each process" {
	need_root
	need_unshare -u
	events 'select(.type == "unshare") | .pid' \
		bash -c 'for i in {1..150}; do unshare -u true & done; wait' > told
	is "$(wc -l < told)" 150
	is "$(sort -u told | wc -l)" 150
}

@test "a child that must not be traced is, as its calls would fail" {
	need_root
	need_unshare -u
	# Where there is no tracer, the filter says ENOSYS: this is what a daemon would get.
	is "$(trace -o /dev/null -- sh -c 'unshare -u true && echo worked')" worked
}

@test "an ordinary user, and what he is told of setuid programs" {
	need_root
	need setpriv
	need_unshare -U
	run as_user timeout 20 nstrace -e unshare -- unshare -Ur true
	[ "$status" = 0 ]
	[[ $output == *'setuid programs (sudo, newuidmap) get no rights'* ]]
	[[ $output == *'unshare user: user:['* ]]
}

@test "as strace tells it" {
	need_root
	need strace
	need_unshare -U -r -p -f
	strace -f -qq -e trace=unshare,setns,clone,clone3 -e signal=none -o by-strace \
		unshare -Urpf --mount-proc true
	events 'select(.type == "unshare") | .kinds | join(",")' unshare -Urpf --mount-proc true > told
	is "$(grep -c 'unshare(' by-strace)" "$(wc -l < told)"
	grep -E 'unshare\(CLONE_NEWNS\|CLONE_NEWUSER\|CLONE_NEWPID\) = 0' by-strace
	is "$(cat told)" mnt,pid,user
}

@test "bytes of others never reach the terminal raw, and JSON is valid" {
	printf '#!/bin/sh\ntrue\n' > $'\e[31mred'
	chmod +x $'\e[31mred'
	run trace -- ./$'\e[31mred'
	[[ $output != *$'\e'* ]]
	events . ./$'\e[31mred' > /dev/null
	jq -e . story.json > /dev/null
}
