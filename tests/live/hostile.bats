#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is in our way is said: nobody is "not there" for that, and nothing hangs.

load helper

@test "out of descriptors: who is there is not missing" {
	need_root
	mk user,pid
	local n tool
	for n in 4 5 6 7 8 9; do
		for tool in nsidmap nspidmap nsls; do
			run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n "$1" && "$2" "$3"' \
				- "$n" "$tool" "$(made 1 PID)"
			[ "$status" != 1 ]
			[[ $output != *'no such process'* ]]
		done
	done
	run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n 5; nspidmap "$1"' - "$(made 1 PID)"
	is "$status" 2
	[[ $output == *'Too many open files'* ]]
}

@test "something is mounted over a process" {
	need_root
	need_unshare --mount
	local tool
	for tool in nsidmap nspidmap nsls; do
		# shellcheck disable=SC2016
		run --separate-stderr unshare -m bash -c 'mount -t tmpfs tmpfs "/proc/$$"; timeout 5 "$1" $$; echo $?' - "$tool"
		is "$output" 2
		[[ $stderr == *': something is mounted over /proc/'* ]]
	done
	# In a list, it is a gap.
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m bash -c 'mount -t tmpfs tmpfs "/proc/$$"; nsls --source=proc -J | jq -c ".gaps[] | select(.source == \"/proc/$$\")"'
	[[ $output == *EXDEV* ]]
}

@test "a pipe is mounted over files of a process" {
	need_root
	need_unshare --mount
	local tool file
	mkfifo pipe
	for file in status stat cmdline uid_map cgroup; do
		for tool in nsidmap nspidmap nsls; do
			# shellcheck disable=SC2016
			run --separate-stderr unshare -m bash -c 'mount --bind pipe "/proc/$$/$2" || exit 3
				timeout -s KILL 10 "$1" -n -r $$; echo $?; :' - "$tool" "$file"
			is "$status" 0
			case ${lines[-1]} in
			0 | 2) ;;
			*) echo "$tool, $file: $output $stderr"; return 1 ;;
			esac
			[[ $stderr != *'no such process'* ]]
		done
	done
}

# mute DIR: a process for which nobody answers below DIR; its PID is in $there.
mute() {
	need_unshare --mount
	[ -e /dev/fuse ] || cannot_run 'no /dev/fuse here'
	# No program can be started in there once /etc/ld.so.cache cannot be read.
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child bash -c 'sleep 300 & sleep 0.3
		exec 5< <(exec mutefs "$1"); read -r -u 5 line || exit 3
		: > there; wait' - "$1" 3>&- 2> mute.err &
	holder=$!
	local n=0
	until [ -e there ] || [ "$n" -ge 100 ]; do sleep 0.05; n=$((n + 1)); done
	[ -e there ] || { cat mute.err; cannot_run 'FUSE is refused here'; }
	there=$(pgrep -P "$(pgrep -P "$holder")" -x sleep)
}

@test "names that a server never tells" {
	need_root
	mute /etc
	# What waits for it cannot be killed, and ends with it: under a name that no other test looks for.
	cp nsidmap mute-nsidmap
	cp nsls mute-nsls
	run --separate-stderr timeout -s KILL 20 mute-nsidmap -n -r -o ID,NAME "0@$there"
	is "$status" 0
	is "$output" $'0 root\n0 ?'
	[[ $stderr == *'names are unknown there: its /etc/passwd: Connection timed out'* ]]
	run --separate-stderr timeout -s KILL 20 mute-nsls --save state.json
	is "$status" 0
	is "$(nsidmap --from state.json -n -r -o ID,NAME "0@$there" 2> /dev/null | tail -n 1)" '0 ?'
}

@test "many names: a snapshot keeps those of processes, and 4,096 more" {
	need_root
	need_unshare --mount
	# shellcheck disable=SC2016
	unshare --mount bash -c 'mount -t tmpfs -o mode=755 etc /etc
		for ((i = 0; i < 6000; i++)); do echo "u$((i * 2)):x:$((i * 2)):0"; done > /etc/passwd
		exec -a many sleep 300' 3>&- &
	holder=$!
	until [ "$(cat /proc/$holder/comm)" = sleep ]; do sleep 0.01; done
	is "$(nsidmap -n -r -o NAME "11998@$holder" 2> /dev/null | tail -n 1)" u11998
	is "$(nsidmap -n -r -o NAME "3@$holder" 2> /dev/null | tail -n 1)" -
	nsls --save state.json 2> /dev/null
	local from='nsidmap --from state.json -n -r -o NAME'
	is "$($from "0@$holder" 2> /dev/null | tail -n 1)" u0
	is "$($from "8190@$holder" 2> /dev/null | tail -n 1)" u8190
	is "$($from "11998@$holder" 2> /dev/null | tail -n 1)" '?'
	is "$($from "3@$holder" 2> /dev/null | tail -n 1)" '?'
	jq -e '[.views[] | select(.users_partial)] | length == 1' state.json
}

@test "mounts of namespaces: below a server that never answers, and where the name is odd" {
	need_root
	need_unshare --mount --net
	[ -e /dev/fuse ] || cannot_run 'no /dev/fuse here'
	odd=$'odd \e[31m\n\\x41\xff'
	mkdir below && touch below/ns "$odd"
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child bash -c '
		for file in below/ns "$1"; do unshare --net mount --bind /proc/self/ns/net "$file"; done
		exec 5< <(exec mutefs below); read -r -u 5 line || exit 3
		: > there; sleep 300 & wait' - "$odd" 3>&- 2> mute.err &
	holder=$!
	for _ in $(seq 100); do [ -e there ] || sleep 0.05; done
	[ -e there ] || { cat mute.err; cannot_run 'FUSE is refused here'; }
	timeout -s KILL 20 nsls -P -t net -r -n -o NS,HELDBY,NSFS 2> /dev/null > rows
	grep "mount $scratch/below/ns\$" rows
	grep -F "mount $scratch/odd\\x20\\x1b[31m\\x0a\\x5cx41\\xff" rows
	for ns in $(grep -F "$scratch/" rows | cut -d ' ' -f 1); do
		timeout -s KILL 20 nswho "net:[$ns]" > out 2> err
		not grep -q $'\e' out err
		timeout -s KILL 20 nswho -J "net:[$ns]" 2> /dev/null | jq -e '.namespaces[0].holders | length == 1'
	done
}
