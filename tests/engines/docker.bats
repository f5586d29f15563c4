#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers of a real Docker daemon.

load helper

# Whether the command takes less than $1 ms.
within() {
	local start=$EPOCHREALTIME
	"${@:2}"
	local took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
	[ "$took" -lt "$1" ] || { echo "took $took ms: ${*:2}"; return 1; }
}

@test "docker: a name, by what is on disk, with the daemon hung" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	is "$(container "$pid")" "docker:chal-$seconds"
	is "$(nsls -n -r -t uts -o HOSTNAME "$pid" 2> /dev/null)" "$(cut -c 1-12 "$scratch/id")"
	nsls -n -r -t net -o CGROUP "$pid" 2> /dev/null | grep -F "$(cat "$scratch/id")"

	# Nobody is asked who need not be.
	kill -STOP "$dockerd_pid"
	export DOCKER_HOST=unix://$scratch/docker.sock
	is "$(container "$pid")" "docker:chal-$seconds"
	LD_DEBUG=files nsls "$pid" 2> loaded > /dev/null
	grep -q libsmartcols loaded
	not grep libcurl loaded
	is "$(nsls -n -r -t pid -o PID,CONTAINER -c "chal-$seconds" 2> /dev/null)" "$pid docker:chal-$seconds"
}

@test "docker: what was executed in it later, and a process with no other namespace of its own" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	run_docker exec -d "chal-$seconds" unshare -u sleep $((seconds + 1))
	wait_for pid_of sleep $((seconds + 1))
	executed=$(pid_of sleep $((seconds + 1)))
	[ "$executed" != "$pid" ]
	is "$(container "$executed" uts)" "docker:chal-$seconds"
	is "$(container "$pid")" "docker:chal-$seconds"
	# Both uts namespaces are the container's, and what it shares with the host as well.
	is "$(nsls -n -r -t uts -o PID -c "chal-$seconds" 2> /dev/null | sort -n | xargs)" \
		"$(printf '%s\n' "$pid" "$executed" | sort -n | xargs)"
	is "$(nsls -n -r -t user -o NS -c "chal-$seconds" 2> /dev/null)" "$(stat -L -c %i /proc/self/ns/user)"
	is "$(nsls -J -c "docker:chal-$seconds" 2> /dev/null |
		jq -c '[.namespaces[] | select(.type == "net") | .container]')" "[\"docker:chal-$seconds\"]"
}

@test "docker: ids, prefixes, and what is not there or does not run" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	id=$(cat "$scratch/id")
	for name in "$id" "${id:0:12}" "${id:0:6}" "docker:$id" "docker:${id:0:12}"; do
		is "$(nsls -n -r -t pid -o PID -c "$name" 2> /dev/null)" "$pid"
	done
	run -1 nsls -c "podman:chal-$seconds"
	[[ $output == *"podman:chal-$seconds: no such container"* ]]
	run -1 nsls -c "${id:0:3}"

	# Its folder is not in the usual place, so that only the daemon knows of it when it has ended.
	run_docker kill "chal-$seconds" > /dev/null
	run -1 nsls -c "chal-$seconds"
	[[ $output == *"no such container"* ]]
	DOCKER_HOST=unix://$scratch/docker.sock run -1 nsls -c "chal-$seconds"
	[[ $output == *"the container docker:chal-$seconds exists, but does not run"* ]]
}

@test "docker: an ordinary user sees ids, and is told that names are missing" {
	start_dockerd
	need setpriv
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	run -2 as_user ./nsls -c "chal-$seconds"
	[[ $output == *"chal-$seconds: no such container among those whose names may be read ("*" may not): use root, or its id"* ]]
	run -2 as_user ./nspidmap "docker:chal-$seconds"
	[[ $output == *"no such container among those whose names may be read"* ]]
	# Its namespaces he may not read, but what is written in its cgroups.
	run -2 as_user ./nsls -c "$(cat "$scratch/id")"
	[[ $output == *"the namespaces of its processes could not be read"* ]]
}

