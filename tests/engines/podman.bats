#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers of a real Podman.

load helper

@test "podman: a name, of the first process and of what was executed later" {
	start_podman
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	is "$(container "$pid")" "podman:web-$seconds"
	knows_both_sides "$pid" "podman:web-$seconds"
	is "$(nspidmap -i self "1@web-$seconds")" "$pid"
	run_podman exec -d --privileged "web-$seconds" unshare -u sleep $((seconds + 1))
	wait_for pid_of sleep $((seconds + 1))
	executed=$(pid_of sleep $((seconds + 1)))
	is "$(container "$executed" uts)" "podman:web-$seconds"
	is "$(nsls -n -r -t pid -o NS,CONTAINER -c "web-$seconds" 2> /dev/null)" "$(pidns "$pid") podman:web-$seconds"
	is "$(nsls -n -r -t uts -o PID -c "podman:web-$seconds" 2> /dev/null | sort -n | xargs)" \
		"$(printf '%s\n' "$pid" "$executed" | sort -n | xargs)"
	is "$(nsls -n -r -t pid -o NS -c "$(cut -c 1-12 "$scratch/id")" 2> /dev/null)" "$(pidns "$pid")"
}

@test "podman: its monitor is not in the container, and without it the id is all there is" {
	start_podman
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	monitor=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")
	grep -q conmon "/proc/$monitor/comm"
	not grep -qxF "$monitor" <(nsls -n -r -o PID -c "web-$seconds" 2> /dev/null)
	runc_id=$(cat "$scratch/id") # podman cannot clean up without its monitor
	kill -KILL "$monitor"
	wait_for not test -e "/proc/$monitor/cwd/."
	is "$(container "$pid")" "podman:$(cut -c 1-12 "$scratch/id")"
}

@test "podman: who has joined its namespaces is in it, and not its first process" {
	start_podman
	need nsenter jq
	seconds=$(unique_seconds)
	podman_container web-$seconds sleep "$seconds"
	# Its cgroup is ours.
	nsenter -t "$pid" -m -p sleep $((seconds + 1)) < /dev/null > /dev/null 2>&1 3>&- &
	wait_for pid_of sleep $((seconds + 1))
	joined=$(pid_of sleep $((seconds + 1)))
	is "$(nspidmap -J "$joined" | jq -r '.processes[0].container')" "podman:web-$seconds"
	# So is its pid namespace, and it may have been there before.
	nsenter -t "$pid" -m sleep $((seconds + 2)) < /dev/null > /dev/null 2>&1 3>&- &
	wait_for pid_of sleep $((seconds + 2))
	beside=$(pid_of sleep $((seconds + 2)))
	is "$(nspidmap -J "$beside" | jq -r '.processes[0].container')" "podman:web-$seconds"
	first=$(nspidmap -i self "podman:web-$seconds")
	kill "$beside"
	is "$first" "$pid"
}

@test "podman: the same name as another engine's is ambiguous, unless the engine is said" {
	start_podman
	start_dockerd
	seconds=$(unique_seconds)
	docker_container both-$seconds sleep "$seconds"
	of_docker=$pid
	podman_container both-$seconds sleep "$seconds"
	run -2 nsls -c "both-$seconds"
	[[ $output == *"both-$seconds: several containers are called so: "*docker:both-* ]]
	[[ $output == *podman:both-* ]]
	is "$(nsls -n -r -t pid -o PID -c "docker:both-$seconds" 2> /dev/null)" "$of_docker"
	is "$(nsls -n -r -t pid -o PID -c "podman:both-$seconds" 2> /dev/null)" "$pid"
}

