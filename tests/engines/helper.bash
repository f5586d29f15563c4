# SPDX-License-Identifier: LGPL-2.1-or-later
# Real container engines, each with its data below the folder of the test, and without network. What
# they start is gone when the test ends; an engine that is not installed, or does not work here, is a
# reason to skip.

load "$BATS_TEST_DIRNAME/../live/helper"

teardown() {
	end_engines
}

end_engines() {
	stop_lxc
	stop_rootless
	stop_podman
	stop_runtimes
	stop_containerd
	stop_dockerd
	release
	remove_mounts
	cd / && rm -rf --one-file-system "$scratch"
}

# make_rootfs DIR: the files of a container: a shell, and the user ctf.
make_rootfs() {
	need busybox ldd
	! ldd "$(command -v busybox)" > /dev/null 2>&1 || cannot_run 'busybox is not linked statically'
	mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
	cp "$(command -v busybox)" "$1/bin/busybox"
	local applet
	for applet in sh sleep cat id ls mount ps pwd readlink umount unshare hostname touch true watch; do
		ln -sf busybox "$1/bin/$applet"
	done
	printf '%s\n' 'root:x:0:0::/:/bin/sh' 'ctf:x:1000:1000::/:/bin/sh' > "$1/etc/passwd"
}

# pid_of WORD...: the PID of who was started as that. "sleep N" is a name that we can make unique.
pid_of() {
	pgrep -o -f -x "$*"
}

# Different in each test, so that nobody else's process is meant.
unique_seconds() {
	echo $((100000 + RANDOM * 10 + BATS_TEST_NUMBER % 10))
}

# container PID [KIND]: what the column says of a process that is the first one in its pid namespace,
# or in its namespace of another kind.
container() {
	nsls -n -r -o PID,CONTAINER -t "${2:-pid}" "$1" 2> /dev/null | sed -n "s/^$1 //p"
}

# kinds_apart PID PID: the kinds of namespaces that they do not share, as the kernel says.
kinds_apart() {
	local kind
	for kind in cgroup ipc mnt net pid time user uts; do
		[ "$(readlink "/proc/$1/ns/$kind")" = "$(readlink "/proc/$2/ns/$kind")" ] || echo "$kind"
	done | xargs
}

# who_holds KIND REFERENCE COLUMNS: each holder, a line with these columns.
who_holds() {
	nswho -n -r -t "$1" -o "$3" "$2" 2> /dev/null
}

# members KIND PID: who is in that namespace of the process, as the kernel says.
members() {
	local ino
	ino=$(stat -L -c %i "/proc/$2/ns/$1")
	find /proc/[1-9]*/ns/"$1" -maxdepth 0 -lname "$1:\\[$ino\\]" 2> /dev/null | cut -d / -f 3 | sort -n
}

# members_are_held PID REFERENCE LABEL: in each namespace that is not ours, who is there is named, and
# as one of that container.
members_are_held() {
	local kind
	for kind in $(kinds_apart "$1" self); do
		is "$(who_holds "$kind" "$2" BY,PID,CONTAINER | grep ^process)" \
			"$(members "$kind" "$1" | sed "s|.*|process & $3|")"
	done
	nswho -J "$2" 2> /dev/null | jq -e '.namespaces | length == 8 and all(.holders | length > 0)'
}

# knows_both_sides PID LABEL [ID NAME]: its numbers, and the name of an id, here and in there.
knows_both_sides() {
	local inside label=$2
	inside=$(awk '/^NSpid/ { print $NF }' "/proc/$1/status")
	is "$(nspidmap -i self "$inside@$1")" "$1"
	is "$(nspidmap -n -r -o PID,CONTAINER "$1" | tail -n 1)" "$inside $label"
	[ "$label" != - ] || label="PID\\x20$1"
	is "$(nsidmap -n -r -o VIEW,ID,NAME "${3:-1000}@$1" | tail -n 1)" "$label ${3:-1000} ${4:-ctf}"
}

# The pid namespace of a process: whichever of its processes has the lowest PID.
pidns() {
	stat -L -c %i "/proc/$1/ns/pid"
}

# Below the folder of the test, the last one first.
remove_mounts() {
	local place
	awk -v top="$scratch/" 'index($5, top) == 1 { print $5 }' /proc/self/mountinfo | tac |
		while read -r place; do umount "$place"; done
}

