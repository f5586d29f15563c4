#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsaudit beside what really can be done in there. Real engines: tests/engines.

load helper
load audit

@test "namespaces: the host's are those that the kernel numbers so" {
	need jq
	local kind ino
	for kind in cgroup:4026531835 ipc:4026531839 pid:4026531836 time:4026531834 user:4026531837 uts:4026531838; do
		ino=$(stat -L -c %i "/proc/self/ns/${kind%:*}")
		nsaudit --self -J 2> /dev/null | jq -e --arg check "${kind%:*}-host" \
			--argjson host "$([ "$ino" = "${kind#*:}" ] && echo true || echo false)" \
			'any(.findings[]; .check == $check) == $host'
	done
}

@test "namespaces: each by itself" {
	need_root
	local kind
	for kind in cgroup ipc net uts; do
		[ "$(stat -L -c %i /proc/self/ns/user)" = 4026531837 ] || cannot_run 'this is not the host'
		mk $kind
		not grep -x "$kind-host" <(nsaudit -n -r -o CHECK "$(made 1 PID)" 2> /dev/null)
		nsaudit -n -r -o CHECK "$(made 1 PID)" 2> /dev/null | grep -x pid-host
		release
	done
}

@test "core_pattern: of root in a user namespace, by uid alone" {
	need_root
	need capsh jq
	confined -U -m --map-users=0,0,1 --map-groups=0,0,1 -- 'mount --make-rprivate /'
	is "$(levels core-pattern "$started")" critical
	is "$(levels root-mapped "$started")" medium
	is "$(levels capabilities "$started")" ''
	inside "$started" capsh --drop=all -- -c ': >> /proc/sys/kernel/core_pattern'
}

@test "core_pattern: read-only, masked, and by a second mount" {
	need_root
	need jq
	confined -m -- 'mount --make-rprivate /; mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys'
	is "$(levels core-pattern "$started")" ''
	not inside "$started" sh -c ': >> /proc/sys/kernel/core_pattern'
	confined -m -- 'mount --make-rprivate /; mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys
		mkdir -p "$w/second"; mount -t proc proc "$w/second"'
	is "$(levels core-pattern "$started")" critical
	[[ "$(finding core-pattern "$started")" == "$scratch/second/sys/kernel/core_pattern is writable"* ]]
	inside "$started" sh -c ': >> '"$scratch"'/second/sys/kernel/core_pattern'
	confined -m -- 'mount --make-rprivate /; mkdir -p "$w/second"; mount -t proc proc "$w/second"
		for proc in /proc "$w/second"; do mount -t tmpfs none "$proc/sys"; done'
	is "$(levels core-pattern "$started")" ''
}

# mapped OUTSIDE: a process in a user namespace whose root is that user of the host. newuidmap(1), which
# unshare(1) asks for a map, gives root of the host no other users.
mapped() {
	need_unshare -U -m
	background unshare -U -m sleep 1000
	local _
	for _ in $(seq 100); do
		[ "$(readlink "/proc/$started/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] || break
		sleep 0.05
	done
	echo "0 $1 1000" > "/proc/$started/uid_map"
	echo "0 $1 1000" > "/proc/$started/gid_map"
	# That one is the host's root still, who has no id in there.
	founder=$started
	background nsenter -t "$founder" -U -m -S 0 -G 0 sleep 1000
	wait_for is_asleep
}

@test "core_pattern: not of other users" {
	need_root
	need jq
	mapped 100000
	is "$(levels core-pattern "$founder")" critical
	nsenter -t "$founder" -U -m --preserve-credentials sh -c ': >> /proc/sys/kernel/core_pattern'
	is "$(levels core-pattern "$started")" ''
	is "$(levels root-mapped "$started")" ''
	is "$(levels host-root "$started")" high
	not nsenter -t "$started" -U -m -S 0 -G 0 sh -c ': >> /proc/sys/kernel/core_pattern'
	mapped 0
	is "$(levels core-pattern "$started")" critical
	nsenter -t "$started" -U -m -S 0 -G 0 sh -c ': >> /proc/sys/kernel/core_pattern'
}

@test "core_pattern: what root in a user namespace has masked, it may unmask" {
	need_root
	need jq
	mapped 0
	nsenter -t "$started" -U -m -S 0 -G 0 sh -c 'mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys'
	is "$(levels core-pattern "$started")" unknown
	not nsenter -t "$started" -U -m -S 0 -G 0 sh -c ': >> /proc/sys/kernel/core_pattern'
	nsenter -t "$started" -U -m -S 0 -G 0 sh -c 'umount /proc/sys && : >> /proc/sys/kernel/core_pattern'
	is "$(levels core-pattern "$started")" critical
	# What was there before is not its own, and looks the same.
	confined -m -- 'mount --make-rprivate /; mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys
		exec unshare -U -m --map-users=0,0,1 --map-groups=0,0,1 bash -c "echo > \"$w/ready\"; exec sleep 1000"'
	is "$(levels core-pattern "$started")" unknown
	not nsenter -t "$started" -U -m -S 0 -G 0 umount /proc/sys
}

@test "mounts: a renamed target hides nothing" {
	need_root
	need jq
	mkdir -p jail/data jail/sys jail/dev
	touch jail/socket
	confined -m -- 'mount --make-rprivate /; cd "$w"
		mount --bind /etc jail/data; mount -o remount,ro,bind jail/data
		mount --bind / jail/sys'
	is "$(levels host-root "$started")" critical
	nsaudit -J "$started" 2> /dev/null | jq -e --arg path "$scratch/jail" '
		[.findings[] | select(.check == "host-root") | .finding] |
			any(. == "the host\u0027s / is writable at " + $path + "/sys")'
	finding host-mount "$started" | grep -xF "the host's /etc is readable at $scratch/jail/data"
}

@test "devices: a node, wherever it is mounted; one that may not be opened" {
	need_root
	need jq
	mkdir devices
	touch harmless
	mknod devices/disk b 7 0 2> /dev/null || cannot_run 'mknod is refused here'
	confined -m -- 'mount --make-rprivate /; mount -t tmpfs none /dev; mount --bind "$w/devices/disk" "$w/harmless"'
	is "$(levels device-disk "$started")" critical
	[ "$(finding device-disk "$started")" = "may read and write disks: $scratch/harmless" ]
	confined -m -- 'mount --make-rprivate /; mount -t tmpfs none /dev; mount --bind "$w/devices/disk" "$w/harmless"
		mount -o remount,nodev,bind "$w/harmless"'
	is "$(levels device-disk "$started")" ''
	not inside "$started" sh -c ": < '$scratch/harmless'"
}

@test "sockets: of whoever listens" {
	need_root
	need jq python3
	touch innocent
	background python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(1000)' "$scratch/a.sock"
	local _
	for _ in $(seq 100); do [ ! -S a.sock ] || break; sleep 0.05; done
	confined -m -- 'mount --make-rprivate /; mount --bind "$w/a.sock" "$w/innocent"'
	is "$(levels host-socket "$started")" medium
	finding host-socket "$started" | grep -F "$scratch/innocent"
	mv a.sock docker.sock
	confined -m -- 'mount --make-rprivate /; mount --bind "$w/docker.sock" "$w/innocent"'
	is "$(levels engine-socket "$started")" critical
	is "$(levels host-socket "$started")" ''
}

# A process called dockerd that listens there; COMMAND, which ends with what is added to it, may see to it
# that it is elsewhere.
listen_as_dockerd() { # SOCKET [COMMAND...]
	rm -f listens
	w=$scratch background "${@:2}" python3 -c 'import ctypes, socket, sys, time
assert ctypes.CDLL(None).prctl(15, b"dockerd") == 0 # PR_SET_NAME
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
open("listens", "w").close(); time.sleep(1000)' "$1"
	wait_for test -e listens
}

@test "sockets: the same path in another mount namespace is another socket" {
	need_root
	need jq python3
	need_unshare -m
	mkdir folder
	touch innocent
	listen_as_dockerd "$scratch/folder/s" unshare -m bash -e -c \
		'mount --make-rprivate /; mount -t tmpfs none "$w/folder"; exec "$@"' -
	not test -e folder/s
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("folder/s")'
	confined -m -- 'mount --make-rprivate /; mount --bind "$w/folder/s" "$w/innocent"'
	not grep -F "$scratch" <(finding engine-socket "$started")
	is "$(levels host-socket "$started")" medium
	rm folder/s
	listen_as_dockerd "$scratch/folder/s"
	confined -m -- 'mount --make-rprivate /; mount --bind "$w/folder/s" "$w/innocent"'
	finding engine-socket "$started" |
		grep -xF "may command the host's docker: $scratch/folder/s at $scratch/innocent"
	is "$(levels host-socket "$started")" ''
}

@test "sockets: a path into a file system that never answers" {
	need_root
	need jq python3
	need_unshare -m
	[ -c /dev/fuse ] || cannot_run 'there is no /dev/fuse'
	mkdir mute
	listen_as_dockerd "$scratch/mute/s"
	# In there that path is another one, and engines have their sockets elsewhere.
	confined -m -- 'mount --make-rprivate /; mount -t tmpfs none /run
		python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"/run/docker.sock\")"
		exec 5< <(exec mutefs "$w/mute"); read -r -u 5 line || exit 3'
	local there=$started start
	confined -m -- 'mount --make-rprivate /'
	start=$EPOCHREALTIME
	# What hangs may not even be killed, so that nobody waits for it without end.
	background nsenter -t "$there" -m sh -c 'cd "$0"; nsaudit -J "$1" > said; : > ended' "$scratch" "$started"
	wait_for test -e ended
	[ $((${EPOCHREALTIME/./} - ${start/./})) -lt 5000000 ]
	jq -e '[.findings[] | select(.check == "engine-socket")] |
		any(.level == "unknown" and (.finding | contains("where all engines of the host have their sockets"))) and
		any(.finding | contains("docker: /run/docker.sock at /run/docker.sock"))' said
	jq -e 'any(.findings[]; .check == "core-pattern" and .level == "critical")' said
}

@test "rights: seccomp, no_new_privs, capabilities" {
	need_root
	need setpriv jq
	confined -m -- 'mount --make-rprivate /'
	is "$(levels no-new-privs "$started")" low
	is "$(levels seccomp-off "$started")" "$([ "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$started/status")" != 0 ] || echo medium)"
	background setpriv --no-new-privs --bounding-set=-all --inh-caps=-all sleep 1000
	while [ "$(cat "/proc/$started/comm")" != sleep ]; do sleep 0.05; done
	is "$(levels no-new-privs "$started")" ''
	is "$(levels capabilities "$started")" ''
	background setpriv --bounding-set=-all,+net_raw sleep 1000
	while [ "$(cat "/proc/$started/comm")" != sleep ]; do sleep 0.05; done
	is "$(finding capabilities "$started")" 'capabilities on the host: net_raw'
}

