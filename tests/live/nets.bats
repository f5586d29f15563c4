#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is told of network namespaces: the id that ours has for one, and the interfaces in it.

load helper
load holders

# veth INODE PID: one end of a pair here, the other one there, so that the kernel gives both an id.
veth() {
	need ip
	ip link add "nst$$" type veth peer name peer0 netns "$1" 2> /dev/null ||
		cannot_run 'ip cannot make a veth pair'
}

@test "a namespace with a veth device has an id here, as lsns says, and its interfaces have names" {
	need_root
	need lsns
	mk net
	local ns pid id
	ns=$(made 1 net) pid=$(made 1 PID)
	[ "$(row "$ns" NETNSID,INTERFACES)" = '- lo' ]
	veth "$pid"
	id=$(lsns -n -r -o NETNSID -t net -p "$pid")
	[[ $id =~ ^[0-9]+$ ]]
	[ "$(row "$ns" NETNSID,INTERFACES)" = "$id lo,peer0" ]
	nswho "net:[$ns]" -J -o NS,NETNSID,INTERFACES,BY |
		jq -e --argjson id "$id" '.namespaces[0] | .netnsid == $id and .interfaces == ["lo", "peer0"]'
	ip link del "nst$$"
}

@test "our own has the interfaces that ip shows" {
	need ip
	[ "$(nsls -J -o INTERFACES "/proc/self/ns/net" | jq -r '.namespaces[0].interfaces[]' | sort)" = \
		"$(ip -o link | sed 's/^[0-9]*: //; s/[:@].*//' | sort)" ]
}

@test "what a socket alone holds is joined to be asked" {
	need_root
	keep socket
	[ "$(row "$(kept ino)" INTERFACES)" = lo ]
}

@test "what a mount alone holds, too" {
	need_root
	need_unshare --net
	touch blue
	unshare --net="$scratch/blue" true
	local ns
	ns=$(stat -c %i blue)
	run row "$ns" NPROCS,INTERFACES
	umount blue
	is "$output" "$(zero) lo"
}

@test "other kinds have neither" {
	nsls -J -o TYPE,NETNSID,INTERFACES self |
		jq -e '.namespaces | map(select(.type != "net")) | length > 4 and all(.netnsid == null and .interfaces == null)'
	nsls -r -n -t uts -o NETNSID,INTERFACES self | grep -x -- '- -'
}

@test "an ordinary user: unknown is not none" {
	need_root
	mk net
	local ns
	ns=$(made 1 net)
	run --separate-stderr as_user \
		nsls -r -n -t net -o NS,NETNSID,INTERFACES
	[ "$status" = 0 ]
	grep -q "^$(stat -Lc %i /proc/self/ns/net) - lo" <<< "$output"
	not grep -q "^$ns " <<< "$output"
}

@test "a saved snapshot has them, redacted if that is wanted" {
	need_root
	mk net
	local ns
	ns=$(made 1 net)
	nsls --save all.json
	[ "$(nsls --from all.json -n -r -o INTERFACES "net:[$ns]" 2> /dev/null)" = lo ]
	nsls --save - --redact > public.json
	[[ $(nsls --from public.json -n -r -o INTERFACES "net:[$ns]" 2> /dev/null) == interface-* ]]
}
