#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsls on the running kernel.

load helper

@test "a namespace of each kind is listed with its process, and gone after it" {
	need_root
	local kind ns
	for kind in mnt net pid uts ipc user cgroup time; do
		mk "$kind"
		ns=$(made 1 "$kind")
		is "$(row "$ns" TYPE,NPROCS,NTHREADS,PID,HOST)" "$kind 1 1 $(made 1 PID) no"
		release
		is "$(row "$ns" TYPE,PID | grep "^$kind $(made 1 PID)\$")" ''
	done
}

@test "an ordinary user sees his own new namespaces" {
	need_root
	AS=as_user mk user,pid,net,uts
	run --separate-stderr as_user ./nsls -n -r -o NS,TYPE,NPROCS,PID -t net,uts,user,pid
	is "$status" 0
	local kind
	for kind in user pid net uts; do
		grep -qx "$(made 1 $kind) $kind 1 $(made 1 PID)" <<< "$output"
	done
	[[ $stderr == *'processes could not be read; run as root to see all'* ]]
}

@test "owners and parents of a nest" {
	need_root
	mk user,pid user,pid,net uts
	local host_user host_pid
	host_user=$(readlink /proc/self/ns/user | tr -dc 0-9)
	host_pid=$(readlink /proc/self/ns/pid | tr -dc 0-9)
	is "$(row "$(made 1 user)" PNS,ONS)" "$host_user $host_user"
	is "$(row "$(made 2 user)" PNS,ONS)" "$(made 1 user) $(made 1 user)"
	is "$(row "$(made 1 pid)" PNS,ONS)" "$host_pid $(made 1 user)"
	is "$(row "$(made 2 pid)" PNS,ONS)" "$(made 1 pid) $(made 2 user)"
	is "$(row "$(made 2 net)" PNS,ONS)" "- $(made 2 user)"
	is "$(row "$(made 3 uts)" ONS,NSPID)" "$(made 2 user) $(made 3 NSPID)"
}

@test "a user namespace that nobody is in is found above the one below it" {
	need_root
	mk user,orphan user
	is "$(row "$(made 1 user)" TYPE,NPROCS,NTHREADS)" "user $(zero) $(zero)"
	is "$(row "$(made 2 user)" PNS)" "$(made 1 user)"
}

@test "a namespace that only a thread is in" {
	need_root
	mk net,uts,thread
	is "$(row "$(made 1 net)" NPROCS,NTHREADS,PID)" "$(zero) 1 $(made 1 TID)"
	is "$(row "$(made 1 uts)" NPROCS,NTHREADS,PID)" "$(zero) 1 $(made 1 TID)"
}

@test "a process whose leader has exited and whose thread lives" {
	need_root
	mk net,dead-leader
	local pid tid
	pid=$(made 1 PID)
	tid=$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 -not -name "$pid" -printf %f)
	is "$(row "$(readlink "/proc/$tid/ns/net" | tr -dc 0-9)" NPROCS,NTHREADS,PID)" "$(zero) 1 $tid"
	run --separate-stderr nsls -n -r -o TYPE "$pid"
	is "$status" 0
	is "$(sort <<< "$output" | tr '\n' ' ')" 'pid user '
}

@test "threads are counted" {
	need_root
	mk uts,threads=7
	is "$(row "$(made 1 uts)" NPROCS,NTHREADS)" '1 8'
}

@test "a zombie is still in its pid and user namespace, and in no other" {
	need_root
	mk user,pid,net uts,zombie
	is "$(row "$(made 1 pid)" NPROCS)" 2
	is "$(row "$(made 1 user)" NPROCS)" 2
	is "$(row "$(made 1 net)" NPROCS)" 1
	run --separate-stderr nsls -n -r -o TYPE "$(made 2 PID)"
	is "$status" 0
	is "$(sort <<< "$output" | tr '\n' ' ')" 'pid user '
}

@test "a time namespace that only children will be in" {
	need_root
	mk time,for-children
	is "$(row "$(made 1 time_for_children)" TYPE,NPROCS)" "time $(zero)"
}