@test "nothing that could not be read is taken for fine" {
	need_root
	need jq
	need_unshare -m
	confined -m -- 'mount --make-rprivate /'
	# In a mount namespace where that file is another one.
	without() { # FILE COMMAND...
		unshare -m sh -c 'mount --bind /dev/null "$0" && shift 0 && exec "$@"' "$@"
	}
	run --separate-stderr without "/proc/$started/status" nsaudit -J --fail-on critical "$started"
	is "$status" 2 # it has the host's root directory, and nobody knows as whom
	jq -e '[.findings[] | select(.check | IN("capabilities", "seccomp-off", "no-new-privs")) | .level] ==
		["unknown", "unknown", "unknown"]' <<< "$output"
	run --separate-stderr without "/proc/$started/mountinfo" nsaudit -J "$started"
	jq -e '[.findings[] | select(.check | IN("host-root", "core-pattern", "engine-socket", "device-disk")) |
		.level] | length == 4 and all(. == "unknown")' <<< "$output"
	all() { nsaudit -J --explain all | jq -r '.checks[].check'; }
	only() { all | grep -vxF -e "$1" | paste -sd ,; }
	run -2 --separate-stderr without "/proc/$started/mountinfo" nsaudit --ignore "$(only host-root)" "$started"
	[[ $output == *unknown*host-root* ]]
	[[ $stderr == *"1 thing could not be made out"* ]]
	run -2 --separate-stderr without "/proc/$started/status" nsaudit --ignore "$(only capabilities)" "$started"
	run -0 --separate-stderr without "/proc/$started/status" nsaudit --ignore "$(only no-new-privs)" "$started"
	[[ $output == *unknown*no-new-privs* ]] # which is never high
	run -2 --separate-stderr without "/proc/$started/status" nsaudit --fail-on low --ignore "$(only no-new-privs)" "$started"
}

