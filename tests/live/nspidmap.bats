#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nspidmap on the running kernel.

load helper

# The numbers on all levels, as mkns says and as nspidmap does.
levels() {
	nspidmap -n -r -o PID "$@" | paste -sd/
}

# With a kernel that cannot translate PIDs, as before Linux 6.11.
old_kernel() {
	without 0x8004b706 0x8004b707 0x8004b708 0x8004b709 -- "$@"
}

# A process that sleeps as the 1st child of PID 1 in N pid namespaces, each in the one before.
nest() {
	local words=()
	for _ in $(seq "$1"); do words+=(pid); done
	mk "${words[@]}"
}

@test "a process has a number on each level, in the namespace of the level" {
	need_root
	mk user,pid pid net pid
	local i
	for i in 1 2 3 4; do
		is "$(levels "$(made $i PID)")" "$(made $i NSPID)"
	done
	is "$(nspidmap -n -r -o PIDNS,LEVEL "$(made 4 PID)")" "$(readlink /proc/self/ns/pid | tr -dc 0-9) 0
$(made 1 pid) 1
$(made 2 pid) 2
$(made 4 pid) 3"
	is "$(nspidmap -J "$(made 3 PID)" | jq -c '.processes[0] | [.pid, .pids[].pid]')" \
		"[$(made 3 PID),$(made 3 NSPID | tr / ,)]"
}

@test "from inside to outside, however WHERE is written, on old kernels too" {
	need_root
	mk user,pid pid net
	local outer inner where run
	outer=$(made 1 PID) inner=$(made 3 NSPID)
	for run in '' old_kernel; do
		for where in "$outer" "$outer:$(made 1 INODE)" "/proc/$outer/ns/pid" \
			"pid:[$(made 1 pid)]" "$(made 1 pid)" "1@$outer"; do
			is "$($run nspidmap -i self "$(cut -d / -f 2 <<< "$inner")@$where" 2>&1)" "$(made 3 PID)"
		done
		is "$($run nspidmap -i self "${inner##*/}@$(made 2 PID)" 2>&1)" "$(made 3 PID)"
	done
	is "$(nspidmap -i self "1@id:$(row "$(made 1 pid)" ID)" 2>&1)" "$outer"
}

@test "--in: from everywhere to everywhere" {
	need_root
	mk pid pid
	is "$(nspidmap --in "$(made 1 PID)" "$(made 2 PID)")" "$(made 2 NSPID | cut -d / -f 2)"
	is "$(nspidmap --in "/proc/$(made 2 PID)/ns/pid" "$(made 2 PID)")" 1
	is "$(nspidmap --in "$(made 1 PID)" "1@$(made 2 PID)" "1@$(made 1 PID)")" \
		"$(made 2 NSPID | cut -d / -f 2)
1"
	run --separate-stderr nspidmap --in "$(made 2 PID)" "$(made 1 PID)" "$(made 2 PID)"
	is "$status" 1
	is "$output" 1
	is "$stderr" "nspidmap: $(made 1 PID) has no PID in pid:[$(made 2 pid)]"
}

@test "a PID that is not there: exit 1 and a sentence" {
	need_root
	mk pid
	local run
	for run in '' old_kernel; do
		# shellcheck disable=SC2086 # none or one
		run --separate-stderr $run nspidmap "79@$(made 1 PID)"
		is "$status" 1
		is "$output" ''
		[[ $stderr == "nspidmap: 79@$(made 1 PID): no process that we can see has PID 79 in pid:[$(made 1 pid)]"* ]]
	done
	run --separate-stderr nspidmap "1@4194304"
	is "$status" 1
	is "$stderr" 'nspidmap: 4194304: no such process'
	run --separate-stderr nspidmap "1@/proc/self/ns/net"
	is "$status" 2
	is "$stderr" 'nspidmap: /proc/self/ns/net is no pid namespace'
}

@test "the init of the namespace has died" {
	need_root
	need_unshare --mount --pid
	run --separate-stderr unshare -m sh -c '
		mount --make-rprivate / && touch dead && unshare --pid=./dead --fork true || exit 3
		nspidmap 1@./dead'
	is "$status" 1
	is "$output" ''
	[[ $stderr == 'nspidmap: 1@./dead: no process that we can see has PID 1 in pid:['*'], and PID 1 has ended' ]]
	run --separate-stderr unshare -m sh -c '
		mount --make-rprivate / && touch dead && unshare --pid=./dead --fork true || exit 3
		nspidmap --all ./dead; echo $?; nspidmap --in ./dead self'
	is "$output" "$([ "$(zero)" = 0 ] && echo 1 || echo 2)"
	is "$status" 1
	[[ $stderr == *'./dead: no process'*'is in pid:['*'self has no PID in pid:['* ]]
}

@test "a thread, by its number here and there" {
	need_root
	mk pid uts,threads=1
	local pid tid inside
	pid=$(made 2 PID)
	tid=$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 -not -name "$pid" -printf %f)
	inside=$(awk '/^NSpid/ { print $3 }' "/proc/$pid/task/$tid/status")
	is "$(nspidmap -n -r -o PID,TID "$tid")" "$pid $tid
$(made 2 NSPID | cut -d / -f 2) $inside"
	is "$(nspidmap -i self "$inside@$pid")" "$tid"
	is "$(old_kernel nspidmap -i self "$inside@$pid" 2> /dev/null)" "$tid"
	is "$(nspidmap -n -r "$tid" | wc -w)" "$(($(nspidmap -n -r "$pid" | wc -w) + 2))"
	is "$(nspidmap -n -r --threads -o TID "$pid" | paste -sd' ')" \
		"$pid $(made 2 NSPID | cut -d / -f 2) $tid $inside"
	is "$(nspidmap -n -r --threads -o PID,TID -a "$pid" 2> /dev/null | grep -c "^$pid ")" 2
}