@test "a pid namespace that is not born yet" {
	need_root
	local before after
	before=$(nsls -n -r -t pid 2> /dev/null | wc -l)
	mk pid,for-children
	is "$(made 1 pid_for_children)" -
	after=$(nsls -n -r -o NPROCS,PNS -t pid 2> /dev/null)
	is "$(wc -l <<< "$after")" $((before + 1))
	grep -qxF "$(zero) $(made 1 pid)" <<< "$after"
}

@test "what is known of the first process is what ps says" {
	need_root
	need ps
	mk uts,uid=12345
	local pid
	pid=$(made 1 PID)
	is "$(row "$(made 1 uts)" PID,PPID,UID,USER,STAT,RSS)" \
		"$(ps -o pid=,ppid=,uid=,user=,stat=,rss= -p "$pid" | tr -s ' ' | sed 's/^ //')"
	is "$(row "$(made 1 uts)" COMMAND)" "$(ps -o args= -p "$pid" | sed 's/ /\\x20/g')"
	is "$(date -d "$(nsls -J -o START "uts:[$(made 1 uts)]" 2> /dev/null | jq -r '.namespaces[0].start')" +%s)" \
		"$(date -d "$(ps -o lstart= -p "$pid")" +%s)"
}

@test "the start of a process is the same seen from another time namespace" {
	need_root
	need unshare
	mk uts
	local here there
	here=$(nsls -J -o PID,START,STAT "uts:[$(made 1 uts)]" 2> /dev/null | jq -c .namespaces)
	there=$(unshare --time --fork --boottime 86400 nsls -J -o PID,START,STAT \
		"uts:[$(made 1 uts)]" 2> /dev/null | jq -c .namespaces)
	is "$there" "$here"
	[[ $here == *'"start":"20'* ]]
}

@test "the host's own namespaces are marked" {
	need_root
	[ "$(readlink /proc/self/ns/pid)$(readlink /proc/self/ns/mnt)" = 'pid:[4026531836]mnt:[4026531832]' ] ||
		cannot_run 'not in the initial namespaces of Linux 6.17 or newer'
	is "$(nsls -n -r -o TYPE,HOST self 2> /dev/null | sort | tr '\n' ' ')" \
		'cgroup yes ipc yes mnt yes net yes pid yes time yes user yes uts yes '
	run --separate-stderr nsls --no-host -n -r -o NS
	not grep -qx -e 4026531836 -e 4026531837 -e 4026531833 -e 4026531832 <<< "$output"
}

@test "references: PID, TID, PID:inode, self, inode, kind:[inode], id, path" {
	need_root
	mk net,thread uts
	local net tid
	net=$(made 1 net) tid=$(made 1 TID)
	is "$(nsls -n -r -o NS -t net "$tid" 2> /dev/null)" "$net"
	is "$(nsls -n -r -o NS -t uts "$(made 2 PID)" 2> /dev/null)" "$(made 2 uts)"
	is "$(nsls -n -r -o NS -t uts "$(made 2 PID):$(made 2 INODE)" 2> /dev/null)" "$(made 2 uts)"
	is "$(nsls -n -r -o NS "$net" 2> /dev/null)" "$net"
	is "$(nsls -n -r -o NS "net:[$net]" "net:$net" 2> /dev/null)" "$net"
	is "$(nsls -n -r -o NS "/proc/$tid/ns/net" 2> /dev/null)" "$net"
	is "$(nsls -n -r -o NS "id:$(row "$net" ID)" 2> /dev/null)" "$net"
	is "$(nsls -n -r -o TYPE -p self 2> /dev/null | wc -l)" 8
}

@test "a TID that is where its leader is can be named too" {
	need_root
	mk uts,threads=1
	local tid
	tid=$(find "/proc/$(made 1 PID)/task" -mindepth 1 -maxdepth 1 -not -name "$(made 1 PID)" -printf %f)
	is "$(nsls -n -r -o NS,NTHREADS -t uts "$tid" 2> /dev/null)" "$(made 1 uts) 2"
}

@test "a bind mount that nothing else holds is shown where its path is named" {
	need_root
	need_unshare --mount
	mk net
	run --separate-stderr unshare -m sh -c '
		touch blue && mount --bind "/proc/$1/ns/net" blue || exit 3
		kill -9 "$1"; while [ -e "/proc/$1/ns/net" ]; do sleep 0.01; done
		nsls -n -r -o NS,TYPE,NPROCS ./blue' - "$(made 1 PID)"
	is "$status" 0
	is "$output" "$(made 1 net) net $(zero)"
}