@test "an ordinary user, of root's process: unknown, and exit status 2" {
	need_root
	need jq setpriv
	confined -m -p -f --mount-proc -- true
	child=$(pgrep -P "$started")
	run -2 --separate-stderr as_user nsaudit -J \
		--ignore host-root,core-pattern,sysctl-writable,sys-writable,kernel-fs,cgroup-writable "$child"
	jq -e '[.findings[] | select(.check | IN("net-host", "mnt-host", "user-host", "device-disk", "leaked-directory")) |
		.level] | length == 5 and all(. == "unknown")' <<< "$output"
	jq -e 'all(.findings[]; .level != "unknown" or (.finding | contains("run as root of the host")))' <<< "$output"
	jq -e 'any(.findings[]; .check == "no-new-privs" and .level == "low")' <<< "$output"
}

@test "an ordinary user, in a user namespace of his own" {
	need jq
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run --separate-stderr "${as[@]}" unshare -Urmpf --mount-proc nsaudit --self -J
	[ "$status" != 1 ] || [ "$(jq '.findings | length' <<< "$output")" -gt 0 ] || cannot_run 'unshare is refused here'
	jq -e 'any(.findings[]; .check == "pid-host") | not' <<< "$output"
	jq -e 'any(.findings[]; .check == "net-host" and .level == "medium")' <<< "$output"
	jq -e 'any(.findings[]; .check == "core-pattern") | not' <<< "$output"
	jq -e 'any(.findings[]; .check == "root-mapped") | not' <<< "$output"
}

