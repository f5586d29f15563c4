#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers of LXC.

load helper

@test "lxc: its name, of the first process and of what was attached" {
	seconds=$(unique_seconds)
	lxc_container box-$seconds "/bin/sleep $seconds"
	is "$(container "$pid")" "lxc:box-$seconds"
	knows_both_sides "$pid" "lxc:box-$seconds"
	is "$(nspidmap -i self "1@lxc:box-$seconds")" "$pid"
	is "$(nsls -n -r -t uts -o HOSTNAME "$pid" 2> /dev/null)" "in-box-$seconds"
	lxc-attach -P "$scratch/lxc" -n "box-$seconds" -- unshare -u sleep $((seconds + 1)) \
		< /dev/null > /dev/null 2>&1 3>&- &
	wait_for pid_of sleep $((seconds + 1))
	attached=$(pid_of sleep $((seconds + 1)))
	is "$(container "$attached" uts)" "lxc:box-$seconds"
	is "$(nsls -n -r -t pid -o NS,CONTAINER -c "box-$seconds" 2> /dev/null)" "$(pidns "$pid") lxc:box-$seconds"

	monitor=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status")
	not grep -qxF "$monitor" <(nsls -n -r -o PID -c "lxc:box-$seconds" 2> /dev/null)
}
