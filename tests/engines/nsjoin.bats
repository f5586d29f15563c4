#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsjoin into containers of real engines.

load helper

# Words in front of nsjoin, where it is not root's.
as_owner=()

# Nothing here may hang, whatever is in there.
join() {
	timeout 30 "${as_owner[@]}" nsjoin "$@" < /dev/null
}

# stays REFERENCE: a command in there that SIGTERM ends with 33. It is $inside, the child of $joined.
stays() {
	SECRET=hush "${as_owner[@]}" nsjoin "$1" -- \
		sh -c 'trap "exit 33" TERM; echo ready; while :; do sleep 0.1; done' \
		< /dev/null > said 2> said.err 3>&- &
	joined=$!
	wait_for grep ready said
	inside=$(pgrep -P "$joined")
}

leave() {
	local one
	for one in ${joined-} ${outside-}; do
		kill -KILL "$one" 2> /dev/null || true
		wait "$one" 2> /dev/null || true
	done
	unset joined outside
}

teardown() {
	leave
	end_engines
}

# Its environment, but for what a shell adds.
environ() {
	tr '\0' '\n' < "/proc/$1/environ" | grep -vE '^(_|PWD|OLDPWD|SHLVL|TERM)=' | sort
}

# joins REFERENCE PID: what holds of every container of ours, whose first process is PID.
joins() {
	local kind status=0 cwd
	TERM=vt52 stays "$1"
	[ "$inside" != "$joined" ]
	for kind in cgroup ipc mnt net pid time user uts; do
		is "$(readlink "/proc/$inside/ns/$kind")" "$(readlink "/proc/$2/ns/$kind")"
	done
	is "$(stat -L -c %d:%i "/proc/$inside/root")" "$(stat -L -c %d:%i "/proc/$2/root")"
	is "$(stat -L -c %d:%i "/proc/$inside/cwd")" "$(stat -L -c %d:%i "/proc/$2/cwd")"
	if [ "${as_owner[*]}" ] && [ -s said.err ]; then
		is "$(grep -c 'cannot join its cgroup' said.err)" "$(wc -l < said.err)" # not his to join
	else
		is "$(cat "/proc/$inside/cgroup")" "$(cat "/proc/$2/cgroup")"
		is "$(cat said.err)" ''
	fi
	diff <(environ "$inside") <(environ "$2" |
		if grep -qz ^PATH= "/proc/$2/environ"; then cat; else
			(cat; echo PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin) | sort
		fi)
	is "$(tr '\0' '\n' < "/proc/$inside/environ" | grep ^TERM=)" TERM=vt52
	kill -TERM "$joined"
	wait "$joined" || status=$?
	is "$status" 33
	not test -e "/proc/$inside/cwd/."
	unset joined

	cwd=$(join "$1" -- pwd)
	is "$(join "$1" -- id -u)" 0
	is "$(echo hi | timeout 30 "${as_owner[@]}" nsjoin "$1" -- cat)" hi
	is "$(echo 'echo $0 $(pwd)' | timeout 30 "${as_owner[@]}" nsjoin "$1")" "sh $cwd"
	run -7 join "$1" -- sh -c 'exit 7'
	run -137 join "$1" -- sh -c 'kill -KILL $$'
	run -127 join "$1" -- /no/such
	run -127 join "$1" -- no-such
	run -126 join "$1" -- /etc/passwd
	run -126 join "$1" -- /etc
	join --dry-run "$1" | grep -E '^yes +join mnt:' | grep -F "mnt:[$(stat -L -c %i "/proc/$2/ns/mnt")]"
	# Only its own: its first process, and what we run.
	join "$1" -- ps -o pid,args > listed
	grep -q "^ *1 " listed
	not grep -q bats listed
}

joins_as_ctf() {
	is "$(join --as ctf "$1" -- id -un)" ctf
	is "$(join --as ctf "$1" -- sh -c 'id -u; id -g; echo $HOME' | xargs)" '1000 1000 /'
	is "$(join --as 1000:4 "$1" -- sh -c 'id -u; id -g' | xargs)" '1000 4'
	run -125 join --as nobody-there "$1" -- id
	[[ $output == *"there is no user 'nobody-there' in the target's /etc/passwd"* ]]
}

