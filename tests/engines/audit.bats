#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsaudit beside real containers, each made to have one exposure; and what those really can do.

load helper

# findings REFERENCE: each check above low that finds something, with its worst level: "pid-host:high".
# What everybody has is there, or it was not looked at.
findings() {
	{ nsaudit -J "$1" 2> /dev/null | jq -r '
		if any(.findings[]; .check == "time-host") then . else error("nothing of it") end |
		[.findings[] | select(.level | IN("info", "low") | not)] | group_by(.check)[] |
			.[0].check + ":" + .[0].level' || echo broken; } | sort | xargs
}

# Whether the check finds anything at all.
finds() { # CHECK REFERENCE
	nsaudit -n -r -o CHECK "$2" 2> /dev/null | grep -qxF "$1"
}

# row NAME EXPECTED: what is found besides what the engine's default container, $default, has; CHECK is
# found anyhow. That goes on, and says at the end how many failed.
row() {
	local found
	rows=$((rows + 1))
	found=$(findings "$1")
	found=$(comm -13 <(tr ' ' '\n' <<< "$default") <(tr ' ' '\n' <<< "$found") | xargs)
	[ "$found" != "$2" ] || return 0
	failures=$((failures + 1))
	printf '%s:\n  found:    %s\n  expected: %s\n' "$1" "$found" "$2"
	nsaudit -u -o LEVEL,CHECK,FINDING "$1" 2>&1 | sed 's/^/  /'
}

# What is tried in a container, all at once: a word for each thing that could be done. What keeps it from a
# disk of its own making are the rules for devices.
tries() {
	cat <<-END
		try() { word=\$1; shift; ! ( "\$@" ) > /dev/null 2>&1 || echo "\$word"; }
		unfiltered() { while read -r key value; do [ "\$key \$value" != "Seccomp: 0" ] || return 0; done < /proc/self/status; return 1; }
		disk() { for disk in /dev/loop0 /dev/innocent /host/dev/loop0; do [ ! -b \$disk ] || : < \$disk && [ -b \$disk ] && return
			done; busybox mknod /tmp/disk b 7 0 && : < /tmp/disk; }
		try core sh -c ': >> /proc/sys/kernel/core_pattern'
		try sys sh -c ': >> /sys/block/loop0/uevent'
		try mount mount -t tmpfs none /tmp
		try trace sh -c 'readlink /proc/$host_process/ns/net || readlink /innocent/$host_process/ns/net'
		try see [ -d /innocent/$host_process ]
		try join busybox nsenter --net=/proc/$host_process/ns/net true
		try kill kill -0 $host_process
		try unfiltered unfiltered
		try log sh -c '[ -c /dev/kmsg ] && : >> /dev/kmsg'
		try disk disk
		echo tried
	END
}

# agree NAME WORD FILTER: that was done if, and only if, FILTER of jq is true of the findings above low.
agree() {
	local found=no can=no
	! jq -e "[.findings[] | select(.level | IN(\"info\", \"low\") | not)] | $3" said.json > /dev/null || found=yes
	! grep -qx "$2" could || can=yes
	[ $found != $can ] || return 0
	failures=$((failures + 1))
	echo "$1: $2 is possible: $can; it is found: $found: $3"
}

# The commands behind the name run there.
agree_all() { # NAME COMMAND...
	local name=$1
	shift
	"$@" sh -c "$(tries)" > could 2> /dev/null
	grep -qx tried could
	nsaudit -J "$name" > said.json 2> /dev/null || true
	agree "$name" core 'any(.[]; .check == "core-pattern" and (.finding | startswith("/proc/sys")))'
	agree "$name" sys 'any(.[]; .check == "sys-writable" and (.finding | startswith("/sys is")))'
	agree "$name" mount 'any(.[]; .check == "capabilities" and (.finding | test("^capabilities on the host: .*\\bsys_admin\\b")))'
	agree "$name" trace 'any(.[]; .check == "pid-ptrace")'
	agree "$name" see 'any(.[]; .check == "host-proc" and (.finding | contains("of the host")))'
	agree "$name" join 'any(.[]; .check == "pid-ptrace") and any(.[]; .check == "release-agent")'
	agree "$name" kill 'any(.[]; .check == "pid-host" and (.finding | contains("signal")))'
	agree "$name" unfiltered 'any(.[]; .check == "seccomp-off")'
	agree "$name" log 'any(.[]; .check == "device-kmsg")'
	agree "$name" disk 'any(.[]; .check | IN("device-disk", "device-rules"))'
}

setup_host_process() {
	sleep 1000 3>&- &
	host_process=$!
	holder=$host_process
}

teardown() {
	release_holder
	end_engines
}

# Options, name, and what is to be found.
docker_row() { # NAME EXPECTED OPTION...
	local name=$1 expected=$2
	shift 2
	run_docker run -d --name "$name" --network none "$@" rootfs sleep "$seconds" > id 2> err || {
		cat err
		cannot_run "docker cannot run $*"
	}
	row "$name" "$expected"
	agree_all "$name" run_docker exec "$name"
}

docker_drop() {
	run_docker rm -f "$@" > /dev/null 2>&1
}

@test "docker: a table of containers, each with one exposure" {
	need jq
	start_dockerd
	setup_host_process
	seconds=$(unique_seconds)
	rows=0 failures=0 default=
	mkdir "$scratch/shared"
	docker_row plain user-host:medium
	default=$(findings plain)
	run -0 --separate-stderr nsaudit plain
	local check
	for check in user-host cgroup-host capabilities no-new-privs; do finds $check plain; done
	docker_row pid pid-host:high --pid=host
	docker_row ipc ipc-host:medium --ipc=host
	docker_row uts '' --uts=host
	finds uts-host uts
	docker_row admin 'capabilities:high release-agent:high' --cap-add SYS_ADMIN
	docker_row ptrace 'capabilities:medium pid-host:high pid-ptrace:critical' --cap-add SYS_PTRACE --pid=host
	docker_row join 'capabilities:high pid-host:high pid-ptrace:critical release-agent:high' --cap-add SYS_ADMIN --cap-add SYS_PTRACE --pid=host
	docker_row modules capabilities:critical --cap-add SYS_MODULE
	docker_row seccomp seccomp-off:medium --security-opt seccomp=unconfined
	docker_row paths 'core-pattern:critical sysctl-writable:high' --security-opt systempaths=unconfined
	docker_row disk device-disk:critical --device /dev/loop0:/dev/innocent
	docker_row rules device-rules:critical --device-cgroup-rule 'b 7:* rwm'
	docker_row log device-kmsg:medium --device /dev/kmsg
	docker_row nnp '' --security-opt no-new-privileges
	not finds no-new-privs nnp
	docker_row user '' -u 1000 --security-opt no-new-privileges
	finds user-host user
	mkdir -m 777 "$scratch/data"
	run_docker run -d --name files --network none -u 1000 --security-opt no-new-privileges -v "$scratch/data:/data" \
		rootfs sh -c "exec 5> /dev/shm/x 6> /data/x; exec sleep $seconds" > id
	row files host-mount:medium
	docker_row etc host-mount:critical -v /etc:/innocent
	docker_row etcro host-mount:high -v /etc:/innocent:ro
	docker_row usrro host-mount:medium -v /usr:/innocent:ro
	docker_row shared host-mount:medium -v "$scratch/shared:/etc"
	docker_row volume '' -v a-volume:/data
	docker_row socket engine-socket:critical -v "$scratch/docker.sock:/innocent:ro"
	docker_row folder 'engine-socket:critical' --mount "type=bind,source=$scratch/run-docker/containerd,target=/innocent,readonly,bind-nonrecursive"
	docker_row sys sys-writable:high --mount type=bind,source=/sys,target=/sys,bind-nonrecursive
	docker_row cgroups cgroup-writable:high --mount type=bind,source=/sys/fs/cgroup/cpu/docker,target=/innocent
	docker_row proc 'core-pattern:critical host-proc:high sysctl-writable:high' --mount type=bind,source=/proc,target=/innocent,bind-nonrecursive
	docker_row procro 'capabilities:medium host-proc:high pid-ptrace:critical' --cap-add SYS_PTRACE \
		--mount type=bind,source=/proc,target=/innocent,readonly,bind-nonrecursive
	docker_row root 'engine-socket:critical host-root:critical' --mount type=bind,source=/,target=/host,bind-nonrecursive
	docker_row rootro 'engine-socket:critical host-root:high' --mount type=bind,source=/,target=/host,readonly,bind-nonrecursive
	docker_drop plain pid ipc uts admin ptrace modules seccomp paths
	[ $rows -ge 20 ]
	[ $failures = 0 ]
}

@test "docker: all of the host's mounts, and why ro does not mean all of them" {
	need jq
	start_dockerd
	setup_host_process
	seconds=$(unique_seconds)
	rows=0 failures=0 default=
	docker_row plain user-host:medium
	default=$(findings plain)
	local rest='core-pattern:critical engine-socket:critical host-proc:high'
	run_docker run -d --name all --network none -v /:/host rootfs sleep "$seconds" > id
	run_docker run -d --name allro --network none -v /:/host:ro rootfs sleep "$seconds" > id
	local found
	found=$(findings all)
	for check in $rest host-root:critical sysctl-writable:high sys-writable:high; do
		grep -qwF "$check" <<< "$found"
	done
	found=$(findings allro)
	for check in $rest host-root:high host-mount:critical; do grep -qwF "$check" <<< "$found"; done
	run_docker exec allro sh -c ': >> /host/proc/sys/kernel/core_pattern'
	run_docker exec allro sh -c ': > /host/dev/shm/nstools.$$ && rm /host/dev/shm/nstools.$$'
	nsaudit -J allro 2> /dev/null | jq -e 'any(.findings[]; .finding | test("^mounted below the host.s /, and writable: .*/host/dev/shm"))'
	# The rules for devices know nothing of the host's nodes.
	is "$(nsaudit -n -r -o CHECK,LEVEL all 2> /dev/null | sed -n 's/^device-disk //p')" low
	not run_docker exec all sh -c ': < /host/dev/loop0'
	not run_docker exec allro sh -c ': >> /host/etc/passwd'
	run_docker exec all sh -c ': >> /host/etc/passwd'
	[ $failures = 0 ]
}

@test "docker: the host's network, with a daemon that allows it" {
	need jq
	start_dockerd
	seconds=$(unique_seconds)
	run_docker run -d --name net --network host rootfs sleep "$seconds" > id 2> err ||
		{ cat err; cannot_run 'docker cannot use the network of the host here'; }
	run_docker run -d --name plain --network none rootfs sleep "$seconds" > id
	rows=0 failures=0 default=$(findings plain)
	row net net-host:high
	run_docker run -d --name quiet --network host --cap-drop NET_RAW rootfs sleep "$seconds" > id
	row quiet net-host:medium
	# Containers that share with each other are not blamed. Of this one nothing is left that leads to
	# the folder where its name is, so the daemon is asked.
	export DOCKER_HOST=unix://$scratch/docker.sock
	run_docker run -d --name pod --network container:plain rootfs sleep "$seconds" > id
	row pod ''
	finds shared pod
	nsaudit -J pod 2> /dev/null | jq -e 'any(.findings[]; .check == "shared" and .level == "info" and
		(.finding | test("^shares .*net.* with docker:plain$")))'
	[ $failures = 0 ]
}

