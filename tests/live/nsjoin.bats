#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsjoin on the running kernel: its defaults, and what it is safe against. What it has in common with
# nsenter is in nsenter.bats, terminals in nsjoin-tty.bats, containers in tests/engines.

load helper

# A function in the background would be a shell of its own.
user='setpriv --reuid=65534 --regid=65534 --clear-groups'

# Nothing here may hang.
join() {
	timeout 30 nsjoin "$@" < /dev/null
}

# soon WORDS: what they do as a command succeeds within 10 seconds.
soon() {
	local _
	for _ in $(seq 200); do
		! eval "$1" || return 0
		sleep 0.05
	done
	echo "not within 10 seconds: $1"
	return 1
}

# A target in namespaces of its own, with the options of unshare; it is $target. What is in
# target_env is its environment.
make_target() {
	need_unshare "$@"
	mkdir -m 777 ready
	# shellcheck disable=SC2016,SC2086
	[[ $* != *-f* ]] || set -- --kill-child "$@"
	hold ${AS-} env ${target_env-} unshare "$@" sh -c 'touch ready/now; exec sleep 1000'
	soon '[ -e ready/now ]'
	rm ready/now && rmdir ready
	target=$(pgrep -P "$holder") || target=$holder
}

# A root for a target: busybox, and whatever passwd.
make_root() {
	need busybox
	mkdir -p root/{bin,etc,proc,tmp}
	cp "$(command -v busybox)" root/bin/
	local applet
	for applet in sh id cat pwd readlink sleep; do ln -s busybox root/bin/$applet; done
	printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'ctf:x:1000:7::/tmp:/bin/sh' '42:x:43:43::/:/bin/sh' \
		> root/etc/passwd
	printf '%s\n' 'root:x:0:' 'ctf:x:7:' 'adm:x:4:ctf,other' 'disk:x:6:other' > root/etc/group
}

# Its first process is $target: chrooted into root, in the directory tmp of that.
make_jail() {
	make_root
	hold sh -c 'cd root && exec chroot . /bin/sh -c "cd /tmp && exec sleep 1000"'
	target=$holder
	soon '[ "$(readlink "/proc/$target/cwd")" = "$scratch/root/tmp" ]'
}

same_ns() { # KIND PID PID
	[ "$(readlink "/proc/$2/ns/$1")" = "$(readlink "/proc/$3/ns/$1")" ]
}

@test "all namespaces that differ, and no others" {
	need_root
	make_target -m -n -u -p -f --mount-proc
	local kind
	for kind in cgroup ipc mnt net pid time user uts; do
		is "$(join "$target" readlink "/proc/self/ns/$kind")" "$(readlink "/proc/$target/ns/$kind")"
	done
	strace -f -e trace=setns -o trace nsjoin "$target" true < /dev/null
	grep -E 'setns\([0-9]+, CLONE_NEW(NS|NET|UTS|PID)(\|CLONE_NEW(NS|NET|UTS|PID)){3}\) = 0' trace
	is "$(grep -c setns trace)" 1
}

@test "root, directory, user, groups" {
	need_root
	make_jail
	is "$(join "$target" pwd)" /tmp
	is "$(join "$target" sh -c 'echo /*')" '/bin /etc /proc /tmp'
	is "$(join -W/bin "$target" pwd)" /bin
	release_holder
	need setpriv
	hold setpriv --reuid 12 --regid 34 --groups 34,56,78 sleep 1000
	soon '[ "$(awk '\''/^Uid/ { print $2 }'\'' "/proc/$holder/status")" = 12 ]'
	is "$(join "$holder" grep -E '^(Uid|Gid|Groups)' /proc/self/status | tr -s '\t ' ' ' | xargs)" \
		'Uid: 12 12 12 12 Gid: 34 34 34 34 Groups: 34 56 78'
	is "$(join -S 0 "$holder" id -u)" 0
	is "$(join -G 5 "$holder" id -G)" 5
	is "$(join --preserve-credentials "$holder" id -u)" 0
	is "$(join -S follow -G follow -n -t "$holder" sh -c 'id -u; id -g' | xargs)" '12 34'
}

@test "ids are those inside of its user namespace" {
	need_root
	need setpriv
	mk user,mnt,pid
	target=$(made 1 PID)
	is "$(join "$target" id -u)" "$(nsidmap -n -r -o NSUID "$target" 2> /dev/null | tail -n 1 || echo 0)" ||
		is "$(join "$target" id -u)" 0
	is "$(join "$target" readlink /proc/self/ns/user)" "$(readlink "/proc/$target/ns/user")"
}

