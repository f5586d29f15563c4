#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nstree on the running kernel.

load helper

# borders PROCESS...: "PID kind,kind" for each below them; "?" where it is unknown.
borders() {
	nstree -J -o PID,BORDER "$@" 2> /dev/null |
		jq -r '.processes[] | "\(.pid) \(if .border then .border | join(",") else "?" end)"'
}

# The row of one process, without its numbers and users.
drawn() { # PID OPTION...
	nstree -n -o PID,COMMAND "${@:2}" 2> /dev/null | sed -nE "s/^ *$1 //p"
}

@test "each border, and none where there is none" {
	need_root
	mk mnt,net name=plain pid,uts,ipc user cgroup,time
	is "$(borders "$mkns_pid")" "$mkns_pid 
$(made 1 PID) mnt,net
$(made 2 PID) 
$(made 3 PID) ipc,pid,uts
$(made 4 PID) user
$(made 5 PID) cgroup,time"
	is "$(drawn "$(made 1 PID)" "$mkns_pid")" '└─▣ {mnt net} mkns'
	is "$(drawn "$(made 2 PID)" "$mkns_pid")" '  └─plain'
	is "$(drawn "$(made 3 PID)" "$mkns_pid")" '    └─▣ {ipc pid uts} mkns'
	is "$(LC_ALL=C drawn "$(made 3 PID)" "$mkns_pid")" '    `-# {ipc pid uts} mkns'
	is "$(drawn "$(made 3 PID)" -A "$mkns_pid")" '    `-# {ipc pid uts} mkns'
	is "$(LC_ALL=C drawn "$(made 3 PID)" -U "$mkns_pid")" '    └─▣ {ipc pid uts} mkns'
	is "$(nstree -n -r -o PID,NSPID "$(made 3 PID)" 2> /dev/null | head -n 1)" \
		"$(made 3 PID) $(made 3 NSPID)"
}

@test "both sources say the same" {
	need_root
	mk mnt pid,net name=inner user uts,thread ipc
	local options
	need_bpf
	for options in -s -B "-N net" --threads "-s --threads" "-N pid -s"; do
		for source in proc bpf; do
			# shellcheck disable=SC2086 # words
			nstree --source=$source -J $options --output-all "$(made 1 PID)" 2> /dev/null |
				jq -c '.processes[] | select(.pid != 1)' > $source
		done
		[ "$(wc -l < proc)" -ge 5 ]
		diff -u proc bpf
	done
}

@test "the lineage, up to the top" {
	need_root
	mk mnt pid
	local pid=$$ expected=
	pid=$(made 2 PID)
	while [ "$pid" != 0 ]; do
		expected="$pid $expected"
		pid=$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")
	done
	is "$(nstree -s -r -n -o PID "$(made 2 PID)" 2> /dev/null | paste -sd' ') " "$expected"
	is "$(nstree -s -r -n -o PID,DEPTH "$(made 2 PID)" 2> /dev/null | awk '$2 != NR - 1')" ''
}

@test "borders only" {
	need_root
	mk mnt name=plain name=plain net name=leaf
	is "$(nstree -B -r -n -o PID "$(made 1 PID)" 2> /dev/null | paste -sd' ')" \
		"$(made 1 PID) $(made 2 PID) $(made 3 PID) $(made 4 PID)"
	is "$(nstree -B -s -r -n -o PID "$(made 1 PID)" 2> /dev/null | tail -n 1)" "$(made 4 PID)"
}

@test "a namespace means who is in it" {
	need_root
	mk net name=plain net
	is "$(nstree -r -n -o PID "net:[$(made 1 net)]" | paste -sd' ')" \
		"$(made 1 PID) $(made 2 PID) $(made 3 PID)"
	is "$(nstree -r -n -o PID "/proc/$(made 3 PID)/ns/net" | paste -sd' ')" "$(made 3 PID)"
	is "$(nstree -r -n -o PID "1@$(made 1 PID)" | head -n 1)" "$(nspidmap -i self "1@$(made 1 PID)")"
}

@test "nobody is in it: exit 1 and a sentence" {
	need_root
	need_unshare --mount --net
	run --separate-stderr unshare -m sh -c '
		mount --make-rprivate / && touch empty && unshare --net=./empty true || exit 3
		nstree ./empty'
	is "$output" ''
	[[ $stderr == *'./empty: no process'*'is in net:['* ]]
	is "$status" "$([ "$(zero)" = 0 ] && echo 1 || echo 2)"
	run --separate-stderr nstree 4194304 self
	is "$status" 1
	[[ $stderr == *'nstree: 4194304: no such process'* ]]
	[[ $output == *nstree ]]
}