@test "what is not there is said, and the rest is shown" {
	run --separate-stderr nsls -n -r -o TYPE 4194304 self
	is "$status" 1
	is "$(wc -l <<< "$output")" 8
	[[ $stderr == *'nsls: 4194304: no such process'* ]]
	run --separate-stderr nsls 'net:[1]' /proc/self/ns/nope
	is "$status" 1
	is "$output" ''
	[[ $stderr == *'net:[1]: no such namespace'* ]]
	[[ $stderr == *'cannot open /proc/self/ns/nope: No such file or directory'* ]]
}

@test "a path that is no namespace is refused without opening it" {
	mkfifo pipe
	local path
	for path in ./pipe /dev/null /proc/self /etc/passwd; do
		run --separate-stderr timeout 5 nsls "$path"
		is "$status" 2
		is "$output" ''
		[[ $stderr == *"$path is not a namespace"* ]]
	done
}

@test "PID:inode of another process is refused" {
	need_root
	mk uts
	run --separate-stderr nsls "$(made 1 PID):1"
	is "$status" 1
	[[ $stderr == *"process $(made 1 PID) has inode $(made 1 INODE) now, so it is another one"* ]]
}

@test "a process that ends meanwhile is shown or missed, nothing else" {
	local i
	for i in $(seq 60); do
		sleep "0.00$((i % 10))" 3>&- &
		run --separate-stderr nsls -n -r -o NS -t net "$!"
		wait "$!" || true
		case $status in
		0) [[ $output =~ ^[0-9]+$ ]] ;;
		1) [[ $stderr == *"$!: "* ]]; is "$output" '' ;;
		*) return 1 ;;
		esac
	done
}

@test "a thread of a process that refuses: it exists, and could not be read" {
	need_root
	mk threads=1
	local tid
	tid=$(find "/proc/$(made 1 PID)/task" -mindepth 1 -maxdepth 1 -not -name "$(made 1 PID)" -printf %f)
	run --separate-stderr as_user ./nsls "$tid"
	is "$status" 2
	[[ $stderr == *"$tid: the namespaces of this process could not be read"* ]]
}

# With no more than N descriptors, none of them taken.
with_descriptors() {
	sh -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n "$1"; shift; exec "$@"' - "$@"
}

@test "out of descriptors, nothing is claimed" {
	local n
	for n in 5 6 7 8; do
		run --separate-stderr with_descriptors "$n" nsls -J self
		[ "$status" = 2 ] || jq -e '.namespaces | length == 8' <<< "$output"
	done
	run --separate-stderr with_descriptors 4 nsls
	is "$status" 2
	is "$output" ''
	[[ $stderr == *'Too many open files'* ]]
}

@test "hidepid=4: what may be hidden from root too is said" {
	need_root
	need_unshare --pid --fork --mount
	run --separate-stderr unshare --pid --fork --mount sh -c '
		mount -t proc -o hidepid=4 proc /proc && exec nsls -J'
	is "$status" 0
	jq -e '.complete == false and any(.gaps[]; .source | test("hidepid"))' <<< "$output"
}

@test "a folder of a /proc is no /proc" {
	need_root
	need_unshare --mount
	run --separate-stderr unshare -m sh -c 'mount --bind /proc/sys /proc && exec nsls'
	[[ $stderr == *'nsls: no process file system is mounted at /proc'* ]]
	is "$output" ''
}

# long_command TEXT: in a uts namespace of its own; its PID is in $long_pid.
long_command() {
	local n=0
	# It waits for nothing by itself, as what it would start has a command line of its own.
	unshare --uts bash -c 'exec 3<> <(:); read -r -t 100 -u 3; : "$1$2"' "$1" "$1" "$1" 3>&- &
	long_pid=$!
	while [ "$n" -lt 100 ] && [ "$(readlink "/proc/$long_pid/ns/uts")" = "$(readlink /proc/self/ns/uts)" ]; do
		sleep 0.05
		n=$((n + 1))
	done
}