@test "from inside: root who is the host's, or not" {
	need_root
	need jq
	need_unshare -Umpf --map-users=0,0,1 --map-groups=0,0,1
	run --separate-stderr unshare -Umpf --mount-proc --map-users=0,0,1 --map-groups=0,0,1 nsaudit -J
	jq -e 'any(.findings[]; .check == "core-pattern" and .level == "critical")' <<< "$output"
	jq -e 'any(.findings[]; .check == "root-mapped" and .level == "medium")' <<< "$output"
	mapped 100000
	run --separate-stderr nsenter -t "$started" -U -S 0 -G 0 unshare -mpf --mount-proc nsaudit -J
	jq -e 'any(.findings[]; .check | IN("core-pattern", "root-mapped")) | not' <<< "$output"
	jq -e 'any(.findings[]; .check == "pid-host") | not' <<< "$output"
}

@test "names that do something to a terminal" {
	need_root
	need jq
	mkdir "$scratch/a"$'\e[31m\n'
	confined -m -- 'mount --make-rprivate /; mount --bind /etc "$w"/a*'
	run --separate-stderr nsaudit -u "$started"
	[[ $output == *'the host'*'/etc is writable at '*'\x1b[31m'* ]]
	[[ $output != *$'\e'* ]]
	run --separate-stderr nsaudit -J "$started"
	jq -e --arg path "$scratch/a"$'\e[31m\n' 'any(.findings[]; .finding | endswith($path))' <<< "$output"
}

@test "a file system that never answers" {
	need_root
	need jq
	[ -c /dev/fuse ] || cannot_run 'there is no /dev/fuse'
	mkdir mute
	confined -m -- 'mount --make-rprivate /
		exec 5< <(exec mutefs "$w/mute"); read -r -u 5 line || exit 3
		mount --bind /proc/sys /proc/sys'
	local start=$EPOCHREALTIME
	run --separate-stderr timeout 20 nsaudit -J "$started"
	is "$status" 1
	[ $((${EPOCHREALTIME/./} - ${start/./})) -lt 5000000 ]
	# The rest is known.
	jq -e 'any(.findings[]; .check == "core-pattern" and .level == "critical")' <<< "$output"
	jq -e 'any(.findings[]; .check == "device-disk" and .level == "unknown") | not' <<< "$output"
}

@test "levels, exit status, and what is left out" {
	need_root
	confined -m -- 'mount --make-rprivate /'
	run -1 nsaudit "$started"
	local ignore
	ignore=$(nsaudit -n -r -o CHECK,WORST "$started" 2> /dev/null | awk '$2 == "high" || $2 == "critical" { print $1 }' | sort -u | paste -sd ,)
	run -0 --separate-stderr nsaudit --ignore "$ignore" "$started"
	run -1 --separate-stderr nsaudit --ignore "$ignore" --fail-on low "$started"
	not grep -wE 'high|critical' <<< "$output"
	run -2 nsaudit --fail-on dreadful "$started"
	[[ $output == *"'dreadful' is none of info, low, medium, high, critical"* ]]
	run -2 nsaudit --ignore nothing "$started"
	run -2 nsaudit --all "$started"
	run -2 nsaudit --from /dev/null
	run -2 nsaudit 4194304
	run -2 nsaudit no-such-container
}