@test "docker: a name that only the daemon tells, or nobody" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	id=$(cat "$scratch/id")
	mv "$scratch/docker/containers/$id/config.v2.json" "$scratch/kept.json"
	is "$(container "$pid")" "docker:${id:0:12}"
	export DOCKER_HOST=unix://$scratch/docker.sock
	is "$(container "$pid")" "docker:chal-$seconds"
	is "$(nsls -n -r -t pid -o PID -c "chal-$seconds" 2> /dev/null)" "$pid"
	LD_DEBUG=files nsls "$pid" 2> loaded > /dev/null
	grep -q libcurl loaded # or what the test above looks for is not how it is called

	# One that does not answer costs 300 ms, and the id is shown.
	kill -STOP "$dockerd_pid"
	within 2000 is "$(container "$pid")" "docker:${id:0:12}"
	kill -CONT "$dockerd_pid"
	mv "$scratch/kept.json" "$scratch/docker/containers/$id/config.v2.json"
}

@test "containerd alone: the id is free text, and who supervises it tells" {
	start_dockerd
	seconds=$(unique_seconds)
	containerd_container box-$seconds sleep "$seconds"
	is "$(container "$pid")" "containerd:box-$seconds"
	run_ctr task exec --fifo-dir "$scratch/fifo" --exec-id other -d "box-$seconds" sleep $((seconds + 1)) > /dev/null 2>&1 3>&-
	wait_for pid_of sleep $((seconds + 1))
	is "$(nsls -n -r -t pid -o NS,NPROCS,CONTAINER -c "box-$seconds" 2> /dev/null)" \
		"$(pidns "$pid") 2 containerd:box-$seconds"
	is "$(nsls -n -r -t pid -o CONTAINER "$(pid_of sleep $((seconds + 1)))" 2> /dev/null)" \
		"containerd:box-$seconds"
}

@test "docker: a saved snapshot knows its containers, and a redacted one does not" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	nsls --save saved.json 2> /dev/null
	is "$(nsls --from saved.json -n -r -t pid -o PID,CONTAINER -c "chal-$seconds" 2> /dev/null)" \
		"$pid docker:chal-$seconds"
	nsls --from saved.json --save redacted.json --redact 2> /dev/null
	not grep -F -e "chal-$seconds" -e "$(cut -c 1-12 "$scratch/id")" redacted.json
	run -1 nsls --from redacted.json -c "chal-$seconds"
}

# What somebody does who is asked "what is PID 79 in chal out here?", and the other way round.
@test "docker: the PID of what was executed, here and in there" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sh -c "sleep $seconds & sleep $((seconds + 1)) & wait"
	run_docker exec -d -u ctf "chal-$seconds" watch -n "$seconds" ps ax
	wait_for pid_of watch -n "$seconds" ps ax
	watch=$(pid_of watch -n "$seconds" ps ax)
	inside=$(run_docker exec "chal-$seconds" ps -o pid,args | awk -v n="$seconds" '$2 == "watch" { print $1 }')
	is "$(nspidmap --in self "$inside@chal-$seconds")" "$watch"
	is "$(nspidmap --in "docker:chal-$seconds" "$watch")" "$inside"
	is "$(nspidmap -n -r -o LEVEL,PID,CONTAINER "$inside@chal-$seconds")" \
		"0 $watch -
1 $inside docker:chal-$seconds"
	is "$(nspidmap -J "$watch" | jq -c '.processes[] | [.pid, .container, [.pids[].pid]]')" \
		"[$watch,\"docker:chal-$seconds\",[$watch,$inside]]"
	# A container stands for its first process.
	is "$(nspidmap --in self "chal-$seconds" "1@chal-$seconds" "$(cut -c 1-12 "$scratch/id")")" "$pid