@test "a zombie" {
	need_root
	mk pid uts,zombie
	is "$(levels "$(made 2 PID)")" "$(made 2 NSPID)"
	is "$(nspidmap -i self "$(made 2 NSPID | cut -d / -f 2)@$(made 1 PID)")" "$(made 2 PID)"
}

@test "process groups and sessions, as status has them" {
	need_root
	mk pid pid
	is "$(nspidmap -n -r -o NSPGID "$(made 2 PID)" | tr - 0 | paste -sd' ')" \
		"$(awk '/^NSpgid/ { print $2, $3, $4 }' "/proc/$(made 2 PID)/status")"
	is "$(nspidmap -n -r -o NSSID "$(made 2 PID)" | tr - 0 | paste -sd' ')" \
		"$(awk '/^NSsid/ { print $2, $3, $4 }' "/proc/$(made 2 PID)/status")"
}

@test "as deep as pid namespaces go" {
	need_root
	[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || cannot_run 'not in the initial pid namespace'
	nest 32
	is "$(nspidmap -n -r -o LEVEL,PIDNS "$(made 32 PID)" | wc -l)" 33
	is "$(levels "$(made 32 PID)")" "$(made 32 NSPID)"
	is "$(nspidmap -i self "1@$(made 32 PID)")" "$(made 32 PID)"
	is "$(old_kernel nspidmap -i self "1@$(made 32 PID)" 2> /dev/null)" "$(made 32 PID)"
	is "$(nspidmap -i "$(made 16 PID)" "1@$(made 32 PID)")" "$(made 32 NSPID | cut -d / -f 17)"
}

@test "inside a pid namespace with its own /proc" {
	need_root
	need_unshare --pid --fork --mount-proc
	run --separate-stderr unshare --pid --fork --mount-proc bash -c '
		nspidmap -n -r -o LEVEL,PID self; nspidmap -i self 1@self 1
		unshare --pid --fork --kill-child sleep 100 & sleep 0.3
		nspidmap -n -r -o LEVEL,PID 1@$(pgrep -x sleep); nspidmap -i $(pgrep -x sleep) $(pgrep -x sleep)
		kill $(pgrep -x sleep)'
	is "$stderr" ''
	[[ $output =~ ^0\ [0-9]+$'\n'1$'\n'1$'\n'0\ [0-9]+$'\n'1\ 1$'\n'1$ ]]
}

@test "inside a pid namespace with somebody else's /proc" {
	need_root
	need_unshare --pid --fork
	run --separate-stderr unshare --pid --fork sh -c '
		nspidmap -n -r -o LEVEL,PID 1@self; nspidmap -i self 1@self; nspidmap -n -r -o PIDNS self'
	is "$status" 0
	[[ $stderr == *'/proc belongs to another pid namespace than ours'* ]]
	local outside
	outside=$(head -n 1 <<< "$output")
	[[ $outside =~ ^0\ [0-9]+$ ]]
	is "$(sed -n 2,3p <<< "$output")" '1 1
1'
	is "$(sed -n 4p <<< "$output")" "$(readlink /proc/self/ns/pid | tr -dc 0-9)"
}

@test "an ordinary user: the numbers, but not whose they are" {
	need_root
	mk pid
	run --separate-stderr as_user ./nspidmap -n -r -o LEVEL,PID,PIDNS "$(made 1 PID)"
	is "$status" 0
	is "$output" "0 $(made 1 PID) $(readlink /proc/self/ns/pid | tr -dc 0-9)
1 1 ?"
	[[ $stderr == *'could not be read; run as root to see all' ]]
	run --separate-stderr as_user ./nspidmap "1@$(made 1 PID)"
	is "$status" 2
	is "$output" ''
	[[ $stderr == *"$(made 1 PID): the pid namespace of that process could not be read"* ]]
	run --separate-stderr as_user ./nspidmap --in "$(made 1 PID)" self
	is "$status" 2
	# Who has one number is where the viewer is, and so is that number.
	is "$(as_user ./nspidmap -i self "$$@$$" 2> /dev/null)" "$$"
}

@test "an ordinary user: his own" {
	need_root
	AS=as_user mk user,pid pid
	is "$(as_user ./nspidmap -n -r -o PID "$(made 2 PID)" | paste -sd/)" "$(made 2 NSPID)"
	is "$(as_user ./nspidmap -i self "1@$(made 2 PID)")" "$(made 2 PID)"
}

@test "a process that ends meanwhile is shown or missed, nothing else" {
	ends_meanwhile nspidmap 60
}

# 2,000 processes, 200 in each of ten namespaces, one inside the other; their PIDs in "pids". Nobody
# else's sleep that long.
populate() {
	local seconds=$((1000000 + RANDOM)) _
	cat > level <<- END
	for _ in {1..199}; do sleep $seconds & done
	[ "\$1" = 1 ] || unshare --pid --fork --kill-child bash level \$((\$1 - 1)) &
	exec sleep $seconds
	END
	hold unshare --pid --fork --kill-child bash level 10
	for _ in $(seq 300); do
		pgrep -f -x "sleep $seconds" > pids || true
		[ "$(wc -l < pids)" -lt 2000 ] || break
		sleep 0.1
	done
	while read -r pid; do
		awk -v pid="$pid" '/^NSpid/ { print pid, $0 }' "/proc/$pid/status"
	done < pids > numbers
	[ "$(wc -l < numbers)" = 2000 ]
}

@test "2,000 processes: the kernel's translation, NSpid and ours agree, both ways" {
	need_root
	need_unshare --pid --fork --kill-child
	populate
	local where status=0
	for where in $(sort -k 1n numbers | awk 'NR % 400 == 1 { print $1 }'); do
		kernelpid in "/proc/$where/ns/pid" < pids > kernel || { status=$?; break; }
		paste -d ' ' pids kernel | grep -v ' -$' > pairs
		[ "$(wc -l < pairs)" -gt 100 ]
		# shellcheck disable=SC2046 # a word each
		is "$(nspidmap --in "$where" $(cut -d ' ' -f 1 pairs) | md5sum)" \
			"$(cut -d ' ' -f 2 pairs | md5sum)"
		# shellcheck disable=SC2046
		is "$(nspidmap --in self $(sed "s/.* \(.*\)/\1@$where/" pairs) | md5sum)" \
			"$(cut -d ' ' -f 1 pairs | md5sum)"
		nspidmap --all "$where" -J 2> /dev/null | jq -r '.processes[] | "\(.pid) \(.nspid[-1])"' |
			sort > ours
		nspidmap --all "$where" -J 2> /dev/null | jq -r '.processes[].pid' | sort > all
		is "$(cut -d ' ' -f 1 pairs | sort | comm -23 - all)" ''
		awk '{ print $1, $NF }' numbers | sort | grep -wFf all | comm -23 - ours > missing
		is "$(cat missing)" ''
	done
	[ $status != 77 ] || cannot_run 'this kernel does not translate PIDs'
}