@test "sorted by level, the worst in front" {
	nsaudit --self -n -r -o WORST 2> /dev/null > levels || true
	[ -s levels ]
	sed -e 's/critical/5/' -e 's/high/4/' -e 's/medium/3/' -e 's/low/2/' -e 's/info/1/' levels > numbers
	sort -rn numbers | diff - numbers
}

@test "--explain tells of every check" {
	need jq
	local check n=0
	for check in $(nsaudit --explain all -n -r -o CHECK); do
		run -0 nsaudit --explain "$check"
		[[ ${lines[0]} == "$check: "* && $output == *$'\nRemedy: '* ]]
		n=$((n + 1))
	done
	[ $n -ge 30 ]
	nsaudit --explain all -J | jq -e --argjson n $n '.checks | length == $n'
	run -2 nsaudit --explain nothing
}

@test "mounts: a part of /proc/sys by itself; a thousand on one another" {
	need_root
	confined -m -p -f --mount-proc -- '
		mount --bind -o ro /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys
		mkdir "$w/vm"; mount -t proc none "$w/vm"; mount --bind "$w/vm/sys/vm" "$w/vm"'
	local first
	first=$(pgrep -P "$started")
	is "$(levels sysctl-writable "$first")" high
	[[ $(finding sysctl-writable "$first") == *"/vm is writable"* ]]
	confined -m -- 'mkdir "$w/deep"; for i in {1..1000}; do mount -t tmpfs none "$w/deep"; done'
	timeout 20 nsaudit -J "$started" 2> /dev/null | jq -e '.findings | length > 0'
}

@test "rights: inheritable capabilities" {
	need_root
	need setpriv
	background setpriv --inh-caps +sys_module \
		setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all sleep 1000
	local _
	for _ in $(seq 100); do
		[ "$(cat "/proc/$started/comm" 2> /dev/null)" != sleep ] || break
		sleep 0.05
	done
	cat started.err
	[[ $(finding capabilities "$started") == *'by way of a setuid program: '*sys_module* ]]
}

@test "rights: those of another thread" {
	need_root
	need setpriv
	need_unshare -m
	background setpriv --no-new-privs caller powerless # which gets nothing by executing
	is_powerless() { [ "$(cat "/proc/$started/comm")" = powerless ]; }
	wait_for is_powerless
	grep -P '^CapEff:\t0+$' "/proc/$started/status"
	grep -P '^Uid:(\t65534){4}$' "/proc/$started/status"
	is "$(levels user-host "$started")" medium
	[[ $(finding capabilities "$started") == *'capabilities on the host: '*sys_admin* ]]
	local other
	other=$(find "/proc/$started/task" -mindepth 1 -maxdepth 1 ! -name "$started")
	run --separate-stderr unshare -m sh -c 'mount --bind /dev/null "$0" && exec "$@"' "$other/status" \
		nsaudit -J "$started"
	jq -e 'any(.findings[]; .check == "capabilities" and .level == "unknown")' <<< "$output"
}

@test "groups: a socket that is open to one of them" {
	need_root
	need jq perl python3 setpriv
	touch innocent
	background python3 -c 'import os, socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind("docker.sock"); os.chown("docker.sock", 0, 54321); os.chmod("docker.sock", 0o660)
s.listen(); time.sleep(1000)'
	wait_for test -S docker.sock
	local group member can
	for group in 54321:critical 54322:medium; do
		member=(setpriv "${powerless[@]}" --groups "${group%:*}")
		confined -m -- 'mount --make-rprivate /; mount --bind "$w/docker.sock" "$w/innocent"
			echo > "$w/ready"; exec "$@" sleep 1000' "${member[@]}"
		wait_for is_asleep
		# There may be an engine on the host.
		is "$(nsaudit -J "$started" 2> /dev/null | jq -r '.findings[] | select(.check == "engine-socket" and
			(.finding | endswith("/innocent"))) | .level')" "${group#*:}"
		can=critical
		nsenter -t "$started" -m "${member[@]}" perl -MIO::Socket::UNIX -e \
			'IO::Socket::UNIX->new($ARGV[0]) or exit 1' "$scratch/innocent" || can=medium
		is $can "${group#*:}"
	done
}

