#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsidmap on the running kernel.

load helper

teardown() {
	[ -z "${there-}" ] || kill -KILL "$there" 2> /dev/null || true
	release
	cd / && rm -rf "$scratch"
}

# there COMMANDS: a process in a mount namespace of its own, with an empty /etc that COMMANDS fill;
# its PID is in $there. It is in the pid namespace of mkns's level 1 if that was made.
there() {
	need_unshare --mount
	# shellcheck disable=SC2016 # for the shell in there
	unshare --mount sh -ec 'mount -t tmpfs -o mode=755 etc /etc; cd /etc; eval "$1"
		touch "$2/there"; exec sleep 300' - "$1" "$scratch" > there.out 2>&1 3>&- &
	there=$!
	local _
	for _ in $(seq 200); do
		[ ! -e there ] || [ "$(cat "/proc/$there/comm")" != sleep ] || return 0
		sleep 0.05
	done
	cat there.out
	return 1
}

# The cells of a table, without heading, apart by one blank.
cells() {
	nsidmap -n -r "$@" 2> /dev/null
}

@test "maps are those of /proc, of nested user namespaces too" {
	need_root
	mk user user user,pid
	local n pid
	for n in 1 2 3; do
		pid=$(made $n PID)
		is "$(cells -o INSIDE,OUTSIDE,COUNT "$pid")" "$(tr -s ' ' < "/proc/$pid/uid_map" | sed 's/^ //')"
		is "$(cells -g -o INSIDE,OUTSIDE,COUNT "$pid")" "$(tr -s ' ' < "/proc/$pid/gid_map" | sed 's/^ //')"
		is "$(cells -o INSIDE,OUTSIDE,COUNT "user:[$(made $n user)]")" '0 100000 65536'
	done
	is "$(cells -o INSIDE,OUTSIDE,COUNT,USERNS)" "0 0 4294967295 $(readlink /proc/self/ns/user | tr -dc 0-9)"
}

@test "maps of several, in the order in which they were asked for" {
	need_root
	mk user,uid=1000 user
	is "$(cells "$(made 2 PID)" self "user:[$(made 1 user)]" | cut -d ' ' -f 1-4)" \
		"$(printf '%s\n' "$(made 2 PID) 0 100000 65536" 'self 0 0 4294967295' "user:[$(made 1 user)] 0 100000 65536")"
}

@test "a user namespace that nobody is in" {
	need_root
	mk user,orphan user
	is "$(cells -o INSIDE,OUTSIDE,COUNT "user:[$(made 1 user)]")" '0 100000 65536'
	is "$(cells "7@user:[$(made 1 user)]" | tail -n 1)" "user:[$(made 1 user)] $(made 1 user) 7 ?"
	# The child of ours that went in there is gone.
	is "$(pgrep -c -r R,S,D,T -x nsidmap)" 0
}

# Whoever made it may stop what goes in there. He has to be quick, so he gets many chances.
@test "a user namespace whose owner stops our child" {
	need_root
	AS=as_user mk user,orphan user
	local name=stop-$$ start begin=$SECONDS
	cp nsidmap "$name"
	setpriv --reuid=65534 --regid=65534 --clear-groups stopper "$name" > stopped 3>&- &
	there=$!
	while [ "$((SECONDS - begin))" -lt 10 ]; do
		start=$SECONDS
		run --separate-stderr timeout -s KILL 10 "./$name" -n -r -o INSIDE,OUTSIDE,COUNT "user:[$(made 1 user)]"
		[ "$((SECONDS - start))" -lt 5 ]
		[ "$output" = '0 65534 1' ] || break
	done
	if [ "$output" != '0 65534 1' ]; then
		[ -s stopped ]
		is "$status" 2
		is "$output" ''
		[[ $stderr == *'could not be read: Connection timed out'* ]]
	fi
	# None is left, stopped or not.
	is "$(pgrep -c -r R,S,D,T -x "$name")" 0
}