# Removes the cgroups that an engine leaves behind, if there were none before it.
remove_cgroups() {
	local folder name
	for name; do
		for folder in /sys/fs/cgroup/"$name" /sys/fs/cgroup/*/"$name"; do
			[ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} + 2> /dev/null || true
		done
	done
}

### strace, which sees the same

# is_as_strace EVENTS STRACE: each call that was made about namespaces, in the order of each thread, and
# with --decode-pids=pidns who became whom.
is_as_strace() {
	jq -r 'select(.error == null and (.kinds | length) > 0)
		| select(.type == "unshare" or .type == "setns" or .type == "clone")
		| "\(.pid) \(.type) \(.kinds | sort | join(","))"' "$1" | sort -s -n -k 1,1 > ours
	# Short numbers have more blanks behind them.
	sed -E 's/^([0-9]+) +/\1 /; s/^([0-9]+) <\.\.\. ([a-z0-9]+) resumed>/\1 \2+/' "$2" | awk '
		/<unfinished \.\.\.>$/ { sub(/ *<unfinished \.\.\.>$/, ""); begun[$1] = $0; next }
		$2 ~ /[+]/ { rest = $0; sub(/^[0-9]+ [a-z0-9]+[+]/, "", rest); $0 = begun[$1] rest }
		{ print }' > whole-lines
	awk '/CLONE_NEW/ && / = [0-9]+( \/\*.*)?$/ {
			pid = $1; call = $2; sub(/[(].*/, "", call); sub(/3$/, "", call)
			kinds = ""
			while (match($0, /CLONE_NEW[A-Z]+/)) {
				kinds = kinds "\n" tolower(substr($0, RSTART + 9, RLENGTH - 9))
				$0 = substr($0, RSTART + RLENGTH)
			}
			command = "printf %s \"" kinds "\" | sed /^$/d | sed s/^ns$/mnt/ | sort | paste -sd ,"
			command | getline sorted; close(command)
			print pid, call, sorted
		}' whole-lines | sort -s -n -k 1,1 > theirs
	[ -s theirs ]
	diff theirs ours
	# Processes made by one that has another number itself: outside, inside.
	sed -nE 's/^([0-9]+) (v?fork|clone3?)\(.*\) += ([0-9]+) \/\* ([0-9]+) in strace.s PID NS \*\/$/\4 \3/p' \
		<(grep -v CLONE_THREAD whole-lines) | sort > inner
	jq -r 'select(.type == "fork" or .type == "clone") | select(.error == null and (.nspid | length) > 1)
		| "\(.child[0]) \(.child[1])"' "$1" | sort > ours
	diff inner ours
}

### Docker

run_docker() {
	DOCKER_HOST='' docker -H "unix://$scratch/docker.sock" "$@"
}

# start_dockerd [STORAGE-DRIVER]: a daemon of our own with the image "rootfs". dockerd_in may hold a
# command in front of it, and dockerd_options more of those.
start_dockerd() {
	need_root
	need dockerd docker containerd
	[ -d /run/containerd ] || remove_run_containerd=yes # where shims have their sockets
	"${dockerd_in[@]}" dockerd "${dockerd_options[@]}" --data-root "$scratch/docker" --exec-root "$scratch/run-docker" \
		--pidfile "$scratch/docker.pid" -H "unix://$scratch/docker.sock" \
		--iptables=false --ip6tables=false --bridge=none ${1:+--storage-driver "$1"} \
		> "$scratch/dockerd.log" 2>&1 < /dev/null 3>&- &
	dockerd_pid=$!
	local _
	for _ in $(seq 150); do
		! run_docker version > /dev/null 2>&1 || break
		kill -0 "$dockerd_pid" 2> /dev/null || break
		sleep 0.1
	done
	if ! run_docker version > /dev/null 2>&1; then
		stop_dockerd
		[ -n "${1-}" ] || { start_dockerd vfs; return; }
		tail -n 5 "$scratch/dockerd.log"
		cannot_run 'dockerd does not start here'
	fi
	make_rootfs "$scratch/image"
	tar -C "$scratch/image" -c . | run_docker import - rootfs > /dev/null
}