# What a process may do, of its status.
rights() {
	grep -E '^(Cap...|NoNewPrivs|Seccomp):' | xargs
}

# like REFERENCE COMMAND...: with --like-target it may do what COMMAND, the engine's, lets one do.
like() {
	is "$(join --like-target "$1" cat /proc/self/status | rights)" \
		"$("${@:2}" cat /proc/self/status | rights)"
	join "$1" sh -c 'mount -t tmpfs none /tmp && umount /tmp'
	run -1 join --like-target "$1" mount -t tmpfs none /tmp
	[[ $output == *'mount: '* ]]
}

@test "docker" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_options=(-w /tmp -e COLOR=blue)
	docker_container chal-$seconds sleep "$seconds"
	name=chal-$seconds
	joins "docker:$name" "$pid"
	joins_as_ctf "$name"

	# By this side's programs.
	is "$(join -n "$name" ls /sys/class/net | xargs)" "$(find /sys/class/net -mindepth 1 -printf "%f\\n" | sort | xargs)"
	is "$(join -n "$name" cat /proc/self/net/dev | tail -n +3 | cut -d : -f 1 | xargs)" lo
	is "$(join -p --mount-proc "$name" ps -e -o pid= | head -n 1 | xargs)" 1

	# A shell that is not there.
	join "$name" sh -c 'echo odd:x:7:7::/:/bin/none >> /etc/passwd'
	is "$(echo 'echo $0 $(id -u)' | timeout 30 nsjoin --as odd "$name")" 'sh 7'
}

@test "docker: who joins is as docker exec has it: user, groups, home, path, directory, status" {
	start_dockerd
	seconds=$(unique_seconds)
	mkdir image/work
	printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'ctf:x:1000:1000::/home/ctf:/bin/sh' \
		'dev:x:1001:50::/dev:/bin/sh' '42:x:43:44::/odd:/bin/sh' > image/etc/passwd
	printf '%s\n' 'root:x:0:root' 'ctf:x:1000:' 'adm:x:4:ctf,root' 'staff:x:50:' 'extra:x:60:dev,ctf' \
		> image/etc/group
	tar -C image -c . | run_docker import - people > /dev/null
	run_docker run -d --name "a-$seconds" --network none people sleep "$seconds" > /dev/null
	run_docker run -d --name "b-$seconds" --network none -u ctf -w /work -e COLOR=blue people \
		sleep "$seconds" > /dev/null
	run_docker run -d --name "c-$seconds" --network none -u 1001:4 --group-add 77 -e PATH=/bin:/work people \
		sleep "$seconds" > /dev/null
	# docker adds TERM only with a terminal.
	facts='id -u; id -g; for i in $(id -G); do echo $i; done | busybox sort -u; pwd; busybox env |
		busybox sort | busybox grep -vE "^(_|SHLVL|TERM|PWD)="'
	for name in a b c; do
		for user in '' root ctf dev 42 1000 1234 1001:4 ctf:adm ctf:60 0:60; do
			# Groups that were added to the container are no more to be known.
			[ "$name$user" = c ] || [ $name != c ] || continue
			is "$(join ${user:+--as "$user"} "$name-$seconds" sh -c "$facts")" \
				"$(run_docker exec ${user:+-u "$user"} "$name-$seconds" sh -c "$facts")"
		done
	done
	# This is 126 for what is not there, too, with an older runc; its manual says 127.
	for command in /etc/passwd /etc 'sh -c exit\ 9' 'sh -c kill\ -9\ $$' 'sh -c kill\ -15\ $$'; do
		eval "set -- $(sed 's/\$/\\$/g' <<< "$command")"
		expected=0 got=0
		run_docker exec "a-$seconds" "$@" > /dev/null 2>&1 || expected=$?
		join "a-$seconds" "$@" > /dev/null 2>&1 || got=$?
		is "$got" "$expected"
		[ "$got" != 0 ]
	done
}