@test "a user without a number inside is said, and what helps" {
	need_root
	need_unshare -U
	hold unshare -U sleep 1000
	soon '! same_ns user "$holder" self'
	run join "$holder" true
	[ "$status" = 125 ]
	[[ $output == *"its uid 0 is not mapped in its user namespace"*--preserve-credentials* ]]
	is "$(join --preserve-credentials "$holder" id -u)" 65534
}

@test "--as: a user whom its files know" {
	need_root
	make_jail
	who() { join --as "$1" "$target" sh -c 'id -u; id -g; id -G; echo $HOME' | xargs; }
	is "$(who ctf)" '1000 7 4 7 /tmp' || is "$(who ctf)" '1000 7 7 4 /tmp'
	is "$(who 1000 | cut -d ' ' -f 1,2)" '1000 7'
	is "$(who 42)" '42 0 0 /' # never a name
	is "$(who ctf:adm | cut -d ' ' -f 1,2)" '1000 4'
	is "$(who ctf:99 | cut -d ' ' -f 1,2)" '1000 99'
	is "$(who 77)" '77 0 0 /'
	run join --as nobody-here "$target" true
	[ "$status" = 125 ]
	is "$output" "nsjoin: --as: there is no user 'nobody-here' in the target's /etc/passwd"
	run join --as ctf:none "$target" true
	is "$output" "nsjoin: --as: there is no group 'none' in the target's /etc/group"
}

@test "--as: files that are no passwd" {
	need_root
	make_jail
	local trick
	for trick in 'mkfifo root/etc/passwd' 'ln -s /proc/self/environ root/etc/passwd' \
		'ln -s ../../../../../../../../etc/passwd root/etc/passwd' 'mkdir root/etc/passwd' \
		'truncate -s 1T root/etc/passwd' 'touch root/etc/passwd' 'true'; do
		rm -rf root/etc/passwd
		eval "$trick" || continue
		run join --as daemon "$target" true
		[ "$status" = 125 ]
		[[ $output == *"there is no user 'daemon'"* ]]
		is "$(join "$target" /bin/sh -c 'echo in')" in
	done
}

