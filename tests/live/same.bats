#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The source changes the price, never the answer: /proc and the BPF task iterator tell the same.

load helper

# both LEVEL...: everything, by each source, from inside a pid namespace of its own, where
# nothing else comes or goes.
both() {
	need_unshare --pid --fork --mount-proc
	cat > inside <<-'END_INSIDE'
		rm -f hold; mkfifo hold; mkns "$@" < hold > made & exec 9> hold
		until grep -q '^ready$' made; do sleep 0.05; done
		for source in proc bpf; do
			nsls --source=$source -v -J --output-all > $source.json 2> $source.err
			nsls --source=$source --tree=process > $source.tree 2> /dev/null
			nsls --source=$source --save $source.saved 2> /dev/null
		done
		exec 9>&-; wait
	END_INSIDE
	unshare --pid --fork --mount-proc bash inside "$@" 3>&-
}

# Without what changes from one run to the next.
normal() {
	jq -S 'del(.host.taken) | del(.. | .rss?)' "$1"
}

# The processes of a saved snapshot but for nsls itself, all that is known of each.
saved_processes() {
	jq -S '.processes[] | select(.comm != "nsls") | del(.. | .rss?)' "$1"
}

same() {
	diff <(normal proc.json) <(normal bpf.json)
	jq -e '.namespaces | length > 8' bpf.json
	diff <(saved_processes proc.saved) <(saved_processes bpf.saved)
}

@test "bpf and proc: threads in other namespaces" {
	need_bpf
	both net,uts,thread uts,threads=7 mnt
	same
}

@test "bpf and proc: nested pid and user namespaces" {
	need_bpf
	both user,pid,net user,pid uts,cgroup pid,ipc user
	same
	jq -e '[.namespaces[].nspid // [] | length] | max == 4' bpf.json
}

@test "bpf and proc: a zombie, and a leader that has exited before its threads" {
	need_bpf
	both user,pid,net uts,zombie
	same
	both net,dead-leader
	same
}

@test "bpf and proc: namespaces for children, born and unborn" {
	need_bpf
	both time,for-children
	same
	both pid,for-children
	same
}

@test "bpf and proc: a user namespace that nobody is in, and another user" {
	need_bpf
	both user,orphan user uts,uid=12345
	same
}

@test "bpf and proc: the same trees" {
	need_bpf
	both user,pid,net user,pid uts
	diff <(grep -v nsls proc.tree) <(grep -v nsls bpf.tree)
}

@test "bpf and proc: on the host, ours and the kernel threads, process by process" {
	need_bpf
	mk user,pid,net uts,threads=3
	local source
	for source in proc bpf; do
		nsls --source=$source --save "$source.saved" 2> /dev/null
		jq '[.processes[].pid]' "$source.saved" > "$source.pids"
	done
	# Others come and go meanwhile, kernel workers too, and those are called after what they do.
	for source in proc bpf; do
		jq -S --slurpfile proc proc.pids --slurpfile bpf bpf.pids \
			--argjson first "$(made 1 PID)" --argjson second "$(made 2 PID)" '
			($proc[0] - ($proc[0] - $bpf[0])) as $both
			| [.processes[] | select(.pid as $pid | $both | index($pid))
				| select(.pid == (2, $first, $second) or .ppid == 2)
				| if .comm | startswith("kworker/") then .comm |= sub("[-+].*"; "") else . end
				| {pid, tgid, ppid, uid, comm, start, ns, pids}]' "$source.saved" > "$source.list"
	done
	jq -e 'length >= 2' bpf.list
	jq -e --argjson pid "$(made 2 PID)" 'any(.[]; .pid == $pid)' bpf.list
	diff proc.list bpf.list
}

@test "bpf and proc: a thread that was asked for" {
	need_bpf
	mk uts,threads=1
	local tid
	tid=$(ls "/proc/$(made 1 PID)/task" | tail -n 1)
	is "$(nsls --source=bpf -r -n -t uts -o NS,NPROCS,NTHREADS "$tid" 2> /dev/null)" "$(made 1 uts) 1 2"
	is "$(nsls --source=bpf -r -n -o NS,TYPE "$tid" 2> /dev/null)" \
		"$(nsls --source=proc -r -n -o NS,TYPE "$tid" 2> /dev/null)"
}

@test "bpf and proc: what a process is doing" {
	need_bpf
	mk uts
	local pid source
	pid=$(made 1 PID)
	for source in proc bpf; do
		nsls --source=$source --save "$source.saved" 2> /dev/null
		is "$(jq -r ".processes[] | select(.pid == $pid) | .state" "$source.saved")" S
	done
	kill -STOP "$pid"
	for source in proc bpf; do
		nsls --source=$source --save "$source.saved" 2> /dev/null
		is "$(jq -r ".processes[] | select(.pid == $pid) | .state" "$source.saved")" T
		is "$(jq -r '.processes[] | select(.pid == 2) | .state' "$source.saved")" S
	done
	kill -CONT "$pid"
	jq -e '[.processes[].state] | index("I")' bpf.saved
}

@test "-v names the source; --source=bpf says what it lacks, and auto goes on without it" {
	need_bpf
	run -0 nsls -v --source=bpf
	[[ $output == *'nsls: source: bpf'* ]]
	run -2 as_user nsls --source=bpf
	is "$output" 'nsls: --source=bpf: cannot run the BPF task iterator: loading: needs CAP_BPF and CAP_PERFMON, or root'
	run -0 as_user nsls -v
	[[ $output == *'nsls: source: proc'* ]]
	[[ $output == *'nsls: not bpf: cannot run the BPF task iterator: loading: needs CAP_BPF'* ]]
}

@test "somebody else's /proc is not read by BPF" {
	need_bpf
	run -2 unshare --pid --fork nsls --source=bpf
	[[ $output == *'BPF sees our own pid namespace, and /proc shows another'* ]]
	run -0 unshare --pid --fork nsls -v
	[[ $output == *'nsls: source: proc'* ]]
}

@test "BPF shows what /proc refuses" {
	need_bpf
	mk uts,nodump
	local uts
	uts=$(made 1 uts)
	# Without CAP_SYS_PTRACE, root may not read the links of a process that is not dumpable.
	run -0 setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace nsls -n -r -o NS,NPROCS --source=proc
	[[ $output != *"$uts 1"* ]]
	run -0 setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace nsls -n -r -o NS,NPROCS
	[[ $output == *"$uts 1"* ]] || [[ $output == *"$uts ?"* ]]
}

@test "a build without BPF says so, and goes on without it" {
	run nsls --source=bpf
	[[ $output == *'built without BPF'* ]] || return 0
	is "$status" 2
	is "$output" 'nsls: --source=bpf: this nstools was built without BPF'
	run -0 nsls -v
	[[ $output == *'nsls: source: proc'* ]]
}