@test "docker: what is no container, or does not run" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	name=chal-$seconds
	run -125 join nobody-$seconds true
	[[ $output == *"nobody-$seconds: no such container"* ]]
	run -125 join "podman:$name" true
	[[ $output == *"podman:$name: no such container"* ]]
	run_docker pause "$name"
	run -125 join "$name" true
	[[ $output == *"its cgroup "*" is frozen, as by a pause of the container"* ]]
	is "$(join --no-join-cgroup "$name" sh -c 'echo went')" went
	run_docker unpause "$name"
	run_docker kill "$name" > /dev/null
	DOCKER_HOST=unix://$scratch/docker.sock run -125 join "$name" true
	[[ $output == *"the container docker:$name exists, but does not run"* ]]
}

@test "docker and podman: a name that both have" {
	start_podman
	start_dockerd
	seconds=$(unique_seconds)
	docker_container both-$seconds sleep "$seconds"
	podman_container both-$seconds sleep "$seconds"
	run -125 join "both-$seconds" true
	[[ $output == *"both-$seconds: several containers are called so: "*docker:both-* ]]
	[[ $output == *podman:both-* ]]
	is "$(join "docker:both-$seconds" sh -c 'echo $container')" ''
	is "$(join "podman:both-$seconds" sh -c 'echo $container')" podman
}

@test "docker: its limits hold for who joins" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_options=(--pids-limit 12 --memory 64m --memory-swap 64m)
	docker_container small-$seconds sleep "$seconds"
	name=small-$seconds
	hog='busybox dd if=/dev/zero of=/dev/null bs=200M count=1 2> /dev/null'
	join --no-join-cgroup "$name" sh -c "$hog"
	run join "$name" sh -c "$hog"
	[ "$status" = 137 ]

	# /dev/kmsg, which is not among its devices, and which any root may open to write.
	write='busybox mknod /tmp/kmsg c 1 11 2> /dev/null; : > /tmp/kmsg'
	join --no-join-cgroup "$name" sh -c "$write"
	run -1 join "$name" sh -c "$write"
	[[ $output == *'Operation not permitted' ]]

	# What has been forked stays for a while.
	fork='i=0; while [ $i -lt 20 ]; do sleep 2 & i=$((i + 1)); done; wait'
	is "$(join --no-join-cgroup "$name" sh -c "$fork" 2>&1)" ''
	run join "$name" sh -c "$fork"
	[[ $output == *"can't fork"* ]]
}

@test "docker: --like-target may do what docker exec may, and no more" {
	start_dockerd
	seconds=$(unique_seconds)
	run_docker run -d --name plain-$seconds --network none --cap-drop CHOWN rootfs sleep "$seconds" \
		> /dev/null
	like plain-$seconds run_docker exec plain-$seconds
	not is "$(join plain-$seconds cat /proc/self/status | rights)" \
		"$(run_docker exec plain-$seconds cat /proc/self/status | rights)"
	is "$(join --like-target --as ctf plain-$seconds cat /proc/self/status | rights)" \
		"$(run_docker exec -u ctf plain-$seconds cat /proc/self/status | rights)"
	# The filter is the container's.
	if run_docker exec plain-$seconds cat /proc/self/status | grep -q '^Seccomp:.*2'; then
		run join --like-target plain-$seconds unshare -U true
		[ "$status" != 0 ]
		is "$(join --like-target --as ctf plain-$seconds id -un)" ctf
	fi
	docker_options=(--security-opt no-new-privileges)
	docker_container nnp-$seconds sleep "$seconds"
	is "$(join --like-target nnp-$seconds cat /proc/self/status | rights)" \
		"$(run_docker exec nnp-$seconds cat /proc/self/status | rights)"
	is "$(sed -n 's/^State:.\(.\).*/\1/p' "/proc/$pid/status")" S
}