@test "the environment is the target's, and our TERM" {
	need_root
	target_env='-i COLOR=blue LD_LIBRARY_PATH=/none PATH=/usr/bin:/bin' make_target -n
	SECRET=hush TERM=vt52 join "$target" env | sort > seen
	printf '%s\n' COLOR=blue LD_LIBRARY_PATH=/none PATH=/usr/bin:/bin TERM=vt52 | diff - <(grep -vE '^(_|PWD)=' seen)
	SECRET=hush join --keep-env "$target" env | grep -x SECRET=hush
	not grep COLOR <(join --keep-env "$target" env)
	SECRET=hush join -n -e -t "$target" env | sort > seen
	not grep SECRET seen
	grep -x COLOR=blue seen
	SECRET=hush join -n -t "$target" env | grep -x SECRET=hush
	release_holder
	target_env='-i' make_target -n
	is "$(join "$target" sh -c 'echo $PATH')" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

# A cgroup of our own, of whichever hierarchy lets us make one; where it is, is $cgroup.
make_cgroup() {
	local place
	for place in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids /sys/fs/cgroup/freezer; do
		[ -e "$place/cgroup.procs" ] || continue
		cgroup=$place$(awk -F: -v name="${place##*/}" '$2 == name || ($2 == "" && name ~ /^(cgroup|unified)$/) { print $3 }' /proc/self/cgroup)/nstools-$$
		! mkdir "$cgroup" 2> /dev/null || return 0
	done
	cannot_run 'no cgroup can be made here'
}

@test "the cgroups are the target's" {
	need_root
	make_cgroup
	make_target -n
	echo "$target" > "$cgroup/cgroup.procs"
	local joined stayed
	joined=$(join "$target" cat /proc/self/cgroup)
	stayed=$(join --no-join-cgroup "$target" cat /proc/self/cgroup)
	local asked named
	named=$(join -n -t "$target" cat /proc/self/cgroup)
	asked=$(join -n -c -t "$target" cat /proc/self/cgroup)
	release_holder
	soon 'rmdir "$cgroup" 2> /dev/null'
	[[ $joined == *nstools-$$* && $asked == *nstools-$$* ]]
	[[ $stayed != *nstools-$$* && $named != *nstools-$$* ]]
}

@test "a cgroup that refuses us is said once, and is an error where it was asked for" {
	need_root
	need setpriv
	make_cgroup
	AS=$user make_target -U -r
	echo "$target" > "$cgroup/cgroup.procs"
	local status_joined=0 status_asked=0
	as_user timeout 20 nsjoin "$target" true 2> joined < /dev/null || status_joined=$?
	as_user timeout 20 nsjoin -c -U -t "$target" true 2> asked < /dev/null || status_asked=$?
	release_holder
	soon 'rmdir "$cgroup" 2> /dev/null'
	is "$status_joined $status_asked" '0 125'
	is "$(grep -c 'cannot join its cgroup' joined)" 1
	grep 'cannot join its cgroup.*Permission denied' asked
}

# freezes ROOT CONTROLLER FILE FROZEN THAWED: if that hierarchy is there.
freezes() {
	local root=$1 line=$2 file=$3 frozen=$4 thawed=$5 asked
	[ -e "$root/cgroup.procs" ] || return 0
	cgroup=$(sed -n "s/^[0-9]*:$line://p" /proc/self/cgroup)
	cgroup=$root${cgroup%/}/nstools-$$
	mkdir "$cgroup" 2> /dev/null || return 0
	[ -e "$cgroup/$file" ] || { rmdir "$cgroup"; return 0; }
	tried=yes
	make_target -n
	echo "$target" > "$cgroup/cgroup.procs"
	echo "$frozen" > "$cgroup/$file"
	soon 'grep -qE "frozen 1|FROZEN" "$cgroup/cgroup.events" "$cgroup/freezer.state" 2> /dev/null' || true
	local status_default=0 status_effort=0
	join "$target" true 2> refused || status_default=$?
	join --like-target --best-effort "$target" true 2>> refused || status_effort=$?
	asked=$(join --no-join-cgroup "$target" echo went)
	echo "$thawed" > "$cgroup/$file"
	release_holder
	soon 'rmdir "$cgroup" 2> /dev/null'
	is "$status_default $status_effort $asked" '125 125 went'
	is "$(grep -c "nsjoin: its cgroup $cgroup is frozen" refused)" 2
}

@test "a frozen cgroup is not joined" {
	need_root
	freezes /sys/fs/cgroup '' cgroup.freeze 1 0
	freezes /sys/fs/cgroup/unified '' cgroup.freeze 1 0
	freezes /sys/fs/cgroup/freezer freezer freezer.state FROZEN THAWED
	[ "${tried-}" ] || cannot_run 'no cgroup can be frozen here'
}

@test "--like-target: bounding set, no_new_privs, seccomp" {
	need_root
	need setpriv
	local seen
	rights() { grep -E '^(CapBnd|NoNewPrivs|Seccomp|Seccomp_filters):' "$@" | xargs; }
	# The call sethostname(2), for whoever is below.
	hold setpriv --bounding-set -sys_admin,-chown without-call 170 sleep 1000
	soon 'grep -q '\''^Seccomp:.2'\'' "/proc/$holder/status"'
	is "$(join --like-target "$holder" cat /proc/self/status | rights)" "$(rights "/proc/$holder/status")"
	[ "$(join "$holder" cat /proc/self/status | rights)" != "$(rights "/proc/$holder/status")" ]
	# In a UTS namespace of its own, as the name would be ours without the filter.
	unshare -u timeout 20 nsjoin --like-target -n -t "$holder" \
		sh -c 'hostname never-mind; hostname' > seen 2>&1 < /dev/null || true
	is "$(tail -n 1 seen)" "$(hostname)"
	unshare -u timeout 20 nsjoin -n -t "$holder" sh -c 'hostname never-mind; hostname' > seen < /dev/null
	is "$(cat seen)" never-mind
	# It sleeps as before.
	is "$(awk '/^State/ { print $2 }' "/proc/$holder/status")" S
	is "$(awk '/^TracerPid/ { print $2 }' "/proc/$holder/status")" 0
	# Who may not copy the filter.
	run as_user timeout 20 nsjoin --like-target -n "$holder" true
	[ "$status" = 125 ]
}

@test "--like-target is an error where not all can be had, and --best-effort goes on" {
	need_root
	need setpriv
	AS=$user make_target -U -r
	release_holder
	hold $user without-call 170 sleep 1000
	soon 'grep -q '\''^Seccomp:.2'\'' "/proc/$holder/status"'
	run as_user timeout 20 nsjoin --like-target "$holder" true
	[ "$status" = 125 ]
	[[ $output == *'cannot copy its seccomp filter'*CAP_SYS_ADMIN* ]]
	run as_user timeout 20 nsjoin --like-target --best-effort "$holder" echo went
	[ "$status" = 0 ]
	is "${lines[-1]}" went
	[[ ${lines[0]} == *'cannot copy its seccomp filter'* ]]
}

@test "--like-target gives up on who does not stop" {
	need_root
	hold without-call 170 vforked
	soon 'pgrep -P "$holder"'
	run join --like-target -n "$holder" true
	[ "$status" = 125 ]
	[[ $output == "nsjoin: $holder: cannot copy its seccomp filter (it does not stop for that): "* ]]
	run join --like-target --best-effort -n "$holder" sh -c "grep TracerPid /proc/$holder/status"
	[ "$status" = 0 ]
	is "$(tr -d '\t' <<< "${lines[-1]}")" TracerPid:0
}

@test "--mount-proc shows the processes of a pid namespace" {
	need_root
	need_unshare -p -f --mount-proc
	make_target -p -f
	is "$(join -p --mount-proc "$target" ps -e -o pid= | head -n 1 | xargs)" 1
	not is "$(join -p "$target" ps -e -o pid= | wc -l)" "$(join -p --mount-proc "$target" ps -e -o pid= | wc -l)"
	not grep "$scratch" /proc/self/mountinfo
}

@test "references: namespaces, numbers inside, what is not there" {
	need_root
	make_target -m -n -p -f --mount-proc
	local ino id
	ino=$(stat -L -c %i "/proc/$target/ns/net")
	id=$(nsls -n -r -o NS,ID -t net 2> /dev/null | sed -n "s/^$ino //p")
	for reference in "net:[$ino]" "net:$ino" "$ino" "/proc/$target/ns/net" ${id:+id:$id}; do
		is "$(join "$reference" readlink /proc/self/ns/net)" "net:[$ino]"
		is "$(join "$reference" readlink /proc/self/ns/mnt)" "$(readlink /proc/self/ns/mnt)"
	done
	is "$(join "1@$target" readlink /proc/self/ns/net)" "net:[$ino]"
	is "$(join "1@pid:$(stat -L -c %i "/proc/$target/ns/pid")" readlink /proc/self/ns/net)" "net:[$ino]"
	is "$(join self readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
	refuses() {
		local message=$1
		shift
		run join "$@"
		[ "$status" = 125 ]
		[[ $output == "nsjoin: $message"* ]] || { echo "$output"; return 1; }
	}
	refuses '4194304: no such process' 4194304 true
	refuses "$target:1: process $target has inode" "$target:1" true
	refuses "net:[$ino] is a net namespace: it has no other kinds" -m "net:[$ino]" true
	refuses '--join-cgroup takes a target that is a process' -c "net:[$ino]" true
	refuses 'no-such-container: no such container' no-such-container true
	refuses "net:[1]: " 'net:[1]' true
	refuses "'x:y:z' is no PID" x:y:z true
}

@test "PID 1 of the host may keep even root out" {
	need_root
	! readlink /proc/1/ns/net > /dev/null || cannot_run 'PID 1 keeps nothing from us'
	run join 1 true
	[ "$status" = 125 ]
	[[ $output == *'something keeps it from root, too'*'Permission denied' ]]
}

@test "an ordinary user: his own, and what is said of others" {
	need_root
	need setpriv
	AS=$user make_target -U -r -m -n -p -f --mount-proc
	is "$(as_user timeout 20 nsjoin "$target" id -u < /dev/null)" 0
	is "$(as_user timeout 20 nsjoin "$target" readlink /proc/self/ns/net)" "$(readlink "/proc/$target/ns/net")"
	run as_user timeout 20 nsjoin -n "$target" true
	[ "$status" = 125 ]
	[[ $output == *"it takes CAP_SYS_ADMIN where we are, too"*'(-U)' ]]
	release_holder
	make_target -n
	run as_user timeout 20 nsjoin "$target" true
	[[ $output == *"it is somebody else's"*'run as root'*'Permission denied' ]]
	run as_user timeout 20 nsjoin -n/proc/self/ns/net true
	[[ $output == *'CAP_SYS_ADMIN in user:['*'run as root'* ]]
}

@test "--dry-run says each step and whether we may, and does nothing" {
	need_root
	make_target -m -n -p -f --mount-proc
	join --dry-run "$target" touch finished > plan
	grep -E "^yes +join net:\[$(stat -L -c %i "/proc/$target/ns/net")\] +CAP_SYS_ADMIN in user:\[$(stat -L -c %i /proc/self/ns/user)\]$" plan
	grep -x -- '-      fork' plan
	grep -x -- '-      run touch' plan
	[ ! -e finished ]
	strace -f -e trace=setns,chroot,execve -o trace nsjoin --dry-run "$target" true > /dev/null
	not grep -E 'setns|chroot' trace
	as_user timeout 20 nsjoin --dry-run -n/proc/self/ns/net true | grep -E '^no +join net:.* CAP_SYS_ADMIN'
	NO_COLOR='' as_user timeout 20 nsjoin --color --dry-run -n/proc/self/ns/net true | grep -F $'\033[31m'
	join -v "$target" true 2>&1 | grep -x 'nsjoin: -      run true'
}

@test "signals reach the command, and what ends it ends us" {
	need_root
	make_target -p -n -f --mount-proc
	local signal
	for signal in TERM INT USR1 HUP; do
		# A background job ignores SIGINT, and so would what it runs.
		env --default-signal=INT nsjoin "$target" sh -c 'touch ready; trap "exit 33" '$signal'; while :; do sleep 0.05; done' \
			< /dev/null 3>&- &
		soon '[ -e ready ]'
		rm ready
		kill -$signal $!
		run wait $!
		wait $! || [ $? = 33 ]
	done
	run join "$target" sh -c 'kill -KILL $$'
	[ "$status" = 137 ]
	run join "$target" sh -c 'kill -USR1 $$'
	[ "$status" = 138 ]
}

# The command of a target, seen from here: the child of $1.
command_of() {
	pgrep -P "$1"
}

@test "stopped and continued with it" {
	need_root
	make_target -p -n -f --mount-proc
	nsjoin "$target" sleep 100 < /dev/null 3>&- &
	local joined=$!
	soon 'inside=$(command_of $joined) && [ "$(cat "/proc/$inside/comm")" = sleep ]'
	state() { awk '/^State/ { print $2 }' "/proc/$1/status"; }
	kill -STOP "$inside"
	soon '[ "$(state $joined)" = T ]'
	kill -CONT $joined
	soon '[ "$(state "$inside")" = S ] && [ "$(state $joined)" = S ]'
	kill $joined
	wait $joined || true
	soon '[ ! -e "/proc/$inside" ]'
}

@test "killed, it takes the command along, unless --no-kill-child" {
	need_root
	make_target -p -n -f --mount-proc
	local joined inside option
	for option in '' --no-kill-child; do
		# shellcheck disable=SC2086
		nsjoin $option "$target" sleep 100 < /dev/null 3>&- &
		joined=$!
		soon 'inside=$(command_of $joined) && [ "$(cat "/proc/$inside/comm")" = sleep ]'
		kill -KILL $joined
		wait $joined || true
		if [ "$option" ]; then
			[ "$(cat "/proc/$inside/comm")" = sleep ]
			kill -KILL "$inside"
		fi
		soon '[ ! -e "/proc/$inside" ]'
	done
}

@test "only the standard descriptors reach the command" {
	need_root
	make_target -n -p -f --mount-proc
	exec 7< /etc 8< /etc/passwd
	is "$(join "$target" sh -c 'echo /proc/self/fd/* | wc -w')" 4 # and that of the folder
	is "$(join "$target" readlink /proc/self/fd/7)" ''
	exec 7>&- 8>&-
}

# exec(2) closes them once it has looked up the path: too late, if that leads through one.
@test "nothing is open that would lead out while the command is looked up" {
	need_root
	make_target -m -n -p -f --mount-proc
	cp "$(type -P echo)" way-out
	is "$(join "$target" "$scratch/way-out" went)" went
	local fd
	for fd in $(seq 3 20); do
		ln -sfn "/proc/self/fd/$fd/../..$scratch/way-out" snare
		is "$(join "$target" "$scratch/snare" went 2> /dev/null)" ''
	done
}

# In a container, that would be run again with its rights, and its file be within reach.
@test "a script whose interpreter is /proc/self/exe does not run us again" {
	need_root
	need setpriv
	make_target -n -p -f --mount-proc
	printf '#!/proc/self/exe\n' > snare
	chmod 755 snare
	run join "$target" "$scratch/snare" --version
	[ "$status" != 0 ] || [ -z "$output" ]
	[[ $output != *'from nstools'* ]]
	release_holder
	AS=$user make_target -U -r -p -f --mount-proc
	run as_user timeout 20 nsjoin "$target" "$scratch/snare" --version
	[[ $output != *"$scratch/nsjoin"* ]]
}

# Root leaves the file, others run a copy of it.
@test "while it waits, neither our file nor our memory can be had" {
	need_root
	need setpriv
	local who joined
	for who in root user; do
		if [ $who = root ]; then
			make_target -p -n -f --mount-proc
			nsjoin "$target" sleep 100 < /dev/null 3>&- &
		else
			AS=$user make_target -U -r -p -n -f --mount-proc
			$user nsjoin "$target" sleep 100 < /dev/null 3>&- &
		fi
		joined=$!
		soon 'inside=$(command_of $joined) && [ "$(cat "/proc/$inside/comm")" = sleep ]'
		[[ $(readlink "/proc/$joined/exe") == '/memfd:nsjoin (deleted)' ]]
		not grep "$scratch/nsjoin" "/proc/$joined/maps"
		is "$(cat "/proc/$joined/comm")" nsjoin
		# As an ordinary user sees one that is not dumpable: root's.
		is "$(stat -c %u "/proc/$joined/mem")" 0
		kill $joined
		wait $joined || true
		release_holder
	done
}

@test "signals that we were started with stay so" {
	need_root
	make_target -n -p -f --mount-proc
	masks() { grep -E '^Sig(Blk|Ign):' "$@"; }
	is "$(join "$target" cat /proc/self/status | masks)" "$(masks /proc/self/status)"
	is "$(env --ignore-signal=HUP nsjoin "$target" cat /proc/self/status < /dev/null | masks)" \
		"$(env --ignore-signal=HUP cat /proc/self/status | masks)"
}

@test "a pid namespace whose PID 1 has ended" {
	need_root
	need_unshare -p -f
	hold unshare --kill-child -p -f sh -c 'touch up; exec sleep 1000'
	soon '[ -e up ]'
	inside=$(pgrep -P "$holder")
	exec 8< "/proc/$inside/ns/pid"
	kill -KILL "$inside"
	soon '! kill -0 "$inside" 2> /dev/null'
	run join "-p/proc/$BASHPID/fd/8" true
	exec 8<&-
	[ "$status" = 125 ]
	[[ $output == *'the pid namespace is dead, as its PID 1 has ended'* ]]
}

@test "bytes of others never reach the terminal raw" {
	need_root
	run join $'\e[31mred' true
	[ "$status" = 125 ]
	[[ $output != *$'\e'* ]]
	run -127 join self $'/no/\e[31mred'
	[[ $output != *$'\e'* ]]
}

@test "standard descriptors that are closed" {
	need_root
	make_target -p -n -f --mount-proc
	nsjoin "$target" sh -c 'echo out > written' < /dev/null >&- 2>&-
	is "$(cat written)" out
	nsjoin "$target" true <&-
}

@test "nsjoin-find: asked for what takes a search, over a socket, and for nothing else" {
	run -2 nsjoin-find self 3>&-
	is "$output" 'nsjoin-find: is run by nsjoin(1), which gives it a socket'
	need_root
	make_target -u
	mv nsjoin-find finds
	cat > nsjoin-find <<- 'END'
		#!/bin/sh
		printf '%s\n' "$*" >> "${0%/*}/asked"
		readlink /proc/self/fd/3 | grep -q '^socket:' && exec "${0%/*}/finds" "$@"
	END
	chmod 755 nsjoin-find
	is "$(join "$target" readlink /proc/self/ns/uts)" "$(readlink "/proc/$target/ns/uts")"
	[ ! -e asked ]
	local uts
	uts=$(readlink "/proc/$target/ns/uts")
	is "$(join "$uts" readlink /proc/self/ns/uts)" "$uts"
	is "$(cat asked)" "$uts"
	run -125 join 'uts:[4026599999]' true
	[[ $output == *'uts:[4026599999]'* ]]
	is "$(tail -n 1 asked)" 'uts:[4026599999]'
}