@test "docker: with other users, and with the host's in spite of that" {
	need jq
	need_unshare -m
	[ -e /etc/subuid ] && [ -e /etc/subgid ] || cannot_run 'there is no /etc/subuid'
	printf '%s:100000:65536\n' nobody nogroup > subids
	dockerd_in=(unshare -m sh -c 'for file in /etc/subuid /etc/subgid; do mount --bind subids $file; done && exec "$@"' -)
	dockerd_options=(--userns-remap=nobody:nogroup)
	start_dockerd
	setup_host_process
	seconds=$(unique_seconds)
	rows=0 failures=0 default=
	docker_row mapped ''
	not finds user-host mapped
	not finds root-mapped mapped
	docker_row hosts user-host:medium --userns=host
	docker_row folder host-mount:medium -v /etc:/innocent
	docker_row socket engine-socket:medium -v "$scratch/docker.sock:/innocent"
	[ $failures = 0 ]
}

@test "docker: an ordinary user knows what he may read, and is told of the rest" {
	need jq setpriv
	start_dockerd
	seconds=$(unique_seconds)
	run_docker run -d --name plain --network none rootfs sleep "$seconds" > id
	run -2 --separate-stderr as_user nsaudit -J "$(cat id)"
	jq -e 'any(.findings[]; .check == "no-new-privs" and .level == "low")' <<< "$output"
	jq -e 'any(.findings[]; .check == "root-mapped" and .level == "medium")' <<< "$output"
	jq -e '[.findings[] | select(.check == "net-host" or .check == "mnt-host") | .level] == ["unknown", "unknown"]' <<< "$output"
	[[ $stderr == *'could not be made out'* ]]
}