@test "docker: an image without a shell" {
	start_dockerd
	seconds=$(unique_seconds)
	mkdir -p bare/bin
	cp "$(command -v busybox)" bare/bin/sleep
	tar -C bare -c . | run_docker import - bare > /dev/null
	run_docker run -d --name "bare-$seconds" --network none bare /bin/sleep "$seconds" > /dev/null
	run -127 join "bare-$seconds"
	[[ $output == *"cannot run /bin/sh: the target's files have no such program"*--mount-proc* ]]
	run -125 join --as ctf "bare-$seconds"
	[[ $output == *"there is no user 'ctf' in the target's /etc/passwd, which cannot be read" ]]
	join -n -p --mount-proc "bare-$seconds" ps -e -o args= | grep -x "/bin/sleep $seconds"
	is "$(join "bare-$seconds" /bin/sleep 0 && echo slept)" slept
}

@test "docker: who has chrooted in there" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container outer-$seconds sleep "$seconds"
	join "outer-$seconds" sh -c 'busybox mkdir -p /jail/bin /jail/inner; busybox cp /bin/busybox /jail/bin'
	run_docker exec -d -w /tmp "outer-$seconds" busybox chroot /jail /bin/busybox sh -c \
		"cd inner; exec /bin/busybox sleep $((seconds + 1))"
	wait_for pid_of /bin/busybox sleep $((seconds + 1))
	chrooted=$(pid_of /bin/busybox sleep $((seconds + 1)))
	is "$(join "$chrooted" /bin/busybox ls / | xargs)" 'bin inner'
	is "$(join "$chrooted" /bin/busybox pwd)" /inner
	is "$(stat -L -c %i "/proc/$chrooted/ns/mnt")" "$(stat -L -c %i "/proc/$pid/ns/mnt")"
	run -127 join "$chrooted"
	[[ $output == *'cannot run /bin/sh'* ]]
}

### Root in there is hostile

# Whoever is root in there has replaced what is run by a script whose interpreter is whatever runs it,
# and tries to write to the program of whoever comes in.
@test "docker: a container that wants our program" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_options=(--cap-add SYS_PTRACE)
	docker_container evil-$seconds sh -c '
		for i in sh id; do printf "#!/proc/self/exe\n" > /tmp/$i; /bin/busybox chmod 755 /tmp/$i; done
		mv /tmp/sh /bin/sh; mv /tmp/id /bin/id
		while :; do
			for exe in /proc/[0-9]*/exe; do
				case $(/bin/busybox readlink $exe) in
				*nsjoin*) { /bin/busybox readlink $exe; /bin/busybox cat $exe | /bin/busybox wc -c; } >> /tmp/seen
					/bin/busybox dd if=/dev/zero of=$exe bs=1 count=1 2>> /tmp/seen
				esac
			done
		done'
	before=$(sha256sum < "$scratch/nsjoin")
	for _ in 1 2 3 4 5; do
		run join "evil-$seconds"
		[ "$status" != 0 ]
		run join "evil-$seconds" /bin/id
		[ "$status" != 0 ]
		[[ $output != *uid=* && $output != *Usage* ]]
		is "$(join "evil-$seconds" /bin/busybox echo in)" in
	done
	is "$(sha256sum < "$scratch/nsjoin")" "$before"
	seen=$(join "evil-$seconds" /bin/busybox cat /tmp/seen 2> /dev/null || true)
	echo "seen: $seen"
	[[ $seen != *"$scratch"* ]]
}

# What root in there finds in /proc of whoever enters, who is held by a debugger before the command
# runs; and whether it can write to the program.
peek='while :; do
		for p in /proc/[0-9]*; do
			read -r comm < $p/comm 2> /dev/null && [ "$comm" = nsjoin ] && break 2
		done
	done
	sleep 1 # until it is where it is held
	echo exe $(readlink $p/exe)
	echo secret $(busybox tr "\0" "\n" < $p/environ | busybox grep SECRET)
	echo fds $(for fd in $p/fd/[3-9] $p/fd/[0-9][0-9]*; do readlink $fd; done | busybox grep -c /)
	echo out $(ls -d $p/fd/*/../../etc/.. $p/root/proc/self/fd/*/../../etc/.. | busybox grep -cv "^/proc/[0-9]*/root/")
	echo maps $(busybox grep -c "/nsjoin$" $p/maps)
	(: > $p/exe) && echo written
	echo peeked'