stop_dockerd() {
	[ -n "${dockerd_pid-}" ] || return 0
	kill -CONT "$dockerd_pid" 2> /dev/null || true
	# shellcheck disable=SC2046 # words
	[ ! -S "$scratch/docker.sock" ] || run_docker rm -f $(run_docker ps -aq) > /dev/null 2>&1 || true
	kill "$dockerd_pid" 2> /dev/null || true
	wait "$dockerd_pid" || true
	unset dockerd_pid
	remove_cgroups docker
	[ -z "${remove_run_containerd-}" ] ||
		find /run/containerd -depth -type d -exec rmdir {} + 2> /dev/null || true
}

# A container that runs; its first process is $pid. It may unshare namespaces. docker_options may
# hold more.
docker_container() { # NAME COMMAND...
	run_docker run -d --name "$1" --network none --cap-add SYS_ADMIN "${docker_options[@]}" \
		rootfs "${@:2}" > "$scratch/id" 2> "$scratch/err" || {
		cat "$scratch/err"
		cannot_run 'docker cannot run a container here'
	}
	pid=$(run_docker inspect -f '{{.State.Pid}}' "$1")
}

### containerd: the one that our dockerd has started

run_ctr() {
	ctr -a "$scratch/run-docker/containerd/containerd.sock" "$@"
}

containerd_container() { # NAME COMMAND...
	need ctr
	run_docker save rootfs | run_ctr images import --snapshotter native - > "$scratch/err" 2>&1 &&
		run_ctr run -d --snapshotter native --fifo-dir "$scratch/fifo" docker.io/library/rootfs:latest "$@" \
			>> "$scratch/err" 2>&1 < /dev/null 3>&- || {
		cat "$scratch/err"
		cannot_run 'containerd cannot run a container here'
	}
	ctr_name=$1
	pid=$(run_ctr task ls | awk -v name="$1" '$1 == name { print $2 }')
}

stop_containerd() {
	[ -n "${ctr_name-}" ] || return 0
	run_ctr task rm -f "$ctr_name" > /dev/null 2>&1 || true
	run_ctr container rm "$ctr_name" > /dev/null 2>&1 || true
	unset ctr_name
	remove_cgroups default
}

### Podman

run_podman() {
	podman --root "$scratch/podman" --runroot "$scratch/run-podman" --tmpdir "$scratch/tmp-podman" \
		--cgroup-manager cgroupfs --storage-driver vfs --runtime runc --log-level error \
		--events-backend none "$@"
}

start_podman() {
	need_root
	need podman runc conmon
	podman_started=yes
	mountpoint -q /run/netns || remove_run_netns=yes # which podman makes one
	make_rootfs "$scratch/image"
	tar -C "$scratch/image" -c . | run_podman import - rootfs > /dev/null 2> "$scratch/err" || {
		cat "$scratch/err"
		cannot_run 'podman does not work here'
	}
}

podman_container() { # NAME COMMAND..., of $podman_network if there is one
	# Limits that were lowered cannot be raised to what podman wants.
	run_podman run -d --name "$1" --network "${podman_network:-none}" --ulimit nofile=512:512 \
		--ulimit nproc=512:512 rootfs "${@:2}" > "$scratch/id" 2> "$scratch/err" || {
		cat "$scratch/err"
		cannot_run 'podman cannot run a container here'
	}
	pid=$(run_podman inspect -f '{{.State.Pid}}' "$1")
}

stop_podman() {
	[ -n "${podman_started-}" ] || return 0
	# One whose network another one has joined goes after that.
	run_podman rm -f -t 0 -a > /dev/null 2>&1 || run_podman rm -f -t 0 -a > /dev/null 2>&1 || true
	unset podman_started
	remove_cgroups libpod_parent
	# Unless somebody else has one there by now.
	[ -z "${remove_run_netns-}" ] || umount /run/netns 2> /dev/null || true
}

