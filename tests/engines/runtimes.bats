#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers that no engine manages.

load helper

@test "runc alone: the id is free text, and known from its state" {
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc_id=my-box.$seconds
	runc run -d -b bundle "$runc_id" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc state "$runc_id" | jq .pid)
	is "$(container "$pid")" "runc:$runc_id"
	knows_both_sides "$pid" "runc:$runc_id"
	is "$(nspidmap -i self "1@$runc_id")" "$pid"
	is "$(nsls -n -r -t uts -o HOSTNAME "$pid" 2> /dev/null)" box
	runc exec -d "$runc_id" sleep $((seconds + 1)) < /dev/null > /dev/null 2>&1 3>&-
	wait_for pid_of sleep $((seconds + 1)) # runc returns a moment before
	executed=$(pid_of sleep $((seconds + 1)))
	is "$(nsls -n -r -t pid -o CONTAINER "$executed" 2> /dev/null)" "runc:$runc_id"
	is "$(nsls -n -r -t pid -o NS,NPROCS -c "$runc_id" 2> /dev/null)" "$(pidns "$pid") 2"
	is "$(nsls -n -r -t pid -o NS -c "runc:$runc_id" 2> /dev/null)" "$(pidns "$pid")"

	runc kill "$runc_id" KILL
	wait_for not test -e "/proc/$pid/cwd/."
	run -1 nsls -c "$runc_id"
}

@test "runc alone: with its state elsewhere, nothing tells" {
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	runc --root "$scratch/state" run -d -b bundle "box-$seconds" < /dev/null > run.log 2>&1 3>&- ||
		{ cat run.log; cannot_run 'runc cannot run a container here'; }
	pid=$(runc --root "$scratch/state" state "box-$seconds" | jq .pid)
	got=$(container "$pid")
	runc --root "$scratch/state" delete -f "box-$seconds"
	is "$got" -
}

@test "crun alone, without a cgroup of its own" {
	need crun
	need_unshare -m
	seconds=$(unique_seconds)
	make_bundle sleep "$seconds"
	cd bundle
	crun_id=my-crun.$seconds
	run_crun run -d "$crun_id" < /dev/null > "$scratch/run.log" 2>&1 3>&- ||
		{ cat "$scratch/run.log"; cannot_run 'crun cannot run a container here'; }
	pid=$(pid_of sleep "$seconds")
	is "$(container "$pid")" "crun:$crun_id"
	knows_both_sides "$pid" "crun:$crun_id"
	run_crun exec -d "$crun_id" sleep $((seconds + 1)) < /dev/null > /dev/null 2>&1 3>&-
	executed=$(pid_of sleep $((seconds + 1)))
	is "$(nsls -n -r -t pid -o CONTAINER "$executed" 2> /dev/null)" "crun:$crun_id"
	is "$(nsls -n -r -t pid -o NS,NPROCS -c "$crun_id" 2> /dev/null)" "$(pidns "$pid") 2"
}

@test "bubblewrap leaves no mark" {
	need bwrap
	make_rootfs "$scratch/sandbox"
	seconds=$(unique_seconds)
	bwrap --unshare-all --bind "$scratch/sandbox" / --proc /proc sleep "$seconds" 3>&- &
	bwrap_pid=$!
	wait_for pid_of sleep "$seconds" || cannot_run 'bwrap does not work here'
	inside=$(pid_of sleep "$seconds")
	got=$(nsls -n -r -t mnt -o CONTAINER "$inside" 2> /dev/null)
	run knows_both_sides "$inside" - 0 root
	kill "$inside"
	wait "$bwrap_pid" || true
	[ "$status" = 0 ]
	is "$got" -
}