$pid
$pid"
	is "$(nspidmap --in self "1@$watch")" "$pid"
	is "$(nspidmap -n -r -o PID "$inside@chal-$seconds" | paste -sd/)" \
		"$(awk '/^NSpid/ { print $2 "/" $3 }' "/proc/$watch/status")"

	run -1 --separate-stderr nspidmap "99999@chal-$seconds"
	[[ $stderr == "nspidmap: 99999@chal-$seconds: no process that we can see has PID 99999 in pid:["* ]]
	run -1 --separate-stderr nspidmap "$inside@chal-$seconds-not"
	[[ $stderr == "nspidmap: chal-$seconds-not: no such container"* ]]
}

@test "docker: everybody in a container, as ps shows them in there" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sh -c "sleep $seconds & sleep $((seconds + 1)) & wait"
	run_docker exec -d -u ctf "chal-$seconds" sleep $((seconds + 2))
	for n in 0 1 2; do wait_for pid_of sleep $((seconds + n)); done
	# ps itself is in its own list, and gone.
	run_docker exec "chal-$seconds" ps -o pid,user,args | awk 'NR > 1 && $3 != "ps"' |
		while read -r inside user command; do
			for status in /proc/[1-9]*/status; do
				awk -v pid="$inside" '/^Pid:/ { host = $2 } /^NSpid:/ && NF == 3 && $3 == pid { print host }' \
					"$status" 2> /dev/null || true # it has ended
			done | while read -r host; do
				[ "$(readlink "/proc/$host/ns/pid")" != "$(readlink "/proc/$pid/ns/pid")" ] ||
					echo "$host $inside $user $command"
			done
		done | sort > expected
	nspidmap --all "chal-$seconds" -J 2> /dev/null |
		jq -r '.processes[] | "\(.pid) \(.nspid[-1]) \(.nsuser) \(.command)"' | sort > ours
	[ "$(wc -l < expected)" = 4 ]
	diff expected ours
	grep -q " ctf sleep $((seconds + 2))" ours
}

@test "docker: a name that is the id of another one, and one that has stopped" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	run_docker run -d --name "other-$seconds" --network none rootfs sleep $((seconds + 1)) > "$scratch/id2"
	export DOCKER_HOST=unix://$scratch/docker.sock
	run_docker rename "other-$seconds" "$(cut -c 1-12 "$scratch/id")"
	is "$(nspidmap -n -r -o LEVEL,CONTAINER "$(cut -c 1-12 "$scratch/id")" | tail -n 1)" \
		"1 docker:$(cut -c 1-12 "$scratch/id")"
	run_docker kill "chal-$seconds" > /dev/null
	run -1 --separate-stderr nspidmap "79@chal-$seconds"
	[[ $stderr == *"the container docker:chal-$seconds exists, but does not run"* ]]
}

# Who is uid 1000 of chal out here, and whose is what he writes into a folder of ours?
@test "docker: the same number is another name in there, for processes and files" {
	start_dockerd
	seconds=$(unique_seconds)
	mkdir "$scratch/shared" && chmod 777 "$scratch/shared"
	docker_options=(-v "$scratch/shared:/shared")
	docker_container chal-$seconds sleep "$seconds"
	run_docker exec -u ctf "chal-$seconds" touch /shared/flag
	run_docker exec -d -u ctf "chal-$seconds" sleep $((seconds + 1))
	wait_for pid_of sleep $((seconds + 1))
	here=$(id -nu 1000 2> /dev/null || echo -)
	userns=$(stat -L -c %i /proc/self/ns/user)
	is "$(nsidmap -n -r 1000@chal-$seconds)" "this\x20host $userns 1000 $here
docker:chal-$seconds $userns 1000 ctf"
	is "$(nsidmap 1000 -i "chal-$seconds")" 1000
	is "$(nsidmap -n -r -o VIEW,UID,USER -f "$scratch/shared/flag" -t "chal-$seconds")" \
		"this\x20host 1000 $here
docker:chal-$seconds 1000 ctf"
	is "$(nsidmap -n -r -o VIEW,UID,USER -f "/shared/flag@chal-$seconds")" \
		"this\x20host 1000 $here
docker:chal-$seconds 1000 ctf"
	# docker top has our name of that number, or nothing but the number.
	not grep ctf <(run_docker top "chal-$seconds")
	is "$(nspidmap -J -o USER,NSUSER "$(pid_of sleep $((seconds + 1)))" | jq -c '.processes[0] | [.user, .nsuser]')" \
		"[\"$(id -nu 1000 2> /dev/null || echo 1000)\",\"ctf\"]"
	is "$(nsidmap -J "chal-$seconds" | jq -c '[.maps[] | [.inside, .outside, .count]]')" \
		"[$(awk '{ print "[" $1 "," $2 "," $3 "]" }' "/proc/$pid/uid_map")]"
}