# from_inside NAME [OPTION...]: the levels that nsaudit finds when it runs in there, with all that it is
# linked with.
from_inside() {
	local name=$1 root library
	shift
	root=/proc/$(run_docker inspect -f '{{.State.Pid}}' "$name")/root
	mkdir -p "$root/tool"
	for library in $(ldd "$scratch/nsaudit" | grep -o '/[^ ]*') "$scratch/nsaudit"; do
		cp "$library" "$root/tool/"
	done
	run_docker exec "$@" "$name" sh -c 'exec /tool/ld-linux* --library-path /tool /tool/nsaudit -n -r -o CHECK,LEVEL'
}

@test "docker: from inside, without any right, as much as from outside" {
	need jq ldd
	start_dockerd
	seconds=$(unique_seconds)
	run_docker run -d --name plain --network none rootfs sleep "$seconds" > id
	run_docker run -d --name given --network none --cap-add NET_ADMIN --uts=host \
		-v "$scratch/docker.sock:/innocent" -v /srv:/srv --security-opt systempaths=unconfined rootfs sleep "$seconds" > id
	run -0 --separate-stderr from_inside plain
	is "$output" "$(nsaudit -n -r -o CHECK,LEVEL plain 2> /dev/null)"
	run -1 --separate-stderr from_inside given
	is "$(sort <<< "$output")" "$(nsaudit -n -r -o CHECK,LEVEL given 2> /dev/null | sort)"
	grep -x 'engine-socket critical' <<< "$output"
	grep -x 'core-pattern critical' <<< "$output"
	run --separate-stderr from_inside given -u 1000
	grep -x 'engine-socket critical' <<< "$output"
}

