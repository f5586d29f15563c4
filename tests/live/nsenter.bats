#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Command lines that nsenter and nsjoin do the same with: where a kind of namespace is named, or -a.
# What differs is in the man page, with its reason, and tested as such at the end.

load helper

# What a command sees of itself. Run as a file, as each of its lines needs no other quotes.
make_probe() {
	cat > "$scratch/probe" <<- 'END'
	#!/bin/sh
	for kind in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$kind; done
	echo "root $(readlink /proc/self/root) cwd $(readlink /proc/self/cwd) pwd $(pwd)"
	grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):' /proc/self/status
	echo "$0 $*"
	env | grep -vE '^(_|SHLVL|OLDPWD)=' | sort
	END
	chmod 755 "$scratch/probe"
}

# The first child of the process is the target: unshare forks. It says so itself once it is ready.
make_target() { # UNSHARE-OPTION...
	need nsenter
	need_unshare "$@"
	make_probe
	# shellcheck disable=SC2016
	mkdir -m 777 ready
	[[ $* != *-f* ]] || set -- --kill-child "$@"
	hold ${AS-} unshare "$@" sh -c "touch '$scratch/ready/now'; exec sleep 1000"
	local _
	for _ in $(seq 200); do
		[ ! -e ready/now ] || break
		sleep 0.05
	done
	rm ready/now
	target=$(pgrep -P "$holder") || target=$holder
}

# same WORD...: both programs say the same on both outputs, but for our name, and end alike; TARGET
# stands for the target.
same() {
	local ours=0 theirs=0
	set -- "${@//TARGET/$target}"
	${AS-} timeout 20 nsenter "$@" < /dev/null > theirs 2> theirs.err || theirs=$?
	${AS-} timeout 20 nsjoin --no-pty "$@" < /dev/null > ours 2> ours.err || ours=$?
	# What is our own failure is 1 to nsenter.
	[ "$ours" != 125 ] || ours=1
	[ "$ours" = "$theirs" ] && diff -u theirs ours || {
		echo "nsenter $*: $theirs"
		echo "nsjoin $*: $ours"
		cat theirs.err ours.err
		return 1
	}
}

# Reads command lines, a line each.
all_same() {
	local line words n=0
	while read -r line; do
		read -ra words <<< "$line"
		same "${words[@]}"
		n=$((n + 1))
	done
	[ "$n" -gt 0 ]
}

@test "each kind alone, and together" {
	need_root
	make_target -m -u -i -n -p -C -T -f --mount-proc
	all_same <<- END
	-t TARGET -m $scratch/probe
	-t TARGET -u $scratch/probe
	-t TARGET -i $scratch/probe
	-t TARGET -n $scratch/probe
	-t TARGET -p $scratch/probe
	-t TARGET -C $scratch/probe
	-t TARGET -T $scratch/probe
	-t TARGET -mnp $scratch/probe
	-t TARGET -m -u -i -n -p -C -T $scratch/probe
	--target TARGET --mount --uts --ipc --net --pid --cgroup --time $scratch/probe
	--target=TARGET --net $scratch/probe
	-a -t TARGET $scratch/probe
	-aF -t TARGET $scratch/probe
	-t TARGET -n -- $scratch/probe -x --net
	-t TARGET -n $scratch/probe -- -u
	END
}

@test "by files, and mixed" {
	need_root
	make_target -m -u -i -n -p -C -T -f --mount-proc
	all_same <<- END
	-n/proc/TARGET/ns/net $scratch/probe
	--net=/proc/TARGET/ns/net $scratch/probe
	-m/proc/TARGET/ns/mnt -u/proc/TARGET/ns/uts $scratch/probe
	-p/proc/TARGET/ns/pid $scratch/probe
	-i/proc/TARGET/ns/ipc -C/proc/TARGET/ns/cgroup -T/proc/TARGET/ns/time $scratch/probe
	-n/proc/self/ns/net -t TARGET -u $scratch/probe
	-a -n/proc/self/ns/net -t TARGET $scratch/probe
	-n/proc/TARGET/ns/uts true
	-n/no/such true
	-n/etc/passwd true
	END
}

@test "directories" {
	need_root
	make_target -m -n -p -f --mount-proc
	mkdir -p "$scratch/new/bin" "$scratch/new/proc"
	all_same <<- END
	-t TARGET -m -r $scratch/probe
	-t TARGET -m -w $scratch/probe
	-t TARGET -m -r -w $scratch/probe
	-t TARGET -n -w $scratch/probe
	-t TARGET -n -w/tmp $scratch/probe
	-t TARGET -n -W/tmp $scratch/probe
	-t TARGET -m -W/usr $scratch/probe
	-t TARGET -n -r/ -w/usr $scratch/probe
	-t TARGET -n -w/no/such true
	-t TARGET -n -W/no/such true
	-t TARGET -n -r/no/such true
	-t TARGET -n -w -W/ true
	END
}

