#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers and names of hosts, with what is on every system. Real engines: tests/engines.

load helper

# Waits until a process is in another uts namespace than we are.
wait_uts() {
	local _
	for _ in $(seq 100); do
		[ "$(readlink "/proc/$1/ns/uts")" = "$(readlink /proc/self/ns/uts)" ] || return 0
		sleep 0.05
	done
	return 1
}

# host_of PID: the name, by the uts namespace that it is in.
host_of() {
	nsls -n -r -t uts -o HOSTNAME "$1" 2> /dev/null
}

# As its first command, so that the name is there when the file is.
named='hostname "$1" && echo > "$2" && exec sleep 1000'

wait_file() {
	local _
	for _ in $(seq 100); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

@test "HOSTNAME: ours, and that of other uts namespaces" {
	need_root
	need_unshare -u
	need hostname
	is "$(host_of self)" "$(uname -n)"
	background unshare -u sh -c "$named" - blue.example "$scratch/done"
	wait_file "$scratch/done"
	is "$(host_of "$started")" blue.example
	is "$(host_of self)" "$(uname -n)"
	# Only one who is asked for it is joined.
	is "$(nsls -J -t uts -o HOSTNAME "$started" 2> /dev/null | jq -r '.namespaces[0].hostname')" blue.example
}

@test "HOSTNAME: a hostile one" {
	need_root
	need_unshare -u
	# What hostname(1) would refuse.
	background unshare -u sh -c 'echo "$1" > /proc/sys/kernel/hostname && echo > "$2" && exec sleep 1000' \
		- "$(printf 'a\033[2Jb')" "$scratch/done"
	wait_file "$scratch/done"
	is "$(nsls -n -t uts -o HOSTNAME "$started" 2> /dev/null)" 'a\x1b[2Jb'
}

@test "HOSTNAME: an ordinary user joins what belongs to his own user namespaces, and nothing else" {
	need_root
	need setpriv hostname
	need_unshare -U
	chmod 777 "$scratch"
	background setpriv --reuid=65534 --regid=65534 --clear-groups unshare -U -r -u \
		sh -c "$named" - green.example "$scratch/done"
	wait_file "$scratch/done" || cannot_run 'an ordinary user may not make user namespaces here'
	is "$(as_user ./nsls -n -r -t uts -o HOSTNAME "$started" 2> /dev/null)" green.example
	is "$(host_of "$started")" green.example

	# His process, and a namespace that is not his.
	background unshare -u setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000
	wait_uts "$started"
	sleep 0.2
	is "$(as_user ./nsls -n -r -t uts -o HOSTNAME "$started" 2> /dev/null)" '?'
	is "$(host_of "$started")" "$(uname -n)"
}

@test "HOSTNAME: more namespaces than may be open at once" {
	need_root
	need_unshare -u
	background bash -c '
		for i in {1..300}; do
			unshare -u sh -c "echo many-$i > /proc/sys/kernel/hostname; exec sleep 1000" &
		done
		wait'
	local _ names
	for _ in $(seq 200); do
		names=$(nsls -n -r -t uts -o HOSTNAME 2> /dev/null | grep -c '^many-[0-9]*$')
		[ "$names" != 300 ] || break
		sleep 0.1
	done
	is "$names" 300
	is "$(nsls -n -r -t uts -o HOSTNAME 2> /dev/null | grep '^many-' | sort -u | wc -l)" 300
	# Nor do they take the descriptors that others need.
	is "$( (ulimit -n 100; nsls -n -r -t uts -o HOSTNAME 2> /dev/null) | grep -c '^many-')" 300
}

@test "CONTAINER: what nobody has marked is in none" {
	need_root
	mk pid,uts,net,mnt user
	is "$(row "$(made 1 pid)" CONTAINER)" -
	is "$(row "$(made 2 user)" CONTAINER)" -
	is "$(nsls -J -o CONTAINER self 2> /dev/null | jq -c '[.namespaces[].container] | unique')" '[null]'
	grep -qF "$(row "$(made 1 pid)" CGROUP)" "/proc/$(made 1 PID)/cgroup"
	run -1 nsls -c no-such-container
	[[ $output == *"no-such-container: no such container among "*" running, on disk or at engines"* ]]
}

@test "CONTAINER: a command line beside it tells, for who is not in the host's namespaces" {
	need_root
	need_unshare -p
	cat > monitor <<-END
	sleep 1000 &
	unshare -m -p --fork --kill-child sh -c 'echo \$\$ > $scratch/inside; exec sleep 1001' &
	wait
	END
	id=$(printf 'c0ffee%.0s' {1..10})0123
	background bash -c 'exec -a /usr/bin/conmon bash "$@"' - monitor -c "$id" -n "web-$$" -b / -p /
	wait_file inside
	inside=$(pgrep -f -x -g "$started" 'sleep 1001')
	beside=$(pgrep -f -x -g "$started" 'sleep 1000')
	is "$(nsls -n -r -t pid -o CONTAINER "$inside" 2> /dev/null)" "podman:web-$$"
	is "$(nsls -n -r -t mnt -o CONTAINER "$beside" 2> /dev/null)" -
	for name in "web-$$" "podman:web-$$" "$id" "${id:0:4}" "podman:${id:0:12}"; do
		is "$(nsls -n -r -t pid --no-host -o PID -c "$name" 2> /dev/null)" "$inside"
	done
}

@test "CONTAINER: another user's of the same id is another one, and its name counts less" {
	need_root
	need setpriv
	need_unshare -U
	need_unshare -p
	chmod 777 "$scratch"
	cat > monitor <<-END
	unshare \$how -m -p --fork --kill-child sh -c "exec sleep 1001" &
	wait
	END
	id=$(printf 'c0ffee%.0s' {1..10})4567
	export how=-Ur
	background setpriv --reuid=65534 --regid=65534 --clear-groups \
		bash -c 'exec -a /usr/bin/conmon bash "$@"' - "$scratch/monitor" -c "$id" -n "web-$$" -b / -p /
	of_user=$started
	export how=
	background bash -c 'exec -a /usr/bin/conmon bash "$@"' - monitor -c "$id" -n "web-$$" -b / -p /
	of_root=$started
	local _
	for _ in $(seq 100); do
		mine=$(pgrep -f -x -g "$of_root" 'sleep 1001') && theirs=$(pgrep -f -x -g "$of_user" 'sleep 1001') && break
		sleep 0.05
	done
	[ -n "$theirs" ] || cannot_run 'an ordinary user may not make user namespaces here'
	for name in "web-$$" "podman:web-$$" "$id" "${id:0:8}"; do
		is "$(nsls -n -r -t pid --no-host -o PID -c "$name" 2> /dev/null)" "$mine"
	done
	is "$(nsls -n -r -t pid -o CONTAINER "$theirs" 2> /dev/null)" "podman:web-$$"

	# When there is no other one, it is meant.
	kill -KILL -- "-$of_root"
	is "$(nsls -n -r -t pid --no-host -o PID -c "web-$$" 2> /dev/null)" "$theirs"
}