# peeks CAPABILITY CALL: what that finds while CALL waits, in $peeked.
peeks() {
	run_docker run -d --name "peek-$1-$seconds" --network none --cap-add "$1" rootfs sleep "$seconds" > /dev/null
	# LeakSanitizer does not work below ptrace.
	SECRET=hush ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e "trace=$2" -e "inject=$2:delay_enter=4000000" \
		nsjoin "peek-$1-$seconds" sh -c 'echo in' < /dev/null > said 2>&1 3>&- &
	outside=$!
	peeked=$(timeout 30 run_docker_exec "peek-$1-$seconds" sh -c "$peek")
	wait "$outside"
	unset outside
	is "$(cat said)" in
	echo "$peeked"
	[[ $peeked == *peeked && $peeked != *written* ]]
}

@test "docker: what root in there can read of who enters" {
	start_dockerd
	need strace
	seconds=$(unique_seconds)
	before=$(sha256sum < "$scratch/nsjoin")
	# timeout runs no functions.
	printf '#!/bin/sh\nDOCKER_HOST= exec docker -H unix://%s/docker.sock exec "$@"\n' "$scratch" > run_docker_exec
	chmod 755 run_docker_exec
	peeks CHOWN close_range
	is "$peeked" "$(printf 'exe\nsecret\nfds 0\nout 0\nmaps\npeeked')"
	# Who may trace us could let us do anything anyway. Still there is little to be found.
	peeks SYS_PTRACE execve
	[[ $peeked == 'exe /memfd:nsjoin (deleted)'* ]]
	is "$(tail -n +2 <<< "$peeked")" "$(printf 'secret\nfds 0\nout 0\nmaps 0\npeeked')"
	is "$(sha256sum < "$scratch/nsjoin")" "$before"
}

# exec(2) and chdir(2) follow them before anything is closed.
@test "docker: links to what we have open lead nowhere" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_options=(--pid host) # where /proc knows us before we fork
	docker_container far-$seconds sleep "$seconds"
	docker_options=()
	docker_container near-$seconds sleep "$seconds"
	cp "$(command -v busybox)" way-out
	echo hush > secret
	for name in far-$seconds near-$seconds; do
		is "$(join "$name" /bin/busybox echo in)" in
		for fd in $(seq 3 24); do
			link=/proc/self/fd/$fd
			join "$name" sh -c "busybox ln -sfn $link/../..$scratch/way-out /tmp/busybox; busybox ln -sfn $link /wd
				busybox ln -sfn $link/../.. /wd2"
			is "$(join "$name" /tmp/busybox echo out 2> /dev/null)" ''
			for wd in wd wd2; do
				got=$(join -W/$wd "$name" sh -c "pwd; cat .$scratch/secret ../..$scratch/secret" 2> /dev/null || true)
				[[ $got == '' || $got == / ]] || { echo "$fd: $got"; return 1; }
			done
		done
	done
}

@test "docker: files that are no passwd" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container odd-$seconds sleep "$seconds"
	for trick in 'mkfifo /etc/passwd' 'ln -s /proc/self/environ /etc/passwd' 'ln -s /dev/zero /etc/passwd' \
		'ln -s ../../../../../../etc/passwd /etc/passwd' 'mkdir /etc/passwd' \
		'ln -s /proc/1/root/etc/passwd /etc/passwd' 'truncate -s 1099511627776 /etc/passwd'; do
		# docker exec itself would wait for who writes to the pipe.
		join "odd-$seconds" busybox rm -rf /etc/passwd
		join "odd-$seconds" sh -c "busybox $trick"
		run -125 join --as ctf "odd-$seconds" id
		[[ $output == *"there is no user 'ctf' in the target's /etc/passwd"* ]]
		is "$(join --as 1000 "odd-$seconds" cat /proc/self/status | awk '/^Uid/ { print $2 }')" 1000
		is "$(join "odd-$seconds" true && echo went)" went
		is "$(echo 'echo $0' | timeout 30 nsjoin "odd-$seconds")" sh
	done
}

