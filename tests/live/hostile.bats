#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is in our way is said: nobody is "not there" for that, and nothing hangs.

load helper

@test "out of descriptors: who is there is not missing" {
	need_root
	mk user,pid
	local n tool
	for n in 4 5 6 7 8 9; do
		for tool in nsidmap nspidmap nsls; do
			run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n "$1" && "$2" "$3"' \
				- "$n" "$tool" "$(made 1 PID)"
			[ "$status" != 1 ]
			[[ $output != *'no such process'* ]]
		done
	done
	run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -n 5; nspidmap "$1"' - "$(made 1 PID)"
	is "$status" 2
	[[ $output == *'Too many open files'* ]]
}

@test "something is mounted over a process" {
	need_root
	need_unshare --mount
	local tool
	for tool in nsidmap nspidmap nsls; do
		# shellcheck disable=SC2016
		run --separate-stderr unshare -m bash -c 'mount -t tmpfs tmpfs "/proc/$$"; timeout 5 "$1" $$; echo $?' - "$tool"
		is "$output" 2
		[[ $stderr == *': something is mounted over /proc/'* ]]
	done
	# In a list, it is a gap.
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m bash -c 'mount -t tmpfs tmpfs "/proc/$$"; nsls --source=proc -J | jq -c ".gaps[] | select(.source == \"/proc/$$\")"'
	[[ $output == *EXDEV* ]]
}

@test "a pipe is mounted over files of a process" {
	need_root
	need_unshare --mount
	local tool file
	mkfifo pipe
	for file in status stat cmdline uid_map cgroup; do
		for tool in nsidmap nspidmap nsls; do
			# shellcheck disable=SC2016
			run --separate-stderr unshare -m bash -c 'mount --bind pipe "/proc/$$/$2" || exit 3
				timeout -s KILL 10 "$1" -n -r $$; echo $?; :' - "$tool" "$file"
			is "$status" 0
			case ${lines[-1]} in
			0 | 2) ;;
			*) echo "$tool, $file: $output $stderr"; return 1 ;;
			esac
			[[ $stderr != *'no such process'* ]]
		done
	done
}
