#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nscmp on the running kernel.

load helper

# what KIND COLUMN REFERENCE...: that cell, of the columns that have an item for each process.
what() {
	nscmp -n -r -o "KIND,$2" "${@:3}" 2> /dev/null | sed -n "s/^$1 //p"
}

# same REFERENCE...: "net=no": for each kind whether the second one shares it.
same() {
	nscmp -n -r -o KIND,SAME "$@" 2> /dev/null | sed 's/ yes,/=/' | paste -sd' '
}

kinds='cgroup ipc mnt net pid time user uts'

@test "with ourselves: all is the same, in any form" {
	local reference
	for reference in $$ "self" "$$@self"; do
		run --separate-stderr nscmp $$ "$reference"
		is "$status" 0
		is "$stderr" ''
		is "$(wc -l <<< "$output")" 9
	done
	nscmp -q $$ $$
	# We are first where only one is named.
	is "$(nscmp -J $$ | jq -r '.processes | length, .[1].pid' | paste -sd' ')" "2 $$"
	is "$(nscmp -J $$ | jq -r '.processes[0].comm')" nscmp
}

@test "each kind alone" {
	need_root
	local kind other
	for kind in cgroup ipc mnt net pid uts user time; do
		mk "$kind"
		for other in $kinds; do
			is "$(what "$other" SAME $$ "$(made 1 PID)")" \
				"$([ "$other" = "$kind" ] && echo yes,no || echo yes,yes)"
			is "$(what "$other" NAMESPACES $$ "$(made 1 PID)")" \
				"$(stat -L -c %i "/proc/$$/ns/$other"),$(made 1 "$other")"
		done
		run -1 nscmp -q $$ "$(made 1 PID)"
		run -1 nscmp -q -t "$kind" $$ "$(made 1 PID)"
		nscmp -q -t "$(tr ' ' '\n' <<< "$kinds" | grep -vx "$kind" | paste -sd,)" $$ "$(made 1 PID)"
		release
	done
}

@test "the table: a column for each process, '=' for the first one's, the host's own" {
	need_root
	mk name=first net,uts,name=second
	run nscmp "$(made 1 PID)" "$(made 2 PID)" "$(made 1 PID)"
	is "$status" 1
	is "$(head -n 1 <<< "$output" | tr -s ' ')" "KIND $(made 1 PID) first $(made 2 PID) second $(made 1 PID) first"
	local net
	net=$(grep ^net <<< "$output" | tr -s ' ' | sed 's/ *$//')
	[ "$(made 1 net)" != 4026531833 ] || is "$net" "net 4026531833 (host) $(made 2 net) ="
	is "$(grep ^pid <<< "$output" | tr -s ' ' | cut -d = -f 2,3)" " ="
	for kind in $kinds; do
		is "$(what "$kind" HOST "$(made 1 PID)" | cut -d , -f 1)" \
			"$(nsls -n -r -t "$kind" -o HOST "/proc/$(made 1 PID)/ns/$kind" 2> /dev/null)"
	done
}

@test "threads, and their process" {
	need_root
	mk thread,net
	local tid
	tid=$(made 1 TID)
	run -1 nscmp "$(made 1 PID)" "$tid"
	is "$(same "$(made 1 PID)" "$tid")" \
		'cgroup=yes ipc=yes mnt=yes net=no pid=yes time=yes user=yes uts=yes'
	is "$(nscmp -J "$(made 1 PID)" "$tid" | jq -c '.processes | map([.pid, .tid])')" \
		"[[$(made 1 PID),$(made 1 PID)],[$(made 1 PID),$tid]]"
}

@test "a zombie has left all but two" {
	need_root
	mk zombie
	run -1 nscmp "$$" "$(made 1 PID)"
	is "$(same $$ "$(made 1 PID)")" \
		'cgroup=no ipc=no mnt=no net=no pid=yes time=no user=yes uts=no'
	is "$(what net NAMESPACES $$ "$(made 1 PID)")" "$(stat -L -c %i /proc/$$/ns/net),-"
}