# A container that sends this signal to all but its first process, again and again.
sends() {
	docker_container "sends-$1-$seconds" sh -c "while :; do
			for p in /proc/[0-9]*; do [ \$p = /proc/1 ] || kill -$1 \${p#/proc/} 2> /dev/null; done
		done"
}

@test "docker: a container that stops whatever enters" {
	start_dockerd
	seconds=$(unique_seconds)
	sends STOP
	# If it was stopped before it could ask to end with us, it ends as soon as it goes on.
	is_held() { inside=$(pgrep -P "$joined") && grep '^State:.T' "/proc/$inside/status"; }
	# Often, as it is stopped again at once.
	goes() {
		local i
		for i in {1..300}; do kill -CONT "$1" 2> /dev/null || break; done
		not test -e "/proc/$1/cwd/."
	}
	for signal in KILL TERM; do
		nsjoin "sends-STOP-$seconds" sleep $((seconds + 1)) < /dev/null > /dev/null 2>&1 3>&- &
		joined=$!
		wait_for is_held
		kill -$signal "$joined"
		# As timeout(1) and shells do; stopped again, it takes another one.
		wait_for goes "$joined"
		wait "$joined" || true
		wait_for goes "$inside"
		unset joined
	done
}

@test "docker: a container that kills whatever enters, or ends" {
	start_dockerd
	seconds=$(unique_seconds)
	sends KILL
	for _ in 1 2 3; do
		run -137 join "sends-KILL-$seconds" sleep 20
	done
	docker_container ends-$seconds sleep "$seconds"
	stays "ends-$seconds"
	run_docker kill "ends-$seconds" > /dev/null
	status=0
	wait "$joined" || status=$?
	is "$status" 137
	unset joined
}

### Other engines

@test "podman as root" {
	start_podman
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	name=web-$seconds
	joins "podman:$name" "$pid"
	joins_as_ctf "$name"
	like "$name" run_podman exec "$name"
	for user in '' ctf 77 77:4; do
		# podman leaves out the host's name, and the group of one's own among the others.
		facts='id -u; id -g; pwd; busybox env | busybox sort | busybox grep -vE "^(_|SHLVL|HOSTNAME|TERM)="'
		is "$(join ${user:+--as "$user"} "$name" sh -c "$facts")" \
			"$(run_podman exec ${user:+-u "$user"} "$name" sh -c "$facts")"
	done
	for command in /no/such no-such /etc/passwd; do
		expected=0 got=0
		run_podman exec "$name" "$command" > /dev/null 2>&1 || expected=$?
		join "$name" "$command" > /dev/null 2>&1 || got=$?
		is "$got" "$expected"
	done
}

@test "podman without root, as its owner" {
	seconds=$(unique_seconds)
	rootless_container web-$seconds "$seconds"
	is "$("${as_owner[@]}" id -u)" 4711
	joins "web-$seconds" "$pid"
	joins_as_ctf "podman:web-$seconds"
	is "$(awk '{ print $1, $2 }' "/proc/$pid/uid_map" | head -n 1)" '0 4711'
	# Filters can be copied by root only, the rest by anybody.
	if grep -q '^Seccomp:.2' "/proc/$pid/status"; then
		run -125 join --like-target "web-$seconds" true
		[[ $output == *'cannot copy its seccomp filter (takes CAP_SYS_ADMIN in the initial user namespace'* ]]
	fi
	is "$(join --like-target --best-effort "web-$seconds" cat /proc/self/status 2> /dev/null | grep CapBnd)" \
		"$(grep CapBnd "/proc/$pid/status")"
	# Nobody else's.
	as_owner=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run -125 join "$pid" true
	[[ $output == *"it is somebody else's"*'run as root'* ]]
}

@test "runc" {
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc_id=my-box.$seconds
	runc run -d -b bundle "$runc_id" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc state "$runc_id" | jq .pid)
	joins "$runc_id" "$pid"
	joins_as_ctf "$runc_id"
	like "$runc_id" runc exec "$runc_id"
}