@test "threads" {
	need_root
	mk net,thread ipc threads=2
	local tid leader
	leader=$(made 1 PID)
	tid=$(nstree --threads -r -n -o TID,BORDER "$leader" 2> /dev/null | sed -n 's/ net$//p')
	is "$(stat -L -c %i "/proc/$leader/task/$tid/ns/net")" "$(made 1 net)"
	not grep -w "$tid" <(nstree -r -n -o TID "$leader" 2> /dev/null)
	is "$(nstree --threads -r -n -o PID,TID "$(made 3 PID)" 2> /dev/null | wc -l)" 3
	is "$(nstree --threads -r -n -o TID "$leader" 2> /dev/null | sort -n)" \
		"$(ls -d /proc/{"$leader","$(made 2 PID)","$(made 3 PID)"}/task/* | sed 's|.*/||' | sort -n)"
	# A thread means its process, or itself.
	is "$(nstree -r -n -o PID "$tid" 2> /dev/null | head -n 1)" "$leader"
	is "$(nstree --threads -r -n -o PID,TID "$tid" 2> /dev/null)" "$leader $tid"
}

# still OPTION...: all that ps and nstree say in a pid namespace in which nothing else comes and goes.
still() {
	cat > inside <<-'END'
		mkfifo hold; mkns mnt,net uts pid,user name=leaf pid < hold > made & exec 9> hold
		until grep -q '^ready$' made; do sleep 0.05; done
		nstree -J "$@" > ours.json 2> ours.err
		ps -eo pid=,comm= > ps.out
		exec 9>&-; wait
	END
	unshare --pid --fork --mount-proc bash inside "$@" 3>&-
	jq -r '.processes[] | select(.command != "nstree") | .pid' ours.json | sort -n > ours
	awk '$2 != "ps" { print $1 }' ps.out | sort -n > theirs
}

@test "every process that ps knows, once" {
	need_root
	need_unshare --pid --fork --mount-proc
	need ps
	local options
	for options in '' '-N pid' '-N net' '-N user' -s; do
		rm -f hold
		# shellcheck disable=SC2086 # words
		still $options
		[ "$(wc -l < ours)" -ge 7 ]
		diff -u theirs ours
	done
}

@test "a tree for each pid namespace" {
	need_root
	mk mnt pid name=leaf pid
	is "$(nstree -n -N pid -o PID,COMMAND "$(made 1 PID)" 2> /dev/null | sed 's/^ *//')" \
		"- pid:[$(readlink /proc/self/ns/pid | tr -dc 0-9)]
$(made 1 PID) └─▣ {mnt} mkns
- pid:[$(made 2 pid)]
$(made 2 PID) └─▣ {pid} mkns
$(made 3 PID)   └─leaf
- pid:[$(made 4 pid)]
$(made 4 PID) └─▣ {pid} mkns"
	is "$(nstree -J -N pid "$(made 2 PID)" 2> /dev/null | jq -c '[.processes[] | [.pid, .pidns, .depth]]')" \
		"[[$(made 2 PID),$(made 2 pid),0],[$(made 3 PID),$(made 2 pid),1],[$(made 4 PID),$(made 4 pid),0]]"
}

@test "who came in from outside of our pid namespace has a place at the top" {
	need_root
	need_unshare --pid --fork --mount-proc
	need nsenter
	hold unshare --pid --fork --kill-child --mount-proc sh -c 'echo up > up; sleep 300'
	local _ inside
	for _ in $(seq 100); do [ ! -s up ] || break; sleep 0.05; done
	inside=$(pgrep -P "$holder")
	nsenter -t "$inside" -p -m sh -c 'sleep 299 & exec sleep 298' 3>&- &
	local joined=$!
	for _ in $(seq 100); do
		[ "$(pgrep -c -P "$joined")" = 0 ] || break
		sleep 0.05
	done
	sleep 0.3
	nsenter -t "$inside" -p -m "$scratch/nstree" -J > inside.json 2> /dev/null
	is "$(jq -c '[.processes[] | select(.ppid == 0 and .command == "sleep") | [.depth, .border]]' inside.json)" \
		'[[0,null]]'
	is "$(jq -c '[.processes[] | select(.pid == 1) | [.depth, .border]]' inside.json)" '[[0,null]]'
	# From out here it is seen.
	nstree -J "$joined" 2> /dev/null | jq -e '[.processes[] | select(.border == ["pid"])] | length == 1'
	pkill -KILL -P "$joined"
	wait "$joined" || true
}