@test "who is not there, or no process: 2, and a sentence" {
	run --separate-stderr nscmp $$ 4194304
	is "$status" 2
	is "$output" ''
	is "$stderr" 'nscmp: 4194304: no such process'
	run -2 nscmp -q $$ 4194304
	run -2 nscmp $$ no-such-container-here
	run -2 nscmp $$ /proc/self/ns/net
	is "$output" "nscmp: '/proc/self/ns/net' is not a process"
}

@test "explained: users and PIDs as they are here" {
	need_root
	mk user,pid,name=outer pid,name=inner
	run nscmp -e -t user,pid $$ "$(made 1 PID)"
	is "$status" 1
	[[ $output == *"PID 1 in pid:[$(made 1 pid)] is $(made 1 PID) here"* ]]
	[[ $output == *"uid 0 in user:[$(made 1 user)] is uid $(awk '{ print $2 }' "/proc/$(made 1 PID)/uid_map") here"* ]]
	# From either side, and from one container to the one inside.
	is "$(nscmp -n -r -e -o MEANING -t user,pid $$ "$(made 1 PID)")" \
		"$(nscmp -n -r -e -o MEANING -t user,pid "$(made 1 PID)" $$)"
	run nscmp -e -t pid "$(made 1 PID)" "$(made 2 PID)"
	[[ $output == *"PID 1 in pid:[$(made 2 pid)] is $(made 2 NSPID | cut -d / -f 2) for PID $(made 1 PID)"* ]]
}

@test "explained: host names" {
	need_root
	need_unshare --uts
	hold unshare --uts sh -c 'hostname in-there && exec sleep 300'
	local _
	for _ in $(seq 50); do
		[ "$(cat "/proc/$holder/comm")" != sleep ] || break
		sleep 0.1
	done
	run nscmp -e -t uts $$ "$holder"
	[[ $output == *"the host name is '$(hostname)' here, and 'in-there' for PID $holder"* ]]
}

# What an ordinary user may know of who hides his namespaces is what root reads from the links.
# Nothing that he is told is wrong.
agrees_with_root() {
	local kind told
	for kind in $kinds; do
		told=$(as_user ./nscmp -n -r -t "$kind" -o SAME "$@" 2> /dev/null) || true
		told_all+=" $kind=${told##*,}"
		[ "$told" != 'yes,?' ] || continue
		is "$told" "$(nscmp -n -r -t "$kind" -o SAME "$@" 2> /dev/null || true)"
	done
}

@test "an ordinary user, who may not read the links: what is proven is right, the rest is ?" {
	need_root
	mk name=plain mnt,net,uts,ipc pid,cgroup user,time pid,user
	local told_all='' level
	agrees_with_root "$(made 1 PID)" "$(made 1 PID)"
	is "$told_all" ' cgroup=yes ipc=yes mnt=yes net=yes pid=yes time=yes user=yes uts=yes'
	told_all=''
	agrees_with_root "$$" "$(made 1 PID)"
	is "$told_all" ' cgroup=? ipc=? mnt=yes net=yes pid=yes time=? user=? uts=?'
	told_all=''
	agrees_with_root "$(made 1 PID)" "$(made 2 PID)"
	is "$told_all" ' cgroup=? ipc=? mnt=? net=no pid=yes time=? user=? uts=?'
	told_all=''
	agrees_with_root "$(made 2 PID)" "$(made 3 PID)"
	is "$told_all" ' cgroup=? ipc=? mnt=yes net=yes pid=no time=? user=? uts=?'
	told_all=''
	agrees_with_root "$(made 3 PID)" "$(made 4 PID)"
	is "$told_all" ' cgroup=? ipc=? mnt=yes net=yes pid=? time=? user=no uts=?'
	for level in 2 3 4 5; do
		agrees_with_root "$$" "$(made $level PID)"
		agrees_with_root self "$(made $level PID)"
	done
	# Two of one user namespace cannot be told from two with the same maps.
	run --separate-stderr -2 as_user ./nscmp -t user "$(made 1 PID)" "$$"
	[[ $stderr == *"the namespaces of PID $(made 1 PID), PID $$ could not be read: Permission denied; run as root to see all" ]]
	run -1 as_user ./nscmp -q "$(made 1 PID)" "$(made 2 PID)"
	run -2 as_user ./nscmp -q "$(made 1 PID)" "$$"
	as_user ./nscmp -q -t mnt,net,pid "$(made 1 PID)" "$$"
}