@test "a user namespace that only a bind mount holds" {
	need_root
	need_unshare --mount
	mk user
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m sh -c '
		touch held && mount --bind "/proc/$1/ns/user" held || exit 3
		kill -9 "$1"; while [ -e "/proc/$1/ns/net" ]; do sleep 0.01; done
		nsidmap -n -r -o INSIDE,OUTSIDE,COUNT ./held; nsidmap 65535@./held -i self' - "$(made 1 PID)"
	is "$status" 0
	is "$output" $'0 100000 65536\n165535'
}

@test "a user namespace in which nothing is mapped" {
	need_root
	need_unshare --user
	unshare --user sleep 300 3>&- &
	there=$!
	until [ "$(readlink "/proc/$there/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.01; done
	run --separate-stderr nsidmap "$there"
	is "$status" 1
	is "$output" ''
	[[ $stderr == *"$there: no uid is mapped in $(readlink "/proc/$there/ns/user")"* ]]
	run --separate-stderr nsidmap 0 -i "$there"
	is "$status" 1
	[[ $stderr == *"0: uid 0 is not mapped in $(readlink "/proc/$there/ns/user"), where it shows as 65534"* ]]
}

@test "an id through all namespaces between" {
	need_root
	mk user user,uid=777
	local pid
	pid=$(made 2 PID)
	is "$(cells 777@"$pid" | cut -d ' ' -f 2-3 | tail -n 2)" "$(printf '%s\n' "$(made 1 user) 777" "$(made 2 user) 777")"
	is "$(cells 777@"$pid" -o ID | head -n 1)" 100777
	is "$(nsidmap 777@"$pid" -i self 2> /dev/null)" 100777
	is "$(nsidmap 100777 -i "$pid" 2> /dev/null)" 777
	is "$(nsidmap 777@"$(made 1 PID)" -i "$pid" 2> /dev/null)" 777
	is "$(nsidmap 0 1 65535 -i "user:[$(made 2 user)]" 2>&1 >/dev/null | grep -c 'is not mapped')" 3
	is "$(nsidmap 100000 100001 165535 -i "user:[$(made 2 user)]" 2> /dev/null)" $'0\n1\n65535'
	# What the kernel says of the same process.
	is "$(nsidmap 777@"$pid" -i self 2> /dev/null)" "$(awk '/^Uid:/ { print $3 }' "/proc/$pid/status")"
}

@test "what is not mapped: nothing on stdout, exit status 1" {
	need_root
	mk user
	local pid arguments
	pid=$(made 1 PID)
	for arguments in "5 -i $pid" "65536@$pid" "65536@$pid -i self" "165536 -i $pid"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsidmap $arguments
		is "$status" 1
		is "$output" ''
		[[ $stderr == *' mapped in user:['* ]]
	done
	# 65534 is somebody in there, and nobody in a namespace without it.
	is "$(nsidmap 65534@"$pid" -i self 2> /dev/null)" 165534
	release
	AS=as_user mk user
	run --separate-stderr nsidmap 65534@"$(made 1 PID)"
	is "$status" 1
	[[ $stderr == *'it stands there for all that are not'* ]]
}

@test "seen from inside: up to the parent, and no further" {
	need_root
	mk user user
	# In level 1, whose parent is the host's, and which may look at level 2.
	cat > inside <<-END_INSIDE
		nsidmap 7 -i $(made 2 PID)
		nsidmap 7@$(made 2 PID) -i self
		nsidmap -n -r -o INSIDE,OUTSIDE,COUNT
		nsidmap -n -r -o VIEW,ID 7@self
		nsidmap 7 -i user:[1]
	END_INSIDE
	need nsenter
	run --separate-stderr nsenter --user --target "$(made 1 PID)" sh inside
	is "$status" 1
	is "$output" $'7\n7\n0 100000 65536\nhere 7'
}

@test "the first ids of ranges that the reader does not have" {
	need_root
	mk user user
	# As the kernel shows it to level 2, see user_namespaces(7): column 2 is an id of the reader, of
	# the first one only. Here that is his 0, so that all looks translated, and need not be.
	need nsenter
	nsenter --user --target "$(made 2 PID)" cat "/proc/$(made 1 PID)/uid_map" > seen
	nsenter --user --target "$(made 2 PID)" cat /proc/self/uid_map > own
	is "$(awk '{ print $1, $2, $3 }' own)" '0 0 65536'
	is "$(awk '{ print $1, $3 }' seen)" '0 65536'
	# Neither the host's nor level 1's ids are told to level 2.
	local above
	for above in self "$(made 1 PID)"; do
		# shellcheck disable=SC2016
		run --separate-stderr unshare -m sh -c '
			touch above && mount --bind "/proc/$2/ns/user" above || exit 3
			exec nsenter --user --target "$1" nsidmap 7 -i ./above' - "$(made 2 PID)" "$above"
		is "$status" 2
		is "$output" ''
		[[ $stderr == *'cannot be told from here'* ]]
	done
}

@test "names: ours here, theirs there" {
	need_root
	there 'printf "root:x:0:0::/:\nctf:x:1:1::/:\nlate:x:1:1::/:\n" > passwd; echo "flags:x:1:" > group'
	is "$(cells 1@"$there" -o VIEW,ID,NAME)" "$(printf '%s\n' "this\\x20host 1 $(id -nu 1)" "PID\\x20$there 1 ctf")"
	is "$(cells -g 1@"$there" -o NAME)" "$(printf '%s\n' "$(getent group 1 | cut -d: -f1)" flags)"
	is "$(cells 4711@"$there" -o NAME)" $'-\n-'
	is "$(nsidmap -J 1@"$there" 2> /dev/null | jq -c '[.ids[].name]')" "[\"$(id -nu 1)\",\"ctf\"]"
	# Who has our root and our user namespace has our view.
	is "$(cells 1@self -o NAME)" "$(id -nu 1)"
	is "$(cells 1@$$ -o NAME)" "$(id -nu 1)"
}

@test "names: a service with mounts of its own has our files" {
	need_root
	need_unshare --mount
	unshare --mount sleep 300 3>&- &
	there=$!
	until [ "$(cat /proc/$there/comm)" = sleep ]; do sleep 0.01; done
	is "$(cells 1@"$there" -o VIEW)" 'this\x20host'
}

release_there() {
	kill -KILL "$there"
	wait "$there" 2> /dev/null || true
	unset there
	rm -f "$scratch/there"
}

# hostile COMMANDS: whatever they put into /etc, nothing hangs, and no name is made up.
hostile() {
	there "$1"
	local before after
	before=$(ls -l "/proc/$there/root/etc/" 2> /dev/null)
	run --separate-stderr timeout 10 nsidmap -n -r -o ID,NAME 0@"$there"
	is "$status" 0
	is "$output" "$(printf '0 root\n0 %s' "$2")"
	[[ $stderr == *"$3"* ]]
	after=$(ls -l "/proc/$there/root/etc/" 2> /dev/null)
	is "$after" "$before"
}

@test "a passwd that is a pipe" {
	need_root
	hostile 'mkfifo passwd' '?' 'names are unknown there: its /etc/passwd: Operation not supported'
}

@test "a passwd that is a device" {
	need_root
	hostile 'ln -s /dev/zero passwd' '?' 'names are unknown there: its /etc/passwd: Operation not supported'
}

@test "a passwd that is a link to itself" {
	need_root
	hostile 'ln -s passwd passwd' '?' 'names are unknown there: its /etc/passwd: Too many levels of symbolic links'
}

@test "a passwd of 1 GiB" {
	need_root
	hostile 'echo root:x:0:0 > passwd; truncate -s 1G passwd' '?' 'names are unknown there: its /etc/passwd: File too large'
}

@test "a passwd that is a directory" {
	need_root
	hostile 'mkdir passwd' '?' 'Operation not supported'
}

@test "a passwd that leads to the log of the kernel" {
	need_root
	hostile 'ln -s /proc/kmsg passwd' '?' 'Operation not supported'
}

@test "a passwd that the kernel makes up, and that has the size 0" {
	need_root
	hostile 'touch passwd; mount --bind /proc/self/ns/net passwd' '?' 'Operation not supported'
	[ ! -e /sys/fs/cgroup/cgroup.procs ] || {
		release_there
		hostile 'touch passwd; mount --bind /sys/fs/cgroup/cgroup.procs passwd' '?' 'Operation not supported'
	}
}

@test "a passwd by a link of /proc" {
	need_root
	hostile 'ln -s /proc/self/root/etc/group passwd; echo evil:x:0: > group' '?' 'Too many levels of symbolic links'
}

@test "a passwd that is not there, or empty" {
	need_root
	hostile ':' '-' ''
}

@test "a passwd that may not be read, for which root needs no right" {
	need_root
	hostile 'echo toor:x:0:0 > passwd; chmod 0 passwd' 'toor' ''
}

@test "a passwd with names that are no text, and very long lines" {
	need_root
	# shellcheck disable=SC2016
	there 'printf "\\033[2J\\377:x:0:0::/:\n" > passwd
		{ head -c 500000 /dev/zero | tr "\\0" a; printf ":x:1:1\nend:x:2:2\n"; } >> passwd'
	run --separate-stderr nsidmap -n 0@"$there" -o NAME
	is "$(tail -n 1 <<< "$output")" '\x1b[2J\xff'
	is "$(nsidmap -J 0@"$there" 2> /dev/null | jq -c '.ids[1].name')" '"\u001b[2J�"'
	is "$(cells 2@"$there" -o NAME | tail -n 1)" end
	is "$(cells 1@"$there" -o NAME | tail -n 1 | wc -c)" 500001
}

# in_chroot COMMANDS: the same as there, in a root below which there is just enough to run sleep. It
# is mounted, so that nothing of it is here.
in_chroot() {
	need_unshare --mount
	rm -f there
	mkdir -p root
	# shellcheck disable=SC2016
	unshare --mount sh -ec 'mount -t tmpfs root "$2/root"; cd "$2/root"; mkdir etc
		for d in /bin /lib /lib32 /lib64 /usr; do
			[ ! -e $d ] || { mkdir .$d; mount -o bind,ro $d .$d; }
		done
		(cd etc; eval "$1"); touch ../there; exec chroot . sleep 300' - "$1" "$scratch" > there.out 2>&1 3>&- &
	there=$!
	local _
	for _ in $(seq 200); do
		[ ! -e there ] || [ "$(cat "/proc/$there/comm")" != sleep ] || return 0
		sleep 0.05
	done
	cat there.out
	return 1
}

@test "a passwd that leads out of a chroot leads back into it" {
	need_root
	echo 'outside:x:0:0' > passwd
	in_chroot 'ln -s /../../../../../../etc/real passwd; echo inside:x:0:0 > real'
	is "$(cells 0@"$there" -o NAME)" $'root\ninside'
	kill -KILL "$there"
	in_chroot 'ln -s ../../passwd passwd'
	is "$(cells 0@"$there" -o NAME)" $'root\n-'
	kill -KILL "$there"
	in_chroot 'ln -s /etc/real passwd; echo inside:x:0:0 > real'
	is "$(cells 0@"$there" -o NAME)" $'root\ninside'
	is "$(cells -f /etc/real@"$there" -o UID,USER)" $'0 root\n0 inside'
	run --separate-stderr nsidmap -f /../passwd@"$there"
	is "$status" 1
}

@test "whose file that is, here and there" {
	need_root
	mk user
	local pid
	pid=$(made 1 PID)
	touch mine theirs
	chown 100007:100008 theirs
	is "$(cells -f theirs -o UID,GID)" '100007 100008'
	is "$(cells -f theirs -t "$pid" -o USERNS,UID,GID | tail -n 1)" "$(made 1 user) 7 8"
	is "$(cells -f "$scratch/theirs@$pid" -o FILE,UID,GID | tail -n 1)" "$scratch/theirs@$pid 7 8"
	run --separate-stderr nsidmap -n -r -f mine -t "$pid" -o UID,USER,GID,GROUP
	is "$status" 0
	is "$output" $'0 root 0 root\n- - - -'
	[[ $stderr == *"mine: uid 0 is not mapped in user:[$(made 1 user)], where it shows as 65534"* ]]
	# What stat says in there.
	need nsenter
	is "$(nsenter --user --target "$pid" stat -c '%u %g' theirs mine)" $'7 8\n65534 65534'
	# A link is followed, as ls -L does.
	ln -s theirs link
	is "$(cells -f link -o UID)" 100007
}

@test "a file whose name has an @ in it" {
	touch user@self a@nobody
	[ "$(cells -f ./a@nobody -o FILE)" = ./a@nobody ]
	# What follows the last @ is a process: so it is the file "user" there.
	run --separate-stderr nsidmap -f user@self
	is "$status" 1
	[[ $stderr == *'user@self: No such file or directory'* ]]
	is "$(cells -f "$scratch/user@self@self" -o FILE)" "$scratch/user@self@self"
}

@test "a file is not opened" {
	mkfifo pipe
	is "$(timeout 5 nsidmap -n -r -f pipe -o UID 2> /dev/null)" "$(id -u)"
	is "$(timeout 5 nsidmap -n -r -f /dev/null -o UID 2> /dev/null)" "$(stat -c %u /dev/null)"
}

@test "several files, one of them missing" {
	touch one two
	run --separate-stderr nsidmap -n -r -f one -f nothing -f two -o FILE
	is "$status" 1
	is "$output" $'one\ntwo'
	[[ $stderr == *'nsidmap: nothing: No such file or directory'* ]]
}

@test "an idmapped mount: on the disk, here, and there" {
	need_root
	need_unshare --mount
	mk user
	mkdir source target
	touch source/theirs
	chown 5:6 source/theirs
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m sh -c '
		mount -t tmpfs tmpfs source && touch source/theirs && chown 5:6 source/theirs || exit 3
		touch source/other && chown 70000:70000 source/other
		idmount source target "/proc/$1/ns/user" || exit 4
		nsidmap -n -r -f target/theirs -t "$1" -o VIEW,UID,GID
		nsidmap -n -r -f target/other -o VIEW,UID,GID
		nsidmap -n -r -f source/theirs -o VIEW,UID,GID
		stat -c "%u %g" target/theirs target/other' - "$(made 1 PID)"
	[ "$status" != 4 ] || cannot_run 'this kernel has no idmapped mounts of tmpfs'
	is "$status" 0
	is "$output" "$(printf '%s\n' 'on\x20disk 5 6' 'this\x20host 100005 100006' "PID\\x20$(made 1 PID) 5 6" \
		'on\x20disk ? ?' 'this\x20host - -' 'this\x20host 5 6' '100005 100006' '65534 65534')"
}

@test "an idmapped mount in another mount namespace" {
	need_root
	need_unshare --mount
	mk user
	# shellcheck disable=SC2016
	unshare --mount sh -ec 'mkdir source target; mount -t tmpfs tmpfs source; echo > source/theirs
		chown 5:6 source/theirs; idmount source target "/proc/$1/ns/user"; touch there
		exec sleep 300' - "$(made 1 PID)" > there.out 2>&1 3>&- &
	there=$!
	until [ -e there ] && [ "$(cat /proc/$there/comm)" = sleep ]; do
		kill -0 $there || { cat there.out; cannot_run 'this kernel has no idmapped mounts of tmpfs'; }
		sleep 0.05
	done
	is "$(cells -f "$scratch/target/theirs@$there" -o VIEW,UID,GID)" \
		"$(printf '%s\n' 'on\x20disk 5 6' 'this\x20host 100005 100006')"
	is "$(cells -f "$scratch/source/theirs@$there" -o VIEW,UID,GID)" 'this\x20host 5 6'
	# A kernel without statmount(2) tells only that the mount is one.
	is "$(without-call 457 nsidmap -n -r -f "$scratch/target/theirs@$there" -o VIEW,UID,GID 2> /dev/null)" \
		"$(printf '%s\n' 'on\x20disk ? ?' 'this\x20host 100005 100006')"
	is "$(without-call 457 nsidmap -n -r -f "$scratch/source/theirs@$there" -o VIEW,UID,GID 2> /dev/null)" \
		'this\x20host 5 6'
	is "$(without-call 457 nsidmap -n -r -f /etc/passwd -o VIEW,UID,GID 2> /dev/null)" 'this\x20host 0 0'
}

@test "a kernel without openat2: names are unknown, and nothing else" {
	need_root
	there 'echo toor:x:0:0 > passwd'
	run --separate-stderr without-call 437 nsidmap -n -r -o ID,NAME 0@"$there"
	is "$status" 0
	is "$output" $'0 root\n0 ?'
	[[ $stderr == *'names are unknown there: its /etc/passwd: Function not implemented'* ]]
	is "$(without-call 437 nsidmap -n -r -o NAME 0@self 2> /dev/null)" root
}

@test "owners of subordinate ids" {
	need_root
	need_unshare --mount
	mk user
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m sh -c '
		printf "nobody-we-know:100000:65536\n1:100000:65536\n" > subuid; echo 0:100000:70000 > subgid
		for f in subuid subgid; do [ -e /etc/$f ] || exit 4; mount --bind $f /etc/$f || exit 3; done
		nsidmap -n -r -o OWNER "$1"; nsidmap -g -n -r -o OWNER "$1"; nsidmap -n -r -o OWNER' - "$(made 1 PID)"
	[ "$status" != 4 ] || cannot_run 'no /etc/subuid here'
	is "$status" 0
	is "$output" $'nobody-we-know\nroot\n-'
}

@test "a saved snapshot says the same" {
	need_root
	there 'printf "root:x:0:0::/:\nctf:x:1:1::/:\n" > passwd; printf "flags:x:1:\n" > group'
	mk user,uid=9 user
	nsls --save state.json 2> /dev/null
	local pid
	pid=$(made 2 PID)
	is "$(nsidmap --from state.json -n -r 1@"$there" -o ID,NAME 2> /dev/null | tail -n 1)" '1 ctf'
	is "$(nsidmap --from state.json -n -r -g 1@"$there" -o ID,NAME 2> /dev/null | tail -n 1)" '1 flags'
	is "$(nsidmap --from state.json -n -r 7@"$pid" 2> /dev/null)" "$(cells 7@"$pid" | sed '1s/[^ ]*$/?/')"
	is "$(nsidmap --from state.json -n -r "$pid" 2> /dev/null)" "$(cells "$pid")"
	is "$(nsidmap --from state.json -n -r 2> /dev/null)" "$(cells)"
	nsls --save redacted.json --redact 2> /dev/null
	is "$(nsidmap --from redacted.json -n -r 1@"$there" -o ID 2> /dev/null | tail -n 1)" 1
	[[ $(nsidmap --from redacted.json -n -r 1@"$there" -o NAME 2> /dev/null | tail -n 1) == user-* ]]
	not grep -E 'ctf|flags' redacted.json
}

@test "an ordinary user: himself, and his own user namespaces" {
	need_root
	AS=as_user mk user user
	run --separate-stderr as_user ./nsidmap -n -r -o INSIDE,OUTSIDE,COUNT "$(made 1 PID)"
	is "$status" 0
	is "$output" '0 65534 1'
	is "$(as_user ./nsidmap 0@"$(made 2 PID)" -i self 2> /dev/null)" 65534
	is "$(as_user ./nsidmap 65534 -i "$(made 2 PID)" 2> /dev/null)" 0
	# A process of root shows him its maps, and not its namespace.
	mk_root_process
	run --separate-stderr as_user ./nsidmap -n -r -o INSIDE,OUTSIDE,COUNT,USERNS "$there"
	is "$status" 0
	is "$output" "$(tr -s ' ' < "/proc/$there/uid_map" | sed 's/^ //') ?"
	run --separate-stderr as_user ./nsidmap 0@"$there"
	is "$status" 2
	[[ $stderr == *"$there: the user namespace of that process could not be read"* ]]
}

mk_root_process() {
	sleep 300 3>&- &
	there=$!
}

@test "an ordinary user: a user namespace that nobody is in" {
	need_root
	AS=as_user mk user,orphan user
	is "$(as_user ./nsidmap -n -r -o INSIDE,OUTSIDE,COUNT "user:[$(made 1 user)]" 2> /dev/null)" '0 65534 1'
}

@test "with somebody else's /proc, by whose numbers our child is found" {
	need_root
	need_unshare --pid --fork
	mk user,orphan user
	run --separate-stderr unshare --pid --fork nsidmap -n -r -o INSIDE,OUTSIDE,COUNT "user:[$(made 1 user)]" "$(made 2 PID)"
	is "$status" 0
	is "$output" $'0 100000 65536\n0 100000 65536'
	[[ $stderr == *'/proc belongs to another pid namespace than ours'* ]]
}

@test "a /proc that hides processes: what could not be read is said" {
	need_root
	need_unshare --pid --fork --mount
	# shellcheck disable=SC2016
	cat > inside <<-'END_INSIDE'
		mount -t proc -o hidepid=2 proc /proc || exit 3
		mkfifo hold; chmod 666 hold; setpriv --reuid=65534 --regid=65534 --clear-groups mkns user,orphan user < hold > made &
		exec 9> hold
		until grep -q '^ready$' made; do sleep 0.05; done
		setpriv --reuid=65534 --regid=65534 --clear-groups ./nsidmap "user:[$(sed -n '1s/.* user=\([0-9]*\).*/\1/p' made)]"
		echo "status $?"
		exec 9>&-; wait
	END_INSIDE
	run --separate-stderr unshare --pid --fork --mount bash inside 3>&-
	is "$output" 'status 2'
	[[ $stderr == *'could not be read: Permission denied'* ]]
}

@test "both sources say the same" {
	need_bpf
	mk user,orphan user user,uid=12
	local source
	for source in proc bpf; do
		nsidmap --source=$source -n -r "$(made 2 PID)" "$(made 3 PID)" "user:[$(made 1 user)]" > $source.maps 2> /dev/null
		nsidmap --source=$source -n -r 12@"$(made 3 PID)" > $source.ids 2> /dev/null
	done
	diff proc.maps bpf.maps
	diff proc.ids bpf.ids
	is "$(wc -l < bpf.maps)" 3
}

@test "what is not there is said, and the rest is shown" {
	run --separate-stderr nsidmap -n -r -o ASKED 4194304 self
	is "$status" 1
	is "$(sort -u <<< "$output")" self
	[[ $stderr == *'nsidmap: 4194304: no such process'* ]]
	run --separate-stderr nsidmap 0@4194304
	is "$status" 1
	is "$output" ''
	run --separate-stderr nsidmap 0 -i 4194304
	is "$status" 1
	is "$output" ''
}