@test "a long command line is shown whole, up to 64 KiB" {
	need_root
	long_command "$(head -c 20000 /dev/zero | tr '\0' x)"
	is "$(nsls -J -t uts "$long_pid" 2> /dev/null | jq '.namespaces[0].command | length')" \
		"$(tr -d '\n' < "/proc/$long_pid/cmdline" | wc -c | awk '{ print $1 - 1 }')"
	kill "$long_pid"
	wait "$long_pid" || true
}

@test "a longer one is cut, in a saved snapshot at 128 KiB" {
	need_root
	long_command "$(head -c 100000 /dev/zero | tr '\0' x)"
	is "$(nsls -J -t uts "$long_pid" 2> /dev/null | jq '.namespaces[0].command | length')" 65536
	nsls --save state.json 2> /dev/null
	# With a NUL between two arguments.
	is "$(jq --argjson pid "$long_pid" '.processes[] | select(.pid == $pid) | .cmdline | join("-") | length' \
		state.json)" 131072
	kill "$long_pid"
	wait "$long_pid" || true
}

@test "an ordinary user is told what he does not see" {
	need_root
	mk net
	run --separate-stderr as_user ./nsls -J --output-all
	is "$status" 0
	[[ $stderr == *' of '*' processes could not be read; run as root to see all'* ]]
	jq -e '.complete == false and (.gaps | length) > 0' <<< "$output"
	jq -e --arg gap "/proc/$(made 1 PID)/ns" 'any(.gaps[]; .source == $gap and .error == "EACCES")' <<< "$output"
	run --separate-stderr as_user ./nsls "$(made 1 PID)"
	is "$status" 2
	is "$output" ''
	[[ $stderr == *'the namespaces of this process could not be read'* ]]
}

@test "a process that is not dumpable is unreadable to its own user" {
	need_root
	AS=as_user mk user,nodump
	run --separate-stderr as_user ./nsls "$(made 1 PID)"
	is "$status" 2
	[[ $stderr == *'the namespaces of this process could not be read'* ]]
}

@test "inside a pid namespace with its own /proc" {
	need_root
	need_unshare --pid --fork --mount-proc
	run --separate-stderr unshare --pid --fork --mount-proc nsls -n -r -o TYPE,NPROCS,PID,NSPID -t pid
	is "$status" 0
	is "$output" 'pid 1 1 1'
	is "$stderr" ''
}

@test "inside a pid namespace with somebody else's /proc" {
	need_root
	need_unshare --pid --fork
	run --separate-stderr unshare --pid --fork nsls -n -r -o TYPE,NSPID -t pid self
	is "$status" 0
	[[ $output =~ ^pid\ [0-9]+/1$ ]]
	[[ $stderr == *'/proc belongs to another pid namespace than ours'* ]]
	run --separate-stderr unshare --pid --fork nsls -n -r 1:1
	is "$status" 2
	[[ $stderr == *'1:1: '*'/proc belongs to another pid namespace'* ]]
}

@test "without /proc" {
	need_root
	need_unshare --mount
	run --separate-stderr unshare -m sh -c 'mount -t tmpfs none /proc && exec nsls'
	[[ $stderr == *'nsls: no process file system is mounted at /proc'* ]]
	# LeakSanitizer itself gives up without /proc.
	[[ $stderr == *LeakSanitizer* ]] || is "$status" 2
}

@test "hidepid=2: that processes are hidden is said" {
	need_root
	need_unshare --pid --fork --mount
	run --separate-stderr unshare --pid --fork --mount sh -c '
		mount -t proc -o hidepid=2 proc /proc; sleep 100 & sleeper=$!
		setpriv --reuid=65534 --regid=65534 --clear-groups ./nsls -J; status=$?
		setpriv --reuid=65534 --regid=65534 --clear-groups ./nsls 1; echo "named: $?" >&2
		kill "$sleeper"; exit "$status"'
	is "$status" 0
	jq -e '.complete == false and any(.gaps[]; .source | test("hidepid"))' <<< "$output"
	[[ $stderr == *'nsls: not everything could be read'* ]]
	[[ $stderr == *'nsls: 1: that process exists, but /proc hides it from us'* ]]
	[[ $stderr == *'named: 2'* ]]
}

