#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What keeps a namespace alive, each by itself: nsls lists it and says how it is held, nswho names
# the holder, and once that is gone neither finds it.

load helper
load holders

@test "held by a process" {
	held process
}

@test "held by a thread" {
	held thread
}

@test "held by a thread whose leader has exited" {
	held dead-leader
}

@test "held by pid_for_children after the first child has exited" {
	held pid-for-children
}

@test "held by pid_for_children before there is a child" {
	held unborn
}

@test "held by time_for_children" {
	held time-for-children
}

@test "held by a descriptor" {
	held fd
}

@test "held by a descriptor opened with O_PATH" {
	held path-fd
}

@test "held by a descriptor in the private table of a thread" {
	held thread-fd
}

@test "held by a descriptor, a mount namespace" {
	held mnt-fd
}

@test "held by a mount" {
	held mount "$scratch/at"
}

@test "held by a mount in another mount namespace" {
	held other-mount "$scratch/at"
}

@test "held by a mount in a mount namespace that nobody is in" {
	held empty-mount "$scratch/at"
}

@test "held by a mount that the only process of its mount namespace cannot see" {
	held chroot-mount "$scratch/at"
}

@test "held by a mount that is in no mount namespace" {
	held detached-mount
}

@test "held by a socket" {
	held socket
}

@test "held by a tun device" {
	need_root
	local device
	device=$(tun_device) || cannot_run 'no tun device can be made here'
	# shellcheck disable=SC2086 # nothing where it is in its usual place
	held tun $device
}

@test "held by a child, a user namespace" {
	held child
}

@test "held by a namespace that it owns" {
	held owned
}

@test "a mount shows where it is, in another mount namespace too" {
	need_root
	local how
	for how in mount other-mount empty-mount chroot-mount; do
		keep "$how" "$scratch/at"
		is "$(listed '.nsfs | join(" ")')" "$scratch/at"
		end_keep
	done
	keep mount "$scratch/at"
	is "$(listed .path)" "$scratch/at"
}

@test "a descriptor shows the file that leads to it" {
	need_root
	keep fd
	is "$(listed .path)" "/proc/$(kept pid)/fd/$(kept fd)"
	is "$(stat -L -c %i "$(listed .path)")" "$(kept ino)"
	end_keep
	keep thread-fd
	is "$(listed .path)" "/proc/$(kept pid)/task/$(kept tid)/fd/$(kept fd)"
}

@test "what only children will be in shows the link that leads to it, where there is one" {
	need_root
	local kind
	for kind in pid time; do
		keep $kind-for-children
		is "$(listed .path)" "/proc/$(kept pid)/ns/${kind}_for_children"
		is "$(stat -L -c %i "$(listed .path)")" "$(kept ino)"
		end_keep
	done
	keep unborn
	is "$(listed .path)" null
	not stat -L "/proc/$(kept pid)/ns/pid_for_children"
}

@test "a pid namespace held by its procfs has no number, but a mount" {
	held_at superblock
}

# Since Linux 6.8, which brought statmount(2) too, the mount has only a copy of the maps.
@test "a user namespace held by an idmapped mount has no number, but a mount, on older kernels" {
	need_root
	mkdir at
	keep idmap "$scratch/at"
	is "$(heldby_at "$scratch/at")" ''
	is "$(AS='without-call 457' heldby_at "$scratch/at")" 'user idmap'
	let_go
	eventually is "$(AS='without-call 457' heldby_at "$scratch/at")" ''
}

@test "a descriptor in flight is said" {
	need_root
	keep in-flight
	said_in_flight
	is "$(heldby)" ''
	let_go
	eventually says_nothing_in_flight
}

# A descriptor in flight is what nobody can find.
@test "what the kernel lists and nothing is found to hold is listed as held by something unknown" {
	need_root
	keep in-flight
	[ -n "$(kept id)" ] || cannot_run 'this kernel gives namespaces no ids'
	AS="with-listns $(kept id) $(kept ino)"
	is "$(heldby)" '?'
	grep -Fx 'nsls: not everything could be read; -v lists what' nsls.err
	$AS nsls -v 2>&1 > /dev/null | grep -F "holder of net:[$(kept ino)]"
	run --separate-stderr $AS nswho "net:[$(kept ino)]"
	is "$status" 2
	is "$(heldby --quick)" ''
	let_go
	eventually is_not_listed
}

@test "--quick looks at neither descriptors nor mounts nor sockets" {
	held_quickly '' fd
	end_keep
	held_quickly '' mount "$scratch/at"
	end_keep
	held_quickly '' socket
	end_keep
	held_quickly process process
}

@test "--quick of a snapshot that was saved with all: the same" {
	need_root
	keep mount "$scratch/at"
	nsls --save all.json 2> /dev/null
	is "$(heldby --from all.json)" mount
	is "$(heldby --from all.json --quick)" ''
	is "$(nsls --from all.json -q -J | jq -r .scope)" quick
	end_keep
	keep process
	nsls --save all.json 2> /dev/null
	is "$(heldby --from all.json --quick)" process
}

@test "bpf and proc: what children will be in" {
	local how
	for how in pid-for-children unborn time-for-children; do
		same_by_source $how
		end_keep
	done
}

@test "bpf and proc: a descriptor" {
	same_by_source fd
}

@test "bpf and proc: a descriptor opened with O_PATH" {
	same_by_source path-fd
}

@test "bpf and proc: a descriptor in the private table of a thread" {
	same_by_source thread-fd
}

@test "bpf and proc: a mount that is in no mount namespace" {
	same_by_source detached-mount
}

@test "bpf and proc: a socket" {
	same_by_source socket
}

@test "bpf and proc: a tun device" {
	need_root
	local device
	device=$(tun_device) || cannot_run 'no tun device can be made here'
	# shellcheck disable=SC2086
	same_by_source tun $device
}

@test "bpf and proc: a descriptor in flight" {
	need_bpf
	keep in-flight
	said_in_flight --source=proc
	said_in_flight --source=bpf
}

@test "an ordinary user finds what his own descriptor holds" {
	need_root
	AS=as_user keep fd
	is "$(AS=as_user heldby)" fd
	is "$(AS=as_user listed .path)" "/proc/$(kept pid)/fd/$(kept fd)"
	is "$(AS=as_user holders_named)" "$(holder_made)"
	let_go
	eventually is_not_listed
}

@test "what hold made goes with it, even by SIGKILL" {
	need_root
	keep mount "$scratch/at"
	kill -KILL "$keep_pid"
	eventually is_not_listed
	not mountpoint -q "$scratch/at"
}
