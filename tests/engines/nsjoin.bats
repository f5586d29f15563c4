#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsjoin into containers of real engines.

load helper

# Nothing here may hang, whatever is in there.
join() {
	timeout 30 nsjoin "$@" < /dev/null
}

# joins REFERENCE PID: what holds of every container of ours, whose first process is PID.
joins() {
	local kind
	for kind in cgroup ipc mnt net pid time user uts; do
		is "$(join "$1" -- readlink "/proc/self/ns/$kind")" "$(readlink "/proc/$2/ns/$kind")"
	done
	is "$(join "$1" -- id -u)" 0
	is "$(join "$1" -- pwd)" "$(readlink "/proc/$2/cwd" | sed 's|^/.*/rootfs$|/|')"
	is "$(join --as ctf "$1" -- id -un)" ctf
	is "$(join --as ctf "$1" -- sh -c 'id -u; id -g; echo $HOME' | xargs)" '1000 1000 /'
	is "$(join --as 1000:4 "$1" -- sh -c 'id -u; id -g' | xargs)" '1000 4'
	is "$(echo hi | timeout 30 nsjoin "$1" -- cat)" hi
	run join "$1" -- sh -c 'exit 7'
	[ "$status" = 7 ]
	run -127 join "$1" -- /no/such
	run -126 join "$1" -- /etc/passwd
	run join "$1"
	[ "$status" = 0 ]
	join --dry-run "$1" | grep -E '^yes +join mnt:' | grep -F "mnt:[$(stat -L -c %i "/proc/$2/ns/mnt")]"
	# Only its own: its first process, and what we run.
	join "$1" -- ps -o pid,args > listed
	grep -q "^ *1 " listed
	not grep -q bats listed
	is "$(join "$1" -- cat /proc/self/cgroup)" "$(join "$1" -- cat /proc/1/cgroup)"
}

@test "docker" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_options=(-w /tmp -e COLOR=blue)
	docker_container chal-$seconds sleep "$seconds"
	joins "docker:chal-$seconds" "$pid"
	name=chal-$seconds

	# As docker exec has it.
	for command in 'id' 'pwd' 'echo $PATH' 'echo $COLOR'; do
		is "$(join "$name" -- sh -c "$command")" "$(run_docker exec "$name" sh -c "$command")"
		is "$(join --as ctf "$name" -- sh -c "$command")" \
			"$(run_docker exec -u ctf "$name" sh -c "$command")"
	done
	is "$(join --as ctf "$name" -- sh -c 'echo $HOME')" \
		"$(run_docker exec -u ctf "$name" sh -c 'echo $HOME')"
	SECRET=hush join "$name" -- cat /proc/self/environ | tr '\0' '\n' > environ
	not grep SECRET environ
	grep -x COLOR=blue environ

	# Its limits hold for who has joined.
	is "$(join "$name" -- cat /proc/self/cgroup)" "$(join "$name" -- cat /proc/1/cgroup)"
	not is "$(join --no-join-cgroup "$name" -- cat /proc/self/cgroup)" \
		"$(join "$name" -- cat /proc/1/cgroup)"

	# By this side's programs.
	is "$(join -n "$name" ls /sys/class/net | xargs)" "$(find /sys/class/net -mindepth 1 -printf "%f\\n" | sort | xargs)"
	is "$(join -n "$name" cat /proc/self/net/dev | tail -n +3 | cut -d : -f 1 | xargs)" lo
	is "$(join -p --mount-proc "$name" ps -e -o pid= | head -n 1 | xargs)" 1

	run join nobody-$seconds true
	[ "$status" = 125 ]
	[[ $output == *"nobody-$seconds: no such container"* ]]
	run_docker kill "$name" > /dev/null
	DOCKER_HOST=unix://$scratch/docker.sock run join "$name" true
	[ "$status" = 125 ]
	[[ $output == *"the container docker:$name exists, but does not run"* ]]
}

# What a process may do, of its status.
rights() {
	grep -E '^(CapBnd|NoNewPrivs|Seccomp):' | xargs
}

@test "docker: --like-target may do what docker exec may, and no more" {
	start_dockerd
	seconds=$(unique_seconds)
	run_docker run -d --name plain-$seconds --network none --cap-drop CHOWN rootfs sleep "$seconds" \
		> /dev/null
	is "$(join --like-target plain-$seconds cat /proc/self/status | rights)" \
		"$(run_docker exec plain-$seconds cat /proc/self/status | rights)"
	not is "$(join plain-$seconds cat /proc/self/status | rights)" \
		"$(run_docker exec plain-$seconds cat /proc/self/status | rights)"
	# The filter is the container's.
	if run_docker exec plain-$seconds cat /proc/self/status | grep -q '^Seccomp:.*2'; then
		run join --like-target plain-$seconds unshare -U true
		[ "$status" != 0 ]
		is "$(join --like-target --as ctf plain-$seconds id -un)" ctf
	fi
	run join --like-target plain-$seconds mount -t tmpfs none /tmp
	[ "$status" != 0 ]
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
	join -n -p --mount-proc "bare-$seconds" ps -e -o args= | grep -x "/bin/sleep $seconds"
	is "$(join "bare-$seconds" /bin/sleep 0 && echo slept)" slept
}

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

@test "docker: files that are no passwd" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container odd-$seconds sleep "$seconds"
	for trick in 'mkfifo /etc/passwd' 'ln -s /proc/self/environ /etc/passwd' 'ln -s /dev/zero /etc/passwd' \
		'ln -s ../../../../../../etc/passwd /etc/passwd' 'mkdir /etc/passwd'; do
		# docker exec itself would wait for who writes to the pipe.
		join "odd-$seconds" busybox rm -rf /etc/passwd
		join "odd-$seconds" sh -c "busybox $trick"
		run join --as ctf "odd-$seconds" id
		[ "$status" = 125 ]
		[[ $output == *"there is no user 'ctf' in the target's /etc/passwd"* ]]
		is "$(join --as 1000 "odd-$seconds" cat /proc/self/status | awk '/^Uid/ { print $2 }')" 1000
		is "$(join "odd-$seconds" true && echo went)" went
	done
}

@test "podman as root" {
	start_podman
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	joins "podman:web-$seconds" "$pid"
}

@test "runc" {
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc_id=my-box.$seconds
	runc run -d -b bundle "$runc_id" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc state "$runc_id" | jq .pid)
	joins "$runc_id" "$pid"
	is "$(join --like-target "$runc_id" cat /proc/self/status | rights)" \
		"$(runc exec "$runc_id" cat /proc/self/status | rights)"
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
	joins "$crun_id" "$(pid_of sleep "$seconds")"
}

@test "lxc" {
	seconds=$(unique_seconds)
	lxc_container charon-$seconds "/bin/sleep $seconds"
	joins "lxc:charon-$seconds" "$pid"
	is "$(join "charon-$seconds" hostname)" "in-charon-$seconds"
}

@test "bubblewrap, by a PID" {
	need bwrap
	make_rootfs "$scratch/sandbox"
	seconds=$(unique_seconds)
	bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sleep "$seconds" 3>&- &
	bwrap_pid=$!
	wait_for pid_of sleep "$seconds" || cannot_run 'bwrap does not work here'
	inside=$(pid_of sleep "$seconds")
	got=$(join "$inside" -- sh -c 'id -u; ls /; readlink /proc/self/ns/mnt' 2>&1 | xargs)
	expected="$(id -u) bin dev etc proc sys tmp $(readlink "/proc/$inside/ns/mnt")"
	kill "$inside"
	wait "$bwrap_pid" || true
	is "$got" "$expected"
}