@test "crun" {
	need crun
	need_unshare -m
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	cd bundle
	crun_id=my-crun.$seconds
	run_crun run -d "$crun_id" < /dev/null > "$scratch/run.log" 2>&1 3>&- ||
		{ cat "$scratch/run.log"; cannot_run 'crun cannot run a container here'; }
	cd "$scratch"
	pid=$(pid_of sleep "$seconds")
	joins "$crun_id" "$pid"
	joins_as_ctf "$crun_id"
	# Its exec does not set no_new_privs, which the container has.
	is "$(join --like-target "$crun_id" cat /proc/self/status | rights)" "$(rights < "/proc/$pid/status")"
}

@test "lxc" {
	seconds=$(unique_seconds)
	lxc_container charon-$seconds "/bin/sleep $seconds"
	joins "lxc:charon-$seconds" "$pid"
	joins_as_ctf "lxc:charon-$seconds"
	is "$(join "charon-$seconds" hostname)" "in-charon-$seconds"
	is "$(join --like-target "charon-$seconds" cat /proc/self/status | rights)" \
		"$(lxc-attach -P "$scratch/lxc" -n "charon-$seconds" -- cat /proc/self/status < /dev/null | rights)"
}

@test "bubblewrap, by a PID" {
	need_root
	need bwrap
	make_rootfs "$scratch/sandbox"
	seconds=$(unique_seconds)
	bwrap --unshare-all --die-with-parent --bind "$scratch/sandbox" / --proc /proc sleep "$seconds" \
		< /dev/null > /dev/null 2>&1 3>&- &
	outside=$!
	wait_for pid_of sleep "$seconds" || cannot_run 'bwrap does not work here'
	joins "$(pid_of sleep "$seconds")" "$(pid_of sleep "$seconds")"
	# Nobody but root has a number there.
	run -125 join --as ctf "$(pid_of sleep "$seconds")" id
	[[ $output == *'cannot become group 1000, which is not mapped in the user namespace'* ]]
}

# unshared SCRIPT OPTION...: in namespaces of its own, where $root, a folder, is still to be made the
# root, and mounted.
unshared() {
	need_root
	need_unshare -f --kill-child "${@:2}"
	root=$scratch/root
	make_rootfs "$root"
	seconds=$(unique_seconds)
	root=$root seconds=$seconds unshare -f --kill-child "${@:2}" sh -c "$1" < /dev/null > unshared.log 2>&1 3>&- &
	outside=$!
	wait_for pid_of /bin/sleep "$seconds" || { cat unshared.log; return 1; }
	pid=$(pid_of /bin/sleep "$seconds")
}

@test "unshare, chrooted" {
	unshared 'mount -t proc proc "$root/proc"; exec chroot "$root" /bin/sh -c "cd /etc; exec /bin/sleep $seconds"' \
		-m -u -i -n -p -C
	joins "$pid" "$pid"
	joins_as_ctf "$pid"
	is "$(join "$pid" pwd)" /etc
	is "$(join "$pid" ls / | xargs)" 'bin dev etc proc sys tmp'
	# As nsenter does: the root of the namespace, which is the host's.
	is "$(join -m -t "$pid" -- readlink /proc/self/ns/mnt)" "$(readlink "/proc/$pid/ns/mnt")"
	is "$(join -m -t "$pid" -- ls -d "$scratch")" "$scratch"
}

@test "unshare, pivoted, in a user namespace" {
	unshared 'mount --bind "$root" "$root"; cd "$root"; mkdir old; pivot_root . old
		exec /bin/sh -c "mount -t proc proc /proc; umount -l /old; exec /bin/sleep $seconds"' \
		-U -r -m -u -i -n -p -C -T
	joins "$pid" "$pid"
	is "$(join -m -U -p -t "$pid" -- ls / | xargs)" 'bin dev etc old proc sys tmp'
}