@test "hidepid=1: processes that refuse are counted" {
	need_root
	need_unshare --pid --fork --mount
	run --separate-stderr unshare --pid --fork --mount sh -c '
		mount -t proc -o hidepid=1 proc /proc
		setpriv --reuid=65534 --regid=65534 --clear-groups ./nsls -n -r -o TYPE,NPROCS -t net; exit $?'
	is "$status" 0
	is "$output" 'net 1'
	[[ $stderr == *'nsls: 1 of 2 processes could not be read; run as root to see all'* ]]
}

@test "hidepid=2 hides nothing from root" {
	need_root
	need_unshare --pid --fork --mount
	run --separate-stderr unshare --pid --fork --mount sh -c '
		mount -t proc -o hidepid=2 proc /proc && exec nsls -J'
	is "$status" 0
	jq -e '[.gaps[] | select(.source | test("hidepid"))] == []' <<< "$output"
}

@test "a hostile name reaches neither the terminal nor the JSON" {
	need_root
	mk 'uts,name=\x1b[2J\xff,argv=\x1b]0;x\x07\x9b\xc2\x9b\x0a'
	nsls --output-all -t uts > table 2>&1
	LC_ALL=C tr -d '\n' < table > bytes
	LC_ALL=C not grep -qa '[[:cntrl:]]' bytes
	grep -qF '\x1b]0;x\x07' table
	nsls -J --output-all | jq -e --argjson ns "$(made 1 uts)" \
		'.namespaces[] | select(.ns == $ns) | .command == "\u001b]0;x\u0007\ufffd\u009b\n"'
	nsls --save saved.json
	jq -e --argjson pid "$(made 1 PID)" \
		'.processes[] | select(.pid == $pid) | .comm == "\\x1b[2J\\xff" or .comm == "\u001b[2J\\xff"' saved.json
}

@test "a saved snapshot says what the living system said" {
	need_root
	need_unshare --pid --fork --mount-proc
	mk pid,net,uts
	run --separate-stderr unshare --pid --fork --mount-proc sh -c '
		nsls -J --output-all > live; nsls --save saved.json; nsls --from saved.json -J --output-all > loaded'
	is "$(stat -c %a saved.json)" 600
	# The first process is the shell, the same for both, but for what it is doing and has grown.
	is "$(jq -c '.namespaces[] | del(.rss, .stat)' loaded)" \
		"$(jq -c '.namespaces[] | del(.rss, .stat)' live)"
	is "$(jq -c '.host | del(.taken)' loaded)" "$(jq -c '.host | del(.taken)' live)"
}

@test "a redacted snapshot holds no argument and no name" {
	need_root
	mk 'uts,argv=s3cr3t-t0ken'
	nsls --save open.json
	grep -q s3cr3t-t0ken open.json
	nsls --from open.json --save closed.json --redact
	is "$(jq -c '.namespaces[] | del(.interfaces)' closed.json)" \
		"$(jq -c '.namespaces[] | del(.interfaces)' open.json)"
	is "$(jq -c '[.namespaces[].interfaces | length]' closed.json)" \
		"$(jq -c '[.namespaces[].interfaces | length]' open.json)"
	is "$(jq -r '.namespaces[].interfaces[]? | select(test("^interface-[0-9]+$") | not)' closed.json)" ''
	is "$(jq -c '.processes[].ns' closed.json)" "$(jq -c '.processes[].ns' open.json)"
	not grep -q s3cr3t-t0ken closed.json
	not grep -q "\"$(hostname)\"" closed.json
	not grep -q '"name":"root"' closed.json
}

@test "an existing file that is not ours keeps its content where saving fails" {
	need_root
	echo precious > kept
	run --separate-stderr sh -c 'ulimit -f 0; trap "" XFSZ; exec nsls --save kept'
	is "$status" 2
	is "$(cat kept)" precious
	is "$(find . -name 'kept.*')" ''
}

@test "descriptors: a scan needs only a few, and none is left open" {
	need_root
	mk net uts ipc user pid mnt,threads=20
	run --separate-stderr prlimit --nofile=16 nsls -J
	is "$status" 0
	jq -e '[.gaps[] | select(.error == "EMFILE")] == []' <<< "$output"
}
