#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nstrace on the running kernel.

load helper

# Nothing here may hang.
trace() {
	timeout -k 5 60 nstrace "$@" < /dev/null
}

# What a test that fails has left running.
teardown() {
	[ -z "${worker-}${tracer-}" ] || kill -KILL $worker $tracer 2> /dev/null || true
	release
	cd / && rm -rf "$scratch"
}

# The ways that work here.
sources() {
	echo ptrace
	[ "$(id -u)" != 0 ] || nstrace --source=bpf -o /dev/null true 2> no-bpf && echo bpf || {
		grep -q 'built without BPF' no-bpf || { cat no-bpf >&2; echo none; }
	}
}

# All that is told, but for numbers that are others in each run.
plain() { # JSON
	tail -n +2 "$1" | jq -c '[.type, .kinds, .error, .text, .path, .args, .status, .tgid == .pid,
		(.nspid | length), (.child | length), (.new | length)]' | sed -E 's/[0-9]{3,}/N/g'
}

# events JQ COMMAND...: of all its events, those and that; and that all sources tell the same.
events() {
	local what=$1 source first=''
	shift
	for source in $(sources); do
		rm -f link links numbers
		trace --source="$source" -J --output-all -o story.json -- "$@" > out 2> err ||
			{ echo "$?"; cat out err; return 1; }
		plain story.json | sort > "plain-$source" # who is first is chance
		first=${first:-$source}
		diff "plain-$first" "plain-$source" >&2 || return 1
	done
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

@test "children where their parents are: if they are asked for, and threads are none" {
	need_root
	local source
	for source in $(sources); do
		trace --source="$source" -J --output-all -e fork,exec -o story.json -- \
			sh -c '(sh -c "exec true"; true); true'
		tail -n +2 story.json > events.json
		is "$(jq -s 'map(select(.type == "fork")) | length' events.json)" 2
		# Who runs a program was made before it.
		jq -es 'map(select(.type == "fork").child[0]) as $made | map(select(.type == "exec").pid) |
			.[1:] - $made == []' events.json
		trace --source="$source" -J --columns TYPE -o story.json -- sh -c '(true); true'
		! grep '"fork"' story.json || return 1
		trace --source="$source" -J --output-all -e fork -o story.json -- \
			env ASAN_OPTIONS=detect_leaks=0 mkns net,thread < /dev/null
		is "$(grep -c '"fork"' story.json)" 1 # mkns has a child, which has a thread
	done
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
		sh -c 'setpriv --reuid 65534 unshare -n true; chroot /no/such; true' > told
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
	[[ $output == *"'nothing' is none of exec, clone, "*", none"* ]]
	run trace -o /no/such/file true
	[ "$status" = 125 ]
	is "$(echo hi | timeout 20 nstrace -o /dev/null cat)" hi
}

@test "a write that fails is said" {
	run bash -c 'nstrace -o /dev/full true; echo "status $?"'
	[[ $output == *'No space left on device'* ]]
}

@test "whoever stops reading does not end the command" {
	local source
	for source in $(sources); do
		run bash -c "nstrace --source=$source sh -c 'sleep 0.3; /bin/true; /bin/true; echo done > $source; exit 5' 2>&1 |
			head -n 1; echo \${PIPESTATUS[0]}"
		is "${lines[-1]}" 5
		is "$(cat "$source")" "done"
	done
	# What SIGPIPE did to the command before, it does.
	is "$(nstrace -o /dev/null sh -c 'yes | head -n 1; grep SigBlk /proc/self/status')" "y
$(grep SigBlk /proc/self/status)"
}

gone() { [ ! -e "/proc/$1" ]; }
state_of() { sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"; }
tracer_of() { sed -n 's/^TracerPid:\t//p' "/proc/$1/status"; }

@test "killed, a filter leaves nobody with broken calls" {
	nstrace --source=ptrace -o /dev/null -- sh -c 'sleep 1000 & sleep 1000' < /dev/null 3>&- &
	tracer=$!
	local shell sleepers pid
	wait_for eval '[ "$(pgrep -c -P "$(pgrep -P '$tracer')" sleep)" = 2 ]'
	shell=$(pgrep -P $tracer)
	sleepers=$(pgrep -P "$shell")
	kill -KILL $tracer
	wait $tracer || true
	for pid in $shell $workers; do wait_for gone "$pid"; done
}

# A shell that makes namespaces, one after the other, until it is killed.
start_worker() {
	sh -c 'while :; do unshare -u sh -c "read name < /proc/sys/kernel/hostname; echo hm >> works"; sleep 0.02; done' \
		< /dev/null > /dev/null 2>&1 3>&- &
	worker=$!
	wait_for test -s works
}

stop_worker() {
	kill -KILL "$worker"
	wait "$worker" || true
}

works() {
	local before
	before=$(wc -l < works)
	wait_for eval '[ "$(wc -l < works)" -gt '"$((before + 3))"' ]'
	[ "$(tracer_of "$worker")" = 0 ]
	[[ $(state_of "$worker") == [RSD] ]]
}

@test "running processes: told, let go, and none the worse, however it ends" {
	need_root
	need_unshare -u
	local source signal
	start_worker
	for source in $(sources); do
		for signal in INT TERM KILL; do
			rm -f story.json
			nstrace --source="$source" -J --output-all -p "$worker" > story.json 2> err < /dev/null 3>&- &
			tracer=$!
			wait_for eval 'tail -n +2 story.json | jq -es "any(.type == \"unshare\" and .new[0])"'
			kill -$signal $tracer
			wait $tracer && status=0 || status=$?
			cat err
			[ $status = "$([ $signal = KILL ] && echo 137 || echo 0)" ]
			works
		done
	done
	stop_worker
}

# follow_shell SCRIPT OPTION...: of a shell that is there before, and waits for "go" in the script.
follow_shell() {
	rm -f story.json
	mkfifo go
	sh -c "$1" < /dev/null 3>&- &
	worker=$!
	trace "${@:2}" -p $worker > story.json 3>&- &
	wait_for test -s story.json # its first line says that it has begun
	echo > go
	wait
	rm go
}

@test "running processes: all that they have started, with all threads, until they end" {
	need_root
	need_unshare -u
	local source
	for source in $(sources); do
		follow_shell 'sh -c "read word < go; unshare -u true" & wait; exit 3' --source="$source" -J --output-all
		tail -n +2 story.json | jq -es 'any(.type == "unshare" and .kinds == ["uts"])'
		is "$(tail -n +2 story.json | jq 'select(.type == "exit") | .status')" 3
	done
}

@test "several at once, containers by what is in them, and who is not there" {
	need_root
	mk pid,uts
	local inside
	inside=$(made 1 PID)
	run trace -p 4194304 -p "$inside"
	is "$status $output" '125 nstrace: 4194304: no such process'
	run trace -p no-such-box
	[ "$status" = 125 ]
	[[ $output == *"no-such-box: no such container"* ]]
	run trace -p 'net:[4026531833]'
	[ "$status" = 125 ]
	[[ $output == *'is not a process'* ]]
	nstrace -J --columns +TGID -p "$inside" -p 1@"pid:[$(made 1 pid)]" > story.json < /dev/null 3>&- &
	tracer=$!
	wait_for test -s story.json
	kill -TERM $tracer
	wait $tracer
}

@test "a process that has ended, and that nobody has waited for" {
	local source zombie
	need_root
	sh -c 'sleep 0.1 & echo $! > zombie; exec sleep 1000' 3>&- &
	worker=$!
	wait_for eval '[ "$(state_of "$(cat zombie)")" = Z ]'
	zombie=$(cat zombie)
	for source in $(sources); do
		run trace --source="$source" -p "$zombie"
		is "$status $output" "125 nstrace: $zombie has ended"
	done
}

@test "a process that somebody else traces" {
	need_root
	need strace
	sleep 1000 3>&- &
	worker=$!
	strace -o /dev/null -p $worker < /dev/null 2> /dev/null 3>&- &
	tracer=$!
	wait_for eval '[ "$(tracer_of '$worker')" = '$tracer' ]'
	run trace --source=ptrace -p $worker
	is "$status $output" "125 nstrace: cannot trace $worker: $tracer does already"
	if sources | grep -x bpf; then
		nstrace -J -p $worker > story.json < /dev/null 3>&- &
		wait_for test -s story.json
		kill -TERM $!
		wait $!
	fi
	kill $worker
	wait $tracer || true
}

@test "the whole system: who does it is nobody's child" {
	need_bpf
	need_unshare -u
	start_worker
	nstrace -a -J --output-all > story.json < /dev/null 3>&- &
	tracer=$!
	wait_for eval 'tail -n +2 story.json | jq -es "any(.type == \"unshare\" and .kinds == [\"uts\"])"'
	kill -INT $tracer
	wait $tracer
	stop_worker
	jq -e . story.json > /dev/null
	run trace -a true
	[ "$status" = 125 ]
	run trace --source=ptrace -a
	is "$output" 'nstrace: --all takes BPF'
}

@test "the whole system: an ordinary user is told what it takes" {
	need_root
	need setpriv
	run as_user timeout 20 nstrace -a
	[ "$status" = 125 ]
	[[ $output == 'nstrace: cannot follow by BPF: '*CAP_BPF* ]] || [[ $output == *'built without BPF' ]]
}

@test "events that are lost are counted and said" {
	need_bpf
	mkfifo go
	sh -c 'read word < go; exec env ASAN_OPTIONS=detect_leaks=0 caller rename 30000' < /dev/null 3>&- &
	worker=$!
	local status=0
	nstrace --fail-on-loss -J --summary -p $worker > story.json 2> err < /dev/null 3>&- &
	tracer=$!
	wait_for test -s story.json
	kill -STOP $tracer
	echo > go
	wait $worker
	kill -CONT $tracer
	wait $tracer || status=$?
	cat err
	is $status 125
	lost=$(sed -n 's/^nstrace: \([0-9]*\) events were lost$/\1/p' err)
	# Of others (exec, exit) some may be among those that were lost.
	told=$(tail -n +2 story.json | jq -c 'select(.type == "name")' | wc -l)
	[ "$lost" -gt 0 ] && [ $((told + lost)) -ge 30000 ] && [ $((told + lost)) -le 30010 ]
	jq -es '.[-1] == {"summary": [], "complete": false}' story.json
	nstrace --fail-on-loss -o /dev/null -- caller rename 1000
}

@test "a call that no tracepoint sees" {
	need_root
	need_unshare -u
	run caller unseen
	[ "$status" != 77 ] || skip "no calls of another table here: $output"
	local source
	for source in $(sources); do
		trace --source="$source" -J --output-all -o story.json -- env ASAN_OPTIONS=detect_leaks=0 caller unseen
		jq -es --arg type "$([ "$source" = bpf ] && echo moved || echo unshare)" \
			'.[] | select(.type == $type) | .new | length == 1' story.json
	done
}

# ending COMMAND...: what is said behind its events, by each way, is the same but for numbers and times. It
# is in summary.json and processes.json.
ending() {
	local source first=''
	for source in $(sources); do
		trace --source="$source" -J -c --tree -o story.json -- "$@"
		is "$(jq -c keys story.json | xargs)" \
			'[host,nstools] [complete,summary] [complete,processes]'
		jq 'select(.summary)' story.json > summary.json
		jq 'select(.processes)' story.json > processes.json
		jq -es 'all(.complete)' summary.json processes.json
		sed -E 's/"time": "[^"]*"/T/; s/"after": [0-9.]+/A/; s/[0-9]{3,}/N/g' summary.json processes.json \
			> "plain-$source"
		first=${first:-$source}
		diff "plain-$first" "plain-$source" >&2 || return 1
	done
}

@test "summary: which process made which namespace by which call, for whom, from whom" {
	need_root
	need_unshare -U -r -p -f --mount-proc
	ending sh -c 'unshare -Urpf --mount-proc sh -c "readlink /proc/self/ns/* > links"; unshare -n true; :' > out
	jq -c '.summary[] | [.command, .program, (.nspid | length), .program_pid == .pid]' summary.json > told
	is "$(cat told)" "[\"sh\",\"$(realpath /bin/sh)\",2,true]
[\"true\",\"$(type -P true)\",1,true]"
	is "$(jq -r '.summary[0] | [.lineage[] | sub("[(][0-9]+[)]"; "")] | join(" ")' summary.json)" 'sh unshare sh'
	is "$(jq -c '.summary[0].calls[] | [.command, .call, .after, (.new | map(split(":")[0]))]' summary.json)" \
		'["unshare","unshare",0,["mnt","pid","user"]]'
	is "$(jq -r '.summary[0].calls[].new[]' summary.json | sort)" "$(grep -E '^(mnt|pid|user):' links | sort -u)"
	is "$(jq -r '.summary[0].init_of' summary.json)" "$(grep ^pid: links | head -n 1)"
	jq -e '.summary[] | .after >= 0 and .after < 60 and (.time | fromdateiso8601? // true)' summary.json
	# The lineage says numbers as the rest does.
	jq -e '.summary[0] | .lineage[-1] == "sh(\(.pid))" and .lineage[1] == "unshare(\(.calls[0].pid))"' summary.json
}

@test "summary: made and kept, or made for nobody" {
	need_root
	need_unshare -n
	touch kept
	ending unshare --net=kept true
	while umount kept 2> /dev/null; do :; done
	jq -e '.summary | length == 1 and .[0].program != null' summary.json
	ending env ASAN_OPTIONS=detect_leaks=0 caller clone 3
	is "$(jq -c '.summary[] | [.pid, .lineage, (.calls | length), .calls[0].call, .calls[0].after]' summary.json)" \
		'[null,null,3,"clone",null]'
	ending true
	is "$(jq -c '.summary' summary.json)" '[]'
	is "$(trace -c -- true 2>&1)" 'no namespace was made'
}

@test "tree: who took part, with parents as they were at birth" {
	need_root
	need_unshare -n
	# Both shells between are gone when true runs. What is not about namespaces is left out.
	ending bash -c '(: ; (sleep 0.3; unshare -n true; :) & :) ; sleep 0.6; :'
	is "$(jq -r '.processes[] | "\(.depth) \(.command) \(.ancestor) \(.new | length)"' processes.json)" \
		'0 bash true 0
1 bash true 0
2 bash true 0
3 true false 1'
	jq -e '[.processes[] | .pid] as $pids | all(.processes[1:][]; .ppid | IN($pids[]))' processes.json
	jq -e '.processes[] | select(.new[0]) | .ran == ["/usr/bin/unshare", "/usr/bin/true"]' processes.json
	mk net,pid
	ending nsenter -t "$(made 1 PID)" -n -p sh -c 'exit 3' || true
	is "$(jq -r '.processes[0].joined | sort[]' processes.json)" "net:[$(made 1 net)]
pid:[$(made 1 pid)]"
	jq -e '.processes[1] | .new == [] and (.nspid | length) == 2 and .container == null' processes.json
}

@test "running processes: whom they descend from" {
	need_root
	need_unshare -u
	local source
	for source in $(sources); do
		follow_shell 'read word < go; unshare -u true; :' --source="$source" -J --summary
		# This test, and who runs it, were there before.
		tail -n 1 story.json | jq -e --arg us "($$)" --arg it "sh($worker)" \
			'.summary[0].lineage | .[-2] == $it and any(.[:-2][]; endswith($us))'
	done
}

@test "what is said at the end, and how: tables, lines, letters of strace" {
	need_root
	need_unshare -p -f
	trace -C --tree -o both -- unshare -pf true
	trace -c --tree -n -o tables -- unshare -pf true
	trace -e none --tree -o tree -- unshare -pf true
	trace -c -r -o raw -- unshare -pf true
	trace -e none -o nothing -- unshare -pf true
	is "$(sed -E 's/[0-9]{3,}/N/g; s/[0-9]\.N/T/; s/ +/ /g; s/^ //' tables)" \
		"N N/1 T true PID 1 of pid:[N] is N, runs /usr/bin/true
- - - - ├─from unshare(N) -> true(N)
N N T unshare └─unshare: new pid:[N]

N N unshare ran /usr/bin/unshare; new pid:[N] by unshare; exit 0
N N/1 └─true PID 1 of pid:[N]; ran /usr/bin/true; exit 0"
	is "$(grep -cE '^ *(PID|TIME)' both)" 3
	is "$(grep -c '^$' both)" 2
	[ ! -s nothing ]
	[[ $(head -n 1 tree) == *COMMAND*DID ]]
	is "$(wc -l < tree)" 3
	is "$(head -n 1 raw)" 'CONTAINER PID NSPID AFTER COMMAND SUMMARY'
	is "$(awk 'NF != 6' raw)" ''
	run -127 trace -C -- no-such-command
	is "${lines[-1]}" 'nstrace: cannot run no-such-command: No such file or directory'
	[[ $output != *'no namespace'* ]]
	run trace -c -o /dev/full unshare -pf true
	[[ $output == *'No space left on device'* ]]
	run trace -e none,exec true
	[ "$status" = 125 ]
}

@test "a story of bytes that no terminal should see" {
	need_root
	need_unshare -n
	printf '#!/bin/sh\nexec unshare -n "$0" now\n' > $'\e[31mred'
	printf '#!/bin/sh\ntrue\n' > $'\e[31mred\n'
	chmod +x $'\e[31mred' $'\e[31mred\n'
	run trace -c --tree -- unshare -n ./$'\e[31mred\n'
	[[ $output != *$'\e'* ]]
	[[ $output == *'\x1b[31mred'* ]]
	ending unshare -n ./$'\e[31mred\n'
	jq -e '.summary[0].command == "\u001b[31mred\n"' summary.json
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
	# LeakSanitizer does not work in who is traced.
	events 'select(.type == "clone") | .child[0]' env ASAN_OPTIONS=detect_leaks=0 caller clone 10000 > told
	is "$(sort -u told | wc -l)" 10000
}

@test "each end once, however many threads end with it" {
	need_root
	need_unshare -p -f
	local source
	for source in $(sources); do
		trace --source="$source" -J -e exit -o story.json -- env ASAN_OPTIONS=detect_leaks=0 caller crowd 200
		is "$(tail -n +2 story.json | jq -s 'map(select(.status == 3)) | length')" 200
	done
}

@test "files that map users, open at once" {
	need_root
	need_unshare -U
	events 'select(.type == "map") | "\(.path | split("/")[-1]) \(.text)"' \
		env ASAN_OPTIONS=detect_leaks=0 caller maps > told
	is "$(cat told)" "setgroups deny
uid_map 0 0 1
gid_map 0 0 1"
}

# What ptrace(2) does not see: the command's filter answers before ours.
@test "a call that the command itself refuses" {
	need_bpf
	trace --source=bpf -J -o story.json -- caller refused
	is "$(tail -n +2 story.json | jq -c 'select(.type == "unshare") | [.error, .new, .event]')" \
		'["EXDEV",[],"unshare uts: Invalid cross-device link"]'
}

@test "no more children, no mounts that are only bound, no filter that is only asked for" {
	need_root
	need_unshare -p -m
	local source
	for source in $(sources); do
		if [ "$source" = bpf ]; then
			trace --source=bpf -J -o story.json -- unshare -p sh -c '/bin/true; (true); (true)' 2> err || true
			tail -n +2 story.json | jq -es 'any(.type == "clone" and .error == "ENOMEM")'
		fi
		trace --source="$source" -J -o story.json -- \
			unshare -m sh -c 'mount --bind /tmp /tmp; mount -o remount,ro /tmp; mount --make-shared /tmp'
		is "$(tail -n +2 story.json | jq -r 'select(.type == "mount") | .event')" ''
	done
}

@test "it waits for nobody else, and the command ignores what it did" {
	local source start
	for source in $(sources); do
		start=$SECONDS
		sh -c "sleep 8 3>&- & exec nstrace --source=$source -o /dev/null true"
		[ $((SECONDS - start)) -lt 6 ]
		is "$(trap '' CHLD; nstrace --source="$source" -o /dev/null grep SigIgn /proc/self/status)" \
			"$(trap '' CHLD; grep SigIgn /proc/self/status)"
	done
}

@test "a child that must not be traced is, as its calls would fail" {
	need_root
	need_unshare -u
	# Where there is no tracer, the filter says ENOSYS.
	is "$(events 'select(.type == "unshare") | .kinds[]' \
		env ASAN_OPTIONS=detect_leaks=0 caller untraced)" uts
}

@test "setuid programs are what they are, if we are root" {
	need_root
	need setpriv
	cp "$(command -v id)" their-id
	chmod 4755 their-id
	is "$(setpriv --reuid 65534 --clear-groups ./their-id -u)" 0 || cannot_run 'setuid means nothing here'
	local source
	for source in $(sources); do
		is "$(trace --source="$source" -o /dev/null -- setpriv --reuid 65534 --clear-groups ./their-id -u)" 0
	done
}

@test "an ordinary user, and what he is told of setuid programs" {
	need_root
	need setpriv
	need_unshare -U
	as_user nstrace --source=bpf true 2> err && return 1
	grep -E 'CAP_BPF|built without BPF' err
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