# An ordinary user's. He, 4711, and his subordinate ids are made up in a mount namespace; words that
# make him run a command there are in as_owner.
rootless_container() { # NAME SECONDS
	need_root
	need podman runc conmon newuidmap setpriv nsenter
	need_unshare --mount
	make_rootfs "$scratch/image"
	tar -C "$scratch/image" -cf image.tar .
	mkdir -m 700 home home/run
	chown -R 4711:4711 home
	mkfifo rootless.end
	cat > rootless <<- END
	mount --make-rprivate /
	for file in passwd group subuid subgid; do
		(cat /etc/\$file 2> /dev/null; case \$file in
		passwd) echo 'rootless:x:4711:4711::$scratch/home:/bin/sh' ;;
		group) echo 'rootless:x:4711:' ;;
		*) echo 'rootless:200000:65536' ;;
		esac) > \$file
		[ -e /etc/\$file ] && mount --bind \$file /etc/\$file
	done
	cd home
	podman() {
		setpriv --reuid=4711 --regid=4711 --clear-groups env -i "PATH=\$PATH" HOME=$scratch/home \
			XDG_RUNTIME_DIR=$scratch/home/run podman --cgroup-manager cgroupfs --storage-driver vfs \
			--events-backend none --runtime runc --log-level error "\$@"
	}
	podman import $scratch/image.tar rootfs > /dev/null &&
	podman run -d --name $1 --network none --ulimit nofile=512:512 --ulimit nproc=512:512 \
		rootfs sleep $2 > /dev/null || exit
	echo up
	read -r _ < ../rootless.end
	podman rm -f -t 0 -a > /dev/null
	podman system migrate > /dev/null # its pause process
	END
	unshare --mount bash rootless > rootless.log 2>&1 < /dev/null 3>&- &
	rootless_pid=$!
	local _
	for _ in $(seq 300); do
		! grep -q '^up$' rootless.log || break
		kill -0 "$rootless_pid" 2> /dev/null || break
		sleep 0.1
	done
	if ! grep -q '^up$' rootless.log; then
		cat rootless.log
		unset rootless_pid
		cannot_run 'podman does not work here without root'
	fi
	pid=$(pid_of sleep "$2")
	as_owner=(nsenter -t "$rootless_pid" -m env "HOME=$scratch/home" "XDG_RUNTIME_DIR=$scratch/home/run"
		setpriv --reuid=4711 --regid=4711 --clear-groups)
}

stop_rootless() {
	[ -n "${rootless_pid-}" ] || return 0
	echo > "$scratch/rootless.end"
	wait "$rootless_pid" || true
	unset rootless_pid
}

### runc and crun alone

# make_bundle WORD...: in $scratch/bundle, to run these words in it.
make_bundle() {
	need_root
	need runc jq
	make_rootfs "$scratch/bundle/rootfs"
	(cd "$scratch/bundle" && runc spec)
	jq --args '.process.terminal = false | .process.args = $ARGS.positional | .hostname = "box" |
		del(.process.rlimits)' "$@" < "$scratch/bundle/config.json" > "$scratch/config.json"
	mv "$scratch/config.json" "$scratch/bundle/config.json"
}

# crun refuses to run where both versions of cgroups are mounted. The second one of a hybrid system is
# hidden from it, so that it sees the first one only.
run_crun() {
	unshare -m sh -c 'umount /sys/fs/cgroup/unified 2> /dev/null; exec crun --cgroup-manager=disabled "$@"' \
		crun "$@"
}

stop_runtimes() {
	[ -z "${runc_id-}" ] || runc delete -f "$runc_id" > /dev/null 2>&1 || true
	[ -z "${crun_id-}" ] || run_crun delete -f "$crun_id" > /dev/null 2>&1 || true
	unset runc_id crun_id
}

### LXC

lxc_container() { # NAME COMMAND
	need_root
	need lxc-start lxc-info lxc-stop
	make_rootfs "$scratch/lxc/rootfs"
	mkdir "$scratch/lxc/$1"
	printf '%s\n' "lxc.rootfs.path = dir:$scratch/lxc/rootfs" "lxc.uts.name = in-$1" \
		'lxc.net.0.type = empty' 'lxc.apparmor.profile = unconfined' \
		'lxc.mount.auto = proc:rw' "lxc.init.cmd = $2" > "$scratch/lxc/$1/config"
	lxc_name=$1
	lxc-start -P "$scratch/lxc" -n "$1" -d -o "$scratch/lxc.log" < /dev/null > /dev/null 2>&1 3>&- || {
		tail -n 5 "$scratch/lxc.log"
		cannot_run 'lxc cannot run a container here'
	}
	pid=$(lxc-info -P "$scratch/lxc" -n "$1" -pH)
}

stop_lxc() {
	[ -n "${lxc_name-}" ] || return 0
	lxc-stop -k -P "$scratch/lxc" -n "$lxc_name" > /dev/null 2>&1 || true
	remove_cgroups "lxc.payload.$lxc_name" "lxc.monitor.$lxc_name" lxc.pivot
	unset lxc_name
}