# An ordinary user's podman: uid 0 in there is an ordinary user out here. The user and his
# subordinate ids are made up in a mount namespace.
@test "podman without root: who is root in there, and who ctf" {
	need_root
	need podman runc conmon newuidmap setpriv
	need_unshare --mount
	seconds=$(unique_seconds)
	make_rootfs "$scratch/image"
	tar -C "$scratch/image" -cf image.tar .
	mkdir -m 700 home home/run
	chown -R 4711:4711 home
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
	rootless() {
		setpriv --reuid=4711 --regid=4711 --clear-groups "\$@"
	}
	podman() {
		rootless env -i "PATH=\$PATH" HOME=$scratch/home \
			XDG_RUNTIME_DIR=$scratch/home/run podman --cgroup-manager cgroupfs --storage-driver vfs \
			--events-backend none --runtime runc --log-level error "\$@"
	}
	podman import $scratch/image.tar rootfs > /dev/null &&
	podman run -d --name web-$seconds --network none --ulimit nofile=512:512 --ulimit nproc=512:512 \
		rootfs sleep $seconds > /dev/null || exit
	until pid=\$(pgrep -o -f -x "sleep $seconds"); do sleep 0.1; done
	{
		nspidmap -n -r -o PID,CONTAINER \$pid | tail -n 1
		nsidmap -n -r -o INSIDE,OUTSIDE,COUNT,OWNER \$pid
		nsidmap -n -r -o VIEW,ID,NAME 0@\$pid 1000@\$pid
		nsls -n -r -t pid -o USER,CONTAINER \$pid
		nspidmap -J -o USER,NSUSER -a \$pid | jq -c '.processes[0] | [.user, .nsuser]'
		rootless nswho -n -r -t pid -o BY,USER,CONTAINER \$pid
		rootless nswho -J -t user \$pid |
			jq -c "[.complete, ([.namespaces[].holders[].pid] | index(\$pid) != null)]"
		rootless nsls -n -r -t pid -o CONTAINER,HELDBY \$pid
		rootless nsjoin web-$seconds -- id -u
		rootless nsjoin --as ctf web-$seconds -- id -un
		rootless nsjoin web-$seconds -- readlink /proc/self/ns/user | grep -c "user:\\[\$(stat -L -c %i /proc/\$pid/ns/user)\\]"
	} > ../seen 2> ../seen.err
	podman rm -f -t 0 -a > /dev/null
	podman system migrate > /dev/null # its pause process
	END
	unshare --mount bash rootless > rootless.log 2>&1 || { cat rootless.log; cannot_run 'podman does not work here without root'; }
	cat seen.err
	is "$(cat seen)" "1 podman:web-$seconds
0 4711 1 -
1 200000 65536 rootless
this\\x20host 4711 rootless
podman:web-$seconds 0 root
this\\x20host 200999 -
podman:web-$seconds 1000 ctf
rootless podman:web-$seconds
[\"rootless\",\"root\"]
process rootless podman:web-$seconds
[false,true]
podman:web-$seconds process
0
ctf
1"
}

@test "podman: the process tree, and who is behind the border" {
	start_podman
	seconds=$(unique_seconds)
	podman_container web-$seconds sh -c "sleep $seconds & sleep $((seconds + 1)) & wait"
	wait_for pid_of sleep $((seconds + 1))
	conmon=$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")
	is "$(nstree -n -o PID,COMMAND "$conmon" 2> /dev/null | sed 's/^ *//; s/{?} //')" "$conmon conmon
$pid └─▣ podman:web-$seconds {$(kinds_apart "$pid" "$conmon")} sh
$(pgrep -f -x "sleep $seconds")   ├─sleep
$(pgrep -f -x "sleep $((seconds + 1))")   └─sleep"
	is "$(nstree -J -c "web-$seconds" 2> /dev/null | jq '.processes | length')" 3
	is "$(nstree -s -J "$pid" 2> /dev/null | jq -c '[.processes[] | select(.container) | .container] | unique')" \
		"[\"podman:web-$seconds\"]"
}

@test "podman: what two containers of one network share" {
	start_podman
	seconds=$(unique_seconds)
	podman_container first-$seconds sleep "$seconds"
	first=$pid
	run_podman run -d --name "second-$seconds" --network "container:first-$seconds" \
		--ulimit nofile=512:512 --ulimit nproc=512:512 rootfs sleep $((seconds + 1)) > /dev/null
	second=$(run_podman inspect -f '{{.State.Pid}}' "second-$seconds")
	run -1 nscmp "first-$seconds" "podman:second-$seconds"
	is "$(head -n 1 <<< "$output" | tr -s ' ')" \
		"KIND podman:first-$seconds sleep podman:second-$seconds sleep"
	for kind in cgroup ipc mnt net pid time user uts; do
		same=no
		[ "$(stat -L -c %i "/proc/$first/ns/$kind")" != "$(stat -L -c %i "/proc/$second/ns/$kind")" ] ||
			same=yes
		is "$(nscmp -n -r -t $kind -o SAME "first-$seconds" "second-$seconds" 2> /dev/null)" yes,$same
	done
	nscmp -q -t net "first-$seconds" "second-$seconds"
	run -1 nscmp -q -t pid "first-$seconds" "second-$seconds"
	run -1 nscmp -e -t pid "first-$seconds" "second-$seconds"
	[[ $output == *'neither has numbers for the processes of the other'* ]]
	is "$(as_user ./nscmp -n -r -t net -o SAME "$first" "$second" 2> /dev/null)" yes,yes
}