@test "an ordinary user: unknown is not none" {
	need_root
	mk mnt pid name=leaf
	run --separate-stderr as_user ./nstree -J -o PID,BORDER "$mkns_pid"
	is "$status" 0
	is "$(jq -c '[.processes[] | .border], .complete' <<< "$output")" '[null,null,["pid","?"],null]
false'
	is "$(as_user ./nstree -n -o PID,COMMAND "$mkns_pid" 2> /dev/null | sed 's/^ *//')" \
		"$mkns_pid {?} mkns
$(made 1 PID) └─{?} mkns
$(made 2 PID)   └─▣ {pid ?} mkns
$(made 3 PID)     └─{?} leaf"
	[[ $(as_user ./nstree "$mkns_pid" 2>&1 > /dev/null) == *'could not be read; run as root to see all' ]]
	[[ $(as_user ./nstree -B "$mkns_pid" 2>&1 > /dev/null) == *'nstree: 1 more may be at a border: that could not be read'* ]]
	run --separate-stderr as_user ./nstree "pid:[$(made 2 pid)]"
	is "$status" 1
	is "$output" ''
}

@test "an ordinary user: his own" {
	need_root
	AS=as_user mk user,pid net
	is "$(as_user ./nstree -J -o PID,BORDER "$(made 1 PID)" 2> /dev/null | jq -c '[.processes[] | .border]')" \
		'[["pid","user"],["net"]]'
}

@test "users, here and in there" {
	need_root
	need_unshare --mount
	mk user,mnt name=leaf
	is "$(nstree -n -r -o UID,USER,NSUSER "$(made 2 PID)" 2> /dev/null)" \
		"$(stat -c %u "/proc/$(made 2 PID)") $(stat -c %u "/proc/$(made 2 PID)") root"
	is "$(nstree -n -o USER "$(made 2 PID)" 2> /dev/null)" "$(stat -c %u "/proc/$(made 2 PID)")/root"
	echo 'inner:x:65534:65534::/:/bin/sh' > passwd
	hold unshare -m sh -c 'mount --bind passwd /etc/passwd && echo up > up &&
		exec setpriv --reuid=65534 --regid=65534 --clear-groups sleep 300'
	local _ here
	for _ in $(seq 100); do [ ! -s up ] || [ "$(cat "/proc/$holder/comm")" != sleep ] || break; sleep 0.05; done
	here=$(id -nu 65534 2> /dev/null || echo 65534)
	is "$(nstree -n -o USER "$holder" 2> /dev/null)" "$here/inner"
	is "$(nstree -n -o USER,NSUSER "$holder" 2> /dev/null)" "$here/inner inner"
	is "$(nstree -J "$holder" 2> /dev/null | jq -c '.processes[0] | [.user, .nsuser]')" "[\"$here\",\"inner\"]"
}

@test "deep" {
	need_root
	local words=()
	for _ in $(seq 120); do words+=(name=deep); done
	mk "${words[@]}" pid
	is "$(nstree -r -n -o PID,DEPTH "$(made 1 PID)" 2> /dev/null | tail -n 1)" "$(made 121 PID) 120"
	is "$(drawn "$(made 121 PID)" "$(made 1 PID)" | sed 's/^ *//')" '└─… +56 levels ▣ {pid} mkns'
	is "$(nstree -s -J "$(made 121 PID)" 2> /dev/null | jq '[.processes[].depth] | max')" \
		"$(nstree -s -r -n -o DEPTH "$(made 121 PID)" 2> /dev/null | tail -n 1)"
}

@test "the same borders as pstree -S" {
	need_root
	need pstree
	pstree --help 2>&1 | grep -q -- --ns-changes || cannot_run 'this pstree has no -S'
	mk mnt,net name=plain uts,ipc pid user cgroup
	# "mkns(12,ipc,uts)"; whatever order it has.
	pstree -p -S "$(made 1 PID)" | grep -oE '\([0-9]+[a-z,]*\)' | tr -d '()' |
		while IFS=, read -r pid kinds; do
			echo "$pid $(tr , '\n' <<< "$kinds" | sort | paste -sd,)"
		done | sort -n > theirs
	borders "$(made 1 PID)" | sort -n > ours
	[ "$(wc -l < ours)" = 6 ]
	# It does not look at the parent of what it begins with.
	diff -u <(sed 1d theirs) <(sed 1d ours)
}

@test "what ends meanwhile is shown or missed, nothing else" {
	ends_meanwhile nstree 40
}