podman_row() { # NAME EXPECTED OPTION...
	local name=$1 expected=$2
	shift 2
	run_podman run -d --name "$name" --network none --ulimit nofile=512:512 --ulimit nproc=512:512 "$@" \
		rootfs sleep "$seconds" > id 2> err || {
		cat err
		cannot_run "podman cannot run $*"
	}
	row "$name" "$expected"
	agree_all "$name" run_podman exec "$name"
}

@test "podman: the default, with other users, and privileged" {
	need jq
	start_podman
	setup_host_process
	seconds=$(unique_seconds)
	rows=0 failures=0 default=
	podman_row plain user-host:medium
	run -0 --separate-stderr nsaudit plain
	podman_row mapped '' --uidmap 0:100000:65536 --gidmap 0:100000:65536
	not finds user-host mapped
	not finds capabilities mapped
	podman_row mappedroot root-mapped:medium --uidmap 0:0:65536 --gidmap 0:0:65536
	default=$(findings plain)
	podman_row adm 'capabilities:high release-agent:high' --cap-add SYS_ADMIN
	run_podman run -d --name privileged --network none --privileged --ulimit nofile=512:512 \
		--ulimit nproc=512:512 rootfs sleep "$seconds" > id 2> err || { cat err; cannot_run 'podman cannot run a privileged container'; }
	local found check
	found=$(findings privileged)
	for check in capabilities:critical core-pattern:critical device-disk:critical seccomp-off:medium \
		sys-writable:high sysctl-writable:high; do
		grep -qwF "$check" <<< "$found" || { echo "$check: $found"; failures=$((failures + 1)); }
	done
	agree_all privileged run_podman exec privileged
	[ $failures = 0 ]
}

