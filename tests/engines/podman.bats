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
	is "$(nsls -n -r -t pid -o PID,CONTAINER -c "web-$seconds" 2> /dev/null)" "$pid podman:web-$seconds"
	is "$(nsls -n -r -t uts -o PID -c "podman:web-$seconds" 2> /dev/null | sort -n | xargs)" \
		"$(printf '%s\n' "$pid" "$executed" | sort -n | xargs)"
	is "$(nsls -n -r -t pid -o PID -c "$(cut -c 1-12 "$scratch/id")" 2> /dev/null)" "$pid"
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
