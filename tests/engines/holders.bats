#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What keeps the namespaces of containers alive: who is in them, what their engines hold of them, and
# what somebody in there holds.

load helper
load ../live/holders

teardown() {
	end_keep
	end_engines
}

# within_a_minute COMMAND...: it does not hang, whatever it has to say.
within_a_minute() {
	local r=0
	timeout 60 "$@" > /dev/null 2>&1 || r=$?
	[ "$r" -lt 2 ] || { echo "$r: $*"; return 1; }
}

inode() { # PID KIND
	stat -L -c %i "/proc/$1/ns/$2"
}

@test "docker: who is in a container, and how the daemon keeps its network" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sh -c "sleep $seconds & sleep $((seconds + 1)) & wait"
	run_docker exec -d -u ctf "chal-$seconds" sleep $((seconds + 2))
	for n in 0 1 2; do wait_for pid_of sleep $((seconds + n)); done
	members_are_held "$pid" "chal-$seconds" "docker:chal-$seconds"
	[ "$(members pid "$pid" | wc -l)" = 4 ]

	netns=$(echo "$scratch"/run-docker/netns/*)
	is "$(who_holds net "chal-$seconds" BY,PID,PATH,MNTNS,CONTAINER | grep ^mount)" \
		"mount - $netns $(inode self mnt) -"
	is "$(nsls -n -r -t net -o NSFS,HELDBY "$pid" 2> /dev/null | cut -d , -f 1,2)" "$netns process,mount"
	is "$(who_holds net "$netns" BY,PID)" "$(who_holds net "chal-$seconds" BY,PID)"
	# What else there is are descriptors of the daemon, which is in no container.
	is "$(who_holds net "chal-$seconds" BY,PID,CONTAINER | grep -v -e ^process -e ^mount | cut -d ' ' -f 2- |
		sort -u)" "$dockerd_pid -"

	nsls --save saved.json 2> /dev/null
	is "$(nswho --from saved.json -n -r -t net -o BY,PID,PATH,CONTAINER "chal-$seconds" 2> /dev/null)" \
		"$(who_holds net "chal-$seconds" BY,PID,PATH,CONTAINER)"
}

@test "docker: a container that is paused hides nothing and makes nobody wait" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	run_docker pause "chal-$seconds" > /dev/null
	for command in nsls 'nsls --output-all' "nswho chal-$seconds" "nspidmap --all chal-$seconds" \
		"nsidmap 1000@chal-$seconds" "nscmp -e self chal-$seconds" "nstree --output-all chal-$seconds" \
		'nsls --save saved.json'; do
		# shellcheck disable=SC2086 # words
		within_a_minute $command
	done
	members_are_held "$pid" "chal-$seconds" "docker:chal-$seconds"
	is "$(nsls -n -r -t uts -o HOSTNAME,CONTAINER "$pid" 2> /dev/null)" \
		"$(cut -c 1-12 "$scratch/id") docker:chal-$seconds"
	run_docker unpause "chal-$seconds" > /dev/null
}

# Their numbers are given anew; ids are not, where the kernel has any.
@test "docker: of a container that has stopped nothing is left" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	nsls -n -r -o NS,ID --no-host "$pid" 2> /dev/null > before
	netns=$(echo "$scratch"/run-docker/netns/*)
	[ "$(wc -l < before)" -ge 5 ]
	grep -qF "$netns" <(nsls -n -r -o NSFS 2> /dev/null)
	run_docker stop -t 0 "chal-$seconds" > /dev/null
	wait_for not grep -qxFf before <(nsls -n -r -o NS,ID 2> /dev/null)
	not grep -qF "$netns" <(nsls -n -r -P -o NSFS 2> /dev/null)
	# The daemon removes the file some time later.
	run -2 nswho "$netns"
	grep -e "$netns is not a namespace" -e "cannot open $netns: No such file" <<< "$output"
}

@test "docker: two containers of one network" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container first-$seconds sleep "$seconds"
	first=$pid
	docker_options=(--network "container:first-$seconds")
	run_docker run -d --name "second-$seconds" "${docker_options[@]}" rootfs sleep $((seconds + 1)) > /dev/null
	second=$(run_docker inspect -f '{{.State.Pid}}' "second-$seconds")
	export DOCKER_HOST=unix://$scratch/docker.sock # see "what a container shares" in docker.bats
	for reference in "first-$seconds" "second-$seconds" "net:[$(inode "$first" net)]"; do
		is "$(who_holds net "$reference" BY,PID,CONTAINER | grep ^process)" \
			"$(printf '%s\n' "process $first docker:first-$seconds" "process $second docker:second-$seconds" |
				sort -n -k 2)"
	done
	is "$(who_holds pid "second-$seconds" BY,PID,CONTAINER)" "process $second docker:second-$seconds"
	# The network stays for the second one.
	run_docker kill "first-$seconds" > /dev/null
	wait_for not test -e "/proc/$first/cwd/."
	is "$(who_holds net "$second" BY,PID,CONTAINER | grep ^process)" "process $second docker:second-$seconds"
}

# in_container HOW [PATH]: as keep, by a process of the container chal-$seconds, which finds our
# libraries in there.
in_container() {
	local library
	docker_options=(-v "$scratch/hold-ns:/bin/hold-ns:ro")
	for library in /lib /lib64 /usr/lib; do
		[ ! -d "$library" ] || docker_options+=(-v "$library:$library:ro")
	done
	[ ! -c /dev/net/tun ] || docker_options+=(--device /dev/net/tun --cap-add NET_ADMIN)
	[ -n "${pid-}" ] || docker_container chal-$seconds sleep "$seconds"
	AS="run_docker exec -i chal-$seconds" keep "$@"
}

@test "docker: what somebody in a container holds, of namespaces that nobody is in" {
	start_dockerd
	seconds=$(unique_seconds)
	for how in fd path-fd thread-fd socket detached-mount pid-for-children; do
		in_container $how
		holder=$(nspidmap -i self "$(kept pid)@chal-$seconds")
		fd=$(kept fd)
		run -0 --separate-stderr nswho -n -r -o BY,PID,FD,CONTAINER "$(kept kind):[$(kept ino)]"
		is "$output" "$(kept by) $holder ${fd:--} docker:chal-$seconds"
		[[ $stderr == *"no process"*" is in $(kept kind):[$(kept ino)]; 1 "*" keeps it alive"* ]]
		is "$(heldby -P)" "$(kept by)"
		end_keep
	done
}

@test "docker: a namespace that is mounted in a container" {
	start_dockerd
	seconds=$(unique_seconds)
	in_container mount /tmp/at
	is "$(who_holds net "net:[$(kept ino)]" BY,PID,MNTNS,PATH,CONTAINER)" "mount - $(inode "$pid" mnt) /tmp/at -"
	is "$(listed '[.path, .nsfs[]] | join(" ")')" ' /tmp/at'
	let_go
	eventually is_not_listed
	end_keep

	# In one that somebody in there has made.
	in_container other-mount /tmp/other
	[ "$(who_holds net "net:[$(kept ino)]" BY,PATH)" = 'mount /tmp/other' ]
	mnt=$(who_holds net "net:[$(kept ino)]" MNTNS)
	[ "$mnt" != "$(inode "$pid" mnt)" ]
	is "$(nsls -n -r -o CONTAINER "mnt:[$mnt]" 2> /dev/null)" "docker:chal-$seconds"
}

@test "podman: who is in a container, and the mount that somebody made of its namespace" {
	start_podman
	need nsenter
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	members_are_held "$pid" "web-$seconds" "podman:web-$seconds"
	is "$(who_holds net "web-$seconds" BY,PID)" "process $pid"

	nsenter -t "$pid" -m sh -c ': > /tmp/at; /bin/busybox mount --bind /proc/1/ns/uts /tmp/at'
	is "$(who_holds uts "web-$seconds" BY,PID,MNTNS,PATH,CONTAINER)" "process $pid - - podman:web-$seconds
mount - $(inode "$pid" mnt) /tmp/at -"
	is "$(nsls -n -r -t uts -o HELDBY,NSFS "$pid" 2> /dev/null)" 'process,mount /tmp/at'
	nsenter -t "$pid" -m /bin/busybox umount /tmp/at
	is "$(who_holds uts "web-$seconds" BY,PID)" "process $pid"
}

@test "podman: its mount of the network, and the program that serves that" {
	start_podman
	need slirp4netns
	[ -c /dev/net/tun ] || cannot_run 'no /dev/net/tun here'
	seconds=$(unique_seconds)
	podman_network=slirp4netns
	podman_container web-$seconds sleep "$seconds"
	members_are_held "$pid" "web-$seconds" "podman:web-$seconds"
	netns=$(run_podman inspect -f '{{.NetworkSettings.SandboxKey}}' "web-$seconds")
	[[ $netns == /run/netns/* ]]
	who_holds net "web-$seconds" BY,PID,MNTNS,PATH,CONTAINER > holders
	grep -qxF "mount - $(inode self mnt) $netns -" holders
	slirp=$(sed -n 's/^tun \([0-9]*\) .*/\1/p' holders)
	grep -qxF slirp4netns "/proc/$slirp/comm"
	grep -qxF "tun $slirp - /dev/net/tun -" holders
	# That program has taken the mount into a mount namespace of its own.
	not grep -vxF -e "process $pid - - podman:web-$seconds" -e "tun $slirp - /dev/net/tun -" \
		-e "mount - $(inode self mnt) $netns -" -e "mount - $(inode "$slirp" mnt) $netns -" holders
	is "$(who_holds net "$netns" BY,PID)" "$(who_holds net "web-$seconds" BY,PID)"
}