@test "a target that has chrooted" {
	need_root
	need busybox
	need_unshare -m
	make_probe
	mkdir -p jail/bin
	cp "$(command -v busybox)" jail/bin/
	hold chroot "$scratch/jail" /bin/busybox sleep 1000
	target=$holder
	until [ "$(readlink "/proc/$target/root")" = "$scratch/jail" ]; do sleep 0.05; done
	all_same <<- END
	-t TARGET -n -r -w /bin/busybox pwd
	-t TARGET -m -r -w /bin/busybox ls /
	-t TARGET -r -w -n /bin/busybox ls
	END
}

@test "users, without a user namespace" {
	need_root
	make_target -n
	all_same <<- END
	-t TARGET -n -S 1 $scratch/probe
	-t TARGET -n -G 1 $scratch/probe
	-t TARGET -n -S 1 -G 2 $scratch/probe
	-t TARGET -n -S 65534 -G 65534 --preserve-credentials $scratch/probe
	-t TARGET -n -S x true
	-t TARGET -n -S 4294967295 true
	END
}

@test "a user namespace" {
	need_root
	make_target -U -r -m -n -p -f --mount-proc
	all_same <<- END
	-t TARGET -U $scratch/probe
	-t TARGET -U --preserve-credentials $scratch/probe
	-t TARGET -U -S 0 -G 0 $scratch/probe
	-t TARGET -U -S 1 true
	-t TARGET -U -G 1 true
	-t TARGET -U -n $scratch/probe
	-t TARGET -n $scratch/probe
	-a -t TARGET $scratch/probe
	-a -r -w -t TARGET $scratch/probe
	-U/proc/TARGET/ns/user -n/proc/TARGET/ns/net $scratch/probe
	END
}

@test "an ordinary user, and what is his" {
	need_root
	need setpriv
	# A function in the background would be a shell of its own.
	local AS='setpriv --reuid=65534 --regid=65534 --clear-groups'
	make_target -U -r -m -n -p -f --mount-proc
	all_same <<- END
	-t TARGET -U --preserve-credentials $scratch/probe
	-t TARGET -U -n --preserve-credentials $scratch/probe
	-t TARGET -U -m -p --preserve-credentials $scratch/probe
	-t TARGET -n true
	-t TARGET -m true
	-t 1 -n true
	-t TARGET -U -n/proc/1/ns/net true
	END
}

@test "commands: how they end, and where there is none" {
	need_root
	make_target -n -p -f --mount-proc
	touch "$scratch/plain"
	export SHELL=$scratch/probe COLOR=blue
	all_same <<- END
	-t TARGET -n sh -c exit\$IFS\7
	-t TARGET -p sh -c exit\$IFS\7
	-t TARGET -n /no/such
	-t TARGET -p /no/such
	-t TARGET -n no-such-command
	-t TARGET -n $scratch/plain
	-t TARGET -p $scratch
	-t TARGET -n
	-t TARGET -p
	-a -t TARGET
	-t TARGET -p sh -c kill\${IFS}-TERM\${IFS}\$\$
	-t TARGET -n sh -c kill\${IFS}-KILL\${IFS}\$\$
	-t TARGET -p sh -c kill\${IFS}-KILL\${IFS}\$\$
	END
	unset SHELL
	same -t TARGET -n
	same -t 4194304 -n true
	same -t x -n true
	same -t "$$" -U true
	same -n true
	same -a true
	same -z true
}

@test "standard input" {
	need_root
	make_target -n -p -f
	is "$(echo hi | timeout 20 nsjoin -t "$target" -n -p cat)" hi
	is "$(echo hi | timeout 20 nsenter -t "$target" -n -p cat)" hi
}

# What the man page says of the differences.
@test "what differs" {
	need_root
	make_target -m -n -p -f
	run nsjoin -t 4194304 -n true
	[ "$status" = 125 ]
	# Descriptors of the caller.
	run bash -c "exec 7< /etc/passwd; nsenter -t $target -n ls /proc/self/fd | grep -x 7"
	is "$output" 7
	run bash -c "exec 7< /etc/passwd; nsjoin -t $target -n ls /proc/self/fd | grep -x 7"
	is "$output" ''
	# A directory outside of the root.
	mkdir -p jail/bin
	cp "$(command -v busybox)" jail/bin/
	run nsenter -n/proc/self/ns/net -rjail /bin/busybox pwd
	not is "$output" /
	run nsjoin -n/proc/self/ns/net -rjail /bin/busybox pwd
	is "${lines[0]}" 'nsjoin: the working directory is outside of the root, so it is /'
	is "${lines[1]}" /
	run nsenter -t "$target" -m -w/usr pwd
	is "$output" /usr
	run nsjoin -t "$target" -m -w/usr pwd
	is "${lines[1]}" /
	# The first operand.
	is "$(nsjoin -m "$target" readlink /proc/self/ns/mnt)" "$(readlink "/proc/$target/ns/mnt")"
}