@test "podman: who is executed with more rights than the container has" {
	need jq
	start_podman
	seconds=$(unique_seconds)
	podman_container plain sleep "$seconds"
	rows=0 failures=0 default=$(findings plain)
	run_podman exec --privileged -d plain sleep $((seconds + 1))
	wait_for pid_of sleep $((seconds + 1))
	row plain 'capabilities:critical release-agent:high'
	is "$(nsaudit -J -o +PID plain 2> /dev/null | jq -r 'first(.findings[] | select(.level == "critical")) | .pid')" \
		"$(pid_of sleep $((seconds + 1)))"
	[ $failures = 0 ]
}

@test "lxc: its second proc" {
	need jq
	need_root
	need lxc-start lxc-info lxc-stop
	seconds=$(unique_seconds)
	make_rootfs "$scratch/lxc/rootfs"
	mkdir "$scratch/lxc/box"
	printf '%s\n' "lxc.rootfs.path = dir:$scratch/lxc/rootfs" 'lxc.net.0.type = empty' \
		'lxc.apparmor.profile = unconfined' 'lxc.mount.auto = proc:mixed sys:ro' \
		'lxc.mount.entry = proc dev/.lxc/proc proc create=dir 0 0' \
		'lxc.cap.drop = sys_module sys_rawio sys_resource' \
		"lxc.init.cmd = /bin/sleep $seconds" > "$scratch/lxc/box/config"
	lxc_name=box
	lxc-start -P "$scratch/lxc" -n box -d -o "$scratch/lxc.log" < /dev/null > /dev/null 2>&1 3>&- || {
		tail -n 5 "$scratch/lxc.log"
		cannot_run 'lxc cannot run a container here'
	}
	pid=$(lxc-info -P "$scratch/lxc" -n box -pH)
	# As the nesting.conf of lxc has it: with it, the mask over the first one is for nothing.
	not nsjoin "$pid" -- sh -c ': >> /proc/sys/kernel/core_pattern'
	nsjoin "$pid" -- sh -c ': >> /dev/.lxc/proc/sys/kernel/core_pattern'
	nsaudit -J box 2> /dev/null | jq -e 'any(.findings[]; .check == "core-pattern" and .level == "critical" and
		(.finding | startswith("/dev/.lxc/proc/sys/kernel/core_pattern is writable")))'
	# It has no rules for devices, so that it has all disks.
	finds device-rules box
	nsjoin "$pid" -- sh -c 'busybox mknod /tmp/disk b 7 0 && : < /tmp/disk'
	is "$(nsaudit -n -r -o CONTAINER box 2> /dev/null | sort -u)" lxc:box
}

@test "runc: its own default, of which there is little to say" {
	need jq
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc_id=audit-$$
	runc run -d -b bundle "$runc_id" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc state "$runc_id" | jq .pid)
	is "$(findings "$pid")" 'seccomp-off:medium user-host:medium'
	not finds no-new-privs "$pid"
	run -0 --separate-stderr nsaudit "$runc_id"
}

@test "bubblewrap and unshare, which leave no mark" {
	need jq bwrap unshare
	need_root
	make_rootfs "$scratch/sandbox"
	seconds=$(unique_seconds)
	bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc --dev /dev sleep "$seconds" 3>&- &
	bwrap_pid=$!
	wait_for pid_of sleep "$seconds" || cannot_run 'bwrap does not work here'
	inside=$(pid_of sleep "$seconds")
	local found core=no
	found=$(findings "$inside")
	! nsenter -t "$inside" -U -m -S 0 -G 0 sh -c ': >> /proc/sys/kernel/core_pattern' 2> /dev/null || core=yes
	kill "$inside"
	wait "$bwrap_pid" || true
	is "$found" "$([ $core = no ] || echo 'core-pattern:critical ')root-mapped:medium seccomp-off:medium$([ $core = no ] || echo ' sysctl-writable:high')"

	unshare -mpf --kill-child --mount-proc sleep $((seconds + 1)) 3>&- &
	holder=$!
	wait_for pid_of sleep $((seconds + 1))
	inside=$(pgrep -P "$holder")
	found=$(findings "$inside")
	for check in host-root:critical core-pattern:critical capabilities:critical device-disk:critical net-host:high; do
		grep -qwF "$check" <<< "$found"
	done
	kill -KILL "$inside" # as PID 1 it minds no other signal
}