@test "lxc: who is in a container, and the descriptors of its monitor" {
	seconds=$(unique_seconds)
	lxc_container box-$seconds "/bin/sleep $seconds"
	members_are_held "$pid" "box-$seconds" "lxc:box-$seconds"
	monitor=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")
	for kind in $(kinds_apart "$pid" self); do
		is "$(who_holds "$kind" "box-$seconds" BY,PID,CONTAINER | grep -v ^process | sort -u)" "fd $monitor -"
		fd=$(who_holds "$kind" "box-$seconds" BY,FD | sed -n 's/^fd //p' | head -n 1)
		is "$(stat -L -c %i "/proc/$monitor/fd/$fd")" "$(inode "$pid" "$kind")"
	done
}

@test "runc alone: who is in it, and a descriptor that it got from outside" {
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc_id=my-box.$seconds
	runc run -d -b bundle "$runc_id" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc state "$runc_id" | jq .pid)
	members_are_held "$pid" "$runc_id" "runc:$runc_id"
	is "$(who_holds net "$runc_id" BY,PID)" "process $pid"

	keep fd
	runc exec -d --preserve-fds 1 "$runc_id" sleep $((seconds + 1)) < /dev/null > /dev/null 2>&1 \
		3< "/proc/$(kept pid)/fd/$(kept fd)" 8>&-
	wait_for pid_of sleep $((seconds + 1))
	let_go
	executed=$(pid_of sleep $((seconds + 1)))
	is "$(who_holds net "net:[$(kept ino)]" BY,PID,FD,CONTAINER)" "fd $executed 3 runc:$runc_id"
	kill "$executed"
	eventually is_not_listed
}