# The way from init to what somebody has executed in a container, and the border on it.
@test "docker: the lineage of a process in there, with the border" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sh -c "sleep $seconds & sleep $((seconds + 1)) & wait"
	run_docker run -d --name "other-$seconds" --network none rootfs sleep $((seconds + 2)) > "$scratch/id2"
	run_docker exec -d -u ctf "chal-$seconds" watch -n "$seconds" ps ax
	wait_for pid_of watch -n "$seconds" ps ax
	watch=$(pid_of watch -n "$seconds" ps ax)
	inside=$(awk '/^NSpid/ { print $NF }' "/proc/$watch/status")
	shim=$(awk '/^PPid/ { print $2 }' "/proc/$watch/status")

	nstree -s -n -o PID,NSPID,USER,COMMAND "$watch" > lineage 2> /dev/null
	is "$(tail -n 1 lineage | sed -E 's/^ +//; s/ +/ /g')" \
		"$watch $watch/$inside $(id -nu 1000 2> /dev/null || echo 1000)/ctf └─▣ docker:chal-$seconds {$(
			kinds_apart "$watch" "$shim")} watch"
	is "$(head -n 1 lineage | awk '{ print $1 }')" 1
	is "$(tail -n 2 lineage | head -n 1 | awk '{ print $1, $NF }' | sed 's/└─//; s/{?}//')" "$shim containerd-shim"
	is "$(awk '{ print $1 }' lineage)" "$(for ((p = watch; p; p = $(awk '/^PPid/ { print $2 }' "/proc/$p/status"))); do
		echo "$p"
	done | tac)"

	# Both have the same kinds, and still each is who it is.
	is "$(nstree -n -o COMMAND "$pid" "$(pid_of sleep $((seconds + 2)))" 2> /dev/null | grep -o 'docker:[^ ]*' | sort)" \
		"docker:chal-$seconds
docker:other-$seconds"
	is "$(nstree -J -c "chal-$seconds" 2> /dev/null | jq -c '[.processes[] | .container] | unique')" \
		"[\"docker:chal-$seconds\"]"
	is "$(nstree -J -c "chal-$seconds" 2> /dev/null | jq -r '.processes[].pid' | sort -n)" \
		"$(nspidmap --all "chal-$seconds" -J 2> /dev/null | jq -r '.processes[].pid' | sort -n)"
	is "$(nstree -J "$inside@chal-$seconds" 2> /dev/null | jq '.processes[0].pid')" "$watch"
	is "$(nstree -J "chal-$seconds" 2> /dev/null | jq -r '.processes[0].pid')" "$pid"
	nstree -J -N pid 2> /dev/null | jq -e '[.processes[].pid] | length == (unique | length)'

	# Nobody need be asked for that.
	kill -STOP "$dockerd_pid"
	is "$(nstree -n -o COMMAND "$watch" 2> /dev/null | grep -o 'docker:[^ ]*')" "docker:chal-$seconds"
	kill -CONT "$dockerd_pid"
}

@test "docker: an ordinary user sees that there is a border, and that he cannot see all of it" {
	start_dockerd
	need setpriv
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	is "$(as_user ./nstree -n -o COMMAND "$pid" 2> /dev/null)" \
		"▣ docker:$(cut -c 1-12 "$scratch/id") {pid ?} sleep"
	is "$(as_user ./nstree -J "$pid" 2> /dev/null | jq -c '[.processes[0].border, .processes[0].nspid[1], .complete]')" \
		'[["pid","?"],1,false]'
}

