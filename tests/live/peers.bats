#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same still population, as others count it. It lives in a pid namespace of its own, where nothing
# else comes or goes; there each tool is a process too, and so is the shell that starts it.

load helper

# still LEVEL...: what nsls, lsns and ps say inside, in files.
still() {
	cat > inside <<-'END'
		mkfifo hold; mkns "$@" < hold > made & exec 9> hold
		until grep -q '^ready$' made; do sleep 0.05; done
		nsls -J -o NS,TYPE,NPROCS,NTHREADS > nsls.json 2> nsls.err
		nsls -q -J -o NS,TYPE > quick.json 2> nsls.err
		lsns -J -o NS,TYPE,NPROCS > lsns.json
		ps -eo pid=,cgroupns=,ipcns=,mntns=,netns=,pidns=,timens=,userns=,utsns= > ps.out 2> /dev/null ||
			ps -eo pid=,ipcns=,mntns=,netns=,pidns=,userns=,utsns= > ps.out
		exec 9>&-; wait
	END
	unshare --pid --fork --mount-proc ${AS-} bash inside "$@" 3>&-
	jq -r '.namespaces[] | select(.nprocs > 0) | "\(.type) \(.ns) \(.nprocs)"' nsls.json | sort > ours
	jq -r '.namespaces[] | select(.nprocs > 0) | "\(.type) \(.ns) \(.nprocs)"' lsns.json | sort > theirs
}

# The same from ps: how often each number stands in a column.
count_ps() {
	local column kind
	column=2
	for kind in ipc mnt net pid user uts; do
		awk -v column="$column" -v kind="$kind" '$column ~ /^[0-9]+$/ { n[$column]++ }
			END { for (ns in n) print kind, ns, n[ns] }' ps.out
		column=$((column + 1))
	done | sort
}

@test "each namespace has as many processes as lsns counts" {
	need_root
	need_unshare --pid --fork --mount-proc
	need lsns
	still mnt,net uts,ipc,cgroup user,pid time pid,net uts
	[ "$(wc -l < ours)" -ge 16 ]
	diff -u theirs ours
}

@test "and as many as ps counts" {
	need_root
	need_unshare --pid --fork --mount-proc
	need ps
	still mnt,net uts,ipc user,pid pid,net uts
	ps -eo pid=,ipcns=,mntns=,netns=,pidns=,userns=,utsns= > /dev/null
	awk '{ print NF }' ps.out | sort -u > widths
	if grep -qx 9 widths; then
		awk '{ print $1, $3, $4, $5, $6, $8, $9 }' ps.out > six && mv six ps.out
	fi
	grep -v -e '^time' -e '^cgroup' ours | diff -u <(count_ps) -
}

@test "an ordinary user: the same as lsns" {
	need_root
	need_unshare --pid --fork --mount-proc
	need lsns setpriv
	chmod 777 .
	AS='setpriv --reuid=65534 --regid=65534 --clear-groups' still user,net,uts ipc
	diff -u theirs ours
}

@test "a zombie is counted as lsns counts it" {
	need_root
	need_unshare --pid --fork --mount-proc
	need lsns
	still user,pid,net uts,zombie
	diff -u theirs ours
}

# What only one of the two lists. That others hold some by mounts, neither sees.
list_both() {
	jq -r '.namespaces[] | "\(.type) \(.ns)"' quick.json | sort > all-ours
	jq -r '.namespaces[] | "\(.type) \(.ns)"' lsns.json | sort > all-theirs
	comm -3 all-theirs all-ours | tr -d '\t'
}

@test "what lsns lacks is what only a thread is in" {
	need_root
	need_unshare --pid --fork --mount-proc
	need lsns
	still uts net,thread
	is "$(list_both)" "net $(made 2 net)"
	diff -u theirs ours
}

@test "and what only a child to be will be in" {
	need_root
	need_unshare --pid --fork --mount-proc
	need lsns
	still uts time,for-children
	is "$(list_both)" "time $(made 2 time_for_children)"
	diff -u theirs ours
}