@test "mounts: for who has capabilities instead of root's uid, and as a layer of an overlay" {
	need_root
	need jq setpriv
	mkdir t o
	local caps=-all,+dac_override
	local member=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$caps"
		--ambient-caps="$caps" --bounding-set="$caps" --no-new-privs)
	confined -m -- 'mount --make-rprivate /; echo > "$w/ready"; exec "$@" sleep 1000' "${member[@]}"
	wait_for is_asleep
	is "$(levels host-root "$started")" critical
	"${member[@]}" sh -c ': >> /etc/passwd'
	member=(setpriv "${powerless[@]}" --clear-groups)
	confined -m -- 'mount --make-rprivate /; echo > "$w/ready"; exec "$@" sleep 1000' "${member[@]}"
	wait_for is_asleep
	is "$(levels host-root "$started")" high
	not "${member[@]}" sh -c ': >> /etc/passwd'
	confined -m -- 'mount --make-rprivate /; mount -t tmpfs none "$w/t"; mkdir "$w/t/u" "$w/t/w"
		mount -t overlay none -o "lowerdir=/,upperdir=$w/t/u,workdir=$w/t/w" "$w/o"; ls "$w/o/etc/passwd"'
	finding host-root "$started" | grep -xF "the host's / is readable at $scratch/o"
}

@test "kernel files: which of them there are, /proc tells also where /sys does not" {
	need jq
	need_unshare -Urm
	run --separate-stderr unshare -Urm sh -c 'mount -t tmpfs none /sys; nsaudit --self -J'
	jq -e --argjson has "$([ -e /proc/latency_stats ] && echo true || echo false)" '
		any(.findings[]; .check == "proc-unmasked" and (.finding | contains("/latency_stats"))) == $has' <<< "$output"
}

@test "the host: what it has is said once, or all of it" {
	need_root
	need jq
	[ "$(stat -L -c %i /proc/self/ns/pid)" = 4026531836 ] || cannot_run 'this is not the host'
	is "$(levels mnt-host self)" critical
	is "$(levels host-root self)" ''
	run --separate-stderr nsaudit --self --ignore mnt-host -J
	jq -e 'any(.findings[]; .check == "host-root" and .level == "critical")' <<< "$output"
}

@test "whom: zombies are nobody, who is named twice is one, and what leaves no mark is counted" {
	need_root
	need jq python3
	need_unshare -p
	background python3 -c 'import os, time
os._exit(0) if os.fork() == 0 else time.sleep(1000)'
	is_zombie() { [[ $(ps -o stat= --ppid "$started") == Z* ]]; }
	wait_for is_zombie
	background unshare -p -f --kill-child sleep 1000
	wait_for pgrep -P "$started"
	run --separate-stderr nsaudit -a
	[[ $stderr != *'may be in a container'* ]]
	[[ $stderr == *'of no container that we know of: not looked at'* ]]
	is "$(nsaudit -J "$started" "$started" 2> /dev/null | jq '.findings | length')" \
		"$(nsaudit -J "$started" 2> /dev/null | jq '.findings | length')"
}

@test "access control lists: nobody is said to be kept out" {
	need_root
	need jq perl python3 setpriv
	touch innocent
	background python3 -c 'import os, socket, struct, time
s = socket.socket(socket.AF_UNIX); s.bind("docker.sock"); os.chmod("docker.sock", 0o600)
entries = ((1, 6, -1), (2, 6, 65534), (4, 0, -1), (16, 6, -1), (32, 0, -1))
os.setxattr("docker.sock", "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *e) for e in entries))
s.listen(); time.sleep(1000)'
	wait_for test -S docker.sock
	local member=(setpriv "${powerless[@]}" --clear-groups)
	wait_for "${member[@]}" perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new($ARGV[0]) or exit 1' docker.sock ||
		cannot_run 'this file system has no access control lists'
	confined -m -- 'mount --make-rprivate /; mount --bind "$w/docker.sock" "$w/innocent"
		echo > "$w/ready"; exec "$@" sleep 1000' "${member[@]}"
	wait_for is_asleep
	nsaudit -J -o +WORST "$started" 2> /dev/null | jq -e 'any(.findings[]; .check == "engine-socket" and .worst == "critical" and
		(.finding | contains("/innocent")))'
}