# what KIND REFERENCE...: whether all of them share it with the first one.
shares() {
	nscmp -n -r -t "$1" -o SAME "${@:2}" 2> /dev/null
}

@test "docker: what a container shares with the host, and with one that joined its network" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container first-$seconds sleep "$seconds"
	first=$pid
	run_docker run -d --name "second-$seconds" --network "container:first-$seconds" rootfs sleep \
		$((seconds + 1)) > /dev/null
	second=$(run_docker inspect -f '{{.State.Pid}}' "second-$seconds")
	# Its files of the network are the first one's, so that only the daemon has its name: its folder
	# is not in the usual place.
	export DOCKER_HOST=unix://$scratch/docker.sock
	run -1 nscmp "$$" "first-$seconds" "docker:second-$seconds"
	is "$(head -n 1 <<< "$output" | tr -s ' ')" \
		"KIND $$ bash docker:first-$seconds sleep docker:second-$seconds sleep"
	for kind in cgroup ipc mnt net pid time user uts; do
		is "$(grep "^$kind " <<< "$output" | tr -s ' ' | sed -E 's/ ?$//')" "$kind $(
			host=$(stat -L -c %i "/proc/self/ns/$kind")
			[ "$(what_host $kind)" != yes ] || host+=' (host)'
			echo -n "$host"
			for other in "$first" "$second"; do
				inode=$(stat -L -c %i "/proc/$other/ns/$kind")
				if [ "$inode" = "${host%% *}" ]; then echo -n ' ='; else echo -n " $inode"; fi
			done)"
	done
	is "$(shares net "first-$seconds" "second-$seconds")" yes,yes
	is "$(shares mnt "first-$seconds" "second-$seconds")" yes,no
	run -0 nscmp -e -t net "first-$seconds" "second-$seconds"
	[[ $output == *'they see the same network: a port bound by one is reachable by the other on localhost'* ]]
	run -1 nscmp -e -t pid,uts "$$" "first-$seconds"
	[[ $output == *"PID 1 in docker:first-$seconds is $first here"* ]]
	[[ $output == *"the host name is '$(hostname)' here, and '$(run_docker inspect -f '{{.Config.Hostname}}' "first-$seconds")' for docker:first-$seconds"* ]]

	# An ordinary user knows it of the network, too, and whose PIDs are whose.
	is "$(as_user ./nscmp -n -r -t net -o SAME "$first" "$second" "$$" 2> /dev/null)" yes,yes,no
	is "$(as_user ./nscmp -n -r -t pid -o SAME "$first" "$second" "$$" 2> /dev/null)" yes,no,no
}

# what_host KIND: whether ours is the host's own.
what_host() {
	nscmp -n -r -t "$1" -o HOST self self 2> /dev/null | cut -d , -f 1
}

@test "docker: a container made anew with the host's processes, by its name" {
	start_dockerd
	seconds=$(unique_seconds)
	docker_container chal-$seconds sleep "$seconds"
	nsls --save before.json
	run_docker rm -f -t 0 "chal-$seconds" > /dev/null 2>&1 || run_docker rm -f "chal-$seconds"
	docker_options=(--pid host)
	docker_container chal-$seconds sleep "$seconds"
	nsls --save after.json
	run -1 nscmp --from before.json --from after.json --by=container -n -r \
		-o TYPE,WAS,NOW,PID,CONTAINER
	grep -x "pid own host $pid docker:chal-$seconds" <<< "$output"
	not grep -E "^(-|net|mnt|uts|ipc) .*docker:chal-$seconds" <<< "$output"
	# The same, against now; and as processes, that one came and one went.
	run -1 nscmp --from before.json --by=container -n -r -t pid -o TYPE,WAS,NOW,PID,CONTAINER
	grep -x "pid own host $pid docker:chal-$seconds" <<< "$output"
	run -1 nscmp --from before.json --from after.json -n -r -o CHANGE,TYPE,PID,CONTAINER
	grep -x "came - $pid docker:chal-$seconds" <<< "$output"
	grep -E "^went - [0-9]+ docker:chal-$seconds$" <<< "$output"
}