@test "an ordinary user: two inits are not in one pid namespace" {
	need_root
	mk pid
	local first
	first=$(made 1 PID)
	hold unshare --pid --fork --kill-child sleep 300
	sleep 0.3
	local second
	second=$(pgrep -P "$holder")
	is "$(as_user ./nscmp -n -r -t pid -o SAME "$first" "$second" 2> /dev/null)" yes,no
	is "$(as_user ./nscmp -n -r -t pid "$first" "$second" 2> /dev/null)" 'pid ? !='
	kill -KILL "$second"
}

@test "an ordinary user: the host's own where it is proven" {
	need_root
	[ "$(readlink /proc/self/ns/net)" = 'net:[4026531833]' ] || cannot_run 'not in the initial network namespace'
	mk net
	is "$(as_user ./nscmp -n -r -t net -o HOST self "$$" 2> /dev/null)" yes,yes
	is "$(as_user ./nscmp -n -r -t net self "$$" "$(made 1 PID)" 2> /dev/null)" 'net 4026531833\x20(host) = !='
	is "$(as_user ./nscmp -n -r -t net -o HOST self "$(made 1 PID)" 2> /dev/null)" yes,no
}

# PID 1 of some machines refuses even root.
@test "PID 1: whatever it hides, we share files, network and processes with it, or are told not to" {
	need_root
	[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || cannot_run 'not in the initial pid namespace'
	is "$(what pid SAME $$ 1)" yes,yes
	if [ "$(stat -c %i /proc/1/net/dev)" = "$(stat -c %i /proc/self/net/dev)" ]; then
		is "$(what net SAME $$ 1)" yes,yes
	else
		is "$(what net SAME $$ 1)" yes,no
	fi
	run --separate-stderr nscmp $$ 1
	if readlink /proc/1/ns/uts; then
		is "$stderr" ''
	else
		is "$status" 2
		is "$stderr" 'nscmp: the namespaces of PID 1 could not be read: Permission denied'
		nscmp -q -t net,pid $$ 1
	fi
}

@test "chroot: a mount that both list proves it, and none proves nothing" {
	need_root
	need_unshare --mount
	mkdir -p root/proc other
	cp "$(command -v busybox)" root/ || cannot_run 'busybox is not installed'
	hold unshare --mount sh -c '
		mount --make-rprivate / && mount -t tmpfs none other && chroot root /busybox sleep 300 &
		mount -t tmpfs none other && exec sleep 301'
	local _ inner=''
	for _ in $(seq 50); do
		inner=$(pgrep -P "$holder" || true)
		[ -z "$inner" ] || [ "$(tr '\0' ' ' < "/proc/$inner/cmdline")" != '/busybox sleep 300 ' ] || break
		sleep 0.1
	done
	is "$(what mnt SAME "$holder" "$inner")" yes,yes
	is "$(as_user ./nscmp -n -r -t mnt -o SAME "$holder" "$inner" 2> /dev/null)" 'yes,?'
	nsenter -t "$holder" -m mount -t tmpfs none "$PWD/root/proc"
	is "$(as_user ./nscmp -n -r -t mnt -o SAME "$holder" "$inner" 2> /dev/null)" yes,yes
	kill -KILL "$inner"
}

@test "inside of a pid namespace, with its own /proc and with somebody else's" {
	need_root
	need_unshare --pid --fork --mount-proc
	is "$(unshare --pid --fork --mount-proc bash -c './nscmp -n -r -o SAME -t pid,mnt,net self 1 2>&1 | paste -sd" "')" \
		'yes,yes yes,yes yes,yes'
	# The host's own is told by its number.
	is "$(unshare --pid --fork --mount-proc bash -c './nscmp -n -r -t pid,uts -o HOST self 1 | paste -sd" "')" \
		"no,no $(what uts HOST self "$$" | head -n 1)"
	run --separate-stderr unshare --pid --fork bash -c './nscmp -n -r -t pid -o SAME self '$$
	is "$status" 1
	is "$output" yes,no
	[[ $stderr == *'/proc belongs to another pid namespace than ours'* ]]
}

@test "whichever source is read" {
	need_root
	need_bpf
	mk user,pid net,thread mnt,uts
	local i
	for i in 1 2 3; do
		is "$(nscmp --source=bpf -J -e $$ "$(made $i PID)" 2> /dev/null | jq -c '.processes, .kinds')" \
			"$(nscmp --source=proc -J -e $$ "$(made $i PID)" 2> /dev/null | jq -c '.processes, .kinds')"
	done
}

@test "only the named are read: it does not list /proc" {
	need strace
	strace -f -o trace ./nscmp $$ self > /dev/null 2>&1 || true
	grep -q 'execve' trace || cannot_run 'strace is refused here'
	not grep getdents trace
}

@test "snapshots: what came, moved and went, live and saved" {
	need_root
	need_unshare --net --uts
	nsls --save before.json
	mk net,uts,name=mover
	nsls --save between.json
	run nscmp --from before.json -t net,uts
	[ "$status" != 0 ]
	# Where not all can be read, who knows what was there before.
	grep -E "^(maybe-)?came +net +- +$(made 1 net) +$(made 1 PID) " <<< "$output"
	grep -E "^(maybe-)?came +uts +- +$(made 1 uts) +$(made 1 PID) " <<< "$output"
	not grep -E '^[a-z]+ +- ' <<< "$output"
	run -1 nscmp --from before.json
	grep -E "^came +- +- +- +$(made 1 PID) " <<< "$output"
	is "$(nscmp --from between.json --from between.json -n -r -o CHANGE 2> /dev/null | grep -v '?')" ''
	local net
	net=$(made 1 net)
	release
	nsls --save after.json
	run nscmp --from between.json --from after.json -t net
	[ "$status" != 0 ]
	grep -E "^(maybe-)?went +net +$net +- " <<< "$output"
	run nscmp -q --from before.json --from after.json
	[ "$status" != 0 ]
}

@test "snapshots: a process that moved" {
	need_root
	need_unshare --net
	mkfifo go gone
	hold bash -c 'exec 3<> go 4<> gone; read -r _ <&3; exec unshare --uts sh -c "echo >&4; exec sleep 300"'
	nsls --save before.json
	local was
	was=$(stat -L -c %i "/proc/$holder/ns/uts")
	echo > go
	read -r _ <> gone
	run nscmp --from before.json -t uts -n -r -o CHANGE,TYPE,WAS,NOW,PID
	grep -x "moved uts $was $(stat -L -c %i "/proc/$holder/ns/uts") $holder" <<< "$output"
}

@test "a process that ends meanwhile is compared or missed, nothing else" {
	local i
	for i in $(seq 60); do
		sleep "0.00$((i % 10))" 3>&- &
		run --separate-stderr nscmp -q -t net,mnt,user "$!" $$
		wait "$!" || true
		case $status in
		0) is "$stderr" '' ;;
		1) ;; # a zombie by then
		2) [[ $stderr == *"$!: "* ]] ;;
		*) return 1 ;;
		esac
	done
}