@test "crun alone: who is in it" {
	need crun
	need_unshare -m
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	cd bundle
	crun_id=my-crun.$seconds
	run_crun run -d "$crun_id" < /dev/null > "$scratch/run.log" 2>&1 3>&- ||
		{ cat "$scratch/run.log"; cannot_run 'crun cannot run a container here'; }
	pid=$(pid_of sleep "$seconds")
	members_are_held "$pid" "$crun_id" "crun:$crun_id"
}

@test "bubblewrap of an ordinary user: he sees what is his, and that he does not see all" {
	need_root
	need bwrap setpriv
	make_rootfs "$scratch/sandbox"
	seconds=$(unique_seconds)
	as_user bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sleep "$seconds" 3>&- &
	bwrap_pid=$!
	wait_for pid_of sleep "$seconds" || cannot_run 'bwrap does not work here without root'
	inside=$(pid_of sleep "$seconds")
	for kind in $(kinds_apart "$inside" self); do
		as_user ./nswho -n -r -t "$kind" -o BY,PID "$inside" 2> err | sed -n 's/^process //p' > "who.$kind"
		members "$kind" "$inside" > "are.$kind"
	done
	as_user ./nswho -J "$inside" 2> /dev/null > json
	run -2 as_user ./nswho -t net 1
	unread=$output
	# One that only its own descriptor leads to, and some process of root that it may not look at.
	hold unshare -n sleep $((seconds + 1))
	wait_for pid_of sleep $((seconds + 1))
	exec 7< "/proc/$(pid_of sleep $((seconds + 1)))/ns/net"
	release_holder
	run -2 --separate-stderr as_user ./nswho /proc/self/fd/7
	exec 7<&-
	kill "$inside"
	wait "$bwrap_pid" || true
	for file in who.*; do diff "$file" "are.${file#who.}"; done
	grep -Eq '^nswho: [0-9]+ of [0-9]+ processes could not be read; run as root to see all$' err
	jq -e '.complete == false and (.gaps | length > 0) and (.namespaces | length == 8)' json
	[[ $unread == *"1: the net namespace of that process could not be read"* ]]
	is "$output" ''
	[[ $stderr == *"/proc/self/fd/7: no holder of net:["*"], none that we may see"* ]]
}
